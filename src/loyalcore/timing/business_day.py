"""One date of a business calendar, with what made its hours."""

from datetime import date
from enum import Enum

import attrs

from loyalcore import checks
from loyalcore.timing.hours import Hours
from loyalcore.timing.intervals import Interval, Intervals


class Because(Enum):
    """What decided on the hours of a date: the first of these that applies."""

    SKIPPED = "skipped"
    """The zone has no such date."""
    EXCEPTION = "exception"
    CLOSURE = "closure"
    WORKED = "worked"
    HOLIDAY = "holiday"
    WEEK = "week"


class DueAt(Enum):
    """When on a working date something falls due."""

    SAME_TIME = "same_time"
    """At the wall time at which it began, or at the next opening behind it."""
    CLOSING = "closing"
    """When the last of the date's windows closes."""
    MIDNIGHT = "midnight"
    """When the date ends."""


@attrs.frozen
class Cut:
    """Open time that a break has taken.

    Attributes:
        interval: what was taken.
        name: the break's.
    """

    interval: Interval = attrs.field(validator=checks.instance_of(Interval))
    name: str = attrs.field(validator=checks.text)


@attrs.frozen
class BusinessDay:
    """A date, its hours, and why they are so.

    Attributes:
        day: the local date.
        because: what decided on its hours.
        name: of the holiday, the closure or the exception.
        hours: the windows that open on it, in wall time.
        open: the time within them that is open, breaks taken out; overnight it lasts into the
            next date.
        cuts: what each break took of them.
    """

    day: date = attrs.field(validator=checks.day)
    because: Because = attrs.field(validator=checks.instance_of(Because))
    name: str = attrs.field(validator=checks.text)
    hours: tuple[Hours, ...] = attrs.field(validator=checks.each(Hours))
    open: Intervals = attrs.field(validator=checks.instance_of(Intervals))
    cuts: tuple[Cut, ...] = attrs.field(validator=checks.each(Cut))

    @property
    def working(self) -> bool:
        """Whether anything of it is open."""
        return bool(self.open.parts)

    def __str__(self) -> str:
        hours = ", ".join(map(str, self.hours)) or "closed"
        because = self.because.value + (f" ({self.name})" if self.name else "")
        cuts = "".join(f"; {cut.name or 'break'} {cut.interval.duration}" for cut in self.cuts)
        return f"{self.day} {self.day:%a}: {hours}, {because}{cuts}"
