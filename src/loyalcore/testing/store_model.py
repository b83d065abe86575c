"""What a store must hold, told by plain dicts, and a machine that holds a store to it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition
from hypothesis.stateful import rule as step

from loyalcore.errors import KeyTaken, LoyalcoreError, StaleStream
from loyalcore.journal.store import (
    Append,
    DueStream,
    Erased,
    KeyRecord,
    NewEvent,
    Parked,
    Reader,
    Snapshot,
    Store,
    StoredEvent,
)
from loyalcore.testing.store_case import StoreCase
from loyalcore.testing.strategies import (
    appends,
    batches,
    key_records,
    parked_events,
    readers,
)

Refusal = TypeVar("Refusal", bound=LoyalcoreError)
Row = tuple[str, int, str, int, str, datetime]

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
SHARED_STREAMS = st.sampled_from(("loyalty/A/1", "loyalty/A/10", "loyalty/A%/1", "é", "z"))


def refused(kind: type[Refusal], act: Callable[[], object], why: str) -> Refusal:
    """Give the error by which an act is refused; fail when it is not."""
    try:
        act()
    except kind as error:
        return error
    raise AssertionError(f"{why}: the store must raise {kind.__name__}, and raised nothing")


def row(event: StoredEvent) -> Row:
    """Give all of a stored event but its position, which is the store's own affair."""
    return (
        event.stream,
        event.version,
        event.type,
        event.schema,
        event.data,
        event.recorded_at,
    )


def rows(stream: str, events: Iterable[NewEvent], first: int = 1) -> list[Row]:
    """Give the rows that new events become when the first of them gets that version."""
    return [
        (stream, version, event.type, event.schema, event.data, event.recorded_at)
        for version, event in enumerate(events, first)
    ]


def pages(store: Store, cursor: str = "", limit: int = 7) -> Iterator[tuple[StoredEvent, str]]:
    """Read the log to its end; give each event with the cursor behind its page."""
    while True:
        page = store.log(cursor, limit)
        assert len(page.events) <= limit, f"a page of {limit} holds {len(page.events)} events"
        if not page.events:
            return
        assert page.cursor != cursor, f"the cursor {cursor!r} stands still behind a full page"
        cursor = page.cursor
        for event in page.events:
            yield event, cursor


def contents(store: Store, keys: Iterable[str] = ()) -> dict[str, object]:
    """Read all that a store shows: its streams and what belongs to each, its log, those keys."""
    names = list(store.streams("", limit=10_000))
    return {
        "streams": dict(store.heads(names)),
        "events": {name: [row(event) for event in store.read(name)] for name in names},
        "snapshots": {name: store.snapshot(name) for name in names},
        "due": list(store.due(FOREVER, 10_000)),
        "log": sorted(row(event) for event, _ in pages(store)),
        "keys": dict(store.keys(keys)),
    }


