"""Statements and rows of the SQLite store: between its tables and the port's values."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import attrs

from loyalcore.journal.store import Append, KeyRecord, Span, StoredEvent

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
LAST_VERSION = 2**63 - 1
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
DUE = "SELECT name, due_us FROM stream WHERE due_us <= ? ORDER BY due_us, name LIMIT ?"
STREAMS = "SELECT name FROM stream WHERE name >= ? AND name <> ? {} ORDER BY name LIMIT ?"
_HEADS = "SELECT name, id, version FROM stream WHERE name IN ({})"
_KEYS = "SELECT key, fingerprint, spans FROM command_key WHERE key IN ({})"
SNAPSHOT = """
    SELECT n.version, n.fold, n.data FROM snapshot n JOIN stream s ON s.id = n.stream
    WHERE s.name = ?"""

_NEW_STREAM = "INSERT INTO stream (id, name, version, due_us) VALUES (?, ?, ?, ?)"
_MOVE_STREAM = "UPDATE stream SET version = ?, due_us = ? WHERE id = ?"
_NEW_EVENT = """
    INSERT INTO event (stream, version, type, schema, recorded_at_us, data)
    VALUES (?, ?, ?, ?, ?, ?)"""
_NEW_REF = "INSERT INTO ref (stream, ref, version) VALUES (?, ?, ?)"
_NEW_KEY = "INSERT INTO command_key (key, fingerprint, spans) VALUES (?, ?, ?)"
_SET_SNAPSHOT = "INSERT OR REPLACE INTO snapshot (stream, version, fold, data) VALUES (?, ?, ?, ?)"


def to_us(instant: datetime) -> int:
    """Count the microseconds since 1970, exactly."""
    return (instant - _EPOCH) // _MICROSECOND


def from_us(microseconds: int) -> datetime:
    """Give the instant that many microseconds after 1970, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def event_of(row: tuple[Any, ...]) -> StoredEvent:
    """Read a row of `READ`, `READ_REFS` or `LOG`."""
    position, stream, version, type_, schema, data, recorded_at_us = row
    return StoredEvent(position, stream, version, type_, schema, data, from_us(recorded_at_us))


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
            found[key] = KeyRecord(key, fingerprint, tuple(Span(*s) for s in json.loads(spans)))
    return found


def known_streams(
    connection: sqlite3.Connection, names: Iterable[str]
) -> dict[str, tuple[int, int]]:
    """Give (id, version) of those streams that exist."""
    found: dict[str, tuple[int, int]] = {}
    for chunk in chunks(names):
        for name, key, version in connection.execute(_HEADS.format(marks(chunk)), chunk):
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
    connection: sqlite3.Connection, appends: Sequence[Append], ids: Mapping[str, int]
) -> None:
    """Write the events in the order given, their refs, and the snapshots."""
    events: list[tuple[int, int, str, int, int, str]] = []
    refs: list[tuple[int, str, int]] = []
    snapshots: list[tuple[int, int, str, str]] = []
    for append in appends:
        key = ids[append.stream]
        for version, event in enumerate(append.events, append.expected + 1):
            recorded_at_us = to_us(event.recorded_at)
            events.append((key, version, event.type, event.schema, recorded_at_us, event.data))
            refs.extend((key, ref, version) for ref in dict.fromkeys(event.refs))
        if append.snapshot is not None:
            kept = append.snapshot
            snapshots.append((key, kept.version, kept.fold, kept.data))
    connection.executemany(_NEW_EVENT, events)
    connection.executemany(_NEW_REF, refs)
    connection.executemany(_SET_SNAPSHOT, snapshots)


def write_keys(connection: sqlite3.Connection, keys: Iterable[KeyRecord]) -> None:
    """Use the command keys up."""
    connection.executemany(
        _NEW_KEY,
        (
            (record.key, record.fingerprint, json.dumps([attrs.astuple(s) for s in record.spans]))
            for record in keys
        ),
    )


def saved_cursor(connection: sqlite3.Connection, name: str) -> str:
    """Give the cursor saved under the name, "" if none."""
    row = connection.execute("SELECT value FROM cursor WHERE name = ?", (name,)).fetchone()
    return "" if row is None else str(row[0])
