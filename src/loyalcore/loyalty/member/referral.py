"""A referral as a member's own history tells it: by whom, and what became of it."""

from datetime import datetime
from enum import Enum

import attrs


class ReferralReason(Enum):
    """What became of a referral, or why it earns nothing."""

    ASKED = "asked"
    OPEN = "open"
    EARNED = "earned"
    NOT_OFFERED = "not_offered"
    JOINED_BEFORE = "joined_before"
    ONESELF = "oneself"
    NOT_A_MEMBER = "not_a_member"
    TOO_LITTLE = "too_little"
    TOO_LATE = "too_late"
    RETURNED = "returned"


_WORDS = {
    ReferralReason.ASKED: "whether {by} is a member is not known yet",
    ReferralReason.OPEN: "it waits for the first purchase",
    ReferralReason.EARNED: "it earned",
    ReferralReason.NOT_OFFERED: "the programme gave nothing for referrals",
    ReferralReason.JOINED_BEFORE: "who was a member before is no new one",
    ReferralReason.ONESELF: "nobody brings oneself",
    ReferralReason.NOT_A_MEMBER: "{by} was no member",
    ReferralReason.TOO_LITTLE: "too little was paid for {order}",
    ReferralReason.TOO_LATE: "{order} was bought too late",
    ReferralReason.RETURNED: "{order} came back",
}


@attrs.frozen
class Referred:
    """By whom a member was brought, and what became of that.

    Attributes:
        by: the one who did, as the last part of the stream's name.
        reason: what became of it, or why it earned nothing so far.
        order: the order that says so, if one does.
        until: from here on a first purchase comes too late; None for never.
        open: a first purchase may still earn.
    """

    by: str
    reason: ReferralReason
    order: str = ""
    until: datetime | None = None
    open: bool = False

    @property
    def why(self) -> str:
        """The reason in words."""
        return _WORDS[self.reason].format(by=self.by, order=self.order)

    def words(self) -> str:
        """Say it in words.

        >>> Referred("ann", ReferralReason.NOT_A_MEMBER).words()
        'brought by ann: ann was no member'
        """
        return f"brought by {self.by}: {self.why}"
