"""Lots of points, and the parts taken from them."""

from collections.abc import Iterable
from datetime import datetime

import attrs


@attrs.frozen
class Lot:
    """Points that share a source and an expiry.

    Attributes:
        id: counts up within the member, from 1.
        cause: the ref of what earned it, such as `order:A-1`.
        points: unspent; in an event, what was issued.
        earned_at: when the fact occurred.
        active_at: spendable from here.
        expires_at: spendable until just before; None for ever.
        warn_at: when the member is to be told that they will expire.
    """

    id: int
    cause: str
    points: int
    earned_at: datetime
    active_at: datetime
    expires_at: datetime | None = None
    warn_at: tuple[datetime, ...] = ()


@attrs.frozen
class Part:
    """Points taken from a lot.

    Attributes:
        lot: its id.
        points: how many.
        expires_at: the lot's.
        cause, earned_at, active_at, warn_at: the lot's, where the points may come back to it.
    """

    lot: int
    points: int
    expires_at: datetime | None = None
    cause: str = ""
    earned_at: datetime | None = None
    active_at: datetime | None = None
    warn_at: tuple[datetime, ...] = ()

    def expired(self, at: datetime) -> bool:
        """Say whether the lot's time is over."""
        return self.expires_at is not None and self.expires_at <= at


def points_of(parts: Iterable[Part]) -> int:
    """Sum the points of parts."""
    return sum(part.points for part in parts)


def expired_refs(parts: Iterable[Part]) -> tuple[str, ...]:
    """Give the refs by which a return finds what of its order's points expired unspent."""
    orders = [part.cause for part in parts if part.cause.startswith("order:")]
    return tuple(f"expired:{cause}" for cause in dict.fromkeys(orders))
