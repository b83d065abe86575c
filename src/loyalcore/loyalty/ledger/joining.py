"""Decide joining and leaving."""

from datetime import datetime

from loyalcore.errors import AlreadyEnrolled
from loyalcore.loyalty.ledger.deeds import on_joining
from loyalcore.loyalty.ledger.entitling import end
from loyalcore.loyalty.ledger.redeeming import end_hold
from loyalcore.loyalty.ledger.referring import claim_referral
from loyalcore.loyalty.member import events as e
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.commands import Enrol, Leave
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.entitlement_events import EntitlementEnd
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.parts import Part
from loyalcore.loyalty.member.spending import HoldEnd


def enrol(
    member: Member, _: Dossier, command: Enrol, club: Club, at: datetime
) -> tuple[e.MemberEvent, ...]:
    """Let a member join, perhaps brought by another.

    Raises:
        AlreadyEnrolled, ReferralRefused: see these.
    """
    if member.enrolled_at is not None:
        raise AlreadyEnrolled(member.enrolled_at)
    tiers = club.at(at).tiers
    tier = tiers.lowest if tiers else None
    joined = e.MemberEnrolled(
        recorded_at=at, source=command.source, tier=tier, referred_by=command.referred_by
    )
    member = evolve(member, joined)
    brought = claim_referral(member, command, club, at)
    for event in brought:
        member = evolve(member, event)
    return (joined, *brought, *on_joining(member, club, at, command.source))


def leave(
    member: Member, _: Dossier, command: Leave, __: Club, at: datetime
) -> tuple[e.MemberEvent, ...]:
    """End a membership."""
    return _end(member, at, command.source)


def _end(member: Member, at: datetime, source: str = "") -> tuple[e.MemberEvent, ...]:
    """Let go of what is open: holds and entitlements first, then the points and the debt."""
    released: list[e.MemberEvent] = []
    for held in member.holds:
        released.append(end_hold(held, HoldEnd.LEFT, at, member.debt, source))
        member = evolve(member, released[-1])
    released += [end(right, EntitlementEnd.LEFT, at, source) for right in member.entitlements]
    parts = tuple(Part(lot.id, lot.points, lot.expires_at) for lot in member.lots)
    ended = e.MembershipEnded(recorded_at=at, source=source, parts=parts, waived=member.debt)
    return (*released, ended)


def close(member: Member, at: datetime, _: Club) -> tuple[e.MemberEvent, ...]:
    """End a membership that has not ended yet."""
    return () if member.enrolled_at is None else _end(member, at)
