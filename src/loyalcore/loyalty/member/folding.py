"""Fold events into a member's state."""

from datetime import datetime
from typing import assert_never

import attrs

from loyalcore.loyalty.member.entitlement_events import (
    EntitlementEnded,
    EntitlementGranted,
    EntitlementReserved,
    EntitlementUsed,
    ReservationEnded,
    UseUndone,
)
from loyalcore.loyalty.member.entitlement_folding import fold_entitlement
from loyalcore.loyalty.member.entitlement_handing import EntitlementGiven, EntitlementReceived
from loyalcore.loyalty.member.events import (
    BehaviourRecorded,
    MemberEnrolled,
    MemberEvent,
    MembershipEnded,
    PurchaseRecorded,
    ReturnRecorded,
)
from loyalcore.loyalty.member.giving_back import lots_with, with_lot
from loyalcore.loyalty.member.handing import PointsAdjusted, PointsReceived, PointsTransferred
from loyalcore.loyalty.member.handing_folding import fold_handing
from loyalcore.loyalty.member.held import Held
from loyalcore.loyalty.member.lapsing import ExpiryAhead, InactivityMoved, InactivityReached
from loyalcore.loyalty.member.lots import days_back, ending_by, without
from loyalcore.loyalty.member.member import (
    EARNED,
    JOINING,
    REWARD,
    SPEND,
    Member,
    is_limited,
    soonest,
    tally_name,
)
from loyalcore.loyalty.member.parts import points_of
from loyalcore.loyalty.member.referral_events import FriendBrought, ReferralJudged, ReferralUndone
from loyalcore.loyalty.member.referral_folding import fold_referral
from loyalcore.loyalty.member.spending import (
    HoldEnded,
    PointsExpired,
    PointsHeld,
    PointsRedeemed,
    RedemptionUndone,
    RewardTaken,
)
from loyalcore.loyalty.member.tier_events import (
    EarnedTierMoved,
    PeriodClosed,
    TierAtRisk,
    TierChanged,
    TierGraceBegan,
    TierKept,
    TierSecured,
)
from loyalcore.loyalty.member.tier_folding import evolve_tier
from loyalcore.loyalty.member.warrant_events import TierBought, TierSet, WarrantEnded
from loyalcore.loyalty.programme.tally import Tally


def evolve(member: Member, event: MemberEvent) -> Member:
    """Fold one event into a member's state."""
    match event:
        case MemberEnrolled():
            return _join(member, event)
        case MembershipEnded():
            return _end(member, event)
        case PurchaseRecorded():
            return _earn(_pay(member, event), event, SPEND, event.spend)
        case BehaviourRecorded():
            times, name = int(event.award.points > 0), f"behaviour:{event.behaviour}"
            member = attrs.evolve(member, ever=member.ever_plus(name, times))
            return _earn(member, event, name, times)
        case ReturnRecorded():
            return _claim(_return(member, event), event)
        case (
            TierChanged()
            | EarnedTierMoved()
            | TierKept()
            | TierGraceBegan()
            | TierAtRisk()
            | TierSecured()
            | PeriodClosed()
            | TierSet()
            | TierBought()
            | WarrantEnded()
        ):
            return evolve_tier(member, event)
        case (
            EntitlementGranted()
            | EntitlementReserved()
            | ReservationEnded()
            | EntitlementUsed()
            | UseUndone()
            | EntitlementEnded()
            | EntitlementGiven()
            | EntitlementReceived()
        ):
            return fold_entitlement(member, event)
        case ReferralJudged() | FriendBrought() | ReferralUndone():
            return fold_referral(member, event)
        case _:
            return _points_moved(member, event)


_Moved = PointsRedeemed | PointsExpired | PointsHeld | HoldEnded | RedemptionUndone
_Handed = PointsTransferred | PointsReceived | PointsAdjusted
_Idled = InactivityMoved | InactivityReached | ExpiryAhead


