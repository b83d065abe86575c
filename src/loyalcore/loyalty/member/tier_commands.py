"""What can be asked for a member's tier."""

from datetime import datetime

import attrs

from loyalcore import checks
from loyalcore.decider import Command
from loyalcore.errors import InvalidValue
from loyalcore.loyalty.member.warrants import WarrantKind
from loyalcore.money import Money


@attrs.frozen(kw_only=True)
class SetTier(Command):
    """Let a member hold a tier until a date, by hand.

    A later one of its kind takes its place.

    Attributes:
        id: its own, once for each member.
        tier: which.
        kind: a floor, so that the member holds no lower one, or a pin, so that it is this one.
        until: when it ends.
        actor: who does it.
        role: in which role; the programme says which may.
        reason: a short code or phrase.
    """

    id: str = attrs.field(validator=checks.name)
    tier: str = attrs.field(validator=checks.name)
    kind: WarrantKind = attrs.field(validator=checks.instance_of(WarrantKind))
    until: datetime = attrs.field(validator=checks.aware)
    actor: str = attrs.field(validator=checks.name)
    role: str = attrs.field(validator=checks.name)
    reason: str = attrs.field(validator=checks.name)

    def __attrs_post_init__(self) -> None:
        if self.kind is WarrantKind.BOUGHT:
            raise InvalidValue("SetTier.kind", self.kind, "give a floor or a pin; BuyTier buys")

    @property
    def refs(self) -> tuple[str, ...]:
        """The setting."""
        return (f"tier:{self.id}",)


@attrs.frozen(kw_only=True)
class LiftTier(Command):
    """End a tier set by hand before its date.

    Attributes:
        id: that of the setting.
        actor, role, reason: as when it is set.
    """

    id: str = attrs.field(validator=checks.name)
    actor: str = attrs.field(validator=checks.name)
    role: str = attrs.field(validator=checks.name)
    reason: str = attrs.field(validator=checks.name)

    @property
    def refs(self) -> tuple[str, ...]:
        """The setting."""
        return (f"tier:{self.id}",)


@attrs.frozen(kw_only=True)
class BuyTier(Command):
    """Buy a tier for a term.

    Attributes:
        id: the purchase's own, once for each member.
        tier: which.
        fee: what was paid, as the programme asks.
    """

    id: str = attrs.field(validator=checks.name)
    tier: str = attrs.field(validator=checks.name)
    fee: Money = attrs.field(validator=checks.instance_of(Money))

    @property
    def refs(self) -> tuple[str, ...]:
        """The purchase."""
        return (f"membership:{self.id}",)


@attrs.frozen(kw_only=True)
class RenewTier(Command):
    """Add a term to a bought tier before it ends.

    Attributes:
        id: the renewal's own, once for each member.
        purchase: which purchase.
        fee: what was paid, as the programme asks now.
    """

    id: str = attrs.field(validator=checks.name)
    purchase: str = attrs.field(validator=checks.name)
    fee: Money = attrs.field(validator=checks.instance_of(Money))

    @property
    def refs(self) -> tuple[str, ...]:
        """The purchase and the renewal."""
        return f"membership:{self.purchase}", f"renewal:{self.id}"


@attrs.frozen(kw_only=True)
class CancelTier(Command):
    """Give a bought tier back; the event says what of the fee comes back."""

    purchase: str = attrs.field(validator=checks.name)

    @property
    def refs(self) -> tuple[str, ...]:
        """The purchase."""
        return (f"membership:{self.purchase}",)
