"""Points as money: what they may pay, what that earns, and how it comes back (L2, L12, L14)."""

import re
from datetime import timedelta
from fractions import Fraction
from math import floor
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalcore import Money
from loyalcore.errors import (
    InvalidValue,
    PaymentNotAllowed,
    Refused,
    ReturnExceedsPurchase,
)
from loyalcore.loyalty import (
    AdjustPoints,
    Line,
    PlaceHold,
    Programme,
    RecordPurchase,
    Redeem,
    ReturnedLine,
    UndoRedemption,
    payment_quotes,
)
from loyalcore.loyalty.ledger.order_facts import order_facts
from loyalcore.testing import rule
from loyalcore.testing.loyalty import orders, programmes, purchases, returned_lines
from tests.loyalty.club import NOON, History, line, minor_line, shop

PAYING: dict[str, Any] = {
    "payments": [{"id": "pay", "points_per_unit": 100}],
    "authorities": {"clerk": 1_000_000},
}


def with_points(programme: Programme, points: int) -> History:
    """A member who has so many points, all of one lot."""
    history = History.of(programme, joined=NOON)
    history.tell(
        AdjustPoints(
            recorded_at=NOON, id="0", points=points, actor="joe", role="clerk", reason="gift"
        )
    )
    return history


def order(*lines: Line, points: int = 0, hold: str = "") -> RecordPurchase:
    return RecordPurchase(
        recorded_at=NOON, occurred_at=NOON, order="A", lines=lines, points=points, hold=hold
    )


def rich(programme: Programme) -> Programme:
    return attrs.evolve(programme, authorities={"clerk": 1_000_000})


paying_programmes = programmes(currency=st.just("CNY"), tiers=st.none()).filter(
    lambda programme: programme.payments
)


@rule("L14.6")
@given(st.data(), paying_programmes.map(rich), orders(), st.integers(1, 60_000))
def test_what_is_quoted_is_accepted(
    data: Any, programme: Programme, lines: tuple[Line, ...], has: int
) -> None:
    """The fewest and the most points quoted pay, never for more than is quoted."""
    history = with_points(programme, has)
    quotes = payment_quotes(history.state, order(*lines), programme, NOON)
    assume(quotes)
    quote = data.draw(st.sampled_from(quotes))
    for points in {quote.fewest, quote.most}:
        recorded = history.decide(order(*lines, points=points))[0]
        assert recorded.paid.points == points
        assert recorded.paid.worth > 0
    assert programme.money(recorded.paid.worth) >= (quote.worth if points == quote.most else 0)
    assert all(other.most <= history.state.available(NOON) for other in quotes)


@rule("L14.5")
@given(
    st.integers(1, 300),
    st.integers(1, 40),
    st.integers(1, 9),
    st.integers(1, 100),
    st.integers(1, 3_000),
    st.integers(1, 5_000),
)
def test_an_offer_is_kept_to_the_point(
    rate: int, smallest: int, steps: int, percent: int, minor: int, points: int
) -> None:
    """Points pay by the rate, from the fewest on, in steps, up to the share, none in vain."""
    offer = {"id": "pay", "points_per_unit": rate, "smallest": smallest, "steps": steps}
    share = {"largest_share": f"{percent / 100:.2f}"}
    history = with_points(shop(**PAYING | {"payments": [offer | share]}), 1_000_000)
    worth, limit = points * 100 // rate, minor * percent // 100
    allowed = points >= smallest and points % steps == 0 and 0 < worth <= limit
    allowed = allowed and (points - 1) * 100 // rate < limit
    paying = order(minor_line(minor), points=points)
    if allowed:
        paid = history.decide(paying)[0].paid
        assert (paid.points, paid.worth) == (points, worth)
    else:
        with pytest.raises(PaymentNotAllowed) as refused:
            history.decide(paying)
        assert refused.value.reasons[0][0] == "pay"


@rule("L14.8")
@given(paying_programmes.map(rich), orders(), st.integers(1, 60_000))
def test_what_a_refused_payment_says_to_give_pays(
    programme: Programme, lines: tuple[Line, ...], points: int
) -> None:
    """The number that an offer names pays under it; else it says that none would, and none does."""
    history = with_points(programme, 1_000_000)
    try:
        history.decide(order(*lines, points=points))
    except PaymentNotAllowed as refused:
        reasons = dict(refused.reasons)
    else:
        return
    assert list(reasons) == [offer.id for offer in programme.payments]
    facts = order_facts(history.state, order(*lines), programme)
    for offer in programme.payments:
        alone = with_points(attrs.evolve(programme, payments=(offer,)), 1_000_000)
        quotes = payment_quotes(alone.state, order(*lines), alone.club.at(NOON), NOON)
        said = re.search(r"give (\d+) points or more|give at most (\d+)$", reasons[offer.id])
        covers = "it covers nothing" not in reasons[offer.id]
        assert covers == any(
            line.paid > 0
            and not line.reward
            and (offer.when is None or offer.when.holds(facts.of(line)))
            for line in lines
        )
        if said is None:
            assert ("multiple of" in reasons[offer.id]) == bool(quotes)
            continue
        named = int(said[1] or said[2])
        assume(named <= 1_000_000)
        assert alone.decide(order(*lines, points=named))[0].paid.points == named