def _points_moved(member: Member, event: _Moved | _Handed | _Idled) -> Member:
    """Fold what moves points, or says that time will."""
    match event:
        case PointsTransferred() | PointsReceived() | PointsAdjusted():
            return fold_handing(member, event)
        case InactivityMoved() | InactivityReached() | ExpiryAhead():
            return _idle(member, event)
        case _:
            return _move(member, event)


def _join(member: Member, event: MemberEnrolled) -> Member:
    return attrs.evolve(
        member,
        recorded_at=event.recorded_at,
        enrolled_at=event.recorded_at,
        tier=event.tier,
        tier_since=event.recorded_at if event.tier else None,
        ever=member.ever_plus(JOINING, 1),
    )


def _move(member: Member, event: _Moved) -> Member:
    """Move points between lots, holds, and what is spent or expired."""
    lots, holds, totals = member.lots, member.holds, member.totals
    opened, debt = member.opened, member.debt
    match event:
        case PointsRedeemed():
            lots = without(lots, event.parts)
            totals = totals.plus(spent=event.points)
            member = _count_reward(member, event.taken, event.recorded_at, 1)
        case PointsExpired():
            lots = without(lots, event.parts)
            totals = totals.plus(expired=event.points)
        case PointsHeld():
            lots = without(lots, event.parts)
            held = Held(event.hold, event.until, event.parts)
            holds = tuple(sorted((*holds, held), key=soonest))
        case HoldEnded():
            lots = lots_with(lots, event.restored, None, event.repaid)
            holds = tuple(held for held in holds if held.id != event.hold)
            spent, gone = points_of(event.spent), points_of(event.expired)
            totals = totals.plus(spent=spent, expired=gone, clawed=event.repaid)
            debt -= event.repaid
        case RedemptionUndone():
            lots = lots_with(lots, event.restored, event.reissued, event.repaid)
            gone = points_of(event.expired)
            totals = totals.plus(spent=-event.points, expired=gone, clawed=event.repaid)
            debt -= event.repaid
            member = _count_reward(member, event.given_back, event.recorded_at, -1)
            if event.reissued is not None:
                opened = event.reissued.id
                totals = totals.plus(issued=event.reissued.points)
        case _:
            assert_never(event)
    return attrs.evolve(
        member,
        recorded_at=event.recorded_at,
        lots=lots,
        holds=holds,
        opened=opened,
        debt=debt,
        totals=totals,
    )


def _idle(member: Member, event: _Idled) -> Member:
    """Set the date of inactivity, or let all points go: those held, once they are let go of."""
    at = event.recorded_at
    if isinstance(event, ExpiryAhead):
        return attrs.evolve(member, recorded_at=at)
    if isinstance(event, InactivityMoved):
        return attrs.evolve(member, recorded_at=at, idle_at=event.until, idle_warn_at=event.warn_at)
    return attrs.evolve(
        member,
        recorded_at=at,
        lots=without(member.lots, event.parts),
        holds=tuple(
            attrs.evolve(held, parts=tuple(ending_by(part, at) for part in held.parts))
            for held in member.holds
        ),
        totals=member.totals.plus(expired=event.points),
        idle_at=None,
        idled_at=at,
        idle_warn_at=(),
    )


def _count_reward(member: Member, taken: RewardTaken | None, at: datetime, sign: int) -> Member:
    """Count a reward towards its limits, or take it off again."""
    if taken is None:
        return member
    kept = max(member.kept_days, taken.kept_days)
    name, amount = f"{REWARD}{taken.reward}", sign * taken.quantity
    tally = member.tally(name).add(taken.day, amount, days_back(at, kept + 2))
    ever = member.ever_plus(name, amount)
    return attrs.evolve(member, tallies={**member.tallies, name: tally}, kept_days=kept, ever=ever)


