"""Strategies for what earns: conditions, base rules, bonuses, multipliers, caps, behaviours."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loyalcore.loyalty import (
    AllOf,
    AnyOf,
    Base,
    BasketFrom,
    Behaviour,
    BirthdaySpan,
    Bonus,
    Cap,
    Clawback,
    Condition,
    During,
    FirstPurchase,
    InCategory,
    InChannel,
    InHours,
    InStore,
    InTier,
    InvalidReferral,
    Limit,
    LimitPeriod,
    Multiplier,
    Not,
    OfSku,
    OnAnniversary,
    OnBirthday,
    Per,
    Recurs,
    Referral,
    ReferralWhen,
    ReturnedReferral,
    Subject,
)
from loyalcore.timing import Cycle, Length, MonthDay

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
    both = st.builds(lambda one, more: (one, *more), general, few(special, 1))
    return both | few(special, 2, fewest=1)


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


def few(rules: SearchStrategy[Any], most: int, fewest: int = 0) -> SearchStrategy[tuple[Any, ...]]:
    """Draw some rules, each with an id of its own."""
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


def referrals() -> SearchStrategy[tuple[Referral, tuple[Behaviour, ...]]]:
    """Draw what bringing a friend gives, with the behaviours that it names."""
    limits = st.builds(Limit, times=st.integers(1, 2), per=st.sampled_from(LimitPeriod))
    sides = st.tuples(
        st.builds(
            Behaviour,
            st.just("invite"),
            st.integers(1, 500),
            st.lists(limits, max_size=1).map(tuple),
        ),
        st.builds(Behaviour, st.just("invited"), st.integers(1, 500)),
    )
    some = sides | sides.map(lambda both: both[:1]) | sides.map(lambda both: both[1:])
    policies = {
        "invalid": st.just(InvalidReferral.NOTED),
        "returned": st.sampled_from(ReturnedReferral),
    }
    joining = st.fixed_dictionaries(policies)
    purchase = st.fixed_dictionaries(
        policies
        | {
            "when": st.just(ReferralWhen.FIRST_PURCHASE),
            "least": st.sampled_from((0, 1, 200)),
            "within": st.none() | st.sampled_from((0, 1, 40)).map(lambda days: Length(days=days)),
        }
    )
    return st.builds(_referral, some, joining | purchase | purchase)


def _referral(
    behaviours: tuple[Behaviour, ...], policies: dict[str, Any]
) -> tuple[Referral, tuple[Behaviour, ...]]:
    ids = {rule.id for rule in behaviours}
    sides = {"referrer": "invite", "joiner": "invited"}
    named: dict[str, Any] = {side: id_ for side, id_ in sides.items() if id_ in ids}
    return Referral(**named, **policies), behaviours
