"""The SQLite store's tables, and how files of earlier releases become theirs."""

import json
import sqlite3
from collections.abc import Callable

STORE_VERSION = 2

# An event's `key` stands at the first event that a command brought, so that what is known of a
# stream's commands can be forgotten with it; commands that brought nothing are in `idle_key`.
SCHEMA = {
    "stream": """
        CREATE TABLE stream (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            version INTEGER NOT NULL,
            due_us INTEGER
        )""",
    "stream_due": """
        CREATE INDEX stream_due ON stream (due_us, name) WHERE due_us IS NOT NULL""",
    "event": """
        CREATE TABLE event (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            stream INTEGER NOT NULL,
            version INTEGER NOT NULL,
            type TEXT NOT NULL,
            schema INTEGER NOT NULL,
            recorded_at_us INTEGER NOT NULL,
            data TEXT NOT NULL,
            key TEXT,
            UNIQUE (stream, version)
        )""",
    "ref": """
        CREATE TABLE ref (
            stream INTEGER NOT NULL,
            ref TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (stream, ref, version)
        ) WITHOUT ROWID""",
    "command_key": """
        CREATE TABLE command_key (
            key TEXT NOT NULL PRIMARY KEY,
            fingerprint TEXT NOT NULL,
            spans TEXT NOT NULL
        ) WITHOUT ROWID""",
    "snapshot": """
        CREATE TABLE snapshot (
            stream INTEGER PRIMARY KEY,
            version INTEGER NOT NULL,
            fold TEXT NOT NULL,
            data TEXT NOT NULL
        )""",
    "idle_key": """
        CREATE TABLE idle_key (
            stream TEXT NOT NULL,
            key TEXT NOT NULL,
            PRIMARY KEY (stream, key)
        ) WITHOUT ROWID""",
    "text": """
        CREATE TABLE text (
            stream INTEGER NOT NULL,
            ref TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (stream, ref)
        ) WITHOUT ROWID""",
    "reader": """
        CREATE TABLE reader (
            name TEXT NOT NULL PRIMARY KEY,
            cursor TEXT NOT NULL,
            holder TEXT NOT NULL,
            until_us INTEGER,
            attempts INTEGER NOT NULL,
            retry_at_us INTEGER
        ) WITHOUT ROWID""",
    "parked": """
        CREATE TABLE parked (
            reader TEXT NOT NULL,
            position INTEGER NOT NULL,
            stream TEXT NOT NULL,
            version INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            reason TEXT NOT NULL,
            at_us INTEGER NOT NULL,
            PRIMARY KEY (reader, position)
        ) WITHOUT ROWID""",
}


def _from_1(connection: sqlite3.Connection) -> None:
    """Add what forgetting, leases and parking need."""
    connection.execute("ALTER TABLE event ADD COLUMN key TEXT")
    for table in ("idle_key", "text", "reader", "parked"):
        connection.execute(SCHEMA[table])
    connection.execute(
        "INSERT INTO reader SELECT name, value, '', NULL, 0, NULL FROM cursor",
    )
    connection.execute("DROP TABLE cursor")
    spans = connection.execute("SELECT key, spans FROM command_key").fetchall()
    connection.executemany(
        """UPDATE event SET key = ? WHERE version = ?
           AND stream = (SELECT id FROM stream WHERE name = ?)""",
        ((key, first, stream) for key, text in spans for stream, first, _ in json.loads(text)),
    )


_STEPS: dict[int, Callable[[sqlite3.Connection], None]] = {1: _from_1}


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables of an earlier version up to today's, inside the caller's transaction."""
    for step in range(version, STORE_VERSION):
        _STEPS[step](connection)
    connection.execute(f"PRAGMA user_version = {STORE_VERSION}")