@attrs.define
class StoreModel:
    """Remember what was appended, in dicts.

    Attributes:
        events: by stream.
        past: by stream, how many of its first versions were erased.
        due: by stream, None where nothing falls due.
        snapshots: by stream, the last one.
        texts: by stream and ref.
        keys: those used up.
        readers: those moved, by name.
        parked: by reader and position.
    """

    events: dict[str, list[NewEvent]] = attrs.Factory(dict)
    past: dict[str, int] = attrs.Factory(dict)
    due: dict[str, datetime | None] = attrs.Factory(dict)
    snapshots: dict[str, Snapshot | None] = attrs.Factory(dict)
    texts: dict[str, dict[str, str]] = attrs.Factory(dict)
    keys: dict[str, KeyRecord] = attrs.Factory(dict)
    readers: dict[str, Reader] = attrs.Factory(dict)
    parked: dict[tuple[str, int], Parked] = attrs.Factory(dict)

    def version(self, stream: str) -> int:
        """Give a stream's version."""
        return self.past.get(stream, 0) + len(self.events.get(stream, ()))

    def rows(self, stream: str) -> list[Row]:
        """Give a stream's events."""
        return rows(stream, self.events.get(stream, ()), self.past.get(stream, 0) + 1)

    def onto(self, batch: Iterable[Append]) -> list[Append]:
        """Set each `expected` to the version that the stream has."""
        return [attrs.evolve(a, expected=self.version(a.stream)) for a in batch]

    def add(self, appends: Iterable[Append], keys: Iterable[KeyRecord] = ()) -> None:
        """Do what a store does with an append that nothing stands against."""
        for append in appends:
            if append.events:
                self.events.setdefault(append.stream, []).extend(append.events)
                self.due[append.stream] = append.due
                self.snapshots.setdefault(append.stream, None)
                if append.snapshot is not None:
                    self.snapshots[append.stream] = append.snapshot
                kept = self.texts.setdefault(append.stream, {})
                kept.update((text.ref, text.text) for text in append.texts)
        self.keys.update((record.key, record) for record in keys)

    def park(self, parked: Parked) -> None:
        """Set an event aside."""
        self.parked[parked.reader, parked.position] = parked

    def erase(self, append: Append) -> Erased:
        """Do what a store does when it erases a stream; say what goes."""
        stream = append.stream
        keys = [k for k, r in self.keys.items() if stream in {s.stream for s in r.spans}]
        parked = [place for place, p in self.parked.items() if p.stream == stream]
        events = self.events.pop(stream, [])
        erased = Erased(
            events=len(events),
            refs=sum(len(set(event.refs)) for event in events),
            keys=len(keys),
            texts=len(self.texts.pop(stream, {})),
            snapshots=int(self.snapshots.pop(stream, None) is not None),
            parked=len(parked),
        )
        for key in keys:
            del self.keys[key]
        for place in parked:
            del self.parked[place]
        self.past[stream] = self.past.get(stream, 0) + len(events)
        self.add([append])
        return erased

    def due_streams(self, until: datetime) -> list[DueStream]:
        """Give the streams with `due <= until`, by (due, stream)."""
        found = [(due, name) for name, due in self.due.items() if due is not None and due <= until]
        return [DueStream(name, due) for due, name in sorted(found)]

    def bearing(self, stream: str, refs: Iterable[str]) -> list[Row]:
        """Give the stream's events that bear at least one of the refs."""
        wanted = set(refs)
        bear = [not wanted.isdisjoint(event.refs) for event in self.events.get(stream, [])]
        return [r for r, bears in zip(self.rows(stream), bear, strict=True) if bears]

    def contents(self) -> dict[str, object]:
        """Give what `contents` must read from the store."""
        names = sorted(self.events)
        by_stream = {name: self.rows(name) for name in names}
        return {
            "streams": {name: self.version(name) for name in names},
            "events": by_stream,
            "snapshots": {name: self.snapshots[name] for name in names},
            "due": self.due_streams(FOREVER),
            "log": sorted(r for found in by_stream.values() for r in found),
            "keys": self.keys,
        }

    def check(self, store: Store) -> None:
        """Fail unless the store holds what was appended, and nothing else."""
        same(self.contents(), contents(store, self.keys), "what was appended")
        for stream, events in self.events.items():
            refs = sorted({ref for event in events for ref in event.refs})
            for wanted in ([], refs[:1], refs):
                found = [row(event) for event in store.read_refs(stream, wanted)]
                assert found == self.bearing(stream, wanted), f"{stream!r} by refs {wanted}"
        for stream, kept in self.texts.items():
            texts = dict(store.texts(stream, [*kept, "words:0"]))
            assert texts == kept, f"the texts of {stream!r} are {texts}, not {kept}"
        for name, value in self.readers.items():
            assert store.reader(name) == value, f"the reader {name!r} is {store.reader(name)!r}"
        for name in {name for name, _ in self.parked}:
            aside = [self.parked[place] for place in sorted(self.parked) if place[0] == name]
            assert list(store.parked(name)) == aside, f"parked for {name!r}"


def same(wanted: dict[str, object], found: dict[str, object], what: str) -> None:
    """Fail at the first part in which two contents differ."""
    for part, value in wanted.items():
        assert found[part] == value, (
            f"{part}: the store does not hold {what}:\n  {value!r}\nbut\n  {found[part]!r}"
        )


