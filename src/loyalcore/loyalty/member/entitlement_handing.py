"""Entitlements that change hands: what is asked, and what happens."""

import attrs

from loyalcore import checks
from loyalcore.decider import Command, Event
from loyalcore.loyalty.member.rights import Right

GIVEN_AWAY = "given away"


@attrs.frozen(kw_only=True)
class TransferEntitlement(Command):
    """Give an entitlement to another member, with what is left of it.

    Attributes:
        right: the id under which it was granted.
        transfer: the transfer's own id, once for each of both, among those of points too.
        to: the other member, as the last part of the stream's name.
    """

    right: str = attrs.field(validator=checks.long_name)
    transfer: str = attrs.field(validator=checks.name)
    to: str = attrs.field(validator=checks.name)

    @property
    def refs(self) -> tuple[str, ...]:
        """The entitlement and the transfer."""
        return (f"right:{self.right}", f"transfer:{self.transfer}")


@attrs.frozen(kw_only=True)
class ReceiveEntitlement(Command):
    """Take an entitlement that another member gives; what a transfer leads to."""

    transfer: str
    sender: str
    right: Right

    @property
    def refs(self) -> tuple[str, ...]:
        """The transfer."""
        return (f"transfer:{self.transfer}",)


@attrs.frozen(kw_only=True)
class EntitlementGiven(Event):
    """An entitlement went to another member.

    Attributes:
        right: as it stood.
        transfer: the transfer's id.
        to: the other member.
    """

    right: Right
    transfer: str
    to: str

    @property
    def refs(self) -> tuple[str, ...]:
        """The entitlement, what it was granted for, and the transfer."""
        cause = (self.right.caused_by,) if self.right.caused_by else ()
        return (f"right:{self.right.id}", *cause, f"transfer:{self.transfer}")


@attrs.frozen(kw_only=True)
class EntitlementReceived(Event):
    """An entitlement came from another member.

    Attributes:
        right: as this member has it, under an id of its own.
        transfer: the transfer's id.
        sender: the other member.
        expired: its time was over by then.
    """

    right: Right
    transfer: str
    sender: str
    expired: bool = False

    @property
    def refs(self) -> tuple[str, ...]:
        """The entitlement and the transfer."""
        return (f"right:{self.right.id}", f"transfer:{self.transfer}")
