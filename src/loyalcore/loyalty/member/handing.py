"""Points that change hands: given to another member, and given or taken by hand."""

import attrs

from loyalcore.decider import Event
from loyalcore.loyalty.member.parts import Lot, Part, points_of


@attrs.frozen(kw_only=True)
class PointsTransferred(Event):
    """Points went to another member.

    Attributes:
        transfer: its id.
        to: the other member.
        points: how many.
        parts: from which lots, whose expiry they keep.
    """

    transfer: str
    to: str
    points: int
    parts: tuple[Part, ...]

    @property
    def refs(self) -> tuple[str, ...]:
        """The transfer."""
        return (f"transfer:{self.transfer}",)


@attrs.frozen(kw_only=True)
class PointsReceived(Event):
    """Points came from another member.

    Attributes:
        transfer: its id.
        sender: the other member's stream.
        lots: opened for them, each with the expiry that it had.
        expired: what had expired by then, so that no lot is opened for it.
        repaid: how many of them went to repay debt at once, in the order of the lots.
    """

    transfer: str
    sender: str
    lots: tuple[Lot, ...]
    expired: tuple[Part, ...] = ()
    repaid: int = 0

    @property
    def points(self) -> int:
        """How many in all."""
        return sum(lot.points for lot in self.lots) + points_of(self.expired)

    @property
    def refs(self) -> tuple[str, ...]:
        """The transfer."""
        return (f"transfer:{self.transfer}",)


@attrs.frozen(kw_only=True)
class PointsAdjusted(Event):
    """Points were given or taken by hand.

    Attributes:
        id: the adjustment's own.
        points: given, or taken when negative.
        actor, role, reason: who, in which role, and why.
        allowed: how many points the role might move.
        lot: opened for what was given.
        repaid: how much of it went to repay debt at once.
        parts: what was taken from which lots.
        programme: the content id of the version that set the limit.
        order: the order that it compensates, if it is one.
        times: how often more that order's points were given; 0 for none.
    """

    id: str
    points: int
    actor: str
    role: str
    reason: str
    allowed: int
    programme: str
    lot: Lot | None = None
    repaid: int = 0
    parts: tuple[Part, ...] = ()
    order: str = ""
    times: int = 0

    @property
    def refs(self) -> tuple[str, ...]:
        """The adjustment, and the order if it compensates one."""
        order = (f"order:{self.order}",) if self.order else ()
        return (f"adjustment:{self.id}", *order)
