"""Take back what a referral gave, when the first purchase has come back."""

from datetime import datetime

from loyalcore.loyalty.ledger.claiming import claim
from loyalcore.loyalty.ledger.granting import came_back_whole
from loyalcore.loyalty.ledger.tier_corrections import undone_by_return, with_corrections
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.events import MemberEvent, ReturnRecorded
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.referral import ReferralReason
from loyalcore.loyalty.member.referral_commands import UndoReferral
from loyalcore.loyalty.member.referral_events import ReferralJudged, ReferralUndone
from loyalcore.loyalty.programme.referral import ReturnedReferral


def undone_by_order(
    member: Member, past: Dossier, event: ReturnRecorded, club: Club
) -> tuple[MemberEvent, ...]:
    """Say what a return does to the referral that its order made earn.

    Args:
        member: with the return.
        past: what is recorded of the order.
        event: the return.
        club: whose version in force when the member joined counts.
    """
    told = member.referred
    if told is None or told.reason is not ReferralReason.EARNED or told.order != event.order:
        return ()
    assert member.enrolled_at is not None, "only members are brought"
    programme = club.at(member.enrolled_at)
    rules = programme.referral
    assert rules is not None, "a referral earned that no programme offers"
    if rules.returned is ReturnedReferral.KEPT or not came_back_whole(past, event):
        return ()
    judged = ReferralJudged(
        recorded_at=event.recorded_at,
        source=event.source,
        by=told.by,
        reason=ReferralReason.RETURNED,
        joined_at=member.enrolled_at,
        programme=programme.content_id,
        order=event.order,
        until=told.until,
    )
    member = evolve(member, judged)
    return (judged, *_undone(member, past, club, event.recorded_at, event.source))


def undo_referral(
    member: Member, past: Dossier, command: UndoReferral, club: Club, at: datetime
) -> tuple[MemberEvent, ...]:
    """Take back what a member got for bringing a friend."""
    return _undone(member, past, club, at, command.source)


def _undone(
    member: Member, past: Dossier, club: Club, at: datetime, source: str
) -> tuple[MemberEvent, ...]:
    """Claim points back, and with them what they count for; nothing of a former membership."""
    deed = past.referral
    if deed is None or not deed.award.points:
        return ()
    if member.enrolled_at is None or deed.recorded_at < member.enrolled_at:
        return ()
    programme = club.at(at)
    claimed = claim(member.lots, deed.award.points, deed.lot, programme, at)
    undone = ReferralUndone(
        recorded_at=at,
        source=source,
        ref=deed.referral,
        behaviour=deed.behaviour,
        day=deed.day,
        points=deed.award.points,
        parts=claimed.parts,
        debt=claimed.debt,
        waived=claimed.waived,
        counts=deed.counts,
    )
    tiers = undone_by_return(member, evolve(member, undone), programme, at)
    _, made = with_corrections(member, (undone, *tiers), programme, at, deed.day)
    return made
