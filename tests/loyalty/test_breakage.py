"""Redemption triangles, the chain ladder, Mack's errors, breakage (L21)."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import accumulate, pairwise
from math import inf, isclose, sqrt
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.errors import (
    DegenerateTriangle,
    InvalidValue,
    NotEstimable,
    TailUnknown,
    TriangleTooSmall,
)
from loyalcore.loyalty import (
    Breakage,
    CaptureHold,
    Cell,
    Expiry,
    Lot,
    Member,
    PlaceHold,
    RedemptionTriangle,
    ages_alive,
    breakage,
    chain_ladder,
    liability,
    redemption_triangle,
    roll_forward,
)
from loyalcore.loyalty.member.lots import open_lot
from loyalcore.testing import rule
from loyalcore.testing.loyalty import ZONES, expiries
from loyalcore.timing import Cycle, Length, local_date, start_of_day, zone
from tests.loyalty.club import NOON, History, line, shop
from tests.loyalty.many import clubs, last, pairs_of, until

JUST = timedelta(microseconds=1)
CYCLES = st.sampled_from((Cycle.MONTH, Cycle.QUARTER, Cycle.YEAR))

# --- the triangle from events ---------------------------------------------------------------------


@rule("L21.7", "L21.8")
@given(clubs(), CYCLES, st.integers(0, 300))
def test_a_triangles_cells_sum_to_the_points(drawn: tuple, cycle: Cycle, later: int) -> None:
    """Along the rows to what each cohort's lots hold, along the diagonals to the roll-forward."""
    programme, histories = drawn
    at = last(histories) + timedelta(days=later)
    pairs = pairs_of(histories)
    triangle = redemption_triangle(pairs, cycle, at, programme.timezone)
    tz = programme.zone
    assert triangle.until == cycle.start(local_date(at, tz))
    count = len(triangle.origins)
    assert [len(row) for row in triangle.rows] == list(range(count, 0, -1))
    starts = (*triangle.origins, triangle.until)
    assert all(cycle.next_start(one) == other for one, other in pairwise(starts))
    for n, (first, following) in enumerate(pairwise(starts)):
        rolled = roll_forward(pairs, start_of_day(first, tz), start_of_day(following, tz))
        whole = sum((row[n - place] for place, row in enumerate(triangle.rows[: n + 1])), Cell())
        assert whole == Cell(
            rolled.issued,
            rolled.redeemed,
            rolled.expired,
            rolled.clawed,
            rolled.moved - rolled.received,
        )
    there: Counter[date] = Counter()
    closes = start_of_day(triangle.until, tz)
    for state in (until(history, closes).state for history in histories):
        held = [part for each in state.holds for part in each.parts]
        for lot in (*state.lots, *held):
            assert lot.earned_at is not None
            there[cycle.start(local_date(lot.earned_at, tz))] += lot.points
    left = [total.left for total in triangle.totals]
    assert left == [there[origin] for origin in triangle.origins]
    assert there.total() == sum(left)
    for row, redeemed in zip(triangle.rows, triangle.redeemed, strict=True):
        assert redeemed == tuple(accumulate(cell.redeemed for cell in row))
        assert min(redeemed) >= 0


@rule("L21.7")
@given(st.integers(1, 4), st.integers(0, 60), st.booleans())
def test_what_ends_with_a_period_belongs_to_it(months: int, days: int, captured: bool) -> None:
    """Points expire within the period that ends them; who captures then does so in the next."""
    history = History.of(shop(expiry={"after": {"months": months}, "end_of": "month"}), joined=NOON)
    bought = NOON + timedelta(days=days)
    lot = history.buy("A", line("100"), at=bought).lot
    assert lot is not None and lot.expires_at is not None
    ends = lot.expires_at
    deadline = ends + timedelta(days=captured)
    history.tell(PlaceHold(recorded_at=bought, hold="h", points=30, until=deadline))
    if captured:
        history.tell(CaptureHold(recorded_at=ends, hold="h", redemption="r"))
    at = ends + timedelta(days=33)
    for events in (history.events, until(history, at).events):
        triangle = redemption_triangle([("a", events)], Cycle.MONTH, at, "Asia/Shanghai")
        last_age, next_age = triangle.rows[0][months : months + 2]
        assert last_age == Cell(expired=70 if captured else 100)
        assert next_age == (Cell(redeemed=30) if captured else Cell())
        closing = redemption_triangle([("a", events)], Cycle.MONTH, ends, "Asia/Shanghai")
        assert closing.totals[0].left == (30 if captured else 0)


