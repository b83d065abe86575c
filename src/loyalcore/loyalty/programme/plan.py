"""A programme's earning rules, laid out for judging orders."""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from math import lcm

import attrs

from loyalcore.loyalty.programme.conditions import Condition
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.rules import Base, Bonus, Multiplier, Per, Stacking, Subject


@attrs.frozen(eq=False)
class Plan:
    """A programme's rules, laid out for judging.

    Attributes:
        programme: whose they are.
        rules: in the order in which points are attributed to them.
        by_order: the conditions of those that hold for every line of an order or for none, with
            the rules' places.
        by_line: the conditions of the others.
        pieces: some of them count pieces.
    """

    programme: Programme
    rules: tuple[Base | Bonus | Multiplier, ...]
    by_order: tuple[tuple[int, Condition | None], ...]
    by_line: tuple[tuple[int, Condition], ...]
    pieces: bool


@attrs.frozen(eq=False)
class Ladder:
    """What one line's money, or its pieces, are worth, rule by rule.

    Attributes:
        steps: points for `unit` of money once a rule is counted, by the rule's place.
        worth: points for `unit` of money, all rules counted.
        unit: so much money, or so many pieces, that the points are whole.
        outbid: the rules that held and lost, with the winner.
        held: the places of all rules that held.
    """

    steps: dict[int, int]
    worth: int
    unit: int
    outbid: dict[int, str]
    held: frozenset[int]


@attrs.frozen
class ByIdentity:
    """A programme as a cache's key: this very object, whose fields would be slow to hash."""

    programme: Programme = attrs.field(eq=id)


@lru_cache(maxsize=256)
def plan_of(very: ByIdentity) -> Plan:
    """Lay out a programme's rules."""
    programme = very.programme
    base = sorted(
        programme.base, key=lambda rule: (-Fraction(rule.factor), -rule.priority, rule.id)
    )
    factors = [
        rule for rule in programme.multipliers_in_order if rule.subject is not Subject.BEHAVIOURS
    ]
    bonuses = sorted(programme.bonuses, key=lambda rule: (-rule.priority, rule.id))
    rules: tuple[Base | Bonus | Multiplier, ...] = (*base, *bonuses, *factors)
    conditions = [(place, rule.when) for place, rule in enumerate(rules)]
    return Plan(
        programme,
        rules,
        tuple((place, when) for place, when in conditions if when is None or not when.per_line),
        tuple((place, when) for place, when in conditions if when is not None and when.per_line),
        any(rule.per is Per.PIECE for rule in base),
    )


@lru_cache(maxsize=4096)
def ladder_of(plan: Plan, held: frozenset[int], below_0: bool, per: Per = Per.MONEY) -> Ladder:
    """Resolve which of the rules that hold for a line count, and for how much.

    What a coupon takes beyond its line counts at the lowest rate: no rule may lower an award.
    """
    rules = [(place, plan.rules[place]) for place in sorted(held)]
    every = [(place, rule) for place, rule in rules if isinstance(rule, Base)]
    bases = [(place, rule) for place, rule in every if rule.per is per]
    if not bases:
        return Ladder({}, 0, 1, {}, held)
    place, best = bases[-1] if below_0 else bases[0]
    worth = Fraction(best.factor)
    if below_0:
        return Ladder({place: worth.numerator}, worth.numerator, worth.denominator, {}, held)
    outbid = {other: best.id for other, _ in every if other != place}
    return _multiplied(plan, held, {place: worth}, outbid, lambda subject: subject.of_base)


@lru_cache(maxsize=4096)
def bonus_ladder(plan: Plan, place: int, held: frozenset[int]) -> Ladder:
    """Resolve what one point of a bonus becomes by the multipliers that hold for all its lines."""
    first = {place: Fraction(1)}
    return _multiplied(plan, held, first, {}, lambda subject: subject.of_bonuses)


def _multiplied(
    plan: Plan,
    held: frozenset[int],
    steps: dict[int, Fraction],
    outbid: dict[int, str],
    concerns: Callable[[Subject], bool],
) -> Ladder:
    """Add the multipliers that hold, group by group, to a ladder's first step."""
    (worth,) = steps.values()
    rules = {place: plan.rules[place] for place in sorted(held)}
    places = {rule.id: place for place, rule in rules.items()}
    factors = [
        rule for rule in rules.values() if isinstance(rule, Multiplier) and concerns(rule.subject)
    ]
    for group, members in groupby(factors, key=lambda rule: rule.group):
        candidates = list(members)
        counted = plan.programme.earning.stacking.get(group, Stacking.BEST)(candidates)
        steps |= {places[rule.id]: worth * factor for rule, factor in counted}
        winner, factor = counted[0][0], counted[-1][1]
        worth *= factor
        outbid |= {
            places[rule.id]: winner.id for rule in candidates if places[rule.id] not in steps
        }
    unit = lcm(*(step.denominator for step in steps.values()))
    whole = {place: int(step * unit) for place, step in steps.items()}
    return Ladder(whole, int(worth * unit), unit, outbid, held)
