"""Birthdays: a month and a day, kept once a year."""

from calendar import isleap
from datetime import MAXYEAR, MINYEAR, date
from enum import Enum

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue


class LeapDay(Enum):
    """The day on which a 29 February birthday is kept in a common year."""

    FEBRUARY_28 = "02-28"
    MARCH_1 = "03-01"


@attrs.frozen
class MonthDay:
    """A day of the year without its year.

    Raises:
        InvalidValue: no year has this day.

    >>> MonthDay(2, 29).kept_in(2026, LeapDay.MARCH_1)
    datetime.date(2026, 3, 1)
    """

    month: int = attrs.field(validator=checks.whole)
    day: int = attrs.field(validator=checks.whole)

    def __attrs_post_init__(self) -> None:
        try:
            date(2000, self.month, self.day)
        except (ValueError, OverflowError):
            fix = "give a month from 1 to 12 and a day that it has"
            raise InvalidValue("MonthDay", (self.month, self.day), fix) from None

    def kept_in(self, year: int, leap_day: LeapDay) -> date:
        """Give the date on which this day is kept in a year.

        Raises:
            InvalidValue: the year is none, or the leap day is of another kind.
        """
        field, fix = "MonthDay.kept_in.year", f"give a year from {MINYEAR} to {MAXYEAR}"
        checks.argument(field, year, int, fix)
        if not MINYEAR <= year <= MAXYEAR:
            raise InvalidValue(field, year, fix)
        checks.argument("MonthDay.kept_in.leap_day", leap_day, LeapDay, checks.give(LeapDay))
        if (self.month, self.day) != (2, 29) or isleap(year):
            return date(year, self.month, self.day)
        return date(year, 2, 28) if leap_day is LeapDay.FEBRUARY_28 else date(year, 3, 1)
