"""Bonuses: points on top; and caps, which take off what is too much (L3)."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalcore.loyalty import ReturnedLine
from loyalcore.testing import rule
from tests.loyalty.club import CNY, NOON, SHANGHAI, History, line, minor_line, shop

WELCOME: dict[str, Any] = {"id": "welcome", "points": 100, "when": {"first_purchase": True}}
FEN = st.integers(0, 100_000)


@rule("L3.16")
@given(st.integers(1, 500), st.none() | st.integers(1, 300), st.lists(FEN, min_size=1, max_size=4))
def test_a_bonus_counts_once_or_for_each_full_amount(
    points: int, every: int | None, prices: list[int]
) -> None:
    """Once for an order for which something is paid, or once for each full amount of it."""
    bonus: dict[str, Any] = {"id": "extra", "points": points}
    if every is not None:
        bonus["every"] = every
    history = History.of(shop(bonuses=[bonus]), joined=NOON)
    lines = [minor_line(price, str(n)) for n, price in enumerate(prices)]
    bought = history.buy("A", *lines, at=NOON)
    paid = sum(prices)
    times = (1 if paid else 0) if every is None else paid // (every * 100)
    assert bought.award.points == paid // 100 + points * times
    outcome = {one.rule: one.points for one in bought.award.rules}
    assert outcome == {"spend": paid // 100, "extra": points * times}
    assert sum(one.points for one in bought.lines) == bought.award.points


@rule("L3.16")
@given(st.integers(1, 5), FEN.filter(bool))
def test_a_welcome(orders: int, price: int) -> None:
    """The first order of a member brings a welcome, and no other."""
    history = History.of(shop(bonuses=[WELCOME]), joined=NOON)
    points = [
        history.buy(str(n), minor_line(price), at=NOON + timedelta(days=n)).award.points
        for n in range(orders)
    ]
    assert points == [price // 100 + (100 if n == 0 else 0) for n in range(orders)]


@rule("L3.17")
@given(st.integers(1, 400), st.integers(100, 400), st.booleans(), FEN.filter(bool))
def test_a_multiplier_names_its_subject(
    points: int, hundredths: int, both: bool, price: int
) -> None:
    """Base points alone by default; bonuses too where it says so; behaviours never."""
    double = {
        "id": "more",
        "factor": str(Decimal(hundredths) / 100),
        **({"subject": "base_and_bonuses"} if both else {}),
    }
    share = {"id": "share", "points": 50}
    programme = shop(
        bonuses=[{"id": "extra", "points": points}], multipliers=[double], behaviours=[share]
    )
    history = History.of(programme, joined=NOON)
    bought = history.buy("A", minor_line(price), at=NOON)
    factor = Fraction(hundredths, 100)
    exact = Fraction(price, 100) * factor + points * (factor if both else 1)
    assert bought.award.points == exact // 1


@rule("L3.17")
@given(FEN.filter(bool), FEN.filter(bool), st.booleans())
def test_a_multiplier_of_some_lines(wine: int, bread: int, bonus_for_wine: bool) -> None:
    """It multiplies a bonus that is given for its lines alone, and no other."""
    when = {"when": {"category": ["wine"]}}
    programme = shop(
        bonuses=[{"id": "extra", "points": 100} | (when if bonus_for_wine else {})],
        multipliers=[{"id": "m", "factor": 3, "subject": "base_and_bonuses"} | when],
    )
    history = History.of(programme, joined=NOON)
    lines = [minor_line(wine, "1", categories=["wine"]), minor_line(bread, "2")]
    bought = history.buy("A", *lines, at=NOON)
    exact = Fraction(3 * wine + bread, 100) + (300 if bonus_for_wine else 100)
    assert bought.award.points == exact // 1


@rule("L12.9")
@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=4), st.integers(1, 300), st.data())
def test_a_bonus_goes_back_in_proportion(prices: list[int], points: int, data: Any) -> None:
    """A returned line takes its share of the bonus with it; the whole order takes all of it."""
    history = History.of(shop(bonuses=[{"id": "extra", "points": points}]), joined=NOON)
    lines = [minor_line(price, str(n)) for n, price in enumerate(prices)]
    bought = history.buy("A", *lines, at=NOON)
    for place in data.draw(st.permutations(range(len(prices)))):
        whole = ReturnedLine(str(place), lines[place].price)
        told = history.give_back(str(place), "A", NOON, whole)
        assert told.points == bought.lines[place].points
    assert history.state.outstanding == 0


@rule("L12.12", "L3.19")
@given(
    st.lists(st.integers(1, 5_000), min_size=1, max_size=3),
    st.integers(1, 300),
    st.integers(1, 40),
    st.none() | st.integers(1, 3),
    st.data(),
)
def test_a_bonus_tested_again(
    prices: list[int], points: int, every: int, most: int | None, data: Any
) -> None:
    """After each return the bonus is what the rest of the order would have got."""
    bonus = {"id": "extra", "points": points, "every": every, "returns": "retested"}
    bonus |= {} if most is None else {"most": most}

    def times(paid: int) -> int:
        return min(paid // (100 * every), paid if most is None else most)

    history = History.of(shop(bonuses=[bonus]), joined=NOON)
    lines = [minor_line(price, str(n)) for n, price in enumerate(prices)]
    bought = history.buy("A", *lines, at=NOON)
    own = sum(prices) // 100
    assert bought.award.points == own + points * times(sum(prices))
    left, lost = list(prices), 0
    for number in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(prices) - 1))
        back = data.draw(st.integers(0, left[place]))
        left[place] -= back
        part = ReturnedLine(str(place), CNY(CNY("0.01").amount * back))
        lost += history.give_back(str(number), "A", NOON, part).bonuses
        assert lost == points * (times(sum(prices)) - times(sum(left)))
    history.give_back("rest", "A", NOON)
    assert (history.state.outstanding, history.state.debt) == (0, 0)


def test_a_threshold_bonus_that_is_lost() -> None:
    """500 points from 200.00 on: 250.00 less 40.00 keeps them, less 60.00 loses them all."""
    bonus = {"id": "from-200", "points": 500, "every": 200, "most": 1, "returns": "retested"}
    history = History.of(shop(bonuses=[bonus]), joined=NOON)
    bought = history.buy("A", line("190.00"), line("60.00", "2"), at=NOON)
    assert bought.award.points == 750
    assert history.give_back("1", "A", NOON, ReturnedLine("2", CNY("40.00"))).points == 40
    assert history.give_back("2", "A", NOON, ReturnedLine("2", CNY("20.00"))).points == 520


def test_a_bonus_for_a_line_without_money_and_pieces() -> None:
    """Returned whole, an order takes back what a line brought that cost nothing and was nothing."""
    bonus = {"id": "extra", "points": 100, "every": 1, "most": 1, "returns": "retested"}
    base = [{"id": "spend", "points_per_unit": "0.01"}]
    programme = shop(base=base, bonuses=[bonus], earning={"discounts": "before"})
    history = History.of(programme, joined=NOON)
    free = line("10.00", discount=CNY("10.00"), quantity=0)
    history.buy("A", free, line("10.00", "2"), at=NOON)
    history.give_back("1", "A", NOON)
    assert (history.state.outstanding, history.state.debt) == (0, 0)


def test_a_bonus_that_no_line_earns_is_not_given() -> None:
    """What no base rule covers, or nothing is paid for, brings no bonus."""
    tea = {"id": "tea", "when": {"category": ["tea"]}}
    programme = shop(base=[tea], bonuses=[{"id": "extra", "points": 10}])
    history = History.of(programme, joined=NOON)
    bought = history.buy("A", line("50.00"), line("0.00", "2", categories=["tea"]), at=NOON)
    assert bought.award.points == 0
    assert bought.award.why_not("extra") is not None


@rule("L3.18")
@given(
    st.integers(0, 300),
    st.sampled_from((None, "day", "week", "month")),
    st.lists(st.tuples(st.integers(0, 12), FEN, st.booleans()), min_size=1, max_size=6),
)
def test_orders_earn_up_to_a_cap(
    most: int, per: str | None, orders: list[tuple[int, int, bool]]
) -> None:
    """For each order or within a local period; what a return takes back makes room again."""
    cap = {"id": "cap", "points": most, **({"per": per} if per else {})}
    history, at = History.of(shop(caps=[cap]), joined=NOON), NOON
    earned: list[tuple[object, int]] = []
    for number, (later, price, back) in enumerate(orders):
        at += timedelta(days=later)
        today = at.astimezone(SHANGHAI).date()
        kind = {
            None: number,
            "day": today,
            "week": today.isocalendar()[:2],
            "month": (today.year, today.month),
        }[per]
        lines = [minor_line(price, "1"), minor_line(price // 3, "2")]
        bought = history.buy(str(number), *lines, at=at)
        exact = (price + price // 3) // 100
        room = max(0, most - sum(points for when, points in earned if when == kind))
        assert bought.award.points == min(exact, room)
        assert sum(one.points for one in bought.lines) == bought.award.points
        assert (bought.award.why_not("cap") is None) == (exact > room)
        earned.append((kind, bought.award.points))
        if back:
            told = history.give_back(f"r{number}", str(number), at)
            assert told.points == bought.award.points
            earned.pop()
    assert history.state.outstanding == sum(points for _, points in earned)
