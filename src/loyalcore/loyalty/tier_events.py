"""What happens to a member's tier."""

from datetime import date, datetime
from enum import Enum

import attrs

from loyalcore.decider import Event
from loyalcore.loyalty.measures import Lack
from loyalcore.loyalty.tallied import Tallied

Ways = tuple[tuple[Lack, ...], ...]
"""Ways to reach a goal, each with all that is missing to it."""


class TierReason(Enum):
    """Why a tier changed."""

    REACHED = "reached"
    NOT_KEPT = "not_kept"
    UNDONE = "undone"
    REASSESSED = "reassessed"


@attrs.frozen(kw_only=True)
class TierChanged(Event):
    """A member moved up or down.

    Attributes:
        before, after: the tiers' ids.
        reason: what was counted reached it, or did not keep the one before; a return undid what
            reached it; a late fact changed what a period kept.
        spend: in the window that was looked at, in minor units.
        until: when the new tier is looked at; None for the lowest, and for life.
        programme: the content id of the version that judged.
        met: the measures by which the new tier was reached or kept.
        counts: what the window had counted in other measures than spend.
        warn_at: when a warning is due.
        first: the first of the days that were looked at.
    """

    before: str
    after: str
    reason: TierReason
    spend: int
    until: datetime | None
    programme: str
    met: tuple[str, ...] = ()
    counts: tuple[Tallied, ...] = ()
    warn_at: datetime | None = None
    first: date | None = None


@attrs.frozen(kw_only=True)
class TierKept(Event):
    """A member kept the tier at the end of its period; fields as for a change."""

    tier: str
    spend: int
    until: datetime | None
    programme: str
    met: tuple[str, ...] = ()
    counts: tuple[Tallied, ...] = ()
    warn_at: datetime | None = None


@attrs.frozen(kw_only=True)
class TierGraceBegan(Event):
    """A period ended without what keeps the tier; it is held for some days of grace.

    Attributes:
        tier: the one held.
        until: when the days of grace end.
        missing: to keep it, for each way to do so.
        falls_to: the tier that follows if nothing more is counted.
        programme: the content id of the version that judged.
    """

    tier: str
    until: datetime
    missing: Ways
    falls_to: str
    programme: str


@attrs.frozen(kw_only=True)
class TierAtRisk(Event):
    """A tier will be lost as things stand.

    Attributes:
        tier: the one held.
        until: when it is looked at.
        missing: to keep it, for each way to do so.
        falls_to: the tier that follows if nothing more is counted.
        programme: the content id of the version that judged.
    """

    tier: str
    until: datetime
    missing: Ways
    falls_to: str
    programme: str


@attrs.frozen(kw_only=True)
class TierSecured(Event):
    """A tier will be kept as things stand; told when a warning would be.

    Attributes:
        tier: the one held.
        until: when it is looked at.
        met: the measures by which it is kept.
        programme: the content id of the version that judged.
    """

    tier: str
    until: datetime
    met: tuple[str, ...]
    programme: str


@attrs.frozen(kw_only=True)
class PeriodClosed(Event):
    """A period that was looked at may be looked at again, for facts that are told late.

    Attributes:
        before: the tier before it was looked at.
        kept: what it kept; told again when a late fact has changed it.
        first, last: its days.
        look_at: when the tier is looked at next; None for life.
        until: until when late facts may change what it kept.
        programme: the content id of the version that judged.
    """

    before: str
    kept: str
    first: date
    last: date
    look_at: datetime | None
    until: datetime
    programme: str
