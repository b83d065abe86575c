"""Two programmes compare by what they give and what they ask for (L26)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import inf
from statistics import median
from typing import Any

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from loyalcore.errors import InvalidDocument, InvalidValue
from loyalcore.loyalty import (
    Base,
    Basket,
    BenefitKind,
    Comparison,
    Contender,
    Enrol,
    Expiry,
    Habit,
    Line,
    Multiplier,
    Pattern,
    Pick,
    Programme,
    Reward,
    Valuation,
    compare,
    programme_from,
)
from loyalcore.money import Money
from loyalcore.testing import rule
from loyalcore.testing.loyalty import programmes, spend_tiers
from loyalcore.testing.programmes import CATEGORIES, CHANNELS, SKUS, STORES, recurrences
from loyalcore.timing import start_of_day
from tests.loyalty.club import History, shop

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 10)
CENT = Valuation(per_point="0.01")
REWARDS = st.integers(1, 400).map(lambda points: (Reward("mug", points),))
FEW = settings(max_examples=max(5, settings().max_examples // 2))


def only(programme: Programme, pattern: Pattern, valuation: Valuation = CENT) -> Any:
    """Give one programme's figures."""
    return compare(Contender(programme, valuation), pattern=pattern).profiles[0]


@st.composite
def baskets(draw: DrawFn) -> Basket:
    """Draw what is bought at once."""
    return Basket(
        draw(st.integers(1, 300)),
        sku=draw(st.sampled_from(SKUS)),
        categories=draw(st.sampled_from([(), *[(name,) for name in CATEGORIES]])),
        channel=draw(st.sampled_from(CHANNELS)),
        store=draw(st.sampled_from(STORES)),
    )


@st.composite
def patterns(draw: DrawFn, newcomer: bool | None = None) -> Pattern:
    """Draw habits over some weeks."""
    habits = [Habit(draw(baskets()), draw(recurrences())) for _ in range(draw(st.integers(0, 2)))]
    habits.append(Habit(draw(baskets()), "FREQ=WEEKLY;BYDAY=TU"))
    begun = DAY + timedelta(days=draw(st.integers(0, 60)))
    ended = begun + timedelta(days=draw(st.integers(7, 60)))
    fresh = draw(st.booleans()) if newcomer is None else newcomer
    return Pattern(begun, ended, habits, newcomer=fresh)


def plain_patterns() -> SearchStrategy[Pattern]:
    """Draw a single basket on a single day."""
    amounts = st.integers(1, 500)
    return st.builds(Pattern.plain, st.just(DAY), amounts, categories=st.just(("wine",)))


class Life:
    """A member of a programme, who joins on a day; told by the decider itself."""

    def __init__(self, programme: Programme, pattern: Pattern) -> None:
        self.programme = programme
        self.history = History.of(programme)
        self.history.tell(Enrol(recorded_at=start_of_day(pattern.first, programme.zone)))
        if not pattern.newcomer:
            self.history.state = attrs.evolve(self.history.state, orders=1)

    def buys(self, basket: Basket, minor: int, day: date) -> int:
        """Buy, and give the points."""
        at = start_of_day(day, self.programme.zone) + timedelta(hours=12)
        price = Money.from_minor(minor, self.programme.currency)
        line = Line("1", price, sku=basket.sku, categories=basket.categories)
        order = f"{len(self.history.events)}"
        where = {"channel": basket.channel, "store": basket.store}
        return self.history.buy(order, line, at=at, **where).award.points

    @property
    def rank(self) -> int:
        """The place of the tier."""
        tiers, tier = self.programme.tiers, self.history.state.tier
        return tiers.rank(tier) if tiers and tier else 0


def minor(basket: Basket, programme: Programme) -> int:
    """Give what a basket costs."""
    return int(basket.amount) * 10**programme.digits


# Noon is noon: no clock changes between midnight and noon of these days.
# What joining brings is not spent for: it is no part of a comparison.
IN_SHANGHAI: dict[str, Any] = {
    "timezone": st.just("Asia/Shanghai"),
    "behaviours": st.just(()),
    "inactivity": st.none(),
}


