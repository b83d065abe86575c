"""Earning: exact, rounded once, explained rule by rule (L1 to L5)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidValue, Money
from loyalcore.loyalty import (
    AllOf,
    AnyOf,
    Award,
    Base,
    Condition,
    Crossing,
    During,
    Earning,
    Facts,
    Line,
    LineEarned,
    Multiplier,
    Not,
    Programme,
    PurchaseRecorded,
    Reason,
    RecordBehaviour,
    RecordPurchase,
    Rounding,
    Scope,
    Stacking,
    Subject,
    standing,
)
from loyalcore.testing import rule
from loyalcore.testing.loyalty import (
    base_rules,
    conditions,
    days,
    factors,
    lines,
    member_commands,
    month_days,
    multipliers,
    orders,
    programmes,
    purchases,
)
from tests.loyalty.club import NOON, History, line, minor_line, shop
from tests.loyalty.slow_earning import ROUND, earn, facts_of, spread

CNY_ONLY = st.just("CNY")


def judged(programme: Programme, purchase: RecordPurchase) -> PurchaseRecorded:
    history = History.of(programme, joined=purchase.occurred_at)
    return history.tell(purchase)


def club_and_purchase(**fixed: st.SearchStrategy) -> st.SearchStrategy:
    return st.tuples(programmes(currency=CNY_ONLY, **fixed), purchases())


amounts = st.integers(0, 10**9)


def third(digits: int) -> Decimal:
    """Give 1.333..., of more digits than any context holds."""
    return Decimal((0, (1, *(3 for _ in range(digits))), -digits))


@rule("L1.1")
@given(amounts, st.sampled_from(("CNY", "JPY", "KWD")), st.floats())
def test_money_is_exact(minor: int, currency: str, number: float) -> None:
    """Money goes to minor units and back unchanged; floats and finer amounts are refused, and
    money is added to money alone."""
    money = Money.from_minor(minor, currency)
    assert (money.minor, Money(str(money.amount), currency)) == (minor, money)
    assert (money + money - money) == money
    for other in (minor, money.amount, str(money), None):
        with pytest.raises(TypeError):
            money + other  # type: ignore[operator]
        with pytest.raises(TypeError):
            money - other  # type: ignore[operator]
    with pytest.raises(InvalidValue):
        Money(number, currency)  # type: ignore[arg-type]
    digits = -money.amount.as_tuple().exponent  # type: ignore[operator]
    with pytest.raises(InvalidValue):
        Money(money.amount + Decimal(1).scaleb(-digits - 1), currency)


@rule("L3.10")
@given(
    programmes(currency=CNY_ONLY, caps=st.just(())),
    purchases(),
    multipliers(id=st.just("one-more")),
    base_rules(),
)
def test_a_further_rule_never_lowers_an_award(
    programme: Programme, purchase: RecordPurchase, more: Multiplier, bases: tuple[Base, ...]
) -> None:
    """Whatever coupons there are, one more multiplier or base rule gives as much or more."""
    plain = attrs.evolve(programme, base=(*programme.base, Base("every line")))
    award = judged(plain, purchase).award
    others = [attrs.evolve(base, id=f"more-{base.id}") for base in bases]
    for added in (
        attrs.evolve(plain, multipliers=(*plain.multipliers, more)),
        attrs.evolve(plain, base=(*plain.base, *others)),
    ):
        assert judged(added, purchase).award.points >= award.points
    assert not any(r.points < 0 for r in award.rules if r.rule not in {b.id for b in plain.base})


@rule("L1.6")
@given(programmes().flatmap(lambda p: st.tuples(st.just(p), member_commands(p))), st.integers(1, 6))
def test_the_context_around_does_not_matter(drawn: tuple, digits: int) -> None:
    """With a host's decimal context of a few digits all comes out as it does without."""
    programme, commands = drawn
    outcomes = []
    for precision in (28, digits):
        with localcontext(prec=precision, rounding="ROUND_UP"):
            history = History.of(programme)
            history.try_all(commands)
            at = commands[-1].recorded_at
            told = standing(history.at(at), programme, at)
            outcomes.append((history.events, history.state, told))
    assert outcomes[0] == outcomes[1]


@rule("L1.6")
@given(st.decimals(allow_nan=False, allow_infinity=False) | st.integers(0, 400).map(third))
def test_no_amount_is_rounded_on_the_way_in(amount: Decimal) -> None:
    """Money is the very amount that was given, or it is refused."""
    if abs(amount) >= 10**15 or Fraction(amount) * 100 % 1:
        with pytest.raises(InvalidValue) as refused:
            Money(amount, "CNY")
        assert refused.value.field == "Money.amount"
    else:
        money = Money(amount, "CNY")
        assert Fraction(money.amount) == Fraction(amount) == Fraction(money.minor, 100)


