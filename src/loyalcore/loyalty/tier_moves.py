"""Tiers: up at once, down only when the period ends; and what a member is told of it."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs

from loyalcore.decimals import minus
from loyalcore.forms import utc
from loyalcore.loyalty.events import TierChanged, TierKept, TierReason
from loyalcore.loyalty.member import SPEND, Member
from loyalcore.loyalty.programme import Programme
from loyalcore.loyalty.tiers import Tiers
from loyalcore.timing import local_date, start_of_day


def upgrade(member: Member, programme: Programme, at: datetime) -> tuple[TierChanged, ...]:
    """Say whether the spend in the current window reaches a higher tier."""
    tiers = programme.tiers
    if tiers is None:
        return ()
    current = member.tier or tiers.ladder[0].id  # joined when the programme had no tiers
    day = local_date(at, programme.zone)
    spend = member.tally(SPEND).within(*tiers.window.days_up_to(day))
    reached = tiers.reached_by(programme.money(max(0, spend)))
    if tiers.rank(reached.id) <= tiers.rank(current):
        return ()
    return (
        TierChanged(
            recorded_at=at,
            before=current,
            after=reached.id,
            reason=TierReason.REACHED,
            spend=spend,
            until=start_of_day(tiers.window.ends_after(day), programme.zone),
            programme=programme.content_id,
        ),
    )


def assess(member: Member, programme: Programme) -> TierChanged | TierKept:
    """Look at a tier whose period has ended: kept, or down to what the period's spend keeps."""
    at, tiers = member.tier_until, programme.tiers
    assert at is not None, "no tier to look at"
    assert member.tier is not None, "a date without a tier"
    assert tiers is not None, "a tier without a ladder"
    today = local_date(at, programme.zone)
    first, last = tiers.window.days_up_to(today - timedelta(days=1))
    spend = member.tally(SPEND).within(first, last)
    kept = tiers.kept_with(member.tier, programme.money(max(0, spend)))
    until = start_of_day(tiers.window.ends_after(today), programme.zone)
    if kept.id == member.tier:
        return TierKept(
            recorded_at=at,
            tier=kept.id,
            spend=spend,
            until=until,
            programme=programme.content_id,
        )
    return TierChanged(
        recorded_at=at,
        before=member.tier,
        after=kept.id,
        reason=TierReason.NOT_KEPT,
        spend=spend,
        until=until if tiers.rank(kept.id) else None,
        programme=programme.content_id,
    )


@attrs.frozen
class Standing:
    """What a member is told of the tier, in major units of the programme's currency.

    Attributes:
        tier: the id.
        since: since when.
        until: when it is looked at; None when there is nothing to lose.
        to_keep: still to spend before `until` to keep it; 0 when that is done.
        next_tier: the one above; None at the top.
        to_next: still to spend now to reach it; 0 when the next purchase reaches it whatever it
            costs, after a version of the programme has lowered the threshold.
        next_by: until when that sum is enough: then the period ends, or older spend leaves the
            rolling window. None when no earlier spend counts towards it.
    """

    tier: str
    since: datetime
    until: datetime | None
    to_keep: Decimal
    next_tier: str | None = None
    to_next: Decimal | None = None
    next_by: datetime | None = None


def standing(member: Member, programme: Programme, at: datetime) -> Standing | None:
    """Tell a member's tier, what keeps it, what reaches the next, and by when.

    Args:
        member: the state, advanced to `at` (as `host.state(stream, at)` gives it).
        programme: the version in force at `at`.
        at: the instant at which it is told.

    Returns:
        None when the programme has no tiers or the member has not joined.
    """
    tiers = programme.tiers
    if tiers is None or member.enrolled_at is None:
        return None
    today = local_date(utc(at, "standing.at"), programme.zone)
    # Who joined before the programme had tiers is in the lowest one.
    tier = member.tier or tiers.ladder[0].id
    rank = tiers.rank(tier)
    to_keep = Decimal(0)
    if member.tier_until is not None:
        last = local_date(member.tier_until, programme.zone) - timedelta(days=1)
        to_keep = _missing(member, programme, tiers, tiers.ladder[rank].kept_by, last)
    told = Standing(tier, member.tier_since or member.enrolled_at, member.tier_until, to_keep)
    if rank + 1 == len(tiers.ladder):
        return told
    above = tiers.ladder[rank + 1]
    ends = _enough_until(member, tiers, today)
    return attrs.evolve(
        told,
        next_tier=above.id,
        to_next=_missing(member, programme, tiers, above.entry, today),
        next_by=start_of_day(ends, programme.zone) if ends else None,
    )


def _missing(
    member: Member, programme: Programme, tiers: Tiers, threshold: Decimal, day: date
) -> Decimal:
    """Give what the window up to a day lacks to a threshold, at least 0, in major units."""
    spend = member.tally(SPEND).within(*tiers.window.days_up_to(day))
    return max(Decimal(0), minus(threshold, programme.money(spend)))


def _enough_until(member: Member, tiers: Tiers, today: date) -> date | None:
    """Give the day on which what counts now counts no longer."""
    if tiers.window.calendar is not None:
        return tiers.window.ends_after(today)
    first, last = tiers.window.days_up_to(today)
    counted = [day for day, spend in member.tally(SPEND).days.items() if spend]
    oldest = min((day for day in counted if first <= day <= last), default=None)
    return None if oldest is None else tiers.window.ends_after(oldest)
