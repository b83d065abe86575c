"""Conditions of time: when a rule holds."""

from datetime import date, time, timedelta
from enum import Enum
from typing import ClassVar

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidDocument, Mistake
from loyalcore.forms import demand
from loyalcore.loyalty.programme.conditions import Condition, Facts
from loyalcore.timing import Cycle, LeapDay, MonthDay, Recurrence


@attrs.frozen
class Recurs(Condition):
    """Hold on days that recur: `{ recurrence = "FREQ=MONTHLY;BYMONTHDAY=8" }`."""

    key: ClassVar[str] = "recurrence"
    recurrence: str = attrs.field(validator=checks.name)
    start: date | None = attrs.field(default=None, validator=attrs.validators.optional(checks.day))

    def __attrs_post_init__(self) -> None:
        try:
            Recurrence(self.recurrence, self.start)
        except InvalidDocument as error:
            mistakes = [Mistake("recurrence", mistake.text) for mistake in error.mistakes]
            raise InvalidDocument("Recurs", mistakes) from None

    def holds(self, facts: Facts) -> bool:
        """Ask the recurrence about the day."""
        return Recurrence.falls(self.recurrence, self.start, facts.day)


@attrs.frozen
class During(Condition):
    """Hold from a first day to a last, both included: `{ first = ..., last = ... }`."""

    key: ClassVar[str] = "first"
    first: date = attrs.field(validator=checks.day)
    last: date = attrs.field(validator=checks.day)

    def __attrs_post_init__(self) -> None:
        demand(self, (self.first <= self.last, "last", f"{self.last} lies before {self.first}"))

    def holds(self, facts: Facts) -> bool:
        """Compare the day."""
        return self.first <= facts.day <= self.last


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _clock(text: str) -> time | None:
    """Read `16:00`; 24:00 is the end of the day."""
    hours, colon, minutes = text.partition(":")
    if not (colon and _digits(hours) and _digits(minutes) and len(minutes) == 2):
        return None
    if (int(hours), int(minutes)) == (24, 0):
        return time.max
    return time(int(hours), int(minutes)) if int(hours) < 24 and int(minutes) < 60 else None


@attrs.frozen
class InHours(Condition):
    """Hold at some hours of the local day: `{ hours = "16:00-18:00" }`.

    The first minute is included, the last is not. Hours that end at or before they start run over
    midnight; what is bought after it is bought on the next day.
    """

    key: ClassVar[str] = "hours"
    hours: str = attrs.field(validator=checks.name)

    def __attrs_post_init__(self) -> None:
        begin, _, end = self.hours.partition("-")
        read = _clock(begin) not in {None, time.max} and _clock(end) is not None
        demand(self, (read, "hours", f'{self.hours!r}: give hours such as "16:00-18:00"'))

    def holds(self, facts: Facts) -> bool:
        """Compare the local time."""
        begin, _, end = self.hours.partition("-")
        first, last = _clock(begin), _clock(end)
        assert first is not None, "hours that could not be read were refused"
        assert last is not None, "hours that could not be read were refused"
        if facts.clock is None:
            return False
        before = facts.clock < last or last == time.max
        return (
            (first <= facts.clock and before) if first < last else (first <= facts.clock or before)
        )


class BirthdaySpan(Enum):
    """How long a birthday lasts: its day, its week from Monday, or its month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def _feasts(feast: MonthDay, span: BirthdaySpan, day: date, leap_day: LeapDay) -> list[date]:
    """Give the days on which a feast is kept whose span holds a day."""
    cycle = Cycle(span.value)
    # A feast's week may reach into another year than the feast itself.
    years = {(day + timedelta(days=shift)).year for shift in (-6, 0, 6)}
    kept = (feast.kept_in(year, leap_day) for year in sorted(years))
    return [found for found in kept if cycle.start(found) == cycle.start(day)]


@attrs.frozen
class OnBirthday(Condition):
    """Hold on the member's birthday, or in its week or month: `{ birthday = "month" }`."""

    key: ClassVar[str] = "birthday"
    birthday: BirthdaySpan = attrs.field(validator=checks.instance_of(BirthdaySpan))

    def holds(self, facts: Facts) -> bool:
        """Compare the day with the birthday as it is kept that year."""
        if facts.birthday is None:
            return False
        return bool(_feasts(facts.birthday, self.birthday, facts.day, facts.leap_day))


@attrs.frozen
class OnAnniversary(Condition):
    """Hold on the day of joining in later years, or in its week or month.

    Written `{ anniversary = "week" }`.
    """

    key: ClassVar[str] = "anniversary"
    anniversary: BirthdaySpan = attrs.field(validator=checks.instance_of(BirthdaySpan))

    def holds(self, facts: Facts) -> bool:
        """Compare the day with that of joining as it is kept in later years."""
        joined = facts.joined
        if joined is None:
            return False
        feast = MonthDay(joined.month, joined.day)
        kept = _feasts(feast, self.anniversary, facts.day, facts.leap_day)
        return any(day.year > joined.year for day in kept)
