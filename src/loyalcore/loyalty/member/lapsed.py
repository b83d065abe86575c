"""Points that expired before they were spent, read off the events."""

from collections import Counter
from collections.abc import Iterable

from loyalcore.loyalty.member.events import MemberEvent, ReturnRecorded
from loyalcore.loyalty.member.lapsing import InactivityReached
from loyalcore.loyalty.member.parts import Part
from loyalcore.loyalty.member.spending import HoldEnded, PointsExpired, RedemptionUndone


def lapsed_in(events: Iterable[MemberEvent]) -> Counter[int]:
    """Give how many points expired unspent, by lot; those issued anew have not."""
    found: Counter[int] = Counter()
    for event in events:
        for part in _lapsed(event):
            found[part.lot] += part.points
    return found


def _lapsed(event: MemberEvent) -> tuple[Part, ...]:
    match event:
        case PointsExpired() | InactivityReached():
            return event.parts
        case HoldEnded():
            return event.expired
        case RedemptionUndone() | ReturnRecorded():
            return event.expired if event.reissued is None else ()
        case _:
            return ()
