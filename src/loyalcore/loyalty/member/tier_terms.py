"""What is open about a member's tier, besides the tier itself."""

from datetime import date, datetime

import attrs

from loyalcore.loyalty.member.warrants import Bought, Warrant


@attrs.frozen
class Rise:
    """A tier reached since a period last ended.

    Attributes:
        before: the tier before it.
        tier: the one reached.
        first: the first of the days that counted towards it.
    """

    before: str
    tier: str
    first: date


@attrs.frozen
class Closed:
    """A period that has ended and may be looked at again for facts told late.

    Attributes:
        tier: before it was looked at.
        kept: what was kept.
        first, last: its days.
        look_at: when the tier is looked at next; None for life.
        until: until when late facts may change what was kept.
    """

    tier: str
    kept: str
    first: date
    last: date
    look_at: datetime | None
    until: datetime


@attrs.frozen
class TierTerms:
    """What is open about a tier.

    Attributes:
        warn_at: when a warning is due; None when none is.
        grace_from: the end of the period whose days of grace run.
        rises: the tiers reached since a period last ended, in order.
        closed: the last period, while late facts may change what it kept.
        earned: the tier that is earned, where another is held.
        warrants: what lets a tier be held otherwise, the soonest to end first.
        bought: what is open of a bought tier.
    """

    warn_at: datetime | None = None
    grace_from: datetime | None = None
    rises: tuple[Rise, ...] = ()
    closed: Closed | None = None
    earned: str | None = None
    warrants: tuple[Warrant, ...] = ()
    bought: Bought | None = None
