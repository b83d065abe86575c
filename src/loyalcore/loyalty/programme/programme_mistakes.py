"""Find what is wrong between the parts of a programme."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from loyalcore.decimals import whole_units
from loyalcore.errors import InvalidValue, Mistake
from loyalcore.loyalty.programme.inactivity import Inactivity
from loyalcore.loyalty.programme.measures import ALWAYS, BEHAVIOUR
from loyalcore.loyalty.programme.payments import Payment
from loyalcore.loyalty.programme.policies import Expiry
from loyalcore.loyalty.programme.rewards import Reward
from loyalcore.loyalty.programme.rules import Base, Behaviour, Bonus, Cap, Multiplier
from loyalcore.loyalty.programme.tiers import Tiers
from loyalcore.money import minor_digits
from loyalcore.timing import zone

AnyRule = Base | Bonus | Multiplier | Cap | Behaviour | Payment


def unknown_names(data: dict[str, Any]) -> list[Mistake]:
    """Find a currency or zone that does not exist; what is no string is found elsewhere."""
    mistakes = []
    for field, check in (("currency", minor_digits), ("timezone", zone)):
        value = data.get(field)
        try:
            if isinstance(value, str):
                check(value)
        except InvalidValue as error:
            mistakes.append(Mistake(field, f"{value!r} is not allowed: {error.fix}"))
    return mistakes


def reward_mistakes(rewards: Sequence[Reward], tiers: Tiers | None) -> list[Mistake]:
    """Find rewards of one id, and tiers that there are not."""
    ids = [reward.id for reward in rewards]
    ladder = [tier.id for tier in tiers.ladder] if tiers else []
    return [
        *(
            Mistake("rewards", f"the id {id_!r} stands {ids.count(id_)} times")
            for id_ in dict.fromkeys(ids)
            if ids.count(id_) > 1
        ),
        *(
            Mistake(f"rewards[{place}].from_tier", f"there is no tier {reward.from_tier!r}")
            for place, reward in enumerate(rewards)
            if reward.from_tier is not None and reward.from_tier not in ladder
        ),
    ]


def grant_mistakes(ids: Mapping[str, Sequence[str]], grants: Sequence[Any]) -> list[Mistake]:
    """Find entitlements or grants of one id, and grants of what there is not.

    Args:
        ids: those that there are, by table; what a table that is missing here has is not known.
        grants: the id, the entitlement, the occasion and what it is of, for each; None for one
            that cannot be read.
    """
    readable = [(place, grant) for place, grant in enumerate(grants) if grant is not None]
    tables = {"entitlements": ids.get("entitlements", ()), "grants": [g[0] for _, g in readable]}
    mistakes = [
        Mistake(table, f"the id {id_!r} stands {list(found).count(id_)} times")
        for table, found in tables.items()
        for id_ in dict.fromkeys(found)
        if list(found).count(id_) > 1
    ]
    for place, (_, entitlement, on, of) in readable:
        named = [("entitlement", "entitlements", entitlement)]
        named += [("of", _TABLE.get(on.partition("_")[0], ""), name) for name in of]
        mistakes += [
            Mistake(f"grants[{place}].{field}", f"there is no {name!r} among the {table}")
            for field, table, name in named
            if table in ids and name not in ids[table]
        ]
    return mistakes


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


def inactivity_mistakes(
    inactivity: Inactivity | None, expiry: Expiry, behaviours: Sequence[Behaviour]
) -> list[Mistake]:
    """Find behaviours that there are not, and inactivity that ends points before they begin."""
    if inactivity is None:
        return []
    known = [rule.id for rule in behaviours]
    mistakes = [
        Mistake(f"inactivity.behaviours[{place}]", f"there is no behaviour {id_!r}")
        for place, id_ in enumerate(inactivity.behaviours)
        if id_ not in known
    ]
    if inactivity.after.least_days < expiry.pending.most_days:
        text = "points would go before they can be spent: give a longer time"
        mistakes.append(Mistake("inactivity.after", text))
    return mistakes


def taken_ids(
    rules: Mapping[str, Sequence[AnyRule]],
) -> list[Mistake]:
    """Find ids that more than one rule has."""
    ids = [(table, rule.id) for table, found in rules.items() for rule in found]
    taken = Counter(id_ for _, id_ in ids)
    return [
        Mistake(table, f"the id {id_!r} stands {taken[id_]} times: give each rule its own")
        for table, id_ in dict.fromkeys(ids)
        if taken[id_] > 1
    ]


def threshold_mistakes(
    tiers: Tiers, behaviours: Sequence[Behaviour], currency: str
) -> list[Mistake]:
    """Find thresholds of measures that there are not, or finer than what is measured."""
    known = [*ALWAYS, *(BEHAVIOUR + rule.id for rule in behaviours)]
    known += [measure.id for measure in tiers.measures]
    digits, mistakes = minor_digits(currency), list[Mistake]()
    for place, tier in enumerate(tiers.ladder):
        if tier.sale is not None and whole_units(tier.sale.fee, digits) is None:
            text = f"{tier.sale.fee} is finer than {currency} is"
            mistakes.append(Mistake(f"tiers.ladder[{place}].sale.fee", text))
        for field, goal in (("entry", tier.entry), ("keep", tier.keep)):
            amounts = [*goal.all.items(), *goal.any.items()] if goal else []
            for measure, amount in amounts:
                text = ""
                if measure not in known:
                    text = f"there is no measure {measure!r}: there are {', '.join(known)}"
                elif tiers.is_money(measure):
                    fine = whole_units(amount, digits) is None
                    text = f"{amount} is finer than {currency} is" if fine else ""
                elif whole_units(amount, 0) is None:
                    text = f"{amount} {measure}: give a whole number"
                if text:
                    mistakes.append(Mistake(f"tiers.ladder[{place}].{field}", text))
    return mistakes
