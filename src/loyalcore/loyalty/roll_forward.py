"""The roll-forward of points between two instants: opening, what moved, closing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

import attrs

from loyalcore.errors import InvalidValue
from loyalcore.forms import utc
from loyalcore.loyalty.events import MemberEvent
from loyalcore.loyalty.handing import PointsReceived
from loyalcore.loyalty.member import Member
from loyalcore.loyalty.statement import events_until, folded, moved_by
from loyalcore.loyalty.totals import Totals


@attrs.frozen
class RollForward:
    """How the points outstanding came from one instant to another; it always adds up.

    `opening + issued + received - redeemed - expired - clawed - moved = closing`, and
    `opening_debt + claimed - clawed - waived = closing_debt`.

    Attributes:
        opening: outstanding before, of all members, what was held among it.
        issued: by purchases, behaviours, by hand, and anew after an undone redemption.
        received: from other members; what they sent within the same time is in `moved`.
        redeemed: less what was undone.
        expired: by time, or lapsed with a membership.
        clawed: taken back by returns and by hand, and paid on debts.
        moved: given to other members.
        closing: outstanding after.
        opening_debt: points owed before.
        claimed: claimed back by returns and by hand, whether or not it was there.
        waived: claims and debts that were let go.
        closing_debt: points owed after.
        members: how many histories were read.
        reasons: points by the words of the members' statements, which sum to the difference.
    """

    opening: int = 0
    issued: int = 0
    received: int = 0
    redeemed: int = 0
    expired: int = 0
    clawed: int = 0
    moved: int = 0
    closing: int = 0
    opening_debt: int = 0
    claimed: int = 0
    waived: int = 0
    closing_debt: int = 0
    members: int = 0
    reasons: Mapping[str, int] = MappingProxyType({})

    def __add__(self, other: "RollForward") -> "RollForward":
        """Sum two roll-forwards over one time, of other members."""
        reasons = Counter(self.reasons)
        reasons.update(other.reasons)
        names = [field.name for field in attrs.fields(RollForward) if field.name != "reasons"]
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return RollForward(**sums, reasons=MappingProxyType(dict(reasons)))

    def table(self) -> str:
        """Give it as text."""
        rows = [("opening", self.opening), *self.reasons.items(), ("closing", self.closing)]
        if self.opening_debt or self.closing_debt:
            rows += [("owed before", self.opening_debt), ("owed after", self.closing_debt)]
        return "\n".join(f"{what:<14}{points:>16,}" for what, points in rows)

    def __str__(self) -> str:
        return self.table()


def roll_forward(
    histories: Iterable[Iterable[MemberEvent]], opens: datetime, closes: datetime
) -> RollForward:
    """Draw up the roll-forward of all members' points from their events.

    One history is read at a time and none is kept. What expired before `closes` counts as
    expired, whether or not anything has swept.

    Args:
        histories: for each member all events of the stream, in order.
        opens: what was recorded from here on is a movement.
        closes: until just before here.

    Raises:
        InvalidValue: an instant is naive, or it closes before it opens.
        CorruptEvent: events contradict one another.
    """
    opens, closes = utc(opens, "roll_forward.opens"), utc(closes, "roll_forward.closes")
    if closes < opens:
        raise InvalidValue("roll_forward.closes", closes, f"give {opens.isoformat()} or later")
    whole = RollForward()
    for history in histories:
        whole += _of_one(history, opens, closes)
    return whole


def _of_one(events: Iterable[MemberEvent], opens: datetime, closes: datetime) -> RollForward:
    member, before, received = Member(), Member(), 0
    reasons: dict[str, int] = {}
    for event in events_until(events, None, closes):
        member = folded(member, event)
        if event.recorded_at < opens:
            before = member
            continue
        if isinstance(event, PointsReceived):
            received += event.points
        for what, _, points, _ in moved_by(event):
            if points:
                reasons[what] = reasons.get(what, 0) + points
    gone = _difference(member.totals, before.totals)
    return RollForward(
        opening=before.outstanding,
        issued=gone.issued - received,
        received=received,
        redeemed=gone.spent,
        expired=gone.expired,
        clawed=gone.clawed,
        moved=gone.moved,
        closing=member.outstanding,
        opening_debt=before.debt,
        claimed=gone.claimed,
        waived=gone.waived,
        closing_debt=member.debt,
        members=1,
        reasons=MappingProxyType(reasons),
    )


def _difference(after: Totals, before: Totals) -> Totals:
    pairs = zip(attrs.astuple(after), attrs.astuple(before), strict=True)
    return Totals(*(late - early for late, early in pairs))
