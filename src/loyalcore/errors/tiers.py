"""What is refused about tiers that are set by hand or bought."""

from datetime import datetime

import attrs

from loyalcore.errors.base import Refused


@attrs.define(eq=False)
class UnknownTier(Refused):
    """A tier that the programme does not have."""

    tier: str
    known: tuple[str, ...]

    def message(self) -> str:
        return f"there is no tier {self.tier!r}: there are {', '.join(self.known) or 'none'}"


@attrs.define(eq=False)
class MayNotSetTiers(Refused):
    """A role that may not set tiers by hand."""

    role: str
    allowed: tuple[str, ...]

    def message(self) -> str:
        return (
            f"the role {self.role!r} may not set tiers: {', '.join(self.allowed) or 'nobody'} may; "
            "name it in the programme's tiers.set_by if it shall"
        )


@attrs.define(eq=False)
class TierNotForSale(Refused):
    """A tier that cannot be bought."""

    tier: str

    def message(self) -> str:
        return f"the tier {self.tier!r} is not for sale: give it a sale in the programme first"


@attrs.define(eq=False)
class FeeDiffers(Refused):
    """A fee that is not what the programme asks."""

    tier: str
    asked: str
    given: str

    def message(self) -> str:
        return (
            f"the tier {self.tier!r} costs {self.asked}, not {self.given}: give the fee that the "
            "programme asks, or change it there"
        )


@attrs.define(eq=False)
class TierStillBought(Refused):
    """A tier bought while another bought one runs."""

    tier: str
    until: datetime

    def message(self) -> str:
        return (
            f"the tier {self.tier!r} is bought until {self.until.isoformat()}: renew it, or cancel "
            "it before another is bought"
        )


@attrs.define(eq=False)
class RenewalTooEarly(Refused):
    """A bought tier renewed before its terms allow."""

    tier: str
    opens: datetime

    def message(self) -> str:
        return f"the tier {self.tier!r} can be renewed from {self.opens.isoformat()} on"


@attrs.define(eq=False)
class WarrantOver(Refused):
    """A tier set or bought that is over, or never was.

    Attributes:
        ref: such as `tier:T-1` or `membership:M-1`.
    """

    ref: str

    def message(self) -> str:
        return f"{self.ref} does not run: it has ended, or there is none"
