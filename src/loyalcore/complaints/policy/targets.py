"""How long something may take: open time, real time, working days, calendar days, weeks."""

from datetime import UTC, datetime, timedelta
from enum import Enum

import attrs

from loyalcore import checks
from loyalcore.forms import demand
from loyalcore.timing import BusinessCalendar, DueAt, local_date, start_of_day, zone

ALWAYS = BusinessCalendar.always()
MICROSECOND = timedelta(microseconds=1)
_MOST_DAYS = 3660


class Counting(Enum):
    """What a target counts."""

    BUSINESS = "business"
    """Time while the calendar is open."""
    ELAPSED = "elapsed"
    """Real time, day and night."""
    WORKING_DAYS = "working_days"
    """Dates on which the calendar opens, behind the date of the start."""
    CALENDAR_DAYS = "calendar_days"
    """All local dates, behind the date of the start."""


_DATES = {Counting.WORKING_DAYS, Counting.CALENDAR_DAYS}


@attrs.frozen
class Target:
    """How long something may take.

    Attributes:
        minutes: of open or real time.
        hours: of open or real time, added to the minutes.
        days: of working or calendar days.
        weeks: of seven calendar days, added to the days.
        counted: what is counted: business (open time), elapsed, working_days, calendar_days; by
            default calendar_days for weeks, else business.
        until: when on the last day: same_time (for working days, then the next opening), closing
            (working days only) or midnight.

    Raises:
        InvalidDocument: nothing is given, or what does not go together.

    >>> third_close = Target(days=3, counted=Counting.WORKING_DAYS, until=DueAt.CLOSING)
    >>> str(third_close), str(Target(weeks=8)), str(Target(minutes=90))
    ('3 working days, until closing', '56 calendar days', '1 h 30 min open')
    """

    minutes: int = attrs.field(default=0, validator=checks.count)
    hours: int = attrs.field(default=0, validator=checks.count)
    days: int = attrs.field(default=0, validator=checks.count)
    weeks: int = attrs.field(default=0, validator=checks.count)
    counted: Counting = attrs.field(
        default=attrs.Factory(
            lambda self: Counting.CALENDAR_DAYS if self.weeks else Counting.BUSINESS,
            takes_self=True,
        ),
        validator=checks.instance_of(Counting),
    )
    until: DueAt = attrs.field(default=DueAt.SAME_TIME, validator=checks.instance_of(DueAt))

    def __attrs_post_init__(self) -> None:
        short, long = bool(self.minutes or self.hours), bool(self.days or self.weeks)
        by_dates = self.counted in _DATES
        calendar_days = self.counted is Counting.CALENDAR_DAYS
        closes = self.until is not DueAt.CLOSING or not calendar_days
        days = self.minutes // 1440 + self.hours // 24 + self.days + 7 * self.weeks
        demand(
            self,
            (short or long, "", "give minutes, hours, days or weeks"),
            (not by_dates or not short, "counted", "days are counted: give no hours or minutes"),
            (by_dates or not long, "counted", "give working_days or calendar_days for days"),
            (calendar_days or not self.weeks, "weeks", "only with calendar_days"),
            (by_dates or self.until is DueAt.SAME_TIME, "until", "only where days are counted"),
            (closes, "until", "a calendar day has no closing: give same_time or midnight"),
            (days <= _MOST_DAYS, "", f"give no more than {_MOST_DAYS} days in all"),
        )

    @property
    def by_dates(self) -> bool:
        """Whether it counts dates, not time."""
        return self.counted in _DATES

    @property
    def needs_calendar(self) -> bool:
        """Whether a calendar's hours, or the dates of its zone, decide on it."""
        return self.counted is not Counting.ELAPSED

    @property
    def time(self) -> timedelta:
        """The time that it counts; nothing where it counts dates."""
        return timedelta(minutes=self.minutes, hours=self.hours)

    @property
    def dates(self) -> int:
        """The dates that it counts; none where it counts time."""
        return self.days + 7 * self.weeks

    def measure(self, calendar: BusinessCalendar) -> BusinessCalendar:
        """Give the calendar by which its time, pauses and thresholds are measured."""
        real = self.counted in {Counting.ELAPSED, Counting.CALENDAR_DAYS}
        return ALWAYS if real else calendar

    def deadline(
        self, calendar: BusinessCalendar, start: datetime, paused: timedelta = timedelta()
    ) -> datetime:
        """Give the latest instant that is in time.

        For time that is the latest up to which no more than the target passes: with a target that
        ends at closing, the next opening. For dates it is the instant on the last date, or its
        closing or end, that instant included. Pauses move it on by the time they took, and then to
        the next closing or end of a date where the target names these.

        Args:
            calendar: whose open time, working dates and zone count.
            start: where to count from.
            paused: the time that pauses took, by `measure`.

        Raises:
            CalendarUnknown: the holidays are not known so far.
            NeverOpens: there is not so much open time.
            InvalidValue: it ends beyond the years that calendars reckon with.

        >>> from loyalcore.timing import Week
        >>> office = BusinessCalendar("UTC", Week.same("09:00-17:00"))
        >>> friday = datetime(2026, 3, 27, 16, 30, tzinfo=UTC)
        >>> Target(minutes=30).deadline(office, friday).isoformat()
        '2026-03-30T09:00:00+00:00'
        >>> third = Target(days=3, counted=Counting.WORKING_DAYS, until=DueAt.CLOSING)
        >>> third.deadline(office, friday).isoformat()
        '2026-04-01T17:00:00+00:00'
        """
        if not self.by_dates:
            return self.measure(calendar).add_latest(start, self.time + paused)
        if self.counted is Counting.WORKING_DAYS:
            return self._working_deadline(calendar, start, paused)
        return self._calendar_deadline(calendar, start, paused)

    def _working_deadline(
        self, calendar: BusinessCalendar, start: datetime, paused: timedelta
    ) -> datetime:
        due = calendar.add_business_days(start, self.dates, self.until)
        if not paused:
            return due
        if self.until is DueAt.SAME_TIME:
            return calendar.add_latest(due, paused)
        moved = calendar.add(due, paused)
        # The end of a date belongs to that date.
        inside = moved if self.until is DueAt.CLOSING else moved - MICROSECOND
        return calendar.add_business_days(inside, 0, self.until)

    def _calendar_deadline(
        self, calendar: BusinessCalendar, start: datetime, paused: timedelta
    ) -> datetime:
        tz = zone(calendar.timezone)
        day = local_date(start, tz) + timedelta(days=self.dates)
        if self.until is DueAt.SAME_TIME:
            wall = start.astimezone(tz).time()
            return datetime.combine(day, wall, tz).astimezone(UTC) + paused
        due = start_of_day(day + timedelta(days=1), tz)
        if not paused:
            return due
        last = local_date(due + paused - MICROSECOND, tz)
        return start_of_day(last + timedelta(days=1), tz)

    def __str__(self) -> str:
        if not self.by_dates:
            hours, minutes = divmod(self.time // timedelta(minutes=1), 60)
            parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
            return f"{' '.join(parts)} {'open' if self.counted is Counting.BUSINESS else 'elapsed'}"
        words = "working days" if self.counted is Counting.WORKING_DAYS else "calendar days"
        until = "" if self.until is DueAt.SAME_TIME else f", until {self.until.value}"
        return f"{self.dates} {words}{until}"
