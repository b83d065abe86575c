"""What happens to points once they are there: spent, held, given back, expired."""

from datetime import date, datetime
from enum import Enum

import attrs

from loyalcore.decider import Event
from loyalcore.loyalty.member.parts import Lot, Part, expired_refs, points_of


@attrs.frozen
class RewardTaken:
    """A reward that was taken for points.

    Attributes:
        reward: its id.
        quantity: how many.
        day: the programme's local day, on which it counts towards limits.
        stocked: it came out of a stock.
        kept_days: how long daily tallies matter to the programme.
        programme: the content id of the version that offered it.
    """

    reward: str
    quantity: int
    day: date
    stocked: bool
    kept_days: int
    programme: str


@attrs.frozen
class PointsPaid:
    """Points that paid for an order.

    Attributes:
        offer: the id of the offer by which they did.
        points: how many.
        worth: the money they paid, in minor units.
        parts: from which lots.
        hold: the hold that they came from, whose end is recorded with the order; "" without.
    """

    offer: str
    points: int
    worth: int
    parts: tuple[Part, ...]
    hold: str = ""


@attrs.frozen(kw_only=True)
class PointsRedeemed(Event):
    """Points were spent, from these lots.

    Attributes:
        redemption: its id.
        points: how many.
        parts: from which lots.
        taken: the reward that was taken for them, if it was one.
    """

    redemption: str
    points: int
    parts: tuple[Part, ...]
    taken: RewardTaken | None = None

    @property
    def refs(self) -> tuple[str, ...]:
        """The redemption."""
        return (f"redemption:{self.redemption}",)


@attrs.frozen(kw_only=True)
class PointsHeld(Event):
    """Points were set aside.

    Attributes:
        hold: its id.
        points: how many.
        parts: from which lots.
        until: the deadline at which it lapses.
    """

    hold: str
    points: int
    parts: tuple[Part, ...]
    until: datetime

    @property
    def refs(self) -> tuple[str, ...]:
        """The hold."""
        return (f"hold:{self.hold}",)


class HoldEnd(Enum):
    """How a hold came to its end."""

    CAPTURED = "captured"
    RELEASED = "released"
    LAPSED = "lapsed"
    LEFT = "left"


@attrs.frozen(kw_only=True)
class HoldEnded(Event):
    """A hold came to its end, once.

    Attributes:
        hold: its id.
        how: captured, released, lapsed at its deadline, or the member left.
        redemption: the redemption for which it was captured, "" otherwise.
        spent: what that took of it.
        restored: what went back to its lots.
        expired: what would have, had its lot not expired meanwhile.
        repaid: how many of the first restored points went to repay debt at once.
    """

    hold: str
    how: HoldEnd
    redemption: str = ""
    spent: tuple[Part, ...] = ()
    restored: tuple[Part, ...] = ()
    expired: tuple[Part, ...] = ()
    repaid: int = 0

    @property
    def refs(self) -> tuple[str, ...]:
        """The hold, the redemption if there is one, and whose points expired."""
        redemption = (f"redemption:{self.redemption}",) if self.redemption else ()
        return (f"hold:{self.hold}", *redemption, *expired_refs(self.expired))


@attrs.frozen(kw_only=True)
class RedemptionUndone(Event):
    """Spent points came back.

    Attributes:
        id: the undoing's own.
        redemption: what was undone.
        points: how many, those taken last first.
        restored: what went back to its lots.
        expired: what lapsed meanwhile and stays so.
        reissued: the lot opened instead of what lapsed, if the programme gives one, for some days
            of grace or with a life of its own.
        repaid: how many of the points that came back first, those reissued last, went to repay
            debt at once.
        given_back: the reward, when its redemption is undone whole with this.
    """

    id: str
    redemption: str
    points: int
    restored: tuple[Part, ...] = ()
    expired: tuple[Part, ...] = ()
    reissued: Lot | None = None
    repaid: int = 0
    given_back: RewardTaken | None = None

    @property
    def refs(self) -> tuple[str, ...]:
        """The redemption, the undoing, and whose points expired."""
        gone = expired_refs(self.expired)
        return (f"redemption:{self.redemption}", f"undo:{self.id}", *gone)


@attrs.frozen(kw_only=True)
class PointsExpired(Event):
    """Time took the points of these lots."""

    parts: tuple[Part, ...]

    @property
    def points(self) -> int:
        """How many in all."""
        return points_of(self.parts)

    @property
    def refs(self) -> tuple[str, ...]:
        """Whose points expired, where the programme wants returns to know."""
        return expired_refs(self.parts)
