"""Days on which the week's hours do not hold, and breaks within the hours of any day."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidDocument, InvalidValue, Mistake
from loyalcore.forms import demand
from loyalcore.timing.hours import (
    Hours,
    Weekday,
    are_hours,
    hours_listed,
    hours_of,
    is_hours,
    overlaps,
)

MISSING = "missing: give the last date whose holidays are listed"
_LONGEST_CLOSURE = timedelta(days=3660)


def _day(form: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Demand a date of the years that calendars reckon with."""
    checks.day(form, attribute, value)
    if value.year not in checks.YEARS:
        field = f"{type(form).__name__}.{attribute.name}"
        fix = f"give a year from {checks.YEARS.start} to {checks.YEARS.stop - 1}"
        raise InvalidValue(field, value, fix)


@attrs.frozen
class Holiday:
    """A date that others keep free: a public holiday.

    Attributes:
        day: the date.
        name: what it is called.
    """

    day: date = attrs.field(validator=_day)
    name: str = attrs.field(default="", validator=checks.text)


@attrs.frozen
class WorkedDay:
    """A date that others have made a working day, such as a Saturday of the Chinese 调休.

    Attributes:
        day: the date.
        like: the day of the week whose hours it has.
        name: why.
    """

    day: date = attrs.field(validator=_day)
    like: Weekday = attrs.field(validator=checks.instance_of(Weekday))
    name: str = attrs.field(default="", validator=checks.text)


@attrs.frozen
class Holidays:
    """The public holidays of a place, and how far they are known.

    Attributes:
        closed: the holidays.
        worked: the days worked in their place.
        known_from: the first date whose holidays are known; unless given, the first of January in
            the year of the first date listed.
        known_through: the last date whose holidays are known; must be given where any are listed.
            Beyond it a calendar gives no answers.

    Raises:
        InvalidDocument: a date stands twice or outside of what is known, or nothing says how far
            that goes.
    """

    closed: tuple[Holiday, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Holiday)
    )
    worked: tuple[WorkedDay, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(WorkedDay)
    )
    known_from: date | None = attrs.field(default=None, validator=attrs.validators.optional(_day))
    known_through: date | None = attrs.field(
        default=None, validator=attrs.validators.optional(_day)
    )

    def __attrs_post_init__(self) -> None:
        mistakes = [
            *holiday_mistakes(self.closed, self.worked, self.known_from, self.known_through)
        ]
        if self.known_through is None and (self.closed or self.worked):
            mistakes.append(Mistake("known_through", MISSING))
        if mistakes:
            raise InvalidDocument("Holidays", mistakes)

    @property
    def first_known(self) -> date | None:
        """The first date whose holidays are known; None when there is no first one."""
        days = [each.day for each in self.closed] + [each.day for each in self.worked]
        return self.known_from or (date(min(days).year, 1, 1) if days else None)


def holiday_mistakes(
    closed: Sequence[Holiday | None],
    worked: Sequence[WorkedDay | None],
    known_from: date | None,
    known_through: date | None,
) -> Iterator[Mistake]:
    """Give the mistakes between the parts of holidays; None stands for what could not be read."""
    listed: list[tuple[str, Holiday | WorkedDay | None]]
    listed = [(f"closed[{n}].day", holiday) for n, holiday in enumerate(closed)]
    listed += [(f"worked[{n}].day", day) for n, day in enumerate(worked)]
    first, last = known_from or date.min, known_through or date.max
    seen: dict[date, str] = {}
    for path, each in listed:
        if each is None:
            continue
        if each.day in seen:
            yield Mistake(path, f"{each.day} stands at {seen[each.day]} already")
        elif not first <= each.day <= last:
            yield Mistake(path, f"{each.day} lies outside of known_from, known_through")
        seen.setdefault(each.day, path)
    if first > last:
        yield Mistake("known_through", f"{last} lies before known_from, {first}")


@attrs.frozen
class Closure:
    """Dates on which one keeps closed oneself.

    Attributes:
        day: the date, or the first of several.
        last: the last of several; by default there is only the one.
        name: why.

    Raises:
        InvalidDocument: the last lies before the first, or more than ten years behind it.
    """

    day: date = attrs.field(validator=_day)
    last: date | None = attrs.field(default=None, validator=attrs.validators.optional(_day))
    name: str = attrs.field(default="", validator=checks.text)

    def __attrs_post_init__(self) -> None:
        length = (self.last or self.day) - self.day
        demand(
            self,
            (length >= timedelta(), "last", f"{self.last} lies before {self.day}"),
            (length <= _LONGEST_CLOSURE, "last", "more than ten years: give the week no hours"),
        )

    @property
    def days(self) -> list[date]:
        """All of its dates."""
        count = ((self.last or self.day) - self.day).days + 1
        return [self.day + timedelta(days=number) for number in range(count)]


@attrs.frozen
class HoursOn:
    """The hours of one date, whatever the week or a holiday says: half a day, a late opening.

    Attributes:
        day: the date.
        hours: its windows, such as `["09:00-13:00"]`; at least one, a closure has none.
        name: why.

    Raises:
        InvalidDocument: there are none, or they overlap.
    """

    day: date = attrs.field(validator=_day)
    hours: tuple[Hours, ...] = attrs.field(converter=hours_listed, validator=are_hours)
    name: str = attrs.field(default="", validator=checks.text)

    def __attrs_post_init__(self) -> None:
        demand(self, (bool(self.hours), "hours", "give hours, or make it a closure"))
        mistakes = [Mistake("hours", text) for text in overlaps(self.hours)]
        if mistakes:
            raise InvalidDocument("HoursOn", mistakes)


@attrs.frozen
class Break:
    """Hours that are cut out of whatever is open then: lunch, prayer, a fire drill.

    Attributes:
        hours: such as `12:00-13:00`; overnight they belong to the date on which they begin.
        days: the days of the week on which it is held; all by default.
        on: the one date on which it is held, instead of days of the week.
        name: why.

    Raises:
        InvalidDocument: both days and a date, or no days.
    """

    hours: Hours = attrs.field(converter=hours_of, validator=is_hours)
    days: tuple[Weekday, ...] = attrs.field(
        default=tuple(Weekday), converter=checks.listed, validator=checks.each(Weekday)
    )
    on: date | None = attrs.field(default=None, validator=attrs.validators.optional(_day))
    name: str = attrs.field(default="", validator=checks.text)

    def __attrs_post_init__(self) -> None:
        alone = self.on is None or self.days == tuple(Weekday)
        demand(
            self,
            (alone, "on", "give days of the week or a date, not both"),
            (bool(self.days), "days", "give at least one, or leave it out for all"),
        )
