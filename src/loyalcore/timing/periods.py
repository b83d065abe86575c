"""Calendar periods and lengths of time, counted in whole local days."""

from collections.abc import Callable
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache

import attrs
from dateutil.relativedelta import relativedelta

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.forms import demand_each

_LONGEST_DAYS = 36_600
_TOO_LATE = "give an earlier one: no date lies behind the year 9999"
_MONTHS_ENDS = [timedelta(days=days) for days in range(4)]


class Cycle(Enum):
    """A calendar period that repeats: a day, a week from Monday, a month, a quarter, a year."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def start(self, day: date) -> date:
        """Give the first day of the period that holds a day.

        >>> Cycle.QUARTER.start(date(2026, 5, 20))
        datetime.date(2026, 4, 1)
        """
        checks.argument("Cycle.start.day", day, date, "give a date")
        return _STARTS[self](day)

    def next_start(self, day: date) -> date:
        """Give the first day of the period after the one that holds a day.

        >>> Cycle.MONTH.next_start(date(2026, 1, 31))
        datetime.date(2026, 2, 1)
        """
        checks.argument("Cycle.next_start.day", day, date, "give a date")
        try:
            return self.start(self.start(day) + _LONGEST[self])
        except OverflowError:
            raise InvalidValue("Cycle.next_start.day", day, _TOO_LATE) from None


_STARTS: dict[Cycle, Callable[[date], date]] = {
    Cycle.DAY: lambda day: day,
    Cycle.WEEK: lambda day: day - timedelta(days=day.weekday()),
    Cycle.MONTH: lambda day: day.replace(day=1),
    Cycle.QUARTER: lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    Cycle.YEAR: lambda day: day.replace(month=1, day=1),
}
# So many days after its first day, the next period has begun and the one after it has not.
_LONGEST: dict[Cycle, timedelta] = {
    Cycle.DAY: timedelta(days=1),
    Cycle.WEEK: timedelta(days=7),
    Cycle.MONTH: timedelta(days=31),
    Cycle.QUARTER: timedelta(days=92),
    Cycle.YEAR: timedelta(days=366),
}


@attrs.frozen
class Length:
    """A length of time in local calendar days: months and years first, then days.

    Months count from the date itself: 31 January + 1 month is the last of February, and
    + 2 months is 31 March, not 28.

    >>> Length(months=1).after(date(2026, 1, 31)), Length(months=2).after(date(2026, 1, 31))
    (datetime.date(2026, 2, 28), datetime.date(2026, 3, 31))
    """

    days: int = attrs.field(default=0, validator=checks.whole)
    months: int = attrs.field(default=0, validator=checks.whole)
    years: int = attrs.field(default=0, validator=checks.whole)

    def __attrs_post_init__(self) -> None:
        less = "is negative: give 0 or more"
        demand_each(
            self,
            ("days", lambda: self.days >= 0 or f"{self.days} {less}"),
            ("months", lambda: self.months >= 0 or f"{self.months} {less}"),
            ("years", lambda: self.years >= 0 or f"{self.years} {less}"),
            (
                "",
                lambda: (
                    self.most_days <= _LONGEST_DAYS
                    or "longer than 100 years: leave it out for never"
                ),
            ),
        )

    def __bool__(self) -> bool:
        return bool(self.days or self.months or self.years)

    @property
    def most_days(self) -> int:
        """The most days that this length can take."""
        return self.days + self.months * 31 + self.years * 366

    @property
    def least_days(self) -> int:
        """The fewest days that this length can take.

        >>> Length(months=1).least_days
        28
        """
        return _least_days(self)

    def after(self, day: date) -> date:
        """Give the date this length after a date."""
        checks.argument("Length.after.day", day, date, "give a date")
        try:
            if self.months or self.years:
                day += relativedelta(months=self.months, years=self.years)
            return day + timedelta(days=self.days)
        except (OverflowError, ValueError):
            raise InvalidValue("Length.after.day", day, _TOO_LATE) from None


@lru_cache(maxsize=256)
def _least_days(length: Length) -> int:
    """Try all days from which months can be cut, in four years."""
    ends = (date(2023 + month // 12, month % 12 + 1, 28) for month in range(48))
    starts = (day + offset for day in ends for offset in _MONTHS_ENDS)
    return min((length.after(day) - day).days for day in starts)
