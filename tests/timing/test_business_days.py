"""Targets in working dates (T8)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from loyalcore import InvalidValue
from loyalcore.testing import rule
from loyalcore.testing.calendars import instants_near, places
from loyalcore.timing import (
    BusinessCalendar,
    DueAt,
    Week,
    Weekday,
    day_interval,
    start_of_day,
    zone,
)
from tests.timing.slow_calendar import SlowCalendar
from tests.timing.test_business import Case, cases

A_DAY = timedelta(days=1)
counts = st.just(0) | st.integers(0, 6)


@rule("T8.1")
@given(cases(), st.data())
def test_working_dates_are_counted_without_the_first(case: Case, data: st.DataObject) -> None:
    """One by one: those behind the start's date, up to and with the end's; negated backwards."""
    calendar, slow, around = case
    start, end = (data.draw(instants_near(around)) for _ in range(2))
    first, last = slow.date_of(start), slow.date_of(end)
    expected = sum(slow.works_on(day) for day in slow.days if first < day <= last)
    expected -= sum(slow.works_on(day) for day in slow.days if last < day <= first)
    assert calendar.count_business_days(start, end) == expected
    assert calendar.count_business_days(first, last) == expected
    assert calendar.count_business_days(end, start) == -expected


def nth(slow: SlowCalendar, start: datetime, days: int) -> date | None:
    """The working date so many behind the start's, one by one; None if it is out of sight."""
    behind = [day for day in slow.days if day > slow.date_of(start) and slow.works_on(day)]
    return behind[days - 1] if days <= len(behind) else None


@rule("T8.2")
@given(cases(), counts, st.data())
def test_at_the_same_wall_time_or_the_next_opening(
    case: Case, days: int, data: st.DataObject
) -> None:
    """The start's wall time on that date (none: the start itself), then the next opening."""
    calendar, slow, around = case
    start = data.draw(instants_near(around))
    at = start
    if days:
        day = nth(slow, start, days)
        assume(day is not None)
        wall = start.astimezone(slow.tz)
        beside = timedelta(minutes=wall.minute % 5, seconds=wall.second)
        beside += timedelta(microseconds=wall.microsecond)
        cell = datetime.combine(day, wall.time()) - beside
        at = slow.cells[slow.at(cell)] + beside
    expected = slow.add_latest(at, timedelta())
    assume(expected is not None)
    assert calendar.add_business_days(start, days) == expected


@rule("T8.3")
@given(cases(), counts, st.data())
def test_at_closing(case: Case, days: int, data: st.DataObject) -> None:
    """The end of the last window of that date, overnight on the next; of none, the next to come."""
    calendar, slow, around = case
    ends = [slow.end_of(day) for day in slow.days[3:9] if slow.works_on(day)]
    start = data.draw(instants_near(around) | st.sampled_from(ends or [slow.sight]))
    if days:
        day = nth(slow, start, days)
    else:
        today = slow.date_of(start)
        left = [d for d in slow.days if d >= today and slow.works_on(d) and slow.end_of(d) >= start]
        day = left[0] if left else None
    assume(day is not None)
    assert calendar.add_business_days(start, days, DueAt.CLOSING) == slow.end_of(day)


@rule("T8.4")
@given(cases(), counts, st.data())
def test_at_midnight(case: Case, days: int, data: st.DataObject) -> None:
    """The end of that local date, which is the first working one from the start's on for none."""
    calendar, slow, around = case
    start = data.draw(instants_near(around))
    day = nth(slow, start, days) if days else nth(slow, start - A_DAY, 1)
    if not days:
        left = [d for d in slow.days if d >= slow.date_of(start) and slow.works_on(d)]
        day = left[0] if left else None
    assume(day is not None)
    due = calendar.add_business_days(start, days, DueAt.MIDNIGHT)
    assert due == day_interval(day, slow.tz)[1]
    assert due > start


@rule("T8.4")
@given(places(), counts, st.integers(0, 86_399))
@example(("America/St_Johns", date(2010, 11, 7)), 0, 204)
def test_a_midnight_of_a_clock_change(place: tuple[str, date], days: int, second: int) -> None:
    """Open around the clock every date counts, and ends when the next one begins."""
    timezone, day = place
    tz = zone(timezone)
    calendar = BusinessCalendar(timezone, Week.same("00:00-24:00", on=Weekday))
    begin = start_of_day(day - days * A_DAY, tz)
    start = begin + timedelta(seconds=second)
    assume(start < day_interval(day - days * A_DAY, tz)[1])
    assume(all(calendar.is_working_day(day - n * A_DAY) for n in range(days + 1)))
    assert calendar.add_business_days(start, days, DueAt.MIDNIGHT) == day_interval(day, tz)[1]


@rule("T8.5")
@given(cases(), st.integers(max_value=-1) | st.sampled_from((1.0, True, "3", None)), st.data())
def test_only_whole_numbers_of_days(case: Case, days: object, data: st.DataObject) -> None:
    """Fractions, text and numbers below nothing are refused by field."""
    calendar, _, around = case
    start = data.draw(instants_near(around))
    with pytest.raises(InvalidValue, match=r"add_business_days\.days"):
        calendar.add_business_days(start, days)
    with pytest.raises(InvalidValue, match=r"add_business_days\.due"):
        calendar.add_business_days(start, 1, "closing")
    with pytest.raises(InvalidValue, match=r"add_latest\.work"):
        calendar.add_latest(start, timedelta(microseconds=-1))
    with pytest.raises(InvalidValue, match=r"add\.work"):
        calendar.add(start, 3)


@rule("T8.6")
@given(cases(), st.integers(1, 9))
def test_a_stretch_that_ends_before_it_starts_is_refused(case: Case, days: int) -> None:
    """As dates to explain and as open windows alike; counted it is negative."""
    calendar, slow, around = case
    before = around - days * A_DAY
    with pytest.raises(InvalidValue, match=r"days\.last.*not before the first"):
        calendar.days(around, before)
    start, end = (start_of_day(day, slow.tz) for day in (before, around + A_DAY))
    with pytest.raises(InvalidValue, match=r"windows\.end.*not before the start"):
        calendar.windows(end, start)
    assert calendar.count_business_days(around, before) <= 0
