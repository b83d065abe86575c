"""What redeemed points cost: by local period, and by reward or by offer to pay with points."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import attrs

from loyalcore import checks
from loyalcore.decimals import of_units, plus, times
from loyalcore.forms import utc
from loyalcore.loyalty.accounts.expectations import origin_of, zone_of
from loyalcore.loyalty.member.events import MemberEvent, PurchaseRecorded, ReturnRecorded
from loyalcore.loyalty.member.parts import points_of
from loyalcore.loyalty.member.spending import (
    HoldEnded,
    PointsRedeemed,
    RedemptionUndone,
    RewardTaken,
)
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.reports.begun import Histories, each_history
from loyalcore.money import minor_digits
from loyalcore.timing import Cycle


@attrs.frozen
class RewardCost:
    """What redemptions of one kind cost within one period.

    What is undone or returned counts negative in the period in which it is.

    Attributes:
        first: the first day of the period.
        what: `reward:ID`, `payment:OFFER` for points that paid for orders, "" for the rest.
        quantity: of the reward.
        points: redeemed.
        costed: of them, those whose cost is known.
        cost: of these, in major units of the programme's currency.
    """

    first: date
    what: str
    quantity: int = 0
    points: int = 0
    costed: int = 0
    cost: Decimal = Decimal(0)

    @property
    def per_point(self) -> Fraction | None:
        """The cost of one point, in major units; None where no cost is known."""
        return Fraction(self.cost) / self.costed if self.costed else None

    def __add__(self, other: "RewardCost") -> "RewardCost":
        """Sum two, under the first one's period and kind."""
        return RewardCost(
            self.first,
            self.what,
            self.quantity + other.quantity,
            self.points + other.points,
            self.costed + other.costed,
            plus(self.cost, other.cost),
        )


def reward_costs(
    histories: Histories,
    programmes: Iterable[Programme],
    cycle: Cycle,
    timezone: str,
    until: datetime | None = None,
) -> tuple[RewardCost, ...]:
    """Sum what redemptions cost, by period and kind, in order.

    A reward costs what the version of the programme says that offered it; points that paid for an
    order cost the money they paid. One history is read at a time.

    Args:
        histories: members' streams with all their events, one member at a time.
        programmes: every version that offered rewards.
        cycle: the periods.
        timezone: the IANA zone of their days.
        until: leave out what was recorded from here on; None for nothing.

    Raises:
        InvalidValue: the instant is naive, or the zone unknown.
    """
    closes = None if until is None else utc(until, "reward_costs.until")
    tz = zone_of("reward_costs", cycle, timezone)
    fix = "give every version of the programme"
    versions = checks.walked("reward_costs.programmes", programmes, Programme, fix)
    costs = {(p.content_id, r.id): r.cost for p in versions for r in p.rewards}
    rows: dict[tuple[date, str], RewardCost] = {}
    for events in each_history(histories, "reward_costs.histories"):
        for row in _Costing(costs, cycle, tz).rows(events or (), closes):
            place = row.first, row.what
            rows[place] = rows[place] + row if place in rows else row
    return tuple(rows[place] for place in sorted(rows))


@attrs.frozen
class _Kind:
    """What a redemption was for, and whether its cost is known."""

    what: str
    known: bool = False


@attrs.define
class _Costing:
    """What one member's events tell, and what is to be remembered for undoing and returns."""

    costs: dict[tuple[str, str], Decimal | None]
    cycle: Cycle
    tz: ZoneInfo
    redemptions: dict[str, _Kind] = attrs.Factory(dict)
    offers: dict[str, tuple[str, str]] = attrs.Factory(dict)

    def rows(self, events: Iterable[MemberEvent], closes: datetime | None) -> Iterator[RewardCost]:
        for event in events:
            if closes is not None and event.recorded_at >= closes:
                return
            first = origin_of(event.recorded_at, self.cycle, self.tz)
            match event:
                case PointsRedeemed():
                    yield self._redeemed(first, event)
                case HoldEnded() if event.spent:
                    yield RewardCost(first, "", points=points_of(event.spent))
                case RedemptionUndone():
                    yield self._undone(first, event)
                case PurchaseRecorded():
                    yield from self._paid(first, event)
                case ReturnRecorded():
                    yield from self._returned(first, event)
                case _:
                    pass

    def _redeemed(self, first: date, event: PointsRedeemed) -> RewardCost:
        taken = event.taken
        if taken is None:
            return RewardCost(first, "", points=event.points)
        cost = self._cost_of(taken)
        kind = _Kind(f"reward:{taken.reward}", cost is not None)
        self.redemptions[event.redemption] = kind
        return _row(first, kind, taken.quantity, event.points, cost)

    def _undone(self, first: date, event: RedemptionUndone) -> RewardCost:
        kind = self.redemptions.get(event.redemption, _Kind(""))
        back = event.given_back
        if back is None:
            return _row(first, kind, 0, -event.points, None)
        return _row(first, kind, -back.quantity, -event.points, self._cost_of(back))

    def _cost_of(self, taken: RewardTaken) -> Decimal | None:
        return self.costs.get((taken.programme, taken.reward))

    def _paid(self, first: date, event: PurchaseRecorded) -> Iterator[RewardCost]:
        paid = event.paid
        if paid is None:
            return
        what = f"payment:{paid.offer}"
        self.offers[event.order] = what, event.currency
        worth = of_units(paid.worth, minor_digits(event.currency))
        yield RewardCost(first, what, 0, paid.points, paid.points, worth)
        if paid.hold:  # the end of the hold told of the same points
            yield RewardCost(first, "", points=-paid.points)

    def _returned(self, first: date, event: ReturnRecorded) -> Iterator[RewardCost]:
        points = sum(line.paid_points for line in event.lines)
        worth = sum(line.paid_worth for line in event.lines)
        if points or worth:
            what, currency = self.offers[event.order]
            cost = of_units(-worth, minor_digits(currency))
            yield RewardCost(first, what, 0, -points, -points, cost)


def _row(first: date, kind: _Kind, quantity: int, points: int, cost: Decimal | None) -> RewardCost:
    total = times(cost, quantity) if cost is not None else Decimal(0)
    return RewardCost(first, kind.what, quantity, points, points if kind.known else 0, total)
