"""Notifiers read the log behind their own cursors, one host at a time."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import Host, InvalidValue, RelayPolicy, connect
from loyalcore.errors import NotParked, UnknownNotifier
from loyalcore.journal import MemoryStore, Reader
from loyalcore.testing.rules import rule
from tests.host.listening import Clock, Listener
from tests.host.shop import DRAWS, commands, day, opened, send_each

MINUTE = timedelta(minutes=1)


def log_of(host: Host) -> list[int]:
    return [event.position for event in host.store.log("", 10_000).events]


@rule("J3.10")
@given(DRAWS, st.frozensets(st.integers(1, 40), max_size=8), st.integers(1, 5))
def test_every_notifier_hears_the_whole_log_in_order_and_one_that_raises_stops_no_other(
    draws: list[tuple[int, int, int]], fails: frozenset[int], pieces: int
) -> None:
    """Relayed now and then, a failing notifier hears all in order, and so does its neighbour."""
    shaky, steady, clock = Listener("shaky", fails), Listener("steady"), Clock()
    host = opened(plugins=[shaky, steady], clock=clock, relay=RelayPolicy(attempts=9))
    sent = commands(draws)
    for start in range(0, len(sent), pieces):
        send_each(host, sent[start : start + pieces])
        clock.now += 90 * MINUTE
        for result in host.relay():
            assert result.notifier == "shaky" or result.error is None
    host.tick(day(200))
    for _ in range(len(fails) + 1):
        clock.now += 90 * MINUTE
        host.relay()
    for listener in (shaky, steady):
        assert [d.position for d in listener.heard] == log_of(host)
    again = Listener("steady")
    with connect(host.store, plugins=[again]) as restarted:
        restarted.relay()
        assert not again.heard


@rule("J3.11")
@given(
    st.integers(1, 4),
    st.integers(0, 5000),
    st.integers(0, 9000),
    st.lists(st.integers(0, 4000), max_size=12),
)
def test_an_event_is_tried_again_after_its_wait_and_then_parked(
    attempts: int, first: int, longest: int, steps: list[int]
) -> None:
    """Not before the wait, which doubles up to the longest; after the last attempt it is parked."""
    policy = RelayPolicy(
        attempts=attempts,
        first_wait=timedelta(milliseconds=first),
        longest_wait=timedelta(milliseconds=longest),
    )
    listener, clock = Listener(hates=frozenset({1})), Clock()
    host = opened(plugins=[listener], clock=clock, relay=policy)
    tried, due = 0, clock.now
    for step in [*steps, *(10_000 for _ in range(attempts))]:
        clock.now += timedelta(milliseconds=step)
        wanted = tried < attempts and clock.now >= due
        host.relay()
        tried += wanted
        if wanted:
            due = clock.now + timedelta(milliseconds=min(longest, first * 2 ** (tried - 1)))
        assert listener.calls == tried
        parked = host.parked("mail")
        assert len(parked) == (tried == attempts)
    assert (parked[0].position, parked[0].attempts) == (1, attempts)
    assert parked[0].reason.startswith("ConnectionError: the mail server is away")


@rule("J3.12")
@given(DRAWS.filter(bool), st.frozensets(st.integers(1, 9), min_size=1), st.integers(0, 3))
def test_what_is_parked_is_listed_and_can_be_sent_again(
    draws: list[tuple[int, int, int]], hates: frozenset[int], page: int
) -> None:
    """All else is heard in order; sent again, a parked event is heard, or stays parked."""
    listener, clock = Listener(hates=hates), Clock()
    patience = RelayPolicy(attempts=1, page=page + 1)
    host = opened(plugins=[listener], clock=clock, relay=patience)
    send_each(host, commands(draws))
    (told,) = host.relay()
    hated = [position for position in log_of(host) if position in hates]
    assert (told.delivered, told.parked) == (len(listener.heard), len(hated))
    assert [d.position for d in listener.heard] == [p for p in log_of(host) if p not in hates]
    assert [p.position for p in host.parked("mail")] == hated
    for position in hated:
        with pytest.raises(ConnectionError):
            host.resend("mail", position)
        assert position in {p.position for p in host.parked("mail")}
        listener.hates -= {position}
        host.resend("mail", position)
        assert listener.heard[-1].position == position
        with pytest.raises(NotParked):
            host.resend("mail", position)
    assert not host.parked("mail")
    for ask in (lambda: host.parked("sms"), lambda: host.resend("sms", 1)):
        with pytest.raises(UnknownNotifier):
            ask()


@rule("J3.13")
@given(DRAWS.filter(bool), st.integers(1, 12), st.integers(0, 3), st.booleans())
def test_one_host_at_a_time_reads_for_a_notifier(
    draws: list[tuple[int, int, int]], call: int, minutes: int, dies: bool
) -> None:
    """Another host waits for the lease; when its holder dies or dawdles it takes over."""
    clock = Clock()
    first, second = Listener(), Listener()
    host = opened(plugins=[first], clock=clock, relay=RelayPolicy(page=3, lease=2 * MINUTE))
    send_each(host, commands(draws))
    rival = connect(host.store, plugins=[second], clock=clock, relay=RelayPolicy(lease=2 * MINUTE))
    found: list[str] = []

    def interfere() -> None:
        if first.calls == call - 1:
            clock.now += minutes * MINUTE
            found.append(rival.relay()[0].held_by)
            if dies:
                raise KeyboardInterrupt

    first.before = interfere
    try:
        host.relay()
    except KeyboardInterrupt:
        first.before = lambda: None
        rival.relay()
    if found and minutes < 2:
        assert found[0], "the lease was not respected"
    host.relay()
    rival.relay()
    heard = [d.position for d in first.heard + second.heard]
    assert sorted(set(heard)) == log_of(host)
    for listener in (first, second):
        positions = [d.position for d in listener.heard]
        assert positions == sorted(set(positions))
    if minutes < 2 and not (found and dies):
        assert len(heard) == len(set(heard)), "told twice although nobody died or dawdled"
    assert host.store.reader("notifier:mail") == Reader(str(log_of(host)[-1]))


@rule("J3.14")
@given(DRAWS.filter(bool), st.data())
def test_an_event_that_cannot_be_read_is_parked_for_each(
    draws: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    """It stops nobody: all else is heard, once and in order, by every notifier."""
    store = MemoryStore()
    listeners = [Listener("a"), Listener("b")]
    host = opened(store, plugins=listeners, relay=RelayPolicy(attempts=1))
    send_each(host, commands(draws))
    bad = data.draw(st.sampled_from(log_of(host)))
    event = store._log[bad - 1]
    assert event is not None
    broken = data.draw(st.sampled_from([{"type": "later.release"}, {"data": "{"}]))
    store._log[bad - 1] = attrs.evolve(event, **broken)
    for told in host.relay():
        assert told.parked == 1
        assert [p.position for p in host.parked(told.notifier)] == [bad]
    for listener in listeners:
        assert [d.position for d in listener.heard] == [p for p in log_of(host) if p != bad]


@rule("J3.15")
@given(st.integers(1, 30), st.integers(1, 9), st.integers(1, 50))
def test_a_slow_notifier_keeps_its_lease(events: int, page: int, seconds: int) -> None:
    """While it reads, however slowly, the lease is renewed, and nobody else tells the same."""
    clock, second = Clock(), Listener()

    def take_time() -> None:
        clock.now += timedelta(seconds=seconds)

    first = Listener(before=take_time)
    host = opened(plugins=[first], clock=clock, relay=RelayPolicy(page=page, lease=2 * MINUTE))
    rival = connect(host.store, plugins=[second], clock=clock)
    send_each(host, commands([(0, 0, 0)] + [(0, 4, 0)] * events))
    first.before = lambda: (take_time(), rival.relay())  # type: ignore[func-returns-value]
    host.relay()
    assert not second.heard
    assert [d.position for d in first.heard] == log_of(host)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("attempts", 0),
        ("page", 0),
        ("lease", timedelta(0)),
        ("first_wait", -MINUTE),
        ("longest_wait", 5),
    ],
)
def test_impatience_is_refused(field: str, value: object) -> None:
    """A policy that could never deliver is refused by the field's name."""
    with pytest.raises(InvalidValue, match=rf"RelayPolicy\.{field}"):
        RelayPolicy(**{field: value})  # type: ignore[arg-type]
