"""Strategies for programmes: rules, conditions, expiry, tiers."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from loyalcore.loyalty import (
    Activity,
    AllOf,
    AnyOf,
    Base,
    BasketFrom,
    Behaviour,
    Benefit,
    BenefitKind,
    BirthdaySpan,
    Bonus,
    Cap,
    Clawback,
    Condition,
    Counted,
    Crossing,
    Discounts,
    During,
    Earning,
    Expiry,
    Fall,
    FirstPurchase,
    Goal,
    Inactivity,
    InCategory,
    InChannel,
    InHours,
    InStore,
    InTier,
    Kind,
    Lapsed,
    LateFacts,
    Limit,
    LimitPeriod,
    Measure,
    Multiplier,
    Not,
    Occasion,
    OfSku,
    OnAnniversary,
    OnBirthday,
    Payment,
    Per,
    Programme,
    Recurs,
    Reward,
    RewardKind,
    Rounding,
    Sale,
    Scope,
    Shortfall,
    Stacking,
    Subject,
    Tier,
    Tiers,
    Undo,
    Undone,
    Window,
)
from loyalcore.testing.entitlements import entitlements, grants
from loyalcore.timing import Cycle, LeapDay, Length, MonthDay

ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Australia/Lord_Howe",
)
"""Zones with no clock changes, with one at 2 o'clock, at midnight, by half an hour, by a day."""

SKUS, CATEGORIES = ("a", "b", "c"), ("bread", "wine")
CHANNELS, STORES = ("", "web"), ("", "bund")
BEHAVIOURS = ("share", "review", "register")
MUCH = ("spend", "points", "flown")
TIERS = ("member", "silver", "gold", "black")
HOURS = ("16:00-18:00", "22:00-06:00", "12:30-24:00")

FIRST_DAY, LAST_DAY = date(2010, 1, 1), date(2030, 12, 31)


def days(first: date = FIRST_DAY, last: date = LAST_DAY) -> SearchStrategy[date]:
    """Draw local dates."""
    return st.dates(first, last)


def month_days() -> SearchStrategy[MonthDay]:
    """Draw birthdays, 29 February among them more often than among people."""
    leap = st.just(MonthDay(2, 29))
    return leap | st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(
        lambda day: MonthDay(day.month, day.day)
    )


def recurrences() -> SearchStrategy[str]:
    """Draw RFC 5545 rules of whole days that need no start."""
    weekdays = st.sampled_from(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))
    numbers = st.integers(1, 31) | st.integers(-3, -1)
    return (
        st.just("FREQ=DAILY")
        | weekdays.map("FREQ=WEEKLY;BYDAY={}".format)
        | numbers.map("FREQ=MONTHLY;BYMONTHDAY={}".format)
        | st.builds("FREQ=MONTHLY;BYDAY={}{}".format, st.sampled_from((1, 4, -1)), weekdays)
        | st.builds(
            "FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}".format, st.integers(1, 12), st.integers(1, 28)
        )
    )


def _simple_conditions() -> SearchStrategy[Condition]:
    spans = st.tuples(days(), days()).map(sorted)
    some_categories = st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=2, unique=True)
    return st.one_of(
        some_categories.map(lambda names: InCategory(tuple(names))),
        st.sampled_from(SKUS).map(lambda sku: OfSku((sku,))),
        st.just(InChannel(("web",))),
        st.just(InStore(("bund",))),
        st.sampled_from(BirthdaySpan).map(OnBirthday),
        st.sampled_from(BirthdaySpan).map(OnAnniversary),
        st.sampled_from(TIERS).map(lambda tier: InTier((tier,))),
        st.booleans().map(FirstPurchase),
        st.integers(0, 2000).map(BasketFrom),
        st.sampled_from(HOURS).map(InHours),
        recurrences().map(Recurs),
        spans.map(lambda span: During(span[0], span[1])),
    )


def conditions(leaves: int = 3) -> SearchStrategy[Condition]:
    """Draw conditions, nested by all, any and not."""
    return st.recursive(
        _simple_conditions(),
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, max_size=2).map(lambda some: AllOf(tuple(some))),
            st.lists(inner, max_size=2).map(lambda some: AnyOf(tuple(some))),
        ),
        max_leaves=leaves,
    )


