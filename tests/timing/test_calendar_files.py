"""Business calendars as data (T10)."""

import json
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidDocument
from loyalcore.testing import rule
from loyalcore.testing.calendars import business_calendars, places
from loyalcore.timing import (
    BusinessCalendar,
    Week,
    calendar_data,
    calendar_from,
    load_calendar,
)

SOUND = {
    "timezone": "Europe/London",
    "week": {"mon": ["09:00-12:00", "13:00-17:30"], "tue": ["22:00-06:00"]},
    "holidays": {
        "closed": [{"day": "2026-12-25", "name": "Christmas Day"}],
        "worked": [{"day": "2026-02-14", "like": "fri"}],
        "known_through": "2026-12-31",
    },
    "closures": [{"day": "2026-08-03", "last": "2026-08-07"}, {"day": "2026-09-01"}],
    "exceptions": [{"day": "2026-12-24", "hours": ["09:00-13:00"]}],
    "breaks": [{"hours": "12:00-13:00", "days": ["mon"]}, {"hours": "11:00-12:00"}],
}
# Each a way to spoil one part: where it stands, what to put there, and the path that is told.
SPOILT: dict[str, tuple[tuple[Any, ...], Any]] = {
    "timezone": (("timezone",), "Asia/Peking"),
    "week.mon[0]": (("week", "mon", 0), "9-12"),
    "week.tue": (("week", "tue"), ["09:00-12:00", "11:00-13:00"]),
    "week.moon": (("week", "moon"), []),
    "holidays.closed[0].day": (("holidays", "closed", 0, "day"), "2027-01-01"),
    "holidays.worked[0].like": (("holidays", "worked", 0, "like"), "friday"),
    "closures[0].last": (("closures", 0, "last"), "2026-08-02"),
    "breaks[0].name": (("breaks", 0, "name"), 7),
    "exceptions[0].hours": (("exceptions", 0, "hours"), []),
    "exceptions[1].day": (("exceptions", 1), {"day": "2026-09-01", "hours": ["10:00-11:00"]}),
    "breaks[0].hours": (("breaks", 0, "hours"), "12:00 to 13:00"),
    "breaks[1].on": (("breaks", 1), {"hours": "11:00-12:00", "days": ["mon"], "on": "2026-08-03"}),
    "colour": (("colour",), "blue"),
}


def spoilt(paths: list[str]) -> dict[str, Any]:
    document = json.loads(json.dumps(SOUND))
    for path in paths:
        *way, last = SPOILT[path][0]
        place: Any = document
        for step in way:
            place = place[step]
        if isinstance(place, list) and last == len(place):
            place.append(SPOILT[path][1])
        else:
            place[last] = SPOILT[path][1]
    return document


@rule("T10.1")
@given(places().flatmap(lambda place: business_calendars(*place)))
def test_written_and_read_back_it_is_the_same(calendar: BusinessCalendar) -> None:
    """As plain data, and through a JSON file."""
    data = calendar_data(calendar)
    assert calendar_from(data) == calendar
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "calendar.json"
        file.write_text(json.dumps(data), encoding="utf-8")
        assert load_calendar(file) == calendar


@rule("T10.2")
@given(st.lists(st.sampled_from(sorted(SPOILT)), unique=True, max_size=5))
def test_every_mistake_is_told_with_its_path(paths: list[str]) -> None:
    """Whatever else is wrong, each mistake is listed, and none that is not there."""
    if not paths:
        assert calendar_from(SOUND).name == ""
        return
    with pytest.raises(InvalidDocument) as refused:
        calendar_from(spoilt(paths), "shop.toml")
    assert sorted(mistake.path for mistake in refused.value.mistakes) == sorted(paths)
    assert refused.value.source == "shop.toml"


@rule("T10.3")
@given(st.none() | st.integers() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))
def test_what_is_no_calendar_is_refused(data: Any) -> None:
    """Anything that is no table of a zone and hours is refused, never half read."""
    with pytest.raises(InvalidDocument):
        calendar_from(data)


def test_a_toml_file_with_dates_of_its_own() -> None:
    """TOML has dates; they are read as they are."""
    text = """
    timezone = "Asia/Shanghai"
    name = "support"
    week.sat = ["10:00-24:00"]
    [[closures]]
    day = 2026-02-21
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "support.toml"
        file.write_text(text, encoding="utf-8")
        calendar = load_calendar(file)
    assert calendar.week == Week(sat=["10:00-24:00"])
    assert not calendar.is_working_day(date(2026, 2, 21))
    assert calendar.is_working_day(date(2026, 2, 21) + timedelta(days=7))
