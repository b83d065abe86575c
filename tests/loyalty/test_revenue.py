"""Allocation of prices to points, deferred revenue and its catch-up (L21)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidValue, Money
from loyalcore.loyalty import (
    Cell,
    DeferredRevenue,
    Expectations,
    PurchaseRecorded,
    RedemptionTriangle,
    ReturnRecorded,
    RevenueRow,
    allocate_price,
    allocate_purchase,
    breakage,
    deferrals,
    deferred_cohorts,
    redemption_triangle,
    revenue_row,
)
from loyalcore.money import minor_digits
from loyalcore.testing import rule
from loyalcore.timing import Cycle, start_of_day
from tests.loyalty.club import NOON, History, line, shop
from tests.loyalty.many import clubs, last, pairs_of
from tests.loyalty.test_breakage import CYCLES, triangles

SHARES = st.fractions(0, 1, max_denominator=1000)
VALUES = st.integers(0, 50_000).map(lambda n: Decimal(n).scaleb(-4))
CURRENCIES = st.sampled_from(("CNY", "JPY", "KWD"))


def yen(amount: int) -> Money:
    return Money(amount, "JPY")


# --- allocation -----------------------------------------------------------------------------------


@rule("L21.14")
@given(
    st.integers(0, 10**7),
    st.lists(st.integers(0, 10**7), max_size=4),
    st.integers(0, 10**6),
    VALUES,
    SHARES,
    CURRENCIES,
)
def test_an_allocation_sums_to_the_price(
    minor: int, goods: list[int], points: int, value: Decimal, share: Fraction, currency: str
) -> None:
    """Each part in proportion, less than a minor unit off; all parts together are the price."""
    price = Money.from_minor(minor, currency)
    items = [Money.from_minor(each, currency) for each in goods]
    alone = points * Fraction(value) * share
    whole = sum(goods) + alone * 10 ** minor_digits(currency)
    if not whole and minor:
        with pytest.raises(InvalidValue, match=r"allocate_price\.price"):
            allocate_price(price, items, points, fair_value=value, expected=share)
        return
    sale = allocate_price(price, items, points, fair_value=value, expected=share)
    assert sale.price == price
    assert sale.standalone == alone
    assert sum(part.minor for part in sale.goods) + sale.points.minor == minor
    for part, own in zip(sale.goods, goods, strict=True):
        assert part.minor >= 0
        assert not whole or abs(part.minor - minor * own / Fraction(whole)) < 1
    assert sale.points.minor >= 0
    assert not whole or abs(sale.points.minor - minor * (1 - sum(goods) / Fraction(whole))) < 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"goods": "yen"},
        {"goods": [Money(1, "CNY")]},
        {"goods": [yen(-1)]},
        {"price": yen(-1)},
        {"points": -1},
        {"points": True},
        {"fair_value": 0.5},
        {"fair_value": -1},
        {"expected": 2},
    ],
)
def test_bad_allocations_are_refused(wrong: dict[str, Any]) -> None:
    """Floats, other currencies, figures below zero."""
    fine: dict[str, Any] = {"price": yen(9), "goods": [yen(9)], "points": 9}
    fine |= {"fair_value": 1, "expected": 1}
    with pytest.raises(InvalidValue):
        allocate_price(**(fine | wrong))


# --- recognition ----------------------------------------------------------------------------------


@st.composite
def cohorts(draw: st.DrawFn) -> DeferredRevenue:
    issued = draw(st.integers(0, 300))
    redeemed = draw(st.integers(0, issued))
    return DeferredRevenue(
        deferred=Money.from_minor(draw(st.integers(0, 10**6)), draw(CURRENCIES)),
        issued=issued,
        expected=draw(st.fractions(0, issued, max_denominator=20)),
        redeemed=redeemed,
        gone=draw(st.integers(0, issued - redeemed)),
    )


def point_by_point(cohort: DeferredRevenue) -> int:
    """Give each point that will ever be redeemed its part of the money, and sum those redeemed."""
    left = cohort.issued - cohort.redeemed - cohort.gone
    still = min(cohort.expected - cohort.redeemed, Fraction(left))
    if still <= 0:
        return cohort.deferred.minor
    each = Fraction(cohort.deferred.minor) / (cohort.redeemed + still)
    return floor(sum((each for _ in range(cohort.redeemed)), Fraction(0)) + Fraction(1, 2))


@rule("L21.15")
@given(cohorts())
def test_each_redeemed_point_brings_its_part(cohort: DeferredRevenue) -> None:
    """The deferred price is spread over the points that will be redeemed, and over no others."""
    assert cohort.recognised.minor == point_by_point(cohort)
    assert cohort.recognised.minor + cohort.liability.minor == cohort.deferred.minor
    assert 0 <= cohort.liability.minor <= cohort.deferred.minor


STEPS = st.lists(
    st.tuples(st.sampled_from(("redeem", "undo", "expect", "expire")), st.integers(0, 100)),
    max_size=8,
)


def walk(cohort: DeferredRevenue, steps: Sequence[tuple[str, int]]) -> list[DeferredRevenue]:
    """Take steps of so many hundredths of what each may be."""
    path = [cohort]
    for what, part in steps:
        now = path[-1]
        match what:
            case "redeem":
                path.append(now.redeem(now.outstanding * part // 100))
            case "undo":
                path.append(now.redeem(-(now.redeemed * part // 100)))
            case "expect":
                room = now.issued - now.redeemed
                path.append(now.expect(now.redeemed + Fraction(room * part, 100)))
            case "expire":
                path.append(now.expire(now.outstanding * part // 100))
    return path


@rule("L21.15")
@given(cohorts(), STEPS, st.integers(2, 1000))
def test_only_how_things_stand_counts(
    cohort: DeferredRevenue, steps: list[tuple[str, int]], times: int
) -> None:
    """Whatever came between, and in whatever unit points are counted: recognised is the same."""
    end = walk(cohort, steps)[-1]
    direct = DeferredRevenue(end.deferred, end.issued, end.expected, end.redeemed, end.gone)
    assert direct.recognised == end.recognised
    more = [end.issued * times, end.expected * times, end.redeemed * times, end.gone * times]
    assert DeferredRevenue(end.deferred, *more).recognised == end.recognised  # type: ignore[arg-type]


@rule("L21.16", "L21.17")
@given(cohorts(), STEPS)
def test_over_its_life_all_is_recognised(
    cohort: DeferredRevenue, steps: list[tuple[str, int]]
) -> None:
    """Periods join, each adds up, and once nothing is left all that was deferred is revenue."""
    path = walk(cohort, steps)
    path.append(path[-1].expire())
    rows = [revenue_row([old], [new]) for old, new in pairwise(path)]
    brought = cohort.recognised.minor
    for row, new in zip(rows, path[1:], strict=True):
        assert row.opening.minor + row.added.minor == row.recognised.minor + row.closing.minor
        assert row.added.minor == 0
        brought += row.recognised.minor
        assert brought == new.recognised.minor
    for row, (what, _), old, new in zip(rows, steps, path, path[1:], strict=False):
        if what == "expect":
            assert row.caught_up == row.recognised
        else:
            assert row.caught_up.minor == 0
        if what == "redeem":
            assert row.recognised.minor >= 0
        assert old.deferred == new.deferred
    assert brought == cohort.deferred.minor
    assert path[-1].liability.minor == 0


@rule("L21.17")
@given(cohorts(), st.integers(0, 100), st.integers(0, 100), st.lists(cohorts(), max_size=2))
def test_refunds_and_new_cohorts_are_added(
    cohort: DeferredRevenue, some: int, part: int, new: list[DeferredRevenue]
) -> None:
    """What sales add and refunds take is neither revenue nor lost."""
    currency = cohort.deferred.currency
    points = cohort.outstanding * some // 100
    amount = Money.from_minor(cohort.deferred.minor * part // 100, currency)
    after = cohort.cancel(points, amount)
    assert (after.issued, after.outstanding) == (
        cohort.issued - points,
        cohort.outstanding - points,
    )
    assert after.to_come * cohort.outstanding == cohort.to_come * after.outstanding
    fresh = [attrs.evolve(c, deferred=Money.from_minor(c.deferred.minor, currency)) for c in new]
    row = revenue_row([cohort], [after, *fresh])
    assert row.added.minor == sum(c.deferred.minor for c in fresh) - amount.minor
    assert row.opening.minor + row.added.minor == row.recognised.minor + row.closing.minor
    assert row.closing.minor == sum(c.liability.minor for c in (after, *fresh))


def test_the_standards_example_comes_out() -> None:
    """IFRS 15 Example 52 (IE267 to IE270), ASC 606-10-55-353 to 55-356, to the unit."""
    sale = allocate_price(yen(100_000), [yen(100_000)], 10_000, fair_value=1, expected="0.95")
    assert sale.standalone == 9_500
    assert (sale.goods, sale.points) == ((yen(91_324),), yen(8_676))
    sold = DeferredRevenue(sale.points, issued=10_000, expected=9_500)
    year_1 = sold.redeem(4_500)
    year_2 = year_1.expect(9_700).redeem(4_000)
    assert (year_1.recognised, year_2.recognised) == (yen(4_110), yen(7_603))
    assert revenue_row([sold], [year_1]) == RevenueRow(
        yen(8_676), yen(4_110), yen(0), yen(0), yen(4_566)
    )
    assert revenue_row([year_1], [year_2]) == RevenueRow(
        yen(4_566), yen(3_493), yen(-85), yen(0), yen(1_073)
    )


@pytest.mark.parametrize(("later", "second"), [(9_900, 3_552), (9_200, 4_140)])
def test_another_published_example_comes_out(later: int, second: int) -> None:
    """KPMG, Revenue - IFRS 15 handbook, Examples 10A and 10B: more and fewer redemptions."""
    first = DeferredRevenue(yen(9_000), issued=10_000, expected=9_700).redeem(4_500)
    assert first.recognised == yen(4_175)
    assert first.expect(later).redeem(4_000).recognised == yen(4_175 + second)


def test_impossible_figures_are_refused() -> None:
    """No more is expected, redeemed or gone than there is, and nothing is below zero."""
    sold = DeferredRevenue(yen(100), issued=10, expected=9)
    steps: list[Any] = [
        lambda: sold.redeem(11),
        lambda: sold.redeem(-1),
        lambda: sold.redeem(True),
        lambda: sold.expect(11),
        lambda: sold.expect(8.5),  # type: ignore[arg-type]
        lambda: sold.redeem(5).expect(4),
        lambda: sold.expire(11),
        lambda: sold.cancel(11, yen(1)),
        lambda: sold.cancel(1, yen(101)),
        lambda: sold.cancel(1, Money(1, "CNY")),
        lambda: DeferredRevenue(yen(-1), 1, 1),  # type: ignore[arg-type]
        lambda: DeferredRevenue(yen(1), 1, 1, 1, 1),  # type: ignore[arg-type]
        lambda: revenue_row([], []),
        lambda: revenue_row([sold], []),
        lambda: revenue_row([sold], [attrs.evolve(sold, deferred=Money(1, "CNY"))]),
    ]
    for step in steps:
        with pytest.raises(InvalidValue):
            step()


# --- from events ----------------------------------------------------------------------------------


@rule("L21.18")
@given(clubs(), CYCLES, VALUES, SHARES, SHARES, st.integers(0, 300))
def test_orders_defer_by_the_period_that_earned(
    drawn: tuple, cycle: Cycle, value: Decimal, early: Fraction, late: Fraction, later: int
) -> None:
    """Each order's part, less the part of what came back of its money, stands in its period."""
    programme, histories = drawn
    pairs = pairs_of(histories)
    at = last(histories) + timedelta(days=later)
    triangle = redemption_triangle(pairs, cycle, at, programme.timezone)
    closes = start_of_day(triangle.until, programme.zone)
    expected = Expectations(
        late, dict.fromkeys(triangle.origins[:1], early), cycle, programme.timezone
    )
    sums: Counter[date] = Counter()
    for _, events in pairs:
        known = [event for event in events if event.recorded_at < closes]
        for event in known:
            if not isinstance(event, PurchaseRecorded) or event.lot is None:
                continue
            origin = cycle.start(event.lot.earned_at.astimezone(programme.zone).date())
            share = early if origin in triangle.origins[:1] else late
            sale = allocate_purchase(event, fair_value=value, expected=share)
            assert sale.price.minor == sum(x.amount - x.paid_worth for x in event.lines)
            back = sum(
                x.amount - x.paid_worth
                for other in known
                if isinstance(other, ReturnRecorded) and other.order == event.order
                for x in other.lines
            )
            if sale.price.minor:
                gone = floor(Fraction(sale.points.minor * back, sale.price.minor))
                sums[origin] += sale.points.minor - gone
            if back == sale.price.minor:
                assert sums[origin] >= 0
    found = deferrals(iter(pairs), triangle, fair_value=value, expected=expected)
    assert found == {origin: sums[origin] for origin in triangle.origins}
    assert sum(found.values()) == sum(sums.values())


