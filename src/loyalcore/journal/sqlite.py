"""The store in one SQLite file: durable, for one machine, with nothing to install."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from os import PathLike
from pathlib import Path
from threading import RLock
from urllib.parse import parse_qsl, unquote

import attrs

from loyalcore.errors import InvalidValue, KeyTaken, StaleStream, StoreUnusable
from loyalcore.journal.guards import (
    check_appends,
    check_distinct,
    check_instant,
    check_reader,
    page_of,
    position_behind,
)
from loyalcore.journal.sqlite_file import open_file, unusable
from loyalcore.journal.sqlite_rows import (
    DUE,
    FIRST_US,
    LAST_VERSION,
    LOG,
    PARK,
    PARKED,
    READ,
    READ_REFS,
    READER,
    SET_READER,
    SNAPSHOT,
    STREAMS,
    TEXTS,
    UNPARK,
    behind_prefix,
    chunks,
    erase_stream,
    event_of,
    from_us,
    key_records,
    known_streams,
    marks,
    parked_of,
    reader_of,
    row_of,
    to_us,
    typed,
    write_events,
    write_streams,
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

_SYNCHRONOUS = ("full", "normal")


class SqliteStore:
    """Keep everything in one SQLite file with a write-ahead log.

    Several threads share one connection; several processes may share the file.

    Args:
        path: the file; made when missing, but never its directory.
        synchronous: `full` survives a power cut with every command answered so far; `normal`
            is quicker, survives the death of the process, and may lose the last ones, whole,
            in a power cut.

    Raises:
        StoreUnusable: the directory is missing, or the file is foreign, damaged or unreadable.
        StoreTooNew: a later release made the file.
        InvalidValue: another word for `synchronous`, or a path that SQLite takes for no file.
    """

    def __init__(self, path: str | PathLike[str], *, synchronous: str = "full") -> None:
        if synchronous not in _SYNCHRONOUS:
            raise InvalidValue("synchronous", synchronous, f"one of {', '.join(_SYNCHRONOUS)}")
        if str(path) in {"", ".", ":memory:"} or "\0" in str(path):
            raise InvalidValue("path", str(path), "name a file; without one, use MemoryStore")
        self.path = Path(path).absolute()
        self._lock = RLock()
        self._closed = False
        self._connection = open_file(self.path, synchronous)

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        """Add events to one or several streams and use up command keys: all of it or none.

        Raises:
            StaleStream: a stream has another version than expected.
            KeyTaken: a key has been used already (also by another record of this call).
            InvalidValue: a stream is named twice, an instant is naive, or SQLite cannot hold
                a value.
            StoreUnusable: the file could not be written.
        """
        check_appends(appends)
        check_distinct(keys)
        with self._transaction("BEGIN IMMEDIATE") as connection:
            taken = key_records(connection, (record.key for record in keys))
            for record in keys:
                if record.key in taken:
                    raise KeyTaken(record.key)
            known = known_streams(connection, (append.stream for append in appends))
            for append in appends:
                _, actual = known.get(append.stream, (0, 0))
                if actual != append.expected:
                    raise StaleStream(append.stream, append.expected, actual)
            written = [append for append in appends if append.events]
            ids = write_streams(connection, written, known)
            write_events(connection, written, ids, keys)

    def heads(self, streams: Iterable[str]) -> Mapping[str, int]:
        """Give the version of each stream, 0 for one that does not exist."""
        names = list(streams)
        with self._transaction() as connection:
            known = known_streams(connection, names)
        return {name: known.get(name, (0, 0))[1] for name in names}

    def read(self, stream: str, after: int = 0, upto: int | None = None) -> Sequence[StoredEvent]:
        """Give the stream's events with `after < version <= upto`, in order."""
        values = (stream, after, LAST_VERSION if upto is None else upto)
        with self._transaction() as connection:
            return [event_of(row) for row in connection.execute(READ, values)]

    def read_refs(self, stream: str, refs: Iterable[str]) -> Sequence[StoredEvent]:
        """Give the stream's events that bear at least one of the refs, each once, in order."""
        found: dict[int, StoredEvent] = {}
        with self._transaction() as connection:
            for chunk in chunks(refs):
                query = READ_REFS.format(marks(chunk))
                for row in connection.execute(query, (stream, *chunk)):
                    event = event_of(row)
                    found[event.version] = event
        return [found[version] for version in sorted(found)]

    def keys(self, keys: Iterable[str]) -> Mapping[str, KeyRecord]:
        """Give the records of those keys that have been used."""
        with self._transaction() as connection:
            return key_records(connection, keys)

    def due(
        self, until: datetime, limit: int, after: DueStream | None = None
    ) -> Sequence[DueStream]:
        """Give at most `limit` streams with `due <= until`, by (due, stream); touch no others.

        Raises:
            InvalidValue: `until` is naive.
        """
        check_instant("until", until)
        behind = (FIRST_US, "") if after is None else (to_us(after.due), after.stream)
        with self._transaction() as connection:
            rows = connection.execute(DUE, (to_us(until), *behind, max(0, limit)))
            return [DueStream(name, from_us(due_us)) for name, due_us in rows]

    def snapshot(self, stream: str) -> Snapshot | None:
        """Give the stream's snapshot, if it has one."""
        with self._transaction() as connection:
            row = connection.execute(SNAPSHOT, (stream,)).fetchone()
        return None if row is None else Snapshot(*typed(row, int, str, str))

    def log(self, cursor: str, limit: int) -> LogPage:
        """Give at most `limit` events behind the cursor, in position order.

        SQLite lets one writer in at a time, so positions become visible in their order.

        Raises:
            InvalidValue: the cursor is none that this store gave.
        """
        values = (position_behind(cursor), max(0, limit))
        with self._transaction() as connection:
            events = tuple(event_of(row) for row in connection.execute(LOG, values))
        return page_of(events, cursor)

    def reader(self, name: str) -> Reader:
        """Give the reader of that name; one that was never moved stands at the beginning."""
        with self._transaction() as connection:
            return reader_of(connection.execute(READER, (name,)).fetchone())

    def move_reader(self, name: str, old: Reader, new: Reader, park: Parked | None = None) -> bool:
        """Save a reader if the saved one is still `old`, and park an event in the same act.

        Raises:
            InvalidValue: an instant is naive.
        """
        check_reader(new, park)
        with self._transaction("BEGIN IMMEDIATE") as connection:
            if reader_of(connection.execute(READER, (name,)).fetchone()) != old:
                return False
            connection.execute(SET_READER, row_of(name, new))
            if park is not None:
                *fields, at = attrs.astuple(park)
                connection.execute(PARK, (*fields, to_us(at)))
            return True

    def parked(self, reader: str, after: int = 0, limit: int = 1000) -> Sequence[Parked]:
        """Give at most `limit` events that a reader parked, behind a position, by position."""
        with self._transaction() as connection:
            rows = connection.execute(PARKED, (reader, after, max(0, limit)))
            return [parked_of(row) for row in rows]

    def unpark(self, reader: str, position: int) -> bool:
        """Forget that an event is parked; say whether it was."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            return connection.execute(UNPARK, (reader, position)).rowcount > 0

    def texts(self, stream: str, refs: Iterable[str]) -> Mapping[str, str]:
        """Give those of a stream's texts that it has, by ref."""
        found: dict[str, str] = {}
        with self._transaction() as connection:
            for chunk in chunks(refs):
                found.update(connection.execute(TEXTS.format(marks(chunk)), (stream, *chunk)))
        return found

    def erase(self, append: Append) -> Erased:
        """Erase a stream's whole past and append its last events in the same act.

        What is deleted is overwritten, but bytes may stay in the log, or where rows were moved
        from: `scrub` leaves none.

        Raises:
            StaleStream: the stream has another version than expected.
            InvalidValue: an instant is naive, or SQLite cannot hold a value.
            StoreUnusable: the file could not be written.
        """
        check_appends([append])
        with self._lock, self._transaction("BEGIN IMMEDIATE") as connection:
            known = known_streams(connection, [append.stream])
            id_, actual = known.get(append.stream, (0, 0))
            if actual != append.expected:
                raise StaleStream(append.stream, append.expected, actual)
            erased = erase_stream(connection, append.stream, id_)
            ids = write_streams(connection, [append], known)
            write_events(connection, [append], ids)
        return erased

    def scrub(self) -> None:
        """Rewrite the file, so that no byte of what was erased is left in it or in its log.

        It takes time and room like a copy of the file, and nobody else may use it meanwhile. Copies
        and backups are not reached.

        Raises:
            StoreUnusable: others use the file, or there is no room.
        """
        with self._lock:
            if self._closed:
                raise StoreUnusable(str(self.path), "the store has been closed: open it again")
            try:
                self._connection.execute("VACUUM")
                busy, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.Error as error:
                raise unusable(self.path, error) from error
        if busy:
            raise StoreUnusable(str(self.path), "others are reading it: scrub it again later")

    def backup(self, path: str | PathLike[str]) -> None:
        """Copy the store into another file, whole as of one instant, while others go on.

        Raises:
            StoreUnusable: there is a file already, or it cannot be written.
        """
        target = Path(path).absolute()
        if target.exists():
            raise StoreUnusable(str(target), "there is a file already: name a new one")
        with self._transaction() as connection:
            try:
                with closing(sqlite3.connect(target)) as copy:
                    connection.backup(copy)
            except sqlite3.Error as error:
                target.unlink(missing_ok=True)
                raise unusable(target, error) from error

    def streams(self, prefix: str, after: str = "", limit: int = 1000) -> Sequence[str]:
        """Give at most `limit` existing streams with the prefix and name > `after`, by name."""
        end = behind_prefix(prefix)
        query = STREAMS.format("" if end is None else "AND name < ?")
        values = (max(prefix, after), after, *(() if end is None else (end,)), max(0, limit))
        with self._transaction() as connection:
            return [name for (name,) in connection.execute(query, values)]

    def close(self) -> None:
        """Let go of the file; closing twice is allowed."""
        with self._lock:
            self._closed = True
            self._connection.close()

    @contextmanager
    def _transaction(self, begin: str = "BEGIN") -> Iterator[sqlite3.Connection]:
        """Hold the lock and one transaction: committed at the end, rolled back by any raise."""
        with self._lock:
            if self._closed:
                raise StoreUnusable(str(self.path), "the store has been closed: open it again")
            try:
                self._connection.execute(begin)
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException as error:
                if self._connection.in_transaction:
                    with suppress(sqlite3.Error):
                        self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise unusable(self.path, error) from error
                if isinstance(error, UnicodeEncodeError):
                    fix = "lone surrogates cannot be stored"
                    raise InvalidValue("text", error.object, fix) from error
                if isinstance(error, OverflowError):
                    raise InvalidValue("number", str(error), "stay within 64 bits") from error
                raise


def open_sqlite(url: str) -> SqliteStore:
    """Open the store that a URL names.

    Args:
        url: `sqlite:///relative.db` or `sqlite:////absolute.db`, with percent escapes, and
            `?synchronous=normal` or `?synchronous=full` behind it if wanted.

    Raises:
        InvalidValue: the URL has another form, or asks for something unknown.
        StoreUnusable: the directory is missing, or the file is foreign, damaged or unreadable.
        StoreTooNew: a later release made the file.
    """
    scheme = "sqlite:///"
    if not url.startswith(scheme):
        raise InvalidValue("url", url, "use sqlite:///FILE or sqlite:////ABSOLUTE/FILE")
    path, _, query = url.removeprefix(scheme).partition("?")
    settings = {"synchronous": "full"}
    seen: set[str] = set()
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in settings or name in seen:
            raise InvalidValue(f"url?{name}", value, "only synchronous=normal|full is known, once")
        seen.add(name)
        settings[name] = value
    return SqliteStore(unquote(path), **settings)
