"""Move the date on which the points of an inactive member go."""

from collections.abc import Sequence
from datetime import date, datetime

from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.events import (
    BehaviourRecorded,
    MemberEnrolled,
    MemberEvent,
    MembershipEnded,
    PurchaseRecorded,
)
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.handing import PointsTransferred
from loyalcore.loyalty.member.lapsing import InactivityMoved
from loyalcore.loyalty.member.lots import warnings
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.spending import HoldEnd, HoldEnded, PointsRedeemed
from loyalcore.loyalty.programme.inactivity import Activity, Inactivity
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.timing import local_date


def move_inactivity(
    member: Member, made: Sequence[MemberEvent], club: Club, at: datetime
) -> tuple[InactivityMoved, ...]:
    """Say what a command's events make of the date; it never moves earlier.

    Args:
        member: the state before them.
        made: what the command brought.
        club: whose version in force when they are recorded counts.
        at: when that is.
    """
    programme = club.at(at)
    rules = programme.inactivity
    if any(isinstance(event, MembershipEnded) for event in made):
        return ()
    if rules is None:
        return _moved(None, programme, at) if member.idle_at is not None else ()
    days = [day for event in made if (day := _active_day(event, rules, programme)) is not None]
    until = rules.ends(max(days), programme.zone) if days else None
    # So old a fact that its date is past keeps nothing alive.
    if until is not None and until > at:
        return _moved(until, programme, at) if _later(until, member.idle_at) else ()
    for event in made:
        member = evolve(member, event)
    if member.idle_at is None and member.outstanding:
        return _moved(rules.ends(local_date(at, programme.zone), programme.zone), programme, at)
    return ()


def _later(until: datetime, before: datetime | None) -> bool:
    return before is None or until > before


def _moved(until: datetime | None, programme: Programme, at: datetime) -> tuple[InactivityMoved]:
    return (
        InactivityMoved(
            recorded_at=at,
            until=until,
            programme=programme.content_id,
            warn_at=warnings(programme, until, at),
        ),
    )


def _active_day(event: MemberEvent, rules: Inactivity, programme: Programme) -> date | None:
    """Give the local day of an activity that counts, None for any other event."""
    match event:
        case PurchaseRecorded():
            counts = event.paid is not None and Activity.REDEMPTION in rules.activities
            if not counts:
                return event.day if Activity.PURCHASE in rules.activities else None
        case BehaviourRecorded():
            counts = Activity.BEHAVIOUR in rules.activities or event.behaviour in rules.behaviours
            return event.day if counts else None
        case PointsRedeemed():
            counts = Activity.REDEMPTION in rules.activities
        case HoldEnded():
            counts = event.how is HoldEnd.CAPTURED and Activity.REDEMPTION in rules.activities
        case PointsTransferred():
            counts = Activity.TRANSFER in rules.activities
        case MemberEnrolled():
            counts = True
        case _:
            counts = False
    return local_date(event.recorded_at, programme.zone) if counts else None
