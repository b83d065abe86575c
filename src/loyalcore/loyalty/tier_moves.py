"""Tiers: up at once, down only when the period ends."""

from datetime import date, datetime, timedelta

from loyalcore.loyalty.member import SPEND, Member, tally_name
from loyalcore.loyalty.programme import Programme
from loyalcore.loyalty.tallied import Tallied
from loyalcore.loyalty.tier_counts import counts_within, joined_on
from loyalcore.loyalty.tier_events import TierChanged, TierKept, TierReason
from loyalcore.timing import local_date, start_of_day


def upgrade(member: Member, programme: Programme, at: datetime) -> tuple[TierChanged, ...]:
    """Say whether what the current window has counted reaches a higher tier."""
    tiers = programme.tiers
    if tiers is None:
        return ()
    current = member.tier or tiers.ladder[0].id  # joined when the programme had no tiers
    day = local_date(at, programme.zone)
    first, last = tiers.window.days_up_to(day, joined_on(member, programme))
    counts = counts_within(member, programme, first, last)
    reached = tiers.reached_by(counts)
    if tiers.rank(reached.id) <= tiers.rank(current):
        return ()
    return (
        TierChanged(
            recorded_at=at,
            before=current,
            after=reached.id,
            reason=TierReason.REACHED,
            spend=member.tally(SPEND).within(first, last),
            until=looked_at_after(day, member, programme),
            programme=programme.content_id,
            met=reached.entry.met_by(counts),
            counts=counted(member, programme, first, last),
        ),
    )


def looked_at_after(day: date, member: Member, programme: Programme) -> datetime | None:
    """Give the instant at which a tier reached or kept on a day is looked at again."""
    assert programme.tiers is not None, "a tier without a ladder"
    ends = programme.tiers.window.ends_after(day, joined_on(member, programme))
    return None if ends is None else start_of_day(ends, programme.zone)


def counted(member: Member, programme: Programme, first: date, last: date) -> tuple[Tallied, ...]:
    """Give what the days from first to last have counted, beside spend."""
    assert programme.tiers is not None, "counted for no tiers"
    return tuple(
        Tallied(measure, member.tally(tally_name(measure)).within(first, last))
        for measure in programme.tiers.measured
        if measure != SPEND
    )


def assess(member: Member, programme: Programme) -> TierChanged | TierKept:
    """Look at a tier whose period has ended: kept, or down to what the period's counts keep."""
    at, tiers = member.tier_until, programme.tiers
    assert at is not None, "no tier to look at"
    assert member.tier is not None, "a date without a tier"
    assert tiers is not None, "a tier without a ladder"
    today = local_date(at, programme.zone)
    joined = joined_on(member, programme)
    first, last = tiers.window.days_up_to(today - timedelta(days=1), joined)
    counts = counts_within(member, programme, first, last)
    kept = tiers.kept_with(member.tier, counts)
    until = looked_at_after(today, member, programme)
    if kept.id == member.tier:
        return TierKept(
            recorded_at=at,
            tier=kept.id,
            spend=member.tally(SPEND).within(first, last),
            until=until,
            programme=programme.content_id,
            met=kept.kept_by.met_by(counts),
            counts=counted(member, programme, first, last),
        )
    return TierChanged(
        recorded_at=at,
        before=member.tier,
        after=kept.id,
        reason=TierReason.NOT_KEPT,
        spend=member.tally(SPEND).within(first, last),
        until=until if tiers.rank(kept.id) else None,
        programme=programme.content_id,
        met=kept.kept_by.met_by(counts),
        counts=counted(member, programme, first, last),
    )