def _end(member: Member, event: MembershipEnded) -> Member:
    """Keep what was, let go of what is open."""
    since = days_back(event.recorded_at, member.kept_days + 2)
    return Member(
        recorded_at=event.recorded_at,
        lots=without(member.lots, event.parts),
        opened=member.opened,
        debt=member.debt - event.waived,
        totals=member.totals.plus(expired=event.points, waived=event.waived),
        former={
            name: member.tally(name).plus(member.former.get(name, Tally()), since)
            for name in sorted({*member.tallies, *member.former})
            if is_limited(name)
        },
        kept_days=member.kept_days,
        ever=member.ever,
    )


def _earn(
    member: Member, event: PurchaseRecorded | BehaviourRecorded, name: str, amount: int
) -> Member:
    """Add to a tally, keeping the days that matter, and open the lot of what was earned."""
    kept = max(member.kept_days, event.kept_days)
    # Two days more than asked: local days reach over the UTC date on both sides.
    since = days_back(event.recorded_at, kept + 2)
    tallies = {**member.tallies, name: member.tally(name).add(event.day, amount, since)}
    if isinstance(event, PurchaseRecorded) and event.counted:
        earned = member.tally(EARNED).add(event.day, event.award.points, since)
        tallies[EARNED] = earned
    for counted in event.counts:
        tally = tally_name(counted.measure)
        tallies[tally] = member.tally(tally).add(event.day, counted.amount, since)
    lot, repaid = event.lot, event.repaid
    orders = member.orders + isinstance(event, PurchaseRecorded)
    if lot is None:
        return attrs.evolve(
            member,
            recorded_at=event.recorded_at,
            orders=orders,
            tallies=tallies,
            kept_days=kept,
        )
    return attrs.evolve(
        member,
        recorded_at=event.recorded_at,
        orders=orders,
        lots=with_lot(member.lots, lot, repaid),
        opened=lot.id,
        debt=member.debt - repaid,
        totals=member.totals.plus(issued=lot.points, clawed=repaid),
        tallies=tallies,
        kept_days=kept,
    )


def _pay(member: Member, event: PurchaseRecorded) -> Member:
    """Take the points that pay for an order; those of a hold were taken by its end."""
    paid = event.paid
    if paid is None or paid.hold:
        return member
    lots, totals = without(member.lots, paid.parts), member.totals.plus(spent=paid.points)
    return attrs.evolve(member, lots=lots, totals=totals)


def _return(member: Member, event: ReturnRecorded) -> Member:
    """Give back the points that had paid for an order."""
    there, gone = points_of(event.restored), points_of(event.expired)
    if not there + gone:
        return member
    totals = member.totals.plus(spent=-there - gone, expired=gone, clawed=event.repaid)
    opened = member.opened
    if event.reissued is not None:
        opened = event.reissued.id
        totals = totals.plus(issued=event.reissued.points)
    return attrs.evolve(
        member,
        lots=lots_with(member.lots, event.restored, event.reissued, event.repaid),
        opened=opened,
        debt=member.debt - event.repaid,
        totals=totals,
    )


def _claim(member: Member, event: ReturnRecorded) -> Member:
    """Take back what a return claims: points from lots, the rest owed or waived, and spend."""
    clawed = points_of(event.parts)
    since = days_back(event.recorded_at, member.kept_days + 2)
    tallies = {
        **member.tallies,
        SPEND: member.tally(SPEND).add(event.day, -event.spend, since),
    }
    if event.counted:
        tallies[EARNED] = member.tally(EARNED).add(event.day, -event.points, since)
    for counted in event.counts:
        tally = tally_name(counted.measure)
        tallies[tally] = member.tally(tally).add(event.day, -counted.amount, since)
    return attrs.evolve(
        member,
        recorded_at=event.recorded_at,
        lots=without(member.lots, event.parts),
        debt=member.debt + event.debt,
        totals=member.totals.plus(clawed=clawed, claimed=event.points, waived=event.waived),
        tallies=tallies,
    )
