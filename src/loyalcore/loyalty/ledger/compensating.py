"""Decide compensation: the points of an order once more, as a remedy."""

from datetime import datetime

import attrs

from loyalcore.errors import FormerMembership, NotAuthorised, NothingToCompensate, UnknownOrder
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.handing import PointsAdjusted
from loyalcore.loyalty.member.lots import open_lot
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.point_commands import CompensateOrder
from loyalcore.timing import local_date


def compensate(
    member: Member, past: Dossier, command: CompensateOrder, club: Club, at: datetime
) -> tuple[PointsAdjusted]:
    """Give what is left of an order's points once more, or several times.

    Raises:
        AlreadyRecorded, UnknownOrder, FormerMembership, NothingToCompensate, NotAuthorised: see
            these.
    """
    past.refuse_known(f"adjustment:{command.id}")
    purchase = past.purchase
    if purchase is None:
        raise UnknownOrder(command.order)
    if member.enrolled_at is not None and purchase.recorded_at < member.enrolled_at:
        raise FormerMembership(f"order:{command.order}", member.enrolled_at)
    left = purchase.award.points - sum(told.points for told in past.returns.values())
    points = left * command.times
    if points <= 0:
        raise NothingToCompensate(command.order)
    programme = club.at(at)
    allowed = programme.authorities.get(command.role, 0)
    if points > allowed:
        raise NotAuthorised(command.role, points, allowed)
    ref, day = f"adjustment:{command.id}", local_date(at, programme.zone)
    lot = open_lot(programme, member.opened + 1, ref, points, at, day)
    return (
        PointsAdjusted(
            recorded_at=at,
            source=command.source,
            id=command.id,
            points=points,
            actor=command.actor,
            role=command.role,
            reason=command.reason,
            allowed=allowed,
            programme=programme.content_id,
            lot=attrs.evolve(lot, active_at=at),
            repaid=min(member.debt, points),
            order=command.order,
            times=command.times,
        ),
    )
