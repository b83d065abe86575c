"""Public holidays from the `holidays` package (T11)."""

import sys
from datetime import date, timedelta
from typing import Any

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidValue
from loyalcore.adapters import public_holidays
from loyalcore.errors import CalendarUnknown, ExtraMissing
from loyalcore.testing import rule
from loyalcore.timing import Because, BusinessCalendar, Week, Weekday

PLACES = (("CN", None), ("GB", "ENG"), ("US", "NY"), ("HU", None), ("VN", None), ("AU", "NSW"))
years = st.integers(2018, 2026)
NINE_TO_FIVE = Week.same("09:00-17:00")


@rule("T11.1")
@given(st.sampled_from(PLACES), years, years)
def test_they_are_the_packages_own(place: tuple[str, str | None], one: int, other: int) -> None:
    """Day by day, as the package answers when it is asked for that year."""
    since, through = sorted((one, other))
    country, subdivision = place
    found = public_holidays(country, since, through, subdivision=subdivision)
    calendar = BusinessCalendar("UTC", NINE_TO_FIVE, found)
    named = {each.day: each.name for each in found.closed}
    theirs = holidays.country_holidays(country, subdivision)
    day = date(since, 1, 1)
    while day.year <= through:
        assert (day in named) == (day in theirs)
        assert named.get(day) == theirs.get(day)
        assert calendar.is_working_day(day) == theirs.is_working_day(day)
        day += timedelta(days=1)
    assert (found.known_from, found.known_through) == (date(since, 1, 1), date(through, 12, 31))
    with pytest.raises(CalendarUnknown):
        calendar.is_working_day(day)


@rule("T11.2")
@given(years)
def test_days_worked_have_the_hours_of_the_day_they_stand_for(year: int) -> None:
    """A Saturday worked for a Friday off has Friday's hours, whatever Saturday has."""
    found = public_holidays("CN", year)
    hours = {day.value: [f"{9 + day.number:02}:00-17:00"] for day in Weekday if day.number < 5}
    calendar = BusinessCalendar("Asia/Shanghai", Week(**hours), found)
    theirs = holidays.country_holidays("CN", years=range(year, 2028))
    decreed = {day for day in theirs.weekend_workdays if date(year, 1, 1) <= day}
    assert {each.day for each in found.worked} == decreed
    for each in found.worked:
        (shown,) = calendar.days(each.day, each.day)
        assert shown.because is Because.WORKED
        off = date.fromisoformat(each.name.removeprefix("in place of "))
        assert off in theirs and off.weekday() == each.like.number
        assert shown.hours == calendar.week.on(each.like)


@rule("T11.1")
@given(st.sampled_from((("CN", 2026), ("HU", 2026), ("BG", 2016))), st.integers(1, 9))
def test_beyond_the_last_decree_nothing_is_known(known: tuple[str, int], more: int) -> None:
    """Years without a decree are refused, unless one says that there are none any more."""
    country, last = known
    # A later package knows more.
    decreed = public_holidays(country, 2010).known_through
    assert decreed >= date(last, 12, 31)
    with pytest.raises(InvalidValue, match=r"public_holidays\.years"):
        public_holidays(country, 2010, decreed.year + more)
    later = public_holidays(country, 2010, decreed.year + more, beyond_decrees=True)
    assert later.known_through == date(decreed.year + more, 12, 31)


@rule("T11.3")
@given(st.sampled_from(PLACES), st.sampled_from((str.lower, str.title, "{} ".format)))
def test_a_code_written_in_another_way_is_suggested(place: tuple, spoil: Any) -> None:
    """Letters in the wrong case, or one too many, lead to the code that the package has."""
    country, subdivision = place
    with pytest.raises(InvalidValue, match=rf"\.country: .*did you mean {country}\?"):
        public_holidays(spoil(country), 2026)
    if subdivision:
        with pytest.raises(InvalidValue, match=rf"\.subdivision: .*did you mean {subdivision}\?"):
            public_holidays(country, 2026, subdivision=spoil(subdivision))


def test_what_the_package_does_not_know_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A country, a part of it or a language that it does not have; and that it is missing."""
    for country, meant in (("cn", "CN"), ("gb", "GB"), ("CHNN", "CHN")):
        with pytest.raises(InvalidValue, match=rf"country: '{country}'.*did you mean {meant}\?"):
            public_holidays(country, 2026)
    for country in ("", "country_holidays", "9"):
        with pytest.raises(InvalidValue, match=r"public_holidays\.country.*ISO 3166"):
            public_holidays(country, 2026)
    with pytest.raises(InvalidValue, match=r"subdivision: 'eng'.*did you mean ENG\?"):
        public_holidays("GB", 2026, subdivision="eng")
    with pytest.raises(InvalidValue, match=r"subdivision: 'XX'.*give one of ENG, "):
        public_holidays("GB", 2026, subdivision="XX")
    with pytest.raises(InvalidValue, match=r"public_holidays\.language"):
        public_holidays("CN", 2026, language="xx")
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(ExtraMissing, match=r"loyalcore\[holidays\]"):
        public_holidays("CN", 2026)