def factors(smallest: int = 100, largest: int = 400) -> SearchStrategy[Decimal]:
    """Draw factors; the bounds are in hundredths."""
    return st.integers(smallest, largest).map(lambda hundredths: Decimal(hundredths) / 100)


def base_rules() -> SearchStrategy[tuple[Base, ...]]:
    """Draw base rules; mostly one of them covers every line."""
    general = st.builds(Base, id=st.just("spend"), points_per_unit=factors(1, 300))
    special = st.builds(
        Base,
        id=st.sampled_from(("base-1", "base-2")),
        points_per_unit=factors(1, 300),
        per=st.sampled_from((Per.MONEY, Per.MONEY, Per.PIECE)),
        when=conditions(2),
        priority=st.integers(0, 1),
    )
    both = st.builds(lambda one, more: (one, *more), general, _few(special, 1))
    return both | _few(special, 2, fewest=1)


def multipliers(**fixed: SearchStrategy[Any]) -> SearchStrategy[Multiplier]:
    """Draw multipliers of one or two groups."""
    fields: dict[str, SearchStrategy[Any]] = {
        "id": st.sampled_from(("mult-1", "mult-2", "mult-3")),
        "factor": factors(),
        "when": st.none() | conditions(),
        "group": st.sampled_from(("campaigns", "partners")),
        "subject": st.sampled_from(Subject),
        "priority": st.integers(0, 1),
    }
    return st.builds(Multiplier, **(fields | fixed))


def bonuses() -> SearchStrategy[Bonus]:
    """Draw bonuses, for an order or for each full amount of it."""
    fields: dict[str, SearchStrategy[Any]] = {
        "id": st.sampled_from(("bonus-1", "bonus-2")),
        "points": st.integers(1, 300),
        "when": st.none() | conditions(2),
        "priority": st.integers(0, 1),
    }
    each = st.builds(
        Bonus,
        **fields,
        every=factors(100, 50_000),
        most=st.none() | st.integers(1, 3),
        returns=st.sampled_from(Clawback),
    )
    return st.builds(Bonus, **fields) | each


def _few(rules: SearchStrategy[Any], most: int, fewest: int = 0) -> SearchStrategy[tuple[Any, ...]]:
    drawn = st.lists(rules, min_size=fewest, max_size=most, unique_by=lambda rule: rule.id)
    return drawn.map(tuple)


def caps() -> SearchStrategy[Cap]:
    """Draw caps for an order or for a calendar period."""
    return st.builds(
        Cap,
        id=st.sampled_from(("cap-1", "cap-2")),
        points=st.integers(0, 2000),
        per=st.none() | st.sampled_from(Cycle),
    )


def behaviours() -> SearchStrategy[Behaviour]:
    """Draw behaviours: with up to two limits, or given on joining."""
    limits = st.builds(Limit, times=st.integers(1, 3), per=st.sampled_from(LimitPeriod))
    told = st.builds(
        Behaviour,
        id=st.sampled_from(BEHAVIOURS),
        points=st.integers(1, 500),
        limits=st.lists(limits, max_size=2).map(tuple),
    )
    given = st.builds(
        Behaviour, st.sampled_from(BEHAVIOURS), st.integers(1, 500), on_joining=st.just(True)
    )
    return st.one_of(told, told, given)


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
    return _few(discount | multiplier | other, 2)


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
    return _few(drawn, 2)


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
        "bonuses": _few(bonuses(), 2),
        "multipliers": _few(multipliers(), 3),
        "behaviours": _few(behaviours(), 2),
        "caps": _few(caps(), 2),
        "entitlements": _few(entitlements(), 2),
        "expiry": expiries(),
        "warn_days": st.lists(st.integers(1, 40), max_size=2, unique=True).map(tuple),
        "inactivity": st.none() | st.none() | inactivities(),
        "tiers": st.none() | tiers(),
        "payments": _few(payments(), 2),
        "rewards": _few(rewards(), 2),
        "undo": undos(),
        "authorities": st.fixed_dictionaries(
            {}, optional={"clerk": st.integers(0, 300), "manager": st.integers(0, 900)}
        ),
        "shortfall": st.sampled_from(Shortfall),
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
    drawn = st.fixed_dictionaries(fields | fixed).flatmap(_granting)
    return drawn.flatmap(lambda values: st.just(Programme(**values)) if own else _stacked(values))


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