@rule("L14.5")
@given(st.permutations([("a", 100), ("b", 80), ("c", 120)]))
def test_the_offer_that_pays_most_is_taken(offers: list[tuple[str, int]]) -> None:
    """Whatever their order, points pay under the offer by which they are worth most."""
    tables = [{"id": id_, "points_per_unit": rate} for id_, rate in offers]
    history = with_points(shop(**PAYING | {"payments": tables}), 1_000)
    paid = history.decide(order(line("100.00"), points=800))[0].paid
    assert (paid.offer, paid.worth) == ("b", 1_000)


def test_gift_cards_are_not_paid_with_points() -> None:
    """An offer covers the lines that it is for, and nothing else is paid."""
    offer = PAYING["payments"][0] | {"when": {"not": {"category": ["gift card"]}}}
    history = with_points(shop(**PAYING | {"payments": [offer]}), 10_000)
    lines = [line("30.00"), line("50.00", "2", categories=["gift card"])]
    with pytest.raises(PaymentNotAllowed, match=r"30\.00 CNY of this order: give at most 3000"):
        history.decide(order(*lines, points=3_001))
    recorded = history.tell(order(*lines, points=3_000))
    assert [b.paid_worth for b in recorded.lines] == [3_000, 0]
    with pytest.raises(PaymentNotAllowed, match="no offer"):
        with_points(shop(authorities={"clerk": 500}), 500).decide(order(*lines, points=1))
    with pytest.raises(InvalidValue, match="how many points the hold pays"):
        order(*lines, hold="h")


