"""What the rules of entitlements refuse."""

from datetime import datetime

import attrs

from loyalcore.errors.base import Refused


@attrs.define(eq=False)
class UnknownEntitlement(Refused):
    """An entitlement that the programme does not have."""

    entitlement: str
    known: tuple[str, ...]

    def message(self) -> str:
        known = ", ".join(self.known) or "none"
        return f"the programme has no entitlement {self.entitlement!r}: it has {known}"


@attrs.define(eq=False)
class AlreadyGranted(Refused):
    """An entitlement granted a second time for one cause."""

    entitlement: str
    cause: str

    def message(self) -> str:
        return (
            f"{self.cause!r} has brought this member {self.entitlement!r} already: a cause brings "
            "an entitlement once; give a new one its own cause"
        )


@attrs.define(eq=False)
class NeverValid(Refused):
    """An entitlement that is over before it could be used."""

    entitlement: str
    valid_from: datetime
    valid_until: datetime

    def message(self) -> str:
        return (
            f"{self.entitlement!r} would be valid from {self.valid_from.isoformat()} and over at "
            f"{self.valid_until.isoformat()}: give it other days in the programme"
        )


@attrs.define(eq=False)
class MayNotRevoke(Refused):
    """An entitlement that a role may not take away."""

    role: str
    entitlement: str
    roles: tuple[str, ...]

    def message(self) -> str:
        return (
            f"the role {self.role!r} may not revoke {self.entitlement!r}: "
            f"{', '.join(self.roles)} may"
        )


@attrs.define(eq=False)
class MayNotGrant(Refused):
    """An entitlement that a role may not grant."""

    role: str
    entitlement: str
    roles: tuple[str, ...]

    def message(self) -> str:
        return (
            f"the role {self.role!r} may not grant {self.entitlement!r}: "
            f"{', '.join(self.roles)} may"
        )


@attrs.define(eq=False)
class UnknownRight(Refused):
    """An entitlement that this member was never granted."""

    right: str

    def message(self) -> str:
        return (
            f"this member was never granted {self.right!r}: give the id of the event that granted "
            "it, and the member whom it was granted"
        )


@attrs.define(eq=False)
class RightNotTransferable(Refused):
    """An entitlement that may not be given to another member."""

    right: str

    def message(self) -> str:
        return (
            f"{self.right!r} is for this member alone: let the programme's entitlement be "
            "transferable, for those granted from then on"
        )


@attrs.define(eq=False)
class RightNotYetValid(Refused):
    """An entitlement that can be used only later."""

    right: str
    valid_from: datetime
    at: datetime

    def message(self) -> str:
        return (
            f"{self.right!r} can be used from {self.valid_from.isoformat()} on, "
            f"not at {self.at.isoformat()}"
        )


@attrs.define(eq=False)
class RightOver(Refused):
    """An entitlement that came to its end.

    Attributes:
        right: its id.
        how: used up, expired, revoked, cause undone, or left.
        at: when.
    """

    right: str
    how: str
    at: datetime

    def message(self) -> str:
        return f"{self.right!r} is over since {self.at.isoformat()} ({self.how}): grant another one"


@attrs.define(eq=False)
class RightReserved(Refused):
    """An entitlement of which all that is left is reserved.

    Attributes:
        right: its id.
        reservations: those that hold it.
    """

    right: str
    reservations: tuple[str, ...]

    def message(self) -> str:
        return (
            f"all that is left of {self.right!r} is reserved by {', '.join(self.reservations)}: "
            "use the reservation or release it"
        )


@attrs.define(eq=False)
class RightUsedForNow(Refused):
    """An entitlement that was used as often as the calendar period allows.

    Attributes:
        right: its id.
        times, per: how often within which period.
        again_at: when the next period begins; None where the entitlement ends before.
    """

    right: str
    times: int
    per: str
    again_at: datetime | None

    def message(self) -> str:
        again = "it ends before that comes again"
        if self.again_at is not None:
            again = f"again from {self.again_at.isoformat()} on"
        return f"{self.right!r} can be used {self.times} times a {self.per}: {again}"


@attrs.define(eq=False)
class UnknownReservation(Refused):
    """A reservation that was never placed, or of another entitlement."""

    reservation: str

    def message(self) -> str:
        return f"there is no reservation {self.reservation!r}: reserve the entitlement first"


@attrs.define(eq=False)
class ReservationOver(Refused):
    """A reservation that came to its end: used, released, lapsed, or gone with what it held."""

    reservation: str
    how: str
    at: datetime

    def message(self) -> str:
        return (
            f"the reservation {self.reservation!r} is over since {self.at.isoformat()} "
            f"({self.how}): place another one"
        )


@attrs.define(eq=False)
class UnknownUse(Refused):
    """A use that is not recorded of this entitlement."""

    right: str
    use: str

    def message(self) -> str:
        return f"no use {self.use!r} of {self.right!r} is recorded: nothing can be undone"


@attrs.define(eq=False)
class UseUndoneBefore(Refused):
    """A use that was taken back already."""

    right: str
    use: str

    def message(self) -> str:
        return f"the use {self.use!r} of {self.right!r} was undone already: it counts once"


@attrs.define(eq=False)
class RewardUsed(Refused):
    """The undoing of a redemption whose entitlement was used or given away."""

    redemption: str
    right: str

    def message(self) -> str:
        return (
            f"the redemption {self.redemption!r} brought {self.right!r}, which was used or given "
            "away: undo its uses first; what was given away stays"
        )


@attrs.define(eq=False)
class NothingToCompensate(Refused):
    """An order that earned nothing, or of which nothing is left."""

    order: str

    def message(self) -> str:
        return f"nothing is left of what order {self.order!r} earned: adjust the balance by hand"
