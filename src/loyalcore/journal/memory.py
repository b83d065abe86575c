"""The store that lives in the process and dies with it: for tests, trials and simulations."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from heapq import nsmallest
from threading import RLock

import attrs

from loyalcore.errors import KeyTaken, StaleStream
from loyalcore.journal.guards import (
    check_appends,
    check_distinct,
    check_instant,
    position_behind,
)
from loyalcore.journal.store import (
    Append,
    DueStream,
    KeyRecord,
    LogPage,
    Snapshot,
    StoredEvent,
)


@attrs.define
class _Stream:
    """One stream, with the versions that bear each ref."""

    events: list[StoredEvent] = attrs.Factory(list)
    by_ref: dict[str, list[int]] = attrs.Factory(dict)
    due: datetime | None = None
    snapshot: Snapshot | None = None


_NOTHING = _Stream()


class MemoryStore:
    """Keep everything in memory, under one lock.

    It keeps the contract of `Store`, save that nothing outlives the process.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._streams: dict[str, _Stream] = {}
        self._log: list[StoredEvent] = []
        self._keys: dict[str, KeyRecord] = {}
        self._cursors: dict[str, str] = {}
        self._due: list[tuple[datetime, str]] = []

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        """Add events to one or several streams and use up command keys: all of it or none.

        Raises:
            StaleStream: a stream has another version than expected.
            KeyTaken: a key has been used already (also by another record of this call).
            InvalidValue: a stream is named twice, or an instant is naive.
        """
        check_appends(appends)
        with self._lock:
            self._refuse_taken(keys)
            self._refuse_stale(appends)
            for append in appends:
                if append.events:
                    self._write(append)
            self._keys.update((record.key, record) for record in keys)

    def heads(self, streams: Iterable[str]) -> Mapping[str, int]:
        """Give the version of each stream, 0 for one that does not exist."""
        with self._lock:
            return {name: len(self._stream(name).events) for name in streams}

    def read(self, stream: str, after: int = 0, upto: int | None = None) -> Sequence[StoredEvent]:
        """Give the stream's events with `after < version <= upto`, in order."""
        with self._lock:
            return self._stream(stream).events[after:upto]

    def read_refs(self, stream: str, refs: Iterable[str]) -> Sequence[StoredEvent]:
        """Give the stream's events that bear at least one of the refs, each once, in order."""
        with self._lock:
            found = self._stream(stream)
            versions = {version for ref in refs for version in found.by_ref.get(ref, ())}
            return [found.events[version - 1] for version in sorted(versions)]

    def keys(self, keys: Iterable[str]) -> Mapping[str, KeyRecord]:
        """Give the records of those keys that have been used."""
        with self._lock:
            return {key: self._keys[key] for key in keys if key in self._keys}

    def due(self, until: datetime, limit: int) -> Sequence[DueStream]:
        """Give at most `limit` streams with `due <= until`, by (due, stream); touch no others.

        Raises:
            InvalidValue: `until` is naive.
        """
        check_instant("until", until)
        with self._lock:
            count = bisect_right(self._due, until, key=lambda entry: entry[0])
            first = self._due[: max(0, min(count, limit))]
        return [DueStream(stream, due) for due, stream in first]

    def snapshot(self, stream: str) -> Snapshot | None:
        """Give the stream's snapshot, if it has one."""
        with self._lock:
            return self._stream(stream).snapshot

    def log(self, cursor: str, limit: int) -> LogPage:
        """Give at most `limit` events behind the cursor, in position order.

        Raises:
            InvalidValue: the cursor is none that this store gave.
        """
        start = position_behind(cursor)
        with self._lock:
            events = tuple(self._log[start : start + max(0, limit)])
        return LogPage(events, str(events[-1].position) if events else cursor)

    def cursor(self, name: str) -> str:
        """Give the cursor saved under the name, "" if none."""
        with self._lock:
            return self._cursors.get(name, "")

    def move_cursor(self, name: str, old: str, new: str) -> bool:
        """Save a cursor if the saved one is still `old`; say whether it was."""
        with self._lock:
            if self._cursors.get(name, "") != old:
                return False
            self._cursors[name] = new
            return True

    def streams(self, prefix: str, after: str = "", limit: int = 1000) -> Sequence[str]:
        """Give at most `limit` existing streams with the prefix and name > `after`, by name."""
        with self._lock:
            found = (name for name in self._streams if name.startswith(prefix) and name > after)
            return nsmallest(limit, found)

    def close(self) -> None:
        """Do nothing: there are no files to let go of."""

    def _stream(self, name: str) -> _Stream:
        return self._streams.get(name, _NOTHING)

    def _refuse_taken(self, keys: Sequence[KeyRecord]) -> None:
        check_distinct(keys)
        for record in keys:
            if record.key in self._keys:
                raise KeyTaken(record.key)

    def _refuse_stale(self, appends: Sequence[Append]) -> None:
        for append in appends:
            actual = len(self._stream(append.stream).events)
            if actual != append.expected:
                raise StaleStream(append.stream, append.expected, actual)

    def _write(self, append: Append) -> None:
        stream = self._streams.setdefault(append.stream, _Stream())
        for event in append.events:
            version = len(stream.events) + 1
            stored = StoredEvent(
                position=len(self._log) + 1,
                stream=append.stream,
                version=version,
                type=event.type,
                schema=event.schema,
                data=event.data,
                recorded_at=event.recorded_at,
            )
            stream.events.append(stored)
            self._log.append(stored)
            for ref in event.refs:
                stream.by_ref.setdefault(ref, []).append(version)
        self._set_due(append.stream, append.due)
        if append.snapshot is not None:
            stream.snapshot = append.snapshot

    def _set_due(self, name: str, due: datetime | None) -> None:
        stream = self._streams[name]
        if stream.due is not None:
            del self._due[bisect_left(self._due, (stream.due, name))]
        if due is not None:
            insort(self._due, (due, name))
        stream.due = due