@rule("L1.1")
@given(st.text(max_size=4).filter(lambda code: not (len(code) == 3 and code.isupper())))
def test_only_known_currencies(code: str) -> None:
    """A code outside ISO 4217 is refused by the field's name."""
    with pytest.raises(InvalidValue) as refused:
        Money(1, code)
    assert refused.value.field == "currency"


@rule("L1.2")
@given(amounts, factors(1, 300), factors(), st.sampled_from(Rounding))
def test_rounded_once(minor: int, rate: Decimal, factor: Decimal, rounding: Rounding) -> None:
    """Money times rate times factor, as a fraction, is rounded once."""
    programme = attrs.evolve(
        shop(),
        base=(Base("spend", rate),),
        multipliers=(Multiplier("more", factor),),
        earning=Earning(rounding),
    )
    award = judged(programme, buying(minor_line(minor))).award
    assert award.points == ROUND[rounding](Fraction(minor, 100) * Fraction(rate) * Fraction(factor))


def buying(*bought: Line, **more: object) -> RecordPurchase:
    return RecordPurchase(
        recorded_at=NOON,
        occurred_at=NOON,
        order="A-1",
        lines=bought,
        **more,  # type: ignore[arg-type]
    )


@rule("L1.2", "L1.3", "L1.4", "L2.1", "L3.5")
@given(club_and_purchase(caps=st.just(())))
def test_the_obvious_model_agrees(drawn: tuple[Programme, RecordPurchase]) -> None:
    """Line by line in fractions, every programme gives the same points and spend."""
    programme, purchase = drawn
    if programme.tiers is not None:  # what a new tier's rates change is the tiers' model's affair
        tiers = attrs.evolve(programme.tiers, crossing=Crossing.OLD)
        programme = attrs.evolve(programme, tiers=tiers)
    recorded = judged(programme, purchase)
    lowest = programme.tiers.ladder[0].id if programme.tiers else ""
    facts = facts_of(programme, purchase, purchase.occurred_at, lowest, first=True)
    nothing = [0 for _ in purchase.lines]
    expected, agains = earn(programme, purchase, facts, nothing, nothing)
    points = spread(expected, agains)
    assert {b.line: (b.amount, b.points, b.spend) for b in recorded.lines} == {
        id_: (b.paid, points[id_], b.spend) for id_, b in expected.items()
    }


@rule("L1.4", "L5.1")
@given(club_and_purchase())
def test_everything_sums_to_the_award(drawn: tuple[Programme, RecordPurchase]) -> None:
    """Lines sum to the award, rules sum to the award, and each rule is listed once."""
    programme, purchase = drawn
    recorded = judged(programme, purchase)
    award = recorded.award
    assert sum(b.points for b in recorded.lines) == award.points
    assert sum(outcome.points for outcome in award.rules) == award.points
    listed = sorted(outcome.rule for outcome in award.rules)
    named = [r.id for r in (*programme.base, *programme.bonuses)]
    named += [m.id for m in programme.all_multipliers if m.subject is not Subject.BEHAVIOURS]
    named += [cap.id for cap in programme.caps]
    assert listed == sorted(named)
    assert award.programme == programme.content_id
    assert min(award.points, *(b.points for b in recorded.lines)) >= 0


@rule("L5.2")
@given(club_and_purchase())
def test_a_rule_that_gave_nothing_says_why(drawn: tuple[Programme, RecordPurchase]) -> None:
    """Points come without excuse, and no points with a reason; a winner named is a rule."""
    award = judged(*drawn).award
    known = {outcome.rule for outcome in award.rules}
    for outcome in award.rules:
        assert (outcome.reason is Reason.EARNED) == bool(outcome.points)
        assert (award.why_not(outcome.rule) is None) == bool(outcome.points)
        assert (outcome.reason is Reason.OUTBID) == (outcome.by in known - {outcome.rule})
    assert award.explain().startswith(f"{award.points} points\n")
    with pytest.raises(KeyError):
        award.why_not("no such rule")


@rule("L2.2")
@given(
    st.tuples(programmes(currency=CNY_ONLY), purchases(lines=orders(reward=st.just(False)))),
    lines(id=st.just("r"), reward=st.just(True)),
)
def test_rewards_never_earn(drawn: tuple[Programme, RecordPurchase], reward: Line) -> None:
    """A reward line earns nothing, qualifies for nothing, and takes nothing from its neighbours."""
    programme, purchase = drawn
    alone = judged(programme, purchase)
    beside = judged(programme, attrs.evolve(purchase, lines=(*purchase.lines, reward)))
    assert beside.award.points == alone.award.points
    assert beside.lines[:-1] == alone.lines
    assert (beside.lines[-1].points, beside.lines[-1].spend) == (0, 0)


