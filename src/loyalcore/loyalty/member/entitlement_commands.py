"""What a member can be asked to do with entitlements."""

from datetime import datetime

import attrs

from loyalcore import checks
from loyalcore.decider import Command


def by_hand(entitlement: str, cause: str) -> str:
    """Give the id of an entitlement that is granted by hand for a cause."""
    return f"{entitlement}/by hand/{cause}"


@attrs.frozen(kw_only=True)
class GrantEntitlement(Command):
    """Grant an entitlement by hand: by a remedy, a journey, a clerk.

    Attributes:
        entitlement: as the programme names it.
        cause: what for, such as `complaint:77`; it brings this entitlement once, for ever.
        actor: who grants it.
        role: in which role, where the programme says who may.
        reason: a short code or phrase.
    """

    entitlement: str = attrs.field(validator=checks.name)
    cause: str = attrs.field(validator=checks.name)
    actor: str = attrs.field(validator=checks.name)
    role: str = attrs.field(default="", validator=checks.text)
    reason: str = attrs.field(default="", validator=checks.text)

    @property
    def refs(self) -> tuple[str, ...]:
        """The entitlement under the id that it gets."""
        return (f"right:{by_hand(self.entitlement, self.cause)}",)


@attrs.frozen(kw_only=True)
class ReserveEntitlement(Command):
    """Set a use aside for a checkout.

    Attributes:
        right: the id under which it was granted.
        reservation: the reservation's id, once for each member.
        until: the deadline, at which it lapses by itself.
    """

    right: str = attrs.field(validator=checks.long_name)
    reservation: str = attrs.field(validator=checks.name)
    until: datetime = attrs.field(validator=checks.aware)

    @property
    def refs(self) -> tuple[str, ...]:
        """The entitlement and the reservation."""
        return (f"right:{self.right}", f"reservation:{self.reservation}")


@attrs.frozen(kw_only=True)
class ReleaseReservation(Command):
    """Let go of a reservation."""

    reservation: str = attrs.field(validator=checks.name)

    @property
    def refs(self) -> tuple[str, ...]:
        """The reservation."""
        return (f"reservation:{self.reservation}",)


@attrs.frozen(kw_only=True)
class UseEntitlement(Command):
    """Use an entitlement once.

    Attributes:
        right: the id under which it was granted.
        use: the use's id, once for each member.
        reservation: the reservation that is used; "" for none.
        order: the order for which it is used, if there is one.
    """

    right: str = attrs.field(validator=checks.long_name)
    use: str = attrs.field(validator=checks.name)
    reservation: str = attrs.field(default="", validator=checks.text)
    order: str = attrs.field(default="", validator=checks.text)

    @property
    def refs(self) -> tuple[str, ...]:
        """The entitlement, the use and the reservation, if there is one."""
        reserved = (f"reservation:{self.reservation}",) if self.reservation else ()
        return (f"right:{self.right}", f"use:{self.use}", *reserved)


@attrs.frozen(kw_only=True)
class UndoUse(Command):
    """Take a use back, as its order was cancelled.

    Attributes:
        right: the id under which the entitlement was granted.
        use: which.
    """

    right: str = attrs.field(validator=checks.long_name)
    use: str = attrs.field(validator=checks.name)

    @property
    def refs(self) -> tuple[str, ...]:
        """The entitlement and the use."""
        return (f"right:{self.right}", f"use:{self.use}")


@attrs.frozen(kw_only=True)
class RevokeEntitlement(Command):
    """Take an entitlement away, with what is reserved of it.

    Attributes:
        right: the id under which it was granted.
        actor: who does it.
        reason: a short code or phrase.
        role: by which right; one of the entitlement's roles where it names any.
    """

    right: str = attrs.field(validator=checks.long_name)
    actor: str = attrs.field(validator=checks.name)
    reason: str = attrs.field(validator=checks.name)
    role: str = attrs.field(default="", validator=checks.text)

    @property
    def refs(self) -> tuple[str, ...]:
        """The entitlement."""
        return (f"right:{self.right}",)


EntitlementCommand = (
    GrantEntitlement
    | ReserveEntitlement
    | ReleaseReservation
    | UseEntitlement
    | UndoUse
    | RevokeEntitlement
)
