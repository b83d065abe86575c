"""Whose a SQLite file is: stores are opened and made, all else is left as it is."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalcore import connect
from loyalcore.errors import StoreTooNew, StoreUnusable
from loyalcore.journal.sqlite import SqliteStore
from loyalcore.journal.sqlite_file import APPLICATION_ID
from loyalcore.journal.sqlite_schema import STORE_VERSION, migrate
from loyalcore.journal.store import (
    Append,
    KeyRecord,
    NewEvent,
    Reader,
    Snapshot,
    Span,
    Text,
)
from loyalcore.testing import batches, rule
from loyalcore.testing.store_model import contents, refused

FILES = Path(__file__).parent / "files"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVENT = NewEvent("test.happened", 1, "{}", NOON, ("order:1",))


def share(part: int) -> settings:
    """Give a part of the profile's examples, for properties that write files."""
    return settings(
        max_examples=max(1, settings().max_examples // part),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


def bytes_beside(path: Path) -> dict[str, bytes]:
    """Give the bytes of the file and of all files beside it."""
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


@rule("J9.4")
@share(2)
@given(content=st.binary(min_size=1, max_size=300) | st.just(b"SQLite format 3\0" + b"\1" * 500))
def test_a_file_that_is_no_database_stays_as_it_is(
    fresh: Callable[[], Path], content: bytes
) -> None:
    """A file that SQLite cannot read is refused, with the reason, and not touched."""
    path = fresh()
    path.write_bytes(content)
    before = bytes_beside(path)
    error = refused(StoreUnusable, lambda: SqliteStore(path), "a file that is no database")
    assert error.path == str(path)
    assert bytes_beside(path) == before
    path.unlink()


@rule("J9.4")
@pytest.mark.parametrize(("mode", "killed"), [("delete", False), ("wal", False), ("wal", True)])
@pytest.mark.parametrize("application_id", [0, 7])
def test_a_database_of_another_program_stays_as_it_is(
    path: Path, mode: str, killed: bool, application_id: int
) -> None:
    """A SQLite file of another program is refused, and neither it nor its log is touched."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"PRAGMA journal_mode = {mode}")
        other.execute(f"PRAGMA application_id = {application_id}")
        other.execute("CREATE TABLE theirs (x)")
        left = {name: data for name, data in bytes_beside(path).items() if "shm" not in name}
    if killed:
        for name, data in left.items():
            (path.parent / name).write_bytes(data)
    before = bytes_beside(path)
    refused(StoreUnusable, lambda: SqliteStore(path), "a database of another program")
    assert bytes_beside(path) == before


@rule("J9.4")
def test_an_interrupted_write_of_another_program_stays_as_it_is(path: Path) -> None:
    """A foreign file whose writer died is not rolled back for it."""
    source = path.with_name("source.db")
    with closing(sqlite3.connect(source, isolation_level=None)) as other:
        other.execute("PRAGMA cache_size = 1")
        other.execute("CREATE TABLE theirs (x)")
        other.execute("BEGIN")
        other.executemany("INSERT INTO theirs VALUES (?)", [("x" * 900,)] * 200)
        shutil.copy(source, path)
        shutil.copy(f"{source}-journal", f"{path}-journal")
    before = bytes_beside(path)
    refused(StoreUnusable, lambda: SqliteStore(path), "another program's interrupted write")
    assert bytes_beside(path) == before


@rule("J9.4")
def test_damage_is_told(path: Path) -> None:
    """A store that lost its tables, or its middle, is refused with the way out."""
    with closing(SqliteStore(path)) as store:
        for number in range(100):
            store.append([Append(f"s/{number}", 0, (EVENT,) * 20)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "backup" in str(refused(StoreUnusable, lambda: SqliteStore(path), "half a file"))
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))

    def use() -> None:
        with closing(SqliteStore(path)) as store:
            contents(store)

    assert "backup" in str(refused(StoreUnusable, use, "a file with its middle overwritten"))
    path.write_bytes(whole)
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE ref")
    error = refused(StoreUnusable, lambda: SqliteStore(path), "a store without its tables")
    assert "missing: ref" in str(error)


@rule("J9.5")
@share(4)
@given(version=st.integers(STORE_VERSION + 1, 2**31 - 1), in_log=st.booleans())
def test_a_store_of_a_later_release_stays_as_it_is(
    fresh: Callable[[], Path], version: int, in_log: bool
) -> None:
    """A store of a later release is refused, with both versions, and not changed."""
    path = fresh()
    with closing(SqliteStore(path)) as store:
        store.append([Append("s", 0, (EVENT,))])
    with closing(sqlite3.connect(path)) as later:
        later.execute(f"PRAGMA user_version = {version}")
        if in_log:
            error = refused(StoreTooNew, lambda: SqliteStore(path), "a later release's store")
    before = path.read_bytes()
    error = refused(StoreTooNew, lambda: SqliteStore(path), "a later release's store")
    assert (error.path, error.found, error.supported) == (str(path), version, STORE_VERSION)
    assert path.read_bytes() == before


def first_release(path: Path) -> None:
    """Make a store as the first version of its tables had it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.executescript((FILES / "store_v1.sql").read_text(encoding="utf-8"))
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        old.execute("PRAGMA user_version = 1")


@rule("J9.6")
def test_a_store_of_an_earlier_release_is_brought_up_to_date(path: Path) -> None:
    """Opened by this release it holds all that it held, and can do all that new ones can."""
    first_release(path)
    with closing(sqlite3.connect(path)) as old:
        events = old.execute("SELECT count(*) FROM event").fetchone()[0]
        keys = dict(old.execute("SELECT key, spans FROM command_key"))
        (cursor,) = old.execute("SELECT value FROM cursor").fetchone()
    with closing(SqliteStore(path)) as store:
        found = contents(store, keys)
        assert len(found["log"]) == events  # type: ignore[arg-type]
        records = store.keys(keys)
        assert {k: [[*attrs.astuple(s)] for s in r.spans] for k, r in records.items()} == {
            key: json.loads(spans) for key, spans in keys.items()
        }
        assert store.reader("notifier:mail") == Reader(cursor)
        assert any(found["snapshots"].values())  # type: ignore[attr-defined]
    with connect(f"sqlite:///{path}") as host:
        assert contents(host.store, keys) == found
        stream = "loyalty/shop/a"
        host.state(stream).check_invariants()
        own = {key for key, record in records.items() if stream in {s.stream for s in record.spans}}
        assert host.forget(stream).keys == len(own) > 1
        assert dict(host.store.keys(keys)).keys() == keys.keys() - own


@rule("J9.6")
@share(4)
@given(statement=st.integers(0, 11))
def test_a_migration_that_was_cut_off_is_done_again(
    fresh: Callable[[], Path], statement: int
) -> None:
    """Whichever of its statements fails, the file is as it was, and opens the next time."""
    path = fresh()
    first_release(path)
    with closing(sqlite3.connect(path)) as old:
        before = list(old.iterdump())

    class Failing:
        def __init__(self, connection: sqlite3.Connection) -> None:
            self.connection, self.left = connection, statement

        def _count(self) -> None:
            self.left -= 1
            if self.left < 0:
                raise sqlite3.OperationalError("planted")

        def execute(self, *args: Any) -> Any:
            self._count()
            return self.connection.execute(*args)

        def executemany(self, *args: Any) -> Any:
            self._count()
            return self.connection.executemany(*args)

    def migrate_badly(connection: sqlite3.Connection, version: int) -> None:
        migrate(Failing(connection), version)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("loyalcore.journal.sqlite_file.migrate", migrate_badly)
        try:
            SqliteStore(path).close()
        except StoreUnusable:
            with closing(sqlite3.connect(path)) as old:
                assert list(old.iterdump()) == before
        else:
            assert statement > 8, "the migration has that many statements"
    with closing(SqliteStore(path)) as store:
        assert store.reader("notifier:mail") != Reader()


@rule("J9.7")
@share(8)
@given(batch=batches(min_streams=2))
def test_a_backup_is_a_store_of_its_own(fresh: Callable[[], Path], batch: list[Append]) -> None:
    """A backup taken while others write is whole, opens, and is not written to any more."""
    path, copy = fresh(), fresh()
    with closing(SqliteStore(path, synchronous="normal")) as store:
        store.append(batch)
        before = contents(store)
        with closing(SqliteStore(path, synchronous="normal")) as other:
            store.backup(copy)
            other.append([Append("later", 0, (EVENT,))])
        refused(StoreUnusable, lambda: store.backup(copy), "a file that is there already")
        lost = copy.parent / "absent" / "x.db"
        refused(StoreUnusable, lambda: store.backup(lost), "a missing directory")
    with closing(SqliteStore(copy)) as restored:
        assert contents(restored) == before


@rule("J8.3")
@share(8)
@given(others=st.integers(0, 40), size=st.integers(1, 200), again=st.booleans())
def test_scrubbed_of_erased_words(
    tmp_path_factory: pytest.TempPathFactory, others: int, size: int, again: bool
) -> None:
    """Scrubbed, neither the file nor its log has a byte of what was erased, while it is open."""
    path = tmp_path_factory.mktemp("erased") / "journal.db"
    secret = "a secret that nobody may find again"
    event = attrs.evolve(EVENT, data=f'"{secret}"', refs=(f"ref {secret}",))
    texts = tuple(Text(f"words:{n}", secret * size) for n in range(20))
    snapshot = Snapshot(1, "f", f'"{secret}"')
    with closing(SqliteStore(path, synchronous="normal")) as store:
        if again:
            store.append([Append("before", 0, (EVENT,))])
            store.erase(Append("before", 1, (EVENT,)))
        for n in range(others):
            spans = (Span("s", n + 1, n + 1), Span(f"t{n}", 1, 1))
            acts = [
                Append("s", n, (event,), None, snapshot, texts[:1]),
                Append(f"t{n}", 0, (EVENT,)),
            ]
            store.append(acts, [KeyRecord(f"key {n} {secret}", "f", spans)])
        key = KeyRecord(f"key {secret}", "f", (Span("s", others + 1, others + 20),))
        store.append([Append("s", others, (event,) * 20, None, snapshot, texts)], [key])
        store.erase(Append("s", others + 20, (EVENT,)))
        before = contents(store)
        store.scrub()
        assert not any(secret.encode() in data for data in bytes_beside(path).values())
        assert contents(store) == before


def test_a_file_that_others_read_is_scrubbed_later(path: Path) -> None:
    """While somebody reads, scrubbing is refused in plain words, and nothing is lost."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("loyalcore.journal.sqlite_file.BUSY_SECONDS", 0.05)
        with closing(SqliteStore(path)) as store, closing(SqliteStore(path)) as other:
            store.append([Append("s", 0, (EVENT,) * 20)])
            with other._transaction() as connection:
                connection.execute("SELECT * FROM event").fetchone()
                refused(StoreUnusable, store.scrub, "a file that others read")
            store.scrub()
            assert len(other.read("s")) == 20


def test_a_missing_directory_is_told(tmp_path: Path) -> None:
    """A store is not made in a directory that does not exist, nor in place of one."""
    lost = tmp_path / "absent" / "journal.db"
    error = refused(StoreUnusable, lambda: SqliteStore(lost), "a missing directory")
    assert str(lost.parent) in error.reason
    assert not lost.parent.exists()
    assert "directory" in str(refused(StoreUnusable, lambda: SqliteStore(tmp_path), "a directory"))


@pytest.mark.parametrize("blank", [b"", None])
def test_an_empty_file_becomes_a_store(path: Path, blank: bytes | None) -> None:
    """A file without a byte, or a database without anything in it, becomes a store."""
    if blank is None:
        with closing(sqlite3.connect(path)) as other:
            other.execute("VACUUM")
    else:
        path.write_bytes(blank)
    with closing(SqliteStore(path)) as store:
        store.append([Append("s", 0, (EVENT,))])
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert other.execute("PRAGMA user_version").fetchone() == (STORE_VERSION,)
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_checkpoint_under_way_is_no_damage(path: Path) -> None:
    """A store whose log is just being written back into the file can be opened."""
    copy = path.with_name("copy.db")
    with closing(SqliteStore(path)) as store:
        store._connection.execute("PRAGMA wal_autocheckpoint = 0")
        store.append([Append("s", 0, (EVENT,) * 500)])
        head = bytearray(path.read_bytes())
        head[28:32] = (10_000).to_bytes(4, "big")  # pages that are still in the log only
        copy.write_bytes(head)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    with closing(SqliteStore(copy)) as store:
        assert len(store.read("s")) == 500


@pytest.mark.parametrize("pages", [0, 1, 5])
def test_an_interrupted_making_is_taken_up(path: Path, pages: int) -> None:
    """A store whose maker died while its first pages were written is made again."""
    source = path.with_name("source.db")
    with closing(sqlite3.connect(source, isolation_level=None)) as maker:
        maker.execute("PRAGMA cache_size = 1")
        maker.execute("BEGIN EXCLUSIVE")
        maker.execute("CREATE TABLE t (x)")
        maker.executemany("INSERT INTO t VALUES (?)", [("x" * 900,)] * 200)
        shutil.copy(f"{source}-journal", f"{path}-journal")  # says: roll back to no pages
    whole = path.with_name("whole.db")
    SqliteStore(whole).close()
    path.write_bytes(whole.read_bytes()[: pages * 4096])
    with closing(SqliteStore(path)) as store:
        store.append([Append("s", 0, (EVENT,))])
        assert len(store.read("s")) == 1
