"""What is recorded of the entitlements, reservations and uses that a command speaks of."""

from collections.abc import Iterable
from datetime import datetime

import attrs

from loyalcore.loyalty.member.entitlement_events import (
    EntitlementEnd,
    EntitlementEnded,
    EntitlementEvent,
    EntitlementGranted,
    EntitlementReserved,
    EntitlementUsed,
    ReservationEnded,
    UseUndone,
)
from loyalcore.loyalty.member.entitlement_handing import (
    GIVEN_AWAY,
    EntitlementGiven,
    EntitlementReceived,
)
from loyalcore.loyalty.member.rights import Right


@attrs.frozen
class PastRight:
    """What became of an entitlement.

    Attributes:
        used: how often it was used, as last recorded with its end.
        how: how it ended; "" as far as is known it has not.
        at: when.
        ended: as it stood when its last use was made; None when it ended in another way.
    """

    used: int = 0
    how: str = ""
    at: datetime | None = None
    ended: Right | None = None


@attrs.frozen
class PastEntitlements:
    """The fold of past events of entitlements.

    Attributes:
        rights: what became of those seen, by id.
        reservations: the reservations seen that are over, with how and when.
        uses: the uses seen, by id, that stand.
        undone: the uses seen that were taken back.
    """

    rights: dict[str, PastRight] = attrs.field(factory=dict)
    reservations: dict[str, tuple[str, datetime]] = attrs.field(factory=dict)
    uses: dict[str, EntitlementUsed] = attrs.field(factory=dict)
    undone: dict[str, UseUndone] = attrs.field(factory=dict)

    @classmethod
    def of(cls, events: Iterable[EntitlementEvent]) -> "PastEntitlements":
        """Fold events."""
        past = cls()
        for event in events:
            past._note(event)
        return past

    def _note(self, event: EntitlementEvent) -> None:
        at = event.recorded_at
        match event:
            case EntitlementGranted() | EntitlementGiven() | EntitlementReceived():
                self.rights[event.right.id] = _moved(event)
            case EntitlementReserved():
                pass
            case ReservationEnded():
                self.reservations[event.reservation] = event.how.value, at
            case EntitlementUsed():
                self.uses[event.use] = event
                self.reservations[event.reservation] = "used", at
                before = self.rights.get(event.right, PastRight())
                if event.ended is not None:
                    self.rights[event.right] = PastRight(event.used, "used up", at, event.ended)
                elif event.late:
                    self.rights[event.right] = attrs.evolve(before, used=event.used)
            case UseUndone():
                self._undo(event)
            case EntitlementEnded():
                how = event.how.value.replace("_", " ")
                self.rights[event.right] = PastRight(event.used, how, at)
                for reservation in event.reservations:
                    self.reservations[reservation] = how, at

    def _undo(self, event: UseUndone) -> None:
        self.uses.pop(event.use, None)
        self.undone[event.use] = event
        before = self.rights.get(event.right, PastRight())
        reopened = event.reopened is not None
        self.rights[event.right] = (
            PastRight(event.used) if reopened else attrs.evolve(before, used=event.used)
        )


def _moved(event: EntitlementGranted | EntitlementGiven | EntitlementReceived) -> PastRight:
    """Say what is known of an entitlement that comes, perhaps expired by then, or goes."""
    if isinstance(event, EntitlementGiven):
        return PastRight(event.right.used, GIVEN_AWAY, event.recorded_at)
    if isinstance(event, EntitlementReceived) and event.expired:
        ended = EntitlementEnd.EXPIRED.value
        return PastRight(event.right.used, ended, event.right.valid_until)
    return PastRight()
