"""Redemption triangles: what became of the points earned in each period, by their age."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import accumulate

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.forms import utc
from loyalcore.loyalty.accounts.expectations import origin_of, zone_of
from loyalcore.loyalty.reports.begun import Histories, each_history, passed_by
from loyalcore.loyalty.reports.lot_flows import Fate, lot_flows
from loyalcore.timing import Cycle, local_date, start_of_day

_JUST = timedelta(microseconds=1)


@attrs.frozen
class Cell:
    """What became, at one age, of the points earned in one period.

    Attributes:
        issued: points; facts told late are issued at a later age.
        redeemed: less what was undone.
        expired, clawed: as in a member's totals.
        moved: to other members, less what came from them; 0 where both sides were read.
    """

    issued: int = 0
    redeemed: int = 0
    expired: int = 0
    clawed: int = 0
    moved: int = 0

    @property
    def left(self) -> int:
        """What was issued and is not gone."""
        return self.issued - self.redeemed - self.expired - self.clawed - self.moved

    def __add__(self, other: "Cell") -> "Cell":
        pairs = zip(attrs.astuple(self), attrs.astuple(other), strict=True)
        return Cell(*(one + more for one, more in pairs))


@attrs.frozen
class RedemptionTriangle:
    """What became of points, by earning period and age, in whole periods up to an instant.

    The cell of an age holds what was recorded so many periods after the earning period; age 0 is
    the earning period itself.

    Attributes:
        cycle: what the periods are.
        timezone: the IANA zone of their days.
        origins: the first days of the earning periods, without gaps, the oldest first.
        until: the first day behind the last period.
        rows: for each origin its cells by age; the oldest has as many as there are origins, each
            later one has one fewer.
    """

    cycle: Cycle = attrs.field(validator=checks.instance_of(Cycle))
    timezone: str = attrs.field(validator=checks.name)
    origins: tuple[date, ...]
    until: date
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def totals(self) -> tuple[Cell, ...]:
        """For each origin all its cells in one."""
        return tuple(sum(row, Cell()) for row in self.rows)

    @property
    def redeemed(self) -> tuple[tuple[int, ...], ...]:
        """For each origin what was redeemed up to each age."""
        return tuple(tuple(accumulate(cell.redeemed for cell in row)) for row in self.rows)

    def earlier(self, periods: int) -> "RedemptionTriangle":
        """Give the triangle as it was so many periods before.

        Raises:
            InvalidValue: there were not so many.
        """
        count = len(self.origins)
        if not 0 <= periods <= count:
            raise InvalidValue("periods", periods, f"give 0 to {count}")
        if not periods:
            return self
        left = count - periods
        rows = tuple(row[: left - n] for n, row in enumerate(self.rows[:left]))
        until = self.origins[left]
        return attrs.evolve(self, origins=self.origins[:left], rows=rows, until=until)

    def table(self) -> str:
        """Give what was redeemed up to each age as text."""
        ages = "".join(f"{age:>12}" for age in range(len(self.origins)))
        rows = [f"{'earned in':<12}{'issued':>14}{ages}"]
        for origin, total, row in zip(self.origins, self.totals, self.redeemed, strict=True):
            figures = "".join(f"{points:>12,}" for points in row)
            rows.append(f"{origin.isoformat():<12}{total.issued:>14,}{figures}")
        return "\n".join(rows)

    def __str__(self) -> str:
        return self.table()


def redemption_triangle(
    histories: Histories, cycle: Cycle, at: datetime, timezone: str
) -> RedemptionTriangle:
    """Build the triangle of what became of points, from the events that name their lots.

    The period that holds the instant is not over and is left out. What expires at the very end of
    a period expires within it, whether or not anything has swept. Points that came from another
    member stay in the period in which they were earned, and members who were forgotten are left
    out. One history is read at a time and none is kept.

    Args:
        histories: members' streams with all their events, one member at a time.
        cycle: the periods.
        at: the instant.
        timezone: the IANA zone of the programme's days.

    Raises:
        InvalidValue: the instant is naive, or the zone unknown.
        CorruptEvent: events contradict one another.
    """
    tz = zone_of("redemption_triangle", cycle, timezone)
    until = cycle.start(local_date(utc(at, "redemption_triangle.at"), tz))
    closes = start_of_day(until, tz)
    sums: Counter[tuple[date, date, str]] = Counter()
    for events in each_history(histories, "redemption_triangle.histories"):
        for flow in lot_flows(passed_by(events or (), closes)):
            seen_at = flow.at - _JUST if flow.by_time else flow.at
            origin, seen = (origin_of(when, cycle, tz) for when in (flow.earned_at, seen_at))
            sign, field = _FIELDS[flow.fate]
            sums[origin, seen, field] += sign * flow.points
    origins = _periods(min((origin for origin, _, _ in sums), default=until), until, cycle)
    rows = tuple(
        tuple(_cell(sums, origin, seen) for seen in origins[age:])
        for age, origin in enumerate(origins)
    )
    return RedemptionTriangle(cycle, timezone, origins, until, rows)


_FIELDS = {
    Fate.ISSUED: (1, "issued"),
    Fate.RECEIVED: (-1, "moved"),
    Fate.REDEEMED: (1, "redeemed"),
    Fate.EXPIRED: (1, "expired"),
    Fate.CLAWED: (1, "clawed"),
    Fate.MOVED: (1, "moved"),
}
_NAMES = [field.name for field in attrs.fields(Cell)]


def _cell(sums: Counter[tuple[date, date, str]], origin: date, seen: date) -> Cell:
    return Cell(*(sums[origin, seen, name] for name in _NAMES))


def _periods(first: date, until: date, cycle: Cycle) -> tuple[date, ...]:
    """Give the first days of all periods from one date to before another."""
    days: list[date] = []
    while first < until:
        days.append(first)
        first = cycle.next_start(first)
    return tuple(days)
