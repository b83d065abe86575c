"""What somebody would write by hand with sqlite3 to store what a SqliteStore was given."""

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs

from loyalcore.journal import Append, KeyRecord, SqliteStore

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NEW_STREAM = "INSERT INTO stream (id, name, version, due_us) VALUES (?, ?, ?, ?)"
MOVE_STREAM = "UPDATE stream SET version = ?, due_us = ? WHERE id = ?"
NEW_EVENT = (
    "INSERT INTO event (stream, version, type, schema, recorded_at_us, key, data)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
NEW_REF = "INSERT INTO ref (stream, ref, version) VALUES (?, ?, ?)"
NEW_KEY = "INSERT INTO command_key (key, fingerprint, spans) VALUES (?, ?, ?)"

Given = tuple[Sequence[Append], Sequence[KeyRecord]]
"""What one call of `Store.append` was given: one transaction."""


class RecordingStore(SqliteStore):
    """A store that remembers what it was given to append."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.given: list[Given] = []

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        """Remember what is appended, too."""
        super().append(appends, keys)
        self.given.append((appends, keys))


@attrs.frozen
class Transaction:
    """The rows of one transaction; events and spans are plain values, still to be encoded."""

    new: list[tuple[int, str, int, int | None]] = attrs.Factory(list)
    moved: list[tuple[int, int | None, int]] = attrs.Factory(list)
    events: list[tuple[Any, ...]] = attrs.Factory(list)
    refs: list[tuple[int, str, int]] = attrs.Factory(list)
    keys: list[tuple[str, str, list[Any]]] = attrs.Factory(list)


def plain_rows(given: Iterable[Given]) -> list[Transaction]:
    """Lay out the rows that what was given comes to."""
    ids: dict[str, int] = {}
    made = []
    for appends, keys in given:
        rows = Transaction()
        key_at = {(span.stream, span.first): one.key for one in keys for span in one.spans}
        for one in appends:
            version = one.expected + len(one.events)
            due = None if one.due is None else _microseconds(one.due)
            if one.stream in ids:
                rows.moved.append((version, due, ids[one.stream]))
            else:
                ids[one.stream] = len(ids) + 1
                rows.new.append((ids[one.stream], one.stream, version, due))
            id_ = ids[one.stream]
            for place, event in enumerate(one.events, one.expected + 1):
                at, key = _microseconds(event.recorded_at), key_at.get((one.stream, place))
                data = json.loads(event.data)
                rows.events.append((id_, place, event.type, event.schema, at, key, data))
                rows.refs.extend((id_, ref, place) for ref in event.refs)
        for record in keys:
            spans = [attrs.astuple(span) for span in record.spans]
            rows.keys.append((record.key, record.fingerprint, spans))
        made.append(rows)
    return made


def _microseconds(instant: datetime) -> int:
    return (instant - EPOCH) // timedelta(microseconds=1)


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def write(path: Path, before: list[Transaction], timed: list[Transaction]) -> float:
    """Encode and insert transactions in a new file; give the seconds of those to be timed."""
    SqliteStore(path).close()  # makes the tables and indexes
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = FULL")
    for rows in before:
        _write(db, rows)
    start = time.perf_counter()
    for rows in timed:
        _write(db, rows)
    seconds = time.perf_counter() - start
    db.close()
    return seconds


def _write(db: sqlite3.Connection, rows: Transaction) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.executemany(NEW_STREAM, rows.new)
    db.executemany(MOVE_STREAM, rows.moved)
    db.executemany(NEW_EVENT, [(*row, _text(data)) for *row, data in rows.events])
    db.executemany(NEW_REF, rows.refs)
    db.executemany(NEW_KEY, [(key, mark, json.dumps(spans)) for key, mark, spans in rows.keys])
    db.execute("COMMIT")
