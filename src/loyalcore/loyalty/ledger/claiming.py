"""Claim points back: from which lots, and what becomes of those that are no longer there."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import attrs

from loyalcore.loyalty.member.lots import place_of, take
from loyalcore.loyalty.member.parts import Lot, Part, points_of
from loyalcore.loyalty.programme.policies import ExpiredPoints, Shortfall
from loyalcore.loyalty.programme.programme import Programme


@attrs.frozen
class Claimed:
    """What becomes of points that are claimed back.

    Attributes:
        parts: what is taken from which lots.
        debt: what is not there, now owed.
        waived: what is not there, let go.
        lapsed: the part of `waived` that had expired unspent.
    """

    parts: tuple[Part, ...]
    debt: int
    waived: int
    lapsed: int = 0


def claim(
    lots: Sequence[Lot],
    points: int,
    origin: Lot | None,
    programme: Programme,
    at: datetime,
    lapsed: int = 0,
) -> Claimed:
    """Say what becomes of points that are claimed back.

    Args:
        lots: the member's, in spending order.
        points: how many.
        origin: the lot that was opened for what is undone, if one was.
        programme: the version in force.
        at: when.
        lapsed: how many points of the lot opened for it expired unspent and are not let go yet;
            what is claimed falls on these first, for nothing is left of a lot that expired.
    """
    let_go = 0
    if lapsed and programme.returns.expired is ExpiredPoints.WAIVED:
        let_go = min(lapsed, points)
    parts = take(_claw_order(lots, origin, at), points - let_go)
    missing = points - let_go - points_of(parts)
    owed = programme.shortfall is Shortfall.DEBT
    return Claimed(parts, missing if owed else 0, let_go + (0 if owed else missing), let_go)


def _claw_order(lots: Sequence[Lot], origin: Lot | None, at: datetime) -> Iterator[Lot]:
    """Give the lots in the order in which points are claimed back.

    The own one comes first, then pending ones, then those that expire soonest; whoever is
    content with the first does not look at the others.
    """
    own = None if origin is None else place_of(lots, origin.id, origin.expires_at)
    if own is not None:
        yield lots[own]
    others = [lot for place, lot in enumerate(lots) if place != own]
    yield from (lot for lot in others if at < lot.active_at)
    yield from (lot for lot in others if lot.active_at <= at)
