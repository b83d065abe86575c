"""What has happened to entitlements: granted, reserved, used, given back, over."""

from datetime import date, datetime
from enum import Enum

import attrs

from loyalcore.decider import Event
from loyalcore.loyalty.member.entitlement_handing import EntitlementGiven, EntitlementReceived
from loyalcore.loyalty.member.rights import Right


def _refs(right: str, caused_by: str) -> tuple[str, ...]:
    """Give the refs of an entitlement and of what made the programme grant it."""
    return (f"right:{right}", caused_by) if caused_by else (f"right:{right}",)


@attrs.frozen(kw_only=True)
class EntitlementGranted(Event):
    """A member was granted an entitlement.

    Attributes:
        right: the entitlement, with its terms.
        actor, role, reason: who, in which role, and why; "" where the programme did.
        programme: the content id of the version whose terms these are.
    """

    right: Right
    actor: str = ""
    role: str = ""
    reason: str = ""
    programme: str = ""

    @property
    def refs(self) -> tuple[str, ...]:
        """The entitlement, and what made the programme grant it."""
        return _refs(self.right.id, self.right.caused_by)


@attrs.frozen(kw_only=True)
class EntitlementReserved(Event):
    """A use was set aside.

    Attributes:
        right: the entitlement's id.
        reservation: the reservation's.
        day: the programme's local day, on which it counts.
        until: the deadline at which it lapses.
    """

    right: str
    reservation: str
    day: date
    until: datetime

    @property
    def refs(self) -> tuple[str, ...]:
        """The reservation."""
        return (f"reservation:{self.reservation}",)


class ReservationEnd(Enum):
    """How a reservation came to its end without being used."""

    RELEASED = "released"
    LAPSED = "lapsed"


@attrs.frozen(kw_only=True)
class ReservationEnded(Event):
    """A reservation was let go of, once.

    Attributes:
        right: the entitlement's id.
        reservation: the reservation's.
        how: released, or lapsed at its deadline.
    """

    right: str
    reservation: str
    how: ReservationEnd

    @property
    def refs(self) -> tuple[str, ...]:
        """The reservation."""
        return (f"reservation:{self.reservation}",)


@attrs.frozen(kw_only=True)
class EntitlementUsed(Event):
    """An entitlement was used once.

    Attributes:
        right: its id.
        use: the use's.
        day: the local day on which it counts: that of the reservation, if there was one.
        used: how often it was used by then, this time included.
        reservation: what was used; "" for none.
        order: the order for which it was used, if there is one.
        ended: as it stood afterwards, when nothing was left of it.
        late: its own time was over, and what was reserved of it was used.
        caused_by: the ref of what made the programme grant it.
    """

    right: str
    use: str
    day: date
    used: int
    reservation: str = ""
    order: str = ""
    ended: Right | None = None
    late: bool = False
    caused_by: str = ""

    @property
    def refs(self) -> tuple[str, ...]:
        """The use and the reservation; the entitlement when it is over."""
        reserved = (f"reservation:{self.reservation}",) if self.reservation else ()
        over = self.ended is not None or self.late
        return (f"use:{self.use}", *reserved, *(_refs(self.right, self.caused_by) if over else ()))


@attrs.frozen(kw_only=True)
class UseUndone(Event):
    """A use was taken back.

    Attributes:
        right: the entitlement's id.
        use: the use's.
        day: the local day on which the use counted.
        used: how often it was used, this time no longer included.
        given_back: it can be used again; not when it was over for another reason.
        reopened: as it stands now, where the use had been its last.
        caused_by: the ref of what made the programme grant it.
    """

    right: str
    use: str
    day: date
    used: int
    given_back: bool
    reopened: Right | None = None
    caused_by: str = ""

    @property
    def refs(self) -> tuple[str, ...]:
        """The use; the entitlement where it was over."""
        over = self.reopened is not None or not self.given_back
        return (f"use:{self.use}", *(_refs(self.right, self.caused_by) if over else ()))


class EntitlementEnd(Enum):
    """How an entitlement came to its end other than by being used up."""

    EXPIRED = "expired"
    REVOKED = "revoked"
    CAUSE_UNDONE = "cause_undone"
    LEFT = "left"


@attrs.frozen(kw_only=True)
class EntitlementEnded(Event):
    """An entitlement came to its end, once.

    Attributes:
        right: its id.
        how: expired, revoked by hand, revoked as its cause was undone, or the member left.
        used: how often it had been used.
        reservations: what was reserved of it and went with it; what is reserved outlives expiry.
        actor, reason: who revoked it, and why.
        caused_by: the ref of what made the programme grant it.
        role: in which role it was revoked.
    """

    right: str
    how: EntitlementEnd
    used: int
    reservations: tuple[str, ...] = ()
    actor: str = ""
    reason: str = ""
    caused_by: str = ""
    role: str = ""

    @property
    def refs(self) -> tuple[str, ...]:
        """The entitlement, what it was granted for, and what was reserved of it."""
        reserved = (f"reservation:{id_}" for id_ in self.reservations)
        return (*_refs(self.right, self.caused_by), *reserved)


EntitlementEvent = (
    EntitlementGranted
    | EntitlementReserved
    | ReservationEnded
    | EntitlementUsed
    | UseUndone
    | EntitlementEnded
    | EntitlementGiven
    | EntitlementReceived
)
