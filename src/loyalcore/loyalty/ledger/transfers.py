"""Decide transfers between members, and adjustments by hand."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from loyalcore.decider import Command
from loyalcore.errors import InsufficientPoints, InvalidValue, NotAuthorised
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.handing import PointsAdjusted, PointsReceived, PointsTransferred
from loyalcore.loyalty.member.lots import lot_of, open_lot, part_of, spendable, take
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.point_commands import AdjustPoints, ReceivePoints, Transfer
from loyalcore.timing import local_date


def transfer(
    member: Member, past: Dossier, command: Transfer, _: Club, at: datetime
) -> tuple[PointsTransferred]:
    """Take points out, to be received by another member in the same act.

    Raises:
        AlreadyRecorded, InsufficientPoints: see these.
    """
    past.refuse_known(f"transfer:{command.transfer}")
    available = member.available(at)
    if command.points > available:
        raise InsufficientPoints(command.points, available)
    parts = take((lot for lot in member.lots if spendable(lot, at)), command.points, part_of)
    return (
        PointsTransferred(
            recorded_at=at,
            source=command.source,
            transfer=command.transfer,
            to=command.to,
            points=command.points,
            parts=parts,
        ),
    )


def receive(
    member: Member, past: Dossier, command: ReceivePoints, _: Club, at: datetime
) -> tuple[PointsReceived]:
    """Open lots for what a transfer brings, each with the expiry that it had.

    Raises:
        AlreadyRecorded: see this.
    """
    past.refuse_known(f"transfer:{command.transfer}")
    lots = tuple(
        attrs.evolve(lot_of(part), id=member.opened + n, cause=f"transfer:{command.transfer}")
        for n, part in enumerate((p for p in command.parts if not p.expired(at)), 1)
    )
    return (
        PointsReceived(
            recorded_at=at,
            source=command.source,
            transfer=command.transfer,
            sender=command.sender,
            lots=lots,
            expired=tuple(part for part in command.parts if part.expired(at)),
            repaid=min(member.debt, sum(lot.points for lot in lots)),
        ),
    )


def transfer_leads_to(stream: str, event: object) -> Sequence[tuple[str, Command]]:
    """Give what an event makes other members do: who is given points receives them.

    Raises:
        InvalidValue: a member would give points to itself.
    """
    if not isinstance(event, PointsTransferred):
        return ()
    club, _, sender = stream.rpartition("/")
    if event.to == sender:
        raise InvalidValue("Transfer.to", event.to, "give the points to another member")
    command = ReceivePoints(
        recorded_at=event.recorded_at,
        source=event.source,
        transfer=event.transfer,
        sender=sender,
        parts=event.parts,
    )
    return ((f"{club}/{event.to}", command),)


def adjust(
    member: Member, past: Dossier, command: AdjustPoints, club: Club, at: datetime
) -> tuple[PointsAdjusted]:
    """Give or take points by hand, as far as the role allows.

    Raises:
        AlreadyRecorded, NotAuthorised, InsufficientPoints: see these.
    """
    past.refuse_known(f"adjustment:{command.id}")
    programme = club.at(at)
    allowed = programme.authorities.get(command.role, 0)
    if abs(command.points) > allowed:
        raise NotAuthorised(command.role, abs(command.points), allowed)
    adjusted = PointsAdjusted(
        recorded_at=at,
        source=command.source,
        id=command.id,
        points=command.points,
        actor=command.actor,
        role=command.role,
        reason=command.reason,
        allowed=allowed,
        programme=programme.content_id,
    )
    if command.points > 0:
        ref, day = f"adjustment:{command.id}", local_date(at, programme.zone)
        lot = open_lot(programme, member.opened + 1, ref, command.points, at, day)
        lot = attrs.evolve(lot, active_at=at)
        return (attrs.evolve(adjusted, lot=lot, repaid=min(member.debt, lot.points)),)
    available = member.available(at)
    if -command.points > available:
        raise InsufficientPoints(-command.points, available)
    parts = take((lot for lot in member.lots if spendable(lot, at)), -command.points)
    return (attrs.evolve(adjusted, parts=parts),)
