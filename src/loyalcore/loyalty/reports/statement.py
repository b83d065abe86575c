"""A statement: opening balance, every movement, closing balance, what expires when."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from loyalcore.errors import CorruptEvent, InvalidValue
from loyalcore.forms import utc
from loyalcore.loyalty.ledger.passing import Lapse, next_lapse
from loyalcore.loyalty.member.events import (
    BehaviourRecorded,
    MemberEvent,
    MembershipEnded,
    PurchaseRecorded,
    ReturnRecorded,
)
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.handing import PointsAdjusted, PointsReceived, PointsTransferred
from loyalcore.loyalty.member.lapsing import InactivityReached
from loyalcore.loyalty.member.lots import earlier
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.parts import points_of
from loyalcore.loyalty.member.referral_events import ReferralUndone
from loyalcore.loyalty.member.spending import (
    HoldEnded,
    PointsExpired,
    PointsRedeemed,
    RedemptionUndone,
)
from loyalcore.loyalty.member.whole import whole


@attrs.frozen
class Movement:
    """Points that came or went.

    Attributes:
        at: when it was recorded.
        what: earned, repaid (a debt), redeemed, given back, reissued, given away, received,
            adjusted, clawed back, owed, expired, lapsed (with the membership), let go (a debt).
        ref: what it is about, such as `order:A-1`.
        points: added, or taken when negative; 0 where only the debt changed.
        balance: the points of all lots afterwards, those held among them.
        debt: the points owed afterwards.
    """

    at: datetime
    what: str
    ref: str
    points: int
    balance: int
    debt: int = 0


@attrs.frozen
class Statement:
    """A member's points over a stretch of time; it always adds up.

    Attributes:
        opening: the balance before.
        movements: in order.
        closing: the balance after, `opening` and all movements summed.
        expiring: (instant, points) of what the closing balance will lose unless spent, at the
            latest when the member will have done nothing for too long.
        debt: points owed in the end, which the next ones repay.
    """

    opening: int
    movements: tuple[Movement, ...]
    closing: int
    expiring: tuple[tuple[datetime, int], ...]
    debt: int = 0

    def table(self, tz: ZoneInfo | None = None) -> str:
        """Give the statement as text, in a zone of choice (UTC by default)."""
        wide = max((len(m.ref) for m in self.movements), default=0) + 2
        rows = [f"{'opening balance':<{30 + wide}}{self.opening:>18}"]
        for m in self.movements:
            at = m.at.astimezone(tz) if tz else m.at
            owed = f"  {m.debt} owed" if m.debt else ""
            what = f"{at:%Y-%m-%d %H:%M}  {m.what:<12}{m.ref:<{wide}}"
            rows.append(f"{what}{m.points:>+8}{m.balance:>10}{owed}")
        rows.append(f"{'closing balance':<{30 + wide}}{self.closing:>18}")
        if self.debt:
            rows.append(f"{self.debt} points are owed: the next ones repay them")
        for instant, points in self.expiring:
            at = instant.astimezone(tz) if tz else instant
            rows.append(f"{at:%Y-%m-%d %H:%M}  {points} points expire unless spent before")
        return "\n".join(rows)

    def __str__(self) -> str:
        return self.table()


# What, ref, points, debt.
_Moved = tuple[str, str, int, int]


def _earned(event: PurchaseRecorded | BehaviourRecorded) -> list[_Moved]:
    ref, *_ = event.refs
    points = event.lot.points if event.lot is not None else 0
    paid = event.paid if isinstance(event, PurchaseRecorded) else None
    spent = paid.points if paid is not None and not paid.hold else 0
    return [
        ("redeemed", ref, -spent, 0),
        ("earned", ref, points, 0),
        ("repaid", ref, -event.repaid, -event.repaid),
    ]


def _hold_ended(event: HoldEnded) -> list[_Moved]:
    spent, gone = points_of(event.spent), points_of(event.expired)
    return [
        ("redeemed", event.refs[1 if event.redemption else 0], -spent, 0),
        ("expired", event.refs[0], -gone, 0),
        ("repaid", event.refs[0], -event.repaid, -event.repaid),
    ]


def _undone(event: RedemptionUndone | ReturnRecorded) -> list[_Moved]:
    ref, anew = event.refs[0], event.reissued.points if event.reissued is not None else 0
    return [
        ("given back", ref, points_of(event.restored), 0),
        ("reissued", ref, anew, 0),
        ("repaid", ref, -event.repaid, -event.repaid),
    ]


def _returned(event: ReturnRecorded) -> list[_Moved]:
    ref = event.refs[1]
    return [
        *_undone(event),
        ("clawed back", ref, -points_of(event.parts), 0),
        ("owed", ref, 0, event.debt),
    ]


def _unreferred(event: ReferralUndone) -> list[_Moved]:
    ref = event.ref
    return [("clawed back", ref, -points_of(event.parts), 0), ("owed", ref, 0, event.debt)]


def _received(event: PointsReceived) -> list[_Moved]:
    (ref,) = event.refs
    return [*_came("received")(event), ("expired", ref, -points_of(event.expired), 0)]


def _came(what: str) -> Callable[[Any], list[_Moved]]:
    def moved(event: PointsReceived | PointsAdjusted) -> list[_Moved]:
        ref, *_ = event.refs
        return [(what, ref, event.points, 0), ("repaid", ref, -event.repaid, -event.repaid)]

    return moved


_MOVED: Mapping[type[MemberEvent], Callable[[Any], list[_Moved]]] = {
    PurchaseRecorded: _earned,
    BehaviourRecorded: _earned,
    PointsRedeemed: lambda event: [("redeemed", event.refs[0], -event.points, 0)],
    HoldEnded: _hold_ended,
    RedemptionUndone: _undone,
    PointsTransferred: lambda event: [("given away", event.refs[0], -event.points, 0)],
    PointsReceived: _received,
    PointsAdjusted: _came("adjusted"),
    ReturnRecorded: _returned,
    ReferralUndone: _unreferred,
    PointsExpired: lambda event: [("expired", "", -event.points, 0)],
    InactivityReached: lambda event: [("expired", "", -event.points, 0)],
    MembershipEnded: lambda event: [
        ("lapsed", "", -event.points, 0),
        ("let go", "", 0, -event.waived),
    ],
}


def moved_by(event: MemberEvent) -> list[_Moved]:
    """Give what moves points or debt."""
    moved = _MOVED.get(type(event))
    return [entry for entry in moved(event) if entry[2] or entry[3]] if moved else []


def folded(member: Member, event: MemberEvent) -> Member:
    """Fold an event in.

    Raises:
        CorruptEvent: it contradicts those before it.
    """
    try:
        return evolve(member, event)
    except AssertionError as error:
        raise CorruptEvent(type(event).__name__, f"it contradicts those before: {error}") from error


def events_until(
    events: Iterable[MemberEvent], opens: datetime | None, closes: datetime | None
) -> Iterator[MemberEvent]:
    """Give the events before `closes`, and the expiries by then that nobody has written down."""
    member = Member()
    for event in events:
        if closes is not None and event.recorded_at >= closes:
            break
        member = folded(member, event)
        yield event
    by = closes or opens
    if by is not None:
        yield from lapses(member, by)


def lapses(member: Member, by: datetime) -> Iterator[Lapse]:
    """Give the expiries and lapses of holds before an instant, though nothing has swept."""
    while (passed := next_lapse(member, by)) is not None:
        member = evolve(member, passed)
        yield passed


def statement(
    events: Iterable[MemberEvent],
    opens: datetime | None = None,
    closes: datetime | None = None,
) -> Statement:
    """Draw up a member's statement from the events of the stream.

    Args:
        events: all of the stream, in order.
        opens: movements recorded from here on are listed; None for all.
        closes: until just before here; None for all. What expired before it stands there, whether
            or not anything has swept.

    Raises:
        InvalidValue: an instant is naive, it closes before it opens, or the events are not all of
            a member's.
        Forgotten: the member was.
        CorruptEvent: the events contradict one another.
    """
    opens = None if opens is None else utc(opens, "statement.opens")
    closes = None if closes is None else utc(closes, "statement.closes")
    if opens is not None and closes is not None and closes < opens:
        raise InvalidValue("statement.closes", closes, f"give {opens.isoformat()} or later")
    member, opening, balance, debt = Member(), 0, 0, 0
    listed: list[Movement] = []
    for event in events_until(whole(events, "statement.events"), opens, closes):
        member = folded(member, event)
        for what, ref, points, owed in moved_by(event):
            balance, debt = balance + points, debt + owed
            if opens is None or event.recorded_at >= opens:
                listed.append(Movement(event.recorded_at, what, ref, points, balance, debt))
            else:
                opening = balance
    expiring: dict[datetime, int] = {}
    for lot in member.lots:
        ends = earlier(lot.expires_at, member.idle_at)
        if ends is not None:
            expiring[ends] = expiring.get(ends, 0) + lot.points
    return Statement(opening, tuple(listed), balance, tuple(sorted(expiring.items())), debt)
