"""Opening hours of a day, and of a week."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import pairwise
from typing import Any

import attrs
from cattrs import Converter

from loyalcore import checks
from loyalcore.errors import InvalidDocument, InvalidValue, Mistake

MINUTES_A_DAY = 24 * 60
_FIX = 'give hours such as "09:00-17:30", "22:00-06:00" or "18:00-24:00"'


def _minutes(text: str) -> int | None:
    """Read `17:30` as minutes behind midnight; None for what is no time of the day."""
    hours, colon, minutes = text.partition(":")
    plain = text.isascii() and hours.isdigit() and minutes.isdigit()
    if not (plain and colon and len(hours) == len(minutes) == 2 and int(minutes) < 60):
        return None
    read = int(hours) * 60 + int(minutes)
    return read if read <= MINUTES_A_DAY else None


@attrs.frozen
class Hours:
    """A half-open window of local wall time: the first minute belongs to it, the last does not.

    One that ends at or before its start runs overnight and belongs to the date on which it opens;
    `09:00-09:00` lasts until the next day's nine o'clock. `24:00` is the end of the day.

    Attributes:
        opens: minutes behind midnight.
        closes: the same, up to 1,440.

    Raises:
        InvalidValue: they are no such times.

    >>> Hours.parse("22:00-06:00")
    Hours(opens=1320, closes=360)
    """

    opens: int = attrs.field(validator=checks.count)
    closes: int = attrs.field(validator=checks.count)

    def __attrs_post_init__(self) -> None:
        if self.opens >= MINUTES_A_DAY or self.closes > MINUTES_A_DAY:
            fix = f"open before minute {MINUTES_A_DAY}, close at it at the latest"
            raise InvalidValue("Hours", (self.opens, self.closes), fix)

    @classmethod
    def parse(cls, text: object) -> "Hours":
        """Read hours as they are written: `09:00-17:30`.

        Raises:
            InvalidValue: they are written in another way.
        """
        opens, _, closes = text.partition("-") if isinstance(text, str) else ("", "", "")
        start, end = _minutes(opens), _minutes(closes)
        if start is None or end is None or start == MINUTES_A_DAY:
            raise InvalidValue("Hours", text, _FIX)
        return cls(start, end)

    @property
    def overnight(self) -> bool:
        """Whether it lasts into the next date."""
        return self.closes <= self.opens

    @property
    def span(self) -> tuple[int, int]:
        """Start and end in minutes behind the midnight that its date begins with."""
        return self.opens, self.closes + MINUTES_A_DAY * self.overnight

    def __str__(self) -> str:
        return f"{_written(self.opens)}-{_written(self.closes)}"


def _written(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def hours_of(value: object) -> Any:
    """Convert a text to hours; what cannot be read is left for `demand_hours` to refuse."""
    try:
        return Hours.parse(value) if isinstance(value, str) else value
    except InvalidValue:
        return value


def hours_listed(value: object) -> Any:
    """Convert a list of hours, or of texts, to a tuple of hours."""
    listed = checks.listed(value)
    return tuple(hours_of(item) for item in listed) if isinstance(listed, tuple) else listed


def demand_hours(field: str, value: object) -> None:
    """Demand hours that have been read.

    Raises:
        InvalidValue: it is something else, or a text that could not be read.
    """
    if isinstance(value, str):
        try:
            Hours.parse(value)
        except InvalidValue as error:
            raise InvalidValue(field, value, error.fix) from None
    checks.argument(field, value, Hours, _FIX)


def is_hours(form: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand hours, written or read."""
    demand_hours(f"{type(form).__name__}.{attribute.name}", value)


