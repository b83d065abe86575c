"""Lives in which much happens: each step takes a share of what there is, so few are refused."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loyalcore.loyalty import (
    AdjustPoints,
    CaptureHold,
    Enrol,
    HoldEnded,
    Leave,
    Line,
    PlaceHold,
    PointsRedeemed,
    PurchaseRecorded,
    RecordPurchase,
    RecordReturn,
    Redeem,
    RedeemReward,
    ReleaseHold,
    ReturnedLine,
    Transfer,
    UndoRedemption,
)
from loyalcore.money import Money
from tests.loyalty.club import History

Step = tuple[str, int]


def _some(history: History, at: datetime, share: int) -> int:
    return max(1, history.at(at).available(at) * share // 100)


def _redemptions(history: History) -> list[tuple[str, int]]:
    spent = [(e.redemption, e.points) for e in history.events if isinstance(e, PointsRedeemed)]
    ended = [e for e in history.events if isinstance(e, HoldEnded) and e.redemption]
    return spent + [(e.redemption, sum(part.points for part in e.spent)) for e in ended]


def _buys(history: History, at: datetime, id_: str, share: int) -> Any:
    price = Money(share * 2, history.club.at(at).currency)
    return RecordPurchase(recorded_at=at, occurred_at=at, order=id_, lines=[Line("1", price)])


def _pays(history: History, at: datetime, id_: str, share: int) -> Any:
    order, points = _buys(history, at, id_, 100), _some(history, at, share)
    return attrs.evolve(order, points=points)


def _returns(history: History, at: datetime, id_: str, share: int) -> Any:
    bought = [event for event in history.events if isinstance(event, PurchaseRecorded)]
    if not bought:
        return None
    order = bought[share % len(bought)]
    money = Money.from_minor(order.lines[0].amount * share // 100, order.currency)
    lines = None if share > 80 else [ReturnedLine("1", money)]
    return RecordReturn(recorded_at=at, occurred_at=at, id=id_, order=order.order, lines=lines)


def _redeems(history: History, at: datetime, id_: str, share: int) -> Any:
    return Redeem(recorded_at=at, redemption=id_, points=_some(history, at, share))


def _takes(history: History, at: datetime, id_: str, share: int) -> Any:
    rewards = history.club.at(at).rewards
    reward = rewards[share % len(rewards)].id
    return RedeemReward(recorded_at=at, redemption=id_, reward=reward, quantity=1 + share % 3)


def _undoes(history: History, at: datetime, id_: str, share: int) -> Any:
    redemptions = _redemptions(history)
    if not redemptions:
        return None
    redemption, points = redemptions[share % len(redemptions)]
    part = None if share > 60 else max(1, points * share // 100)
    return UndoRedemption(recorded_at=at, id=id_, redemption=redemption, points=part)


def _holds(history: History, at: datetime, id_: str, share: int) -> Any:
    until = at + timedelta(days=share)
    points = _some(history, at, share)
    return PlaceHold(recorded_at=at, hold=id_, points=points, until=max(until, at + _HOUR))


def _ends(history: History, at: datetime, id_: str, share: int) -> Any:
    holds = history.at(at).holds
    if not holds:
        return None
    hold = holds[share % len(holds)]
    if share > 70:
        return ReleaseHold(recorded_at=at, hold=hold.id)
    points = max(1, hold.points * min(100, share * 2) // 100)
    return CaptureHold(recorded_at=at, hold=hold.id, redemption=id_, points=points)


def _gives(history: History, at: datetime, id_: str, share: int) -> Any:
    return Transfer(recorded_at=at, transfer=id_, to="z", points=_some(history, at, share))


def _is_given(history: History, at: datetime, id_: str, share: int) -> Any:
    points = share if share % 2 else -_some(history, at, share)
    return AdjustPoints(
        recorded_at=at, id=id_, points=points, actor="joe", role="manager", reason="gift"
    )


_HOUR = timedelta(hours=1)
_KINDS: Mapping[str, Callable[[History, datetime, str, int], Any]] = {
    "buys": _buys,
    "pays": _pays,
    "returns": _returns,
    "redeems": _redeems,
    "takes": _takes,
    "undoes": _undoes,
    "holds": _holds,
    "ends": _ends,
    "gives": _gives,
    "is given": _is_given,
    "leaves": lambda history, at, id_, share: Leave(recorded_at=at),
    "joins": lambda history, at, id_, share: Enrol(recorded_at=at),
}
_COMMON = ("buys", "buys", "pays", "redeems", "takes", "returns", "undoes", "undoes")


def steps() -> SearchStrategy[list[Step]]:
    """Draw what happens, in order: the kind, and a share in percent."""
    kinds = st.sampled_from(_COMMON + _COMMON + tuple(_KINDS))
    more = st.lists(st.tuples(kinds, st.integers(1, 100)), min_size=3, max_size=14)
    return more.map(lambda drawn: [("buys", 100), *drawn])


def command(history: History, at: datetime, id_: str, step: Step) -> Any:
    """Give the command of a step, None where there is nothing for it to speak of."""
    kind, share = step
    return _KINDS[kind](history, at, id_, share)
