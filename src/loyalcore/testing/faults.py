"""A store that fails at one of its calls, and the life of a small club to be disturbed by it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loyalcore.decider import Command
from loyalcore.errors import Refused
from loyalcore.host import Host
from loyalcore.journal.acts import BatchStep, Outcome, Submission
from loyalcore.journal.store import Store
from loyalcore.loyalty import (
    Enrol,
    Line,
    PublishProgramme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    programme_from,
)
from loyalcore.money import Money

CLUB = "loyalty/club"
MEMBERS = (f"{CLUB}/ann", f"{CLUB}/bob")
START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=400)

_PROGRAMME = {
    "name": "Club",
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "base": [{"id": "spend"}],
    "behaviours": [{"id": "share", "points": 50, "limits": [{"times": 2}]}],
    "expiry": {"after": {"days": 30}, "end_of": "month"},
    "tiers": {
        "window": {"rolling_days": 20},
        "ladder": [{"id": "bronze"}, {"id": "silver", "entry": 300}],
    },
}


class Crash(Exception):
    """A call was not done, or was done and its answer was lost: who called cannot know."""


class Faulty:
    """Stand before a store and raise `Crash` at one of its calls.

    Args:
        store: does the work.
        at: at which call, from 1; 0 for none.
        lost: whether that call is done, and only its answer is lost.
    """

    def __init__(self, store: Store, at: int = 0, *, lost: bool = False) -> None:
        self.store, self.at, self.lost, self.calls = store, at, lost, 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(self.store, name)

        def call(*args: Any, **named: Any) -> Any:
            self.calls += 1
            fails = self.calls == self.at
            if fails and not self.lost:
                raise Crash(f"before {name}, call {self.at}")
            result = real(*args, **named)
            if fails:
                raise Crash(f"after {name}, call {self.at}")
            return result

        return call

    def as_store(self) -> Store:
        """Give itself as what it stands for."""
        return cast("Store", self)


@attrs.frozen
class Story:
    """What is asked of a club in time order, in single acts or in a batch, and what becomes of it.

    Attributes:
        acts: each with its key and what it asks of which member.
        chunk: how many commands a batch's transaction holds; 0 to send each act by itself.
        forgotten: who is forgotten in the end, if anybody.
    """

    acts: tuple[tuple[str, tuple[tuple[str, Command], ...]], ...]
    chunk: int = 0
    forgotten: str | None = None

    @property
    def submissions(self) -> list[Submission]:
        """The commands of a batch, each under a key of its own."""
        return [
            Submission(f"{key} {stream}", stream, command)
            for key, acts in self.acts
            for stream, command in acts
        ]

    @property
    def keys(self) -> list[str]:
        """The keys that it may use."""
        own = [one.key for one in self.submissions] if self.chunk else [k for k, _ in self.acts]
        return ["programme", *own]

    def tell(
        self, host: Host, after: Callable[[], object] = lambda: None, cut: int | None = None
    ) -> list[object]:
        """Send everything, let time pass, and forget who is to be forgotten.

        Args:
            host: whom it is told to.
            after: called after each step that the host has answered.
            cut: raise `Crash` before this command is given to the host, counted from 0.

        Returns:
            What came of each command: its events, or None when it was refused.
        """
        results: list[object] = []
        publish = PublishProgramme(
            programme=programme_from(_PROGRAMME), effective_from=START, recorded_at=START
        )
        host.submit(CLUB, publish, key="programme")
        after()
        if self.chunk:
            self._send_batch(host, results, after, cut)
        else:
            for key, acts in _until(cut, self.acts):
                try:
                    results.append(host.submit_all(key, acts).events)
                except Refused:
                    results.append(None)
                after()
        host.tick(END)
        after()
        if self.forgotten is not None:
            with suppress(Refused):  # it has been forgotten, or never joined
                host.forget(self.forgotten, END)
            after()
        return results

    def _send_batch(
        self, host: Host, results: list[object], after: Callable[[], object], cut: int | None
    ) -> None:
        def keep(step: BatchStep) -> None:
            results.extend(
                one.events if isinstance(one, Outcome) else None for one in step.outcomes
            )
            after()

        host.submit_many(_until(cut, self.submissions), chunk=self.chunk, progress=keep)


def _until(cut: int | None, items: Any) -> Iterator[Any]:
    """Give items, and raise before the one at which it is cut."""
    for place, item in enumerate(items):
        if place == cut:
            raise Crash(f"before command {cut} was given")
        yield item


def _commands(place: int, kind: int, amount: int) -> Command:
    """Make the command of a place in a story; some of them will be refused."""
    at = START + timedelta(days=2.5 * place)
    match kind:
        case 0:
            return Enrol(recorded_at=at)
        case 1 | 2:
            lines = [Line("1", Money(amount, "CNY")), Line("2", Money("0.50", "CNY"))]
            return RecordPurchase(order=f"O{place}", occurred_at=at, recorded_at=at, lines=lines)
        case 3:
            return Redeem(redemption=f"R{place}", points=amount + 1, recorded_at=at)
        case 4:
            return RecordBehaviour(
                behaviour="share", id=f"S{place}", occurred_at=at, recorded_at=at
            )
        case _:
            order = f"O{place - 1 - amount % 4}"
            return RecordReturn(id=f"T{place}", order=order, occurred_at=at, recorded_at=at)


def stories(max_size: int = 10) -> SearchStrategy[Story]:
    """Draw stories that begin with both members joining in one act.

    Args:
        max_size: the most acts after that.
    """
    who = st.sampled_from((MEMBERS[:1], MEMBERS[1:], MEMBERS))
    draws = st.lists(st.tuples(who, st.integers(0, 5), st.integers(0, 400)), max_size=max_size)

    def build(drawn: Any, chunk: int, forgotten: str | None) -> Story:
        told = [(MEMBERS, 0, 0), *drawn]
        acts = [
            (f"act {n}", tuple((stream, _commands(n, kind, amount)) for stream in streams))
            for n, (streams, kind, amount) in enumerate(told)
        ]
        return Story(tuple(acts), chunk, forgotten)

    return st.builds(
        build, draws, st.sampled_from((0, 0, 1, 3)), st.none() | st.sampled_from(MEMBERS)
    )