@rule("L26.1", "L26.11")
@given(programmes(**IN_SHANGHAI), patterns())
def test_a_pattern_earns_what_a_member_would(programme: Programme, pattern: Pattern) -> None:
    """What 100 spent brings is the points of a member who lives so, at the value of a point."""
    told = only(programme, pattern)
    life, spent, points = Life(programme, pattern), 0, 0
    day = pattern.first
    while day <= pattern.last:
        for habit in pattern.habits:
            if habit.when.falls_on(day):
                price = minor(habit.basket, programme)
                points += life.buys(habit.basket, price, day)
                spent += price
        day += timedelta(days=1)
    assert (told.spent.minor, told.points) == (spent, points)
    unit = 10**programme.digits
    assert told.reward_per_100 == Fraction(points, 100) / Fraction(spent, unit) * 100
    names = [tier.id for tier in programme.tiers.ladder] if programme.tiers else []
    assert [tier.tier for tier in told.tiers] == names
    if names and names[0] == life.history.events[0].tier:
        assert told.tiers[0].reward_per_100 == told.reward_per_100


@rule("L26.1")
@given(st.integers(1, 400), st.integers(100, 900))
def test_a_tier_gives_what_its_members_earn(amount: int, percent: int) -> None:
    """What a tier adds to earning shows in its reward for each 100 spent, and in no other's."""
    factor = Decimal(percent) / 100
    programme = shop(
        multipliers=[{"id": "gold", "factor": str(factor), "when": {"tier": ["gold"]}}],
        tiers={
            "window": {"calendar": "year"},
            "ladder": [
                {"id": "basic"},
                {"id": "silver", "entry": 500},
                {"id": "gold", "entry": 900},
            ],
        },
    )
    basic, silver, gold = only(programme, Pattern.plain(DAY, amount)).tiers
    assert basic.reward_per_100 == silver.reward_per_100 == 1
    assert gold.reward_per_100 == Fraction(int(amount * factor), amount)


@rule("L26.1")
@given(st.integers(1, 400), st.booleans())
def test_a_first_purchase_counts_only_for_newcomers(amount: int, newcomer: bool) -> None:
    """What a club gives for the first purchase is no part of the rate, unless that is asked."""
    when = {"first_purchase": True}
    programme = shop(multipliers=[{"id": "welcome", "factor": 3, "when": when}])
    pattern = attrs.evolve(Pattern.plain(DAY, amount), newcomer=newcomer)
    assert only(programme, pattern).reward_per_100 == (3 if newcomer else 1)


@rule("L26.2")
@given(st.data())
def test_a_point_is_worth_what_is_said(data: st.DataObject) -> None:
    """Stated, or by what can be had: the best reward, the median one, the best offer to pay."""
    worths = data.draw(
        st.dictionaries(st.sampled_from("abcd"), st.integers(0, 900), min_size=1), "worths"
    )
    prices = {id_: data.draw(st.integers(1, 90)) for id_ in "abcd"}
    gated = data.draw(st.sets(st.sampled_from("abcd")))
    rates = data.draw(st.lists(st.integers(1, 500), max_size=2, unique=True))
    gates: list[dict[str, Any]] = [{"from_tier": "gold"}, {"last": "2026-03-09"}]
    programme = shop(
        rewards=[
            {"id": id_, "points": points} | (gates[points % 2] if id_ in gated else {})
            for id_, points in prices.items()
        ],
        payments=[
            *({"id": f"p{rate}", "points_per_unit": str(rate)} for rate in rates),
            {"id": "wine", "points_per_unit": "0.1", "when": {"category": ["wine"]}},
        ],
        tiers={
            "window": {"calendar": "year"},
            "ladder": [{"id": "basic"}, {"id": "gold", "entry": 900}],
        },
    )
    pattern = Pattern.plain(DAY, 1000)
    assert only(programme, pattern, Valuation(per_point="0.013")).value_of_point == Fraction(
        13, 1000
    )
    values = [Fraction(worth, prices[id_]) for id_, worth in worths.items() if id_ not in gated]
    for pick, choose in ((Pick.BEST, max), (Pick.MEDIAN, median)):
        valuation = Valuation(rewards=worths, pick=pick)
        if values:
            assert only(programme, pattern, valuation).value_of_point == choose(values)
        else:
            with pytest.raises(InvalidValue, match="on offer"):
                only(programme, pattern, valuation)
    if rates:
        assert only(programme, pattern, Valuation()).value_of_point == Fraction(1, min(rates))
    else:
        with pytest.raises(InvalidValue, match="state what a point is worth"):
            only(programme, pattern, Valuation())


