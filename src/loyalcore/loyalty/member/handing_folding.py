"""Fold points that change hands into a member's state."""

from typing import assert_never

import attrs

from loyalcore.loyalty.member.giving_back import with_lot
from loyalcore.loyalty.member.handing import PointsAdjusted, PointsReceived, PointsTransferred
from loyalcore.loyalty.member.lots import without
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.parts import Lot, points_of


def fold_handing(
    member: Member, event: PointsTransferred | PointsReceived | PointsAdjusted
) -> Member:
    """Take points out or in, and repay debt with what comes in."""
    lots, totals, opened, debt = member.lots, member.totals, member.opened, member.debt
    match event:
        case PointsTransferred():
            lots = without(lots, event.parts)
            totals = totals.plus(moved=event.points)
        case PointsReceived():
            lots = _with_lots(lots, event.lots, event.repaid)
            opened += len(event.lots)
            gone = points_of(event.expired)
            totals = totals.plus(issued=event.points, clawed=event.repaid, expired=gone)
            debt -= event.repaid
        case PointsAdjusted():
            taken = points_of(event.parts)
            lots = without(lots, event.parts)
            totals = totals.plus(claimed=taken, clawed=taken + event.repaid)
            debt -= event.repaid
            if event.lot is not None:
                lots, opened = with_lot(lots, event.lot, event.repaid), event.lot.id
                totals = totals.plus(issued=event.lot.points)
        case _:
            assert_never(event)
    return attrs.evolve(
        member,
        recorded_at=event.recorded_at,
        lots=lots,
        opened=opened,
        debt=debt,
        totals=totals,
    )


def _with_lots(lots: tuple[Lot, ...], more: tuple[Lot, ...], repaid: int) -> tuple[Lot, ...]:
    """Put several lots in their places, less what of the first repays debt at once."""
    for lot in more:
        lots = with_lot(lots, lot, min(repaid, lot.points))
        repaid -= min(repaid, lot.points)
    return lots
