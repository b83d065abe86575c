"""The roll-forward of points between two instants: opening, what moved, closing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import attrs

from loyalcore.errors import InvalidValue
from loyalcore.forms import utc
from loyalcore.loyalty.member.events import MemberEvent
from loyalcore.loyalty.member.handing import PointsReceived
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.totals import Totals
from loyalcore.loyalty.reports.begun import Histories, each_history
from loyalcore.loyalty.reports.statement import folded, lapses, moved_by


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
        left_out: histories without a beginning, of members who were forgotten.
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
    left_out: int = 0
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
        if self.left_out:
            rows.append(("left out", self.left_out))
        if self.opening_debt or self.closing_debt:
            rows += [("owed before", self.opening_debt), ("owed after", self.closing_debt)]
        return "\n".join(f"{what:<14}{points:>16,}" for what, points in rows)

    def __str__(self) -> str:
        return self.table()


def roll_forward(histories: Histories, opens: datetime, closes: datetime) -> RollForward:
    """Draw up the roll-forward of all members' points from their events.

    One history is read at a time and none is kept. What expires at the very end of a stretch
    expires within it, as in the liability at that instant, whether or not anything has swept.

    Args:
        histories: members' streams with all their events, one member at a time.
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
    for events in each_history(histories, "roll_forward.histories"):
        one = None if events is None else _of_one(events, opens, closes)
        whole += one or RollForward(left_out=1)
    return whole


@attrs.frozen
class _Stand:
    """How a member stands, and what brought it there."""

    member: Member = Member()
    received: int = 0
    reasons: Counter[str] = attrs.Factory(Counter)

    def behind(self, event: MemberEvent) -> "_Stand":
        """Take in one more event; the reasons are one table, handed on."""
        came = event.points if isinstance(event, PointsReceived) else 0
        for what, _, points, _ in moved_by(event):
            self.reasons[what] += points
        return _Stand(folded(self.member, event), self.received + came, self.reasons)

    def at(self, instant: datetime) -> "_Stand":
        """Give a copy at an instant, once time has done its work and before all else."""
        stand = attrs.evolve(self, reasons=Counter(self.reasons))
        for event in lapses(self.member, instant + timedelta(microseconds=1)):
            stand = stand.behind(event)
        return stand


def _of_one(events: Iterable[MemberEvent], opens: datetime, closes: datetime) -> RollForward:
    stand, before = _Stand(), None
    for event in events:
        if before is None and event.recorded_at >= opens:
            before = stand.at(opens)
        if event.recorded_at >= closes:
            break
        stand = stand.behind(event)
    before, after = before or stand.at(opens), stand.at(closes)
    gone = _difference(after.member.totals, before.member.totals)
    reasons = {
        what: points - before.reasons[what]
        for what, points in after.reasons.items()
        if points != before.reasons[what]
    }
    received = after.received - before.received
    return RollForward(
        opening=before.member.outstanding,
        issued=gone.issued - received,
        received=received,
        redeemed=gone.spent,
        expired=gone.expired,
        clawed=gone.clawed,
        moved=gone.moved,
        closing=after.member.outstanding,
        opening_debt=before.member.debt,
        claimed=gone.claimed,
        waived=gone.waived,
        closing_debt=after.member.debt,
        members=1,
        reasons=MappingProxyType(reasons),
    )


def _difference(after: Totals, before: Totals) -> Totals:
    pairs = zip(attrs.astuple(after), attrs.astuple(before), strict=True)
    return Totals(*(late - early for late, early in pairs))