class StoreMachine(RuleBasedStateMachine):
    """Append, refuse, read and reopen in any order; the store always tells what the model does.

    Attributes:
        case: makes the store, and opens it again if it is durable.
    """

    case: ClassVar[StoreCase]

    def __init__(self) -> None:
        super().__init__()
        self.store = self.case.make_store()
        self.model = StoreModel()
        self.behind = ""
        self.seen: list[Row] = []
        self.gone: list[Row] = []

    @step(
        batch=batches(SHARED_STREAMS, min_events=0, min_streams=0),
        records=st.lists(key_records(), max_size=2, unique_by=lambda record: record.key),
    )
    def append(self, batch: list[Append], records: list[KeyRecord]) -> None:
        """Add to a few streams, new and known, and use keys up."""
        records = [record for record in records if record.key not in self.model.keys]
        appends = self.model.onto(batch)
        self.store.append(appends, records)
        self.model.add(appends, records)

    @step(batch=batches(SHARED_STREAMS, min_events=0), record=key_records(), off=st.integers(1, 2))
    def append_stale(self, batch: list[Append], record: KeyRecord, off: int) -> None:
        """Get one version wrong, with a key that stays free."""
        *right, last = self.model.onto(batch)
        stale = attrs.evolve(last, expected=last.expected + off)
        records = [record] if record.key not in self.model.keys else []
        error = refused(
            StaleStream, lambda: self.store.append([*right, stale], records), "a stale version"
        )
        assert (error.stream, error.actual) == (last.stream, last.expected)

    @precondition(lambda self: self.model.keys)
    @step(batch=batches(SHARED_STREAMS), pick=st.integers(0, 99), off=st.integers(0, 1))
    def append_again(self, batch: list[Append], pick: int, off: int) -> None:
        """Send a used key again, with right versions and with stale ones."""
        used = list(self.model.keys.values())
        record = used[pick % len(used)]
        appends = [
            attrs.evolve(append, expected=append.expected + off)
            for append in self.model.onto(batch)
        ]
        error = refused(KeyTaken, lambda: self.store.append(appends, [record]), "a used key")
        assert error.key == record.key

    @step(limit=st.integers(1, 4))
    def read_on(self, limit: int) -> None:
        """Read one more page of the log."""
        page = self.store.log(self.behind, limit)
        self.seen += [row(event) for event in page.events]
        self.behind = page.cursor

    @step(
        name=st.sampled_from(("mail", "sms")),
        new=readers(),
        guess=st.none() | readers(),
        park=st.none() | parked_events(streams=SHARED_STREAMS),
    )
    def move_reader(
        self, name: str, new: Reader, guess: Reader | None, park: Parked | None
    ) -> None:
        """Move a reader, knowing the saved one or guessing it, and park an event with it."""
        saved = self.model.readers.get(name, Reader())
        moved = self.store.move_reader(name, guess or saved, new, park)
        assert moved == (guess is None or guess == saved), f"the reader {name!r} moved: {moved}"
        if moved:
            self.model.readers[name] = new
            if park is not None:
                self.model.park(park)

    @step(position=st.integers(1, 9))
    def unpark(self, position: int) -> None:
        """Take an event out, whether or not it is parked."""
        known = self.model.parked.pop(("mail", position), None)
        assert self.store.unpark("mail", position) == (known is not None)

    @step(append=appends(SHARED_STREAMS), off=st.integers(0, 1))
    def erase(self, append: Append, off: int) -> None:
        """Erase a stream, known or not; first with a wrong version."""
        (last,) = self.model.onto([append])
        wrong = attrs.evolve(last, expected=last.expected + 1)
        refused(StaleStream, lambda: self.store.erase(wrong), "a stale version")
        self.gone += self.model.rows(last.stream)
        told = self.store.erase(last)
        wanted = self.model.erase(last)
        assert told == wanted, f"erased {told}, not {wanted}"

    @precondition(lambda self: self.case.durable)
    @step()
    def reopen(self) -> None:
        """Close the store and open it again."""
        self.store = self.case.reopen(self.store)

    @invariant()
    def tells_what_the_model_does(self) -> None:
        """Compare all that can be read, and positions with versions."""
        self.model.check(self.store)
        check_order([event for event, _ in pages(self.store, limit=3)], self.model.past)

    def teardown(self) -> None:
        """Read the log on to its end: nothing was missed, nothing came twice."""
        try:
            self.seen += [row(event) for event, _ in pages(self.store, self.behind)]
            left = [seen for seen in self.seen if seen not in self.gone]
            assert sorted(left) == self.model.contents()["log"], "the reader missed events"
        finally:
            self.store.close()


def check_order(events: Sequence[StoredEvent], past: Mapping[str, int] | None = None) -> None:
    """Fail unless positions increase and each stream's versions count on from what was erased."""
    positions = [event.position for event in events]
    assert positions == sorted(set(positions)), f"positions do not increase: {positions}"
    versions: dict[str, int] = {}
    for event in events:
        expected = versions.get(event.stream, (past or {}).get(event.stream, 0)) + 1
        assert event.version == expected, (
            f"the log of {event.stream!r} goes on with version {event.version}, not {expected}"
        )
        versions[event.stream] = event.version