@rule("L21.7")
@given(st.integers(1, 4), st.integers(0, 60), st.booleans())
def test_inactivity_ends_points_within_its_period(months: int, days: int, swept: bool) -> None:
    """Points that go because a member does nothing go within the period that ends them, too."""
    kept = {"after": {"months": months}, "end_of": "month"}
    history = History.of(shop(inactivity=kept), joined=NOON)
    history.buy("A", line("100"), at=NOON + timedelta(days=days))
    ends = history.state.idle_at
    assert ends is not None
    if swept:
        history.sweep(ends)
    pairs = [("a", history.events)]
    triangle = redemption_triangle(pairs, Cycle.MONTH, ends, "Asia/Shanghai")
    assert triangle.rows[0][months:] == (Cell(expired=100),)
    assert roll_forward(pairs, NOON, ends).expired == 100
    assert roll_forward(pairs, ends, ends + timedelta(days=9)).opening == 0


def filled(triangle: RedemptionTriangle) -> dict[tuple[date, int], Cell]:
    return {
        (origin, age): cell
        for origin, row in zip(triangle.origins, triangle.rows, strict=True)
        for age, cell in enumerate(row)
        if cell != Cell()
    }


@rule("L21.8")
@given(clubs(), CYCLES, st.integers(0, 300), st.integers(1, 5))
def test_an_earlier_triangle_is_the_later_one_cut(
    drawn: tuple, cycle: Cycle, later: int, periods: int
) -> None:
    """Nothing that came later changes what was told; a period that is not over is left out."""
    programme, histories = drawn
    pairs = pairs_of(histories)
    at = last(histories) + timedelta(days=later)
    triangle = redemption_triangle(pairs, cycle, at, programme.timezone)
    periods = min(periods, len(triangle.origins))
    cut = triangle.earlier(periods)
    assert [len(row) for row in cut.rows] == list(range(len(cut.origins), 0, -1))
    starts = (*triangle.origins, triangle.until)
    then = start_of_day(starts[len(triangle.origins) - periods], programme.zone)
    assert filled(cut) == filled(redemption_triangle(pairs, cycle, then, programme.timezone))
    swept = [
        (name, [*events, *_passed(h, at)])
        for (name, events), h in zip(pairs, histories, strict=True)
    ]
    assert triangle == redemption_triangle(swept, cycle, at, programme.timezone)
    assert cut.earlier(0) == cut
    with pytest.raises(InvalidValue):
        triangle.earlier(len(triangle.origins) + 1)


def _passed(history: History, at: datetime) -> Sequence[Any]:
    copy = History(history.club)
    copy.keep(history.events)
    copy.sweep(at)
    return copy.events[len(history.events) :]


@rule("L21.11")
@given(
    expiries(),
    st.sampled_from(Cycle),
    st.sampled_from(ZONES),
    st.dates(date(2012, 1, 1), date(2040, 1, 1)),
)
def test_no_lot_outlives_the_ages(expiry: Expiry, cycle: Cycle, name: str, day: date) -> None:
    """The last age at which points can be spent is the programme's, whenever they were earned."""
    tz, alive = zone(name), ages_alive(expiry, cycle)
    programme = attrs.evolve(shop(timezone=name), expiry=expiry)
    lot = open_lot(programme, 1, "", 1, start_of_day(day, tz), day)
    assert (lot.expires_at is None) == (alive is None)
    if lot.expires_at is not None:
        assert alive is not None
        age, start = 0, cycle.start(day)
        while cycle.next_start(start) <= local_date(lot.expires_at - JUST, tz):
            start, age = cycle.next_start(start), age + 1
        assert age <= alive


# --- the chain ladder -----------------------------------------------------------------------------


@st.composite
def cumulated(draw: st.DrawFn) -> list[list[int]]:
    count = draw(st.integers(4, 7))
    steps = st.integers(0, 500) | st.integers(0, 10**6)
    return [
        list(accumulate([draw(st.integers(1, 10**6)), *(draw(steps) for _ in range(n - 1))]))
        for n in range(count, 0, -1)
    ]


