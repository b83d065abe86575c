"""What became of each lot's points, told by the events of a member's stream."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

import attrs

from loyalcore.loyalty.member.events import (
    BehaviourRecorded,
    MemberEvent,
    MembershipEnded,
    PurchaseRecorded,
    ReturnRecorded,
)
from loyalcore.loyalty.member.handing import PointsAdjusted, PointsReceived, PointsTransferred
from loyalcore.loyalty.member.lapsing import InactivityReached
from loyalcore.loyalty.member.lots import split
from loyalcore.loyalty.member.parts import Lot, Part, points_of
from loyalcore.loyalty.member.referral_events import ReferralUndone
from loyalcore.loyalty.member.spending import (
    HoldEnd,
    HoldEnded,
    PointsExpired,
    PointsRedeemed,
    RedemptionUndone,
)
from loyalcore.loyalty.member.whole import whole


class Fate(Enum):
    """What may happen to points."""

    ISSUED = "issued"
    RECEIVED = "received"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    CLAWED = "clawed"
    MOVED = "moved"


@attrs.frozen
class LotFlow:
    """Points of one lot that met one fate.

    Attributes:
        at: when it was recorded.
        earned_at: when the fact that the lot is owed to occurred; a transfer keeps it.
        fate: issued, received from another member, redeemed, expired, clawed (repaid debts and
            what was taken by hand among them), or moved to another member.
        points: how many; negative for a redemption that is undone.
        by_time: time alone did it, before anything else that is recorded at that instant.
    """

    at: datetime
    earned_at: datetime
    fate: Fate
    points: int
    by_time: bool = False


def lot_flows(events: Iterable[MemberEvent]) -> Iterator[LotFlow]:
    """Give what became of each lot's points.

    For each fate the flows sum to what the member's state counts; what was issued and received
    less all else is what is outstanding.

    Args:
        events: all of one member's stream, in order.

    Raises:
        InvalidValue: they are not all of a member's events.
        Forgotten: the member was.
    """
    return (flow for _, flow in flows_by_event(whole(events, "lot_flows.events")))


def flows_by_event(events: Iterable[MemberEvent]) -> Iterator[tuple[MemberEvent, LotFlow]]:
    """Give the same, each with the event that brought it."""
    born: dict[int, datetime] = {}
    for event in events:
        for part, fate, points in _FLOWS.get(type(event), _nothing)(event):
            if isinstance(part, Lot):
                born[part.id] = part.earned_at
            # Parts of somebody else's lots bring the instant along, others may leave it out.
            earned_at = part.earned_at or born[part.lot if isinstance(part, Part) else part.id]
            if points:
                flow = LotFlow(event.recorded_at, earned_at, fate, points, by_time(event))
                yield event, flow


def by_time(event: MemberEvent) -> bool:
    """Say whether time alone brought an event that moves points."""
    if isinstance(event, HoldEnded):
        return event.how is HoldEnd.LAPSED
    return isinstance(event, PointsExpired | InactivityReached)


# Whose points, what happened to them, how many.
_Flow = tuple[Lot | Part, Fate, int]


def _nothing(_: Any) -> Iterator[_Flow]:
    return iter(())


def _all(parts: Iterable[Part], fate: Fate) -> Iterator[_Flow]:
    return ((part, fate, part.points) for part in parts)


def _opened(lots: Iterable[Lot], repaid: int, fate: Fate = Fate.ISSUED) -> Iterator[_Flow]:
    """Give lots that open, and what of them repays debt at once."""
    for lot in lots:
        paid = min(repaid, lot.points)
        repaid -= paid
        yield lot, fate, lot.points
        yield lot, Fate.CLAWED, paid


def _earned(event: PurchaseRecorded | BehaviourRecorded) -> Iterator[_Flow]:
    paid = event.paid if isinstance(event, PurchaseRecorded) else None
    if paid is not None and not paid.hold:  # the end of a hold tells its own
        yield from _all(paid.parts, Fate.REDEEMED)
    yield from _opened([event.lot] if event.lot is not None else [], event.repaid)


def _adjusted(event: PointsAdjusted) -> Iterator[_Flow]:
    yield from _opened([event.lot] if event.lot is not None else [], event.repaid)
    yield from _all(event.parts, Fate.CLAWED)


def _received(event: PointsReceived) -> Iterator[_Flow]:
    yield from _opened(event.lots, event.repaid, Fate.RECEIVED)
    yield from _all(event.expired, Fate.RECEIVED)
    yield from _all(event.expired, Fate.EXPIRED)


def _hold_ended(event: HoldEnded) -> Iterator[_Flow]:
    paying, _ = split(event.restored, event.repaid)
    yield from _all(event.spent, Fate.REDEEMED)
    yield from _all(event.expired, Fate.EXPIRED)
    yield from _all(paying, Fate.CLAWED)


def _undone(event: RedemptionUndone | ReturnRecorded) -> Iterator[_Flow]:
    paying, _ = split(event.restored, event.repaid)
    for part in (*event.restored, *event.expired):
        yield part, Fate.REDEEMED, -part.points
    yield from _all(event.expired, Fate.EXPIRED)
    yield from _all(paying, Fate.CLAWED)
    rest = event.repaid - points_of(paying)
    yield from _opened([event.reissued] if event.reissued is not None else [], rest)


def _returned(event: ReturnRecorded) -> Iterator[_Flow]:
    yield from _undone(event)
    yield from _all(event.parts, Fate.CLAWED)


_FLOWS: Mapping[type[MemberEvent], Callable[[Any], Iterator[_Flow]]] = {
    PurchaseRecorded: _earned,
    BehaviourRecorded: _earned,
    PointsAdjusted: _adjusted,
    PointsReceived: _received,
    PointsTransferred: lambda event: _all(event.parts, Fate.MOVED),
    PointsRedeemed: lambda event: _all(event.parts, Fate.REDEEMED),
    HoldEnded: _hold_ended,
    RedemptionUndone: _undone,
    ReturnRecorded: _returned,
    ReferralUndone: lambda event: _all(event.parts, Fate.CLAWED),
    PointsExpired: lambda event: _all(event.parts, Fate.EXPIRED),
    InactivityReached: lambda event: _all(event.parts, Fate.EXPIRED),
    MembershipEnded: lambda event: _all(event.parts, Fate.EXPIRED),
}
