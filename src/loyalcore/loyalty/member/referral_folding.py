"""Fold what happens to a referral into a member's state."""

import attrs

from loyalcore.loyalty.member.lots import days_back, without
from loyalcore.loyalty.member.member import Member, tally_name
from loyalcore.loyalty.member.parts import points_of
from loyalcore.loyalty.member.referral import Referred
from loyalcore.loyalty.member.referral_events import FriendBrought, ReferralJudged, ReferralUndone


def fold_referral(member: Member, event: ReferralJudged | FriendBrought | ReferralUndone) -> Member:
    """Keep what became of a referral, or take back what it gave."""
    match event:
        case FriendBrought():
            return attrs.evolve(member, recorded_at=event.recorded_at)
        case ReferralJudged():
            told = Referred(event.by, event.reason, event.order, event.until, event.open)
            return attrs.evolve(member, recorded_at=event.recorded_at, referred=told)
        case ReferralUndone():
            return _undo(member, event)


def _undo(member: Member, event: ReferralUndone) -> Member:
    """Take points from lots, the rest owed or let go, and count the behaviour off again."""
    since = days_back(event.recorded_at, member.kept_days + 2)
    name = f"behaviour:{event.behaviour}"
    tallies = {**member.tallies, name: member.tally(name).add(event.day, -1, since)}
    for counted in event.counts:
        tally = tally_name(counted.measure)
        tallies[tally] = member.tally(tally).add(event.day, -counted.amount, since)
    clawed = points_of(event.parts)
    return attrs.evolve(
        member,
        recorded_at=event.recorded_at,
        lots=without(member.lots, event.parts),
        debt=member.debt + event.debt,
        totals=member.totals.plus(clawed=clawed, claimed=event.points, waived=event.waived),
        tallies=tallies,
        ever=member.ever_plus(name, -1),
    )
