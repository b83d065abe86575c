"""Returns: what a line earned goes back with it, once, in any order (L12)."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore import Money
from loyalcore.errors import AlreadyRecorded, ReturnExceedsPurchase
from loyalcore.loyalty import (
    PlaceHold,
    Programme,
    RecordPurchase,
    RecordReturn,
    Redeem,
    ReturnedLine,
    UndoRedemption,
)
from loyalcore.testing import rule
from loyalcore.testing.loyalty import programmes, purchases, returned_lines
from tests.loyalty.club import NOON, History, minor_line, shop

DAY = timedelta(days=1)
RATES = st.integers(1, 400)


def triple(hundredths: int) -> Programme:
    return shop(base=[{"id": "spend", "points_per_unit": f"{hundredths / 100:.2f}"}])


def cny(minor: int) -> Money:
    return Money.from_minor(minor, "CNY")


def back(minor: int, id_: str = "1") -> ReturnedLine:
    return ReturnedLine(id_, cny(minor))


parts_of_a_line = st.lists(st.integers(0, 5_000), min_size=1, max_size=5)


@rule("L12.1")
@given(parts_of_a_line, RATES, st.randoms(use_true_random=False))
def test_partial_returns_in_any_order(parts: list[int], rate: int, random: Random) -> None:
    """After each part, what went back is the floor of the share returned so far."""
    shuffled = list(parts)
    random.shuffle(shuffled)
    ends = set()
    for order in (parts, shuffled):
        history = History.of(triple(rate), joined=NOON)
        bought = history.buy("A", minor_line(sum(order) + 7), at=NOON)
        earned, taken, gone = bought.award.points, 0, 0
        for number, part in enumerate(order):
            claim = history.give_back(str(number), "A", NOON + DAY, back(part))
            taken, gone = taken + part, gone + claim.points
            assert gone == earned * taken // (sum(order) + 7)
        ends.add((gone, history.state.outstanding, sum(history.state.tally("spend").days.values())))
    assert len(ends) == 1


@rule("L12.2")
@given(st.data(), programmes(currency=st.just("CNY"), tiers=st.none()), purchases())
def test_a_full_return_is_the_exact_inverse(
    data: Any, programme: Programme, order: RecordPurchase
) -> None:
    """When nothing came between, points and qualifying spend are as before, in any parts."""
    history = History.of(programme, joined=order.occurred_at)
    before = history.state.outstanding
    recorded = history.tell(order)
    at = order.occurred_at
    for number in range(data.draw(st.integers(0, 2))):
        some = data.draw(returned_lines(order.lines))
        try:
            history.give_back(str(number), "A-1", at, *some)
        except ReturnExceedsPurchase:
            continue
    history.give_back("rest", "A-1", at)
    member = history.state
    assert (member.outstanding, member.debt, member.totals.waived) == (before, 0, 0)
    assert member.totals.clawed == recorded.award.points
    assert not any(member.tally("spend").days.values())


def test_a_line_that_cost_nothing_gives_its_points_back() -> None:
    """Where points are earned before discounts, a return in full claims those of a free line."""
    history = History.of(shop(earning={"discounts": "before"}), joined=NOON)
    history.buy("A", minor_line(10_000, discount=cny(10_000)), at=NOON)
    history.give_back("1", "A", NOON)
    assert history.state.outstanding == 0


@rule("L12.13")
@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 100)), min_size=1, max_size=3),
    st.integers(0, 20),
    st.sampled_from(("before", "after")),
    st.integers(0, 2),
)
def test_an_order_back_whole_counts_for_nothing(
    lines: list[tuple[int, int]], days: int, discounts: str, named: int
) -> None:
    """Told late or not, free or not, some lines named before or none: all that counted is gone."""
    measures = [{"id": "earned", "of": "points"}, {"id": "visits", "of": "orders"}]
    ladder = [{"id": "member"}, {"id": "gold", "entry": {"any": {"earned": 10}}}]
    programme = shop(
        earning={"discounts": discounts},
        expiry={"after": {"days": 5}},
        tiers={"window": {"lifetime": True}, "ladder": ladder, "measures": measures},
    )
    history, told = History.of(programme, joined=NOON), NOON + days * DAY
    bought = [
        minor_line(minor, str(place), discount=cny(minor * share // 100))
        for place, (minor, share) in enumerate(lines)
    ]
    history.buy("A", *bought, at=NOON, told=told)
    for part in bought[:named]:
        history.give_back(f"some {part.id}", "A", told, back(part.paid // 2, part.id))
    history.give_back("rest", "A", told)
    for name, tally in history.state.tallies.items():
        assert not any(tally.days.values()), name


@rule("L12.3", "L12.8")
@given(parts_of_a_line, st.integers(0, 8_000), RATES)
def test_never_more_than_was_earned(parts: list[int], paid: int, rate: int) -> None:
    """More than the rest of a line is refused with that rest; claims never exceed the award."""
    history = History.of(triple(rate), joined=NOON)
    award, left = history.buy("A", minor_line(paid), at=NOON).award, paid
    for number, part in enumerate(parts):
        if part > left:
            with pytest.raises(ReturnExceedsPurchase) as refused:
                history.give_back(str(number), "A", NOON, back(part))
            assert refused.value.remaining == str(cny(left))
        else:
            history.give_back(str(number), "A", NOON, back(part))
            left -= part
    assert history.state.totals.claimed <= award.points
    assert (history.state.totals.claimed == award.points) == (
        not left or not award.points or award.points * (paid - left) // paid == award.points
    )


@rule("L12.4")
@given(st.lists(st.integers(1, 3_000), min_size=1, max_size=4), st.booleans(), st.data())
def test_a_return_told_twice_is_one(parts: list[int], rest: bool, data: Any) -> None:
    """Told again at any later time it does nothing; with other contents it is refused."""
    history = History.of(triple(150), joined=NOON)
    history.buy("A", minor_line(sum(parts) + 5), at=NOON)
    told = [
        RecordReturn(recorded_at=NOON, id=str(n), order="A", occurred_at=NOON, lines=[back(part)])
        for n, part in enumerate(parts)
    ]
    if rest:
        told.append(RecordReturn(recorded_at=NOON, id="rest", order="A", occurred_at=NOON))
    for command in told:
        history.tell(command)
    again = data.draw(st.sampled_from(told))
    assert history.decide(again) == ()
    late = attrs.evolve(again, recorded_at=NOON + timedelta(days=2000))
    assert history.decide(late) == (), "a fact already known is never too late"
    other = RecordReturn(
        recorded_at=NOON, id=again.id, order="A", occurred_at=NOON, lines=[back(0)]
    )
    with pytest.raises(AlreadyRecorded) as refused:
        history.decide(other)
    assert refused.value.ref == f"return:{again.id}"


@rule("L12.4")
@given(st.permutations("123"), st.integers(0, 3))
def test_the_order_of_its_lines_is_no_matter(order: list[str], pieces: int) -> None:
    """The same lines in another order are the same return; other pieces are another."""
    history = History.of(triple(100), joined=NOON)
    lines = [minor_line(1_000, id_, quantity=Decimal(4)) for id_ in "123"]
    history.buy("A", *lines, at=NOON)

    def told(ids: Iterable[str], count: int) -> RecordReturn:
        some = [ReturnedLine(id_, quantity=Decimal(count)) for id_ in ids]
        return RecordReturn(recorded_at=NOON, id="r", order="A", occurred_at=NOON, lines=some)

    history.tell(told("123", pieces))
    assert history.decide(told(order, pieces)) == ()
    with pytest.raises(AlreadyRecorded):
        history.decide(told(order, pieces + 1))


@rule("L12.8")
@given(st.integers(1, 5_000), st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_no_pieces_of_what_came_back_whole(
    paid: int, quantity: int, pieces: int, at_once: bool
) -> None:
    """When all the money of a line came back, in one act or in parts, no piece is left of it."""
    history = History.of(triple(100), joined=NOON)
    history.buy("A", minor_line(paid, quantity=Decimal(quantity)), at=NOON)
    if at_once:
        history.give_back("1", "A", NOON)
    else:
        history.give_back("1", "A", NOON, back(paid // 2))
        history.give_back("2", "A", NOON, back(paid - paid // 2))
    before = history.state
    with pytest.raises(ReturnExceedsPurchase) as refused:
        history.give_back("3", "A", NOON, ReturnedLine("1", quantity=Decimal(pieces)))
    assert (refused.value.asked, refused.value.remaining) == (str(pieces), "0")
    assert history.state is before


@rule("L12.5")
@given(
    st.integers(0, 9_999),
    st.lists(st.integers(0, 4), min_size=1, max_size=4),
    st.integers(0, 3),
    RATES,
)
def test_pieces_convert_by_what_came_back_in_all(
    paid: int, pieces: list[int], more: int, rate: int
) -> None:
    """So many pieces are that share of the money, however they were sent back."""
    quantity = sum(pieces) + more
    history = History.of(triple(rate), joined=NOON)
    earned = history.buy("A", minor_line(paid, quantity=Decimal(quantity)), at=NOON).award.points
    money = points = 0
    for number, count in enumerate(pieces):
        told = history.give_back(str(number), "A", NOON, ReturnedLine("1", quantity=Decimal(count)))
        money, points = money + told.lines[0].amount, points + told.points
    if quantity:
        assert money == paid * sum(pieces) // quantity
    assert points == (earned * money // paid if paid else 0)
    if quantity and not more:
        assert (money, points) == (paid, earned)


@rule("L12.6")
@given(st.lists(st.integers(1, 500), min_size=1, max_size=4), st.integers(0, 600), st.data())
def test_the_originating_lot_pays_first(earned: list[int], spent: int, data: Any) -> None:
    """Its own lot first, then pending ones, then those that expire soonest."""
    programme = shop(expiry={"after": {"days": 60}, "pending": {"days": 10}})
    history, at = History.of(programme, joined=NOON), NOON
    for number, points in enumerate(earned):
        at += timedelta(days=7)
        history.buy(str(number), minor_line(points * 100), at=at)
    spent = min(spent, history.state.available(at))
    if spent:
        history.tell(Redeem(recorded_at=at, redemption="r", points=spent))
    order = data.draw(st.integers(0, len(earned) - 1))
    before = history.state.lots
    told = history.give_back("1", str(order), at)
    own = [lot.id for lot in before if lot.id == order + 1]
    pending = [lot.id for lot in before if lot.id != order + 1 and lot.active_at > at]
    active = [lot.id for lot in before if lot.id != order + 1 and lot.active_at <= at]
    expected, claim = [], earned[order]
    left = {lot.id: lot.points for lot in before}
    for id_ in own + pending + active:
        if claim:
            expected.append((id_, min(claim, left[id_])))
            claim -= expected[-1][1]
    assert [(part.lot, part.points) for part in told.parts] == expected


@rule("L12.7")
@given(
    st.integers(1, 500),
    st.integers(0, 500),
    st.lists(st.integers(0, 300), max_size=4),
    st.sampled_from(("debt", "waive")),
)
def test_what_is_no_longer_there(earned: int, spent: int, later: list[int], shortfall: str) -> None:
    """It is owed and the next lots repay it first, or it is let go, as the programme says."""
    history = History.of(shop(shortfall=shortfall), joined=NOON)
    history.buy("A", minor_line(earned * 100), at=NOON)
    if 0 < spent <= earned:
        history.tell(Redeem(recorded_at=NOON, redemption="r", points=spent))
    missing = spent if spent <= earned else 0
    told = history.give_back("1", "A", NOON)
    owed = missing if shortfall == "debt" else 0
    assert (told.debt, told.waived) == (owed, missing - owed)
    for number, points in enumerate(later):
        bought = history.buy(f"B{number}", minor_line(points * 100), at=NOON)
        assert bought.repaid == min(owed, points)
        owed -= bought.repaid
        assert history.state.debt == owed
    assert history.state.outstanding == sum(later) - (told.debt - owed)


@rule("L12.14")
@settings(max_examples=settings().max_examples * 4)
@given(
    st.integers(1, 300),
    st.integers(0, 300),
    st.integers(0, 300),
    st.lists(st.integers(0, 300), max_size=4),
    st.integers(0, 400),
    st.sampled_from(("time", "idle", "hold")),
    st.sampled_from(("debt", "waive")),
    st.sampled_from(("claimed", "waived")),
)
def test_what_expired_unspent_is_let_go(
    earned: int,
    spent: int,
    early: int,
    parts: list[int],
    other: int,
    how: str,
    shortfall: str,
    expired: str,
) -> None:
    """In whatever parts, what expired of the order's own lot is let go first, but not what was
    spent of it.
    """
    expiry, idle = {"after": {"days": 30}}, {"after": {"days": 20}}
    keeps = {} if how != "idle" else {"inactivity": idle | {"activities": ["transfer"]}}
    history = History.of(
        shop(shortfall=shortfall, returns={"expired": expired}, expiry=expiry, **keeps),
        joined=NOON,
    )
    history.buy("A", minor_line(earned * 100), at=NOON)
    early = min(early, earned)
    history.give_back("early", "A", NOON, back(early * 100))
    spent = min(spent, earned - early)
    if spent:
        history.tell(Redeem(recorded_at=NOON, redemption="r", points=spent))
    gone = earned - early - spent
    if how == "hold" and gone:
        until = NOON + timedelta(days=35)
        history.tell(PlaceHold(recorded_at=NOON, hold="h", points=gone, until=until))
    at = NOON + timedelta(days=40)
    history.buy("B", minor_line(other * 100), at=at)
    left, let_go, owed, waived = earned - early, 0, 0, 0
    for number, asked in enumerate([*parts, 300]):
        part = min(asked, left)
        left -= part
        told = history.give_back(str(number), "A", at, back(part * 100))
        fall = min(part, gone - let_go) if expired == "waived" else 0
        let_go += fall
        taken = min(part - fall, other)
        other -= taken
        missing = part - fall - taken
        owed += missing if shortfall == "debt" else 0
        waived += fall + (missing if shortfall == "waive" else 0)
        assert told.lapsed == fall
        assert sum(p.points for p in told.parts) == taken
        assert (history.state.debt, history.state.totals.waived) == (owed, waived)
    assert not left
    assert let_go == (gone if expired == "waived" else 0)


@rule("L12.14")
@given(
    st.integers(1, 300),
    st.integers(1, 300),
    st.integers(0, 300),
    st.sampled_from(({}, {"lapsed": "reissue"}, {"lapsed": "grace", "grace": {"days": 9}})),
    st.booleans(),
)
def test_what_came_back_too_late_was_of_no_use(
    earned: int, spent: int, first: int, undo: dict[str, Any], order: bool
) -> None:
    """Points spent, given back and expired by then are let go, too, unless issued anew."""
    history = History.of(
        shop(
            returns={"expired": "waived"},
            expiry={"after": {"days": 30}},
            payments=[{"id": "pay", "points_per_unit": 100}],
            undo=undo,
        ),
        joined=NOON,
    )
    spent = min(spent, earned)
    history.buy("A", minor_line(earned * 100), at=NOON)
    if order:
        history.buy("B", minor_line(spent), at=NOON, points=spent)
    else:
        history.tell(Redeem(recorded_at=NOON, redemption="r", points=spent))
    at = NOON + timedelta(days=40)
    if order:
        history.give_back("B", "B", at)
    else:
        history.tell(UndoRedemption(recorded_at=at, id="u", redemption="r"))
    anew = history.state.outstanding
    assert anew == (spent if undo else 0)
    first = min(first, earned)
    told = [history.give_back("first", "A", at, back(first * 100))]
    told.append(history.give_back("rest", "A", at))
    unused = earned - spent if undo else earned
    assert sum(each.lapsed for each in told) == unused
    assert told[0].lapsed == min(first, unused)
    assert sum(each.points for each in told) == earned
    assert (history.state.debt, history.state.outstanding) == (0, anew - (earned - unused))
