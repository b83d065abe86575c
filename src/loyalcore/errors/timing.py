"""What a business calendar cannot answer."""

from datetime import date, datetime

import attrs

from loyalcore.errors.base import LoyalcoreError


@attrs.define(eq=False)
class CalendarUnknown(LoyalcoreError):
    """A time for which the calendar's holidays are not known.

    Attributes:
        calendar: its name, or its zone where it has none.
        at: what was asked about; None where it lies somewhere beyond.
        known_from: the first date whose holidays are known; None when there is no first one.
        known_through: the last date; None when there is no last one.
    """

    calendar: str
    at: datetime | date | None
    known_from: date | None
    known_through: date | None

    def message(self) -> str:
        at = "the answer" if self.at is None else self.at.isoformat()
        known = f"{self.known_from or 'ever'} to {self.known_through or 'ever'}"
        return (
            f"calendar {self.calendar!r} knows its holidays from {known}, and {at} lies outside: "
            "give it the holidays of more years, and known_from or known_through with them"
        )


@attrs.define(eq=False)
class NeverOpens(LoyalcoreError):
    """A calendar asked for an opening that does not come.

    Attributes:
        calendar: its name, or its zone where it has none.
        after: it does not open from there on, or up to there when `backwards`.
        backwards: whether the past was asked.
    """

    calendar: str
    after: datetime
    backwards: bool = False

    def message(self) -> str:
        where = "before" if self.backwards else "after"
        return (
            f"calendar {self.calendar!r} has too few open hours {where} {self.after.isoformat()}: "
            "give its week hours, or ask for less"
        )


@attrs.define(eq=False)
class NeverCloses(LoyalcoreError):
    """A calendar asked for a closing that does not come."""

    calendar: str
    after: datetime

    def message(self) -> str:
        return (
            f"calendar {self.calendar!r} does not close after {self.after.isoformat()}: "
            "ask only calendars that do"
        )


@attrs.define(eq=False)
class UnknownCalendar(LoyalcoreError):
    """A name under which no plug-in has brought a calendar."""

    name: str
    known: tuple[str, ...]

    def message(self) -> str:
        known = ", ".join(self.known) or "none"
        return (
            f"no calendar {self.name!r}: known are {known}; "
            "bring it into the host by the hook loyalcore_calendars"
        )