@rule("L26.3")
@FEW
@given(
    programmes(currency=st.just("JPY"), rewards=REWARDS, **IN_SHANGHAI),
    plain_patterns(),
    st.integers(1, 250),
)
def test_no_smaller_sum_earns_the_first_reward(
    programme: Programme, pattern: Pattern, reach: int
) -> None:
    """The sum told earns the reward's points, a minor unit less does not, nor does any smaller."""
    told = only(programme, pattern)
    ((day, basket),) = pattern.between(pattern.first, pattern.last)
    enough = programme.rewards[0].points

    def earns(spend: int) -> bool:
        return Life(programme, pattern).buys(basket, spend, day) >= enough

    assert told.first_reward == "mug"
    if told.to_first_reward is None:
        assert not earns(10**15 - 1)
        assert not any(earns(spend) for spend in range(1, reach))
        return
    spend = told.to_first_reward.minor
    assert earns(spend)
    assert not any(earns(less) for less in range(max(1, spend - 3), spend))
    assert not any(earns(less) for less in range(1, min(reach, spend)))


@rule("L26.3")
@FEW
@given(st.integers(2, 120), st.integers(1, 90), st.integers(100, 300), st.booleans(), st.data())
def test_conditions_on_the_basket_are_looked_through(
    turn: int, price: int, percent: int, below: bool, data: st.DataObject
) -> None:
    """Where small orders earn more than larger ones, the smallest sum is found all the same."""
    turn_2 = data.draw(st.integers(2, 120))
    inner: dict[str, Any] = {"basket_from": turn}
    programme = shop(
        currency="JPY",
        multipliers=[
            {
                "id": "small",
                "factor": str(Decimal(percent) / 100),
                "when": {"not": inner} if below else inner,
            },
            {
                "id": "band",
                "factor": 2,
                "group": "other",
                "when": {"all": [{"basket_from": turn_2}, {"not": {"basket_from": turn_2 + 5}}]},
            },
        ],
        rewards=[{"id": "mug", "points": price}, {"id": "urn", "points": price + 1}],
    )
    pattern = Pattern.plain(DAY)
    told = only(programme, pattern)
    ((day, basket),) = pattern.between(DAY, DAY)
    slow = next(
        spend
        for spend in range(1, 400)
        if Life(programme, pattern).buys(basket, spend, day) >= price
    )
    assert (told.first_reward, told.to_first_reward.minor) == ("mug", slow)


@rule("L26.3")
@FEW
@given(st.integers(2, 60), st.integers(1, 40), st.integers(1, 200), st.booleans())
def test_a_tier_reached_by_the_order_itself_is_looked_through(
    silver: int, more: int, price: int, new: bool
) -> None:
    """Where an order earns at the new tier's rates, and a higher tier has lower ones."""
    triple = {"id": "triple", "kind": "multiplier", "value": "3"}
    programme = shop(
        currency="JPY",
        rewards=[{"id": "mug", "points": price}],
        tiers={
            "window": {"calendar": "year"},
            "crossing": "new" if new else "old",
            "ladder": [
                {"id": "basic"},
                {"id": "silver", "entry": silver, "benefits": [triple]},
                {"id": "gold", "entry": silver + more},
            ],
        },
    )
    pattern = Pattern.plain(DAY)
    ((day, basket),) = pattern.between(DAY, DAY)
    slow = next(
        spend
        for spend in range(1, 400)
        if Life(programme, pattern).buys(basket, spend, day) >= price
    )
    assert only(programme, pattern).to_first_reward.minor == slow


@rule("L26.3", "L26.11")
@FEW
@given(programmes(rewards=REWARDS, **IN_SHANGHAI), patterns())
def test_along_a_pattern_the_reward_comes_when_it_is_earned(
    programme: Programme, pattern: Pattern
) -> None:
    """The sum told is spent along the pattern, its last purchase cut to what is needed."""
    told, enough = only(programme, pattern), programme.rewards[0].points
    life, spent = Life(programme, pattern), 0
    for day, basket in pattern.between(pattern.first, pattern.last):
        price, before = minor(basket, programme), life.history.state
        life.buys(basket, price, day)
        if told.to_first_reward is not None and spent + price >= told.to_first_reward.minor:
            for part, reached in ((told.to_first_reward.minor - spent, True), (-1, False)):
                again = Life(programme, pattern)
                again.history.state = before
                amount = part if reached else told.to_first_reward.minor - spent - 1
                if amount:
                    again.buys(basket, amount, day)
                assert (again.history.state.outstanding >= enough) is reached
            return
        assert life.history.state.outstanding < enough
        spent += price
    assert told.to_first_reward is None


