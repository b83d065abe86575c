"""Find what is wrong between the parts of a programme.

Each looks at parts that may have holes, where a file has mistakes, and finds what it can.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from loyalcore.decimals import whole_units
from loyalcore.errors import InvalidValue, Mistake
from loyalcore.forms import Unknown, readable, where_known
from loyalcore.loyalty.programme.benefits import BenefitKind
from loyalcore.loyalty.programme.entitlements import Entitlement, Grant
from loyalcore.loyalty.programme.inactivity import Inactivity
from loyalcore.loyalty.programme.measures import ALWAYS, BEHAVIOUR, Goal
from loyalcore.loyalty.programme.payments import Payment
from loyalcore.loyalty.programme.policies import Expiry
from loyalcore.loyalty.programme.rewards import Reward
from loyalcore.loyalty.programme.rules import Base, Behaviour, Bonus, Cap, Multiplier
from loyalcore.loyalty.programme.tiers import Tier, Tiers
from loyalcore.money import minor_digits

AnyRule = Base | Bonus | Multiplier | Cap | Behaviour | Payment
Ids = Callable[[], Sequence[str]]
"""Gives ids; raises Unknown where one of them is wrong itself."""


def unknown_name(field: str, name: str, check: Callable[[str], object]) -> Iterator[Mistake]:
    """Find a currency or zone that does not exist."""
    try:
        check(name)
    except InvalidValue as error:
        yield Mistake(field, f"{name!r} is not allowed: {error.fix}")


def _twice(table: str, ids: Sequence[str]) -> Iterator[Mistake]:
    for id_ in dict.fromkeys(ids):
        if ids.count(id_) > 1:
            yield Mistake(table, f"the id {id_!r} stands {ids.count(id_)} times")


def reward_mistakes(rewards: Sequence[Reward], tiers: Ids) -> Iterator[Mistake]:
    """Find rewards of one id, and tiers that there are not."""
    yield from _twice("rewards", readable(lambda: rewards, lambda reward: reward.id))
    for place, reward in enumerate(rewards):
        with where_known():
            wanted = reward.from_tier
            if wanted is not None and wanted not in tiers():
                yield Mistake(f"rewards[{place}].from_tier", f"there is no tier {wanted!r}")


def ladder_of(tiers: Tiers | None) -> Sequence[Tier]:
    """Give the tiers, none without a ladder."""
    return tiers.ladder if tiers is not None else ()


def entitlement_mistakes(entitlements: Sequence[Entitlement]) -> Iterator[Mistake]:
    """Find entitlements of one id."""
    return _twice("entitlements", readable(lambda: entitlements, lambda each: each.id))


def grant_mistakes(grants: Sequence[Grant], tables: Mapping[str, Ids]) -> Iterator[Mistake]:
    """Find grants of one id, and grants of what there is not.

    Args:
        grants: of the programme.
        tables: the ids that there are, by table.
    """
    yield from _twice("grants", readable(lambda: grants, lambda grant: grant.id))
    for place, grant in enumerate(grants):
        with where_known():
            named = [grant.entitlement]
            yield from _missing(f"grants[{place}].entitlement", "entitlements", tables, named)
        with where_known():
            table = _TABLE.get(grant.on.value.partition("_")[0], "")
            if table:
                yield from _missing(f"grants[{place}].of", table, tables, grant.of)


def _missing(
    path: str, table: str, tables: Mapping[str, Ids], names: Iterable[str]
) -> Iterator[Mistake]:
    for name in names:
        if name not in tables[table]():
            yield Mistake(path, f"there is no {name!r} among the {table}")


_TABLE = {"behaviour": "behaviours", "reward": "rewards", "tier": "tiers"}


def warning_mistakes(warn_days: Sequence[int]) -> list[Mistake]:
    """Find warnings at no sound distance, or twice."""
    return [
        Mistake(f"warn_days[{place}]", text)
        for place, days in enumerate(warn_days)
        if (text := _warning_mistake(warn_days, place, days))
    ]


def _warning_mistake(warn_days: Sequence[int], place: int, days: int) -> str:
    if isinstance(days, bool) or not 1 <= days <= 366:
        return f"{days}: give 1 to 366 days"
    return f"{days} stands twice" if days in warn_days[:place] else ""


def idle_behaviours(inactivity: Inactivity | None, known: Ids) -> Iterator[Mistake]:
    """Find behaviours that would keep points alive and that there are not."""
    for place, id_ in enumerate(inactivity.behaviours if inactivity is not None else ()):
        if id_ not in known():
            yield Mistake(f"inactivity.behaviours[{place}]", f"there is no behaviour {id_!r}")


def idle_too_soon(inactivity: Inactivity | None, expiry: Expiry) -> Iterator[Mistake]:
    """Find inactivity that ends points before they begin."""
    if inactivity is not None and inactivity.after.least_days < expiry.pending.most_days:
        text = "points would go before they can be spent: give a longer time"
        yield Mistake("inactivity.after", text)


def taken_ids(rules: Mapping[str, Callable[[], Sequence[AnyRule]]], brought: Ids) -> list[Mistake]:
    """Find ids that more than one rule has.

    Args:
        rules: by table.
        brought: the ids of the multipliers that tiers bring.
    """
    ids = [(table, id_) for table, rows in rules.items() for id_ in readable(rows, _id)]
    ids += [("multipliers", id_) for id_ in readable(brought, str)]
    taken = Counter(id_ for _, id_ in ids)
    return [
        Mistake(table, f"the id {id_!r} stands {taken[id_]} times: give each rule its own")
        for table, id_ in dict.fromkeys(ids)
        if taken[id_] > 1
    ]


def _id(rule: Any) -> str:
    id_: str = rule.id
    return id_


def brought_by(tiers: Tiers | None) -> list[str]:
    """Give the ids of the multipliers that tiers bring, those that can be read."""
    benefits = [
        benefit
        for some in readable(lambda: ladder_of(tiers), lambda tier: tier.benefits)
        for benefit in some
    ]
    kinds = readable(lambda: benefits, lambda one: (one.id, one.kind))
    return [id_ for id_, kind in kinds if kind is BenefitKind.MULTIPLIER]


def groups_of(multipliers: Sequence[Multiplier], tiers: Tiers | None) -> set[str]:
    """Give the groups that multipliers are in.

    Raises:
        Unknown: one of them is wrong itself.
    """
    benefits = [benefit for tier in ladder_of(tiers) for benefit in tier.benefits]
    own = {one.group for one in benefits if one.kind is BenefitKind.MULTIPLIER}
    return own | {rule.group for rule in multipliers}


def stacking_mistakes(
    stacking: Mapping[str, Any], groups: Callable[[], Iterable[str]]
) -> Iterator[Mistake]:
    """Find groups that no multiplier is in."""
    for group in stacking.keys() - groups():
        yield Mistake(f"earning.stacking.{group}", f"no multiplier is in group {group!r}")


def threshold_mistakes(
    tiers: Tiers | None, behaviours: Ids, currency: Callable[[], str]
) -> Iterator[Mistake]:
    """Find thresholds of measures that there are not, or finer than what is measured.

    Args:
        tiers: whose.
        behaviours: the ids that there are.
        currency: its code; raises Unknown where it is wrong itself.
    """
    for place, tier in enumerate(ladder_of(tiers)):
        with where_known():
            text = "" if tier.sale is None else too_fine(tier.sale.fee, currency())
            if text:
                yield Mistake(f"tiers.ladder[{place}].sale.fee", text)
        for field, measure, amount in _amounts(tier):
            with where_known():
                text = _threshold_mistake(tiers, measure, amount, behaviours, currency)
                if text:
                    yield Mistake(f"tiers.ladder[{place}].{field}", text)


def _amounts(tier: Tier) -> Iterator[tuple[str, str, Decimal]]:
    """Give (field, measure, amount) of what a tier asks for, as far as it can be read."""
    for field in ("entry", "keep"):
        with where_known():
            goal: Goal | None = getattr(tier, field)
            for table in ("all", "any") if goal is not None else ():
                with where_known():
                    for measure, amount in getattr(goal, table).items():
                        yield field, measure, amount


def _threshold_mistake(
    tiers: Any, measure: str, amount: Decimal, behaviours: Ids, currency: Callable[[], str]
) -> str:
    if measure not in ALWAYS:
        known = [*ALWAYS, *(BEHAVIOUR + id_ for id_ in behaviours())]
        known += [own.id for own in tiers.measures]
        if measure not in known:
            return f"there is no measure {measure!r}: there are {', '.join(known)}"
    if tiers.is_money(measure):
        return too_fine(amount, currency())
    return "" if whole_units(amount, 0) is not None else f"{amount} {measure}: give a whole number"


def too_fine(amount: Decimal, currency: str) -> str:
    """Say that an amount is finer than money is; "" where it is not.

    Raises:
        Unknown: there is no such currency.
    """
    try:
        digits = minor_digits(currency)
    except InvalidValue:
        raise Unknown from None
    fits = whole_units(amount, digits) is not None
    return "" if fits else f"{amount} is finer than {currency} is"
