"""Strategies for programmes: rules, conditions, expiry, tiers."""

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loyalcore.loyalty import (
    Activity,
    Counted,
    Discounts,
    Earning,
    ExpiredPoints,
    Expiry,
    Inactivity,
    Lapsed,
    Limit,
    LimitPeriod,
    Occasion,
    Payment,
    Programme,
    Returns,
    Reward,
    RewardKind,
    Rounding,
    Scope,
    Shortfall,
    Stacking,
    Tiers,
    Undo,
)
from loyalcore.testing.earning_rules import (
    BEHAVIOURS,
    CATEGORIES,
    CHANNELS,
    FIRST_DAY,
    HOURS,
    LAST_DAY,
    MUCH,
    SKUS,
    STORES,
    TIERS,
    ZONES,
    base_rules,
    behaviours,
    bonuses,
    caps,
    conditions,
    days,
    factors,
    few,
    month_days,
    multipliers,
    recurrences,
    referrals,
)
from loyalcore.testing.entitlements import entitlements, grants
from loyalcore.testing.tier_ladders import (
    benefits,
    ladders,
    measured_ladders,
    measured_tiers,
    measures,
    sales,
    spend_tiers,
    tiers,
    windows,
)
from loyalcore.timing import Cycle, LeapDay, Length

__all__ = [
    "BEHAVIOURS",
    "CATEGORIES",
    "CHANNELS",
    "FIRST_DAY",
    "HOURS",
    "LAST_DAY",
    "MUCH",
    "SKUS",
    "STORES",
    "TIERS",
    "ZONES",
    "base_rules",
    "behaviours",
    "benefits",
    "bonuses",
    "caps",
    "conditions",
    "days",
    "expiries",
    "factors",
    "inactivities",
    "ladders",
    "measured_ladders",
    "measured_tiers",
    "measures",
    "month_days",
    "multipliers",
    "payments",
    "programmes",
    "recurrences",
    "referrals",
    "rewards",
    "sales",
    "spend_tiers",
    "tiers",
    "undos",
    "windows",
]


def expiries() -> SearchStrategy[Expiry]:
    """Draw how long points live: for ever or for some days or months, pending at first or not."""
    pending = st.integers(0, 20).map(lambda n: Length(days=n))
    lives = st.builds(Length, days=st.integers(21, 60), months=st.integers(0, 13))
    for_ever = st.builds(Expiry, pending=pending)
    return for_ever | st.builds(Expiry, lives, st.sampled_from(Cycle), pending)


def payments() -> SearchStrategy[Payment]:
    """Draw offers to pay with points."""
    return st.builds(
        Payment,
        id=st.sampled_from(("pay-1", "pay-2")),
        points_per_unit=factors(1, 300) | st.just(Decimal(100)),
        when=st.none() | st.none() | conditions(2),
        smallest=st.sampled_from((1, 1, 50)),
        steps=st.sampled_from((1, 1, 10)),
        largest_share=st.sampled_from((Decimal(1), Decimal("0.5"), Decimal("0.333"))),
        priority=st.integers(0, 1),
    )


def rewards() -> SearchStrategy[Reward]:
    """Draw rewards for everybody, some with limits, with a cost, or with days of their own."""
    limits = st.builds(Limit, times=st.integers(1, 3), per=st.sampled_from(LimitPeriod))
    return st.builds(
        Reward,
        id=st.sampled_from(("mug", "bag")),
        points=st.integers(1, 300),
        kind=st.sampled_from(RewardKind),
        first=st.none() | days(last=date(2020, 1, 1)),
        last=st.none() | days(first=date(2020, 1, 2)),
        limits=st.lists(limits, max_size=1).map(tuple),
        cost=st.none() | st.integers(0, 100_000).map(lambda n: Decimal(n).scaleb(-3)),
    )


def inactivities() -> SearchStrategy[Inactivity]:
    """Draw when the points of a member who does nothing go."""
    return st.builds(
        Inactivity,
        after=st.builds(Length, days=st.integers(21, 60), months=st.integers(0, 6)),
        end_of=st.sampled_from((Cycle.DAY, Cycle.DAY, Cycle.MONTH, Cycle.QUARTER)),
        activities=st.lists(st.sampled_from(Activity), min_size=1, max_size=4, unique=True).map(
            tuple
        ),
    )


