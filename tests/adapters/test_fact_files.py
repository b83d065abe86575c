"""Facts read from CSV and Parquet files (L22)."""

import gzip
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loyalcore.adapters import FactFile, Layout, read_csv, read_parquet
from loyalcore.adapters.fact_layout import FIELDS
from loyalcore.adapters.fact_orders import FactRow
from loyalcore.errors import ExtraMissing, InvalidDocument, InvalidValue
from loyalcore.host import simulate_pieces
from loyalcore.loyalty import (
    Enrol,
    MemberFacts,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    programme_from,
    simulate,
)
from loyalcore.money import Money
from loyalcore.testing import rule
from loyalcore.testing.loyalty import programmes
from loyalcore.timing import MonthDay, start_of_day, zone
from tests.adapters.files import HEADER, Written, clubs, rows_of, text, write_csv
from tests.loyalty.club import shop
from tests.loyalty.test_replays import MUCH

FEW = settings(max_examples=max(10, settings().max_examples // 2), suppress_health_check=MUCH)
CNY = st.just("CNY")
CLUBS = programmes(currency=CNY).flatmap(clubs)
YUAN = Layout("CNY")
NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
PLAIN = programme_from(
    {"name": "Shop", "currency": "CNY", "timezone": "UTC", "base": [{"id": "spend"}]}
)


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def all_rows(members: list[MemberFacts]) -> list[Written]:
    return [row for member in members for row in rows_of(member.member, member.facts)]


def told(file: FactFile, pieces: int = 1) -> dict[str, list[Any]]:
    """Give each member's facts, in a form in which lines may come in any order."""
    found: dict[str, list[Any]] = {}
    for piece in file.pieces(pieces):
        members = list(piece.members())
        assert len(members) == piece.size
        for member in members:
            assert member.member not in found
            found[member.member] = [plainly(fact) for fact in member.facts]
    return found


def plainly(fact: Any) -> Any:
    if isinstance(fact, RecordPurchase):
        return attrs.evolve(fact, lines=sorted(fact.lines, key=lambda line: line.id))
    if isinstance(fact, RecordReturn):
        lines = sorted(fact.lines, key=lambda line: line.line) if fact.lines else fact.lines
        return attrs.evolve(fact, id="-", lines=lines)
    return fact


def expected(members: list[MemberFacts]) -> dict[str, list[Any]]:
    return {m.member: [plainly(fact) for fact in m.facts] for m in members}


@rule("L22.10")
@FEW
@given(CLUBS, st.randoms(use_true_random=False), st.integers(1, 5))
def test_rows_in_any_order_give_each_members_facts(
    members: list[MemberFacts], shuffle: Any, pieces: int
) -> None:
    """Whatever the order of the rows, each member's facts come in the order of time."""
    rows = all_rows(members)
    shuffle.shuffle(rows)
    with scratch() as folder, read_csv(write_csv(folder / "f.csv", rows), YUAN) as file:
        assert told(file, pieces) == expected(members)
        assert file.rows == len(rows)
        times = [row["occurred_at"] for row in rows]
        assert file.last_at == max(times, default=None)


@rule("L22.20")
@FEW
@given(CLUBS, st.data())
def test_a_joining_that_no_row_tells_is_no_fact(
    members: list[MemberFacts], data: st.DataObject
) -> None:
    """Behind the end as many facts are left out as stand in the file."""
    facts = [fact for m in members for fact in m.facts if not isinstance(fact, Enrol)]
    rows = [row for row in all_rows(members) if row.get("kind") != "enrol"]
    until = data.draw(st.sampled_from([NOON, *(fact.recorded_at for fact in facts)]))
    with scratch() as folder, read_csv(write_csv(folder / "f.csv", rows), YUAN) as file:
        (found, *_) = [
            simulate(piece.members(), PLAIN, PLAIN, until) for piece in file.pieces()
        ] or [simulate((), PLAIN, PLAIN, until)]
    assert found.left_out == sum(fact.recorded_at > until for fact in facts)


@rule("L22.21")
@given(
    st.sampled_from(("Asia/Shanghai", "America/Havana", "Pacific/Apia", "UTC")),
    st.lists(st.dates(date(1900, 1, 2), date(8999, 12, 30)), min_size=1, max_size=9),
)
@example("America/Havana", [date(2026, 3, 8), date(2026, 11, 1)])
@example("Pacific/Apia", [date(2011, 12, 29), date(2011, 12, 31)])
def test_a_bare_date_is_where_its_day_begins(zone_: str, days: list[date]) -> None:
    """Also where the clock skips midnight, or has it twice."""
    rows = [FINE | {"member": str(n), "occurred_at": str(day)} for n, day in enumerate(days)]
    with scratch() as folder:
        path = write_csv(folder / "f.csv", rows)
        with read_csv(path, Layout("CNY", zone_)) as file:
            found = {member: facts[-1].occurred_at for member, facts in told(file).items()}
    wanted = [start_of_day(day, zone(zone_)) for day in days]
    assert [found[str(n)] for n in range(len(days))] == wanted


@rule("L22.10")
@FEW
@given(CLUBS)
def test_parquet_says_what_csv_says(members: list[MemberFacts]) -> None:
    """The same facts come of columns with types of their own."""
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    rows = all_rows(members)
    kinds = {
        "occurred_at": pa.timestamp("us", "UTC"),
        "price": pa.decimal128(20, 2),
        "discount": pa.decimal128(20, 2),
        "quantity": pa.decimal128(20, 2),
        "tax": pa.decimal128(20, 2),
        "category": pa.list_(pa.string()),
        "points": pa.int64(),
    }
    typed = [
        {n: r.get(n) if n in kinds or r.get(n) is None else text(r[n]) for n in HEADER}
        for r in rows
    ]
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in HEADER])
    with scratch() as folder:
        parquet.write_table(pa.Table.from_pylist(typed, schema=schema), folder / "f.parquet")
        with read_parquet(folder / "f.parquet", YUAN) as file:
            assert told(file) == expected(members)