@rule("L26.4", "L26.5")
@given(
    programmes(
        base=st.just((Base("spend"),)),
        tiers=spend_tiers(),
        rewards=REWARDS,
        currency=st.sampled_from(("CNY", "JPY", "KWD")),
    ),
    plain_patterns(),
    st.integers(0, 9),
)
def test_spend_reaches_and_keeps_tiers_by_their_thresholds(
    programme: Programme, pattern: Pattern, grace: int
) -> None:
    """Where tiers count spend, the sums are the entry and what keeps the tier; 0 for life."""
    if programme.tiers.window.least_days > grace:
        graceful = attrs.evolve(programme.tiers, grace_days=grace)
        programme = attrs.evolve(programme, tiers=graceful)
    told = only(programme, pattern).tiers
    for_life = programme.tiers.window.lifetime
    for figures, tier in zip(told, programme.tiers.ladder, strict=True):
        assert figures.tier == tier.id
        assert figures.to_reach.amount == tier.entry.spend
        assert figures.to_keep.amount == (0 if for_life else tier.kept_by.spend)
        off = [b.value for b in tier.benefits if b.kind is BenefitKind.DISCOUNT]
        assert figures.discount == max(off, default=0)


@rule("L26.4", "L26.6")
@FEW
@given(programmes(**IN_SHANGHAI).filter(lambda programme: programme.tiers), patterns())
def test_along_a_pattern_a_tier_is_reached_when_it_is(
    programme: Programme, pattern: Pattern
) -> None:
    """The sum told reaches the tier along the pattern, a minor unit less does not; or none does."""
    for rank, figures in enumerate(only(programme, pattern).tiers):
        for less in (0, 1):
            life = Life(programme, pattern)
            left = inf if figures.to_reach is None else figures.to_reach.minor - less
            for day, basket in pattern.between(pattern.first, pattern.last):
                amount = min(left, minor(basket, programme))
                if amount > 0:
                    life.buys(basket, int(amount), day)
                left -= amount
            ever = {e.after for e in life.history.events if hasattr(e, "after")}
            reached = any(programme.tiers.rank(tier) >= rank for tier in ever) or not rank
            if figures.to_reach is None:
                assert not reached
            elif figures.to_reach.minor:
                assert reached is not bool(less)
            else:
                assert reached


@rule("L26.5")
@FEW
@given(
    st.integers(1, 300),
    st.integers(1, 300),
    st.sampled_from((10, 30, 90)),
    st.integers(1, 120),
)
def test_a_habit_keeps_a_tier_or_not(entry: int, keep: int, days: int, weekly: int) -> None:
    """Along a pattern a tier is kept if what is spent within the period is what keeps it."""
    keep = min(entry, keep)
    programme = shop(
        tiers={
            "window": {"rolling_days": days},
            "ladder": [{"id": "basic"}, {"id": "gold", "entry": entry, "keep": keep}],
        }
    )
    habit = Habit(Basket(weekly), "FREQ=WEEKLY;BYDAY=TU")  # DAY is a Tuesday
    gold = only(programme, Pattern(DAY, DAY + timedelta(days=100), [habit])).tiers[1]
    in_stretch = sum(1 for n in range(days, 2 * days) if n % 7 == 0) * weekly
    if in_stretch >= keep:
        assert gold.to_keep.amount == keep
    else:
        assert gold.to_keep is None


@rule("L26.6")
@given(st.integers(0, 50), st.integers(1, 100), st.booleans())
def test_what_cannot_be_reached_has_no_figure(cap: int, price: int, offered: bool) -> None:
    """No sum earns more than the cap; a programme without rewards has no first one."""
    rewards = [{"id": "mug", "points": price}] if offered else []
    told = only(shop(caps=[{"id": "cap", "points": cap}], rewards=rewards), Pattern.plain(DAY))
    if offered and price <= cap:
        assert told.to_first_reward.amount == price
    else:
        assert told.to_first_reward is None
    assert told.first_reward == ("mug" if offered else "")
    assert told.tiers == ()


