"""What the streams of a simulated store have held so far, read anew after each step."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from loyalcore.decider import Decider
from loyalcore.errors import CorruptEvent, UnknownStream
from loyalcore.journal.forgetting import FORGOTTEN, Gone
from loyalcore.journal.store import Snapshot, Store, StoredEvent
from loyalcore.loyalty import MembershipEnded
from loyalcore.testing.simulated_shop import CODEC, FOLDS, RELEASES, may_come_along

FOREVER = datetime(8999, 12, 31, tzinfo=UTC)
_PAGE = 500
_ENDING = (MembershipEnded, FORGOTTEN.cls)


def decider_of(stream: str) -> Decider[Any, Any, Any]:
    """Give the decider that serves a stream of the shop."""
    for decider in RELEASES[0]:
        kind, *rest = decider.pattern.split("/")
        if stream.startswith(f"{kind}/") and len(rest) == stream.count("/"):
            return decider
    raise UnknownStream(stream, tuple(decider.pattern for decider in RELEASES[0]))


@attrs.define(eq=False)
class History:
    """Remember the log and its folds, and refuse a store that no longer tells the same.

    Attributes:
        log: as it was read last.
        positions: of the log.
        present: the same, as a set.
        events: stream, version and event by position, the erased ones too.
        at: the event by stream and version, the erased ones too.
        states: by stream, the fold of each version from 0.
        due: by stream, when something falls due.
        gone: streams that were forgotten.
        spoiled: snapshots that were spoiled on their way.
    """

    log: list[StoredEvent] = attrs.Factory(list)
    positions: list[int] = attrs.Factory(list)
    present: set[int] = attrs.Factory(set)
    events: dict[int, tuple[str, int, Any]] = attrs.Factory(dict)
    at: dict[tuple[str, int], Any] = attrs.Factory(dict)
    states: dict[str, list[Any]] = attrs.Factory(dict)
    due: dict[str, datetime] = attrs.Factory(dict)
    gone: set[str] = attrs.Factory(set)
    spoiled: set[Snapshot] = attrs.Factory(set)
    _snapshots: dict[str, Snapshot] = attrs.Factory(dict)

    def read(self, store: Store) -> list[StoredEvent]:
        """Read all that the store tells of its streams; give what is new, in log order.

        Raises:
            AssertionError: something is lost, changed, doubled or out of order.
        """
        log = list(self.behind(store, ""))
        by_stream: dict[str, list[StoredEvent]] = {}
        for event in log:
            by_stream.setdefault(event.stream, []).append(event)
        names = _streams(store)
        assert names == sorted(by_stream), f"the log tells of {sorted(by_stream)}, not of {names}"
        heads = store.heads(names)
        for name, events in by_stream.items():
            _check_stream(name, events, list(store.read(name)), heads[name])
        new = self._changes(log, by_stream)
        self.log, self.positions = log, [event.position for event in log]
        self.present = set(self.positions)
        assert sorted(self.present) == self.positions, f"out of order: {self.positions}"
        for stored in new:
            self._fold(stored)
        self._check_due(store)
        self._check_snapshots(store)
        return new

    def behind(self, store: Store, cursor: str) -> Iterator[StoredEvent]:
        """Read the log behind a cursor."""
        while events := (page := store.log(cursor, _PAGE)).events:
            yield from events
            cursor = page.cursor
            if len(events) < _PAGE:
                return

    def head(self, stream: str) -> int:
        """Give the version of a stream."""
        return len(self.states.get(stream, (None,))) - 1

    def open_streams(self) -> list[str]:
        """Give the streams that were not forgotten, the club before its members."""
        return sorted(self.states.keys() - self.gone)

    def _changes(
        self, log: list[StoredEvent], by_stream: dict[str, list[StoredEvent]]
    ) -> list[StoredEvent]:
        """Give what is new in a log; the rest is as it was, save what was forgotten."""
        ended = {
            name
            for name, events in by_stream.items()
            if name not in self.gone and events[-1].type == FORGOTTEN.name
        }
        kept = [event for event in self.log if event.stream not in ended] if ended else self.log
        assert log[: len(kept)] == kept, _difference(kept, log)
        for name in ended:
            first, last = by_stream[name][0].version, by_stream[name][-1].version
            assert first == self.head(name) + 1, f"{name} was forgotten, and ends with {first}"
            kinds = [CODEC.decode(event) for event in by_stream[name]]
            assert all(may_come_along(e) or isinstance(e, _ENDING) for e in kinds), (
                f"{name} was forgotten, and holds more than its ending {first}-{last}: {kinds}"
            )
        self.gone |= ended
        return log[len(kept) :]

    def _fold(self, stored: StoredEvent) -> None:
        name, event = stored.stream, CODEC.decode(stored)
        decider = decider_of(name)
        states = self.states.setdefault(name, [decider.initial])
        before = states[-1]
        assert stored.version == len(states), f"{name}@{stored.version} follows {len(states) - 1}"
        assert not isinstance(before, Gone), f"{name} was forgotten, and goes on: {event}"
        assert event.recorded_at == stored.recorded_at, f"{name}@{stored.version} has two instants"
        last = decider.last(before)
        forwards = last is None or last <= event.recorded_at
        assert forwards, f"{name}@{stored.version} goes backwards"
        reused = stored.position in self.events
        assert not reused, f"{name}@{stored.version} has the position {stored.position} of another"
        self.due.pop(name, None)
        if isinstance(event, FORGOTTEN.cls):
            states.append(Gone(event.recorded_at))
        else:
            state = decider.evolve(before, event)
            if hasattr(state, "check_invariants"):
                state.check_invariants()
            states.append(state)
            if (due := decider.due(state)) is not None:
                self.due[name] = due
        self.events[stored.position] = (name, stored.version, event)
        self.at[name, stored.version] = event

    def _check_due(self, store: Store) -> None:
        for name in self.gone:
            self.due.pop(name, None)
        wanted = sorted((due, name) for name, due in self.due.items())
        found = [(entry.due, entry.stream) for entry in store.due(FOREVER, 10_000)]
        assert found == wanted, f"due are {wanted}, and the store's index has {found}"

    def _check_snapshots(self, store: Store) -> None:
        for name, states in self.states.items():
            snapshot = store.snapshot(name)
            kept = name in self.gone and snapshot is not None
            assert not kept, f"{name} was forgotten, and keeps a snapshot"
            if snapshot is None or snapshot == self._snapshots.get(name):
                continue
            self._snapshots[name] = snapshot
            if snapshot in self.spoiled:
                continue
            where = f"the snapshot of {name}@{snapshot.version}"
            assert snapshot.fold in FOLDS, f"{where} was made by {snapshot.fold}"
            assert snapshot.version < len(states), f"{where} is ahead of its stream"
            try:
                state = CODEC.decode_state(snapshot.data, decider_of(name).state_type)
            except CorruptEvent as error:
                raise AssertionError(f"{where} cannot be read: {error}") from error
            assert state == states[snapshot.version], f"{where} is not the fold of its events"


def _streams(store: Store) -> list[str]:
    names: list[str] = []
    while found := store.streams("", names[-1] if names else "", _PAGE):
        names += found
        if len(found) < _PAGE:
            break
    return names


def _check_stream(
    name: str, logged: Sequence[StoredEvent], read: Sequence[StoredEvent], head: int
) -> None:
    """Fail unless a stream reads as the log has it, with versions that follow one another."""
    assert read == logged, f"{name} reads {read}, and the log has {logged}"
    versions = [event.version for event in read]
    first = versions[0]
    assert versions == list(range(first, first + len(versions))), f"{name} has {versions}"
    assert versions[-1] == head, f"{name} has the head {head}, and ends with {versions[-1]}"


def _difference(kept: list[StoredEvent], log: list[StoredEvent]) -> str:
    for place, event in enumerate(kept):
        found = log[place] if place < len(log) else None
        if found != event:
            return f"what was stored has changed: it was {event} and is {found}"
    return "what was stored has changed"
