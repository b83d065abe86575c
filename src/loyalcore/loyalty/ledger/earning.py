"""Judge a purchase: what each line and each rule earned, exactly, rounded once."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor, lcm

import attrs

from loyalcore.decimals import in_units
from loyalcore.loyalty.ledger.paying import Paid
from loyalcore.loyalty.member.award import Award, Reason, Retested, RuleOutcome
from loyalcore.loyalty.member.commands import RecordPurchase
from loyalcore.loyalty.member.events import LineEarned
from loyalcore.loyalty.programme.allocation import share_out
from loyalcore.loyalty.programme.conditions import Facts
from loyalcore.loyalty.programme.line import Line
from loyalcore.loyalty.programme.plan import (
    ByIdentity,
    Ladder,
    Plan,
    bonus_ladder,
    ladder_of,
    plan_of,
)
from loyalcore.loyalty.programme.policies import Counted, Discounts, Earning, Scope
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.rules import Base, Bonus, Clawback, Multiplier, Per


@attrs.frozen(eq=False)
class Granted:
    """A bonus that an order gets.

    Attributes:
        ladder: what a point of it is worth.
        amount: its points before multipliers, as if each were a unit of money in minor units.
        shares: what was paid for each line it is given for, 0 for others.
        rule: whose it is.
        times: how often it is given.
        paid: what it is given for, in minor units.
    """

    ladder: Ladder
    amount: int
    shares: tuple[int, ...]
    rule: Bonus
    times: int
    paid: int

    @property
    def shared(self) -> int:
        """The sum of the shares."""
        return sum(self.shares)


def _granted(nets: Sequence[int], ladders: Sequence[Ladder], plan: Plan) -> list[Granted]:
    """Give the bonuses that an order gets."""
    unit, found = 10**plan.programme.digits, []
    for place, rule in enumerate(plan.rules):
        if not isinstance(rule, Bonus):
            continue
        covered = [bool(ladder.steps) and place in ladder.held for ladder in ladders]
        shares = [max(0, net) if own else 0 for net, own in zip(nets, covered, strict=True)]
        # What a coupon takes beyond its line was not paid for the others.
        paid = max(0, sum(net for net, own in zip(nets, covered, strict=True) if own))
        times = rule.times(Fraction(paid, unit))
        if times:
            lines = [ladder for ladder, share in zip(ladders, shares, strict=True) if share]
            held = frozenset.intersection(*(ladder.held for ladder in lines))
            ladder = bonus_ladder(plan, place, held)
            amount = rule.points * times * unit
            found.append(Granted(ladder, amount, tuple(shares), rule, times, paid))
    return found


def _held(plan: Plan, facts: Facts, lines: Sequence[Line]) -> list[frozenset[int]]:
    """Give, for each line, the places of the rules whose condition holds.

    None does for a reward, or for delivery that is left out.
    """
    by_order = frozenset(
        place for place, when in plan.by_order if when is None or when.holds(facts)
    )
    delivery = plan.programme.earning.delivery
    held: list[frozenset[int]] = []
    for line in lines:
        its_facts = facts.of(line)
        by_line = [place for place, when in plan.by_line if when.holds(its_facts)]
        aside = line.reward or (line.delivery and delivery is Counted.LEFT_OUT)
        held.append(frozenset() if aside else by_order.union(by_line))
    return held


def judge(
    purchase: RecordPurchase, facts: Facts, programme: Programme, paid_by: Paid | None = None
) -> tuple[Award, tuple[LineEarned, ...]]:
    """Say what an order earns under a programme, rule by rule and line by line.

    The exact points of all lines are summed, rule after rule, and the running sum is rounded: each
    rule is given the difference that it makes, so that the rules sum to the award. With scope
    "line" each line's points are rounded instead. A line that no base rule covers neither earns
    nor qualifies, and a reward line never does.

    Args:
        purchase: the order.
        facts: what conditions may look at.
        programme: whose rules.
        paid_by: the points that pay for it, if some do.
    """
    plan, lines = plan_of(ByIdentity(programme)), purchase.lines
    amounts = [line.paid for line in lines]
    left_out = _left_out(lines, programme.earning, paid_by)
    paid = [amount - less for amount, less in zip(amounts, left_out, strict=True)]
    before = programme.earning.discounts is Discounts.BEFORE
    nets = paid
    if before:
        nets = [line.price.minor - less for line, less in zip(lines, left_out, strict=True)]
    held = _held(plan, facts, lines)
    ladders = [ladder_of(plan, each, net < 0) for each, net in zip(held, nets, strict=True)]
    counted: Sequence[Fraction | int] = nets
    if plan.pieces:
        ladders, counted = _by_piece(plan, lines, nets, ladders)
    granted = _granted(nets, ladders, plan) if programme.bonuses else []
    totals, shares, apart = _round(counted, ladders, granted, plan)
    outcomes = _outcomes(totals, counted, ladders, granted, plan)
    retested = tuple(_retested(bonus, points, plan) for bonus, points in apart)
    award = Award(totals[-1] if totals else 0, outcomes, programme.content_id, retested)
    spends = _qualifying(paid, ladders)
    earned = [
        LineEarned(line.id, max(0, amount), line.quantity, points, spend)
        for line, amount, points, spend in zip(lines, amounts, shares, spends, strict=True)
    ]
    earned = with_retested(earned, retested)
    if paid_by is not None:
        earned = [
            attrs.evolve(line, paid_worth=worth, paid_points=points)
            for line, worth, points in zip(earned, paid_by.worths, paid_by.points, strict=True)
        ]
    return award, tuple(earned)


def _by_piece(
    plan: Plan, lines: Sequence[Line], nets: Sequence[int], by_money: Sequence[Ladder]
) -> tuple[list[Ladder], list[Fraction | int]]:
    """Choose for each line whether its money or its pieces count, and give what counts.

    A piece weighs as much as one unit of money, in minor units.
    """
    unit = 10**plan.programme.digits
    ladders, counted = [], []
    for line, net, money in zip(lines, nets, by_money, strict=True):
        pieces = Fraction(line.quantity) * unit if net > 0 else Fraction(0)
        other = ladder_of(plan, money.held, below_0=False, per=Per.PIECE)
        worth = Fraction(net * money.worth, money.unit)
        if other.steps and (not money.steps or pieces * other.worth / other.unit > worth):
            ladders.append(other)
            counted.append(int(pieces) if pieces.denominator == 1 else pieces)
        else:
            ladders.append(money)
            counted.append(net)
    return ladders, counted


def _retested(bonus: Granted, points: int, plan: Plan) -> Retested:
    rule = bonus.rule
    assert rule.every is not None, "a bonus without an amount is not tested again"
    every = in_units(rule.every, plan.programme.digits)
    return Retested(rule.id, points, bonus.times, every, rule.most, bonus.paid, bonus.shares)


def with_retested(lines: Sequence[LineEarned], retested: Sequence[Retested]) -> list[LineEarned]:
    """Give each line its part of the bonuses that returns test again."""
    found = list(lines)
    for bonus in retested:
        parts = share_out(bonus.points, bonus.shares)
        found = [
            attrs.evolve(line, points=line.points + part, retested=line.retested + part)
            for line, part in zip(found, parts, strict=True)
        ]
    return found


def _left_out(lines: Sequence[Line], earning: Earning, paid_by: Paid | None) -> list[int]:
    """Give what of each line neither earns nor qualifies: tax, or what points pay."""
    less = [0] * len(lines)
    if earning.tax is Counted.LEFT_OUT:
        less = [line.tax.minor if line.tax else 0 for line in lines]
    if paid_by is None or earning.points_paid is Counted.COUNTED:
        return less
    # What points pay takes its part of the tax along.
    return [
        worth + (own * (line.paid - worth) // line.paid if own else 0)
        for line, own, worth in zip(lines, less, paid_by.worths, strict=True)
    ]


def _round(
    nets: Sequence[Fraction | int],
    ladders: Sequence[Ladder],
    granted: Sequence[Granted],
    plan: Plan,
) -> tuple[list[int], list[int], list[tuple[Granted, int]]]:
    """Give the rounded running total after each rule, and each line's share of the last one.

    What belongs to bonuses that returns test again is not shared, but given apart.
    """
    programme = plan.programme
    rounding, unit = programme.earning.rounding, 10**programme.digits
    by_line = programme.earning.scope is Scope.LINE
    if by_line:
        groups = [(ladder, max(0, net)) for ladder, net in zip(ladders, nets, strict=True)]
    else:
        pooled: dict[Ladder, Fraction | int] = {}
        for ladder, net in zip(ladders, nets, strict=True):
            pooled[ladder] = pooled.get(ladder, 0) + net
        groups = list(pooled.items())
    groups += [(bonus.ladder, bonus.amount) for bonus in granted]
    # Whole numbers over one denominator are exact, and quicker than fractions.
    common = lcm(*(ladder.unit for ladder, _ in groups))
    scaled = [
        {place: net * step * (common // ladder.unit) for place, step in ladder.steps.items()}
        for ladder, net in groups
    ]
    counted = {place for steps in scaled for place in steps}
    reached: list[Fraction | int] = [0] * len(groups)
    total = 0
    totals: list[int] = []
    for place in range(len(plan.rules)):
        if place in counted:
            reached = [steps.get(place, now) for steps, now in zip(scaled, reached, strict=True)]
            parts = reached if by_line else [max(0, sum(reached))]
            total = sum(rounding(Fraction(part, common * unit)) for part in parts)
        totals.append(total)
    if by_line:
        whole = [rounding(Fraction(value, common * unit)) for value in reached]
        shares = whole[: len(nets)]
        rounded = list(zip(granted, whole[len(nets) :], strict=True))
        for bonus, points in rounded:
            given = [0] * len(nets) if _is_apart(bonus) else share_out(points, bonus.shares)
            shares = [one + more for one, more in zip(shares, given, strict=True)]
        return totals, shares, [(bonus, points) for bonus, points in rounded if _is_apart(bonus)]
    apart = [bonus for bonus in granted if _is_apart(bonus)]
    theirs = [floor(Fraction(b.amount * b.ladder.worth, b.ladder.unit * unit)) for b in apart]
    if sum(theirs) > total:  # a coupon took some of it
        theirs = share_out(total, theirs)
    total -= sum(theirs)
    weights: list[int | Fraction] = [
        max(0, net) * ladder.worth * (common // ladder.unit)
        for ladder, net in zip(ladders, nets, strict=True)
    ]
    for bonus in granted:
        if _is_apart(bonus):
            continue
        value = bonus.amount * bonus.ladder.worth * (common // bonus.ladder.unit)
        weights = [
            weight + Fraction(value * share, bonus.shared)
            for weight, share in zip(weights, bonus.shares, strict=True)
        ]
    shares = share_out(total if any(weights) else 0, weights)
    return totals, shares, list(zip(apart, theirs, strict=True))


def _is_apart(bonus: Granted) -> bool:
    return bonus.rule.returns is Clawback.RETESTED


def _qualifying(paid: Sequence[int], ladders: Sequence[Ladder]) -> list[int]:
    """Share the order's qualifying spend, what was paid for the lines that earn, among them."""
    counted = [amount if ladder.steps else 0 for amount, ladder in zip(paid, ladders, strict=True)]
    if not counted or min(counted) >= 0:
        return counted
    return share_out(max(0, sum(counted)), [max(0, amount) for amount in counted])


