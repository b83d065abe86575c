"""Deferred revenue by earning period: from recorded orders, their returns, and a triangle."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.loyalty.accounts.breakage import Breakage
from loyalcore.loyalty.accounts.expectations import (
    Expectations,
    Share,
    exact_number,
    expectations,
    origin_of,
)
from loyalcore.loyalty.accounts.price_allocation import allocate_purchase
from loyalcore.loyalty.accounts.revenue import DeferredRevenue
from loyalcore.loyalty.accounts.triangles import RedemptionTriangle
from loyalcore.loyalty.member.events import MemberEvent, PurchaseRecorded, ReturnRecorded
from loyalcore.loyalty.reports.begun import Histories, each_history
from loyalcore.money import Money
from loyalcore.timing import start_of_day, zone


def deferrals(
    histories: Histories,
    triangle: RedemptionTriangle,
    *,
    fair_value: Share,
    expected: Expectations | Share,
) -> dict[date, int]:
    """Sum what prices defer for points, by the period in which they were earned, in minor units.

    Each recorded order's price is allocated as by `allocate_purchase`, and what comes back of its
    money takes out as much of what was allocated to its points, in all the floor of it. Facts
    recorded behind the triangle's last period are left out. One history is read at a time.

    Args:
        histories: members' streams with all their events, one member at a time.
        triangle: built from the same.
        fair_value: of one point, in major units.
        expected: the share of points that was expected to be redeemed when they were sold, one for
            all or by earning period. It is not changed later: only `DeferredRevenue.expected` is.
    """
    fix = "give a RedemptionTriangle, as redemption_triangle() makes it"
    checks.argument("deferrals.triangle", triangle, RedemptionTriangle, fix)
    exact_number(fair_value, "deferrals.fair_value")
    tz, given = zone(triangle.timezone), expectations(expected, "deferrals.expected")
    closes = start_of_day(triangle.until, tz)
    sums: Counter[date] = Counter()
    for events in each_history(histories, "deferrals.histories"):
        for earned_at, minor in _of_one(events or (), closes, fair_value, given):
            sums[origin_of(earned_at, triangle.cycle, tz)] += minor
    return {origin: sums[origin] for origin in triangle.origins}


@attrs.define
class _Order:
    """An order: its price, what of it was allocated to its points, what came back."""

    earned_at: datetime
    price: int
    deferred: int
    returned: int = 0

    def give_back(self, amount: int) -> int:
        """Return money and give what goes out of the deferred part."""
        before = self._out()
        self.returned += amount
        return self._out() - before

    def _out(self) -> int:
        return self.deferred * self.returned // self.price


def _of_one(
    events: Iterable[MemberEvent], closes: datetime, fair_value: Share, expected: Expectations
) -> list[tuple[datetime, int]]:
    orders: dict[str, _Order] = {}
    found = []
    for event in events:
        if event.recorded_at >= closes:
            break
        if isinstance(event, PurchaseRecorded) and event.lot is not None:
            earned_at = event.lot.earned_at
            sale = allocate_purchase(event, fair_value=fair_value, expected=expected.of(earned_at))
            if sale.price.minor:
                order = _Order(earned_at, sale.price.minor, sale.points.minor)
                orders[event.order] = order
                found.append((earned_at, order.deferred))
        elif isinstance(event, ReturnRecorded) and event.order in orders:
            order = orders[event.order]
            found.append((order.earned_at, -order.give_back(event.refund)))
    return found


def deferred_cohorts(
    triangle: RedemptionTriangle, deferred: Mapping[date, int], found: Breakage, currency: str
) -> tuple[DeferredRevenue, ...]:
    """Give each earning period's deferred revenue as a triangle and its breakage have it.

    Compared by `revenue_row` with those of an earlier triangle they give the revenue between.

    Args:
        triangle: what became of the points.
        deferred: minor units by earning period, as by `deferrals`.
        found: the triangle's breakage.
        currency: an ISO 4217 code.

    Raises:
        InvalidValue: the breakage is that of another triangle.
    """
    if tuple(cohort.origin for cohort in found.cohorts) != triangle.origins:
        fix = "give the breakage of this very triangle"
        raise InvalidValue("deferred_cohorts.found", triangle.origins, fix)
    return tuple(
        DeferredRevenue(
            deferred=Money.from_minor(deferred.get(cohort.origin, 0), currency),
            issued=cohort.issued,
            expected=cohort.ultimate,
            redeemed=cohort.redeemed,
            gone=total.expired,
        )
        for cohort, total in zip(found.cohorts, triangle.totals, strict=True)
    )
