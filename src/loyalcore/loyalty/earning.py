"""Judge a purchase: what each line and each rule earned, exactly, rounded once."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from math import lcm

import attrs

from loyalcore.loyalty.allocation import share_out
from loyalcore.loyalty.award import Award, Reason, RuleOutcome
from loyalcore.loyalty.commands import RecordPurchase
from loyalcore.loyalty.conditions import Facts
from loyalcore.loyalty.events import LineEarned
from loyalcore.loyalty.line import Line
from loyalcore.loyalty.programme import Discounts, Programme, Scope
from loyalcore.loyalty.rules import Base, Multiplier, Stacking


@attrs.frozen
class Ladder:
    """What one line's money is worth, rule by rule.

    Attributes:
        steps: (place of the rule in the plan, points for one unit of money once it is counted).
        outbid: the rules that held and lost, with the winner.
        held: the places of all rules that held.
        below_0: the line's coupon was worth more than the line.
    """

    steps: tuple[tuple[int, Fraction], ...]
    outbid: dict[int, str]
    held: frozenset[int]
    below_0: bool

    @property
    def worth(self) -> Fraction:
        """Points for one unit of money, all rules counted."""
        return self.steps[-1][1] if self.steps else Fraction(0)


def _order_of(programme: Programme) -> tuple[Base | Multiplier, ...]:
    """Give the rules in the order in which points are attributed to them."""
    base = sorted(
        programme.base, key=lambda rule: (-Fraction(rule.factor), -rule.priority, rule.id)
    )
    factors = sorted(programme.multipliers, key=lambda rule: (rule.group, -rule.priority, rule.id))
    return (*base, *factors)


def _ladder(
    rules: Sequence[Base | Multiplier], programme: Programme, held: frozenset[int], below_0: bool
) -> Ladder:
    """Resolve which of the rules that hold for a line count, and for how much.

    What a coupon takes beyond its line counts at the lowest rate: no rule may lower an award.
    """
    bases = [place for place in sorted(held) if isinstance(rules[place], Base)]
    if not bases:
        return Ladder((), {}, held, below_0)
    if below_0:
        return Ladder(((bases[-1], Fraction(rules[bases[-1]].factor)),), {}, held, below_0)
    worth = Fraction(rules[bases[0]].factor)
    steps = [(bases[0], worth)]
    outbid = dict.fromkeys(bases[1:], rules[bases[0]].id)
    places = {rule.id: place for place, rule in enumerate(rules)}
    factors = [rule for place in sorted(held) if isinstance(rule := rules[place], Multiplier)]
    for group, members in groupby(factors, key=lambda rule: rule.group):
        candidates = list(members)
        counted = programme.earning.stacking.get(group, Stacking.BEST)(candidates)
        steps += [(places[rule.id], worth * factor) for rule, factor in counted]
        worth = steps[-1][1]
        winners = {rule.id for rule, _ in counted}
        outbid |= {places[r.id]: counted[0][0].id for r in candidates if r.id not in winners}
    return Ladder(tuple(steps), outbid, held, below_0)


def _held(
    rules: Sequence[Base | Multiplier], facts: Facts, lines: Sequence[Line]
) -> list[set[int]]:
    """Give, for each line, the places of the rules whose condition holds."""
    held: list[set[int]] = [set() for _ in lines]
    of_line = [attrs.evolve(facts, line=line) for line in lines]
    for place, rule in enumerate(rules):
        if rule.when is not None and rule.when.per_line:
            for its_facts, places in zip(of_line, held, strict=True):
                if rule.when.holds(its_facts):
                    places.add(place)
        elif rule.when is None or rule.when.holds(facts):
            for places in held:
                places.add(place)
    return held


def judge(
    purchase: RecordPurchase, facts: Facts, programme: Programme
) -> tuple[Award, tuple[LineEarned, ...]]:
    """Say what an order earns under a programme, rule by rule and line by line.

    The exact points of all lines are summed, rule after rule, and the running sum is rounded: each
    rule is given the difference that it makes, so that the rules sum to the award. With scope
    "line" each line's points are rounded instead. A line that no base rule covers neither earns
    nor qualifies, and a reward line never does.
    """
    rules = _order_of(programme)
    lines = [line for line in purchase.lines if not line.reward]
    before = programme.earning.discounts is Discounts.BEFORE
    nets = [line.price.minor if before else line.paid for line in lines]
    known: dict[tuple[frozenset[int], bool], Ladder] = {}
    ladders = []
    for places, net in zip(_held(rules, facts, lines), nets, strict=True):
        key = frozenset(places), net < 0
        if key not in known:
            known[key] = _ladder(rules, programme, *key)
        ladders.append(known[key])
    totals, shares = _round(nets, ladders, rules, programme)
    outcomes = tuple(
        _outcome(place, rule.id, totals, ladders, nets) for place, rule in enumerate(rules)
    )
    award = Award(totals[-1] if totals else 0, outcomes, programme.content_id)
    spends = _qualifying(lines, ladders)
    earned = {
        line.id: (points, spend) for line, points, spend in zip(lines, shares, spends, strict=True)
    }
    return award, tuple(
        LineEarned(line.id, max(0, line.paid), line.quantity, *earned.get(line.id, (0, 0)))
        for line in purchase.lines
    )


def _round(
    nets: Sequence[int],
    ladders: Sequence[Ladder],
    rules: Sequence[Base | Multiplier],
    programme: Programme,
) -> tuple[list[int], list[int]]:
    """Give the rounded running total after each rule, and each line's share of the last one."""
    rounding, unit = programme.earning.rounding, 10**programme.digits
    by_line = programme.earning.scope is Scope.LINE
    if by_line:
        groups = [(max(0, net), ladder) for net, ladder in zip(nets, ladders, strict=True)]
    else:
        pooled: dict[tuple[frozenset[int], bool], int] = {}
        for net, ladder in zip(nets, ladders, strict=True):
            key = ladder.held, ladder.below_0
            pooled[key] = pooled.get(key, 0) + net
        of = {(ladder.held, ladder.below_0): ladder for ladder in ladders}
        groups = [(net, of[key]) for key, net in pooled.items()]
    # Whole numbers over one denominator are exact, and quicker than fractions.
    worths = [worth for _, ladder in groups for _, worth in ladder.steps]
    common = lcm(*(worth.denominator for worth in worths))
    scaled = [
        {place: net * int(worth * common) for place, worth in ladder.steps}
        for net, ladder in groups
    ]
    reached = [0] * len(groups)
    totals: list[int] = []
    for place in range(len(rules)):
        if not any(place in steps for steps in scaled):
            totals.append(totals[-1] if totals else 0)
            continue
        reached = [steps.get(place, now) for steps, now in zip(scaled, reached, strict=True)]
        if by_line:
            totals.append(sum(rounding(Fraction(value, common * unit)) for value in reached))
        else:
            totals.append(rounding(Fraction(max(0, sum(reached)), common * unit)))
    if by_line:
        return totals, [rounding(Fraction(value, common * unit)) for value in reached]
    weights = _weights(nets, ladders)
    return totals, share_out(totals[-1] if any(weights) and totals else 0, weights)