def are_hours(form: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a list of hours, written or read."""
    field = f"{type(form).__name__}.{attribute.name}"
    if not isinstance(value, tuple):
        raise InvalidValue(field, value, 'give a list of hours such as ["09:00-17:30"]')
    for hours in value:
        demand_hours(field, hours)


def overlaps(windows: Iterable[Hours]) -> Iterable[str]:
    """Say which of one date's windows overlap."""
    ordered = sorted(windows, key=lambda hours: hours.span)
    for one, other in pairwise(ordered):
        if other.span[0] < one.span[1]:
            yield f"{one} and {other} overlap: write them as one, or part them"


def nights_into(before: Iterable[Hours], after: Sequence[Hours]) -> Iterator[tuple[Hours, Hours]]:
    """Give the nights of a date that are still open when a window of the next one opens."""
    nights = [hours for hours in before if hours.overnight]
    return ((night, other) for night in nights for other in after if other.opens < night.closes)


class Weekday(Enum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @property
    def number(self) -> int:
        """As `date.weekday()` numbers it: 0 for Monday."""
        return _ORDER.index(self)

    @classmethod
    def numbered(cls, number: int) -> "Weekday":
        """Give the day that `date.weekday()` numbers so.

        Raises:
            InvalidValue: the number is none from 0 to 6.
        """
        field, fix = "Weekday.numbered.number", "give a number from 0, Monday, to 6"
        checks.argument(field, number, int, fix)
        if not 0 <= number < len(_ORDER):
            raise InvalidValue(field, number, fix)
        return _ORDER[number]


_ORDER = tuple(Weekday)


def week_overlaps(hours: Mapping[Weekday, Sequence[Hours]]) -> Iterator[Mistake]:
    """Give the windows of a week that overlap, on one day or from a night into the next."""
    for day, windows in hours.items():
        for text in overlaps(windows):
            yield Mistake(day.value, text)
    for day in hours:
        after = Weekday.numbered((day.number + 1) % 7)
        for night, other in nights_into(hours[day], hours.get(after, ())):
            text = f"{other} opens while {night} of {day.value} is still open: part them"
            yield Mistake(after.value, text)


@attrs.frozen
class Week:
    """The hours of each day of the week: lists such as `["09:00-12:00", "13:00-17:30"]`.

    Attributes:
        mon: Monday's windows, which open on that day; none when it is closed.
        tue: Tuesday's.
        wed: Wednesday's.
        thu: Thursday's.
        fri: Friday's.
        sat: Saturday's.
        sun: Sunday's.

    Raises:
        InvalidValue: hours that cannot be read.
        InvalidDocument: windows overlap, on one day or from a night into the next.
    """

    mon: tuple[Hours, ...] = attrs.field(default=(), converter=hours_listed, validator=are_hours)
    tue: tuple[Hours, ...] = attrs.field(default=(), converter=hours_listed, validator=are_hours)
    wed: tuple[Hours, ...] = attrs.field(default=(), converter=hours_listed, validator=are_hours)
    thu: tuple[Hours, ...] = attrs.field(default=(), converter=hours_listed, validator=are_hours)
    fri: tuple[Hours, ...] = attrs.field(default=(), converter=hours_listed, validator=are_hours)
    sat: tuple[Hours, ...] = attrs.field(default=(), converter=hours_listed, validator=are_hours)
    sun: tuple[Hours, ...] = attrs.field(default=(), converter=hours_listed, validator=are_hours)

    def __attrs_post_init__(self) -> None:
        mistakes = list(week_overlaps({day: self.on(day) for day in Weekday}))
        if mistakes:
            raise InvalidDocument("Week", mistakes)

    def on(self, day: Weekday) -> tuple[Hours, ...]:
        """Give the hours of a day of the week."""
        checks.argument("Week.on.day", day, Weekday, checks.give(Weekday))
        windows: tuple[Hours, ...] = getattr(self, day.value)
        return windows

    @classmethod
    def same(cls, *hours: str | Hours, on: Iterable[Weekday] = _ORDER[:5]) -> "Week":
        """Give the same hours to several days, from Monday to Friday by default.

        Args:
            hours: the windows, each an argument of its own.
            on: the days of the week.

        Raises:
            InvalidValue: these are no hours, or no days of the week.
            InvalidDocument: windows overlap, on one day or from a night into the next.

        >>> week = Week.same("09:00-12:30", "13:30-17:00")
        >>> [str(hours) for hours in week.fri], week.sat
        (['09:00-12:30', '13:30-17:00'], ())
        """
        read = [hours_of(each) for each in hours]
        for each in read:
            demand_hours("Week.same.hours", each)
        fix = checks.give_each(Weekday)
        days = checks.walkable("Week.same.on", on, fix)
        return cls(**{d.value: read for d in checks.walked("Week.same.on", days, Weekday, fix)})


def register_hours(converter: Converter) -> None:
    """Teach a converter how hours are written."""
    converter.register_structure_hook(Hours, lambda value, _: Hours.parse(value))
    converter.register_unstructure_hook(Hours, str)
