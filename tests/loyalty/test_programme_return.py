"""What a programme brings: members against like non-members (L21)."""

from collections import Counter
from decimal import Decimal, localcontext
from fractions import Fraction
from math import sqrt
from random import Random
from statistics import NormalDist, variance
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from loyalcore.errors import InvalidDocument, InvalidValue, NothingComparable
from loyalcore.loyalty import Basis, CustomerValue, ProgrammeReturn, programme_return
from loyalcore.testing import rule

Group = list[CustomerValue]
AMOUNTS = st.integers(-5_000, 90_000).map(lambda cents: Decimal(cents) / 100)
STRATA = st.sampled_from([("web", "new"), ("web", "old"), ("shop", "new"), ()])


@st.composite
def groups(draw: DrawFn, known: bool | None = None, fewest: int = 2) -> tuple[Group, Group]:
    """Draw members and others; there is a stratum with enough of both."""
    known = draw(st.booleans()) if known is None else known
    drawn: tuple[Group, Group] = ([], [])
    for place, group in enumerate(drawn):
        strata = [("web", "new")] * fewest + draw(st.lists(STRATA, max_size=14))
        for number, stratum in enumerate(strata):
            group.append(
                CustomerValue(
                    f"{'mo'[place]}{number}",
                    draw(AMOUNTS),
                    before=draw(AMOUNTS) if known else None,
                    strata=stratum,
                    margin=draw(st.sampled_from((Decimal(1), Decimal("0.35"), Decimal("-0.1")))),
                )
            )
    return drawn


def told(members: Group, others: Group, **options: Any) -> ProgrammeReturn:
    """Ask with small strata allowed."""
    return programme_return(members, others, **{"cost": 100, "smallest": 2, **options})


def brought(one: CustomerValue) -> Fraction:
    """Give the margin of a customer on the basis that is used."""
    before = Fraction(one.before) if one.before is not None else Fraction(0)
    return Fraction(one.margin) * (Fraction(one.after) - before)


@rule("L21.20")
@given(groups(), st.integers(2, 4), st.randoms(use_true_random=False))
def test_the_uplift_is_that_of_like_with_like(
    drawn: tuple[Group, Group], smallest: int, shuffled: Random
) -> None:
    """The differences of the means, stratum by stratum, weighted by the members: exactly."""
    members, others = drawn
    comparable = {
        stratum
        for stratum in {one.strata for one in members}
        if min(sum(one.strata == stratum for one in group) for group in drawn) >= smallest
    }
    if not comparable:
        with pytest.raises(NothingComparable):
            told(members, others, smallest=smallest)
        return
    gain, error = Fraction(0), Fraction(0)
    for stratum in comparable:
        mine = [brought(one) for one in members if one.strata == stratum]
        rest = [brought(one) for one in others if one.strata == stratum]
        of_mine, of_rest = (sum(values, Fraction(0)) / len(values) for values in (mine, rest))
        gain += len(mine) * (of_mine - of_rest)
        spread = variance(mine) / len(mine) + variance(rest) / len(rest)
        error += Fraction(len(mine) ** 2 * spread)
    count = sum(one.strata in comparable for one in members)
    with localcontext(prec=3):
        result = told(members, others, smallest=smallest)
    assert (result.gain, result.margin.per_member) == (gain, gain / count)
    assert result.margin.standard_error == pytest.approx(sqrt(error) / count)
    for group in drawn:
        shuffled.shuffle(group)
    again = told(members, others, smallest=smallest)
    assert (again.gain, again.strata, again.left_out) == (
        result.gain,
        result.strata,
        result.left_out,
    )


