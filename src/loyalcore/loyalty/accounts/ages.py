"""How old points may become, in calendar periods."""

from datetime import date, timedelta
from functools import lru_cache
from typing import assert_never

from loyalcore.loyalty.programme.policies import Expiry
from loyalcore.timing import Cycle


@lru_cache(maxsize=64)
def ages_alive(expiry: Expiry, cycle: Cycle) -> int | None:
    """Give the last age at which points of a programme can be spent; None if they never expire.

    Points held past their expiry, and redemptions undone with days of grace, reach past it.

    >>> from loyalcore.timing import Length
    >>> ages_alive(Expiry(Length(months=12)), Cycle.MONTH)
    12
    """
    if expiry.after is None:
        return None
    # In 28 years every date meets every weekday, and each lot of a period that is earned later
    # lives as long or longer than the one before.
    oldest, first = 0, date(2000, 1, 1)
    while first.year < 2028:
        following = cycle.next_start(first)
        last_earned = following - timedelta(days=1)
        last_spent = expiry.end_of.next_start(expiry.after.after(last_earned)) - timedelta(days=1)
        oldest = max(oldest, _number(last_spent, cycle) - _number(first, cycle))
        first = following
    return oldest


def _number(day: date, cycle: Cycle) -> int:
    """Number the periods of a cycle."""
    match cycle:
        case Cycle.DAY:
            return day.toordinal()
        case Cycle.WEEK:
            return cycle.start(day).toordinal() // 7
        case Cycle.MONTH:
            return day.year * 12 + day.month
        case Cycle.QUARTER:
            return day.year * 4 + (day.month - 1) // 3
        case Cycle.YEAR:
            return day.year
        case _:
            assert_never(cycle)
