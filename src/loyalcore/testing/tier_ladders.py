"""Strategies for tiers: ladders, windows, measures, benefits, sales."""

from collections.abc import Sequence
from decimal import Decimal

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from loyalcore.loyalty import (
    Benefit,
    BenefitKind,
    Crossing,
    Fall,
    Goal,
    Kind,
    LateFacts,
    Measure,
    Sale,
    Tier,
    Tiers,
    Undone,
    Window,
)
from loyalcore.testing.earning_rules import (
    MUCH,
    TIERS,
    conditions,
    factors,
    few,
)
from loyalcore.timing import Cycle, Length


@st.composite
def ladders(draw: DrawFn) -> tuple[Tier, ...]:
    """Draw ladders of two to four tiers, kept by as much as entered or by less."""
    entries = draw(st.lists(st.integers(1, 3000), min_size=1, max_size=3, unique=True).map(sorted))
    ladder, lowest = [Tier(TIERS[0])], 0
    for name, entry in zip(TIERS[1:], entries, strict=False):
        keep = draw(st.none() | st.integers(lowest + 1, entry))
        lowest = entry if keep is None else keep
        ladder.append(Tier(name, Decimal(entry), None if keep is None else Decimal(keep)))
    return draw(_with_benefits(ladder))


def benefits(tier: str) -> SearchStrategy[tuple[Benefit, ...]]:
    """Draw what a tier gives; each multiplier has an id of its own."""
    discount = st.integers(1, 100).map(
        lambda percent: Benefit("price", BenefitKind.DISCOUNT, Decimal(percent))
    )
    multiplier = st.builds(
        Benefit,
        id=st.just(f"{tier}-points"),
        kind=st.just(BenefitKind.MULTIPLIER),
        value=factors(),
        when=st.none() | st.none() | conditions(2),
        group=st.sampled_from(("tiers", "campaigns")),
    )
    other = st.sampled_from((BenefitKind.SERVICE, BenefitKind.FREE_SHIPPING)).map(
        lambda kind: Benefit(kind.value, kind)
    )
    return few(discount | multiplier | other, 2)


def _with_benefits(ladder: Sequence[Tier]) -> SearchStrategy[tuple[Tier, ...]]:
    """Draw benefits for some steps of a ladder."""
    each = st.tuples(
        *(st.tuples(st.just(()) | benefits(tier.id), st.none() | sales()) for tier in ladder)
    )
    return each.map(
        lambda drawn: tuple(
            attrs.evolve(tier, benefits=some, sale=sale)
            for tier, (some, sale) in zip(ladder, drawn, strict=True)
        )
    )


def sales() -> SearchStrategy[Sale]:
    """Draw terms on which a tier is sold."""
    lengths = st.builds(Length, days=st.integers(1, 40)) | st.builds(
        Length, months=st.integers(1, 13)
    )
    return st.builds(
        Sale,
        fee=st.integers(1, 400).map(Decimal),
        term=lengths,
        renew_days=st.none() | st.integers(1, 20),
        whole_days=st.sampled_from((0, 0, 1, 14)),
        pro_rata=st.booleans(),
    )


def windows() -> SearchStrategy[Window]:
    """Draw windows: a calendar period, rolling days, the member's own years, all of a life."""
    calendar = st.sampled_from((Cycle.MONTH, Cycle.QUARTER, Cycle.YEAR)).map(Window)
    rolling = st.integers(1, 400).map(lambda n: Window(rolling_days=n))
    rest = st.sampled_from((Window(anniversary=True), Window(lifetime=True)))
    return calendar | rolling | rest


def measures() -> SearchStrategy[tuple[Measure, ...]]:
    """Draw measures beside those that there always are."""
    drawn = st.builds(
        Measure,
        id=st.sampled_from(("flown", "nights")),
        of=st.sampled_from(Kind),
        when=st.none() | conditions(2),
    )
    return few(drawn, 2)


@st.composite
def measured_ladders(draw: DrawFn, also: tuple[str, ...] = ()) -> tuple[Tier, ...]:
    """Draw ladders over several measures, all or any of them, each step harder.

    Args:
        draw: given by hypothesis.
        also: measures that there are beside spend, points and orders.
    """
    known = ("spend", "points", "orders", *also)
    chosen = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
    cut = draw(st.integers(0, len(chosen)))

    def goal(amounts: dict[str, int]) -> Goal:
        all_ = {name: Decimal(amounts[name]) for name in chosen[:cut]}
        return Goal(all_, {name: Decimal(amounts[name]) for name in chosen[cut:]})

    ladder, lowest = [Tier(TIERS[0])], dict.fromkeys(chosen, 0)
    entry = dict.fromkeys(chosen, 0)
    for name in TIERS[1 : draw(st.integers(2, len(TIERS)))]:
        entry = {
            measure: before + draw(st.integers(1, 900 if measure in MUCH else 2))
            for measure, before in entry.items()
        }
        lowest = {m: draw(st.integers(low + 1, entry[m])) for m, low in lowest.items()}
        if draw(st.booleans()):
            lowest = entry
        keep = None if lowest == entry else goal(lowest)
        ladder.append(Tier(name, goal(entry), keep))
    return draw(_with_benefits(ladder))


def spend_tiers() -> SearchStrategy[Tiers]:
    """Draw tiers over spend alone."""
    return st.builds(Tiers, window=windows(), ladder=ladders(), fall=st.sampled_from(Fall))


@st.composite
def measured_tiers(draw: DrawFn, also: tuple[str, ...] = ()) -> Tiers:
    """Draw tiers over any measures, with any policies.

    Args:
        draw: given by hypothesis.
        also: measures that there are beside those that the tiers bring.
    """
    own, window = draw(measures()), draw(windows())
    names = (*also, *(measure.id for measure in own))
    days = st.just(0) | st.integers(0, min(60, max(0, window.least_days - 1)))
    return Tiers(
        window,
        draw(measured_ladders(names)),
        draw(st.sampled_from(Fall)),
        measures=own,
        grace_days=draw(days),
        warn_days=draw(days),
        crossing=draw(st.sampled_from(Crossing)),
        undone=draw(st.sampled_from(Undone)),
        late_facts=draw(st.sampled_from(LateFacts)),
        set_by=("manager",),
    )


def tiers() -> SearchStrategy[Tiers]:
    """Draw tiers, half of them over spend alone."""
    return spend_tiers() | measured_tiers()
