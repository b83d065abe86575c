"""What has happened to a member or a club: outcomes, never formulas."""

from datetime import date, datetime
from decimal import Decimal

import attrs

from loyalcore.decider import Event
from loyalcore.loyalty.member.award import Award
from loyalcore.loyalty.member.entitlement_events import EntitlementEvent
from loyalcore.loyalty.member.handing import PointsAdjusted, PointsReceived, PointsTransferred
from loyalcore.loyalty.member.lapsing import ExpiryAhead, InactivityMoved, InactivityReached
from loyalcore.loyalty.member.parts import Lot, Part, expired_refs, points_of
from loyalcore.loyalty.member.referral_events import FriendBrought, ReferralJudged, ReferralUndone
from loyalcore.loyalty.member.spending import (
    HoldEnded,
    PointsExpired,
    PointsHeld,
    PointsPaid,
    PointsRedeemed,
    RedemptionUndone,
)
from loyalcore.loyalty.member.tallied import Tallied
from loyalcore.loyalty.member.tier_events import (
    EarnedTierMoved,
    PeriodClosed,
    TierAtRisk,
    TierChanged,
    TierGraceBegan,
    TierKept,
    TierSecured,
)
from loyalcore.loyalty.member.warrant_events import TierBought, TierSet, WarrantEnded
from loyalcore.loyalty.programme.programme import Programme


@attrs.frozen
class LineEarned:
    """What a line of an order earned.

    Attributes:
        line: its id.
        amount: what was paid for it in minor units, at least 0: the measure of its returns.
        quantity: its pieces.
        points: its share of the award.
        spend: its share of the spend that qualifies for tiers, in minor units.
        retested: the part of its points that belongs to bonuses which returns test again.
        paid_worth: the part of the amount that was paid with points.
        paid_points: the points that paid it.
    """

    line: str
    amount: int = 0
    quantity: Decimal = Decimal(1)
    points: int = 0
    spend: int = 0
    paid_worth: int = 0
    paid_points: int = 0
    retested: int = 0


@attrs.frozen
class LineReturned:
    """What the return of a line took back.

    Attributes:
        line: its id.
        amount: minor units of what was paid.
        quantity: pieces, where the return spoke of pieces.
        points: claimed back.
        spend: qualifying spend taken back, in minor units.
        paid_worth: the part of the amount that had been paid with points: no money to refund.
        paid_points: the points that are given back for it.
    """

    line: str
    amount: int = 0
    quantity: Decimal = Decimal(0)
    points: int = 0
    spend: int = 0
    paid_worth: int = 0
    paid_points: int = 0


@attrs.frozen(kw_only=True)
class MemberEnrolled(Event):
    """A member joined, in the lowest tier.

    Attributes:
        tier: it; None without tiers.
        referred_by: who is said to have brought the member; None for nobody.
    """

    tier: str | None = None
    referred_by: str | None = None


@attrs.frozen(kw_only=True)
class MembershipEnded(Event):
    """A member left.

    Attributes:
        parts: the points that lapsed with the membership.
        waived: the debt that was let go.
    """

    parts: tuple[Part, ...] = ()
    waived: int = 0

    @property
    def points(self) -> int:
        """How many points lapsed."""
        return points_of(self.parts)


@attrs.frozen(kw_only=True)
class PurchaseRecorded(Event):
    """An order earned points.

    Attributes:
        order: its id.
        occurred_at: when it was bought.
        day: the programme's local day of that.
        currency: of the minor units below.
        lines: what each earned.
        award: the points and how they came about.
        lot: opened for them; None when they came to 0.
        repaid: how much of the lot went to repay debt at once.
        kept_days: how long daily tallies matter to the programme.
        counted: the points count towards caps by period.
        paid: the points that paid for it, if some did.
        counts: what it counts towards measures of tiers, beside spend.
    """

    order: str
    occurred_at: datetime
    day: date
    currency: str
    lines: tuple[LineEarned, ...]
    award: Award
    lot: Lot | None = None
    repaid: int = 0
    kept_days: int = 0
    counted: bool = False
    paid: PointsPaid | None = None
    counts: tuple[Tallied, ...] = ()

    @property
    def refs(self) -> tuple[str, ...]:
        """The order."""
        return (f"order:{self.order}",)

    @property
    def spend(self) -> int:
        """Qualifying spend in minor units."""
        return sum(line.spend for line in self.lines)


