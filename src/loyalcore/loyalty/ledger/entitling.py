"""Decide what becomes of a member's entitlements, by command and by time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import attrs

from loyalcore.errors import (
    AlreadyGranted,
    DeadlinePassed,
    MayNotGrant,
    MayNotRevoke,
    NeverValid,
    ReservationOver,
    RightNotYetValid,
    RightOver,
    RightReserved,
    RightUsedForNow,
    UnknownEntitlement,
    UnknownReservation,
    UnknownRight,
    UnknownUse,
    UseUndoneBefore,
)
from loyalcore.forms import utc
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.entitlement_commands import (
    GrantEntitlement,
    ReleaseReservation,
    ReserveEntitlement,
    RevokeEntitlement,
    UndoUse,
    UseEntitlement,
    by_hand,
)
from loyalcore.loyalty.member.entitlement_events import (
    EntitlementEnd,
    EntitlementEnded,
    EntitlementGranted,
    EntitlementReserved,
    EntitlementUsed,
    ReservationEnd,
    ReservationEnded,
    UseUndone,
)
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.rights import Reservation, Right
from loyalcore.loyalty.programme.entitlements import Entitlement
from loyalcore.timing import local_date, start_of_day


def right_of(
    entitlement: Entitlement, id_: str, cause: str, rule: str, at: datetime, tz: ZoneInfo
) -> Right:
    """Give what a member has who is granted an entitlement at an instant.

    Raises:
        NeverValid: it would be over before it could be used.
    """
    begins, ends = entitlement.valid_from(at, tz), entitlement.valid_until(at, tz)
    if ends is not None and ends <= begins:
        raise NeverValid(entitlement.id, begins, ends)
    return Right(
        id=id_,
        entitlement=entitlement.id,
        kind=entitlement.kind,
        cause=cause,
        rule=rule,
        granted_at=at,
        valid_from=begins,
        valid_until=ends,
        uses=entitlement.uses,
        limits=entitlement.limits,
        transferable=entitlement.transferable,
    )


def grant(
    _: Member, past: Dossier, command: GrantEntitlement, club: Club, at: datetime
) -> tuple[EntitlementGranted]:
    """Grant an entitlement by hand, once for its cause.

    Raises:
        UnknownEntitlement, MayNotGrant, AlreadyGranted, NeverValid: see these.
    """
    programme = club.at(at)
    entitlement = programme.entitlement(command.entitlement)
    if entitlement is None:
        raise UnknownEntitlement(command.entitlement, tuple(e.id for e in programme.entitlements))
    if entitlement.roles and command.role not in entitlement.roles:
        raise MayNotGrant(command.role, entitlement.id, entitlement.roles)
    id_ = by_hand(entitlement.id, command.cause)
    if f"right:{id_}" in past.refs:
        raise AlreadyGranted(entitlement.id, command.cause)
    return (
        EntitlementGranted(
            recorded_at=at,
            source=command.source,
            right=right_of(entitlement, id_, command.cause, "", at, programme.zone),
            actor=command.actor,
            role=command.role,
            reason=command.reason,
            programme=programme.content_id,
        ),
    )


def open_right(member: Member, past: Dossier, id_: str) -> Right:
    """Find an entitlement of which something is open.

    Raises:
        UnknownRight, RightOver: there is none.
    """
    for right in member.entitlements:
        if right.id == id_:
            return right
    told = past.entitlements.rights.get(id_)
    if told is not None and told.at is not None:
        raise RightOver(id_, told.how, told.at)
    raise UnknownRight(id_)


def _refuse_unusable(right: Right, at: datetime, tz: ZoneInfo) -> date:
    """Demand that a use of an entitlement is left now, and give the local day.

    Raises:
        RightOver, RightNotYetValid, RightReserved, RightUsedForNow: none is.
    """
    if right.valid_until is not None and right.valid_until <= at:
        raise RightOver(right.id, EntitlementEnd.EXPIRED.value, right.valid_until)
    if at < right.valid_from:
        raise RightNotYetValid(right.id, right.valid_from, at)
    if right.left == 0:
        raise RightReserved(right.id, tuple(each.id for each in right.reserved))
    day = local_date(at, tz)
    for limit in right.limits:
        if not right.left_on(limit, day):
            again = start_of_day(limit.per.next_start(day), tz)
            over = right.valid_until is not None and again >= right.valid_until
            per = limit.per.value
            raise RightUsedForNow(right.id, limit.times, per, None if over else again)
    return day


def reserve(
    member: Member, past: Dossier, command: ReserveEntitlement, club: Club, at: datetime
) -> tuple[EntitlementReserved]:
    """Set a use aside until a deadline.

    Raises:
        AlreadyRecorded, DeadlinePassed, UnknownRight, RightOver, RightNotYetValid, RightReserved,
            RightUsedForNow: see these.
    """
    past.refuse_known(f"reservation:{command.reservation}")
    until = utc(command.until)
    if until <= at:
        raise DeadlinePassed(until, at)
    right = open_right(member, past, command.right)
    return (
        EntitlementReserved(
            recorded_at=at,
            source=command.source,
            right=right.id,
            reservation=command.reservation,
            day=_refuse_unusable(right, at, club.at(at).zone),
            until=until,
        ),
    )


def _over(past: Dossier, reservation: str) -> UnknownReservation | ReservationOver:
    """Say why a reservation is not open."""
    told = past.entitlements.reservations.get(reservation)
    return UnknownReservation(reservation) if told is None else ReservationOver(reservation, *told)


def release(
    member: Member, past: Dossier, command: ReleaseReservation, _: Club, at: datetime
) -> tuple[ReservationEnded]:
    """Let go of a reservation.

    Raises:
        UnknownReservation, ReservationOver: see these.
    """
    for right in member.entitlements:
        if any(each.id == command.reservation for each in right.reserved):
            return (
                ReservationEnded(
                    recorded_at=at,
                    source=command.source,
                    right=right.id,
                    reservation=command.reservation,
                    how=ReservationEnd.RELEASED,
                ),
            )
    raise _over(past, command.reservation)


def use(
    member: Member, past: Dossier, command: UseEntitlement, club: Club, at: datetime
) -> tuple[EntitlementUsed]:
    """Use an entitlement once, now or as it was reserved.

    Raises:
        AlreadyRecorded, UnknownRight, RightOver, RightNotYetValid, RightReserved, RightUsedForNow,
            UnknownReservation, ReservationOver: see these.
    """
    past.refuse_known(f"use:{command.use}")
    right = open_right(member, past, command.right)
    if command.reservation:
        day = _reserved(right, past, command.reservation).day
    else:
        day = _refuse_unusable(right, at, club.at(at).zone)
    after = right.without(command.reservation).with_use(day, 1)
    return (
        EntitlementUsed(
            recorded_at=at,
            source=command.source,
            right=right.id,
            use=command.use,
            day=day,
            used=after.used,
            reservation=command.reservation,
            order=command.order,
            ended=after if after.used_up else None,
            late=right.expired,
            caused_by=right.caused_by,
        ),
    )


def _reserved(right: Right, past: Dossier, id_: str) -> Reservation:
    for reservation in right.reserved:
        if reservation.id == id_:
            return reservation
    raise _over(past, id_)


def undo_use(
    member: Member, past: Dossier, command: UndoUse, _: Club, at: datetime
) -> tuple[UseUndone]:
    """Take a use back; it can be made again unless the entitlement is over for another reason.

    Raises:
        UnknownUse, UseUndoneBefore: see these.
    """
    told = past.entitlements
    made = told.uses.get(command.use)
    undone = told.undone.get(command.use)
    if undone is not None and undone.right == command.right:
        raise UseUndoneBefore(command.right, command.use)
    if made is None or made.right != command.right:
        raise UnknownUse(command.right, command.use)
    event = UseUndone(
        recorded_at=at,
        source=command.source,
        right=made.right,
        use=made.use,
        day=made.day,
        used=0,
        given_back=False,
        caused_by=made.caused_by,
    )
    for right in member.entitlements:
        if right.id == made.right:
            return (attrs.evolve(event, used=right.used - 1, given_back=not right.expired),)
    past_right = told.rights[made.right]
    event = attrs.evolve(event, used=past_right.used - 1)
    ended = past_right.ended
    if ended is None or not _reopens(member, ended, at):
        return (event,)
    return (attrs.evolve(event, given_back=True, reopened=ended.with_use(made.day, -1)),)


def _reopens(member: Member, ended: Right, at: datetime) -> bool:
    """Say whether a used-up entitlement would still be valid, and of this membership."""
    valid = ended.valid_until is None or at < ended.valid_until
    joined = member.enrolled_at
    return valid and joined is not None and joined <= ended.granted_at


def revoke(
    member: Member, past: Dossier, command: RevokeEntitlement, club: Club, at: datetime
) -> tuple[EntitlementEnded]:
    """Take an entitlement away.

    Raises:
        UnknownRight, RightOver, MayNotRevoke: see these.
    """
    right = open_right(member, past, command.right)
    roles = _roles(club, right.entitlement, at)
    if roles and command.role not in roles:
        raise MayNotRevoke(command.role, right.entitlement, roles)
    ended = end(right, EntitlementEnd.REVOKED, at, command.source)
    return (attrs.evolve(ended, actor=command.actor, reason=command.reason, role=command.role),)


def _roles(club: Club, id_: str, at: datetime) -> tuple[str, ...]:
    """Give who may act on an entitlement by hand: as the last version says that has it."""
    for version in reversed(club.versions):
        found = version.programme.entitlement(id_) if version.effective_from <= at else None
        if found is not None:
            return found.roles
    return ()


def end(right: Right, how: EntitlementEnd, at: datetime, source: str = "") -> EntitlementEnded:
    """End an entitlement; unless it expires, what is reserved of it goes with it."""
    gone = () if how is EntitlementEnd.EXPIRED else right.reserved
    return EntitlementEnded(
        recorded_at=at,
        source=source,
        right=right.id,
        how=how,
        used=right.used,
        reservations=tuple(reservation.id for reservation in gone),
        caused_by=right.caused_by,
    )


def next_end(member: Member) -> datetime | None:
    """Give the next instant at which time does something to an entitlement."""
    instants = (right.due for right in member.entitlements)
    return min((at for at in instants if at is not None), default=None)


def pass_entitlement(member: Member, at: datetime) -> ReservationEnded | EntitlementEnded:
    """Let a reservation lapse, or an entitlement expire, that falls due at an instant."""
    right = next(right for right in member.entitlements if right.due == at)
    for reservation in right.reserved:
        if reservation.until == at:
            lapsed = ReservationEnd.LAPSED
            return ReservationEnded(
                recorded_at=at, right=right.id, reservation=reservation.id, how=lapsed
            )
    return end(right, EntitlementEnd.EXPIRED, at)
