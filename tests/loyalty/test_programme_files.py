"""Programmes as files: every mistake told at once, and nothing lost on the way (P1)."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore import InvalidDocument, InvalidValue
from loyalcore.forms import new_converter
from loyalcore.loyalty import (
    AllOf,
    AnyOf,
    Base,
    BasketFrom,
    Behaviour,
    Condition,
    During,
    Earning,
    Expiry,
    FirstPurchase,
    InCategory,
    InChannel,
    InHours,
    InStore,
    Multiplier,
    Not,
    OfSku,
    OnAnniversary,
    Programme,
    Recurs,
    Window,
    load_programme,
    programme_from,
)
from loyalcore.loyalty.programme.programme import configure
from loyalcore.testing import rule
from loyalcore.testing.loyalty import programmes
from loyalcore.timing import Length
from tests.loyalty.club import shop

CONVERTER = new_converter()
configure(CONVERTER)


def written(programme: Programme) -> dict[str, Any]:
    return CONVERTER.unstructure(programme)


def toml(value: Any) -> str:
    """Write a value inline, as TOML has it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=True)


@rule("P1.1")
@given(programmes())
def test_written_and_read_it_is_the_same(programme: Programme) -> None:
    """A programme survives JSON, and keeps its content id."""
    again = programme_from(json.loads(json.dumps(written(programme))))
    assert again == programme
    assert again.content_id == programme.content_id


