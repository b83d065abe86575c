"""Notifiers read the log behind their own cursors."""

from hypothesis import given
from hypothesis import strategies as st

from loyalcore import connect, hookimpl
from loyalcore.journal import Delivery
from loyalcore.testing.rules import rule
from tests.host.shop import commands, day, opened
from tests.host.test_commands import DRAWS, send_each


class Listener:
    """A notifier that fails at some calls."""

    def __init__(self, name: str, fails: frozenset[int] = frozenset()) -> None:
        self.name, self.fails, self.calls = name, fails, 0
        self.heard: list[Delivery] = []

    def notify(self, delivery: Delivery) -> None:
        self.calls += 1
        if self.calls in self.fails:
            raise ConnectionError("the mail server is away")
        self.heard.append(delivery)

    @hookimpl
    def loyalcore_notifiers(self) -> list["Listener"]:
        return [self]


@rule("J3.10")
@given(DRAWS, st.frozensets(st.integers(1, 40), max_size=8), st.integers(1, 5))
def test_every_notifier_hears_the_whole_log_in_order_and_one_that_raises_stops_no_other(
    draws: list[tuple[int, int, int]], fails: frozenset[int], pieces: int
) -> None:
    """Relayed now and then, a failing notifier hears all in order, and so does its neighbour."""
    shaky, steady = Listener("shaky", fails), Listener("steady")
    host = opened(plugins=[shaky, steady])
    sent = commands(draws)
    for start in range(0, len(sent), pieces):
        send_each(host, sent[start : start + pieces])
        for result in host.relay():
            assert result.notifier == "shaky" or result.error is None
    host.tick(day(200))
    for _ in range(len(fails) + 1):
        host.relay()
    log = [(e.stream, e.version) for e in host.store.log("", 10_000).events]
    for listener in (shaky, steady):
        assert [(d.stream, d.version) for d in listener.heard] == log
        positions = [d.position for d in listener.heard]
        assert positions == sorted(set(positions))
    again = Listener("steady")
    with connect(host.store, plugins=[again]) as restarted:
        restarted.relay()
        assert not again.heard
