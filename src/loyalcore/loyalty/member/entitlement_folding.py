"""Fold what happens to entitlements into a member's state."""

from typing import assert_never

import attrs

from loyalcore.loyalty.member.entitlement_events import EntitlementEnd as End
from loyalcore.loyalty.member.entitlement_events import (
    EntitlementEnded,
    EntitlementEvent,
    EntitlementGranted,
    EntitlementReserved,
    EntitlementUsed,
    ReservationEnded,
    UseUndone,
)
from loyalcore.loyalty.member.entitlement_handing import EntitlementGiven, EntitlementReceived
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.rights import Reservation, Right


def fold_entitlement(member: Member, event: EntitlementEvent) -> Member:
    """Fold one event of an entitlement into a member's state."""
    match event:
        case EntitlementReceived() if event.expired:
            rights = member.entitlements
        case EntitlementGiven():
            rights = tuple(each for each in member.entitlements if each.id != event.right.id)
        case EntitlementGranted() | EntitlementReceived():
            rights = (*member.entitlements, event.right)
        case UseUndone() if event.reopened is not None:
            rights = (*member.entitlements, event.reopened)
        case _:
            rights = tuple(
                after
                for right in member.entitlements
                for after in (_after(right, event) if right.id == event.right else right,)
                if after is not None
            )
    return attrs.evolve(member, recorded_at=event.recorded_at, entitlements=rights)


def _after(
    right: Right,
    event: EntitlementReserved | ReservationEnded | EntitlementUsed | UseUndone | EntitlementEnded,
) -> Right | None:
    """Give an entitlement after an event; None when nothing of it is open."""
    match event:
        case EntitlementReserved():
            placed = Reservation(event.reservation, event.until, event.day)
            return right.with_reserved((*right.reserved, placed))
        case ReservationEnded():
            right = right.without(event.reservation)
        case EntitlementUsed():
            right = right.without(event.reservation).with_use(event.day, 1)
        case UseUndone():
            right = right.with_use(event.day, -1)
        case EntitlementEnded():
            if event.how is not End.EXPIRED:
                return None
            right = attrs.evolve(right, expired=True)
        case _:
            assert_never(event)
    return None if right.used_up or (right.expired and not right.reserved) else right
