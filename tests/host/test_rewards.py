"""Rewards, their limits and their stock (L14)."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import Host, InvalidDocument, connect
from loyalcore.errors import (
    AlreadyRecorded,
    InsufficientPoints,
    InvalidValue,
    OutOfStock,
    RewardNotAvailable,
    UnknownCommand,
    UnknownReward,
)
from loyalcore.loyalty import (
    Enrol,
    Line,
    PublishProgramme,
    RecordPurchase,
    RedeemReward,
    Restock,
    UndoRedemption,
    programme_from,
)
from loyalcore.loyalty.ledger.stock import MoveStock
from loyalcore.testing.rules import rule
from tests.host.shop import CLUB, CNY, START, day, history

MUG: dict[str, Any] = {"id": "mug", "points": 30}
SHANGHAI = ZoneInfo("Asia/Shanghai")


def opened(reward: dict[str, Any], spent: int = 1000, members: tuple[str, ...] = ("ann",)) -> Host:
    """Give a club with one reward, whose members have so many points on day 1."""
    document = {
        "name": "Shop",
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "base": [{"id": "spend"}],
        "rewards": [reward],
        "tiers": {
            "window": {"calendar": "year"},
            "ladder": [
                {"id": "member"},
                {"id": "silver", "entry": 100},
                {"id": "gold", "entry": 500},
            ],
        },
    }
    host = connect()
    publish = PublishProgramme(programme=programme_from(document), recorded_at=START)
    host.submit(CLUB, publish, key="p")
    for name in members:
        host.submit(f"{CLUB}/{name}", Enrol(recorded_at=START), key=name)
        order = RecordPurchase(
            order="O", occurred_at=day(1), recorded_at=day(1), lines=[Line("1", CNY(spent))]
        )
        host.submit(f"{CLUB}/{name}", order, key=f"O {name}")
    return host


def take(quantity: int, at: datetime, id_: str = "r", reward: str = "mug") -> RedeemReward:
    return RedeemReward(recorded_at=at, redemption=id_, reward=reward, quantity=quantity)


@rule("L14.1")
@given(st.integers(1, 400), st.integers(1, 5), st.integers(0, 1000))
def test_a_reward_costs_its_points(points: int, quantity: int, spent: int) -> None:
    """So many points for each; it is a redemption like others, and is undone like them."""
    host, stream = opened(MUG | {"points": points}, spent), f"{CLUB}/ann"
    if points * quantity > spent:
        with pytest.raises(InsufficientPoints):
            host.submit(stream, take(quantity, day(2)), key="r")
        return
    (event,) = host.submit(stream, take(quantity, day(2)), key="r").events
    assert (event.points, event.taken.reward) == (points * quantity, "mug")
    assert host.state(stream).available(day(2)) == spent - points * quantity
    host.submit(stream, UndoRedemption(recorded_at=day(3), id="u", redemption="r"), key="u")
    assert host.state(stream).available(day(3)) == spent
    host.state(stream).check_invariants()
    with pytest.raises(UnknownReward) as refused:
        host.submit(stream, take(1, day(3), "x", "cup"), key="x")
    assert refused.value.known == ("mug",)


@rule("L14.2")
@given(
    st.none() | st.integers(0, 60),
    st.none() | st.integers(0, 60),
    st.integers(0, 24 * 60),
)
def test_a_reward_has_its_days(first: int | None, last: int | None, hours: int) -> None:
    """From its first local day to its last, both included."""
    begin = date(2026, 3, 1)
    days = {"first": first, "last": last if first is None or last is None else max(first, last)}
    dates = {k: (begin + timedelta(days=n)).isoformat() for k, n in days.items() if n is not None}
    host = opened(MUG | dates)
    at = day(1) + timedelta(hours=hours)
    today = at.astimezone(SHANGHAI).date().isoformat()
    fits = dates.get("first", today) <= today <= dates.get("last", today)
    try:
        host.submit(f"{CLUB}/ann", take(1, at), key="r")
    except RewardNotAvailable:
        assert not fits
    else:
        assert fits


@rule("L14.2")
@given(st.integers(0, 700), st.sampled_from(("member", "silver", "gold")))
def test_a_reward_has_its_tier(spent: int, tier: str) -> None:
    """Members of the tier and of higher ones may have it."""
    host = opened(MUG | {"from_tier": tier, "points": 1}, spent)
    reached = spent >= {"member": 1, "silver": 100, "gold": 500}[tier]
    try:
        host.submit(f"{CLUB}/ann", take(1, day(2)), key="r")
    except RewardNotAvailable:
        assert spent < {"member": 0, "silver": 100, "gold": 500}[tier]
    except InsufficientPoints:
        assert spent == 0
    else:
        assert reached


TAKES = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 3), st.booleans()), max_size=8)


@rule("L14.3")
@given(TAKES, st.integers(1, 4), st.sampled_from(("day", "week", "month", "programme")))
def test_a_reward_has_its_limit(takes: list[tuple[int, int, bool]], times: int, per: str) -> None:
    """A member may have so many within a local period; what is undone whole counts no more."""
    host, stream = (
        opened(MUG | {"points": 1, "limits": [{"times": times, "per": per}]}),
        f"{CLUB}/ann",
    )
    at, had = day(1), list[tuple[date, int]]()
    for number, (later, quantity, undone) in enumerate(takes):
        at += timedelta(days=later)
        today = at.astimezone(SHANGHAI).date()
        same = [n for when, n in had if period(per, when) == period(per, today)]
        fits = sum(same) + quantity <= times
        if not fits:
            with pytest.raises(RewardNotAvailable, match=f"may have {times} per {per}"):
                host.submit(stream, take(quantity, at, str(number)), key=str(number))
            continue
        host.submit(stream, take(quantity, at, str(number)), key=str(number))
        had.append((today, quantity))
        if undone:
            had.pop()
            back = UndoRedemption(recorded_at=at, id=f"u{number}", redemption=str(number))
            host.submit(stream, back, key=f"u{number}")


def period(per: str, when: date) -> object:
    return {
        "day": when,
        "week": when.isocalendar()[:2],
        "month": (when.year, when.month),
        "programme": None,
    }[per]


@rule("L14.4")
@given(
    st.integers(0, 6),
    st.lists(
        st.tuples(st.sampled_from(("ann", "ben")), st.integers(1, 3), st.booleans()), max_size=8
    ),
)
def test_a_stock_is_never_overdrawn(stocked: int, takes: list[tuple[str, int, bool]]) -> None:
    """Together members take no more than there is; refused, nothing changes; undone, it is back."""
    host = opened(MUG | {"stocked": True}, members=("ann", "ben"))
    stock, left = "stock/shop/mug", stocked
    if stocked:
        host.submit(stock, Restock(recorded_at=day(1), id="first", quantity=stocked), key="s")
    for number, (name, quantity, undone) in enumerate(takes):
        before, stream = history(host), f"{CLUB}/{name}"
        if quantity > left:
            with pytest.raises(OutOfStock, match=f"{left} are left, {quantity} are asked for"):
                host.submit(stream, take(quantity, day(2), str(number)), key=str(number))
            assert history(host) == before
            continue
        host.submit(stream, take(quantity, day(2), str(number)), key=str(number))
        left -= quantity
        if undone:
            half = UndoRedemption(
                recorded_at=day(2), id=f"h{number}", redemption=str(number), points=1
            )
            whole = UndoRedemption(recorded_at=day(2), id=f"u{number}", redemption=str(number))
            if number % 2:
                host.submit(stream, half, key=f"h{number}")
            host.submit(stream, whole, key=f"u{number}")
            left += quantity
        assert host.state(stock).left == left
        host.state(stock).check_invariants()
        host.state(stream).check_invariants()


def test_stocks_are_filled_by_deliveries_only() -> None:
    """A delivery counts once, takes off no more than there is, and nobody else moves a stock."""
    host = opened(MUG | {"stocked": True})
    stock = "stock/shop/mug"
    host.submit(stock, Restock(recorded_at=day(1), id="first", quantity=5), key="1")
    for command, error in (
        (Restock(recorded_at=day(1), id="first", quantity=5), AlreadyRecorded),
        (Restock(recorded_at=day(1), id="first", quantity=-6), AlreadyRecorded),
        (Restock(recorded_at=day(1), id="loss", quantity=-6), OutOfStock),
        (MoveStock(recorded_at=day(1), redemption="r", member="ann", quantity=3), UnknownCommand),
    ):
        with pytest.raises(error):
            host.submit(stock, command, key="2")
    with pytest.raises(InvalidValue):
        Restock(id="none", quantity=0)
    assert host.state(stock).left == 5


@pytest.mark.parametrize(
    ("rewards", "path"),
    [
        ([MUG, MUG], "rewards"),
        ([MUG | {"from_tier": "gold"}], "rewards[0].from_tier"),
        ([MUG | {"points": 0}], "rewards[0].points"),
        ([MUG | {"first": "2026-03-02", "last": "2026-03-01"}], "rewards[0].last"),
    ],
)
def test_rewards_that_cannot_be(rewards: list[dict[str, Any]], path: str) -> None:
    """Each mistake is told under its path."""
    document = {"name": "Shop", "currency": "CNY", "timezone": "Asia/Shanghai", "base": []}
    with pytest.raises(InvalidDocument) as refused:
        programme_from(document | {"rewards": rewards})
    assert [m.path for m in refused.value.mistakes] == [path]
