"""What a business calendar reckons with, worked out once from its data."""

from collections.abc import Sequence
from datetime import date, datetime

import attrs

from loyalcore.timing.business_day import DueAt
from loyalcore.timing.calendar_mistakes import is_whole_week, weekly_pattern
from loyalcore.timing.hours import Week, Weekday
from loyalcore.timing.openings import A_DAY, Openings, instant, micros
from loyalcore.timing.special_days import Break, Closure, Holidays, HoursOn
from loyalcore.timing.timeline import Timeline
from loyalcore.timing.zones import local_date, start_of_day, zone

# A block of instants lasts 51 days, one of dates 64.
_SHIFT, _DATES_SHIFT = 42, 6
# The dates whose instants lie within the years that the library reckons with.
_FIRST, _LAST = date(1900, 1, 4), date(8999, 12, 28)
# By then the last window that opens on a date has closed.
_SPILL = 3 * A_DAY


@attrs.frozen
class Reckoning:
    """Open instants and working dates, and how far they go.

    Attributes:
        openings: what is open on each date.
        open: the open microseconds.
        dates: the working dates, by number.
        first: the first instant that is known.
        last: the end of what is known.
        known_dates: the numbers of the dates that are known.
        regular: from here on nothing differs from the week.
        never: before the first date with hours of its own nothing opens, and none behind the last:
            as far as what is known goes.
        always: the week alone never closes.
    """

    openings: Openings
    open: Timeline
    dates: Timeline
    first: int
    last: int
    known_dates: range
    regular: int
    never: tuple[bool, bool]
    always: bool

    @classmethod
    def of(
        cls,
        timezone: str,
        week: Week,
        holidays: Holidays,
        closures: Sequence[Closure],
        exceptions: Sequence[HoursOn],
        breaks: Sequence[Break],
    ) -> "Reckoning":
        """Work it out from a calendar's data, which must be sound."""
        tz = zone(timezone)
        openings = Openings.of(tz, week, holidays, closures, exceptions, breaks)
        since, upto = holidays.first_known or _FIRST, (holidays.known_through or _LAST) + A_DAY
        first, last = micros(start_of_day(since, tz)), micros(start_of_day(upto, tz))
        overnight = any(hours.overnight for day in Weekday for hours in week.on(day))
        if overnight and holidays.first_known:
            # Whether the night before opened, nobody knows.
            first = micros(start_of_day(since + A_DAY, tz))
        known_dates = range(since.toordinal(), upto.toordinal())
        pattern = weekly_pattern(week, breaks)
        own = [*openings.special, *openings.dated_breaks] or [_FIRST]
        begin, regular = min(own) - A_DAY, max(own) + _SPILL
        reach = [(micros(start_of_day(day, tz)), day.toordinal()) for day in (begin, regular)]
        if pattern:
            reach = [(first, known_dates.start), (last, known_dates.stop)]
        # Where the week has no hours, only the dates that have their own are searched.
        (low, low_date), (high, high_date) = reach
        return cls(
            openings,
            Timeline(openings.marks, _SHIFT, max(first, low), min(last, high)),
            Timeline(
                openings.working,
                _DATES_SHIFT,
                max(known_dates.start, low_date),
                min(known_dates.stop, high_date),
            ),
            first,
            last,
            known_dates,
            micros(start_of_day(regular, tz)),
            never=(not pattern and first <= low, not pattern and high <= last),
            always=is_whole_week(pattern),
        )

    def closes(self, at: int) -> int | None:
        """Give the first closing behind an open instant; None when what is known ends before."""
        limit = min(self.last, self.regular) if self.always else self.last
        return self.open.until(at, limit)

    def closing(self, day: date) -> datetime:
        """Give the end of the last window of a working date."""
        return self.openings.day(day).open.parts[-1].end

    def date_of(self, at: datetime) -> date:
        """Give the local date of an instant."""
        return local_date(at, self.openings.tz)

    def date_after(self, at: int, days: int, due: DueAt) -> date:
        """Give the working date so many behind an instant's; with none the first that ends later.

        Raises:
            OffTheLine: there is none.
        """
        today = self.date_of(instant(at)).toordinal()
        if days:
            return date.fromordinal(self.dates.earliest(today + 1, days) - 1)
        found = date.fromordinal(self.dates.latest(today, 0))
        if due is DueAt.CLOSING and micros(self.closing(found)) < at:
            return date.fromordinal(self.dates.latest(today + 1, 0))
        return found
