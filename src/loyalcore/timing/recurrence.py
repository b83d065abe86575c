"""Days that recur by an RFC 5545 rule."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile

import attrs
from dateutil.rrule import rrule, rruleset, rrulestr

from loyalcore import checks
from loyalcore.errors import InvalidDocument, Mistake

_DAY_PARTS = {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}
_PARTS = _DAY_PARTS | {"FREQ", "UNTIL", "COUNT", "INTERVAL", "BYMONTH", "BYSETPOS", "WKST"}
_LIMITS = {"COUNT", "UNTIL", "INTERVAL"}
_FIRST = date(1970, 1, 1)
# Twenty-eight years hold every pairing of dates and weekdays; dateutil ends with the year 9999.
_LAST_CYCLE = date(9971, 1, 1)
_MOST_COUNTED = 10_000
_MARGIN = timedelta(days=14)

# What a rule must say for its days not to hang on where it starts.
_FREE_OF_START: dict[str, Callable[[set[str]], bool]] = {
    "DAILY": lambda parts: True,
    "WEEKLY": lambda parts: "BYDAY" in parts,
    "MONTHLY": lambda parts: bool(parts & _DAY_PARTS),
    "YEARLY": lambda parts: bool(parts & _DAY_PARTS),
}


@attrs.frozen
class Recurrence:
    """A set of local days given by an RFC 5545 recurrence rule.

    Attributes:
        rule: such as `FREQ=MONTHLY;BYMONTHDAY=8`; whole days only.
        start: the first day from which the rule counts; needed where the rule's days hang on
            it (INTERVAL, COUNT, or a frequency without its day).

    Raises:
        InvalidDocument: the rule cannot be read, is finer than a day, or never falls.

    >>> Recurrence("FREQ=MONTHLY;BYMONTHDAY=8").falls_on(date(2026, 3, 8))
    True
    """

    rule: str = attrs.field(validator=checks.instance_of(str))
    start: date | None = attrs.field(default=None, validator=attrs.validators.optional(checks.day))

    def __attrs_post_init__(self) -> None:
        problem = _problem(self.rule, self.start)
        if problem:
            raise InvalidDocument("Recurrence", [Mistake("", problem)])

    def falls_on(self, day: date) -> bool:
        """Say whether the rule falls on a local day."""
        checks.argument("Recurrence.falls_on.day", day, date, "give a date")
        return self.falls(self.rule, self.start, day)

    @staticmethod
    def falls(rule: str, start: date | None, day: date) -> bool:
        """Say whether a rule that is known to be sound falls on a local day."""
        return day in _days_of(rule, start, day.year)


def _problem(rule: str, start: date | None) -> str | None:
    """Say what is wrong with a rule, or None."""
    pairs = [part.partition("=") for part in rule.upper().split(";")]
    parts = {key: value for key, _, value in pairs}
    if len(parts) < len(pairs):
        return f"{rule!r} says one thing twice: put several values into one, as in BYMONTHDAY=8,9"
    frequency = parts.get("FREQ", "")
    if frequency not in _FREE_OF_START:
        return f"{rule!r} needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY (RFC 5545)"
    problem = _foreign_part(parts) or _unfit_value(parts)
    if problem is not None:
        return f"{rule!r}: {problem}"
    counts = "COUNT" in parts or parts.get("INTERVAL", "1") != "1"
    if start is None and (counts or not _FREE_OF_START[frequency](set(parts))):
        return f"{rule!r} hangs on where it starts: give its day, or a start"
    try:
        # Some filters pass no day at all; asked near the end of the calendar that shows soon.
        ways = ";".join(f"{key}={value}" for key, value in parts.items() if key not in _LIMITS)
        for text, begin in ((ways, _LAST_CYCLE), (rule, start or _FIRST)):
            if next(iter(_parsed(text, begin)), None) is None:
                return f"{rule!r} never falls on any day"
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        return f"{rule!r} is no recurrence rule (RFC 5545): {error}"
    return None


def _foreign_part(parts: dict[str, str]) -> str | None:
    """Say which part has no place in a rule of whole days."""
    if parts.keys() & {"BYHOUR", "BYMINUTE", "BYSECOND"}:
        return "it speaks of hours, and a recurrence is of whole local days"
    foreign = ", ".join(sorted(parts.keys() - _PARTS))
    return f"{foreign} is no part of a rule (RFC 5545)" if foreign else None


def _unfit_value(parts: dict[str, str]) -> str | None:
    """Say which value is read by others in another way, or not at all."""
    if not parts.get("INTERVAL", "1").strip("0").isdigit():
        return "INTERVAL is 1 or more"
    count = parts.get("COUNT", "1")
    if not count.isdigit() or not 1 <= int(count) <= _MOST_COUNTED:
        return f"COUNT is a number from 1 to {_MOST_COUNTED}"
    numbered = any(char.isdigit() for char in parts.get("BYDAY", ""))
    if parts["FREQ"] in {"DAILY", "WEEKLY"} and numbered:
        return "numbered weekdays such as 1MO belong to months and years (RFC 5545)"
    return None


def _parsed(rule: str, start: date) -> rrule | rruleset:
    return rrulestr(rule.upper(), dtstart=datetime.combine(start, time()))


@lru_cache(maxsize=4096)
def _days_of(rule: str, start: date | None, year: int) -> frozenset[date]:
    """Give the days of one year on which a rule falls."""
    begin, end = date(year, 1, 1), date(year, 12, 31)
    if "COUNT=" in rule.upper():
        return frozenset(day for day in _counted_days(rule, start) if day.year == year)
    # Without a start the days do not hang on it, so begin near: far enough before for the year's
    # first week to be whole.
    near = begin - _MARGIN if year > date.min.year else begin
    moments = _parsed(rule, start or near).xafter(datetime.combine(begin, time()), inc=True)
    return frozenset(takewhile(lambda day: day <= end, (moment.date() for moment in moments)))


@lru_cache(maxsize=256)
def _counted_days(rule: str, start: date | None) -> frozenset[date]:
    """Give all days of a rule that ends after a count."""
    moments = islice(_parsed(rule, start or _FIRST), _MOST_COUNTED)
    return frozenset(moment.date() for moment in moments)
