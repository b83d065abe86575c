"""Business calendars: open time between instants, instants after open time, working dates."""

from datetime import UTC, date, datetime, timedelta

import attrs

from loyalcore import checks
from loyalcore.checks import in_utc
from loyalcore.errors import (
    CalendarUnknown,
    InvalidDocument,
    InvalidValue,
    LoyalcoreError,
    NeverCloses,
    NeverOpens,
)
from loyalcore.timing.business_day import BusinessDay, DueAt
from loyalcore.timing.calendar_mistakes import mistakes_between
from loyalcore.timing.hours import Week, Weekday
from loyalcore.timing.intervals import Interval, Intervals
from loyalcore.timing.openings import A_DAY, EPOCH, MICROSECOND, instant, micros
from loyalcore.timing.plans import night_mistakes
from loyalcore.timing.reckoning import Reckoning
from loyalcore.timing.special_days import Break, Closure, Holidays, HoursOn
from loyalcore.timing.timeline import OffTheLine
from loyalcore.timing.zones import start_of_day


def _whole(field: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidValue(field, value, "give a whole number from 0 on")
    return value


def _work(field: str, value: object) -> int:
    if not isinstance(value, timedelta) or value != value:  # noqa: PLR0124 - not a time, in pandas
        raise InvalidValue(field, value, "give a timedelta")
    return value // MICROSECOND


@attrs.frozen
class BusinessCalendar:
    """When a business is open, in the wall time of one zone.

    On each date one thing decides: its exception, or else its closure, or else the public holiday
    (or the day worked in its place), or else the week. Then breaks are taken out. Business time is
    the real time that passes while it is open.

    Attributes:
        timezone: an IANA zone.
        week: the hours of each day of the week.
        holidays: the public holidays, and how far they are known.
        closures: dates on which one keeps closed oneself.
        exceptions: the hours of single dates.
        breaks: what is cut out.
        name: by which it is found and spoken of.

    Raises:
        InvalidValue: a field is of the wrong kind.
        InvalidDocument: the zone is unknown, a date is closed and excepted, a night runs into the
            next date's hours, it never opens: with every such mistake.

    >>> office = BusinessCalendar("Europe/London", Week.same("09:00-17:30"))
    >>> friday = datetime(2026, 3, 27, 16, tzinfo=UTC)
    >>> office.add(friday, timedelta(hours=4)).isoformat()
    '2026-03-30T10:30:00+00:00'
    """

    timezone: str = attrs.field(validator=checks.name)
    week: Week = attrs.field(default=Week(), validator=checks.instance_of(Week))
    holidays: Holidays = attrs.field(default=Holidays(), validator=checks.instance_of(Holidays))
    closures: tuple[Closure, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Closure)
    )
    exceptions: tuple[HoursOn, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(HoursOn)
    )
    breaks: tuple[Break, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Break)
    )
    name: str = attrs.field(default="", validator=checks.text)
    _reckoning: Reckoning = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        parts = self.closures, self.exceptions, self.breaks
        nights = night_mistakes(self.week, self.holidays, self.closures, self.exceptions)
        mistakes = [*mistakes_between(self.timezone, self.week, *parts), *nights]
        if mistakes:
            raise InvalidDocument("BusinessCalendar", mistakes)
        reckoning = Reckoning.of(self.timezone, self.week, self.holidays, *parts)
        object.__setattr__(self, "_reckoning", reckoning)

    @classmethod
    def always(cls, timezone: str = "UTC") -> "BusinessCalendar":
        """Give the calendar that never closes: for clocks that run through."""
        return cls(timezone, Week.same("00:00-24:00", on=Weekday), name="always")

    @property
    def known_from(self) -> date | None:
        """The first date whose holidays are known; None when it has none, or knows all."""
        return self.holidays.first_known

    @property
    def known_through(self) -> date | None:
        """The last date whose holidays are known; None when it has none, or knows all."""
        return self.holidays.known_through

    # --- open time -------------------------------------------------------------------------------

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Give the open time from one instant to another; less than nothing backwards.

        Raises:
            InvalidValue: an instant is naive.
            CalendarUnknown: the holidays of one of them are not known.

        >>> office = BusinessCalendar("Asia/Shanghai", Week.same("22:00-06:00"))
        >>> monday = datetime(2026, 3, 2, 12, tzinfo=UTC)
        >>> office.between(monday, monday + timedelta(days=7))
        datetime.timedelta(days=1, seconds=57600)
        """
        reckoning = self._reckoning
        try:
            low, high = (start - EPOCH) // MICROSECOND, (end - EPOCH) // MICROSECOND
        except (TypeError, OverflowError):
            low, high = self._known("between.start", start), self._known("between.end", end)
        if not reckoning.first <= low <= reckoning.last >= high >= reckoning.first:
            low, high = self._known("between.start", start), self._known("between.end", end)
        return MICROSECOND * reckoning.open.measure(low, high)

    def add(self, start: datetime, work: timedelta) -> datetime:
        """Give the earliest instant at which so much open time has passed.

        Work that fills a window is done at its closing. Negative work counts backwards: it gives
        the latest instant from which so much passes up to the start.

        Args:
            start: where to count from, open or not.
            work: how much open time.

        Raises:
            InvalidValue: the instant is naive, or the work is no timedelta.
            CalendarUnknown: the answer lies where the holidays are not known.
            NeverOpens: there is not so much.
        """
        at, amount = self._known("add.start", start), _work("add.work", work)
        line = self._reckoning.open
        try:
            if amount < 0:
                return instant(line.back(at, -amount))
            return instant(line.earliest(at, amount) if amount else at)
        except OffTheLine as off:
            raise self._nowhere(start, "add.work", work, off) from None

    def add_latest(self, start: datetime, work: timedelta) -> datetime:
        """Give the latest instant up to which no more than so much open time has passed.

        Work that fills a window is late only from the next opening on.

        Args:
            start: where to count from, open or not.
            work: how much open time, not negative.

        Raises:
            InvalidValue, CalendarUnknown, NeverOpens: as for `add`.
        """
        at, amount = self._known("add_latest.start", start), _work("add_latest.work", work)
        if amount < 0:
            raise InvalidValue("add_latest.work", work, "give no negative work")
        return instant(self._latest(at, amount, "add_latest.work", work))

    # --- opening and closing ---------------------------------------------------------------------

    def is_open(self, at: datetime) -> bool:
        """Say whether it is open at an instant; at its closing it no longer is.

        Raises:
            InvalidValue: the instant is naive.
            CalendarUnknown: its holidays are not known.
        """
        place = self._known("is_open.at", at)
        if place == self._reckoning.last:
            raise self._unknown(at)
        return self._reckoning.open.marked(place)

    def next_opening(self, at: datetime) -> datetime:
        """Give the first instant, from this one on, at which it is open.

        Raises:
            InvalidValue, CalendarUnknown, NeverOpens: as for `add`.
        """
        return instant(self._opening("next_opening.at", at))

    def next_closing(self, at: datetime) -> datetime:
        """Give the end of the window that is open, or else of the next one.

        Raises:
            NeverCloses: it stays open for ever.
            InvalidValue, CalendarUnknown, NeverOpens: as for `add`.
        """
        end = self._reckoning.closes(self._opening("next_closing.at", at))
        if end is not None:
            return instant(end)
        if self.known_through is None:
            raise NeverCloses(self.name or self.timezone, at)
        raise self._unknown()

    def windows(self, start: datetime, end: datetime) -> Intervals:
        """Give the open time from one instant to another, as intervals.

        Raises:
            InvalidValue: an instant is naive, or the end lies before the start.
            CalendarUnknown: the holidays of one of them are not known.
        """
        low, high = self._known("windows.start", start), self._known("windows.end", end)
        if high < low:
            raise InvalidValue("windows.end", end, "give an instant not before the start")
        spans = self._reckoning.open.spans(low, high)
        return Intervals(Interval(instant(low), instant(high)) for low, high in spans)

    # --- dates -----------------------------------------------------------------------------------

    def days(self, first: date, last: date) -> tuple[BusinessDay, ...]:
        """Explain dates: the hours of each, what decided on them, and what breaks took.

        Args:
            first: the first local date.
            last: the last one.

        Raises:
            InvalidValue: these are no dates, or the last lies before the first.
            CalendarUnknown: the holidays of one of them are not known.
        """
        low, high = self._date("days.first", first), self._date("days.last", last)
        if high < low:
            raise InvalidValue("days.last", last, "give a date not before the first")
        self._demand_known(low)
        self._demand_known(high)
        openings = self._reckoning.openings
        return tuple(openings.day(date.fromordinal(number)) for number in range(low, high + 1))

    def is_working_day(self, day: date) -> bool:
        """Say whether any window opens on a local date.

        Raises:
            InvalidValue: it is no date.
            CalendarUnknown: its holidays are not known.
        """
        number = self._date("is_working_day.day", day)
        self._demand_known(number)
        return self._reckoning.dates.marked(number)

    def count_business_days(self, start: date, end: date) -> int:
        """Count the working dates behind one date up to and with another; backwards below nothing.

        Args:
            start: a local date, which does not count, or an instant for the date it falls on.
            end: the same; a working date counts.

        Raises:
            InvalidValue: an instant is naive.
            CalendarUnknown: the holidays in between are not known.
        """
        low = self._date("count_business_days.start", start)
        high = self._date("count_business_days.end", end)
        if low != high:
            self._demand_known(min(low, high) + 1)
            self._demand_known(max(low, high))
        return self._reckoning.dates.measure(low + 1, high + 1)

    def add_business_days(
        self, start: datetime, days: int, due: DueAt = DueAt.SAME_TIME
    ) -> datetime:
        """Give the instant so many working dates later.

        Args:
            start: the instant from which to count; its own date does not count.
            days: how many. With none it is the start, at its next opening; or the end of the first
                working date, its own among them, that closes no earlier.
            due: when on that date.

        Raises:
            InvalidValue: the instant is naive, or the days are no whole number from 0 on.
            CalendarUnknown: the holidays are not known so far.
            NeverOpens: there are not so many working dates.
        """
        at, field = self._known("add_business_days.start", start), "add_business_days.days"
        count = _whole(field, days)
        if not isinstance(due, DueAt):
            raise InvalidValue("add_business_days.due", due, checks.give(DueAt))
        if due is DueAt.SAME_TIME and count == 0:
            return self.next_opening(start)
        try:
            day = self._reckoning.date_after(at, count, due)
        except OffTheLine as off:
            raise self._nowhere(start, field, days, off) from None
        if due is DueAt.CLOSING:
            return self._reckoning.closing(day)
        tz = self._reckoning.openings.tz
        if due is DueAt.MIDNIGHT:
            return start_of_day(day + A_DAY, tz)
        wall = instant(at).astimezone(tz).time()
        return self.next_opening(datetime.combine(day, wall, tz).astimezone(UTC))

    # --- what cannot be answered -----------------------------------------------------------------

    def _known(self, field: str, value: object) -> int:
        """Give an instant in microseconds, if the calendar knows it."""
        at = in_utc(field, value)
        place = micros(at)
        if not self._reckoning.first <= place <= self._reckoning.last:
            raise self._unknown(at)
        return place

    def _date(self, field: str, value: object) -> int:
        """Give the number of a date, or of the local date of an instant."""
        if isinstance(value, datetime):
            value = self._reckoning.date_of(in_utc(field, value))
        if not isinstance(value, date):
            raise InvalidValue(field, value, "give a date, or an instant for the date it falls on")
        return value.toordinal()

    def _opening(self, field: str, at: datetime) -> int:
        """Give the next opening in microseconds."""
        return self._latest(self._known(field, at), 0, field, at)

    def _latest(self, at: int, amount: int, field: str, value: object) -> int:
        """Give the last instant up to which no more than so much is open, in microseconds."""
        try:
            return self._reckoning.open.latest(at, amount)
        except OffTheLine as off:
            raise self._nowhere(instant(at), field, value, off) from None

    def _demand_known(self, number: int) -> None:
        if number not in self._reckoning.known_dates:
            raise self._unknown(date.fromordinal(number))

    def _unknown(self, at: date | None = None) -> CalendarUnknown:
        name = self.name or self.timezone
        return CalendarUnknown(name, at, self.known_from, self.known_through)

    def _nowhere(
        self, start: datetime, field: str, value: object, off: OffTheLine
    ) -> LoyalcoreError:
        """Say why what was sought is not to be found."""
        if self._reckoning.never[off.forwards]:
            return NeverOpens(self.name or self.timezone, start, not off.forwards)
        bound = self.known_through if off.forwards else self.known_from
        if bound is not None:
            return self._unknown()
        return InvalidValue(field, value, "ask for less: it ends beyond the years 1900 to 8999")
