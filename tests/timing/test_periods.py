"""Periods and lengths of whole local days (L7)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidDocument
from loyalcore.testing import rule
from loyalcore.timing import Cycle, Length
from tests.loyalty.slow_earning import first_day, later, next_first_day

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
cycles = st.sampled_from(Cycle)
lengths = st.builds(
    Length, days=st.integers(0, 400), months=st.integers(0, 40), years=st.integers(0, 20)
)


@rule("L7.2")
@given(days, cycles)
def test_a_period_holds_its_days(day: date, cycle: Cycle) -> None:
    """Walking day by day finds the same first day, and the same first day of the next period."""
    start, following = cycle.start(day), cycle.next_start(day)
    assert start <= day < following
    assert (start, following) == (first_day(cycle, day), next_first_day(cycle, day))


@rule("L7.2")
@given(days, cycles)
def test_periods_follow_one_another(day: date, cycle: Cycle) -> None:
    """The day before a period belongs to the one that ends there."""
    start = cycle.start(day)
    assert cycle.next_start(start - timedelta(days=1)) == start == cycle.start(start)


@rule("L7.1")
@given(days, lengths)
def test_months_count_from_the_date_itself(day: date, length: Length) -> None:
    """Months and years first, cut to the month's last day once, then the days."""
    assert length.after(day) == later(length, day)


@rule("L7.1")
@given(days, st.integers(0, 240))
def test_a_month_later_is_the_same_day_or_the_last(day: date, months: int) -> None:
    """n months on stands the same day of the month, or its last day if that is earlier."""
    then = Length(months=months).after(day)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then.day < day.day and (then + timedelta(days=1)).day == 1)


@rule("L7.1")
@given(days, lengths)
def test_no_length_takes_longer_than_its_most_days(day: date, length: Length) -> None:
    """A bound that holds from any date on."""
    assert timedelta(0) <= length.after(day) - day <= timedelta(days=length.most_days)
    assert bool(length) == (length.after(day) > day)


@pytest.mark.parametrize("field", ["days", "months", "years"])
@given(amount=st.integers(-1000, -1) | st.integers(36_601, 10**9))
def test_lengths_that_are_refused(field: str, amount: int) -> None:
    """Negative ones, and ones of more than a hundred years."""
    with pytest.raises(InvalidDocument) as refused:
        Length(**{field: amount})
    assert refused.value.mistakes[0].path == (field if amount < 0 else "")