@rule("P1.2", "P1.10")
@settings(max_examples=settings().max_examples // 4)
@given(programmes(), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_toml_and_json_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, programme: Programme, encoding: str
) -> None:
    """Both kinds of file give the same programme, with a byte order mark and without."""
    folder: Path = tmp_path_factory.mktemp("files")
    data = written(programme)
    as_json, as_toml = folder / "club.json", folder / "club.toml"
    as_json.write_text(json.dumps(data), encoding=encoding)
    as_toml.write_text(
        "\n".join(f"{key} = {toml(value)}" for key, value in data.items()), encoding=encoding
    )
    assert load_programme(as_json) == load_programme(as_toml) == programme


@rule("P1.3")
@given(programmes(), programmes())
def test_equal_content_equal_id(one: Programme, other: Programme) -> None:
    """Two programmes have one content id if and only if they are equal."""
    assert (one == other) == (one.content_id == other.content_id)
    assert one.content_id == programme_from(written(one)).content_id


@rule("P1.3")
@given(st.integers(1, 1000), st.integers(0, 4))
def test_the_id_does_not_hang_on_how_a_number_is_written(factor: int, zeros: int) -> None:
    """2, 2.0 and 2.00 are one number, and make one programme."""
    plain = shop().base
    one, other = (
        Programme("Shop", "CNY", "Asia/Shanghai", plain, (Multiplier("more", number),))
        for number in (Decimal(factor), Decimal(factor).quantize(Decimal(1).scaleb(-zeros)))
    )
    assert one == other
    assert one.content_id == other.content_id


def good() -> dict[str, Any]:
    return {
        "name": "Shop",
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "base": [{"id": "spend"}],
        "multipliers": [
            {"id": "member-day", "factor": 2, "when": {"recurrence": "FREQ=DAILY"}},
            {"id": "wine", "factor": "1.5", "when": {"all": [{"category": ["wine"]}]}},
            {"id": "monday", "factor": 3, "when": {"recurrence": "FREQ=WEEKLY;BYDAY=MO"}},
        ],
        "behaviours": [
            {"id": "share", "points": 5, "limits": [{"times": 3}]},
            {"id": "review", "points": 5},
        ],
        "expiry": {"after": {"months": 12}},
        "tiers": {
            "window": {"calendar": "year"},
            "ladder": [
                {"id": "member"},
                {"id": "silver", "entry": 10, "keep": 5},
                {"id": "gold", "entry": 20},
            ],
        },
    }


# Path of the mistake, where it is planted, what is planted.
MISTAKES: list[tuple[str, tuple[Any, ...], Any]] = [
    ("currency", ("currency",), "XXX"),
    ("timezone", ("timezone",), "Asia/Peking"),
    ("colour", ("colour",), "blue"),
    ("base[0].rate", ("base", 0, "rate"), 2),
    ("base[0].points_per_unit", ("base", 0, "points_per_unit"), "many"),
    ("multipliers[0].factor", ("multipliers", 0, "factor"), "0.5"),
    ("multipliers[1].factor", ("multipliers", 1, "factor"), True),
    ("multipliers[2].when.recurrence", ("multipliers", 2, "when", "recurrence"), "FREQ=NEVER"),
    (
        "multipliers[1].when.all[0].category",
        ("multipliers", 1, "when", "all", 0, "category"),
        [],
    ),
    ("behaviours[1].points", ("behaviours", 1, "points"), 0),
    ("behaviours[0].limits[0].per", ("behaviours", 0, "limits", 0, "per"), "fortnight"),
    ("expiry.after.months", ("expiry", "after", "months"), -1),
    ("tiers.ladder[2].entry", ("tiers", "ladder", 2, "entry"), 10),
    ("shortfall", ("shortfall",), "forgive"),
]


def plant(data: dict[str, Any], place: tuple[Any, ...], value: Any) -> None:
    inner: Any = data
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value


@rule("P1.4")
@given(st.lists(st.sampled_from(MISTAKES), min_size=1, max_size=6, unique_by=lambda m: m[0]))
def test_every_mistake_is_told_at_once(planted: list[tuple[str, tuple[Any, ...], Any]]) -> None:
    """As many as there are, each once, each under its path in the file, and no others."""
    data = good()
    for _, place, value in planted:
        plant(data, place, value)
    with pytest.raises(InvalidDocument) as refused:
        programme_from(data, "club.toml")
    assert refused.value.source == "club.toml"
    assert sorted(m.path for m in refused.value.mistakes) == sorted(path for path, _, _ in planted)
    assert all(str(m) in str(refused.value) for m in refused.value.mistakes)


@rule("P1.4")
@given(
    st.lists(st.sampled_from(MISTAKES), max_size=3, unique_by=lambda m: m[0]),
    st.lists(
        st.sampled_from(["", "base[0]", "multipliers[0]", "expiry", "tiers", "behaviours[1]"]),
        min_size=1,
        unique=True,
    ),
)
def test_an_unknown_key_hides_nothing(
    planted: list[tuple[str, tuple[Any, ...], Any]], tables: list[str]
) -> None:
    """A key that nobody knows is told beside whatever else is wrong, in its table too."""
    data = good() | {"late_facts_days": 99_999}
    for _, place, value in planted:
        plant(data, place, value)
    inner = {
        "": data,
        "base[0]": data["base"][0],
        "multipliers[0]": data["multipliers"][0],
        "expiry": data["expiry"],
        "tiers": data["tiers"],
        "behaviours[1]": data["behaviours"][1],
    }
    for table in tables:
        inner[table]["flavour"] = 1
    with pytest.raises(InvalidDocument) as refused:
        programme_from(data)
    found = {m.path for m in refused.value.mistakes}
    wanted = {path for path, _, _ in planted}
    wanted |= {f"{table}.flavour".lstrip(".") for table in tables}
    assert wanted <= found
    assert found <= wanted | {"late_facts_days"}
    if not planted:
        assert "late_facts_days" in found


@pytest.mark.parametrize(
    ("when", "path", "words"),
    [
        ({"category": ["a"], "channel": ["b"]}, "when", "under all"),
        ({"last": "2026-01-01"}, "when.first", "missing"),
        ({"colour": "red"}, "when.colour", "unknown key"),
        ({}, "when", "an empty condition"),
    ],
)
def test_a_condition_that_cannot_be_meant(when: dict[str, Any], path: str, words: str) -> None:
    """What is wrong with a condition is said in words that help."""
    data = good()
    data["multipliers"][0]["when"] = when
    with pytest.raises(InvalidDocument) as refused:
        programme_from(data)
    (mistake,) = refused.value.mistakes
    assert mistake.path.rstrip(".") == f"multipliers[0].{path}"
    assert words in mistake.text


def test_a_key_twice_is_refused_in_json_too(tmp_path: Path) -> None:
    """Nobody guesses which of two was meant."""
    file = tmp_path / "club.json"
    file.write_text('{"name": "Shop", "name": "Club"}')
    with pytest.raises(InvalidDocument, match="name stands twice"):
        load_programme(file)


def test_mistakes_of_one_table_are_told_together() -> None:
    """Thresholds out of order are told beside a window that cannot be read."""
    data = good()
    data["tiers"]["window"]["calendar"] = "decade"
    data["tiers"]["ladder"][2]["entry"] = 10
    with pytest.raises(InvalidDocument) as refused:
        programme_from(data)
    assert {m.path for m in refused.value.mistakes} == {
        "tiers.window.calendar",
        "tiers.ladder[2].entry",
    }


@rule("P1.5")
@given(st.sampled_from(("name", "currency", "timezone", "base")))
def test_what_is_missing(field: str) -> None:
    """A field without a default must be given."""
    data = good()
    del data[field]
    with pytest.raises(InvalidDocument) as refused:
        programme_from(data)
    assert [m.path for m in refused.value.mistakes] == [field]


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@rule("P1.5")
@given(st.sampled_from(sorted(good())), junk)
def test_junk_is_refused_and_never_crashes(field: str, value: Any) -> None:
    """Whatever stands in a field, the file is read or refused with its mistakes."""
    read = False
    try:
        read = isinstance(programme_from(good() | {field: value}), Programme)
    except InvalidDocument as error:
        found = list(error.mistakes)
    else:
        found = []
    assert (not found) == read


def test_what_no_file_could_name_is_refused_within_others() -> None:
    """All and any take lists of conditions, each with a word of its own."""
    for wrap in (AllOf, AnyOf):
        for wrong in ("wine", (Condition(),), [None]):
            with pytest.raises(InvalidDocument):
                wrap(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("hours", ["", "16", "16:00", "16-18", "25:00-26:00", "16:00-18:60", "a-b"])
def test_hours_that_cannot_be_read(hours: str) -> None:
    """Hours are two times of a clock."""
    with pytest.raises((InvalidDocument, InvalidValue), match="hours"):
        InHours(hours)


LISTS: list[tuple[str, tuple[Any, ...]]] = [
    ("base", ("base",)),
    ("multipliers", ("multipliers",)),
    ("multipliers[1].when.all", ("multipliers", 1, "when", "all")),
    ("multipliers[1].when.all[0].category", ("multipliers", 1, "when", "all", 0, "category")),
    ("behaviours[0].limits", ("behaviours", 0, "limits")),
    ("tiers.ladder", ("tiers", "ladder")),
]


@rule("P1.7")
@given(
    st.sampled_from(LISTS), st.text(max_size=5) | st.dictionaries(st.text(max_size=2), st.none())
)
def test_a_word_is_no_list(where: tuple[str, tuple[Any, ...]], value: Any) -> None:
    """A word or a table where a list is meant is refused under its path, never taken apart."""
    path, place = where
    data = good()
    plant(data, place, value)
    with pytest.raises(InvalidDocument) as refused:
        programme_from(data)
    assert (path, f"expected a list, got {value!r}") in {
        (m.path, m.text) for m in refused.value.mistakes
    }


@rule("P1.7")
@given(st.sampled_from((InCategory, OfSku, InChannel, InStore)), st.text(min_size=1, max_size=5))
def test_a_word_is_no_list_in_python(kind: Any, word: str) -> None:
    """Conditions take lists of names, and nothing else that can be walked."""
    assert kind([word]) == kind((word,))
    for wrong in (word, (), [""], [1], {word: word}, None):
        with pytest.raises(InvalidDocument) as refused:
            kind(wrong)
        assert [m.path for m in refused.value.mistakes] == [kind.key]


@pytest.mark.parametrize(
    "build",
    [
        lambda: Programme("Shop", "CNY", "Asia/Shanghai", ("spend",)),  # type: ignore[arg-type]
        lambda: Programme(None, "CNY", "Asia/Shanghai", ()),  # type: ignore[arg-type]
        lambda: Programme("Shop", 1, "Asia/Shanghai", ()),  # type: ignore[arg-type]
        lambda: Programme("Shop", "CNY", "Asia/Shanghai", (), late_facts_days=True),
        lambda: Programme("Shop", "CNY", "Asia/Shanghai", (), tiers=[]),  # type: ignore[arg-type]
        lambda: Earning(stacking={"campaigns": "best"}),  # type: ignore[dict-item]
        lambda: Earning(rounding="floor"),  # type: ignore[arg-type]
        lambda: Expiry(after=12),  # type: ignore[arg-type]
        lambda: Base("spend", when="always"),  # type: ignore[arg-type]
        lambda: Behaviour("share", 50, (3,)),  # type: ignore[arg-type]
        lambda: Window(rolling_days="90"),  # type: ignore[arg-type]
        lambda: Length(days="12"),  # type: ignore[arg-type]
        lambda: Not("wine"),  # type: ignore[arg-type]
        lambda: During("2026-01-01", date(2026, 1, 2)),  # type: ignore[arg-type]
        lambda: Recurs(5),  # type: ignore[arg-type]
        lambda: Recurs("FREQ=WEEKLY", datetime(2026, 1, 5, tzinfo=UTC)),
        lambda: Base("spend", when=Condition()),
        lambda: Not(Condition()),
        lambda: BasketFrom(1.5),  # type: ignore[arg-type]
        lambda: FirstPurchase("yes"),  # type: ignore[arg-type]
        lambda: InHours(16),  # type: ignore[arg-type]
        lambda: OnAnniversary("day"),  # type: ignore[arg-type]
    ],
)
def test_parts_of_another_type_are_refused_by_name(build: Any) -> None:
    """A programme built in Python is held to what a file is held to."""
    with pytest.raises(InvalidValue) as refused:
        build()
    assert refused.value.field.count(".") == 1


def test_points_that_never_expire_end_with_no_period() -> None:
    """`end_of` without `after` says nothing, so it is refused."""
    with pytest.raises(InvalidDocument) as refused:
        programme_from(good() | {"expiry": {"end_of": "month"}})
    assert [m.path for m in refused.value.mistakes] == ["expiry.end_of"]


def test_two_rules_of_one_id() -> None:
    """An id names one rule in every explanation, so it may stand once."""
    data = good()
    data["multipliers"][1]["id"] = "member-day"
    with pytest.raises(InvalidDocument) as refused:
        programme_from(data)
    assert [m.path for m in refused.value.mistakes] == ["multipliers"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("club.toml", "name = "), ("club.json", "{"), ("club.yaml", ""), ("none.toml", None)],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, text: str | None) -> None:
    """A broken file, a missing one and one of another kind are mistakes like others."""
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(InvalidDocument) as refused:
        load_programme(tmp_path / name)
    assert name in str(refused.value)


def lives(months: int, pending: int) -> dict[str, Any]:
    return good() | {"expiry": {"after": {"months": months}, "pending": {"days": pending}}}


@rule("P1.6")
@given(st.integers(1, 12), st.integers(0, 400))
def test_points_live_until_they_can_be_spent(months: int, pending: int) -> None:
    """A life that ends within the pending days is refused at its path; a longer one is read."""
    if pending >= months * 31:
        with pytest.raises(InvalidDocument) as refused:
            programme_from(lives(months, pending))
        assert [m.path for m in refused.value.mistakes] == ["expiry.after"]
    elif pending < months * 28:
        assert programme_from(lives(months, pending)).expiry.pending.days == pending
    idle = lives(months, pending)
    del idle["expiry"]["after"]
    idle["inactivity"] = {"after": {"months": months}}
    if pending >= months * 31:
        with pytest.raises(InvalidDocument) as refused:
            programme_from(idle)
        assert [m.path for m in refused.value.mistakes] == ["inactivity.after"]
    elif pending < months * 28:
        assert programme_from(idle).inactivity is not None


def test_a_month_may_be_short() -> None:
    """A month from 31 January ends before thirty pending days do, so it is refused."""
    with pytest.raises(InvalidDocument):
        programme_from(lives(1, 30))