def _weights(nets: Sequence[int], ladders: Sequence[Ladder]) -> list[int]:
    """Give whole numbers in proportion to what each line earned exactly, none below 0."""
    common = lcm(*(ladder.worth.denominator for ladder in ladders)) if ladders else 1
    return [
        max(0, net) * int(ladder.worth * common) for net, ladder in zip(nets, ladders, strict=True)
    ]


def _qualifying(lines: Sequence[Line], ladders: Sequence[Ladder]) -> list[int]:
    """Share the order's qualifying spend, what was paid for the lines that earn, among them."""
    paid = [line.paid if ladder.steps else 0 for line, ladder in zip(lines, ladders, strict=True)]
    return share_out(max(0, sum(paid)), [max(0, amount) for amount in paid])


def _outcome(
    place: int,
    rule: str,
    totals: Sequence[int],
    ladders: Sequence[Ladder],
    nets: Sequence[int],
) -> RuleOutcome:
    """Say what one rule came to, or why it came to nothing."""
    points = totals[place] - (totals[place - 1] if place else 0)
    if points:
        return RuleOutcome(rule, points)
    counted = any(step == place for ladder in ladders for step, _ in ladder.steps)
    if counted:
        spent = any(net > 0 for net, ladder in zip(nets, ladders, strict=True) if ladder.steps)
        return RuleOutcome(
            rule, 0, Reason.LESS_THAN_A_POINT if spent else Reason.NOTHING_TO_EARN_ON
        )
    for ladder in ladders:
        if place in ladder.outbid:
            return RuleOutcome(rule, 0, Reason.OUTBID, ladder.outbid[place])
    held = any(place in ladder.held for ladder in ladders)
    return RuleOutcome(rule, 0, Reason.NOTHING_TO_EARN_ON if held else Reason.NOT_MET)
