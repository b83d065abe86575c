"""States: cached, from snapshots, read at an instant; ticks."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import Host, InvalidValue, Submission, Ticked
from loyalcore.errors import CorruptEvent
from loyalcore.journal import Codec, MemoryStore, Snapshot, StoredEvent
from loyalcore.loyalty import CLUB as CLUB_DECIDER
from loyalcore.loyalty import MEMBER, Enrol, Member, Redeem
from loyalcore.testing.rules import rule
from tests.host.listening import Listener
from tests.host.shop import CLUB, DRAWS, START, commands, day, history, opened, send_each

GOLDEN = Path(__file__).parent / "golden" / "history.json"


@rule("J6.10")
@given(DRAWS, st.integers(1, 5), st.integers(1, 3))
def test_every_way_to_a_state_gives_the_fold(
    draws: list[tuple[int, int, int]], every: int, cache: int
) -> None:
    """Cached, from a snapshot or from nothing: a state is the fold of the stream's events."""
    store = MemoryStore()
    host = opened(store, snapshot_every=every, cache_size=cache)
    send_each(host, commands(draws))
    for stream in (f"{CLUB}/a", f"{CLUB}/b"):
        folded = MEMBER.fold(Member(), host.events(stream))
        folded.check_invariants()
        assert host.state(stream) == folded
        assert Host(store, snapshot_every=every).state(stream) == folded
        assert Host(store, snapshot_every=10**6).state(stream) == folded


class Lying(MemoryStore):
    """A store whose snapshots are of another fold, or broken."""

    def __init__(self, fold: str, data: str) -> None:
        super().__init__()
        self.fold, self.data = fold, data

    def snapshot(self, stream: str) -> Snapshot | None:
        kept = super().snapshot(stream)
        return kept and Snapshot(kept.version, self.fold or kept.fold, self.data)


@rule("J6.11")
@given(
    DRAWS,
    st.sampled_from(
        [("loyalty.member@0", '{"debt":9}'), ("", "{"), ("", '{"debt":"x"}'), ("", "[]")]
    ),
)
def test_a_snapshot_of_another_fold_or_a_broken_one_is_thrown_away(
    draws: list[tuple[int, int, int]], lie: tuple[str, str]
) -> None:
    """A snapshot is never a source of truth: a foreign or unreadable one changes no state."""
    store = Lying(*lie)
    host = opened(store, snapshot_every=1)
    send_each(host, commands(draws))
    fresh = Host(store, snapshot_every=1)
    for stream in (f"{CLUB}/a", f"{CLUB}/b"):
        assert fresh.state(stream) == MEMBER.fold(Member(), host.events(stream))


class Counting(MemoryStore):
    """A store that counts the events it hands out."""

    def __init__(self) -> None:
        super().__init__()
        self.handed = 0

    def read(self, stream: str, after: int = 0, upto: int | None = None) -> Sequence[StoredEvent]:
        events = super().read(stream, after, upto)
        self.handed += len(events)
        return events


@rule("J6.12")
@given(st.integers(30, 120))
def test_a_command_never_reads_more_than_the_tail_behind_a_snapshot(length: int) -> None:
    """However long the history, a cold command reads fewer events than lie between snapshots."""
    store = Counting()
    host = opened(store, snapshot_every=10)
    draws = [(0, 0, 0), *[(0, 1, 5)] * length]
    sent = commands(draws)
    send_each(host, sent[:-1])
    store.handed = 0
    send_each(Host(store, snapshot_every=10), sent[-1:])
    assert store.handed <= 10 + 1  # the tail, and the programme