class SlowMack:
    """Mack's formulas as he wrote them, with indices from 1."""

    def __init__(self, rows: list[list[int]]) -> None:
        n = self.n = len(rows)
        c: dict[tuple[int, int], Any] = {
            (i, k): Fraction(rows[i - 1][k - 1])
            for i in range(1, n + 1)
            for k in range(1, n + 2 - i)
        }
        f: dict[int, Any] = {}
        var: dict[int, Any] = {}
        for k in range(1, n):
            both = range(1, n - k + 1)
            f[k] = sum(c[j, k + 1] for j in both) / sum(c[j, k] for j in both)
            if k < n - 1:
                spread = sum(c[j, k] * (c[j, k + 1] / c[j, k] - f[k]) ** 2 for j in both)
                var[k] = spread / (n - k - 1)
        ratio: Any = var[n - 2] ** 2 / var[n - 3] if var[n - 3] else inf
        var[n - 1] = min(ratio, var[n - 3], var[n - 2])
        for i in range(2, n + 1):
            for k in range(n + 1 - i, n):
                c[i, k + 1] = c[i, k] * f[k]
        self.ultimates = [c[i, n] for i in range(1, n + 1)]

        def column(k: int) -> Fraction:
            return Fraction(sum(c[j, k] for j in range(1, n - k + 1)))

        def mse(i: int) -> Fraction:
            terms = (
                var[k] / f[k] ** 2 * (1 / c[i, k] + 1 / column(k)) for k in range(n + 1 - i, n)
            )
            return c[i, n] ** 2 * Fraction(sum(terms))

        self.errors = [sqrt(mse(i)) for i in range(1, n + 1)]
        total: Any = Fraction(0)
        for i in range(2, n + 1):
            others = sum(c[j, n] for j in range(i + 1, n + 1))
            shared = sum(2 * var[k] / f[k] ** 2 / column(k) for k in range(n + 1 - i, n))
            total += mse(i) + c[i, n] * others * shared
        self.total = sqrt(total)


@rule("L21.9")
@given(cumulated())
def test_it_is_macks_chain_ladder(rows: list[list[int]]) -> None:
    """Ultimates exactly, standard errors of each row and of their sum as the paper has them."""
    told, slow = chain_ladder(rows), SlowMack(rows)
    assert list(told.ultimates) == slow.ultimates
    assert all(isclose(a, b, rel_tol=1e-9) for a, b in zip(told.errors, slow.errors, strict=True))
    assert isclose(told.total_error, slow.total, rel_tol=1e-9)
    for row, ultimate, part in zip(rows, told.ultimates, reversed(told.developed), strict=True):
        assert ultimate * part == row[-1]


@rule("L21.9")
@given(cumulated(), st.integers(2, 10**6), st.fractions(1, 2, max_denominator=100))
def test_it_does_not_mind_the_unit(rows: list[list[int]], times: int, tail: Fraction) -> None:
    """So many times the points come to so many times as much, errors too; so does a tail."""
    one = chain_ladder(rows)
    many = chain_ladder([[figure * times for figure in row] for row in rows])
    longer = chain_ladder(rows, tail)
    assert one.factors == many.factors == longer.factors
    for told, factor in ((many, Fraction(times)), (longer, tail)):
        assert list(told.ultimates) == [end * factor for end in one.ultimates]
        errors = [*zip(one.errors, told.errors, strict=True), (one.total_error, told.total_error)]
        assert all(isclose(a * factor, b, rel_tol=1e-9) for a, b in errors)


TAYLOR_ASHE = [
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]
"""G. C. Taylor and F. R. Ashe, Journal of Econometrics 23, 1983; the example of Mack (1993)."""