def undos() -> SearchStrategy[Undo]:
    """Draw what comes back when a redemption is undone."""
    grace = st.integers(1, 40).map(lambda n: Undo(Lapsed.GRACE, Length(days=n)))
    return st.sampled_from((Undo(), Undo(Lapsed.REISSUE))) | grace


def programmes(**fixed: SearchStrategy[Any]) -> SearchStrategy[Programme]:
    """Draw valid programmes.

    Args:
        fixed: strategies for fields that are not to be drawn in the ordinary way.
    """
    fields: dict[str, SearchStrategy[Any]] = {
        "name": st.just("Club"),
        "currency": st.sampled_from(("CNY", "JPY", "KWD")),
        "timezone": st.sampled_from(ZONES),
        "base": base_rules(),
        "bonuses": few(bonuses(), 2),
        "multipliers": few(multipliers(), 3),
        "behaviours": few(behaviours(), 2),
        "caps": few(caps(), 2),
        "entitlements": few(entitlements(), 2),
        "expiry": expiries(),
        "warn_days": st.lists(st.integers(1, 40), max_size=2, unique=True).map(tuple),
        "inactivity": st.none() | st.none() | inactivities(),
        "tiers": st.none() | tiers(),
        "payments": few(payments(), 2),
        "rewards": few(rewards(), 2),
        "undo": undos(),
        "authorities": st.fixed_dictionaries(
            {}, optional={"clerk": st.integers(0, 300), "manager": st.integers(0, 900)}
        ),
        "shortfall": st.sampled_from(Shortfall),
        "returns": st.builds(Returns, st.sampled_from(ExpiredPoints)),
        "leap_day_birthday": st.sampled_from(LeapDay),
        "late_facts_days": st.just(90),
        "earning": st.builds(
            Earning,
            rounding=st.sampled_from(Rounding),
            scope=st.sampled_from(Scope),
            discounts=st.sampled_from(Discounts),
            tax=st.sampled_from(Counted),
            delivery=st.sampled_from(Counted),
            points_paid=st.sampled_from(Counted),
        ),
    }
    own = "earning" in fixed
    drawn = st.fixed_dictionaries(fields | fixed).flatmap(_referring)
    if not {"behaviours", "referral"}.isdisjoint(fixed):
        drawn = st.fixed_dictionaries(fields | fixed)
    drawn = drawn.flatmap(_granting)
    return drawn.flatmap(lambda values: st.just(Programme(**values)) if own else _stacked(values))


def _referring(values: dict[str, Any]) -> SearchStrategy[dict[str, Any]]:
    """Add what bringing a friend gives, if anything, with the behaviours that it names."""
    referred = referrals().map(
        lambda drawn: {
            **values,
            "referral": drawn[0],
            "behaviours": (*values["behaviours"], *drawn[1]),
        }
    )
    return st.just(values) | referred


def _granting(values: dict[str, Any]) -> SearchStrategy[dict[str, Any]]:
    """Add which of the entitlements the programme itself grants."""
    if "grants" in values or not values["entitlements"]:
        return st.just(values)
    ladder = [tier.id for tier in values["tiers"].ladder] if values["tiers"] else []
    known = {
        Occasion.BEHAVIOUR: [rule.id for rule in values["behaviours"]],
        Occasion.REWARD: [reward.id for reward in values.get("rewards", ())],
        Occasion.TIER_REACHED: ladder,
        Occasion.TIER_KEPT: ladder,
        Occasion.TIER_AT_RISK: ladder,
    }
    drawn = grants(values["entitlements"], known, conditions(2))
    return drawn.map(lambda rules: {**values, "grants": rules})


def _stacked(values: dict[str, Any]) -> SearchStrategy[Programme]:
    """Add how the groups that the multipliers have stack."""
    tiers: Tiers | None = values["tiers"]
    benefits = tiers.multipliers if tiers else ()
    groups = sorted({rule.group for rule in (*values["multipliers"], *benefits)})
    earning: Earning = values["earning"]
    stacking = st.fixed_dictionaries({group: st.sampled_from(Stacking) for group in groups})
    return stacking.map(
        lambda stacks: Programme(**{**values, "earning": attrs.evolve(earning, stacking=stacks)})
    )
