"""Tallies by local day: what windows and limits are counted from."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import attrs


@attrs.frozen
class Tally:
    """Amounts by local day, as far back as they matter.

    Attributes:
        days: the amounts.
        since: what lies before was let go of, and is not counted again.

    >>> tally = Tally().add(date(2026, 3, 8), 5).add(date(2026, 3, 9), 2)
    >>> tally.within(date(2026, 3, 1), date(2026, 3, 31))
    7
    """

    days: Mapping[date, int] = MappingProxyType({})
    since: date = date.min

    def add(self, day: date, amount: int, since: date = date.min) -> "Tally":
        """Add an amount to a day, and let go of the days before `since`."""
        since = max(since, self.since)
        days = {kept: sum_ for kept, sum_ in self.days.items() if kept >= since}
        if day >= since:
            days[day] = days.get(day, 0) + amount
        return Tally(days, since)

    def within(self, first: date, last: date) -> int:
        """Sum the days from first to last, both included."""
        return sum(amount for day, amount in self.days.items() if first <= day <= last)
