"""The store at which planned calls go wrong."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import Host
from loyalcore.errors import StoreUnusable
from loyalcore.journal import Append, KeyRecord, MemoryStore, NewEvent, Parked, Reader, Snapshot
from loyalcore.testing.rules import rule
from loyalcore.testing.simulated_store import WRITES, FaultyStore, HostDied, StoreFailed, Trouble
from loyalcore.testing.store_model import contents
from tests.host.shop import DRAWS, commands, history, opened, send_each

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVENT = NewEvent("test", 1, "{}", NOON)
PARKED = Parked("r", 1, "loyalty/a", 1, 1, "", NOON)


def some(version: int) -> Append:
    return Append("loyalty/a", version, (EVENT,), NOON, Snapshot(version + 1, "f", "{}"))


CALLS: tuple[Callable[[FaultyStore], object], ...] = (
    lambda store: store.append([some(1)], [KeyRecord("k", "f")]),
    lambda store: store.heads(["loyalty/a"]),
    lambda store: store.read("loyalty/a", 0, 1),
    lambda store: store.read_refs("loyalty/a", ["r"]),
    lambda store: store.keys(["k"]),
    lambda store: store.due(NOON, 9),
    lambda store: store.snapshot("loyalty/a"),
    lambda store: store.log("", 9),
    lambda store: store.reader("r"),
    lambda store: store.move_reader("r", Reader(), Reader("1"), PARKED),
    lambda store: store.parked("r"),
    lambda store: store.unpark("s", 1),
    lambda store: store.texts("loyalty/a", ["r"]),
    lambda store: store.erase(some(1)),
    lambda store: store.streams(""),
    lambda store: store.close(),
)


def begun() -> MemoryStore:
    """Give a store with an event, and one parked."""
    store = MemoryStore()
    store.append([some(0)])
    store.move_reader("s", Reader(), Reader("1"), attrs.evolve(PARKED, reader="s"))
    return store


def all_of(store: MemoryStore) -> tuple[object, ...]:
    aside = [list(store.parked(name)) for name in ("r", "s")]
    return contents(store, ["k"]), store.reader("r"), aside


@rule("S1.10")
@given(st.sampled_from(CALLS), st.sampled_from(Trouble), st.integers(1, 3), st.booleans())
def test_a_call_goes_wrong_as_planned(
    call: Callable[[FaultyStore], object], trouble: Trouble, ahead: int, foreign: bool
) -> None:
    """Before it is done, or behind it, and at no other call; a dead host does no more."""
    untouched, plain, store = begun(), begun(), begun()
    result = call(FaultyStore(plain))
    error = (lambda words: StoreUnusable("file", words)) if foreign else StoreFailed
    faulty = FaultyStore(store, error)
    faulty.plan(ahead, trouble)
    for _ in range(ahead - 1):
        faulty.heads([])
    dies = trouble in {Trouble.DIES_BEFORE, Trouble.DIES_AFTER}
    kind = HostDied if dies else StoreUnusable if foreign else StoreFailed
    with pytest.raises(kind) as raised:
        call(faulty)
    assert f"call {ahead}" in str(raised.value)
    done = trouble in {Trouble.LOST, Trouble.DIES_AFTER}
    assert all_of(store) == all_of(plain if done else untouched)
    assert faulty.calls == ahead
    assert faulty.dead == dies
    before = all_of(store)
    if dies:
        faulty.heal()
        for again in CALLS:
            with pytest.raises(HostDied):
                again(faulty)
        assert all_of(store) == before
    elif not done:
        assert call(faulty) == result
        assert all_of(store) == all_of(plain)


@rule("S1.10")
@given(st.sampled_from(CALLS), st.integers(1, 3))
def test_somebody_acts_just_before_a_call(
    call: Callable[[FaultyStore], object], ahead: int
) -> None:
    """A plan may be somebody else's act, may count some methods only, and may be dropped."""
    faulty = FaultyStore(begun())
    seen: list[int] = []
    faulty.plan(ahead, lambda: seen.append(faulty.calls))
    faulty.plan(1, lambda: seen.append(-1), WRITES)
    for _ in range(3):
        faulty.heads([])
    assert seen == [ahead]
    faulty.unpark("r", 1)
    assert seen == [ahead, -1]
    faulty.plan(1, Trouble.AWAY)
    faulty.heal()
    call(faulty)


@rule("S1.10")
@given(DRAWS, st.integers(1, 4))
def test_spoiled_snapshots_change_nothing(draws: list[tuple[int, int, int]], every: int) -> None:
    """A host over a store whose snapshots are all spoiled writes what another one would."""
    smooth, store = opened(), MemoryStore()
    opened(store)
    faulty = FaultyStore(store)
    spoilt: list[Snapshot] = []

    def spoil(snapshot: Snapshot) -> Snapshot:
        spoilt.append(attrs.evolve(snapshot, data=snapshot.data[:-1]))
        return spoilt[-1]

    faulty.spoil(spoil)
    sent = commands(draws)
    send_each(smooth, sent)
    for one in sent:
        send_each(Host(faulty, snapshot_every=every), [one])
    assert history(Host(store)) == history(smooth)
    kept = [store.snapshot(name) for name in store.streams("")]
    assert all(snapshot in spoilt for snapshot in kept if snapshot is not None)
    faulty.heal()
    with suppress(KeyError):
        faulty.append([some(0)])
    assert store.snapshot("loyalty/a") == some(0).snapshot
