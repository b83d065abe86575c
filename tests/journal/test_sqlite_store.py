"""The store in a SQLite file: the suite, and what only a file can suffer."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalcore.errors import InvalidValue, KeyTaken, StoreUnusable
from loyalcore.journal.sqlite import SqliteStore, open_sqlite
from loyalcore.journal.sqlite_rows import DUE, LOG, behind_prefix, from_us, to_us
from loyalcore.journal.store import Append, KeyRecord, NewEvent, Snapshot, Store
from loyalcore.testing import StoreSuite, batches, instants, names, rule
from loyalcore.testing.store_model import StoreModel, contents, refused

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVENT = NewEvent("test.happened", 1, "{}", NOON, ("order:1",))


def share(part: int) -> settings:
    """Give a part of the profile's examples, for properties that write files."""
    return settings(
        max_examples=max(1, settings().max_examples // part),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


class TestSqliteStore(StoreSuite):
    """The store in a SQLite file keeps the port's contract, and outlives its process."""

    durable = True
    processes = True

    @pytest.fixture(autouse=True)
    def _folder(self) -> Iterator[None]:
        self.numbers = count()
        with tempfile.TemporaryDirectory() as folder:
            self.folder = Path(folder)
            yield

    def make_store(self) -> SqliteStore:
        return SqliteStore(self.folder / f"{next(self.numbers)}.db", synchronous="normal")

    def reopen(self, store: Store) -> SqliteStore:
        assert isinstance(store, SqliteStore)
        store.close()
        return SqliteStore(store.path)

    def opener(self, store: Store) -> Callable[[], Store]:
        assert isinstance(store, SqliteStore)
        return partial(SqliteStore, store.path, synchronous="normal")

    def settings(self) -> settings:
        return share(4)


# --- crashes --------------------------------------------------------------------------------------


@rule("J9.1")
@share(4)
@given(
    table=st.sampled_from(["stream", "event", "ref", "snapshot", "command_key"]), batch=batches()
)
def test_a_statement_that_fails_midway_leaves_nothing(
    fresh: Callable[[], Path], table: str, batch: list[Append]
) -> None:
    """Whichever statement of an append fails, all of it is undone, and the store goes on."""
    model = StoreModel()
    act = [
        Append("before", 1, (EVENT,), NOON, Snapshot(2, "fold", "{}")),
        Append("another", 0, (EVENT,), NOON, Snapshot(1, "fold", "{}")),
        *batch,
    ]
    keys = [KeyRecord("key", "f")]
    with closing(SqliteStore(fresh(), synchronous="normal")) as store:
        first = [Append("before", 0, (EVENT,))]
        store.append(first)
        model.add(first)
        with closing(sqlite3.connect(store.path)) as other:
            other.execute(
                f"CREATE TRIGGER fails AFTER INSERT ON {table} "
                "BEGIN SELECT raise(FAIL, 'planted'); END"
            )
        error = refused(StoreUnusable, lambda: store.append(act, keys), "a failing statement")
        assert "planted" in error.reason
        assert isinstance(error.__cause__, sqlite3.Error)
        model.check(store)
        assert not store.keys(["key"])
        with closing(sqlite3.connect(store.path)) as other:
            other.execute("DROP TRIGGER fails")
        store.append(act, keys)
        model.add(act, keys)
        model.check(store)


CHILD = """
import sys
from datetime import UTC, datetime
from loyalcore.errors import KeyTaken
from loyalcore.journal.sqlite import SqliteStore
from loyalcore.journal.store import Append, KeyRecord, NewEvent
store = SqliteStore(sys.argv[1], synchronous="normal")
event = NewEvent("test.happened", 1, "{}", datetime(2026, 1, 1, tzinfo=UTC))
for number in range(int(sys.argv[2])):
    head = store.heads(["a"])["a"]
    keys = [KeyRecord(f"{sys.argv[3]}{head}", "f")]
    try:
        store.append([Append("a", head, (event,)), Append("b", head, (event,))], keys)
    except Exception as error:
        if type(error).__name__ != "StaleStream":
            raise
"""


def child(path: Path, times: int, prefix: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(times), prefix],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_processes_share_a_new_file(path: Path) -> None:
    """Processes that open a missing file at once make one store, and all write to it."""
    with child(path, 20, "x") as one, child(path, 20, "y") as two, child(path, 20, "z") as three:
        results = [process.wait(60) for process in (one, two, three)]
    assert results == [0, 0, 0]
    with closing(SqliteStore(path)) as store:
        assert 20 <= store.heads(["a"])["a"] == len(store.read("b"))


def test_a_writer_that_holds_the_file_is_waited_for_and_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that another program keeps locked is waited for, and then named as locked."""
    monkeypatch.setattr("loyalcore.journal.sqlite_file.BUSY_SECONDS", 0.05)
    with closing(SqliteStore(path)) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        act = [Append("s", 0, (EVENT,))]
        error = refused(StoreUnusable, lambda: store.append(act), "a locked file")
        assert "locked" in error.reason
        assert not store.read("s"), "readers need not wait for a writer"
        other.rollback()
        store.append(act)


def test_a_full_disk_is_told(path: Path) -> None:
    """An append for which there is no room is undone and told as such."""
    with closing(SqliteStore(path)) as store:
        store._connection.execute("PRAGMA max_page_count = 20")
        big = NewEvent("test.happened", 1, "x" * 200_000, NOON)
        act = [Append("s", 0, (big,))]
        error = refused(StoreUnusable, lambda: store.append(act), "a full disk")
        assert "full" in error.reason
        assert not store.streams("")
        store.append([Append("s", 0, (EVENT,))])


# --- the rest -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "values", "wanted"),
    [
        (DUE, (0, 0, "", 9), ["SEARCH stream USING COVERING INDEX stream_due"]),
        (LOG, (0, 9), ["SEARCH e USING INTEGER PRIMARY KEY", "SEARCH s USING INTEGER PRIMARY KEY"]),
    ],
)
def test_an_index_answers(
    path: Path, query: str, values: tuple[int, ...], wanted: list[str]
) -> None:
    """What falls due, and the log, are found by an index alone and need no sorting."""
    with closing(SqliteStore(path)) as store:
        plan = store._connection.execute(f"EXPLAIN QUERY PLAN {query}", values).fetchall()
    steps = [detail for *_, detail in plan]
    assert len(steps) == len(wanted)
    for step, start in zip(steps, wanted, strict=True):
        assert step.startswith(start)


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("sqlite:///{relative}", True),
        ("sqlite:///{absolute}", True),
        ("sqlite:///{absolute}?synchronous=normal", False),
        ("sqlite:///{absolute}?synchronous=full", True),
    ],
)
def test_a_url_names_a_file(
    path: Path, url: str, full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three slashes name a relative file, four an absolute one; a setting may follow."""
    path = path.with_name("a b#c.db")
    monkeypatch.chdir(path.parent)
    filled = url.format(relative="a%20b#c.db", absolute=str(path).replace(" ", "%20"))
    with closing(open_sqlite(filled)) as store:
        assert store.path == path
        (level,) = store._connection.execute("PRAGMA synchronous").fetchone()
    assert level == (2 if full else 1)
    assert path.exists()


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("sqlite:///x.db?synchronous=off", "synchronous"),
        ("sqlite:///x.db?synchronous=", "synchronous"),
        ("sqlite:///x.db?synchronous=full&synchronous=normal", "url?synchronous"),
        ("sqlite:///x.db?timeout=3", "url?timeout"),
        ("sqlite:///", "path"),
        ("sqlite:///:memory:", "path"),
        ("sqlite://x.db", "url"),
        ("postgresql:///x", "url"),
    ],
)
def test_a_wrong_url_is_refused(
    tmp_path: Path, url: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A URL with anything unknown in it is refused with the field, and makes no file."""
    monkeypatch.chdir(tmp_path)
    assert refused(InvalidValue, lambda: open_sqlite(url), url).field == field
    assert not list(tmp_path.iterdir())


def test_a_closed_store_says_so(path: Path) -> None:
    """Using a store after closing it is refused in plain words."""
    store = SqliteStore(path)
    store.close()
    error = refused(StoreUnusable, lambda: store.read("s"), "a closed store")
    assert "closed" in error.reason


def test_two_stores_on_one_file_see_each_other(path: Path) -> None:
    """What one handle of a file has stored, another sees at once, and cannot take again."""
    with closing(SqliteStore(path)) as one, closing(SqliteStore(path)) as two:
        one.append([Append("s", 0, (EVENT,))], [KeyRecord("key", "f")])
        assert contents(one, ["key"]) == contents(two, ["key"])
        refused(KeyTaken, lambda: two.append([], [KeyRecord("key", "f")]), "a key used elsewhere")


@given(instant=instants() | st.datetimes(timezones=st.just(UTC)))
def test_instants_are_exact(instant: datetime) -> None:
    """Every instant becomes whole microseconds and comes back the same, in order."""
    assert from_us(to_us(instant)) == instant
    if instant < datetime.max.replace(tzinfo=UTC):
        assert to_us(instant + timedelta(microseconds=1)) == to_us(instant) + 1


@given(prefix=names() | st.text("\ud7ff\U0010ffff", max_size=2), name=st.text() | names())
def test_names_with_a_prefix_end_where_told(prefix: str, name: str) -> None:
    """A name lies between a prefix and what stands behind it if and only if it begins so."""
    end = behind_prefix(prefix)
    for tried in (name, prefix + name):
        assert tried.startswith(prefix) == (prefix <= tried and (end is None or tried < end))


def test_unknown_cursors_are_refused(path: Path) -> None:
    """A cursor that the store never gave is refused."""
    with closing(SqliteStore(path)) as store:
        for cursor in ("x", "-1", "1.5", "٣"):
            refused(InvalidValue, partial(store.log, cursor, 1), cursor)
        naive = datetime(2026, 1, 1)  # noqa: DTZ001
        refused(InvalidValue, lambda: store.due(naive, 1), "a naive instant")
        twice = [Append("s", 0, (EVENT,)), Append("s", 1, (EVENT,))]
        refused(InvalidValue, lambda: store.append(twice), "a stream named twice")