@rule("L21.20")
@given(groups(known=True), AMOUNTS, AMOUNTS)
def test_what_all_have_in_common_makes_no_difference(
    drawn: tuple[Group, Group], of_stratum: Decimal, of_members: Decimal
) -> None:
    """What a whole stratum brings more cancels; so does, by the change, what members always did."""
    members, others = ([attrs.evolve(one, margin=1) for one in group] for group in drawn)

    def more(group: Group, **amounts: Decimal) -> Group:
        return [
            attrs.evolve(one, **{name: getattr(one, name) + amounts[name] for name in amounts})
            for one in group
        ]

    plain = told(members, others)
    good_year = told(more(members, after=of_stratum), more(others, after=of_stratum))
    assert good_year.value.per_member == plain.value.per_member
    assert good_year.gain == plain.gain
    richer = told(more(members, after=of_members, before=of_members), others)
    assert richer.value.per_member == plain.value.per_member + Fraction(of_members)
    assert richer.gain == plain.gain
    drawn_up = told(more(members, after=of_members), others)
    assert drawn_up.gain == plain.gain + plain.members * Fraction(of_members)


@rule("L21.21")
@given(groups(), st.integers(2, 6))
def test_small_strata_are_told(drawn: tuple[Group, Group], smallest: int) -> None:
    """Each customer is compared or counted as left out, and who is left out changes no figure."""
    members, others = drawn
    counts = [Counter(one.strata for one in group) for group in drawn]
    best = max(min(counts[0][s], counts[1][s]) for s in counts[0] | counts[1])
    if best < smallest:
        with pytest.raises(NothingComparable) as refused:
            told(members, others, smallest=smallest)
        assert (refused.value.smallest, refused.value.largest) == (smallest, best)
        return
    result = told(members, others, smallest=smallest)
    sizes = {s.stratum: (s.members, s.others) for s in (*result.strata, *result.left_out)}
    for place, count in enumerate(counts):
        assert {s: size[place] for s, size in sizes.items() if size[place]} == dict(count)
    assert all(min(s.members, s.others) >= smallest for s in result.strata)
    assert all(min(s.members, s.others) < smallest for s in result.left_out)
    kept = {s.stratum for s in result.strata}
    alone = told(*([one for one in group if one.strata in kept] for group in drawn))
    assert (alone.gain, alone.margin) == (result.gain, result.margin)
    assert str(result).count("too few") == len(result.left_out)


@rule("L21.22")
@given(groups(), st.integers(1, 10**7), st.booleans())
def test_gain_and_cost_make_the_return(
    drawn: tuple[Group, Group], cents: int, randomised: bool
) -> None:
    """The gain is the strata's differences times their members; less the cost, by the cost."""
    members, others = drawn
    cost = Decimal(cents) / 100
    result = told(members, others, cost=cost, randomised=randomised)
    assert result.gain == sum(s.members * s.difference for s in result.strata)
    assert result.return_on_cost == result.gain / Fraction(cost) - 1
    low, high = result.return_interval
    assert low - 1e-6 <= float(result.return_on_cost) <= high + 1e-6
    known = members[0].before is not None
    assert result.basis is (Basis.CHANGE if known else Basis.DIFFERENCE)
    assert (result.change is not None) is known
    net = told(*([attrs.evolve(one, margin=1) for one in group] for group in drawn))
    assert net.margin == (result.change or result.value)


@rule("L21.23")
@given(groups(), st.booleans())
def test_only_a_lot_is_causal(drawn: tuple[Group, Group], randomised: bool) -> None:
    """The result carries a plain warning, in its text too, unless who may join was drawn by lot."""
    result = told(*drawn, randomised=randomised)
    assert result.causal is randomised
    assert (result.warning is None) is randomised
    assert ("not causal" in result.table()) is not randomised


def sample(random: Random, size: int, effects: dict[str, int], selection: int) -> Any:
    """Draw both groups: members bring an effect, and had more before; values are skewed."""
    groups_: tuple[Group, Group] = ([], [])
    for place, group in enumerate(groups_):
        member = place == 0
        for number in range(size):
            stratum = "low" if number % 3 else "high"
            level = 400 if stratum == "high" else 100
            own = level + random.expovariate(1 / 80) + selection * member
            later = own + random.gauss(0, 60) + (effects[stratum] if member else 0) + 15
            values = (Decimal(round(value * 100)) / 100 for value in (later, own))
            group.append(CustomerValue(f"{place}{number}", *values, strata=(stratum,)))
    return groups_


