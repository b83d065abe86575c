"""Warn of points that will expire: when, and what of."""

from collections.abc import Iterator
from datetime import datetime

from loyalcore.loyalty.member.lapsing import Expiring, ExpiryAhead
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.parts import Lot


def next_warning(member: Member) -> datetime | None:
    """Give the next instant at which a member is to be warned.

    What lay ahead at the last recorded instant lies ahead still: at each instant the warnings
    come first, all in one event.
    """
    since = member.recorded_at
    if since is None:
        return None
    return min((at for at in _armed(member) if at > since), default=None)


def _armed(member: Member) -> Iterator[datetime]:
    """Give the instants of all warnings for points that are there."""
    for lot in member.lots:
        if lot.warn_at and not _by_inactivity(lot, member):
            yield from lot.warn_at
    if member.idle_warn_at and _idle_points(member):
        yield from member.idle_warn_at


def _idle_points(member: Member) -> int:
    """Give the points that only inactivity will take."""
    return sum(lot.points for lot in member.lots if _by_inactivity(lot, member))


def _by_inactivity(lot: Lot, member: Member) -> bool:
    """Say whether inactivity ends a lot before its own expiry does."""
    if member.idle_at is None:
        return False
    return lot.expires_at is None or lot.expires_at > member.idle_at


def warn_of_expiry(member: Member, at: datetime) -> ExpiryAhead:
    """Say what will expire, of which the member is to be warned at an instant."""
    ends = {
        lot.expires_at
        for lot in member.lots
        if at in lot.warn_at and not _by_inactivity(lot, member)
    }
    found = [
        Expiring(end, sum(lot.points for lot in member.lots if lot.expires_at == end))
        for end in ends
        if end is not None
    ]
    if at in member.idle_warn_at and member.idle_at is not None and _idle_points(member):
        found.append(Expiring(member.idle_at, _idle_points(member), inactive=True))
    return ExpiryAhead(
        recorded_at=at, expiring=tuple(sorted(found, key=lambda e: (e.at, e.inactive)))
    )
