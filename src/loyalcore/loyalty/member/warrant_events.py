"""Tiers that were set by hand or bought."""

from datetime import date, datetime
from enum import Enum

import attrs

from loyalcore.decider import Event
from loyalcore.loyalty.member.warrants import WarrantKind


@attrs.frozen(kw_only=True)
class TierSet(Event):
    """A member holds a tier until a date, by hand.

    Attributes:
        id: the setting's own.
        tier: which.
        kind: no lower one, or exactly this one.
        until: when it ends.
        actor, role, reason: who, in which role, and why.
        programme: the content id of the version that let the role do so.
    """

    id: str
    tier: str
    kind: WarrantKind
    until: datetime
    actor: str
    role: str
    reason: str
    programme: str

    @property
    def refs(self) -> tuple[str, ...]:
        """The setting."""
        return (f"tier:{self.id}",)


@attrs.frozen(kw_only=True)
class TierBought(Event):
    """A term of a tier was bought, the first or a further one.

    Attributes:
        id: the purchase's own.
        tier: which.
        fee: what was paid, in minor units.
        currency: of the fee.
        start: the local day from which all terms of the purchase are counted.
        days, months, years: how long they are in all.
        first, last: the local days of this term.
        until: when it ends.
        whole_until: until when the fee comes back whole; None for never.
        pro_rata: whether it comes back for days that have not begun.
        programme: the content id of the version that sold it.
        renewal: the renewal's own id; "" for the first term.
    """

    id: str
    tier: str
    fee: int
    currency: str
    start: date
    days: int
    months: int
    years: int
    first: date
    last: date
    until: datetime
    whole_until: datetime | None
    pro_rata: bool
    programme: str
    renewal: str = ""

    @property
    def refs(self) -> tuple[str, ...]:
        """The purchase, and the renewal if it is one."""
        own = (f"membership:{self.id}",)
        return (*own, f"renewal:{self.renewal}") if self.renewal else own


class WarrantEnd(Enum):
    """How a tier that was set or bought came to its end."""

    LAPSED = "lapsed"
    LIFTED = "lifted"
    CANCELLED = "cancelled"


@attrs.frozen(kw_only=True)
class WarrantEnded(Event):
    """A tier that was set or bought is so no more; what is earned counts again.

    Attributes:
        id: of the setting or the purchase.
        kind: what it was.
        tier: which.
        how: at its date, lifted by hand, or cancelled.
        refund: what of the fees comes back, in minor units.
        currency: of the refund; "" without one.
        actor, role, reason: who lifted it, in which role, and why.
    """

    id: str
    kind: WarrantKind
    tier: str
    how: WarrantEnd
    refund: int = 0
    currency: str = ""
    actor: str = ""
    role: str = ""
    reason: str = ""

    @property
    def refs(self) -> tuple[str, ...]:
        """The setting or the purchase."""
        bought = self.kind is WarrantKind.BOUGHT
        return (f"membership:{self.id}" if bought else f"tier:{self.id}",)
