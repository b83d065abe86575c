"""What returns and late facts do to tiers, where a programme lets them."""

from collections.abc import Iterable
from datetime import date, datetime

import attrs

from loyalcore.loyalty.ledger.tier_counts import counts_within
from loyalcore.loyalty.ledger.tier_moves import Moved, moved
from loyalcore.loyalty.member.events import MemberEvent
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.tier_events import PeriodClosed, TierReason
from loyalcore.loyalty.member.tier_terms import Rise
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.tier_policies import LateFacts, Undone
from loyalcore.timing import local_date


def undone_by_return(
    before: Member, after: Member, programme: Programme, at: datetime
) -> tuple[Moved, ...]:
    """Take back the tiers that a return leaves without what reached them.

    A tier stands on the days that counted towards it and all days since; what these still reach
    is left.

    Args:
        before: the member before the return.
        after: the member after it.
        programme: the version in force.
        at: when it is recorded.
    """
    tiers = programme.tiers
    if tiers is None or tiers.undone is Undone.PERIOD_END or after.earned_tier is None:
        return ()
    today = local_date(at, programme.zone)

    def stands(member: Member, rise: Rise) -> bool:
        goal = tiers.ladder[tiers.rank(rise.tier)].entry
        return goal.met(counts_within(member, programme, rise.first, today))

    rises = after.terms.rises
    fallen = [n for n, rise in enumerate(rises) if stands(before, rise) > stands(after, rise)]
    if not fallen:
        return ()
    lost = rises[fallen[0]]
    still = tiers.reached_by(counts_within(after, programme, lost.first, today)).id
    left = max(lost.before, rises[0].before, still, key=tiers.rank)
    if tiers.rank(left) >= tiers.rank(after.earned_tier):
        return ()
    gone = _moved(after, programme, at, left, TierReason.UNDONE, lost.first, today)
    return (attrs.evolve(gone, rises=fallen[0]),)


def reassess(
    member: Member, programme: Programme, at: datetime, day: date
) -> tuple[PeriodClosed | Moved, ...]:
    """Look again at the period that ended last, if a fact of one of its days is told late.

    Args:
        member: with the fact.
        programme: the version in force.
        at: when it is recorded.
        day: the local day on which it counts.
    """
    tiers, closed = programme.tiers, member.terms.closed
    if tiers is None or closed is None or tiers.late_facts is LateFacts.NOTHING:
        return ()
    if member.earned_tier is None or at >= closed.until or not closed.first <= day <= closed.last:
        return ()
    counts = counts_within(member, programme, closed.first, closed.last)
    kept = tiers.kept_with(closed.tier, counts).id
    if kept == closed.kept:
        return ()
    again = PeriodClosed(
        recorded_at=at,
        before=closed.tier,
        kept=kept,
        first=closed.first,
        last=closed.last,
        look_at=closed.look_at,
        until=closed.until,
        programme=programme.content_id,
    )
    rises = member.terms.rises
    after = max(kept, rises[-1].tier, key=tiers.rank) if rises else kept
    if after == member.earned_tier:
        return (again,)
    reason = TierReason.REASSESSED
    return again, _moved(member, programme, at, after, reason, closed.first, closed.last)


def _moved(
    member: Member,
    programme: Programme,
    at: datetime,
    after: str,
    reason: TierReason,
    first: date,
    last: date,
) -> Moved:
    """Move a member to another tier; it is looked at when the one before would have been."""
    tiers = programme.tiers
    assert tiers is not None, "a tier without a ladder"
    assert member.earned_tier is not None, "no tier to move"
    until = member.tier_until
    if not tiers.rank(after):
        until = None
    elif until is None:  # up again from the lowest
        until = member.terms.closed.look_at if member.terms.closed else None
    return moved(member, programme, at, after, reason, (first, last), until)


def with_corrections(
    member: Member,
    events: Iterable[MemberEvent],
    programme: Programme,
    at: datetime,
    day: date,
) -> tuple[Member, tuple[MemberEvent, ...]]:
    """Fold the events of a fact in, and add what looking again at the last period brings."""
    made = [*events]
    for event in made:
        member = evolve(member, event)
    again = reassess(member, programme, at, day)
    for event in again:
        member = evolve(member, event)
    return member, (*made, *again)
