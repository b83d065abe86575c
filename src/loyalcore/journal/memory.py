"""The store that lives in the process and dies with it: for tests, trials and simulations."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from heapq import nsmallest
from itertools import islice
from threading import RLock

import attrs

from loyalcore.errors import KeyTaken, StaleStream
from loyalcore.journal.guards import (
    check_appends,
    check_distinct,
    check_instant,
    check_reader,
    page_of,
    position_behind,
)
from loyalcore.journal.store import (
    Append,
    DueStream,
    Erased,
    KeyRecord,
    LogPage,
    Parked,
    Reader,
    Snapshot,
    StoredEvent,
)


@attrs.define
class _Stream:
    """One stream, with the versions that bear each ref; its events begin behind `past`."""

    past: int = 0
    events: list[StoredEvent] = attrs.Factory(list)
    by_ref: dict[str, list[int]] = attrs.Factory(dict)
    due: datetime | None = None
    snapshot: Snapshot | None = None
    texts: dict[str, str] = attrs.Factory(dict)

    @property
    def version(self) -> int:
        return self.past + len(self.events)


_NOTHING = _Stream()


class MemoryStore:
    """Keep everything in memory, under one lock.

    It keeps the contract of `Store`, save that nothing outlives the process.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._streams: dict[str, _Stream] = {}
        self._log: list[StoredEvent | None] = []  # by position; None where one was erased
        self._keys: dict[str, KeyRecord] = {}
        self._readers: dict[str, Reader] = {}
        self._parked: dict[tuple[str, int], Parked] = {}
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
            with self._all_or_nothing(appends, keys):
                for append in appends:
                    if append.events:
                        self._write(append)
                self._keys.update((record.key, record) for record in keys)

    def heads(self, streams: Iterable[str]) -> Mapping[str, int]:
        """Give the version of each stream, 0 for one that does not exist."""
        with self._lock:
            return {name: self._stream(name).version for name in streams}

    def read(self, stream: str, after: int = 0, upto: int | None = None) -> Sequence[StoredEvent]:
        """Give the stream's events with `after < version <= upto`, in order."""
        with self._lock:
            found = self._stream(stream)
            last = None if upto is None else max(0, upto - found.past)
            return found.events[max(0, after - found.past) : last]

    def read_refs(self, stream: str, refs: Iterable[str]) -> Sequence[StoredEvent]:
        """Give the stream's events that bear at least one of the refs, each once, in order."""
        with self._lock:
            found = self._stream(stream)
            versions = {version for ref in refs for version in found.by_ref.get(ref, ())}
            return [found.events[version - found.past - 1] for version in sorted(versions)]

    def keys(self, keys: Iterable[str]) -> Mapping[str, KeyRecord]:
        """Give the records of those keys that have been used."""
        with self._lock:
            return {key: self._keys[key] for key in keys if key in self._keys}

    def due(
        self, until: datetime, limit: int, after: DueStream | None = None
    ) -> Sequence[DueStream]:
        """Give at most `limit` streams with `due <= until`, by (due, stream); touch no others.

        Raises:
            InvalidValue: `until` is naive.
        """
        check_instant("until", until)
        with self._lock:
            first = 0 if after is None else bisect_right(self._due, (after.due, after.stream))
            last = bisect_right(self._due, until, key=lambda entry: entry[0])
            found = self._due[first : min(last, first + max(0, limit))]
        return [DueStream(stream, due) for due, stream in found]

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
            behind = (event for event in islice(self._log, start, None) if event is not None)
            events = tuple(islice(behind, max(0, limit)))
        return page_of(events, cursor)

    def reader(self, name: str) -> Reader:
        """Give the reader of that name; one that was never moved stands at the beginning."""
        with self._lock:
            return self._readers.get(name, Reader())

    def move_reader(self, name: str, old: Reader, new: Reader, park: Parked | None = None) -> bool:
        """Save a reader if the saved one is still `old`, and park an event in the same act.

        Raises:
            InvalidValue: an instant is naive.
        """
        check_reader(new, park)
        with self._lock:
            if self._readers.get(name, Reader()) != old:
                return False
            self._readers[name] = new
            if park is not None:
                self._parked[park.reader, park.position] = park
            return True

    def parked(self, reader: str, after: int = 0, limit: int = 1000) -> Sequence[Parked]:
        """Give at most `limit` events that a reader parked, behind a position, by position."""
        with self._lock:
            found = [p for p in self._parked.values() if p.reader == reader and p.position > after]
        return nsmallest(max(0, limit), found, key=lambda parked: parked.position)

    def unpark(self, reader: str, position: int) -> bool:
        """Forget that an event is parked; say whether it was."""
        with self._lock:
            return self._parked.pop((reader, position), None) is not None

    def texts(self, stream: str, refs: Iterable[str]) -> Mapping[str, str]:
        """Give those of a stream's texts that it has, by ref."""
        with self._lock:
            kept = self._stream(stream).texts
            return {ref: kept[ref] for ref in refs if ref in kept}

    def erase(self, append: Append) -> Erased:
        """Erase a stream's whole past and append its last events in the same act.

        Raises:
            StaleStream: the stream has another version than expected.
            InvalidValue: an instant is naive.
        """
        check_appends([append])
        with self._lock:
            self._refuse_stale([append])
            stream = self._stream(append.stream)
            keys = [
                record.key
                for record in self._keys.values()
                if any(span.stream == append.stream for span in record.spans)
            ]
            parked = [place for place, p in self._parked.items() if p.stream == append.stream]
            erased = Erased(
                events=len(stream.events),
                refs=sum(map(len, stream.by_ref.values())),
                keys=len(keys),
                texts=len(stream.texts),
                snapshots=int(stream.snapshot is not None),
                parked=len(parked),
            )
            for key in keys:
                del self._keys[key]
            for place in parked:
                del self._parked[place]
            for event in stream.events:
                self._log[event.position - 1] = None
            if stream is not _NOTHING:
                self._set_due(append.stream, None)
                self._streams[append.stream] = _Stream(past=append.expected)
            if append.events:
                self._write(append)
            return erased

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
            actual = self._stream(append.stream).version
            if actual != append.expected:
                raise StaleStream(append.stream, append.expected, actual)

    @contextmanager
    def _all_or_nothing(
        self, appends: Sequence[Append], keys: Sequence[KeyRecord]
    ) -> Iterator[None]:
        """Undo what was written so far when anything raises, an interrupt above all."""
        end, before = len(self._log), {}
        for append in appends:
            stream = self._stream(append.stream)
            kept = (stream.due, stream.snapshot, dict(stream.texts))
            before[append.stream] = (len(stream.events), kept)
        try:
            yield
        except BaseException:
            del self._log[end:]
            for record in keys:
                self._keys.pop(record.key, None)
            for name, (count, kept) in before.items():
                self._take_back(name, count, *kept)
            raise

    def _take_back(
        self,
        name: str,
        count: int,
        due: datetime | None,
        snapshot: Snapshot | None,
        texts: dict[str, str],
    ) -> None:
        """Leave the first so many events of a stream, and what was known with them."""
        stream = self._streams.get(name)
        if stream is None:
            return
        del stream.events[count:]
        for versions in stream.by_ref.values():
            del versions[bisect_right(versions, stream.version) :]
        self._due = [entry for entry in self._due if entry[1] != name]
        if due is not None:
            insort(self._due, (due, name))
        stream.due, stream.snapshot, stream.texts = due, snapshot, texts
        if not stream.version:
            del self._streams[name]

    def _write(self, append: Append) -> None:
        stream = self._streams.setdefault(append.stream, _Stream())
        for event in append.events:
            version = stream.version + 1
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
        stream.texts.update((text.ref, text.text) for text in append.texts)

    def _set_due(self, name: str, due: datetime | None) -> None:
        stream = self._streams[name]
        if stream.due is not None:
            del self._due[bisect_left(self._due, (stream.due, name))]
        if due is not None:
            insort(self._due, (due, name))
        stream.due = due
