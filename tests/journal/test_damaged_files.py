"""Store files with flipped, cut, doubled and swapped bytes, and with values that nobody wrote."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from loyalcore import Host, LoyalcoreError, RelayPolicy
from loyalcore.journal import Append, Delivery, NewEvent, SqliteStore, Text
from loyalcore.testing import rule
from loyalcore.testing.store_model import contents
from tests.host.shop import CLUB, commands, opened
from tests.journal.hostile import NOON

SENT = commands([(0, 0, 0), (1, 0, 0), *((n % 2, 1 + n % 4, 50 + n) for n in range(30))])
KEYS = ["programme", *(one.key for one in SENT)]
PAGE = 4096


def share(part: int) -> settings:
    """Give a part of the profile's examples, for properties that write files."""
    return settings(max_examples=max(1, settings().max_examples // part))


class Listener:
    """A notifier that cannot take one event, so that it is parked."""

    name = "mail"

    def notify(self, delivery: Delivery) -> None:
        if delivery.position == 3:
            raise LoyalcoreError


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the bytes of a store with something in each of its tables."""
    path = tmp_path_factory.mktemp("good") / "journal.db"
    with closing(SqliteStore(path, synchronous="normal")) as store:
        opened(store, snapshot_every=5).submit_many(SENT, chunk=4)
        Host(store, notifiers=[Listener()], relay=RelayPolicy(attempts=1)).relay()
        event = NewEvent("t.t", 1, "{}", NOON, ("a:1",))
        store.append([Append("s", 0, (event,), NOON, None, (Text("a:1", "words"),))])
    return path.read_bytes()


@st.composite
def damages(draw: DrawFn, ways: tuple[str, ...]) -> Callable[[bytes], bytes]:
    """Draw what happens to the bytes of a file."""
    way = draw(st.sampled_from(ways))
    parts = draw(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4))
    length = draw(st.integers(1, PAGE + 1))

    def damage(whole: bytes) -> bytes:
        raw, last = bytearray(whole), len(whole) - 1
        at = int(parts[0][0] * last)
        match way:
            case "flip":
                for place, value in parts:
                    raw[int(place * last)] = value
            case "blank":
                raw[at : at + length] = bytes(len(raw[at : at + length]))
            case "cut":
                del raw[at + 1 :]
            case "double":
                raw[at:at] = raw[at : at + length]
            case "swap":
                pages = [whole[n : n + PAGE] for n in range(0, len(whole), PAGE)]
                one, other = int(parts[0][0] * (len(pages) - 1)), parts[0][1] % len(pages)
                pages[one], pages[other] = pages[other], pages[one]
                raw = bytearray(b"".join(pages))
            case _:
                raw += bytes(parts[0][1] for _ in range(length))
        return bytes(raw)

    return damage


def attempt(act: Callable[[], Any]) -> Any:
    """Give what an act answers; None when it refuses in words that can be read."""
    try:
        return act()
    except LoyalcoreError as error:
        words = str(error)
    assert words
    return None


def read_all(path: Path) -> None:
    """Ask everything of a store and of a host over it, and write nothing."""
    store = attempt(lambda: SqliteStore(path, synchronous="normal"))
    if store is None:
        return
    with closing(store):
        host = Host(store, snapshot_every=5, notifiers=[Listener()])
        asked: list[Callable[[], object]] = [
            lambda: contents(store, KEYS),
            lambda: store.keys(KEYS),
            lambda: store.heads([CLUB, f"{CLUB}/a", "s", "nobody's"]),
            lambda: store.log("", 1000),
            lambda: store.due(NOON + timedelta(days=9999), 99),
            lambda: store.read_refs(f"{CLUB}/a", ["order:O2"]),
            lambda: store.snapshot(f"{CLUB}/a"),
            lambda: store.texts("s", ["a:1"]),
            lambda: store.reader("notifier:mail"),
            lambda: host.parked("mail"),
            lambda: list(host.streams("")),
            lambda: list(host.events(f"{CLUB}/a")),
            lambda: host.state(CLUB),
            lambda: host.state(f"{CLUB}/a"),
        ]
        for ask in asked:
            attempt(ask)


def write_some(path: Path) -> None:
    """Do what changes a store, one thing after another."""
    store = attempt(lambda: SqliteStore(path, synchronous="normal"))
    if store is None:
        return
    with closing(store):
        host = Host(store, snapshot_every=5, notifiers=[Listener()])
        acts: list[Callable[[], object]] = [
            lambda: host.submit_many(SENT),
            lambda: host.tick(NOON + timedelta(days=999)),
            host.relay,
            lambda: host.resend("mail", 3),
            lambda: host.forget(f"{CLUB}/a"),
            lambda: store.backup(path.with_suffix(".copy")),
        ]
        for act in acts:
            attempt(act)
    path.with_suffix(".copy").unlink(missing_ok=True)


@rule("J7.2", "J9.4")
@pytest.mark.parametrize("ways", [("cut", "grow"), ("flip", "flip", "blank", "double", "swap")])
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_and_not_changed(
    good: bytes,
    tmp_path_factory: pytest.TempPathFactory,
    ways: tuple[str, ...],
    data: st.DataObject,
) -> None:
    """Whatever bytes are damaged, reading ends with an answer or an error and changes none."""
    path = tmp_path_factory.mktemp("damaged") / "journal.db"
    path.write_bytes(data.draw(damages(ways))(good))
    before = path.read_bytes()
    read_all(path)
    assert path.read_bytes() == before
    write_some(path)


@rule("J7.2")
@share(2)
@given(
    st.data(),
    st.one_of(
        st.none(),
        st.integers(-(2**63), 2**63 - 1),
        st.integers(-2, 20),
        st.floats(),
        st.binary(max_size=4),
        st.text(max_size=4),
        st.sampled_from(("[]", "{}", "[[1]]", "[[1, 2, 3]]", '[["s", 1, 99]]')),
    ),
    st.booleans(),
)
def test_a_value_that_nobody_wrote_is_read_or_refused(
    good: bytes,
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    value: Any,
    one: bool,
) -> None:
    """Whatever stands in a cell, reading ends with an answer or an error and changes nothing."""
    path = tmp_path_factory.mktemp("cells") / "journal.db"
    path.write_bytes(good)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        columns = other.execute(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c "
            "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
        ).fetchall()
        table, column = data.draw(st.sampled_from(columns))
        first = f"WHERE {column} = (SELECT min({column}) FROM {table})" if one else ""
        try:
            other.execute(f"UPDATE OR IGNORE {table} SET {column} = ? {first}", (value,))
        except sqlite3.Error:
            return  # SQLite itself does not hold it
    before = path.read_bytes()
    read_all(path)
    assert path.read_bytes() == before
    write_some(path)