@attrs.frozen(kw_only=True)
class BehaviourRecorded(Event):
    """A member did something that may earn points.

    Attributes:
        behaviour: such as "share".
        id: the deed's own; "" for what joining or a referral brings.
        occurred_at, day, award, lot, repaid, kept_days, counts: as for a purchase.
        referral: the other side of the referral that brings it, as a ref; "" for none.
        joined_at: when the friend of that referral joined.
        order: the first purchase that brings it to the friend; "" for none.
    """

    behaviour: str
    id: str
    occurred_at: datetime
    day: date
    award: Award
    lot: Lot | None = None
    repaid: int = 0
    kept_days: int = 0
    counts: tuple[Tallied, ...] = ()
    referral: str = ""
    joined_at: datetime | None = None
    order: str = ""

    @property
    def refs(self) -> tuple[str, ...]:
        """The deed; or the other side of a referral and the order; or what joining brings."""
        if self.referral:
            return (self.referral, f"order:{self.order}") if self.order else (self.referral,)
        return (f"deed:{self.id}" if self.id else f"joining:{self.behaviour}",)


@attrs.frozen(kw_only=True)
class ReturnRecorded(Event):
    """Goods came back and what they had earned was claimed back.

    Attributes:
        id: the return's own.
        order: the order it belongs to.
        occurred_at: when.
        day: the local day of the purchase, whose tallies it lowers.
        lines: what was taken back for each.
        whole: all that was left of the order was asked for.
        points: claimed back in all.
        parts: what was taken from which lots.
        debt: what was claimed and not there, now owed.
        waived: what was claimed and not there, let go.
        counted: the points counted towards caps by period, and do so no more.
        bonuses: the part of `points` that is claimed for bonuses which the rest of the order
            would not have got; the lines have the others.
        restored, expired, reissued, repaid: what became of the points that had paid for it, as
            when a redemption is undone; that comes first.
        counts: what it takes back from measures of tiers, beside spend.
        lapsed: the part of `waived` that is let go because it had expired unspent.
    """

    id: str
    order: str
    occurred_at: datetime
    day: date
    lines: tuple[LineReturned, ...]
    points: int
    whole: bool = False
    parts: tuple[Part, ...] = ()
    debt: int = 0
    waived: int = 0
    counted: bool = False
    restored: tuple[Part, ...] = ()
    expired: tuple[Part, ...] = ()
    reissued: Lot | None = None
    repaid: int = 0
    counts: tuple[Tallied, ...] = ()
    bonuses: int = 0
    lapsed: int = 0

    @property
    def refs(self) -> tuple[str, ...]:
        """The order, the return, and whose points expired as they came back."""
        return (f"order:{self.order}", f"return:{self.id}", *expired_refs(self.expired))

    @property
    def refund(self) -> int:
        """The money to refund, in minor units: what had not been paid with points."""
        return sum(line.amount - line.paid_worth for line in self.lines)

    @property
    def spend(self) -> int:
        """Qualifying spend taken back, in minor units."""
        return sum(line.spend for line in self.lines)


MemberEvent = (
    MemberEnrolled
    | MembershipEnded
    | PurchaseRecorded
    | BehaviourRecorded
    | PointsRedeemed
    | PointsHeld
    | HoldEnded
    | RedemptionUndone
    | PointsTransferred
    | PointsReceived
    | PointsAdjusted
    | ReturnRecorded
    | PointsExpired
    | InactivityMoved
    | InactivityReached
    | ExpiryAhead
    | TierChanged
    | TierKept
    | TierGraceBegan
    | TierAtRisk
    | TierSecured
    | PeriodClosed
    | EarnedTierMoved
    | TierSet
    | TierBought
    | WarrantEnded
    | EntitlementEvent
    | ReferralJudged
    | FriendBrought
    | ReferralUndone
)


@attrs.frozen(kw_only=True)
class ProgrammePublished(Event):
    """A version of the programme was published."""

    programme: Programme
    content_id: str
    effective_from: datetime
