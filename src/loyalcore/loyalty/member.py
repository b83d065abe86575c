"""A member's state: only what is open, folded from the events."""

from bisect import insort
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

import attrs

from loyalcore.forms import utc
from loyalcore.loyalty.events import (
    BehaviourRecorded,
    Lot,
    MemberEnrolled,
    MemberEvent,
    MembershipEnded,
    PointsExpired,
    PointsRedeemed,
    PurchaseRecorded,
    ReturnRecorded,
    TierChanged,
    TierKept,
)
from loyalcore.loyalty.lots import days_back, spendable, spending_order, without
from loyalcore.loyalty.tally import Tally

SPEND = "spend"


@attrs.frozen
class Totals:
    """Sums since the member joined; what is claimed back is clawed, owed or waived."""

    issued: int = 0
    spent: int = 0
    expired: int = 0
    clawed: int = 0
    claimed: int = 0
    waived: int = 0


@attrs.frozen
class Member:
    """What is open for a member.

    Attributes:
        enrolled_at: None before the member joined.
        recorded_at: the last instant that the stream recorded.
        lots: the live ones, in spending order.
        opened: how many lots were ever opened.
        debt: points owed, repaid by the next lots.
        totals: sums since ever.
        tier: the id; None without tiers.
        tier_since: since when.
        tier_until: when it is looked at next; None when nothing is to be lost.
        tallies: qualifying spend (`spend`) and counted behaviours (`behaviour:ID`) by local day.
        kept_days: how many days of them matter.
    """

    enrolled_at: datetime | None = None
    recorded_at: datetime | None = None
    lots: tuple[Lot, ...] = ()
    opened: int = 0
    debt: int = 0
    totals: Totals = Totals()
    tier: str | None = None
    tier_since: datetime | None = None
    tier_until: datetime | None = None
    tallies: Mapping[str, Tally] = MappingProxyType({})
    kept_days: int = 0

    def available(self, at: datetime) -> int:
        """Points that can be spent at an instant."""
        at = utc(at)
        return sum(lot.points for lot in self.lots if spendable(lot, at))

    def pending(self, at: datetime) -> int:
        """Points that can be spent only later."""
        at = utc(at)
        return sum(lot.points for lot in self.lots if at < lot.active_at)

    @property
    def outstanding(self) -> int:
        """Points of all live lots."""
        return sum(lot.points for lot in self.lots)

    def tally(self, name: str) -> Tally:
        """Give a tally, empty when nothing was counted."""
        return self.tallies.get(name, Tally())

    def check_invariants(self) -> None:
        """Assert what always holds (rule L13 and the order of the lots).

        Raises:
            AssertionError: it does not.
        """
        t = self.totals
        assert min(*attrs.astuple(t), self.debt) >= 0, "below zero"
        assert t.issued == self.outstanding + t.spent + t.expired + t.clawed, "points lost or made"
        assert t.claimed == t.clawed + self.debt + t.waived, "claims lost or made"
        assert all(lot.points > 0 for lot in self.lots), "an empty lot is kept"
        assert list(self.lots) == sorted(self.lots, key=spending_order), "lots out of order"
        assert len({lot.id for lot in self.lots}) == len(self.lots), "a lot twice"
        assert all(0 < lot.id <= self.opened for lot in self.lots), "a lot never opened"


def evolve(member: Member, event: MemberEvent) -> Member:
    """Fold one event into a member's state."""
    match event:
        case MemberEnrolled():
            changed = attrs.evolve(
                member,
                enrolled_at=event.recorded_at,
                tier=event.tier,
                tier_since=event.recorded_at if event.tier else None,
            )
        case MembershipEnded():
            changed = _end(member, event)
        case PurchaseRecorded():
            counted = _count(member, SPEND, event, event.spend)
            changed = _credit(counted, event.lot, event.repaid)
        case BehaviourRecorded():
            times = 1 if event.award.points else 0
            counted = _count(member, f"behaviour:{event.behaviour}", event, times)
            changed = _credit(counted, event.lot, event.repaid)
        case PointsRedeemed():
            t = member.totals
            changed = attrs.evolve(
                member,
                lots=without(member.lots, event.parts),
                totals=attrs.evolve(t, spent=t.spent + event.points),
            )
        case ReturnRecorded():
            changed = _claim(member, event)
        case PointsExpired():
            t = member.totals
            changed = attrs.evolve(
                member,
                lots=without(member.lots, event.parts),
                totals=attrs.evolve(t, expired=t.expired + event.points),
            )
        case TierChanged():
            changed = attrs.evolve(
                member,
                tier=event.after,
                tier_since=event.recorded_at,
                tier_until=event.until,
            )
        case TierKept():
            changed = attrs.evolve(member, tier_until=event.until)
        case _:
            assert_never(event)
    return attrs.evolve(changed, recorded_at=event.recorded_at)


def _end(member: Member, event: MembershipEnded) -> Member:
    """Keep what was, let go of what is open."""
    t = member.totals
    return Member(
        lots=without(member.lots, event.parts),
        opened=member.opened,
        debt=member.debt - event.waived,
        totals=attrs.evolve(t, expired=t.expired + event.points, waived=t.waived + event.waived),
    )


def _count(
    member: Member, name: str, event: PurchaseRecorded | BehaviourRecorded, amount: int
) -> Member:
    """Add to a tally, keeping the days that matter."""
    kept = max(member.kept_days, event.kept_days)
    # Two days more than asked: local days reach over the UTC date on both sides.
    since = days_back(event.recorded_at, kept + 2)
    tally = member.tally(name).add(event.day, amount, since)
    return attrs.evolve(member, tallies={**member.tallies, name: tally}, kept_days=kept)


def _credit(member: Member, lot: Lot | None, repaid: int) -> Member:
    """Open a lot, less what of it repays debt at once."""
    if lot is None:
        return member
    t = member.totals
    lots = list(member.lots)
    if lot.points > repaid:
        insort(lots, attrs.evolve(lot, points=lot.points - repaid), key=spending_order)
    return attrs.evolve(
        member,
        lots=tuple(lots),
        opened=lot.id,
        debt=member.debt - repaid,
        totals=attrs.evolve(t, issued=t.issued + lot.points, clawed=t.clawed + repaid),
    )


def _claim(member: Member, event: ReturnRecorded) -> Member:
    """Take back what a return claims: points from lots, the rest owed or waived, and spend."""
    t = member.totals
    clawed = sum(part.points for part in event.parts)
    since = days_back(event.recorded_at, member.kept_days + 2)
    tally = member.tally(SPEND).add(event.day, -event.spend, since)
    return attrs.evolve(
        member,
        lots=without(member.lots, event.parts),
        debt=member.debt + event.debt,
        totals=attrs.evolve(
            t,
            clawed=t.clawed + clawed,
            claimed=t.claimed + event.points,
            waived=t.waived + event.waived,
        ),
        tallies={**member.tallies, SPEND: tally},
    )
