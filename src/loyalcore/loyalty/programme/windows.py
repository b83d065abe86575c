"""Windows: the days that count for tiers, and how long a tier lasts."""

from datetime import date, timedelta

import attrs

from loyalcore import checks
from loyalcore.forms import demand_each
from loyalcore.timing import Cycle, LeapDay, MonthDay


@attrs.frozen
class Joined:
    """The local day of the year on which a member joined, and when one of 29 February is kept."""

    day: MonthDay
    leap_day: LeapDay = LeapDay.FEBRUARY_28

    def last(self, day: date) -> date:
        """Give the last day by then on which the day of joining is kept."""
        kept = self.day.kept_in(day.year, self.leap_day)
        return kept if kept <= day else self.day.kept_in(day.year - 1, self.leap_day)

    def following(self, day: date) -> date:
        """Give the next day after then on which it is kept."""
        kept = self.day.kept_in(day.year, self.leap_day)
        return kept if kept > day else self.day.kept_in(day.year + 1, self.leap_day)


_LEAST_DAYS = {
    Cycle.DAY: 1,
    Cycle.WEEK: 7,
    Cycle.MONTH: 28,
    Cycle.QUARTER: 90,
    Cycle.YEAR: 365,
}
_NEW_YEAR = Joined(MonthDay(1, 1))


@attrs.frozen
class Window:
    """The days that count, and how long a tier lasts before it is looked at again.

    One of these: a calendar period (`{ calendar = "year" }`), or the member's own year from the
    day of joining (`{ anniversary = true }`), at whose end the tier is kept or lost; a rolling
    number of days (`{ rolling_days = 90 }`), which a tier also lasts once reached; or all days
    since joining (`{ lifetime = true }`), where a tier is never looked at again.

    Attributes:
        calendar: a local calendar period.
        rolling_days: 1 to 1100 days.
        anniversary: years from the day of joining; one of 29 February is kept in common years
            on the programme's `leap_day_birthday`.
        lifetime: all days since joining.
    """

    calendar: Cycle | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.instance_of(Cycle))
    )
    rolling_days: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.whole)
    )
    anniversary: bool = attrs.field(default=False, validator=checks.instance_of(bool))
    lifetime: bool = attrs.field(default=False, validator=checks.instance_of(bool))

    def __attrs_post_init__(self) -> None:
        demand_each(
            self,
            (
                "",
                lambda: (
                    self._given == 1
                    or "give either calendar, rolling_days, anniversary or lifetime"
                ),
            ),
            (
                "rolling_days",
                lambda: (
                    self.rolling_days is None
                    or 1 <= self.rolling_days <= 1100
                    or f"{self.rolling_days}: give 1 to 1100 days"
                ),
            ),
        )

    @property
    def _given(self) -> int:
        one = (self.calendar is not None, self.rolling_days is not None)
        return sum((*one, self.anniversary, self.lifetime))

    @property
    def most_days(self) -> int:
        """The most days whose tallies it needs one by one."""
        return 0 if self.lifetime else self.rolling_days or 366

    @property
    def least_days(self) -> int:
        """The fewest days that a period has; 0 for life."""
        if self.lifetime:
            return 0
        return self.rolling_days or (_LEAST_DAYS[self.calendar] if self.calendar else 365)

    def days_up_to(self, day: date, joined: Joined = _NEW_YEAR) -> tuple[date, date]:
        """Give the first and last day that count on a day, both included."""
        if self.calendar is not None:
            return self.calendar.start(day), day
        if self.rolling_days is not None:
            return day - timedelta(days=self.rolling_days - 1), day
        return (date.min if self.lifetime else joined.last(day)), day

    def ends_after(self, day: date, joined: Joined = _NEW_YEAR) -> date | None:
        """Give the day at whose start a tier reached or kept on a day is looked at again."""
        if self.calendar is not None:
            return self.calendar.next_start(day)
        if self.rolling_days is not None:
            return day + timedelta(days=self.rolling_days)
        return None if self.lifetime else joined.following(day)
