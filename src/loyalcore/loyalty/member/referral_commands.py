"""What the sides of a referral ask of each other; no host sends any of it."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from loyalcore.decider import Command
from loyalcore.errors import Forgotten, LoyalcoreError, NotEnrolled, UnknownStream
from loyalcore.loyalty.member.referral import ReferralReason
from loyalcore.loyalty.member.referral_events import FRIEND

_NOT_THERE = (NotEnrolled, Forgotten, UnknownStream)


@attrs.frozen(kw_only=True)
class BringFriend(Command):
    """Say whether one is the member who brought a friend."""

    friend: str
    joined_at: datetime

    @property
    def refs(self) -> tuple[str, ...]:
        """The friend."""
        return (f"{FRIEND}{self.friend}",)

    def instead(self, error: LoyalcoreError) -> Sequence[Command] | None:
        """Tell the friend that there is no such member."""
        if not isinstance(error, _NOT_THERE):
            return None
        reason = ReferralReason.NOT_A_MEMBER
        return (AnswerReferral(recorded_at=self.joined_at, source=self.source, reason=reason),)


@attrs.frozen(kw_only=True)
class AnswerReferral(Command):
    """Take the answer of who is said to have brought one.

    Attributes:
        reason: why it does not count; None when it does.
    """

    reason: ReferralReason | None = None


@attrs.frozen(kw_only=True)
class EarnReferral(Command):
    """Earn what bringing a friend earns.

    Attributes:
        friend: who was brought.
        joined_at: when the friend joined, under the version that says what it earns.
    """

    friend: str
    joined_at: datetime

    @property
    def refs(self) -> tuple[str, ...]:
        """The friend."""
        return (f"{FRIEND}{self.friend}",)

    def instead(self, error: LoyalcoreError) -> Sequence[Command] | None:
        """Let it go where who brought the friend is there no more."""
        return () if isinstance(error, _NOT_THERE) else None


@attrs.frozen(kw_only=True)
class UndoReferral(Command):
    """Give back what a referral gave.

    Attributes:
        ref: of what had given it.
    """

    ref: str

    @property
    def refs(self) -> tuple[str, ...]:
        """The other side."""
        return (self.ref,)

    def instead(self, error: LoyalcoreError) -> Sequence[Command] | None:
        """Let it go where the other side is there no more."""
        return () if isinstance(error, _NOT_THERE) else None
