"""Conditions, each asked for itself (L3)."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.loyalty import (
    BasketFrom,
    BirthdaySpan,
    Facts,
    FirstPurchase,
    InHours,
    InTier,
    OnAnniversary,
)
from loyalcore.testing import rule
from loyalcore.testing.loyalty import days
from loyalcore.timing import LeapDay
from tests.loyalty.club import NOON, SHANGHAI, History, minor_line, shop

DAY = date(2026, 3, 10)
MINUTES = st.integers(0, 24 * 60)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@rule("L3.11")
@given(MINUTES.filter(lambda n: n < 24 * 60), MINUTES, st.integers(0, 24 * 3600 - 1))
def test_hours_of_the_day(begin: int, end: int, second: int) -> None:
    """From their first minute to just before their last, over midnight where they end earlier."""
    at = time(second // 3600, second // 60 % 60, second % 60)
    inside = set(range(begin, end)) if begin < end else {*range(begin, 1440), *range(end)}
    held = InHours(f"{clock(begin)}-{clock(end)}").holds(Facts(DAY, clock=at))
    assert held == (second // 60 in inside)


@rule("L3.11")
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001
def test_hours_are_local(local: datetime) -> None:
    """A purchase at a local time earns by the hour on the clock in the programme's zone."""
    happy = {"id": "happy", "factor": 2, "when": {"hours": "16:00-18:00"}}
    at = local.replace(tzinfo=SHANGHAI)
    history = History.of(shop(multipliers=[happy]), joined=at)
    bought = history.buy("A", minor_line(10_000), at=at)
    assert bought.award.points == (200 if local.hour in {16, 17} else 100)


@rule("L3.12")
@given(days(), days(), st.sampled_from(BirthdaySpan), st.sampled_from(LeapDay))
def test_anniversaries(joined: date, day: date, span: BirthdaySpan, leap_day: LeapDay) -> None:
    """The day of joining is kept in later years, as a birthday is; the year of joining has none."""
    held = OnAnniversary(span).holds(Facts(day, leap_day, joined=joined))
    kept = set()
    for year in range(joined.year + 1, 2033):
        try:
            kept.add(joined.replace(year=year))
        except ValueError:
            kept.add(date(year, 2, 28) if leap_day is LeapDay.FEBRUARY_28 else date(year, 3, 1))
    if span is BirthdaySpan.DAY:
        assert held == (day in kept)
    elif span is BirthdaySpan.MONTH:
        assert held == ((day.year, day.month) in {(one.year, one.month) for one in kept})
    else:
        week = {day - timedelta(days=day.weekday() - n) for n in range(7)}
        assert held == bool(week & kept)


@rule("L3.13")
@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 200))
def test_baskets_from_an_amount(price: int, threshold: int, coupon: int) -> None:
    """What is paid for the whole order counts, after discounts; the amount itself is enough."""
    big = {"id": "big", "factor": 3, "when": {"basket_from": threshold}}
    history = History.of(shop(multipliers=[big]), joined=NOON)
    discount = {"discount": minor_line(coupon * 100).price}
    reward = minor_line(99_900, "gift", reward=True)
    lines = (minor_line(price * 100, "1", **discount), minor_line(5_000, "2"), reward)
    bought = history.buy("A", *lines, at=NOON)
    net = price - coupon + 50
    assert bought.award.points == max(0, net) * (3 if net >= threshold and net > 0 else 1) or (
        price < coupon
    )
    assert BasketFrom(threshold).holds(Facts(DAY, basket=Decimal(net))) == (net >= threshold)
    assert not BasketFrom(threshold).holds(Facts(DAY))


@rule("L3.14")
@given(st.integers(1, 4), st.booleans())
def test_the_first_purchase(orders: int, first: bool) -> None:
    """The first order recorded of a member, and no other; who joins again has a first again."""
    welcome = {"id": "welcome", "factor": 4, "when": {"first_purchase": first}}
    history = History.of(shop(multipliers=[welcome]), joined=NOON)
    points = [
        history.buy(
            str(n), minor_line(1_000), at=NOON + timedelta(days=orders - n), told=late(n)
        ).award.points
        for n in range(orders)
    ]
    assert points == [40 if (n == 0) == first else 10 for n in range(orders)]
    assert FirstPurchase(first).holds(Facts(DAY, first_purchase=first))


def late(days_: int) -> datetime:
    return NOON + timedelta(days=30 + days_)


@rule("L3.15")
@given(st.lists(st.integers(0, 300), min_size=1, max_size=5))
def test_the_tier_before_the_order(spends: list[int]) -> None:
    """An order earns by the tier that the member has before it, also when it reaches another."""
    tiers = {
        "window": {"calendar": "year"},
        "ladder": [{"id": "member"}, {"id": "gold", "entry": 300}],
    }
    rule_ = {"id": "gold-x2", "factor": 2, "when": {"tier": ["gold"]}}
    history = History.of(shop(multipliers=[rule_], tiers=tiers), joined=NOON)
    sum_ = 0
    for number, spend in enumerate(spends):
        gold = sum_ >= 300
        assert history.state.tier == ("gold" if gold else "member")
        bought = history.buy(str(number), minor_line(spend * 100), at=NOON)
        assert bought.award.points == spend * (2 if gold else 1)
        sum_ += spend
    assert InTier(("gold",)).holds(Facts(DAY, tier="gold"))


@pytest.mark.parametrize(
    "condition",
    [
        {"tier": ["gold"]},
        {"first_purchase": True},
        {"basket_from": "200.00"},
        {"hours": "16:00-18:00"},
        {"anniversary": "week"},
    ],
)
def test_each_has_its_word_in_a_file(condition: dict[str, Any]) -> None:
    """What is told in a file is kept as it is."""
    programme = shop(multipliers=[{"id": "m", "factor": 2, "when": condition}])
    (rule_,) = programme.multipliers
    assert type(rule_.when).key in condition
