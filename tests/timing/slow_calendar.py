"""A business calendar the slow way: every five minutes of some weeks, one after the other."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyalcore.timing import BusinessCalendar, Hours, Weekday

STEP = timedelta(minutes=5)
WEEKDAYS = list(Weekday)


class SlowCalendar:
    """What is open, cell by cell, from some days before a date to some days behind it."""

    def __init__(self, calendar: BusinessCalendar, around: date, before: int = 9, behind: int = 16):
        self.calendar, self.tz = calendar, ZoneInfo(calendar.timezone)
        self.start = datetime(around.year, around.month, around.day, tzinfo=UTC)
        self.start -= timedelta(days=before)
        count = (before + behind) * 288
        self.cells = [self.start + STEP * n for n in range(count)]
        self.walls = [cell.astimezone(self.tz).replace(tzinfo=None) for cell in self.cells]
        self.first_shown: dict[datetime, int] = {}
        for n, wall in enumerate(self.walls):
            self.first_shown.setdefault(wall, n)
        self.of_date: list[set[date]] = [set() for _ in range(count)]
        # The first and last days are not whole.
        days = sorted({wall.date() for wall in self.walls})[2:-3]
        for day in days:
            cells = {n for hours in self.hours(day) for n in self.shown(day, hours)}
            # Once a date opens, the night before it is over.
            for n in range(min(cells, default=count), count):
                self.of_date[n] = set()
            for n in cells:
                self.of_date[n].add(day)
        self.open = [bool(dates) for dates in self.of_date]
        for day in days:
            for pause in self.calendar.breaks:
                if day == pause.on or (pause.on is None and WEEKDAYS[day.weekday()] in pause.days):
                    for n in self.shown(day, pause.hours):
                        self.open[n] = False
                        self.of_date[n] = set()
        # Near the ends some windows are not seen.
        self.days = days[3:-3]
        self.sight = self.cells[self.at(datetime.combine(self.days[-1], time()))]

    def hours(self, day: date) -> tuple[Hours, ...]:
        """The first that speaks of a date has it."""
        for special in self.calendar.exceptions:
            if special.day == day:
                return special.hours
        for closure in self.calendar.closures:
            if closure.day <= day <= (closure.last or closure.day):
                return ()
        for worked in self.calendar.holidays.worked:
            if worked.day == day:
                return getattr(self.calendar.week, worked.like.value)
        for holiday in self.calendar.holidays.closed:
            if holiday.day == day:
                return ()
        return getattr(self.calendar.week, WEEKDAYS[day.weekday()].value)

    def shown(self, day: date, hours: Hours) -> range:
        """The cells from the one at which the wall shows the opening to that of the closing."""
        later = timedelta(days=1) if hours.closes <= hours.opens else timedelta()
        midnight = datetime.combine(day, time())
        return range(
            self.at(midnight + timedelta(minutes=hours.opens)),
            self.at(midnight + later + timedelta(minutes=hours.closes)),
        )

    def at(self, wall: datetime) -> int:
        """The first cell at which the wall shows a time, or later by what it jumps."""
        if wall in self.first_shown:
            return self.first_shown[wall]
        for n, shown in enumerate(self.walls):
            if shown > wall and self.walls[n - 1] < wall:
                return self.first_shown[wall + (shown - self.walls[n - 1] - STEP)]
        raise AssertionError(f"{wall} lies outside")

    # --- questions ------------------------------------------------------------------------------

    def pieces(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The parts of the open cells between two instants."""
        first = (start - self.start) // STEP
        last = -((self.start - end) // STEP)
        both = (
            (max(start, self.cells[n]), min(end, self.cells[n] + STEP))
            for n in self.opened(first, last)
        )
        return [(low, high) for low, high in both if low < high]

    def opened(self, first: int, last: int) -> list[int]:
        assert first >= 0
        return [n for n in range(first, min(last, len(self.cells))) if self.open[n]]

    def between(self, start: datetime, end: datetime) -> timedelta:
        if end < start:
            return -self.between(end, start)
        return sum((high - low for low, high in self.pieces(start, end)), timedelta())

    def is_open(self, at: datetime) -> bool:
        return self.open[(at - self.start) // STEP]

    def add(self, start: datetime, work: timedelta) -> datetime | None:
        """Walk until it is done; None if that is not within sight."""
        if not work:
            return start
        for low, high in self.pieces(start, self.sight):
            if work <= high - low:
                return low + work
            work -= high - low
        return None

    def add_latest(self, start: datetime, work: timedelta) -> datetime | None:
        """Walk until the next moment would be too much."""
        for low, high in self.pieces(start, self.sight):
            if work < high - low:
                return low + work
            work -= high - low
        return None

    def back(self, start: datetime, work: timedelta) -> datetime | None:
        """Walk backwards until it is done."""
        for low, high in reversed(self.pieces(self.start, start)):
            if work <= high - low:
                return high - work
            work -= high - low
        return None

    def closing(self, at: datetime) -> datetime | None:
        """Walk to the end of what is open, or of what opens next."""
        seen = False
        for n in range((at - self.start) // STEP, (self.sight - self.start) // STEP):
            if seen and not self.open[n]:
                return self.cells[n]
            seen = seen or self.open[n]
        return None

    def date_of(self, at: datetime) -> date:
        """The latest date that the wall has shown: set back over midnight, it stays."""
        return max(wall.date() for wall in self.walls[: (at - self.start) // STEP + 1])

    def works_on(self, day: date) -> bool:
        return any(day in dates for dates in self.of_date)

    def end_of(self, day: date) -> datetime:
        """The end of the last cell that a date opened."""
        return (
            max(cell for cell, dates in zip(self.cells, self.of_date, strict=True) if day in dates)
            + STEP
        )