BROKEN: dict[str, list[str]] = {
    "member": ["", "x" * 201, "a\x07"],
    "order": [""],
    "occurred_at": ["", "yesterday", "2026-13-01", "2026-03-01", "0001-01-01T00:00:00+00:00"],
    "kind": ["sale"],
    "price": ["1.005", "-1", "x", "", "nan", "1e30", "1,5"],
    "discount": ["-0.01", "inf"],
    "quantity": ["-1", "two"],
    "points": ["0", "-3", "1.5", "²"],
    "birthday": ["13-01", "02-30", "spring"],
    "reward": ["maybe"],
    "delivery": ["perhaps"],
    "tax": ["-1", "0.001"],
    "sku": ["y" * 201],
}
FINE = {
    "member": "ann",
    "order": "A",
    "occurred_at": datetime(2026, 3, 8, 12, tzinfo=UTC),
    "price": "12.50",
}


@rule("L22.11")
@FEW
@given(st.data(), st.integers(1, 6))
def test_every_mistake_has_its_line_and_column(data: st.DataObject, count: int) -> None:
    """Each is told, with the line and the column where it stands, and nothing else is."""
    rows: list[Written] = [FINE | {"order": str(n)} for n in range(count)]
    places = st.tuples(st.integers(0, count - 1), st.sampled_from(sorted(BROKEN)))
    planted = data.draw(st.sets(places, min_size=1, max_size=4))
    for number, field in planted:
        rows[number] = rows[number] | {field: data.draw(st.sampled_from(BROKEN[field]))}
    blank = data.draw(st.booleans())  # an empty line is no row, and counts as a line
    with scratch() as folder:
        path = write_csv(folder / "f.csv", rows)
        if blank:
            path.write_text(path.read_text("utf-8").replace("\n", "\n\n", 1), "utf-8")
        with pytest.raises(InvalidDocument) as caught:
            read_csv(path, YUAN)
    found = {mistake.path for mistake in caught.value.mistakes}
    wanted = {f"line {number + 2 + blank}, column {field}" for number, field in planted}
    # What is wrong between the values of a row is told once each of them can be read.
    hidden = {
        f"line {n + 2 + blank}, column {f}"
        for n, f in planted
        if f in {"price", "reward", "delivery"}
    }
    assert wanted - hidden <= found <= wanted
    assert found
    assert caught.value.source == str(path)


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"kind": "return", "line": "1"}, "line 2, column line"),
        ({"kind": "return", "price": "1"}, "line 2, column line"),
        ({"kind": "return", "line": "1", "price": "1", "quantity": "1"}, "line 2, column quantity"),
        ({"kind": "redemption"}, "line 2, column points"),
        ({"kind": "redemption", "points": "5", "reward": "mug"}, "line 2, column points"),
        ({"kind": "redemption", "reward": "mug", "quantity": "1.5"}, "line 2, column quantity"),
        ({"kind": "behaviour"}, "line 2, column behaviour"),
        ({"kind": "purchase"}, "line 2, column price"),
    ],
)
def test_values_of_a_row_must_fit(row: Written, path: str, tmp_path: Path) -> None:
    told_ = {"member": "ann", "order": "A", "occurred_at": FINE["occurred_at"]} | row
    with pytest.raises(InvalidDocument) as caught:
        read_csv(write_csv(tmp_path / "f.csv", [told_]), YUAN)
    assert [mistake.path for mistake in caught.value.mistakes] == [path]