def _better(programme: Programme, what: str, by: int) -> Programme:
    """Make a programme more generous."""
    tiers = programme.tiers
    match what:
        case "rate":
            first, *rest = programme.base
            rate = first.points_per_unit * (100 + by) / 100
            return attrs.evolve(programme, base=(attrs.evolve(first, points_per_unit=rate), *rest))
        case "multiplier":
            more = Multiplier("more", 1 + Decimal(by) / 100, group="more")
            return attrs.evolve(programme, multipliers=(*programme.multipliers, more))
        case "caps":
            return attrs.evolve(programme, caps=())
        case "reward":
            cheaper = [attrs.evolve(r, points=max(1, r.points - by)) for r in programme.rewards]
            return attrs.evolve(programme, rewards=tuple(cheaper))
        case "life":
            return attrs.evolve(programme, expiry=Expiry())
        case _:
            if tiers is None:
                return programme
            part = Decimal(100 - by % 60) / 100

            def eased_to(goal: Any) -> Decimal:
                return int(goal.spend * part * 100) / Decimal(100)

            ladder = [
                attrs.evolve(t, entry=eased_to(t.entry), keep=eased_to(t.kept_by))
                for t in tiers.ladder[1:]
            ]
            for sums in ([t.entry.spend for t in ladder], [t.kept_by.spend for t in ladder]):
                assume(len(set(sums)) == len(sums) and 0 not in sums)
            eased = attrs.evolve(tiers, ladder=(tiers.ladder[0], *ladder))
            return attrs.evolve(programme, tiers=eased)


def _spend(money: Money | None) -> float:
    return inf if money is None else money.minor


IMPROVEMENTS = ("rate", "multiplier", "caps", "reward", "life", "tiers")


@rule("L26.7")
@given(
    programmes(
        currency=st.just("CNY"), tiers=st.none() | spend_tiers(), rewards=REWARDS, **IN_SHANGHAI
    ),
    patterns() | plain_patterns(),
    st.sampled_from(IMPROVEMENTS),
    st.integers(1, 300),
)
def test_more_generous_never_compares_worse(
    programme: Programme, pattern: Pattern, what: str, by: int
) -> None:
    """More points, cheaper rewards and lower thresholds never give less or ask for more."""
    # A rule may favour the lower tiers: then rising early costs points.
    assume("InTier" not in repr(programme) and "MULTIPLIER" not in repr(programme))
    better = _better(programme, what, by)
    one, other = (only(each, pattern) for each in (programme, better))
    assert other.reward_per_100 >= one.reward_per_100
    assert _spend(other.to_first_reward) <= _spend(one.to_first_reward)
    for before, after in zip(one.tiers, other.tiers, strict=True):
        assert _spend(after.to_reach) <= _spend(before.to_reach)
        assert _spend(after.to_keep) <= _spend(before.to_keep)
    dearer = only(programme, pattern, Valuation(per_point="0.02"))
    assert dearer.reward_per_100 == 2 * one.reward_per_100


def scaled(currency: str, unit: int, drawn: dict[str, int]) -> Programme:
    """Give one programme in money of which so much is one yuan."""
    return programme_from(
        {
            "name": currency,
            "currency": currency,
            "timezone": "Asia/Shanghai",
            "base": [{"id": "spend", "points_per_unit": str(Decimal(drawn["rate"]) / 100 / unit)}],
            "bonuses": [{"id": "each", "points": 7, "every": str(drawn["every"] * unit)}],
            "multipliers": [
                {"id": "big", "factor": 2, "when": {"basket_from": str(drawn["basket"] * unit)}}
            ],
            "payments": [{"id": "pay", "points_per_unit": str(Decimal(drawn["pay"]) / unit)}],
            "rewards": [{"id": "mug", "points": drawn["mug"]}] if drawn["mug"] % 4 else [],
            "tiers": {
                "window": {"rolling_days": drawn["days"]},
                "ladder": [
                    {"id": "basic"},
                    {"id": "gold", "entry": str(drawn["gold"] * unit), "keep": str(unit)},
                ],
            },
        }
    )


SCALED = st.fixed_dictionaries(
    {
        "rate": st.integers(1, 500),
        "every": st.integers(1, 900),
        "basket": st.integers(1, 900),
        "pay": st.integers(1, 500),
        "mug": st.integers(1, 5000),
        "days": st.integers(1, 400),
        "gold": st.integers(1, 9000),
    }
)


@rule("L26.8")
@given(SCALED, st.integers(1, 5000), st.booleans())
def test_the_unit_of_money_makes_no_difference(
    drawn: dict[str, int], amount: int, habit: bool
) -> None:
    """A programme stated in another unit of money, at the rate between the two, is the same."""
    yuan, yen = scaled("CNY", 1, drawn), scaled("JPY", 100, drawn)
    pattern = Pattern.plain(DAY, amount)
    if habit:
        last = DAY + timedelta(days=70)
        pattern = Pattern(DAY, last, [Habit(Basket(amount), "FREQ=MONTHLY;BYMONTHDAY=12")])
    told = compare(Contender(yuan), Contender(yen), pattern=pattern, rates={"JPY": "0.01"})
    mine, theirs = told.profiles
    assert theirs.reward_per_100 == mine.reward_per_100
    assert theirs.value_of_point == 100 * mine.value_of_point
    assert _same(told)
    for figures, others in zip(mine.tiers, theirs.tiers, strict=True):
        assert _spend(figures.to_reach) == _spend(others.to_reach)
        assert _spend(figures.to_keep) == _spend(others.to_keep)


