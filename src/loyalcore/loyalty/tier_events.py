"""What happens to a member's tier."""

from datetime import datetime
from enum import Enum

import attrs

from loyalcore.decider import Event
from loyalcore.loyalty.tallied import Tallied


class TierReason(Enum):
    """Why a tier changed."""

    REACHED = "reached"
    NOT_KEPT = "not_kept"


@attrs.frozen(kw_only=True)
class TierChanged(Event):
    """A member moved up or down.

    Attributes:
        before, after: the tiers' ids.
        reason: what was counted reached it, or did not keep the one before.
        spend: in the window that was looked at, in minor units.
        until: when the new tier is looked at; None for the lowest, and for life.
        programme: the content id of the version that judged.
        met: the measures by which the new tier was reached or kept.
        counts: what the window had counted in other measures than spend.
    """

    before: str
    after: str
    reason: TierReason
    spend: int
    until: datetime | None
    programme: str
    met: tuple[str, ...] = ()
    counts: tuple[Tallied, ...] = ()


@attrs.frozen(kw_only=True)
class TierKept(Event):
    """A member kept the tier at the end of its period; fields as for a change."""

    tier: str
    spend: int
    until: datetime | None
    programme: str
    met: tuple[str, ...] = ()
    counts: tuple[Tallied, ...] = ()
