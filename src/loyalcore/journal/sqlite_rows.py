"""Statements and rows of the SQLite store: between its tables and the port's values."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from loyalcore.journal.sqlite_file import DamagedRow
from loyalcore.journal.store import (
    Append,
    Erased,
    KeyRecord,
    Parked,
    Reader,
    Span,
    StoredEvent,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
LAST_VERSION = 2**63 - 1
FIRST_US = -(2**63)
_CHUNK = 500

_EVENTS = """
    SELECT e.position, s.name, e.version, e.type, e.schema, e.data, e.recorded_at_us
    FROM {} WHERE {}"""
READ = _EVENTS.format(
    "stream s CROSS JOIN event e ON e.stream = s.id",
    "s.name = ? AND e.version > ? AND e.version <= ? ORDER BY e.version",
)
READ_REFS = _EVENTS.format(
    "stream s CROSS JOIN event e ON e.stream = s.id",
    """s.name = ? AND e.version IN
        (SELECT r.version FROM ref r WHERE r.stream = s.id AND r.ref IN ({}))""",
)
LOG = _EVENTS.format(
    "event e CROSS JOIN stream s ON s.id = e.stream",
    "e.position > ? ORDER BY e.position LIMIT ?",
)
DUE = """
    SELECT name, due_us FROM stream
    WHERE due_us <= ? AND (due_us, name) > (?, ?) ORDER BY due_us, name LIMIT ?"""
READER = "SELECT cursor, holder, until_us, attempts, retry_at_us FROM reader WHERE name = ?"
SET_READER = "INSERT OR REPLACE INTO reader VALUES (?, ?, ?, ?, ?, ?)"
PARK = "INSERT OR REPLACE INTO parked VALUES (?, ?, ?, ?, ?, ?, ?)"
PARKED = """
    SELECT reader, position, stream, version, attempts, reason, at_us FROM parked
    WHERE reader = ? AND position > ? ORDER BY position LIMIT ?"""
UNPARK = "DELETE FROM parked WHERE reader = ? AND position = ?"
TEXTS = """
    SELECT t.ref, t.text FROM text t JOIN stream s ON s.id = t.stream
    WHERE s.name = ? AND t.ref IN ({})"""
STREAMS = "SELECT name FROM stream WHERE name >= ? AND name <> ? {} ORDER BY name LIMIT ?"
_HEADS = "SELECT name, id, version FROM stream WHERE name IN ({})"
_KEYS = "SELECT key, fingerprint, spans FROM command_key WHERE key IN ({})"
SNAPSHOT = """
    SELECT n.version, n.fold, n.data FROM snapshot n JOIN stream s ON s.id = n.stream
    WHERE s.name = ?"""

_NEW_STREAM = "INSERT INTO stream (id, name, version, due_us) VALUES (?, ?, ?, ?)"
_MOVE_STREAM = "UPDATE stream SET version = ?, due_us = ? WHERE id = ?"
_NEW_EVENT = """
    INSERT INTO event (stream, version, type, schema, recorded_at_us, data, key)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""
_NEW_REF = "INSERT INTO ref (stream, ref, version) VALUES (?, ?, ?)"
_NEW_KEY = "INSERT INTO command_key (key, fingerprint, spans) VALUES (?, ?, ?)"
_NEW_IDLE_KEY = "INSERT OR IGNORE INTO idle_key (stream, key) VALUES (?, ?)"
_SET_TEXT = "INSERT OR REPLACE INTO text (stream, ref, text) VALUES (?, ?, ?)"
_SET_SNAPSHOT = "INSERT OR REPLACE INTO snapshot (stream, version, fold, data) VALUES (?, ?, ?, ?)"


