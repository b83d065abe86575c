"""Lots: their order, what can be spent of them, and taking points from them."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

import attrs

from loyalcore.loyalty.member.parts import Lot, Part
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.timing import local_date, start_of_day

_NEVER = datetime.max.replace(tzinfo=UTC)


def spending_order(lot: Lot) -> tuple[datetime, datetime, int]:
    """Sort key: soonest to expire, then oldest, then first opened; never-expiring last."""
    return (lot.expires_at or _NEVER, lot.earned_at, lot.id)


def spendable(lot: Lot, at: datetime) -> bool:
    """Say whether a lot's points can be spent: active, and not expired, swept or not."""
    return lot.active_at <= at and (lot.expires_at is None or at < lot.expires_at)


def expired(lot: Lot, at: datetime) -> bool:
    """Say whether a lot's time is over."""
    return lot.expires_at is not None and lot.expires_at <= at


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """Give the earlier of two expiries, None for never."""
    return min((at for at in (one, other) if at is not None), default=None)


def taken_from(lot: Lot, points: int) -> Part:
    """Give points taken from a lot for good."""
    return Part(lot.id, points, lot.expires_at)


def part_of(lot: Lot, points: int) -> Part:
    """Give points taken from a lot that may come back to it."""
    ends, cause = lot.expires_at, lot.cause
    return Part(lot.id, points, ends, cause, lot.earned_at, lot.active_at, lot.warn_at)


def take(
    lots: Iterable[Lot], points: int, part: Callable[[Lot, int], Part] = taken_from
) -> tuple[Part, ...]:
    """Take points from lots in the given order, as far as they go."""
    parts = []
    for lot in lots if points else ():
        taken = min(lot.points, points)
        if taken:
            parts.append(part(lot, taken))
            points -= taken
        if not points:  # before the next lot is looked for
            break
    return tuple(parts)


def place_of(lots: Sequence[Lot], id_: int, expires_at: datetime | None) -> int | None:
    """Give the place of a lot among others in spending order; None where it is not.

    It is looked for where its expiry puts it and, should that have moved, everywhere.
    """
    ends = expires_at or _NEVER
    first = bisect_left(lots, ends, key=lambda lot: lot.expires_at or _NEVER)
    for place in range(first, len(lots)):
        if lots[place].id == id_:
            return place
        if (lots[place].expires_at or _NEVER) != ends:
            break
    return next((place for place, lot in enumerate(lots) if lot.id == id_), None)


def without(lots: Sequence[Lot], parts: Iterable[Part]) -> tuple[Lot, ...]:
    """Give the lots after parts are taken from them; an emptied lot is gone."""
    left = list(lots)
    for part in parts:
        place = place_of(left, part.lot, part.expires_at)
        assert place is not None, f"taken from a lot that is not there: {part.lot}"
        lot = left[place]
        rest = lot.points - part.points
        assert rest >= 0, f"lot {lot.id}: more taken than there is"
        if rest:
            left[place] = _with_points(lot, rest)
        else:
            del left[place]
    return tuple(left)


def _with_points(lot: Lot, points: int) -> Lot:
    """Give a lot with other points; building it anew is quicker than evolving it."""
    earned, active, ends = lot.earned_at, lot.active_at, lot.expires_at
    return Lot(lot.id, lot.cause, points, earned, active, ends, lot.warn_at)


def ending_by(part: Part, at: datetime) -> Part:
    """Give a part that expires at an instant, unless it does before."""
    if part.expires_at is not None and part.expires_at <= at:
        return part
    return attrs.evolve(part, expires_at=at)


def lot_of(part: Part) -> Lot:
    """Give the lot that a part makes by itself."""
    assert part.earned_at is not None, "such points were taken for good"
    assert part.active_at is not None, "such points were taken for good"
    earned, active, ends = part.earned_at, part.active_at, part.expires_at
    return Lot(part.lot, part.cause, part.points, earned, active, ends, part.warn_at)


def put_back(lots: Sequence[Lot], parts: Iterable[Part]) -> tuple[Lot, ...]:
    """Give the lots after parts come back to them; a lot that was gone is there again."""
    found = list(lots)
    for part in parts:
        place = place_of(found, part.lot, part.expires_at)
        lot = lot_of(part)
        if place is not None:
            there = found.pop(place)
            points, ends = there.points + part.points, _later(there, part)
            lot = attrs.evolve(there, points=points, expires_at=ends)
        insort(found, lot, key=spending_order)
    return tuple(found)


def _later(lot: Lot, part: Part) -> datetime | None:
    """Give the later expiry: where days of grace were given, the lot has them for all."""
    if lot.expires_at is None or part.expires_at is None:
        return None
    return max(lot.expires_at, part.expires_at)


def split(parts: Sequence[Part], points: int) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Part the first so many points from the rest."""
    first: list[Part] = []
    rest: list[Part] = []
    for part in parts:
        taken = min(points, part.points)
        points -= taken
        if taken:
            first.append(attrs.evolve(part, points=taken))
        if taken < part.points:
            rest.append(attrs.evolve(part, points=part.points - taken))
    return tuple(first), tuple(rest)


def open_lot(
    programme: Programme, id_: int, cause: str, points: int, earned_at: datetime, day: date
) -> Lot:
    """Give the lot that an award opens under a programme: when active, when expired.

    Args:
        programme: the version that judged the fact.
        id_: the lot's number within the member.
        cause: the ref of the fact.
        points: how many.
        earned_at: when the fact occurred, in UTC.
        day: the programme's local day of that.
    """
    rules, tz = programme.expiry, programme.zone
    active_at = earned_at
    if rules.pending:
        active_at = start_of_day(rules.pending.after(day), tz)
    expires_at = None
    if rules.after is not None:
        last_day = rules.after.after(day)
        expires_at = start_of_day(rules.end_of.next_start(last_day), tz)
    warn_at = warnings(programme, expires_at, earned_at)
    return Lot(id_, cause, points, earned_at, active_at, expires_at, warn_at)


def warnings(
    programme: Programme, expires_at: datetime | None, since: datetime
) -> tuple[datetime, ...]:
    """Give the instants after `since` at which an expiry is to be told beforehand."""
    if expires_at is None or not programme.warn_days:
        return ()
    last, tz = local_date(expires_at, programme.zone), programme.zone
    ahead = (start_of_day(last - timedelta(days=n), tz) for n in sorted(programme.warn_days))
    return tuple(at for at in ahead if since < at < expires_at)[::-1]


def days_back(at: datetime, days: int) -> date:
    """Give the UTC date so many days before an instant."""
    return (at.astimezone(UTC) - timedelta(days=days)).date()
