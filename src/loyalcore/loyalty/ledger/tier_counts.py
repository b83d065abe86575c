"""Count facts towards the measures of tiers, and read off what a window has counted."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

from loyalcore.loyalty.member.events import LineEarned, PurchaseRecorded
from loyalcore.loyalty.member.member import Member, tally_name
from loyalcore.loyalty.member.tallied import Tallied
from loyalcore.loyalty.programme.conditions import Facts
from loyalcore.loyalty.programme.line import Line
from loyalcore.loyalty.programme.measures import Kind
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.windows import Joined
from loyalcore.timing import MonthDay, local_date


def count_order(
    programme: Programme, facts: Facts, bought: Sequence[Line], lines: Sequence[LineEarned]
) -> tuple[Tallied, ...]:
    """Say what an order counts towards the measures of its programme, beside spend.

    Args:
        programme: whose measures.
        facts: of the order.
        bought: its lines.
        lines: what each earned, whether or not the points have lapsed since.
    """
    if programme.tiers is None:
        return ()
    found = []
    for own in programme.tiers.recorded:
        weights = tuple(
            (earned.points if own.of is Kind.POINTS else earned.spend)
            if own.when is None or own.when.holds(facts.of(line))
            else 0
            for line, earned in zip(bought, lines, strict=True)
        )
        once = own.of is Kind.ORDERS
        amount = min(1, sum(weights)) if once else sum(weights)
        if amount:
            found.append(Tallied(own.id, amount, weights, once))
    return tuple(found)


def count_deed(programme: Programme, points: int) -> tuple[Tallied, ...]:
    """Say what the points of a behaviour count towards measures."""
    if programme.tiers is None or not points:
        return ()
    return tuple(
        Tallied(measure.id, points)
        for measure in programme.tiers.recorded
        if measure.of is Kind.POINTS and measure.when is None
    )


def count_back(
    purchase: PurchaseRecorded, before: Mapping[str, Fraction], after: Mapping[str, Fraction]
) -> tuple[Tallied, ...]:
    """Say what a return takes back from measures: of each line by the share returned in all.

    Args:
        purchase: the order.
        before: the share of each line that had come back before; none for 0.
        after: the share that has come back now, of the lines in the return.
    """
    found = []
    for counted in purchase.counts:
        gone = left = 0
        for line, weight in zip(purchase.lines, counted.lines, strict=True):
            had = floor(weight * before.get(line.line, 0))
            gone += floor(weight * after[line.line]) - had if line.line in after else 0
            left += weight - had
        amount = int(bool(gone) and gone == left) if counted.once else gone
        if amount:
            found.append(Tallied(counted.measure, amount))
    return tuple(found)


def joined_on(member: Member, programme: Programme) -> Joined:
    """Give the day of the year from which a member's own years run."""
    assert member.enrolled_at is not None, "not a member"
    day = local_date(member.enrolled_at, programme.zone)
    return Joined(MonthDay(day.month, day.day), programme.leap_day_birthday)


def counts_within(
    member: Member, programme: Programme, first: date, last: date
) -> dict[str, Decimal]:
    """Give what the days from first to last have counted, by measure, none below 0."""
    tiers = programme.tiers
    assert tiers is not None, "counted for no tiers"
    found = {}
    for measure in tiers.measured:
        amount = max(0, member.tally(tally_name(measure)).within(first, last))
        found[measure] = programme.money(amount) if tiers.is_money(measure) else Decimal(amount)
    return found
