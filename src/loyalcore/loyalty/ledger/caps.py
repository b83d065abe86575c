"""Cap what an order earns: the last of the rules to count."""

from collections.abc import Sequence
from datetime import date, timedelta

import attrs

from loyalcore.loyalty.ledger.earning import with_retested
from loyalcore.loyalty.member.award import Award, Reason, RuleOutcome
from loyalcore.loyalty.member.events import LineEarned
from loyalcore.loyalty.member.member import EARNED, Member
from loyalcore.loyalty.programme.allocation import share_out
from loyalcore.loyalty.programme.programme import Programme


def capped(
    award: Award, lines: Sequence[LineEarned], member: Member, programme: Programme, day: date
) -> tuple[Award, tuple[LineEarned, ...]]:
    """Take off what is over any cap, from each line in proportion to what it earned.

    Args:
        award: what all other rules came to.
        lines: with their shares of it.
        member: what was earned before counts towards caps by period.
        programme: whose caps; they count in the order of their ids.
        day: the local day of the order.
    """
    points, outcomes = award.points, list(award.rules)
    for cap in sorted(programme.caps, key=lambda cap: cap.id):
        room = cap.points
        if cap.per is not None:
            first, following = cap.per.start(day), cap.per.next_start(day)
            before = member.had(EARNED).within(first, following - timedelta(days=1))
            room = max(0, cap.points - before)
        over = max(0, points - room)
        points -= over
        reason = Reason.EARNED if over else Reason.NOT_REACHED
        outcomes.append(RuleOutcome(cap.id, -over, reason))
    own = [line.points - line.retested for line in lines]
    parts = share_out(points, [*own, *(bonus.points for bonus in award.retested)])
    shares, theirs = parts[: len(own)], parts[len(own) :]
    retested = tuple(
        attrs.evolve(bonus, points=part) for bonus, part in zip(award.retested, theirs, strict=True)
    )
    plain = [
        attrs.evolve(line, points=share, retested=0)
        for line, share in zip(lines, shares, strict=True)
    ]
    left = Award(points, tuple(outcomes), award.programme, retested)
    return left, tuple(with_retested(plain, retested))