@rule("L21.24")
@settings(max_examples=max(1, settings().max_examples // 20))
@given(st.integers(0, 10**6), st.sampled_from((0.8, 0.95)))
def test_intervals_hold_the_truth_as_often_as_they_say(seed: int, level: float) -> None:
    """Over many drawn samples the interval of the change covers what the programme brings."""
    random, held, runs = Random(seed), 0, 300
    effects = {"low": 10, "high": 40}
    truth = (40 * effects["low"] + 20 * effects["high"]) / 60
    for _ in range(runs):
        members, others = sample(random, 60, effects, selection=30)
        result = told(members, others, level=level)
        held += result.change.low <= truth <= result.change.high
    # So far off by chance about once in a hundred thousand.
    slack = 4.4 * sqrt(level * (1 - level) / runs) + 0.01
    assert abs(held / runs - level) < slack


@rule("L21.24")
@given(groups(), st.floats(0.5, 0.98))
def test_an_interval_is_as_wide_as_its_level_asks(drawn: tuple[Group, Group], level: float) -> None:
    """It lies around the figure, a normal quantile of standard errors to each side."""
    result = told(*drawn, level=level)
    quantile = NormalDist().inv_cdf(0.5 + level / 2)
    for uplift in (result.value, result.margin, result.change or result.value):
        assert uplift.level == level
        assert uplift.high - uplift.low == pytest.approx(2 * quantile * uplift.standard_error)
        assert (uplift.low + uplift.high) / 2 == pytest.approx(float(uplift.per_member), abs=1e-9)


def test_selection_misleads_the_plain_difference() -> None:
    """Who joins spent more before: only the change tells what the programme brings."""
    members, others = sample(Random(7), 3000, {"low": 10, "high": 40}, selection=30)
    result = told(members, others)
    assert 15 < float(result.change.per_member) < 25
    assert 45 < float(result.value.per_member) < 55
    assert result.basis is Basis.CHANGE


WRONG = {"cost": (0, -1, 0.5), "level": (0.0, 1.0, 1, -0.5), "smallest": (1, 2.0)}


@rule("L21.25")
@given(groups(known=True, fewest=3), st.data())
def test_what_does_not_fit_is_refused(drawn: tuple[Group, Group], data: st.DataObject) -> None:
    """A customer twice, a period before for some only, a cost or level that is none."""
    members, others = drawn
    twice = data.draw(st.sampled_from(members))
    with pytest.raises(InvalidValue, match=twice.customer):
        told(members, [*others, twice])
    gone = data.draw(st.integers(0, len(others) - 1))
    some = [attrs.evolve(o, before=None) if n == gone else o for n, o in enumerate(others)]
    with pytest.raises(InvalidValue, match="before"):
        told(members, some)
    wrong = data.draw(
        st.sampled_from(("cost", "level", "smallest")).flatmap(
            lambda name: st.tuples(st.just(name), st.sampled_from(WRONG[name]))
        )
    )
    with pytest.raises(InvalidValue, match=f"programme_return.{wrong[0]}"):
        told(members, others, **dict([wrong]))
    with pytest.raises(NothingComparable, match="coarser strata"):
        told(members, [])


def test_a_customer_is_checked() -> None:
    """Floats are no money, and a margin is a share."""
    for wrong in ({"after": 1.5}, {"before": 1.5}, {"margin": 0.3}, {"customer": ""}):
        with pytest.raises(InvalidValue):
            CustomerValue(**({"customer": "a", "after": 1} | wrong))
    with pytest.raises(InvalidDocument):
        CustomerValue("a", 1, margin="1.1")
    with pytest.raises(InvalidDocument):
        CustomerValue("a", 1, strata=(1,))
    assert CustomerValue("a", 1, strata="web").strata == ("web",)
