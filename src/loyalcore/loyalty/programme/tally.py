"""Tallies by local day: what windows and limits are counted from."""

from collections.abc import Mapping
from datetime import date
from itertools import takewhile
from types import MappingProxyType

import attrs


@attrs.frozen
class Tally:
    """Amounts by local day, as far back as they matter.

    Attributes:
        days: the amounts, the earliest day first.
        since: what lies before was let go of, and is not counted again.
        total: all that was ever added, on whatever day.

    >>> tally = Tally().add(date(2026, 3, 8), 5).add(date(2026, 3, 9), 2)
    >>> tally.within(date(2026, 3, 1), date(2026, 3, 31))
    7
    """

    days: Mapping[date, int] = MappingProxyType({})
    since: date = date.min
    total: int = 0

    def add(self, day: date, amount: int, since: date = date.min) -> "Tally":
        """Add an amount to a day, and let go of the days before `since`."""
        since = max(since, self.since)
        days = dict(self.days)
        for gone in takewhile(lambda kept: kept < since, self.days):
            del days[gone]
        if day >= since:
            late = day not in days and bool(days) and day < next(reversed(days))
            days[day] = days.get(day, 0) + amount
            if late:
                days = dict(sorted(days.items()))
        return Tally(days, since, self.total + amount)

    def plus(self, other: "Tally", since: date = date.min) -> "Tally":
        """Give both in one, without the days before `since`."""
        since = max(since, self.since, other.since)
        days = {
            day: self.days.get(day, 0) + other.days.get(day, 0)
            for day in sorted({*self.days, *other.days})
            if day >= since
        }
        return Tally(days, since, self.total + other.total)

    def within(self, first: date, last: date) -> int:
        """Sum the days from first to last, both included; from `date.min` on all ever added."""
        if first == date.min:
            later = (amount for day, amount in self.days.items() if day > last)
            return self.total - sum(later)
        total = 0
        for day in reversed([*self.days]):
            if day < first:
                break
            if day <= last:
                total += self.days[day]
        return total