def _same(told: Comparison) -> bool:
    (difference,) = told.differences
    return not (
        difference.reward_per_100
        or difference.to_first_reward
        or any(s.reward_per_100 or s.to_reach or s.to_keep for s in difference.steps)
    )


@rule("L26.9")
@FEW
@given(
    programmes(currency=st.just("CNY"), rewards=REWARDS),
    programmes(currency=st.just("CNY"), rewards=REWARDS),
    patterns() | plain_patterns(),
)
def test_differences_turn_round(one: Programme, other: Programme, pattern: Pattern) -> None:
    """Equal programmes differ in nothing, and differences the other way round are negated."""
    ours, theirs = Contender(one, CENT), Contender(other, CENT)
    assert _same(compare(ours, ours, pattern=pattern))
    (there,) = compare(ours, theirs, pattern=pattern).differences
    back, same = compare(theirs, ours, theirs, pattern=pattern).differences
    assert there.reward_per_100 == -back.reward_per_100
    assert there.to_first_reward == _minus(back.to_first_reward)
    for step, turned in zip(there.steps, back.steps, strict=True):
        assert (step.ours, step.theirs) == (turned.theirs, turned.ours)
        assert step.reward_per_100 == -turned.reward_per_100
        assert step.to_reach == _minus(turned.to_reach)
        assert step.to_keep == _minus(turned.to_keep)
    assert same.reward_per_100 == 0
    told = compare(ours, theirs, pattern=pattern)
    assert str(told) == told.table()


def _minus(number: Fraction | None) -> Fraction | None:
    return None if number is None else -number


@rule("L26.10")
@given(st.sampled_from(("EUR", "JPY", "KWD")), st.integers(1, 10**6), st.integers(1, 900))
def test_currencies_need_a_rate(code: str, rate: int, price: int) -> None:
    """Without a rate programmes of two currencies are refused; with one money converts exactly."""
    ours = Contender(shop(rewards=[{"id": "mug", "points": 100}]), CENT)
    theirs = Contender(shop(currency=code, rewards=[{"id": "cup", "points": price}]), CENT)
    pattern = Pattern.plain(DAY)
    with pytest.raises(InvalidValue, match=f"what 1 {code} is worth in CNY"):
        compare(ours, theirs, pattern=pattern)
    worth = Decimal(rate) / 1000
    told = compare(ours, theirs, pattern=pattern, rates={code: worth})
    asked = told.profiles[1].to_first_reward
    assert asked.currency == code
    (difference,) = told.differences
    assert difference.to_first_reward == Fraction(asked.amount) * Fraction(worth) - 100


def test_what_cannot_be_compared_is_refused() -> None:
    """Each refusal names what is wrong."""
    ours, plain = Contender(shop(), CENT), Pattern.plain(DAY)
    for rates in ({"EUR": 0}, {"EUR": -1}, {"CNY": 2}, {"XXX": 1}, {"EUR": 0.5}):
        with pytest.raises(InvalidValue):
            compare(ours, pattern=plain, rates=rates)
    with pytest.raises(InvalidValue, match="has no rewards"):
        only(shop(), plain, Valuation(rewards={"mug": 1}))
    for build in (
        lambda: Pattern.plain(DAY, 0),
        lambda: Pattern(DAY, DAY, [Habit(Basket(1), "FREQ=MONTHLY;BYMONTHDAY=11")]),
        lambda: Pattern(DAY, date(2026, 3, 9), [Habit(Basket(1), "FREQ=DAILY")]),
        lambda: Pattern(DAY, date(2126, 3, 9), [Habit(Basket(1), "FREQ=DAILY")]),
        lambda: Pattern(DAY, DAY, []),
        lambda: Valuation(per_point=1, rewards={"mug": 1}),
        lambda: Valuation(per_point=-1),
        lambda: Habit(Basket(1), "FREQ=HOURLY"),
    ):
        with pytest.raises(InvalidDocument):
            build()