def to_us(instant: datetime) -> int:
    """Count the microseconds since 1970, exactly."""
    return (instant - _EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """Give the instant that many microseconds after 1970, in UTC.

    Raises:
        DamagedRow: no instant is so far.
    """
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except (OverflowError, TypeError) as error:
        raise DamagedRow(f"{microseconds!r} is no instant") from error


def typed(row: tuple[Any, ...], *kinds: type) -> tuple[Any, ...]:
    """Give a row whose values are of the kinds that this library writes.

    Raises:
        DamagedRow: one is not.
    """
    for value, kind in zip(row, kinds, strict=True):
        if type(value) is not kind:
            raise DamagedRow(f"{value!r} stands where a {kind.__name__} is meant")
    return row


def event_of(row: tuple[Any, ...]) -> StoredEvent:
    """Read a row of `READ`, `READ_REFS` or `LOG`."""
    kinds = (int, str, int, str, int, str, int)
    position, stream, version, type_, schema, data, recorded_at_us = typed(row, *kinds)
    return StoredEvent(position, stream, version, type_, schema, data, from_us(recorded_at_us))


def reader_of(row: tuple[Any, ...] | None) -> Reader:
    """Read a row of `READER`; no row is a reader at the beginning."""
    if row is None:
        return Reader()
    cursor, holder, until_us, attempts, retry_at_us = row
    typed((cursor, holder, attempts), str, str, int)
    return Reader(cursor, holder, _maybe(until_us), attempts, _maybe(retry_at_us))


def row_of(name: str, reader: Reader) -> tuple[Any, ...]:
    """Give the values of `SET_READER`."""
    until_us, retry_at_us = (
        None if instant is None else to_us(instant) for instant in (reader.until, reader.retry_at)
    )
    return name, reader.cursor, reader.holder, until_us, reader.attempts, retry_at_us


def parked_of(row: tuple[Any, ...]) -> Parked:
    """Read a row of `PARKED`."""
    kinds = (str, int, str, int, int, str, int)
    reader, position, stream, version, attempts, reason, at_us = typed(row, *kinds)
    return Parked(reader, position, stream, version, attempts, reason, from_us(at_us))


def _maybe(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else from_us(microseconds)


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """Deal the values out, each once, in portions below SQLite's limit on variables."""
    rest = iter(dict.fromkeys(values))
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def marks(chunk: Sequence[str]) -> str:
    """Give a question mark for each value."""
    return ", ".join("?" * len(chunk))


def behind_prefix(prefix: str) -> str | None:
    """Give the first name behind all names with the prefix, None when there is none."""
    for index in range(len(prefix) - 1, -1, -1):
        code = ord(prefix[index]) + 1
        if code == 0xD800:  # surrogates are no characters: UTF-8 goes on behind them
            code = 0xE000
        if code <= 0x10FFFF:
            return prefix[:index] + chr(code)
    return None


def key_records(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, KeyRecord]:
    """Give the records of those keys that have been used."""
    found: dict[str, KeyRecord] = {}
    for chunk in chunks(keys):
        for key, fingerprint, spans in connection.execute(_KEYS.format(marks(chunk)), chunk):
            typed((key, fingerprint, spans), str, str, str)
            found[key] = KeyRecord(key, fingerprint, _spans(spans))
    return found


def _spans(text: str) -> tuple[Span, ...]:
    try:
        return tuple(Span(*typed(tuple(span), str, int, int)) for span in json.loads(text))
    except (ValueError, TypeError) as error:
        raise DamagedRow(f"{text!r} tells of no events") from error


def known_streams(
    connection: sqlite3.Connection, names: Iterable[str]
) -> dict[str, tuple[int, int]]:
    """Give (id, version) of those streams that exist."""
    found: dict[str, tuple[int, int]] = {}
    for chunk in chunks(names):
        for name, key, version in connection.execute(_HEADS.format(marks(chunk)), chunk):
            typed((name, key, version), str, int, int)
            found[name] = (key, version)
    return found


def write_streams(
    connection: sqlite3.Connection,
    appends: Iterable[Append],
    known: Mapping[str, tuple[int, int]],
) -> dict[str, int]:
    """Move the streams to their new version and due instant; give the id of each."""
    ids: dict[str, int] = {}
    new: list[tuple[int, str, int, int | None]] = []
    moved: list[tuple[int, int | None, int]] = []
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM stream").fetchone()
    for append in appends:
        version = append.expected + len(append.events)
        due_us = None if append.due is None else to_us(append.due)
        if append.stream in known:
            ids[append.stream], _ = known[append.stream]
            moved.append((version, due_us, ids[append.stream]))
        else:
            ids[append.stream] = last = last + 1
            new.append((last, append.stream, version, due_us))
    connection.executemany(_NEW_STREAM, new)
    connection.executemany(_MOVE_STREAM, moved)
    return ids


def write_events(
    connection: sqlite3.Connection,
    appends: Sequence[Append],
    ids: Mapping[str, int],
    keys: Sequence[KeyRecord] = (),
) -> None:
    """Write the events in the order given, their refs, the snapshots, the texts and the keys."""
    spans = [(record.key, span) for record in keys for span in record.spans]
    key_at = {(span.stream, span.first): key for key, span in spans}
    loose = [(s.stream, key) for key, s in spans if key_at[s.stream, s.first] != key]
    events: list[tuple[int, int, str, int, int, str, str | None]] = []
    refs: list[tuple[int, str, int]] = []
    snapshots: list[tuple[int, int, str, str]] = []
    texts: list[tuple[int, str, str]] = []
    for append in appends:
        key = ids[append.stream]
        for version, event in enumerate(append.events, append.expected + 1):
            recorded_at_us = to_us(event.recorded_at)
            asked = key_at.pop((append.stream, version), None)
            events.append(
                (key, version, event.type, event.schema, recorded_at_us, event.data, asked)
            )
            refs.extend((key, ref, version) for ref in dict.fromkeys(event.refs))
        if append.snapshot is not None:
            kept = append.snapshot
            snapshots.append((key, kept.version, kept.fold, kept.data))
        texts.extend((key, text.ref, text.text) for text in append.texts)
    connection.executemany(_NEW_EVENT, events)
    connection.executemany(_NEW_REF, refs)
    connection.executemany(_SET_SNAPSHOT, snapshots)
    connection.executemany(_SET_TEXT, texts)
    # A key whose act brought no event is tied to its stream apart.
    loose.extend((stream, key) for (stream, _), key in key_at.items())
    connection.executemany(_NEW_IDLE_KEY, loose)
    _write_keys(connection, keys)


def _write_keys(connection: sqlite3.Connection, keys: Iterable[KeyRecord]) -> None:
    """Use the command keys up."""
    rows = []
    for record in keys:
        spans = [(span.stream, span.first, span.last) for span in record.spans]
        rows.append((record.key, record.fingerprint, json.dumps(spans)))
    connection.executemany(_NEW_KEY, rows)


def erase_stream(connection: sqlite3.Connection, name: str, id_: int) -> Erased:
    """Delete all rows of a stream but its own, and say how many of each kind there were."""

    def delete(table: str, where: str, *values: Any) -> int:
        return connection.execute(f"DELETE FROM {table} WHERE {where}", values).rowcount  # noqa: S608 - no value is in the text

    of_stream = """key IN (SELECT key FROM event WHERE stream = ? AND key IS NOT NULL
        UNION SELECT key FROM idle_key WHERE stream = ?)"""
    shared = connection.execute(f"SELECT spans FROM command_key WHERE {of_stream}", (id_, name))  # noqa: S608 - likewise
    elsewhere = [(s.first, s.stream) for (spans,) in shared for s in _spans(spans)]
    keys = delete("command_key", of_stream, id_, name)
    connection.executemany(
        """UPDATE event SET key = NULL WHERE version = ?
           AND stream = (SELECT id FROM stream WHERE name = ?)""",
        elsewhere,
    )
    # A key that went may have been idle on other streams, too.
    delete("idle_key", "key NOT IN (SELECT key FROM command_key)")
    return Erased(
        keys=keys,
        events=delete("event", "stream = ?", id_),
        refs=delete("ref", "stream = ?", id_),
        texts=delete("text", "stream = ?", id_),
        snapshots=delete("snapshot", "stream = ?", id_),
        parked=delete("parked", "stream = ?", name),
    )
