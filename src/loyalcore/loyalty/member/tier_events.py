"""What happens to a member's tier."""

from datetime import date, datetime
from enum import Enum

import attrs

from loyalcore.decider import Event
from loyalcore.loyalty.member.tallied import Tallied
from loyalcore.loyalty.programme.measures import Lack

Ways = tuple[tuple[Lack, ...], ...]
"""Ways to reach a goal, each with all that is missing to it."""


class TierReason(Enum):
    """Why a tier changed."""

    REACHED = "reached"
    NOT_KEPT = "not_kept"
    UNDONE = "undone"
    REASSESSED = "reassessed"
    SET = "set"
    BOUGHT = "bought"
    ENDED = "ended"


@attrs.frozen(kw_only=True)
class TierChanged(Event):
    """A member moved up or down.

    Attributes:
        before, after: the tiers held.
        reason: what was counted reached it, or did not keep the one before; a return undid what
            reached it; a late fact changed what a period kept; it was set by hand, or bought, or
            that has ended.
        spend: in the window that was looked at, in minor units.
        until: when the new tier is looked at; None for the lowest, and for life.
        programme: the content id of the version that judged.
        met: the measures by which the new tier was reached or kept.
        counts: what the window had counted in other measures than spend.
        warn_at: when a warning is due.
        first: the first of the days that were looked at.
        earned: the tier that is earned now, if it is not the one held.
        rises: where a return undid what reached it, how many of the tiers reached since a period
            last ended were reached before that.
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
    earned: str | None = None
    rises: int = 0


@attrs.frozen(kw_only=True)
class EarnedTierMoved(Event):
    """The tier that a member earns moved beneath the one held; else fields as for a change.

    Attributes:
        before, after: the tiers earned.
        held: the tier held, which stays.
    """

    before: str
    after: str
    held: str
    reason: TierReason
    spend: int
    until: datetime | None
    programme: str
    met: tuple[str, ...] = ()
    counts: tuple[Tallied, ...] = ()
    warn_at: datetime | None = None
    first: date | None = None
    rises: int = 0


@attrs.frozen(kw_only=True)
class TierKept(Event):
    """A member kept the tier earned at the end of its period; fields as for a change."""

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
        tier: the one earned.
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
        tier: the one earned.
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
        tier: the one earned.
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
