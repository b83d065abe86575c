"""Limits: how often something may be, within a calendar period or in all."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum

import attrs

from loyalcore import checks
from loyalcore.loyalty.programme.tally import Tally
from loyalcore.timing import Cycle


def in_order(first: date | None, last: date | None) -> bool:
    """Say whether a stretch of days does not end before it begins."""
    return first is None or last is None or first <= last


class LimitPeriod(Enum):
    """Within what a limit counts: a local calendar period, or all the time of the programme."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    PROGRAMME = "programme"

    @property
    def cycle(self) -> Cycle | None:
        """The calendar period; None for a limit that counts in all."""
        return None if self is LimitPeriod.PROGRAMME else Cycle(self.value)


def _per(period: LimitPeriod | Cycle) -> LimitPeriod:
    return LimitPeriod(period.value) if isinstance(period, Cycle) else period


@attrs.frozen
class Limit:
    """How often, for each member: `{ times = 3, per = "day" }`.

    Attributes:
        times: at most so often.
        per: within a local calendar period or, with "programme", ever.
    """

    times: int = attrs.field(validator=checks.positive)
    per: LimitPeriod = attrs.field(
        default=LimitPeriod.DAY, converter=_per, validator=checks.instance_of(LimitPeriod)
    )

    @property
    def words(self) -> str:
        """Say it in words.

        >>> Limit(3).words, Limit(1, LimitPeriod.PROGRAMME).words
        ('3 per day', '1 per programme')
        """
        return f"{self.times} per {self.per.value}"


@attrs.frozen
class PeriodLimit:
    """How often within a local calendar period; `{ times = 3, per = "day" }`."""

    times: int = attrs.field(validator=checks.positive)
    per: Cycle = attrs.field(default=Cycle.DAY, validator=checks.instance_of(Cycle))


def limit_reached(
    limits: Sequence[Limit], tally: Tally, ever: int, day: date, more: int = 1
) -> Limit | None:
    """Give the first limit that leaves no room, None when all of them do.

    Args:
        limits: of one thing.
        tally: how often the member has had it, by day.
        ever: and how often in all.
        day: the local day on which there would be more of it.
        more: how many more.
    """
    for limit in limits:
        cycle = limit.per.cycle
        if cycle is None:
            had = ever
        else:
            had = tally.within(cycle.start(day), cycle.next_start(day) - timedelta(days=1))
        if had + more > limit.times:
            return limit
    return None
