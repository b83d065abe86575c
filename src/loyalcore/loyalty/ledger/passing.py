"""What time alone does to a member, each thing at its own instant."""

from collections.abc import Callable, Sequence
from datetime import datetime

import attrs

from loyalcore.loyalty.ledger.entitling import next_end, pass_entitlement
from loyalcore.loyalty.ledger.granting import grants_of_time
from loyalcore.loyalty.ledger.redeeming import end_hold
from loyalcore.loyalty.ledger.tier_moves import assess
from loyalcore.loyalty.ledger.tier_warnings import warn
from loyalcore.loyalty.ledger.warning import next_warning, warn_of_expiry
from loyalcore.loyalty.ledger.warranting import lapse_warrant
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.events import MemberEvent
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.lapsing import InactivityReached
from loyalcore.loyalty.member.lots import expired, taken_from
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.spending import HoldEnd, HoldEnded, PointsExpired
from loyalcore.loyalty.programme.policies import ExpiredPoints

_Due = Callable[[Member], datetime | None]
_Pass = Callable[[Member, datetime, Club], Sequence[MemberEvent]]
Lapse = PointsExpired | InactivityReached | HoldEnded
"""What time does to points."""


def _expire(member: Member, at: datetime) -> PointsExpired:
    parts = tuple(taken_from(lot, lot.points) for lot in member.lots if expired(lot, at))
    return PointsExpired(recorded_at=at, parts=parts)


def _idle(member: Member, at: datetime) -> InactivityReached:
    parts = tuple(taken_from(lot, lot.points) for lot in member.lots)
    return InactivityReached(recorded_at=at, parts=parts)


def _lapse(member: Member, at: datetime) -> HoldEnded:
    return end_hold(member.holds[0], HoldEnd.LAPSED, at, member.debt)


_LAPSES: Sequence[tuple[_Due, Callable[[Member, datetime], Lapse]]] = (
    (lambda member: member.lots[0].expires_at if member.lots else None, _expire),
    (lambda member: member.idle_at, _idle),
    (lambda member: member.holds[0].until if member.holds else None, _lapse),
)


def _of_points(act: Callable[[Member, datetime], Lapse]) -> _Pass:
    return lambda member, at, club: (_named(act(member, at), member, club),)


def _named(lapse: Lapse, member: Member, club: Club) -> Lapse:
    """Say what expired points had come from, where the programme wants returns to know."""
    wanted = club.at(lapse.recorded_at).returns.expired is ExpiredPoints.WAIVED
    if isinstance(lapse, HoldEnded) or not wanted:
        return lapse
    causes = {lot.id: lot.cause for lot in member.lots}
    parts = tuple(attrs.evolve(part, cause=causes[part.lot]) for part in lapse.parts)
    return attrs.evolve(lapse, parts=parts)


def _warrant_ends(member: Member) -> datetime | None:
    return member.terms.warrants[0].until if member.terms.warrants else None


# When each thing falls due, and what it does; at one instant they come in this order.
_CLOCKS: Sequence[tuple[_Due, _Pass]] = (
    (next_warning, lambda member, at, _: (warn_of_expiry(member, at),)),
    *((clock, _of_points(act)) for clock, act in _LAPSES),
    (lambda member: member.terms.warn_at, lambda member, at, club: warn(member, club.at(at))),
    (lambda member: member.tier_until, lambda member, at, club: assess(member, club.at(at))),
    (_warrant_ends, lambda member, at, club: lapse_warrant(member, at, club.at(at))),
    (
        lambda member: next_end(member) if member.entitlements else None,
        lambda member, at, _: (pass_entitlement(member, at),),
    ),
)


def due(member: Member) -> datetime | None:
    """Give the next instant at which time alone does something to a member."""
    instants = [clock(member) for clock, _ in _CLOCKS]
    return min((at for at in instants if at is not None), default=None)


def next_lapse(member: Member, before: datetime) -> Lapse | None:
    """Give what time does to points next, before an instant, whatever else it does."""
    dues = [(at, act) for clock, act in _LAPSES if (at := clock(member)) is not None]
    at, act = min(dues, key=lambda due: due[0], default=(before, None))
    return act(member, at) if act is not None and at < before else None


def advance(member: Member, now: datetime, club: Club) -> tuple[MemberEvent, ...]:
    """Give all that time has done by now, each event dated at its own due instant."""
    done: list[MemberEvent] = []
    while (at := due(member)) is not None and at <= now:
        act = next(act for clock, act in _CLOCKS if clock(member) == at)
        made = act(member, at, club)
        for event in (*made, *grants_of_time(made, club)):
            done.append(event)
            member = evolve(member, event)
    return tuple(done)
