"""The SQLite store's file: whose it is, how it is made, and what its errors mean."""

import sqlite3
import time
from pathlib import Path

import attrs

from loyalcore.errors import StoreTooNew, StoreUnusable
from loyalcore.journal.sqlite_schema import SCHEMA, STORE_VERSION, migrate

APPLICATION_ID = 0x4C6F7961
BUSY_SECONDS = 5.0
_HEADER_BYTES = 100

_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full; nothing was written: free some space and send it again",
    sqlite3.SQLITE_BUSY: (
        f"another connection kept it locked for more than {BUSY_SECONDS:g} s; nothing was "
        "written: send it again, and look for a program that holds a transaction open"
    ),
    sqlite3.SQLITE_READONLY: (
        "it is read-only; nothing was written: "
        "let this program write to the file, to its directory, "
        "and to the files -wal and -shm beside it if there are any"
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "it cannot be opened: let this program read and write the file and its directory"
    ),
    sqlite3.SQLITE_PERM: "access is denied: let this program read and write the file",
    sqlite3.SQLITE_CORRUPT: "its contents are damaged: restore it from a backup",
    sqlite3.SQLITE_NOTADB: (
        "it is not a SQLite file: give another path, or restore it from a backup; "
        "it was not changed"
    ),
    sqlite3.SQLITE_IOERR: "the disk or file system failed: check it, then send it again",
}


class DamagedRow(sqlite3.DatabaseError):
    """A row that this library never wrote."""


@attrs.frozen
class _Header:
    """What a SQLite file says about itself."""

    application_id: int
    user_version: int
    names: frozenset[str]

    @property
    def is_ours(self) -> bool:
        return self.application_id == APPLICATION_ID

    @property
    def is_blank(self) -> bool:
        return not (self.application_id or self.user_version or self.names)


def primary_code(error: sqlite3.Error) -> int | None:
    """Give the primary result code behind an error, None where SQLite itself had no part."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def unusable(path: Path, error: sqlite3.Error) -> StoreUnusable:
    """Say in plain words why the file cannot be used."""
    if isinstance(error, DamagedRow):
        return StoreUnusable(str(path), f"{_REASONS[sqlite3.SQLITE_CORRUPT]} ({error})")
    known = _REASONS.get(primary_code(error) or -1)
    return StoreUnusable(str(path), f"{known} ({error})" if known else f"SQLite says: {error}")


def open_file(path: Path, synchronous: str) -> sqlite3.Connection:
    """Open the store's file, making it when it is missing or empty.

    A file that is not a store is found out before anything is written to it.

    Args:
        path: absolute.
        synchronous: `normal` or `full`.

    Raises:
        StoreUnusable: the directory is missing, or the file is foreign, damaged or unreadable.
        StoreTooNew: a later release made it.
    """
    try:
        if not path.parent.is_dir():
            reason = f"the directory {path.parent} does not exist: make it, or correct the path"
            raise StoreUnusable(str(path), reason)
        if path.is_dir():
            raise StoreUnusable(str(path), "it is a directory: name a file in it")
        if path.exists() and path.stat().st_size:
            _refuse_foreign(path)
        connection = _connect(path, "mode=rwc")
        try:
            _make_unless_made(connection, path)
            _use_write_ahead_log(connection, path)
            connection.execute(f"PRAGMA synchronous = {synchronous.upper()}")
            # Snapshots and texts that are replaced must not outlive what is forgotten.
            connection.execute("PRAGMA secure_delete = ON")
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise unusable(path, error) from error
    except UnicodeDecodeError as error:
        raise unusable(path, DamagedRow(str(error))) from error
    except OSError as error:
        reason = f"it cannot be opened ({error.strerror}): let this program read and write it"
        raise StoreUnusable(str(path), reason) from error
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.as_uri()}?{mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )


def _header(connection: sqlite3.Connection) -> _Header:
    return _Header(
        connection.execute("PRAGMA application_id").fetchone()[0],
        connection.execute("PRAGMA user_version").fetchone()[0],
        frozenset(name for (name,) in connection.execute("SELECT name FROM sqlite_master")),
    )


def _peek(path: Path) -> _Header:
    """Read the file's header without locks and without leaving anything beside it."""
    connection = _connect(path, "immutable=1")
    try:
        # Nothing can be written here; SQLite only bears with a file shorter than its header
        # says, as ours is while its first pages or a checkpoint are being written.
        connection.execute("PRAGMA writable_schema = ON")
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        if application_id != APPLICATION_ID:
            return _header(connection)
        (user_version,) = connection.execute("PRAGMA user_version").fetchone()
        return _Header(application_id, user_version, frozenset())
    finally:
        connection.close()


def _side_file(path: Path, suffix: str) -> bool:
    side = Path(f"{path}-{suffix}")
    return side.exists() and side.stat().st_size > 0


def _refuse_foreign(path: Path) -> None:
    if path.stat().st_size < _HEADER_BYTES:  # SQLite takes a file of one byte for an empty one
        raise StoreUnusable(str(path), _REASONS[sqlite3.SQLITE_NOTADB])
    found = _peek(path)
    pending = _side_file(path, "wal") or _side_file(path, "journal")
    if not found.is_ours and (pending or not found.is_blank):
        raise _foreign(path, found)
    _refuse_newer(path, found)


def _foreign(path: Path, found: _Header) -> StoreUnusable:
    reason = (
        f"it is a SQLite file of another program (application id {found.application_id}): "
        "give another path; it was not changed"
    )
    return StoreUnusable(str(path), reason)


def _refuse_newer(path: Path, found: _Header) -> None:
    if found.is_ours and found.user_version > STORE_VERSION:
        raise StoreTooNew(str(path), found.user_version, STORE_VERSION)


def _make_unless_made(connection: sqlite3.Connection, path: Path) -> None:
    """Make or migrate the tables in one exclusive transaction, unless that has just been done."""
    found = _header(connection)
    if not found.is_ours or found.user_version < STORE_VERSION:
        connection.execute("BEGIN EXCLUSIVE")
        found = _header(connection)
        if found.is_blank:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {STORE_VERSION}")
            for statement in SCHEMA.values():
                connection.execute(statement)
        elif found.is_ours and 1 <= found.user_version < STORE_VERSION:
            migrate(connection, found.user_version)
        found = _header(connection)
        connection.execute("COMMIT")
    if not found.is_ours:
        raise _foreign(path, found)
    _refuse_newer(path, found)
    missing = sorted(SCHEMA.keys() - found.names)
    if missing or found.user_version != STORE_VERSION:
        reason = (
            f"its contents are damaged (store version {found.user_version}, "
            f"missing: {', '.join(missing) or 'nothing'}): restore it from a backup"
        )
        raise StoreUnusable(str(path), reason)


def _use_write_ahead_log(connection: sqlite3.Connection, path: Path) -> None:
    """Switch to the write-ahead log, once, after the file is known to be a store."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            break
        except sqlite3.OperationalError as error:
            # Two switches at once would wait for each other, so SQLite refuses one untimed.
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    if mode != "wal":
        reason = f"its file system keeps it in journal mode {mode!r}: put it on a local disk"
        raise StoreUnusable(str(path), reason)
