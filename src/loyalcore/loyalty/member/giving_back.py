"""Spent points that come back: to the lots they came from, debt first."""

from bisect import bisect
from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from loyalcore.loyalty.member.lots import (
    open_lot,
    put_back,
    spending_order,
    split,
    warnings,
    without,
)
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.parts import Lot, Part, points_of
from loyalcore.loyalty.programme.policies import Lapsed
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.timing import local_date, start_of_day

# The causes of lots that were opened for what came back.
_CAME_BACK = ("undo:", "return:")


@attrs.frozen
class GivenBack:
    """What becomes of points that come back.

    Attributes:
        restored: what goes back to its lots.
        expired: what lapsed meanwhile and stays so.
        reissued: the lot opened instead of what lapsed, if the programme gives one.
        repaid: how many of them, restored ones first, go to repay debt at once.
    """

    restored: tuple[Part, ...] = ()
    expired: tuple[Part, ...] = ()
    reissued: Lot | None = None
    repaid: int = 0


def give_back(
    member: Member,
    programme: Programme,
    cause: str,
    back: Sequence[Part],
    taken_at: datetime,
    at: datetime,
) -> GivenBack:
    """Say what becomes of spent points that come back, those taken last first.

    Args:
        member: whose they are.
        programme: the version in force, which says what lapsed points become.
        cause: the ref of what brings them back.
        back: as they were taken.
        taken_at: when that was.
        at: when they come back.
    """
    idled = member.idled_at is not None and taken_at < member.idled_at
    restored: list[Part] = []
    expired: list[Part] = []
    for part in reversed(back):
        (expired if idled or part.expired(at) else restored).append(part)
    reissued = None
    # What was issued anew before, and has lapsed once more, has had its second life.
    lapsed = points_of(part for part in expired if not part.cause.startswith(_CAME_BACK))
    if lapsed and programme.undo.lapsed is not Lapsed.EXPIRED:
        reissued = _reissued(member, programme, cause, lapsed, at)
    there = points_of(restored) + (reissued.points if reissued is not None else 0)
    return GivenBack(tuple(restored), tuple(expired), reissued, min(member.debt, there))


def lots_with(
    lots: tuple[Lot, ...], restored: Sequence[Part], reissued: Lot | None, repaid: int
) -> tuple[Lot, ...]:
    """Give the lots once points have come back to them and debt has had its part."""
    paying, _ = split(restored, repaid)
    lots = without(put_back(lots, restored), paying)
    return lots if reissued is None else with_lot(lots, reissued, repaid - points_of(paying))


def with_lot(lots: tuple[Lot, ...], lot: Lot, repaid: int) -> tuple[Lot, ...]:
    """Put a lot in its place, less what of it repays debt at once."""
    if lot.points <= repaid:
        return lots
    left = lot if not repaid else attrs.evolve(lot, points=lot.points - repaid)
    place = bisect(lots, spending_order(left), key=spending_order)
    return (*lots[:place], left, *lots[place:])


def _end_of_grace(programme: Programme, at: datetime) -> datetime:
    last_day = programme.undo.grace.after(local_date(at, programme.zone))
    return start_of_day(last_day + timedelta(days=1), programme.zone)


def _reissued(member: Member, programme: Programme, cause: str, points: int, at: datetime) -> Lot:
    """Open a lot for what has lapsed, for days of grace or a life of its own; active at once."""
    day = local_date(at, programme.zone)
    lot = open_lot(programme, member.opened + 1, cause, points, at, day)
    if programme.undo.lapsed is Lapsed.GRACE:
        ends = _end_of_grace(programme, at)
        lot = attrs.evolve(lot, expires_at=ends, warn_at=warnings(programme, ends, at))
    return attrs.evolve(lot, active_at=at)