@rule("L22.11")
@given(
    st.sampled_from(["occurred_at", "channel", "store", "birthday", "points", "line"]),
    st.integers(0, 3),
)
def test_rows_of_an_order_must_agree(field: str, between: int) -> None:
    """A row that contradicts its order's first is named."""
    later = {
        "occurred_at": datetime(2026, 3, 9, tzinfo=UTC),
        "channel": "web",
        "store": "B",
        "birthday": "03-21",
        "points": "5",
        "line": "1",
    }
    others = [FINE | {"order": f"other {n}"} for n in range(between)]
    rows = [FINE | {"line": "1"}, *others, FINE | {field: later[field]}]
    with scratch() as folder, read_csv(write_csv(folder / "f.csv", rows), YUAN) as file:
        (piece,) = file.pieces()
        with pytest.raises(InvalidDocument) as caught:
            list(piece.members())
    (mistake,) = caught.value.mistakes
    assert mistake.path == ("line 2" if field == "line" else f"line {3 + between}")


def test_mistakes_without_end_are_cut(tmp_path: Path) -> None:
    rows = [FINE | {"price": "x"} for _ in range(80)]
    with pytest.raises(InvalidDocument) as caught:
        read_csv(write_csv(tmp_path / "f.csv", rows), YUAN)
    assert len(caught.value.mistakes) == 51
    assert "may be more" in caught.value.mistakes[-1].text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty: .* columns, member, order, occurred_at and others"),
        (b"\n", "it is empty"),
        (b"member,order\n", "column occurred_at"),
        (b"member,order,occurred_at,price,price\n", "stands there twice"),
        (b"member,order,occurred_at,price\na,b\n", "line 2: 2 values for 4 columns"),
        (b'member,order,occurred_at,price\n"a,b,c\n', "cannot be parsed"),
        (b"member,order,occurred_at,price\n\xff,b,c,d\n", "cannot be parsed"),
    ],
)
def test_files_that_are_no_tables_are_refused(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidDocument, match=words):
        read_csv(path, YUAN)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match=r"none\.csv.*\n.*cannot be read"):
        read_csv(tmp_path / "none.csv", YUAN)
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(b"member,order,occurred_at" + b"\n" * 1000)[:-9])
    with pytest.raises(InvalidDocument, match="cannot be parsed"):
        read_csv(cut, YUAN)
    (tmp_path / "no.gz").write_text("member")
    with pytest.raises(InvalidDocument, match="cannot be read"):
        read_csv(tmp_path / "no.gz", YUAN)


def test_a_layout_names_columns_zone_and_units(tmp_path: Path) -> None:
    """Naive times are read in its zone, cents as cents; a packed file is unpacked."""
    path = tmp_path / "f.csv.gz"
    head = "\ufeffcustomer,order,time,cents,extra\n"
    path.write_bytes(gzip.compress((head + "ann,A,2026-03-08 12:00,1250,?\n").encode()))
    columns = {"member": "customer", "occurred_at": "time", "price": "cents"}
    with read_csv(path, Layout("CNY", "Asia/Shanghai", columns, minor_units=True)) as file:
        ((joined, bought),) = told(file).values()
    at = datetime(2026, 3, 8, 4, tzinfo=UTC)
    assert joined == Enrol(recorded_at=at)
    assert (bought.recorded_at, bought.occurred_at) == (at, at)
    (line,) = bought.lines
    assert (line.id, line.price, line.quantity) == ("1", Money("12.50", "CNY"), 1)


@pytest.mark.parametrize(
    "wrong",
    [{"currency": "XXQ"}, {"timezone": "Mars/Sea"}, {"columns": {"prise": "price"}}],
)
def test_a_wrong_layout_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        Layout(**({"currency": "CNY"} | wrong))


def test_a_named_column_must_be_there(tmp_path: Path) -> None:
    """One that is only there by default need not."""
    with pytest.raises(InvalidDocument, match="column kanal: there is no such column for channel"):
        read_csv(write_csv(tmp_path / "f.csv", []), Layout("CNY", columns={"channel": "kanal"}))


