"""A notifier that fails where it is told to, and a clock that is set by hand."""

from collections.abc import Callable
from datetime import datetime

import attrs

from loyalcore import hookimpl
from loyalcore.journal import Delivery
from tests.host.shop import day


@attrs.define(eq=False)
class Listener:
    """A notifier that fails at some calls, or at some events."""

    name: str = "mail"
    fails: frozenset[int] = frozenset()
    hates: frozenset[int] = frozenset()
    calls: int = 0
    heard: list[Delivery] = attrs.Factory(list)
    before: Callable[[], object] = lambda: None

    def notify(self, delivery: Delivery) -> None:
        self.before()
        self.calls += 1
        if self.calls in self.fails or delivery.position in self.hates:
            raise ConnectionError(f"the mail server is away, said \ud800 at {delivery.position}")
        self.heard.append(delivery)

    @hookimpl
    def loyalcore_notifiers(self) -> list["Listener"]:
        return [self]


@attrs.define
class Clock:
    """A clock that is set by hand."""

    now: datetime = day(0)

    def __call__(self) -> datetime:
        return self.now