def test_the_published_figures_are_met() -> None:
    """The numerical example of Mack (1993), to the digit that R's ChainLadder prints."""
    told = chain_ladder(TAYLOR_ASHE)
    assert [round(float(f), 3) for f in told.factors] == [
        3.491, 1.747, 1.457, 1.174, 1.104, 1.086, 1.054, 1.077, 1.018,
    ]  # fmt: skip
    assert [round(reserve) for reserve in told.reserves] == [
        0, 94634, 469511, 709638, 984889, 1419459, 2177641, 3920301, 4278972, 4625811,
    ]  # fmt: skip
    assert [round(error) for error in told.errors] == [
        0, 75535, 121699, 133549, 261406, 411010, 558317, 875328, 971258, 1363155,
    ]  # fmt: skip
    assert round(sum(told.reserves)) == 18_680_856
    assert round(told.total_error) == 2_447_095
    assert [round(v / 1000, 1) for v in told.variances[:5]] == [160.3, 37.7, 42.0, 15.2, 13.7]


# --- breakage -------------------------------------------------------------------------------------


@st.composite
def triangles(draw: st.DrawFn) -> RedemptionTriangle:
    """Draw triangles in which something is redeemed at each age."""
    count = draw(st.integers(4, 6))
    rows = []
    for ages in range(count, 0, -1):
        left = draw(st.integers(10_000, 10**7))
        row: list[Cell] = []
        for age in range(ages):
            issued, left = (left, left) if age == 0 else (0, left)
            redeemed = draw(st.integers(1, left // 3))
            left -= redeemed
            expired, clawed, moved = (draw(st.integers(0, left // n)) for n in (4, 10, 20))
            left -= expired + clawed + moved
            row.append(Cell(issued, redeemed, expired, clawed, moved))
        rows.append(tuple(row))
    origins = tuple(date(2020 + n // 12, n % 12 + 1, 1) for n in range(count))
    until = Cycle.MONTH.next_start(origins[-1])
    return RedemptionTriangle(Cycle.MONTH, "Asia/Shanghai", origins, until, tuple(rows))


def scaled(triangle: RedemptionTriangle, times: int) -> RedemptionTriangle:
    rows = tuple(
        tuple(Cell(*(n * times for n in attrs.astuple(cell))) for cell in row)
        for row in triangle.rows
    )
    return attrs.evolve(triangle, rows=rows)


TAILS = st.fractions(1, Fraction(3, 2), max_denominator=50)
LEVELS = st.fractions(Fraction(1, 100), Fraction(99, 100), max_denominator=100)


@rule("L21.10")
@given(triangles(), TAILS, LEVELS)
def test_breakage_stays_possible(triangle: RedemptionTriangle, tail: Any, level: Any) -> None:
    """It is what the chain ladder leaves, between what may still come about, in its interval."""
    told, ladder = breakage(triangle, tail=tail, level=level), chain_ladder(triangle.redeemed, tail)
    issued = redeemed = possible = 0
    for cohort, total, end in zip(told.cohorts, triangle.totals, ladder.ultimates, strict=True):
        assert cohort.issued == total.issued - total.clawed - total.moved
        assert cohort.outstanding == total.left
        assert cohort.redeemed <= cohort.ultimate <= cohort.redeemed + cohort.outstanding
        assert cohort.bounded or cohort.ultimate == end
        issued += cohort.issued
        redeemed += cohort.redeemed
        possible += cohort.redeemed + cohort.outstanding
    assert told.breakage == 1 - sum(c.ultimate for c in told.cohorts) / issued
    assert told.error == ladder.total_error
    assert told.interval is not None
    low, high = told.interval
    slack = 1e-9
    assert 1 - possible / issued - slack <= low <= float(told.breakage) + slack
    assert float(told.breakage) - slack <= high <= 1 - redeemed / issued + slack
    narrower = breakage(triangle, tail=tail, level=level / 2).interval
    assert narrower is not None and low <= narrower[0] and narrower[1] <= high
    assert f"{float(told.breakage):.2%}" in str(told)


@rule("L21.10")
@given(triangles(), st.integers(2, 1000))
def test_rates_do_not_mind_the_unit(triangle: RedemptionTriangle, times: int) -> None:
    """So many times the points break to the same share, with the same interval."""
    one, many = breakage(triangle, tail=1), breakage(scaled(triangle, times), tail=1)
    assert one.breakage == many.breakage
    assert one.interval is not None and many.interval is not None
    assert one.interval == pytest.approx(many.interval, rel=1e-9, abs=1e-12)
    assert one.expectations == many.expectations


@rule("L21.10")
@given(triangles(), TAILS)
def test_the_liability_expects_what_the_triangle_does(
    triangle: RedemptionTriangle, tail: Fraction
) -> None:
    """What is outstanding, valued by cohort, is expected to be redeemed as the triangle says."""
    told, tz = breakage(triangle, tail=tail), zone(triangle.timezone)
    closes = start_of_day(triangle.until, tz)
    lots = tuple(
        Lot(n, "", total.left, start_of_day(origin, tz), start_of_day(origin, tz))
        for n, (origin, total) in enumerate(zip(triangle.origins, triangle.totals, strict=True), 1)
        if total.left
    )
    valued = liability(
        [Member(lots=lots)],
        closes - JUST,
        fair_value="0.01",
        currency="CNY",
        expected=told.expectations,
    )
    assert valued.expected == sum(cohort.further for cohort in told.cohorts)
    newer = told.expectations.of(closes)
    assert newer == told.redemption


@rule("L21.12")
@given(triangles(), st.integers(1, 3), st.fractions(0, 1, max_denominator=100), TAILS)
def test_young_cohorts_rest_on_a_prior(
    triangle: RedemptionTriangle, young: int, prior: Fraction, tail: Fraction
) -> None:
    """Bornhuetter-Ferguson: what is there, and of the prior what the factors say is to come."""
    told = breakage(triangle, tail=tail, young=young, prior=prior)
    plain = breakage(triangle, tail=tail)
    count = len(told.cohorts)
    ladder = plain.ladder
    for n, (cohort, old) in enumerate(zip(told.cohorts, plain.cohorts, strict=True)):
        if n < count - young:
            assert cohort == old
            continue
        to_come = Fraction(1)
        if ladder.ultimates[n]:
            to_come = 1 - Fraction(ladder.latest[n]) / ladder.ultimates[n]
        end = cohort.redeemed + prior * cohort.issued * to_come
        most = cohort.redeemed + cohort.outstanding
        assert cohort.ultimate == min(end, most)
        assert cohort.error is None
    assert told.error is None and told.interval is None
    assert told.prior == prior
    # The prior that the chain ladder itself would give changes nothing.
    youngest = plain.cohorts[-1]
    own = ladder.ultimates[-1] / youngest.issued
    if own <= 1:
        assert breakage(triangle, tail=tail, young=1, prior=own).breakage == plain.breakage
    assert breakage(triangle, tail=tail, young=young).prior == min(
        Fraction(1),
        sum(ladder.latest)
        / sum(c.issued * d for c, d in zip(told.cohorts, reversed(ladder.developed), strict=True)),
    )


@rule("L21.11")
@given(triangles(), st.integers(0, 8))
def test_when_no_point_lives_longer_nothing_follows(
    triangle: RedemptionTriangle, months: int
) -> None:
    """The tail is exactly 1 where the programme ends it, and has to be stated where it does not."""
    expiry = Expiry(Length(months=months, days=0 if months else 1))
    alive = ages_alive(expiry, Cycle.MONTH)
    assert alive is not None
    if alive < len(triangle.origins):
        told = breakage(triangle, expiry=expiry)
        assert told.closed and told.ladder.tail == 1
        with pytest.raises(InvalidValue, match=r"breakage\.tail"):
            breakage(triangle, expiry=expiry, tail="1.01")
    else:
        for lives in (expiry, Expiry(), None):
            with pytest.raises(TailUnknown) as refused:
                breakage(triangle, expiry=lives)
            assert refused.value.ages == len(triangle.origins)
        assert not breakage(triangle, expiry=expiry, tail=1).closed


@rule("L21.26")
@given(triangles(), st.integers(1, 9))
def test_a_tail_unknown_says_how_far_the_triangle_is_from_showing_it(
    triangle: RedemptionTriangle, months: int
) -> None:
    """With so many more periods, and not with fewer, the same triangle shows all ages."""
    expiry = Expiry(Length(months=months))
    shown = len(triangle.origins)
    for less in range(shown - 4 + 1):
        if months < shown - less:
            continue
        with pytest.raises(TailUnknown) as refused:
            breakage(triangle.earlier(less), expiry=expiry)
        missing = refused.value.missing
        assert missing is not None
        assert missing > 0
        assert f"ages 0 to {shown - less - 1}, " in str(refused.value)
        assert f"up to age {months}: wait {missing} more" in str(refused.value)
        assert breakage(triangle, expiry=expiry, tail=1).closed is (less >= missing)


SMALL = st.lists(st.integers(0, 3), min_size=6, max_size=6)


@rule("L21.13")
@given(st.lists(SMALL, min_size=6, max_size=6), st.integers(0, 6))
def test_what_cannot_be_told_is_refused(figures: list[list[int]], count: int) -> None:
    """A triangle gives figures, all finite, or is refused by a typed error."""
    rows = [list(accumulate(figures[n][: count - n])) for n in range(count)]
    refused = None
    try:
        told = chain_ladder(rows)
    except NotEstimable as error:
        refused = error
    else:
        assert all(0 <= error < inf for error in (*told.errors, told.total_error))
        assert all(end >= row[-1] for end, row in zip(told.ultimates, rows, strict=True))
    assert isinstance(refused, TriangleTooSmall) == (count < 4)
    if isinstance(refused, DegenerateTriangle):
        assert 0 <= refused.age < count
        assert "longer periods" in str(refused)
    origins = tuple(date(2020, n + 1, 1) for n in range(count))
    cells = tuple(
        tuple(Cell(20 if age == 0 else 0, n) for age, n in enumerate(figures[row][: count - row]))
        for row in range(count)
    )
    triangle = RedemptionTriangle(Cycle.MONTH, "UTC", origins, date(2020, count + 1, 1), cells)
    try:
        whole = breakage(triangle, tail=1)
    except NotEstimable:
        return
    assert whole.interval is not None
    low, high = whole.interval
    slack = 1e-9
    assert 0 <= low <= whole.breakage + slack
    assert whole.breakage - slack <= high <= 1


def test_a_silent_cohort_needs_a_prior() -> None:
    """Of a cohort that has redeemed nothing the chain ladder would say that it never will."""
    cells = tuple(
        tuple(Cell(1000 if age == 0 else 0, 100 if row < 4 else 0) for age in range(5 - row))
        for row in range(5)
    )
    origins = tuple(date(2020, n + 1, 1) for n in range(5))
    triangle = RedemptionTriangle(Cycle.MONTH, "UTC", origins, date(2020, 6, 1), cells)
    with pytest.raises(DegenerateTriangle, match="2020-05-01"):
        breakage(triangle, tail=1)
    told = breakage(triangle, tail=1, young=1)
    assert told.cohorts[-1].ultimate == told.prior * 1000 * Fraction(4, 5)  # type: ignore[operator]
    assert "newest 1" in str(told)


EMPTY = RedemptionTriangle(Cycle.MONTH, "UTC", (), date(2020, 1, 1), ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"young": 4},
        {"young": -1},
        {"prior": "0.5"},
        {"young": 1, "prior": "1.5"},
        {"young": 1, "prior": 0.5},
        {"level": 1},
        {"level": 0},
        {"tail": 0},
        {"tail": 1.05},
    ],
)
def test_bad_arguments_are_refused(wrong: dict[str, Any]) -> None:
    """Floats, shares outside their range, priors for nobody."""
    cells = tuple(tuple(Cell(1000, 100) for _ in range(4 - row)) for row in range(4))
    origins = tuple(date(2020, n + 1, 1) for n in range(4))
    triangle = RedemptionTriangle(Cycle.MONTH, "UTC", origins, date(2020, 5, 1), cells)
    assert isinstance(breakage(triangle, tail=1), Breakage)
    with pytest.raises(InvalidValue):
        breakage(triangle, **({"tail": 1} | wrong))
    with pytest.raises(InvalidValue):
        chain_ladder([[1, 2, 3, 4], [1, 2, 3], [1, 2], [1, 2]])
    with pytest.raises(InvalidValue):
        chain_ladder([[1, 2, 3, 4], [1, 2, 3], [1, -2], [1]])
    with pytest.raises(TriangleTooSmall):
        breakage(EMPTY, tail=1)
    with pytest.raises(InvalidValue):
        redemption_triangle([], Cycle.MONTH, datetime(2020, 1, 1), "UTC")  # noqa: DTZ001
    empty = redemption_triangle([], Cycle.MONTH, datetime(2020, 1, 9, tzinfo=UTC), "UTC")
    assert empty == EMPTY
    assert "issued" in str(empty)
