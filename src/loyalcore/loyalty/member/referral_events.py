"""What happens to a referral, on the friend's side and on that of who brings."""

from datetime import date, datetime

import attrs

from loyalcore.decider import Event
from loyalcore.loyalty.member.parts import Part
from loyalcore.loyalty.member.referral import ReferralReason
from loyalcore.loyalty.member.tallied import Tallied

FRIEND, REFERRER = "friend:", "referrer:"


@attrs.frozen(kw_only=True)
class ReferralJudged(Event):
    """It was judged whether a friend's referral counts, or whether an order makes it earn.

    Attributes:
        by: who is said to have brought the friend.
        reason: what became of it.
        order: the order that was judged; "" where it was the joining.
        until: from here on a first purchase comes too late; None for never.
        open: a first purchase may still earn.
        joined_at: when the friend joined: the version of then says what both sides earn.
        programme: that version's content id.
    """

    by: str
    reason: ReferralReason
    joined_at: datetime
    programme: str
    order: str = ""
    until: datetime | None = None
    open: bool = False

    @property
    def refs(self) -> tuple[str, ...]:
        """Who brought the friend."""
        return (f"{REFERRER}{self.by}",)


@attrs.frozen(kw_only=True)
class FriendBrought(Event):
    """A friend joined whom this member had brought.

    Attributes:
        friend: as the last part of the stream's name.
        joined_at: when the friend joined.
    """

    friend: str
    joined_at: datetime

    @property
    def refs(self) -> tuple[str, ...]:
        """The friend."""
        return (f"{FRIEND}{self.friend}",)


@attrs.frozen(kw_only=True)
class ReferralUndone(Event):
    """What a referral gave is claimed back, for the first purchase has come back.

    Attributes:
        ref: of what had given it: the friend, or who brought the friend.
        behaviour: which gave it.
        day: the local day on which that counted.
        points: claimed back in all.
        parts: what was taken from which lots.
        debt: what was claimed and not there, now owed.
        waived: what was claimed and not there, let go.
        counts: what it takes back from measures of tiers, beside the behaviour itself.
    """

    ref: str
    behaviour: str
    day: date
    points: int
    parts: tuple[Part, ...] = ()
    debt: int = 0
    waived: int = 0
    counts: tuple[Tallied, ...] = ()

    @property
    def refs(self) -> tuple[str, ...]:
        """The other side."""
        return (self.ref,)