@rule("L2.3")
@given(orders(reward=st.just(False)))
def test_what_no_base_rule_covers(bought: tuple) -> None:
    """A line outside every base rule neither earns nor qualifies."""
    programme = shop(base=[{"id": "wine", "when": {"category": ["wine"]}}])
    for got, given_ in zip(judged(programme, buying(*bought)).lines, bought, strict=True):
        if "wine" not in given_.categories:
            assert (got.points, got.spend) == (0, 0)


@rule("L2.1")
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_before_or_after_discounts(price: int, discount: int) -> None:
    """The basis is the price or what is paid; what qualifies for tiers is what is paid."""
    bought = minor_line(price, discount=Money.from_minor(discount, "CNY"))
    before = judged(shop(earning={"discounts": "before"}), buying(bought))
    after = judged(shop(), buying(bought))
    paid = max(0, price - discount)
    assert (before.award.points, after.award.points) == (price // 100, paid // 100)
    assert before.spend == after.spend == paid


@rule("L1.5")
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_coupon_worth_more_than_its_line(one: int, other: int, more: int) -> None:
    """It lowers the order; its own line stays at 0, and so does the order at worst."""
    coupon = Money.from_minor(one + more, "CNY")
    bought = (minor_line(one, discount=coupon), minor_line(other, "2"))
    recorded = judged(shop(), buying(*bought))
    whole = max(0, other - more)
    assert recorded.award.points == whole // 100
    assert recorded.lines[0] == LineEarned("1", 0)
    assert recorded.spend == whole
    by_line = judged(shop(earning={"scope": "line"}), buying(*bought))
    assert by_line.award.points == other // 100


@rule("L1.3")
@given(st.lists(st.integers(0, 999), min_size=1, max_size=4), st.sampled_from(Rounding))
def test_rounded_for_each_line(minors: list[int], rounding: Rounding) -> None:
    """With scope line the order is the sum of its lines' own points."""
    programme = attrs.evolve(shop(), earning=Earning(rounding, Scope.LINE))
    bought = [minor_line(minor, str(place)) for place, minor in enumerate(minors)]
    recorded = judged(programme, buying(*bought))
    assert [b.points for b in recorded.lines] == [ROUND[rounding](Fraction(m, 100)) for m in minors]


@rule("L3.1")
@given(st.lists(st.tuples(factors(), st.integers(0, 1)), min_size=2, max_size=4))
def test_the_highest_rate_earns(rates: list[tuple[Decimal, int]]) -> None:
    """Of several base rules the highest rate earns, then priority, then id; others are outbid."""
    bases = tuple(
        Base(f"base-{place}", rate, priority=priority)
        for place, (rate, priority) in enumerate(rates)
    )
    award = judged(attrs.evolve(shop(), base=bases), buying(line("100.00"))).award
    winner = min(bases, key=lambda b: (-b.points_per_unit, -b.priority, b.id))
    assert award.points == int(100 * winner.points_per_unit)
    assert {o.rule: o.by for o in award.rules if o.rule != winner.id} == {
        b.id: winner.id for b in bases if b is not winner
    }


SPENDING = [subject for subject in Subject if subject.of_base]
few_factors = st.lists(
    multipliers(when=st.none(), group=st.just("campaigns"), subject=st.sampled_from(SPENDING)),
    min_size=1,
    max_size=3,
    unique_by=lambda m: m.id,
)


@rule("L3.2", "L3.3", "L3.4")
@given(few_factors, st.sampled_from(Stacking))
def test_stacking(rules: list[Multiplier], stacking: Stacking) -> None:
    """Best takes the highest, sum adds what each exceeds one by, product multiplies."""
    programme = attrs.evolve(
        shop(), multipliers=tuple(rules), earning=Earning(stacking={"campaigns": stacking})
    )
    award = judged(programme, buying(line("10000.00"))).award
    each = [Fraction(m.factor) for m in rules]
    product = Fraction(1)
    for factor in each:
        product *= factor
    expected = {
        Stacking.BEST: max(each),
        Stacking.SUM: 1 + sum(factor - 1 for factor in each),
        Stacking.PRODUCT: product,
    }[stacking]
    assert award.points == int(10_000 * expected)
    lost = {o.rule for o in award.rules if o.reason is Reason.OUTBID}
    best = min(rules, key=lambda m: (-m.factor, -m.priority, m.id))
    assert lost == ({m.id for m in rules} - {best.id} if stacking is Stacking.BEST else set())


@rule("L3.6")
@given(club_and_purchase(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(
    drawn: tuple[Programme, RecordPurchase], random: Random
) -> None:
    """However the lines are sorted, the award and each rule's points are the same."""
    programme, purchase = drawn
    shuffled = list(purchase.lines)
    random.shuffle(shuffled)
    one = judged(programme, purchase).award
    other = judged(programme, attrs.evolve(purchase, lines=shuffled)).award
    assert [(o.rule, o.points, o.reason) for o in one.rules] == [
        (o.rule, o.points, o.reason) for o in other.rules
    ]


@rule("L3.8")
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_same_article_on_two_lines(one: int, other: int) -> None:
    """Each line is multiplied once, as one line of their sum would be."""
    more = [{"id": "promoted", "factor": 2, "when": {"sku": ["a"]}}]
    programme = shop(multipliers=more)
    two = buying(minor_line(one, sku="a"), minor_line(other, "2", sku="a"))
    joined = buying(minor_line(one + other, sku="a"))
    assert judged(programme, two).award.points == judged(programme, joined).award.points


def all_facts() -> st.SearchStrategy[Facts]:
    return st.builds(
        Facts,
        day=days(),
        birthday=st.none() | month_days(),
        channel=st.sampled_from(("", "web")),
        store=st.sampled_from(("", "bund")),
        line=lines(),
    )


@rule("L3.7")
@given(conditions(), conditions(), all_facts())
def test_conditions_combine(one: Condition, other: Condition, facts: Facts) -> None:
    """All, any and not are those of logic; none of no conditions holds, and all of them."""
    a, b = one.holds(facts), other.holds(facts)
    assert AllOf((one, other)).holds(facts) == (a and b)
    assert AnyOf((one, other)).holds(facts) == (a or b)
    assert Not(one).holds(facts) == (not a)
    assert AllOf(()).holds(facts) and not AnyOf(()).holds(facts)
    assert one.per_line or a == one.holds(attrs.evolve(facts, line=None))


@rule("L3.9")
@given(st.tuples(days(), days()).map(sorted), days())
def test_date_windows_include_both_ends(span: list, day: object) -> None:
    """A window holds on its first day, on its last, and on those between."""
    window = During(*span)
    assert window.holds(Facts(span[0])) and window.holds(Facts(span[1]))
    assert not window.holds(Facts(span[1] + timedelta(days=1)))
    assert not window.holds(Facts(span[0] - timedelta(days=1)))


@rule("L4.1")
@given(st.integers(1, 1000), factors())
def test_no_multiplier_touches_a_behaviour(points: int, factor: Decimal) -> None:
    """A behaviour earns what the programme says, whatever multiplies spending."""
    programme = attrs.evolve(
        shop(behaviours=[{"id": "share", "points": points}]),
        multipliers=(Multiplier("more", factor),),
    )
    assert share_at(History.of(programme, joined=NOON), 1).points == points


def share_at(history: History, number: int, hours: int = 0) -> Award:
    at = NOON + timedelta(hours=hours)
    deed = RecordBehaviour(recorded_at=at, occurred_at=at, behaviour="share", id=str(number))
    return history.tell(deed).award


@rule("L4.2")
@given(
    st.lists(st.integers(0, 30), max_size=12),
    st.integers(1, 4),
    st.sampled_from(("day", "week", "month")),
)
def test_limits(gaps: list[int], times: int, per: str) -> None:
    """Within each local period the first few earn; the rest give 0 and name the limit."""
    limit = {"times": times, "per": per}
    programme = shop(behaviours=[{"id": "share", "points": 5, "limits": [limit]}])
    history, hours = History.of(programme, joined=NOON), 0
    seen: dict[Any, int] = {}
    period: dict[str, Callable] = {
        "day": lambda day: day,
        "week": lambda day: day.isocalendar()[:2],
        "month": lambda day: (day.year, day.month),
    }
    for number, gap in enumerate(gaps):
        hours += gap
        at = NOON + timedelta(hours=hours)
        key = period[per](at.astimezone(programme.zone).date())
        seen[key] = seen.get(key, 0) + 1
        award = share_at(history, number, hours)
        if seen[key] <= times:
            assert award.points == 5
        else:
            assert award.why_not("share") == f"share: 0, the limit of {times} per {per} is reached"


@rule("L3.20")
@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 9)), min_size=1, max_size=4),
    st.integers(1, 50),
    st.none() | st.integers(1, 300),
)
def test_a_base_rule_counts_pieces(
    bought: list[tuple[int, int]], stamps: int, rate: int | None
) -> None:
    """Each piece that is paid for earns, unless the money of its line is worth more."""
    base: list[dict[str, Any]] = [{"id": "stamps", "points_per_unit": stamps, "per": "piece"}]
    if rate is not None:
        base.append({"id": "spend", "points_per_unit": f"{rate / 100:.2f}"})
    history = History.of(shop(base=base), joined=NOON)
    lines = [minor_line(minor, str(n), quantity=q) for n, (minor, q) in enumerate(bought)]
    award = history.buy("A", *lines, at=NOON).award
    exact = sum(
        max(stamps * q if minor else Fraction(0), Fraction(minor * (rate or 0), 10_000))
        for minor, q in bought
    )
    assert award.points == exact // 1
