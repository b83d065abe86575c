"""From the hours of each date to open instants, in microseconds behind 1970 in UTC."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from loyalcore.timing.business_day import Because, BusinessDay, Cut
from loyalcore.timing.hours import Hours, Week, Weekday
from loyalcore.timing.intervals import Interval, Intervals
from loyalcore.timing.plans import Plan, special_plans
from loyalcore.timing.spans import common, merged, without
from loyalcore.timing.special_days import Break, Closure, Holidays, HoursOn
from loyalcore.timing.timeline import Spans

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
A_DAY = timedelta(days=1)


def instant(micros: int) -> datetime:
    """Give the instant so many microseconds behind 1970."""
    return EPOCH + MICROSECOND * micros


def micros(at: datetime) -> int:
    """Give the microseconds of an instant behind 1970."""
    return (at - EPOCH) // MICROSECOND


@attrs.frozen
class Openings:
    """What is open when, worked out date by date.

    Attributes:
        tz: where the wall stands.
        week: the plan of each day of the week, from Monday.
        special: the plans of dates that differ.
        weekly_breaks: those of each day of the week, from Monday.
        dated_breaks: those of one date.
    """

    tz: ZoneInfo
    week: Sequence[Plan]
    special: Mapping[date, Plan]
    weekly_breaks: Sequence[Sequence[Break]]
    dated_breaks: Mapping[date, Sequence[Break]]

    @classmethod
    def of(
        cls,
        tz: ZoneInfo,
        week: Week,
        holidays: Holidays,
        closures: Sequence[Closure],
        exceptions: Sequence[HoursOn],
        breaks: Sequence[Break],
    ) -> "Openings":
        """Lay out a calendar's data by date."""
        dated: dict[date, list[Break]] = {}
        for pause in breaks:
            if pause.on is not None:
                dated.setdefault(pause.on, []).append(pause)
        return cls(
            tz,
            [Plan(Because.WEEK, "", week.on(day)) for day in Weekday],
            special_plans(week, holidays, closures, exceptions),
            [[b for b in breaks if b.on is None and day in b.days] for day in Weekday],
            dated,
        )

    def marks(self, low: int, high: int) -> Spans:
        """Give the open spans that touch a stretch of microseconds, and perhaps some beside it."""
        # A window lasts less than two days, and no zone is a day away from UTC.
        first, last = instant(low).date() - 2 * A_DAY, instant(high).date() + A_DAY
        opened, cut = [], []
        for day in _days(first, last):
            opened += self._windows(day)
            cut += [span for span, _ in self._breaks(day)]
        return without(merged(opened), merged(cut))

    def working(self, low: int, high: int) -> Spans:
        """Give the working dates among those so numbered, each as a span of one."""
        days = _days(date.fromordinal(low), date.fromordinal(high - 1))
        return [(day.toordinal(), day.toordinal() + 1) for day in days if self._open(day)]

    def day(self, day: date) -> BusinessDay:
        """Give a date with all that made its hours."""
        windows = merged(self._windows(day))
        plan = self._plan(day)
        if self._skipped(day):
            plan = Plan(Because.SKIPPED, "", ())
        cuts = [
            Cut(Interval(instant(start), instant(end)), name)
            for span, name in self._breaks_near(day)
            for start, end in common(windows, [span])
        ]
        opened = Intervals(Interval(instant(low), instant(high)) for low, high in self._open(day))
        return BusinessDay(day, *plan, opened, tuple(cuts))

    def _open(self, day: date) -> Spans:
        """Give what is open of the windows that open on a date."""
        breaks = [span for span, _ in self._breaks_near(day)]
        return without(merged(self._windows(day)), merged(breaks))

    def _plan(self, day: date) -> Plan:
        return self.special.get(day) or self.week[day.weekday()]

    def _windows(self, day: date) -> Spans:
        """Give the windows that open on a date, ended by then when the next date's open.

        By the wall none lasts longer; but an end that falls into a gap, or on a date that the zone
        skipped, has moved.
        """
        hours = self._plan(day).hours
        if not hours or self._skipped(day):
            return []
        spans = [self._span(day, one) for one in hours]
        if any(one.overnight for one in hours):
            limit = self._opens_behind(day)
            spans = [(start, min(end, limit)) for start, end in spans]
        return spans

    def _opens_behind(self, day: date) -> int:
        """Give the first opening of the date behind a date, or else that date's end."""
        following = day + A_DAY
        if self._skipped(following):
            following += A_DAY
        spans = merged(self._span(following, one) for one in self._plan(following).hours)
        return spans[0][0] if spans else self._at(following + A_DAY, 0)

    def _breaks_near(self, day: date) -> Iterator[tuple[tuple[int, int], str]]:
        """Give the breaks that may cut a date's windows: those of the nights around it too."""
        for near in (day - A_DAY, day, day + A_DAY):
            yield from self._breaks(near)

    def _breaks(self, day: date) -> list[tuple[tuple[int, int], str]]:
        breaks = [*self.weekly_breaks[day.weekday()], *self.dated_breaks.get(day, ())]
        if not breaks or self._skipped(day):
            return []
        spans = ((self._span(day, pause.hours), pause.name) for pause in breaks)
        return [(span, name) for span, name in spans if span[0] < span[1]]

    def _skipped(self, day: date) -> bool:
        return self._at(day, 0) == self._at(day + A_DAY, 0)

    def _span(self, day: date, hours: Hours) -> tuple[int, int]:
        start, end = hours.span
        return self._at(day, start), self._at(day, end)

    def _at(self, day: date, minutes: int) -> int:
        """Give the instant at which the wall shows so many minutes behind a date's midnight.

        A time in a gap moves forward by the gap, an ambiguous one is its first occurrence: so
        zoneinfo reads walls with fold=0.
        """
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.tz)
        return micros(midnight + timedelta(minutes=minutes))


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
