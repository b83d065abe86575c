"""How long something may take, against walking the cells of a calendar (C5, T8)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalcore.complaints import Counting, Target
from loyalcore.errors import InvalidDocument, InvalidValue
from loyalcore.testing import rule
from loyalcore.testing.calendars import business_calendars, instants_near, places
from loyalcore.testing.slas import day_targets, targets, times
from loyalcore.timing import BusinessCalendar, DueAt, Week
from tests.complaints.slow_clock import slow_deadline
from tests.timing.slow_calendar import SlowCalendar

OFFICE = BusinessCalendar("Europe/London", Week.same("09:00-17:00"))


@st.composite
def cases(draw: st.DrawFn, some: st.SearchStrategy[Target]) -> Any:
    """Draw a target, a calendar beside its slow twin, and an instant."""
    timezone, around = draw(places())
    calendar = draw(business_calendars(timezone, around))
    start = draw(instants_near(around, days=2))
    return draw(some), calendar, SlowCalendar(calendar, around), start


@rule("C5.3")
@given(case=cases(targets()), paused=st.integers(0, 600).map(lambda n: timedelta(minutes=n)))
def test_deadline(case: Any, paused: timedelta) -> None:
    """A deadline is the one that walking the calendar finds, pauses counted on."""
    target, calendar, slow, start = case
    expected = slow_deadline(target, slow, start, paused)
    assume(expected is not None)
    assert target.deadline(calendar, start, paused) == expected


@rule("C5.3")
@given(case=cases(times()))
def test_time_is_used_up_to_the_microsecond(case: Any) -> None:
    """At the deadline the target has passed and no more, a microsecond on more has."""
    target, calendar, slow, start = case
    assume(slow_deadline(target, slow, start, timedelta()) is not None)
    measure, deadline = target.measure(calendar), target.deadline(calendar, start)
    assert measure.between(start, deadline) == target.time
    assert measure.between(start, deadline + timedelta(microseconds=1)) > target.time


@rule("C5.3")
@given(case=cases(day_targets()), first=st.integers(0, 900), more=st.integers(0, 900))
def test_more_pauses_never_bring_a_deadline_forward(case: Any, first: int, more: int) -> None:
    """A deadline in dates lies behind its start, and pauses only put it off."""
    target, calendar, slow, start = case
    one, other = timedelta(minutes=first), timedelta(minutes=first + more)
    assume(slow_deadline(target, slow, start, other) is not None)
    early, late = target.deadline(calendar, start, one), target.deadline(calendar, start, other)
    assert start < early <= late


@rule("C5.3")
@given(st.integers(0, 6), st.integers(0, 23))
def test_close_of_the_third_business_day(day: int, hour: int) -> None:
    """Received on any day of the week, the third business day behind it closes at five."""
    received = datetime(2026, 3, 2 + day, hour, tzinfo=UTC)
    third = Target(days=3, counted=Counting.WORKING_DAYS, until=DueAt.CLOSING)
    closes = [5, 6, 9, 10, 11, 11, 11][day]
    assert third.deadline(OFFICE, received) == datetime(2026, 3, closes, 17, tzinfo=UTC)


@rule("C5.3")
@given(instants_near(datetime(2026, 3, 29, tzinfo=UTC).date()), st.integers(1, 12))
def test_weeks_are_seven_days_each(start: datetime, weeks: int) -> None:
    """Weeks are so many times seven calendar days."""
    days = Target(days=7 * weeks, counted=Counting.CALENDAR_DAYS)
    assert Target(weeks=weeks).deadline(OFFICE, start) == days.deadline(OFFICE, start)


WRONG: tuple[dict[str, Any], ...] = (
    {},
    {"days": 3},
    {"hours": 1, "counted": Counting.WORKING_DAYS},
    {"days": 3, "counted": Counting.ELAPSED},
    {"weeks": 1, "counted": Counting.WORKING_DAYS},
    {"hours": 1, "until": DueAt.CLOSING},
    {"days": 1, "counted": Counting.CALENDAR_DAYS, "until": DueAt.CLOSING},
    {"hours": 24 * 4000},
)


@rule("C5.6")
@given(st.sampled_from(WRONG) | st.integers(-99, -1).map(lambda n: {"minutes": n}))
def test_refused(fields: dict[str, Any]) -> None:
    """A target that is negative, empty or of two kinds at once is refused, field named."""
    with pytest.raises((InvalidDocument, InvalidValue)):
        Target(**fields)