@rule("J5.10")
@given(DRAWS, st.lists(st.integers(0, 120), max_size=6))
def test_swept_or_not_the_history_is_the_same(
    draws: list[tuple[int, int, int]], ticks: list[int]
) -> None:
    """Ticks between the commands change nothing but when things are written."""
    swept, unswept = opened(), opened()
    sent = commands(draws)
    for one in sent:
        for tick in sorted(ticks):
            if day(tick) <= one.command.recorded_at:  # type: ignore[operator]
                swept.tick(day(tick))
        assert send_each(swept, [one]) is not None
    send_each(unswept, sent)
    end = day(300)
    for stream in (f"{CLUB}/a", f"{CLUB}/b"):
        assert swept.state(stream, end) == unswept.state(stream, end)
    swept.tick(end)
    unswept.tick(end)
    assert history(swept) == history(unswept)
    assert swept.tick(end) == Ticked()


@rule("J5.11")
@given(st.integers(1, 40), st.integers(0, 5))
def test_a_tick_touches_only_streams_where_something_falls_due(idle: int, busy: int) -> None:
    """The streams that a tick loads are those with something due."""
    store = Counting()
    host = opened(store)
    for place in range(idle):
        host.submit(f"{CLUB}/idle{place}", Enrol(recorded_at=START), key=f"i{place}")
    draws = [(0, 0, 0), (0, 1, 5)] if busy else []
    send_each(host, commands(draws))
    store.handed = 0
    cold = Host(store)
    cold.tick(day(200))
    assert store.handed <= 1 + len(draws)


@rule("J6.13")
@given(DRAWS, st.integers(0, 100))
def test_a_read_advances_and_writes_nothing(draws: list[tuple[int, int, int]], after: int) -> None:
    """Reading a state at a later instant shows what time has done by then, and stores nothing."""
    host = opened()
    send_each(host, commands(draws))
    before = history(host)
    at = day(len(draws) * 2.5 + after)
    seen = host.state(f"{CLUB}/a", at)
    last = MEMBER.last(host.state(f"{CLUB}/a"))
    if last is not None:
        with pytest.raises(InvalidValue, match=r"state\.at"):
            host.state(f"{CLUB}/a", last - timedelta(microseconds=1))
    assert history(host) == before
    host.tick(at)
    assert host.state(f"{CLUB}/a") == seen


@rule("J6.13")
@given(st.datetimes())
def test_a_naive_instant_is_refused(instant: datetime) -> None:
    """Nobody guesses a zone: not for a state, not for a tick, not for the host's clock."""
    host = opened(clock=lambda: instant, plugins=[Listener()])
    for ask in (lambda: host.state(CLUB, instant), lambda: host.tick(instant)):
        with pytest.raises(InvalidValue):
            ask()
    host.submit(f"{CLUB}/b", Enrol(recorded_at=day(1)), key="b joins")
    for ask in (
        lambda: host.submit(f"{CLUB}/a", Enrol(), key="k"),
        lambda: host.forget(f"{CLUB}/b"),
        host.relay,
    ):
        with pytest.raises(InvalidValue, match=r"^clock: "):
            ask()
    assert not list(host.events(f"{CLUB}/a"))


@rule("J6.14")
@given(DRAWS, st.data())
def test_a_state_is_told_as_it_was(draws: list[tuple[int, int, int]], data: st.DataObject) -> None:
    """As of a version it folds so many events; as known at an instant, what was told by then."""
    host = opened(snapshot_every=2)
    sent = commands([(0, 0, 0), *draws])
    send_each(host, sent)
    stream = f"{CLUB}/a"
    events = list(host.events(stream))
    version = data.draw(st.integers(0, len(events)))
    assert host.past_state(stream, version) == MEMBER.fold(MEMBER.initial, events[:version])
    at = day(data.draw(st.integers(-1, 100)))
    alone = opened()
    send_each(alone, [one for one in sent if one.command.recorded_at <= at])  # type: ignore[operator]
    assert host.state_as_known(stream, at) == alone.state(stream, at)
    for wrong in (-1, len(events) + 1):
        with pytest.raises(InvalidValue):
            host.past_state(stream, wrong)


