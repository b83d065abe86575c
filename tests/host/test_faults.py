"""A raise from any store call: all of a command or none, and sending it again completes it."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore import Host
from loyalcore.journal import MemoryStore
from loyalcore.testing.faults import Crash, Faulty
from loyalcore.testing.rules import rule
from tests.host.shop import DRAWS, commands, day, history, opened, send_each


@rule("J9.10")
@settings(max_examples=settings().max_examples // 2)
@given(DRAWS.filter(bool), st.data(), st.booleans())
def test_a_crash_leaves_all_of_a_command_or_none_and_again_completes_it(
    draws: list[tuple[int, int, int]], data: st.DataObject, after: bool
) -> None:
    """Whatever store call fails, a new host sent everything again ends as if nothing had failed."""
    sent = commands(draws)
    smooth = opened()
    send_each(smooth, sent)
    smooth.tick(day(200))
    store = MemoryStore()
    opened(store)
    crash = data.draw(st.integers(1, 6 * len(sent)))
    host = Host(Faulty(store, crash, lost=after).as_store())
    with suppress(Crash):
        send_each(host, sent)
        host.tick(day(200))
    again = Host(store)
    send_each(again, sent)
    again.tick(day(200))
    assert history(again) == history(smooth)


@rule("J9.11")
@given(DRAWS.filter(bool), st.integers(1, 40), st.booleans(), st.integers(1, 9))
def test_a_batch_that_crashed_goes_on_where_it_stopped(
    draws: list[tuple[int, int, int]], crash: int, after: bool, chunk: int
) -> None:
    """A batch cut off by a failing store, sent again whole, ends as an undisturbed one."""
    sent = commands(draws)
    smooth = opened()
    smooth.submit_many(sent)
    store = MemoryStore()
    opened(store)
    faulty = Faulty(store, crash, lost=after)
    host = Host(faulty.as_store())
    with suppress(Crash):
        host.submit_many(sent, chunk=chunk)
    # The same host goes on too: what it remembers was stored.
    faulty.at = 0
    host.submit_many(sent, chunk=chunk)
    assert history(host) == history(smooth)