def _outcomes(
    totals: Sequence[int],
    nets: Sequence[Fraction | int],
    ladders: Sequence[Ladder],
    granted: Sequence[Granted],
    plan: Plan,
) -> tuple[RuleOutcome, ...]:
    """Say what each rule came to, or why it came to nothing."""
    kinds = list(dict.fromkeys([*ladders, *(bonus.ladder for bonus in granted)]))
    outcomes = []
    before = 0
    for place, (rule, total) in enumerate(zip(plan.rules, totals, strict=True)):
        if total != before:
            outcomes.append(RuleOutcome(rule.id, total - before))
        elif any(place in ladder.steps for ladder in kinds):
            spent = any(net > 0 for net, ladder in zip(nets, ladders, strict=True) if ladder.steps)
            reason = Reason.LESS_THAN_A_POINT if spent else Reason.NOTHING_TO_EARN_ON
            outcomes.append(RuleOutcome(rule.id, 0, reason))
        else:
            outcomes.append(_nothing(place, rule, kinds, nets))
        before = total
    return tuple(outcomes)


def _nothing(
    place: int,
    rule: Base | Bonus | Multiplier,
    kinds: Sequence[Ladder],
    nets: Sequence[Fraction | int],
) -> RuleOutcome:
    """Say why a rule was counted for no line."""
    for ladder in kinds:
        if place in ladder.outbid:
            return RuleOutcome(rule.id, 0, Reason.OUTBID, ladder.outbid[place])
    if not any(place in ladder.held for ladder in kinds):
        return RuleOutcome(rule.id, 0, Reason.NOT_MET)
    short = isinstance(rule, Bonus) and any(net > 0 for net in nets)
    reason = Reason.NOT_REACHED if short else Reason.NOTHING_TO_EARN_ON
    return RuleOutcome(rule.id, 0, reason)