@rule("J5.12")
@given(st.integers(1, 12), st.integers(1, 5))
def test_a_tick_may_be_taken_in_pieces(members: int, limit: int) -> None:
    """A limit bounds the streams of a call; repeated until nothing is left, all is done."""
    sent = [
        Submission(f"{one.key} {n}", f"{CLUB}/{n}", one.command)
        for n in range(members)
        for one in commands([(0, 0, 0), (0, 1, 90)])
    ]
    whole, pieces = opened(), opened()
    for host in (whole, pieces):
        host.submit_many(sent)
    at_once = whole.tick(day(99))
    assert not at_once.more
    events = streams = 0
    while (some := pieces.tick(day(99), limit=limit)).streams:
        assert some.streams <= limit
        events, streams = events + some.events, streams + some.streams
        assert some.more == (streams < members)
    assert (streams, events) == (at_once.streams, at_once.events)
    assert history(pieces) == history(whole)
    with pytest.raises(InvalidValue, match="limit"):
        whole.tick(day(99), limit=0)


@rule("J5.13")
@given(st.integers(2, 6), st.data())
def test_a_broken_stream_stops_no_other(members: int, data: st.DataObject) -> None:
    """An event that cannot be read is named, its stream stays due, all others are done."""
    store = MemoryStore()
    host = opened(store)
    for n in range(members):
        for one in commands([(0, 0, 0), (0, 1, 90)]):
            host.submit(f"{CLUB}/{n}", one.command, key=f"{one.key} {n}")
    bad = f"{CLUB}/{data.draw(st.integers(0, members - 1))}"
    kept = store._streams[bad].events
    kept[0] = attrs.evolve(kept[0], data="[]")
    cold = Host(store)
    ticked = cold.tick(day(99))
    assert [(stream, type(error)) for stream, error in ticked.failed] == [(bad, CorruptEvent)]
    assert ticked.streams == members
    assert [entry.stream for entry in store.due(day(99), 99)] == [bad]
    sent = [
        Submission(f"s{n}", f"{CLUB}/{n}", Redeem(redemption="r", points=1, recorded_at=day(99)))
        for n in range(members)
    ]
    failed = [refusal for refusal in cold.submit_many(sent).refused if refusal.key == f"s{bad[-1]}"]
    assert [type(refusal.error) for refusal in failed] == [CorruptEvent]


def golden() -> tuple[list[dict[str, Any]], dict[str, Any]]:
    document = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return document["events"], document["states"]


def test_the_golden_history_reads_writes_and_folds_as_it_always_did() -> None:
    """Events of the first release decode, encode to the same text, fold to the same states.

    When a fold has to change, raise the decider's fold_version and write the states anew with
    tests/host/write_golden.py; the events stay as they are.
    """
    events, states = golden()
    codec = Codec((CLUB_DECIDER, MEMBER))
    folded: dict[str, Any] = {}
    for stored in events:
        record = StoredEvent(
            1, stored["stream"], stored["version"], stored["type"], stored["schema"],
            json.dumps(stored["data"]), START,
        )  # fmt: skip
        event = codec.decode(record)
        assert json.loads(codec.encode(event).data) == stored["data"]
        decider = CLUB_DECIDER if stored["stream"].count("/") == 1 else MEMBER
        state = folded.get(stored["stream"], decider.initial)
        folded[stored["stream"]] = decider.evolve(state, event)
    assert {name: json.loads(codec.encode_state(s)) for name, s in folded.items()} == states
    kinds = {kind.name for decider in (CLUB_DECIDER, MEMBER) for kind in decider.events}
    assert {stored["type"] for stored in events} == kinds


@rule("J7.10")
@given(DRAWS)
def test_events_and_states_survive_their_stored_form(draws: list[tuple[int, int, int]]) -> None:
    """Decoding what was encoded gives the same event, and the same state from its snapshot."""
    host = opened()
    send_each(host, commands(draws))
    for stream, events in history(host).items():
        for event in events:
            new = host.codec.encode(event)  # type: ignore[arg-type]
            again = host.codec.decode(
                StoredEvent(1, stream, 1, new.type, new.schema, new.data, new.recorded_at)
            )
            assert again == event
        state = host.state(stream)
        assert host.codec.decode_state(host.codec.encode_state(state), type(state)) == state
    assert attrs.has(Member)
