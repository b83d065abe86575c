"""What redeemed points cost (L21)."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidDocument, InvalidValue
from loyalcore.loyalty import (
    Fate,
    PlaceHold,
    PurchaseRecorded,
    Redeem,
    RedeemReward,
    RedemptionUndone,
    ReturnedLine,
    ReturnRecorded,
    Reward,
    RewardCost,
    UndoRedemption,
    lot_flows,
    reward_costs,
)
from loyalcore.money import minor_digits
from loyalcore.testing import rule
from loyalcore.timing import Cycle
from tests.loyalty.club import CNY, NOON, History, line, shop
from tests.loyalty.many import clubs, last, pairs_of

FIELDS = ("quantity", "points", "costed", "cost")


@rule("L21.19")
@given(clubs(), st.sampled_from(Cycle), st.sampled_from((30, 0, -1, -90)))
def test_costs_sum_to_what_was_taken(drawn: tuple, cycle: Cycle, later: int) -> None:
    """By period and kind: points as the totals have them, rewards at their cost, less undone."""
    programme, histories = drawn
    until = last(histories) + timedelta(days=later)
    pairs = pairs_of(histories)
    rows = reward_costs(iter(pairs), [programme], cycle, programme.timezone, until)
    points: Counter[date] = Counter()
    taken: Counter[tuple[date, str]] = Counter()
    worth: Counter[date] = Counter()
    for history in histories:
        before = History(history.club)
        for event in history.events:
            if event.recorded_at >= until:
                break
            spent = before.state.totals.spent
            before.keep([event])
            first = cycle.start(event.recorded_at.astimezone(programme.zone).date())
            points[first] += before.state.totals.spent - spent
            had = getattr(event, "taken", None) or getattr(event, "given_back", None)
            if had is not None:
                sign = -1 if isinstance(event, RedemptionUndone) else 1
                taken[first, had.reward] += sign * had.quantity
            if isinstance(event, PurchaseRecorded) and event.paid is not None:
                worth[first] += event.paid.worth
            if isinstance(event, ReturnRecorded):
                worth[first] -= sum(x.paid_worth for x in event.lines)
    digits = minor_digits(programme.currency)
    for first in {row.first for row in rows} | set(points):
        here = {row.what: row for row in rows if row.first == first}
        assert sum(row.points for row in here.values()) == points[first]
        for reward in programme.rewards:
            row = here.get(f"reward:{reward.id}", RewardCost(first, ""))
            assert row.quantity == taken[first, reward.id]
            assert row.cost == row.quantity * (reward.cost or 0)
            assert row.costed == (0 if reward.cost is None else row.points)
        paid = [row for what, row in here.items() if what.startswith("payment:")]
        assert sum((row.cost for row in paid), Decimal(0)) == Decimal(worth[first]).scaleb(-digits)
    places = [(row.first, row.what) for row in rows]
    assert places == sorted(set(places))


@rule("L21.19")
@given(st.integers(1, 9), st.integers(0, 9999), st.integers(1, 5), st.integers(0, 40))
def test_an_undone_reward_costs_nothing(points: int, cost: int, quantity: int, days: int) -> None:
    """The cost of a point is the reward's over its points; undone whole, both go again."""
    each = Decimal(cost).scaleb(-2)
    programme = shop(rewards=[{"id": "mug", "points": points, "cost": str(each)}])
    history = History.of(programme, joined=NOON)
    history.buy("A", line("1000"), at=NOON)
    history.tell(RedeemReward(recorded_at=NOON, redemption="r", reward="mug", quantity=quantity))
    (row,) = reward_costs([("a", history.events)], [programme], Cycle.MONTH, "Asia/Shanghai")
    assert row == RewardCost(
        date(2026, 3, 1),
        "reward:mug",
        quantity,
        points * quantity,
        points * quantity,
        each * quantity,
    )
    assert row.per_point == Fraction(each) / points
    back = NOON + timedelta(days=days)
    history.tell(UndoRedemption(recorded_at=back, id="u", redemption="r"))
    rows = reward_costs([("a", history.events)], [programme], Cycle.MONTH, "Asia/Shanghai")
    assert [sum(getattr(row, name) for row in rows) for name in FIELDS] == [0, 0, 0, 0]
    assert len(rows) == (1 if days < 22 else 2)


@rule("L21.19")
@given(
    st.integers(1, 400),
    st.booleans(),
    st.integers(0, 100),
    st.integers(0, 100),
    st.integers(0, 400),
)
def test_points_that_pay_cost_what_they_paid(
    points: int, held: bool, part: int, undone: int, spent: int
) -> None:
    """Whether or not they were held before, and less what was returned or undone."""
    programme = shop(payments=[{"id": "pay", "points_per_unit": 4}])
    history = History.of(programme, joined=NOON)
    history.buy("A", line("1000"), at=NOON)
    hold = "h" if held else ""
    if held:
        until = NOON + timedelta(days=1)
        history.tell(PlaceHold(recorded_at=NOON, hold="h", points=points, until=until))
    paid = history.buy("B", line("200"), at=NOON, points=points, hold=hold).paid
    assert paid is not None
    back = history.give_back("b", "B", NOON, ReturnedLine("1", CNY(2 * part)))
    if spent:
        history.tell(Redeem(recorded_at=NOON, redemption="x", points=spent))
        if some := spent * undone // 100:
            history.tell(UndoRedemption(recorded_at=NOON, id="u", redemption="x", points=some))
            spent -= some
    told = reward_costs([("a", history.events)], [programme], Cycle.YEAR, "Asia/Shanghai")
    rows = {row.what: row for row in told}
    row = rows["payment:pay"]
    kept = paid.worth - sum(x.paid_worth for x in back.lines)
    assert row.cost == Decimal(kept).scaleb(-2)
    assert row.points == row.costed == points - sum(x.paid_points for x in back.lines)
    assert (rows[""].points if "" in rows else 0) == spent
    flows = [f.points for f in lot_flows(history.events) if f.fate is Fate.REDEEMED]
    assert sum(flows) == row.points + spent


def test_what_nobody_priced_is_counted_apart() -> None:
    """A redemption without a reward, or of one without a cost, has points and no cost."""
    programme = shop(rewards=[{"id": "mug", "points": 3}])
    history = History.of(programme, joined=NOON)
    history.buy("A", line("1000"), at=NOON)
    history.tell(Redeem(recorded_at=NOON, redemption="x", points=7))
    history.tell(RedeemReward(recorded_at=NOON, redemption="r", reward="mug"))
    rows = reward_costs([("a", history.events)], [programme], Cycle.YEAR, "Asia/Shanghai")
    assert [(row.what, row.points, row.costed) for row in rows] == [
        ("", 7, 0),
        ("reward:mug", 3, 0),
    ]
    assert [row.per_point for row in rows] == [None, None]
    with pytest.raises(InvalidValue, match=r"reward_costs\.until"):
        reward_costs([], [], Cycle.YEAR, "UTC", datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_cost_below_nothing_is_refused() -> None:
    """A reward's cost is an exact number of at least 0."""
    with pytest.raises(InvalidDocument, match="cost"):
        Reward("mug", 1, cost="-0.01")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match=r"Reward\.cost"):
        Reward("mug", 1, cost=0.5)  # type: ignore[arg-type]
