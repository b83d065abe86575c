"""Birthdays are kept once a year, those of 29 February too (L7)."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalcore import InvalidValue
from loyalcore.loyalty import BirthdaySpan, Facts, OnBirthday
from loyalcore.testing import rule
from loyalcore.testing.loyalty import month_days
from loyalcore.timing import LeapDay, MonthDay

years, policies = st.integers(1900, 2199), st.sampled_from(LeapDay)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@rule("L7.3")
@given(month_days(), years, policies)
@example(MonthDay(2, 29), 1900, LeapDay.MARCH_1)
def test_once_a_year(birthday: MonthDay, year: int, policy: LeapDay) -> None:
    """One day of each year is the birthday; a leap day's, in a common year, is the one stated."""
    on = OnBirthday(BirthdaySpan.DAY)
    kept = [day for day in days_of(year) if on.holds(Facts(day, policy, birthday))]
    assert kept == [birthday.kept_in(year, policy)]
    own = [day for day in days_of(year) if (day.month, day.day) == (birthday.month, birthday.day)]
    month, day_ = map(int, policy.value.split("-"))
    assert kept == (own or [date(year, month, day_)])


@rule("L7.5")
@given(month_days(), st.dates(date(1990, 1, 1), date(2099, 12, 31)), policies)
def test_its_week_and_month(birthday: MonthDay, day: date, policy: LeapDay) -> None:
    """Its week runs from Monday, over the turn of the year too; its month is the calendar's."""
    around = [birthday.kept_in(day.year + n, policy) for n in (-1, 0, 1)]
    monday = day - timedelta(days=day.weekday())
    in_week = any(monday <= kept <= monday + timedelta(days=6) for kept in around)
    in_month = any((kept.year, kept.month) == (day.year, day.month) for kept in around)
    facts = Facts(day, policy, birthday)
    assert OnBirthday(BirthdaySpan.WEEK).holds(facts) == in_week
    assert OnBirthday(BirthdaySpan.MONTH).holds(facts) == in_month
    assert not any(OnBirthday(span).holds(Facts(day, policy)) for span in BirthdaySpan)


@rule("L7.6")
@given(st.integers(-1, 14), st.integers(-1, 33))
def test_days_that_no_year_has(month: int, day: int) -> None:
    """A month and a day that stand in some year's calendar are accepted, others refused."""
    exists = any((d.month, d.day) == (month, day) for d in days_of(2000))
    if exists:
        assert MonthDay(month, day).month == month
    else:
        with pytest.raises(InvalidValue):
            MonthDay(month, day)