@rule("L21.18")
@given(triangles(), st.lists(st.integers(0, 10**6), min_size=6, max_size=6))
def test_cohorts_stand_as_the_triangle_has_them(
    triangle: RedemptionTriangle, amounts: list[int]
) -> None:
    """Issued, redeemed, gone and expected are the triangle's; one period's revenue follows."""
    deferred = dict(zip(triangle.origins, amounts, strict=False))
    found = breakage(triangle, tail=1)
    told = deferred_cohorts(triangle, deferred, found, "JPY")
    for cohort, total, own in zip(told, triangle.totals, found.cohorts, strict=True):
        assert cohort.deferred.minor == deferred[own.origin]
        assert (cohort.redeemed, cohort.gone) == (total.redeemed, total.expired)
        assert cohort.outstanding == total.left
        assert cohort.to_come == own.further
    if len(triangle.origins) > 4:
        earlier = triangle.earlier(1)
        before = deferred_cohorts(earlier, deferred, breakage(earlier, tail=1), "JPY")
        row = revenue_row(before, told)
        assert row.added.minor == told[-1].deferred.minor
        assert row.recognised.minor == sum(c.recognised.minor for c in told) - sum(
            c.recognised.minor for c in before
        )
    with pytest.raises(InvalidValue):
        deferred_cohorts(attrs.evolve(triangle, origins=()), deferred, found, "JPY")


def test_a_full_refund_defers_nothing() -> None:
    """What an order deferred goes with it."""
    history = History.of(shop(), joined=NOON)
    history.buy("A", line("99.99"), at=NOON)
    history.buy("B", line("50"), at=NOON)
    history.give_back("b", "A", NOON)
    at = NOON + timedelta(days=40)
    triangle = redemption_triangle([("a", history.events)], Cycle.MONTH, at, "Asia/Shanghai")
    found = deferrals([("a", history.events)], triangle, fair_value="0.1", expected="0.5")
    only = allocate_price(
        Money(50, "CNY"), [Money(50, "CNY")], 50, fair_value="0.1", expected="0.5"
    )
    assert found == {date(2026, 3, 1): only.points.minor}
    assert triangle.totals == (Cell(149, clawed=99),)