def test_the_temporary_file_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end of the `with`, and when the file has mistakes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "own").mkdir()
    good = write_csv(tmp_path / "own" / "good.csv", [FINE])
    bad = write_csv(tmp_path / "own" / "bad.csv", [FINE | {"price": "x"}])
    with read_csv(good, YUAN):
        assert len(list(tmp_path.iterdir())) == 2
    with pytest.raises(InvalidDocument):
        read_csv(bad, YUAN)
    assert [path.name for path in tmp_path.iterdir()] == ["own"]


@pytest.mark.parametrize("processes", [1, 2])
def test_rows_are_gone_after_the_with(processes: int, tmp_path: Path) -> None:
    """Whoever uses them then is told so, in whichever process."""
    path = write_csv(tmp_path / "f.csv", [FINE, FINE | {"member": "ben"}])
    with read_csv(path, YUAN) as file:
        pieces = file.pieces(2)
    gone = r"f\.csv: 1 mistake\n  its rows are gone: use them within the with"
    with pytest.raises(InvalidDocument, match=gone):
        file.pieces()
    with pytest.raises(InvalidDocument, match=gone):
        list(pieces[0].members())
    with pytest.raises(InvalidDocument, match=gone):
        simulate_pieces(pieces, shop(), shop(), FINE["occurred_at"], processes=processes)


def test_no_pieces_are_refused(tmp_path: Path) -> None:
    with read_csv(write_csv(tmp_path / "f.csv", [FINE]), YUAN) as file:
        assert len(file.pieces(1)) == 1
        with pytest.raises(
            InvalidValue, match=r"FactFile\.pieces: 0 is not allowed: give 1 or more"
        ):
            file.pieces(0)


def test_fields_stand_in_one_order() -> None:
    """Rows are stored, read back and described in the order of FIELDS."""
    assert FactRow._fields == ("number", *FIELDS)
    described = (Layout.__doc__ or "").partition("The fields")[2]
    names = re.findall("`([a-z_]+)`", described)
    assert [name for name in names if name != "columns"] == list(FIELDS)


def test_parquet_without_pyarrow_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExtraMissing, match=r"loyalcore\[parquet\]") as caught:
        read_parquet(tmp_path / "f.parquet", YUAN)
    assert isinstance(caught.value, ImportError)


def parquet_of(folder: Path, **columns: Any) -> Path:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    fine = {
        "member": [900],
        "order": [7],
        "occurred_at": [datetime(2026, 3, 8, 12)],  # noqa: DTZ001 - a column without a zone
        "price": [Decimal("12.50")],
    }
    parquet.write_table(pa.table(fine | columns), folder / "f.parquet")
    return folder / "f.parquet"


