"""Strategies for business calendars, in zones whose clocks do odd things, near where they do."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loyalcore.errors import InvalidDocument
from loyalcore.timing import (
    Break,
    BusinessCalendar,
    Closure,
    Holiday,
    Holidays,
    Hours,
    HoursOn,
    Interval,
    Intervals,
    Week,
    Weekday,
    WorkedDay,
    zone,
)

CALENDAR_ZONES = (
    "Europe/London",
    "America/New_York",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/St_Johns",
    "Asia/Kathmandu",
    "UTC",
)
"""Clocks changed at one, two, midnight and 0:01, by an hour, half of one, a day, and not at all."""

GRID = 5
"""Hours are drawn in steps of so many minutes, so that a model may walk them."""

_FIRST, _LAST = date(2005, 1, 1), date(2035, 12, 31)
_NIGHT = (0, 5, 30, 60, 90, 120, 125, 150, 180, 185, 240)
_DAY = (360, 540, 720, 780, 1020, 1320, 1380, 1435)
_DAYS_NEAR = 6


@lru_cache(maxsize=64)
def clock_changes(timezone: str) -> tuple[date, ...]:
    """Give the dates from 2005 to 2035 on which a zone's offset from UTC changes."""
    tz, found = zone(timezone), []
    day, before = _FIRST, None
    while day <= _LAST:
        offset = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).astimezone(tz).utcoffset()
        if before is not None and offset != before:
            found.append(day)
        day, before = day + timedelta(days=1), offset
    return tuple(found)


def _dates(timezone: str) -> SearchStrategy[date]:
    changes = clock_changes(timezone)
    anywhere = st.dates(_FIRST, _LAST)
    return st.sampled_from(changes) | anywhere if changes else anywhere


def places() -> SearchStrategy[tuple[str, date]]:
    """Draw a zone and a date, every other one on which its clocks change."""
    return st.sampled_from(CALENDAR_ZONES).flatmap(
        lambda timezone: st.tuples(st.just(timezone), _dates(timezone))
    )


def day_hours(min_size: int = 0) -> SearchStrategy[tuple[Hours, ...]]:
    """Draw one date's windows, parted, the last perhaps overnight or up to 24:00."""
    minutes = st.sampled_from(_NIGHT + _DAY) | st.integers(0, 1435 // GRID).map(GRID.__mul__)

    def parted(edges: list[int], overnight: bool) -> tuple[Hours, ...]:
        ordered = sorted(edges)
        pairs = list(zip(ordered[::2], ordered[1::2], strict=False))
        if len(ordered) % 2:
            pairs.append((ordered[-1], min(ordered[0], ordered[-1]) if overnight else 1440))
        return tuple(Hours(opens, closes) for opens, closes in pairs)

    edges = st.lists(minutes, min_size=min_size, max_size=5, unique=True)
    return st.builds(parted, edges, st.booleans())


def weeks() -> SearchStrategy[Week]:
    """Draw the hours of a week: of an office, of a shop, of a night shift, of any kind."""
    usual = st.sampled_from(
        (
            Week.same("09:00-17:30"),
            Week.same("09:00-12:00", "13:00-17:00"),
            Week.same("22:00-06:00"),
            Week.same("00:00-24:00", on=Weekday),
            Week.same("00:00-09:00", "09:00-24:00", on=Weekday),
            Week.same("09:00-09:00", on=Weekday),
            Week.same("01:30-02:30", on=Weekday),
        )
    )
    return usual | st.lists(day_hours(), min_size=7, max_size=7).map(_week)


def _week(days: list[tuple[Hours, ...]]) -> Week:
    """Make a week whose nights end by then when the next day opens."""
    opening = [min((hours.opens for hours in day), default=1440) for day in days]
    hours = {
        day.value: [
            Hours(
                one.opens,
                min(one.closes, opening[(number + 1) % 7]) if one.overnight else one.closes,
            )
            for one in days[number]
        ]
        for number, day in enumerate(Weekday)
    }
    return Week(**hours)


def breaks(around: date) -> SearchStrategy[Break]:
    """Draw breaks of all or some days of the week, or of one date near another."""
    one = day_hours(1).map(lambda hours: hours[0])
    days = st.lists(st.sampled_from(Weekday), min_size=1, unique=True)
    return (
        st.builds(Break, one, name=st.just("lunch"))
        | st.builds(Break, one, days)
        | st.builds(Break, one, on=_near(around))
    )


def _near(around: date) -> SearchStrategy[date]:
    return st.integers(-_DAYS_NEAR, _DAYS_NEAR).map(lambda n: around + timedelta(days=n))


@st.composite
def business_calendars(
    draw: st.DrawFn, timezone: str = "Europe/London", around: date = date(2026, 3, 29)
) -> BusinessCalendar:
    """Draw calendars whose holidays, closures, exceptions and breaks lie near a date.

    Their holidays are known for a year before and behind it; some have none, and know all.
    """
    days = draw(st.lists(_near(around), max_size=6, unique=True))
    closed, closures, exceptions, worked = [], [], [], []
    for day in days:
        match draw(st.integers(0, 4)):
            case 0:
                closed.append(Holiday(day, "festival"))
            case 1:
                worked.append(WorkedDay(day, draw(st.sampled_from(Weekday))))
            case 2:
                closures.append(Closure(day, name="move"))
            case 3:
                exceptions.append(HoursOn(day, draw(day_hours(1)), "open house"))
            case _:
                # One's own hours on a public holiday, or one's own closure on a day worked.
                closed.append(Holiday(day))
                exceptions.append(HoursOn(day, draw(day_hours(1))))
    year = timedelta(days=365)
    known = {"known_from": around - year, "known_through": around + year}
    week = draw(weeks())
    if not any(week.on(day) for day in Weekday) and not exceptions:
        week = Week.same("09:00-17:30")
    cut = draw(st.lists(breaks(around), max_size=2))
    while True:
        holidays = Holidays(closed, worked, **known) if closed or worked else Holidays()
        try:
            return BusinessCalendar(timezone, week, holidays, closures, exceptions, cut)
        except InvalidDocument as error:
            named = {mistake.path for mistake in error.mistakes}
        # Leave out what meets a night, or the breaks that take all of it.
        kept = [each for n, each in enumerate(exceptions) if f"exceptions[{n}].hours" not in named]
        left = [each for n, each in enumerate(worked) if f"holidays.worked[{n}].day" not in named]
        if "week" in named:
            cut, week = [], week if cut else Week.same("09:00-17:30")
        exceptions, worked = kept, left


def instants_near(around: date, days: int = 4) -> SearchStrategy[datetime]:
    """Draw instants some days around a date, most where hours begin and end, or beside it."""
    start = datetime(around.year, around.month, around.day, tzinfo=UTC)
    minutes = days * 1440 // GRID
    on_grid = st.integers(-minutes, minutes).map(lambda n: start + timedelta(minutes=GRID * n))
    beside = st.sampled_from((0, 0, 0, 1, -1, 1_000_000, 61_234_567))
    return st.builds(lambda at, micros: at + timedelta(microseconds=micros), on_grid, beside)


def interval_sets(around: date = date(2026, 3, 29)) -> SearchStrategy[Intervals]:
    """Draw sets of intervals within some days of a date."""
    pair = st.lists(instants_near(around), min_size=2, max_size=2, unique=True).map(sorted)
    return st.lists(pair.map(lambda ends: Interval(*ends)), max_size=6).map(Intervals)