@rule("L2.5")
@given(st.integers(1, 20_000), st.integers(0, 100), st.booleans())
def test_what_points_pay_earns_as_the_programme_says(minor: int, percent: int, out: bool) -> None:
    """The part paid with points neither earns nor qualifies, unless it is counted."""
    counted = "left_out" if out else "counted"
    programme = shop(**PAYING | {"earning": {"points_paid": counted}})
    history, points = with_points(programme, 20_000), minor * percent // 100
    recorded = history.tell(order(minor_line(minor), points=points))
    basis = minor - points if out else minor
    assert (recorded.award.points, recorded.spend) == (basis // 100, basis)
    assert recorded.lines[0].amount == minor


@rule("L2.4")
@given(st.integers(0, 20_000), st.integers(0, 100), st.integers(0, 5_000), st.booleans())
def test_tax_and_delivery_earn_as_the_programme_says(
    minor: int, percent: int, fee: int, out: bool
) -> None:
    """What is left out neither earns nor qualifies; what is counted does both."""
    counted = "left_out" if out else "counted"
    tax = minor * percent // 100
    history = History.of(shop(earning={"tax": counted, "delivery": counted}), joined=NOON)
    goods = minor_line(minor, tax=Money.from_minor(tax, "CNY"))
    recorded = history.tell(order(goods, minor_line(fee, "fee", delivery=True)))
    basis = minor - tax if out else minor + fee
    assert (recorded.award.points, recorded.spend) == (basis // 100, basis)


def test_tax_of_what_points_pay_is_not_left_out_twice() -> None:
    """Half of a line paid with points leaves half of its tax."""
    programme = shop(**PAYING | {"earning": {"tax": "left_out"}})
    goods = line("120.00", tax=Money("20.00", "CNY"))
    recorded = with_points(programme, 6_000).tell(order(goods, points=6_000))
    assert recorded.award.points == 50


def test_more_tax_than_was_paid_is_refused() -> None:
    """A tax is part of what was paid after the discount."""
    with pytest.raises(InvalidValue, match=r"Line\.tax"):
        line("10.00", discount=Money("5.00", "CNY"), tax=Money("5.01", "CNY"))


@rule("L12.11")
@given(st.data(), paying_programmes.map(rich), purchases(), st.integers(1, 60_000))
def test_points_paid_come_back_with_the_goods(
    data: Any, programme: Programme, purchase: RecordPurchase, has: int
) -> None:
    """Returned in any parts, an order leaves the lots as they were, and refunds what is due."""
    purchase = attrs.evolve(purchase, recorded_at=NOON, occurred_at=NOON)
    history = with_points(programme, has)
    before = history.state
    quotes = payment_quotes(before, purchase, programme, NOON)
    assume(quotes)
    points = data.draw(st.sampled_from(quotes)).most
    recorded = history.tell(attrs.evolve(purchase, points=points))
    back, refund = 0, 0
    for number in range(data.draw(st.integers(0, 3))):
        try:
            told = history.give_back(
                str(number), "A-1", NOON, *data.draw(returned_lines(purchase.lines))
            )
        except ReturnExceedsPurchase:
            continue
        back, refund = back + sum(b.paid_points for b in told.lines), refund + told.refund
    rest = history.give_back("rest", "A-1", NOON)
    refund += rest.refund
    assert back + sum(b.paid_points for b in rest.lines) == points
    assert refund == sum(b.amount for b in recorded.lines) - recorded.paid.worth
    after = history.state
    assert (after.lots, after.debt, after.totals.spent) == (before.lots, 0, 0)


@rule("L12.11")
@given(st.integers(1, 5_000), st.integers(1, 5_000), st.integers(0, 5_000))
def test_each_share_of_a_line_brings_its_share_of_points(
    minor: int, points: int, back: int
) -> None:
    """What came back so far is the floor of the share, and it comes before the claim."""
    assume(points <= minor and back <= minor)
    history = with_points(shop(**PAYING), points)
    history.tell(order(minor_line(minor), points=points))
    told = history.give_back("1", "A", NOON, *(_part(back),) if back else ())
    share = Fraction(back, minor) if back else Fraction(1)
    assert sum(b.paid_points for b in told.lines) == floor(points * share)
    assert (told.debt, history.state.debt) == (0, 0)


def _part(minor: int) -> ReturnedLine:
    return ReturnedLine("1", Money.from_minor(minor, "CNY"))


@rule("L14.7")
@given(st.integers(1, 500), st.integers(1, 500))
def test_a_hold_pays(held: int, points: int) -> None:
    """Points of a hold pay for the order as those that can be spent do; its rest goes back."""
    history = with_points(shop(**PAYING), 600)
    plain = History(history.club, history.state, list(history.events))
    until = NOON.replace(hour=9)
    history.tell(PlaceHold(recorded_at=NOON, hold="h", points=held, until=until))
    paying = order(line("5.00"), points=points, hold="h")
    if points > held:
        with pytest.raises(Refused):
            history.decide(paying)
        return
    history.tell(paying)
    plain.tell(attrs.evolve(paying, hold=""))
    assert history.state == plain.state
    with pytest.raises(Refused, match="captured"):
        history.decide(attrs.evolve(paying, order="B"))
    history.give_back("1", "A", NOON)
    assert history.state.outstanding == 600


@rule("L12.11")
@given(
    st.lists(st.integers(1, 60), min_size=2, max_size=4),
    st.lists(st.integers(0, 40), min_size=1, max_size=3),
    st.sampled_from(("expired", "grace", "reissue")),
    st.integers(0, 40),
)
def test_paid_points_come_back_as_if_undone(
    gifts: list[int], parts: list[int], lapsed: str, days: int
) -> None:
    """An order's points come back to their lots as those of a redemption that is undone."""
    undo = {"lapsed": lapsed} | ({"grace": {"days": 9}} if lapsed == "grace" else {})
    expiry = {"after": {"days": 30}}
    programme = shop(**PAYING, base=[], behaviours=[], undo=undo, expiry=expiry)
    paying, redeeming = (History.of(programme, joined=NOON) for _ in range(2))
    at = NOON
    for number, points in enumerate(gifts):
        at = NOON + timedelta(days=number)
        gift = AdjustPoints(
            recorded_at=at, id=str(number), points=points, actor="joe", role="clerk", reason="gift"
        )
        paying.tell(gift)
        redeeming.tell(gift)
    total = sum(gifts)
    paying.buy("A", minor_line(total), at=at, points=total)
    redeeming.tell(Redeem(recorded_at=at, redemption="A", points=total))
    at += timedelta(days=days)
    for number, part in enumerate(parts):
        back = min(part, total)
        if not back:
            continue
        total -= back
        paying.give_back(str(number), "A", at, _part(back))
        redeeming.tell(UndoRedemption(recorded_at=at, id=str(number), redemption="A", points=back))
    assert [attrs.evolve(lot, cause="") for lot in paying.state.lots] == [
        attrs.evolve(lot, cause="") for lot in redeeming.state.lots
    ]
    assert paying.state.totals == redeeming.state.totals