def test_parquet_columns_of_many_types(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    nanoseconds = pa.array([1_772_971_200_000_000_999], pa.timestamp("ns"))
    path = parquet_of(
        tmp_path,
        occurred_at=nanoseconds,
        birthday=[date(1990, 3, 21)],
        sku=pa.array(["tea"]).dictionary_encode(),
        reward=[False],
        unused=[1.5],
    )
    with read_parquet(path, Layout("CNY", "UTC")) as file:
        ((_, bought),) = told(file).values()
    assert bought.occurred_at == datetime(2026, 3, 8, 12, tzinfo=UTC)
    assert bought.birthday == MonthDay(3, 21)
    assert bought.lines[0].sku == "tea"


VALUES: dict[str, Any] = {
    "float": 12.5,
    "double": 12.5,
    "halffloat": 0.5,
    "binary": b"abc",
    "large_binary": b"abc",
    "fixed_size_binary[3]": b"abc",
    "time64[us]": time(12),
    "duration[ms]": timedelta(days=1),
    "list<element: double>": [12.5],
    "list<element: int64>": [12],
    "list<element: list<element: string>>": [["tea"]],
    "struct<a: int64>": {"a": 1},
    "map<string, string>": [("a", "b")],
}


def of_type(pa: Any, name: str) -> Any:
    nested = {
        "fixed_size_binary[3]": lambda: pa.binary(3),
        "list<element: double>": lambda: pa.list_(pa.float64()),
        "list<element: int64>": lambda: pa.list_(pa.int64()),
        "list<element: list<element: string>>": lambda: pa.list_(pa.list_(pa.string())),
        "struct<a: int64>": lambda: pa.struct([("a", pa.int64())]),
        "map<string, string>": lambda: pa.map_(pa.string(), pa.string()),
    }
    return nested[name]() if name in nested else pa.type_for_alias(name)


@rule("L22.23")
@given(
    st.sampled_from(["sku", "price", "category", "quantity", "channel", "order"]),
    st.sampled_from(sorted(VALUES)),
)
def test_parquet_columns_of_other_types_are_refused(field: str, name: str) -> None:
    """With the column and its type, rather than read as what Python would print."""
    pa = pytest.importorskip("pyarrow")
    kind = of_type(pa, name)
    with scratch() as folder, pytest.raises(InvalidDocument) as caught:
        read_parquet(parquet_of(folder, **{field: pa.array([VALUES[name]], kind)}), YUAN)
    (mistake,) = caught.value.mistakes
    assert mistake.path == f"column {field}"
    assert mistake.text.startswith(f"a column of {name.partition('<')[0]}")


@pytest.mark.parametrize("unit", ["ms", "us"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai"])
def test_parquet_instants_that_no_calendar_has_are_told(
    unit: str, zone: str | None, tmp_path: Path
) -> None:
    """With their row; the others can be read."""
    pa = pytest.importorskip("pyarrow")
    times = pa.array([0, 2**62, -(2**62), 1], pa.timestamp(unit, zone))
    more = {"member": ["a"] * 4, "order": ["b"] * 4, "price": [1] * 4}
    with pytest.raises(InvalidDocument) as caught:
        read_parquet(parquet_of(tmp_path, occurred_at=times, **more), Layout("CNY", "UTC"))
    places = [mistake.path for mistake in caught.value.mistakes]
    assert places == ["row 2, column occurred_at", "row 3, column occurred_at"]
    assert f"{2**62} (timestamp[{unit}" in caught.value.mistakes[0].text


def test_parquet_mistakes_are_told(tmp_path: Path) -> None:
    """Missing columns and rows that cannot be read, each with its place."""
    with pytest.raises(InvalidDocument, match=r"row 1, column occurred_at: .*no offset"):
        read_parquet(parquet_of(tmp_path), YUAN)
    with pytest.raises(InvalidDocument, match="there are member, order"):
        read_parquet(parquet_of(tmp_path), Layout("CNY", columns={"channel": "kanal"}))
    with pytest.raises(InvalidDocument, match="cannot be read"):
        read_parquet(tmp_path / "none.parquet", YUAN)
    pa = pytest.importorskip("pyarrow")
    broken = pa.array([b"\xff"]).cast(pa.string(), safe=False)
    with pytest.raises(InvalidDocument, match=r"cannot be parsed: 'utf-8'"):
        read_parquet(parquet_of(tmp_path, sku=broken), YUAN)
    (tmp_path / "bad.parquet").write_text("nothing")
    with pytest.raises(InvalidDocument, match="cannot be parsed"):
        read_parquet(tmp_path / "bad.parquet", YUAN)


@rule("L22.24")
@given(st.permutations(["enrol", "purchase", "behaviour"]), st.integers(0, 3))
def test_joining_comes_first(kinds: list[str], days: int) -> None:
    """Wherever its row stands; what else is at that instant comes as the rows do."""
    told_ = {"enrol": {}, "purchase": {"price": "1"}, "behaviour": {"behaviour": "share"}}
    at = dict.fromkeys(kinds, FINE["occurred_at"])
    at["behaviour"] += timedelta(days=days)
    rows = [
        {"member": "ann", "order": kind, "kind": kind, "occurred_at": at[kind]} | told_[kind]
        for kind in kinds
    ]
    with scratch() as folder, read_csv(write_csv(folder / "f.csv", rows), YUAN) as file:
        ((joined, *others),) = told(file).values()
    assert joined == Enrol(recorded_at=FINE["occurred_at"])
    assert [type(fact) for fact in others] == [
        RecordPurchase if kind == "purchase" else RecordBehaviour
        for kind in sorted(kinds, key=at.__getitem__)
        if kind != "enrol"
    ]


def test_an_explicit_enrolment_is_kept(tmp_path: Path) -> None:
    """A member may have joined before the first purchase."""
    joined = datetime(2025, 1, 1, tzinfo=UTC)
    rows = [FINE, {"member": "ann", "order": "-", "occurred_at": joined, "kind": "enrol"}]
    with read_csv(write_csv(tmp_path / "f.csv", rows), YUAN) as file:
        ((first, second),) = told(file).values()
    assert first == Enrol(recorded_at=joined)
    assert second.recorded_at - joined > timedelta(days=1)
