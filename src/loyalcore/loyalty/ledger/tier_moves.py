"""Tiers: up at once, down only when the period ends."""

from datetime import date, datetime, timedelta
from typing import Any

from loyalcore.loyalty.ledger.tier_counts import counts_within, joined_on
from loyalcore.loyalty.member.member import SPEND, Member, tally_name
from loyalcore.loyalty.member.tallied import Tallied
from loyalcore.loyalty.member.tier_events import (
    EarnedTierMoved,
    PeriodClosed,
    TierChanged,
    TierGraceBegan,
    TierKept,
    TierReason,
)
from loyalcore.loyalty.member.warrants import held_tier
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.tier_policies import LateFacts
from loyalcore.loyalty.programme.tiers import Tiers
from loyalcore.timing import local_date, start_of_day

_DAY = timedelta(days=1)
Moved = TierChanged | EarnedTierMoved
"""What moves the tier that a member earns."""


def upgrade(member: Member, programme: Programme, at: datetime) -> tuple[Moved, ...]:
    """Say whether what the current window has counted reaches a higher tier."""
    tiers = programme.tiers
    if tiers is None:
        return ()
    current = member.earned_tier or tiers.lowest
    day = local_date(at, programme.zone)
    days = tiers.window.days_up_to(day, joined_on(member, programme))
    counts = counts_within(member, programme, *days)
    reached = tiers.reached_by(counts)
    if tiers.rank(reached.id) <= tiers.rank(current):
        return ()
    until = looked_at_after(day, member, programme)
    met, why = reached.entry.met_by(counts), TierReason.REACHED
    return (moved(member, programme, at, reached.id, why, days, until, met),)


def moved(
    member: Member,
    programme: Programme,
    at: datetime,
    earned: str,
    reason: TierReason,
    days: tuple[date, date],
    until: datetime | None,
    met: tuple[str, ...] = (),
) -> Moved:
    """Move the tier that a member earns, and with it the one held unless a warrant forbids.

    Args:
        member: before.
        programme: the version that judges.
        at: when.
        earned: the tier that is earned from now on.
        reason: why.
        days: the first and last day that were looked at.
        until: when it is looked at next.
        met: the measures by which it was reached or kept.
    """
    tiers = programme.tiers
    assert tiers is not None, "a tier without a ladder"
    held = member.tier_in(tiers)
    after = held_tier(tiers, earned, member.terms.warrants)
    outcome: dict[str, Any] = {
        "recorded_at": at,
        "reason": reason,
        "spend": member.tally(SPEND).within(*days),
        "until": until,
        "programme": programme.content_id,
        "met": met,
        "counts": tallied(member, tiers, *days),
        "warn_at": warned_at(until, at, programme),
        "first": days[0],
    }
    if after == held and member.terms.warrants:
        before = member.earned_tier or held
        return EarnedTierMoved(before=before, after=earned, held=held, **outcome)
    other = None if earned == after else earned
    return TierChanged(before=held, after=after, earned=other, **outcome)


def looked_at_after(day: date, member: Member, programme: Programme) -> datetime | None:
    """Give the instant at which a tier reached or kept on a day is looked at again."""
    assert programme.tiers is not None, "a tier without a ladder"
    ends = programme.tiers.window.ends_after(day, joined_on(member, programme))
    return None if ends is None else start_of_day(ends, programme.zone)


def warned_at(until: datetime | None, at: datetime, programme: Programme) -> datetime | None:
    """Give the instant at which a warning is due, if one is and it lies ahead."""
    days = programme.tiers.warn_days if programme.tiers else 0
    if until is None or not days:
        return None
    warning = start_of_day(local_date(until, programme.zone) - days * _DAY, programme.zone)
    return warning if warning > at else None


def tallied(member: Member, tiers: Tiers, first: date, last: date) -> tuple[Tallied, ...]:
    """Give what the days from first to last have counted, beside spend."""
    return tuple(
        Tallied(measure, member.tally(tally_name(measure)).within(first, last))
        for measure in tiers.measured
        if measure != SPEND
    )


def judged_days(member: Member, programme: Programme) -> tuple[date, date]:
    """Give the days by which the tier is judged when it is looked at next.

    They are those of the window up to the end of the period and, where days of grace run, these.
    """
    assert member.tier_until is not None, "no tier to look at"
    assert programme.tiers is not None, "a tier without a ladder"
    end = member.terms.grace_from or member.tier_until
    last = local_date(end, programme.zone) - _DAY
    first, _ = programme.tiers.window.days_up_to(last, joined_on(member, programme))
    return first, local_date(member.tier_until, programme.zone) - _DAY


def assess(
    member: Member, programme: Programme
) -> tuple[Moved | TierKept | TierGraceBegan | PeriodClosed, ...]:
    """Look at a tier whose period has ended: kept, or down to what the period's counts keep."""
    at, tiers = member.tier_until, programme.tiers
    assert at is not None, "no tier to look at"
    assert member.earned_tier is not None, "a date without a tier"
    assert tiers is not None, "a tier without a ladder"
    first, last = judged_days(member, programme)
    counts = counts_within(member, programme, first, last)
    kept = tiers.kept_with(member.earned_tier, counts)
    if kept.id != member.earned_tier and tiers.grace_days and member.terms.grace_from is None:
        end = start_of_day(last + _DAY + tiers.grace_days * _DAY, programme.zone)
        return (
            TierGraceBegan(
                recorded_at=at,
                tier=member.earned_tier,
                until=end,
                missing=tiers.ladder[tiers.rank(member.earned_tier)].kept_by.missing(counts),
                falls_to=kept.id,
                programme=programme.content_id,
            ),
        )
    until = _next_look(member, programme, at)
    lowest = not tiers.rank(kept.id) and kept.id != member.earned_tier
    judged = _judged(member, programme, kept.id, None if lowest else until)
    if tiers.late_facts is LateFacts.NOTHING or not programme.late_facts_days:
        return (judged,)
    open_until = at + timedelta(days=programme.late_facts_days)
    closed = PeriodClosed(
        recorded_at=at,
        before=member.earned_tier,
        kept=kept.id,
        first=first,
        last=last,
        look_at=until,
        until=open_until if until is None else min(open_until, until),
        programme=programme.content_id,
    )
    return (judged, closed)


def _next_look(member: Member, programme: Programme, at: datetime) -> datetime | None:
    """Give the end of the period that follows the one judged: grace takes nothing of it."""
    ended = local_date(member.terms.grace_from or at, programme.zone)
    until = looked_at_after(ended, member, programme)
    if until is None or until > at:
        return until
    return looked_at_after(local_date(at, programme.zone), member, programme)


def _judged(
    member: Member, programme: Programme, kept: str, until: datetime | None
) -> Moved | TierKept:
    """Say how a tier is judged at the end of its period."""
    tiers, at = programme.tiers, member.tier_until
    assert tiers is not None, "a tier without a ladder"
    assert at is not None, "no tier to look at"
    assert member.earned_tier is not None, "a date without a tier"
    first, last = judged_days(member, programme)
    spend = member.tally(SPEND).within(first, last)
    counts = tallied(member, tiers, first, last)
    goal = tiers.ladder[tiers.rank(kept)].kept_by
    met = goal.met_by(counts_within(member, programme, first, last))
    warn_at = warned_at(until, at, programme)
    if kept == member.earned_tier:
        return TierKept(
            recorded_at=at,
            tier=kept,
            spend=spend,
            until=until,
            programme=programme.content_id,
            met=met,
            counts=counts,
            warn_at=warn_at,
        )
    return moved(member, programme, at, kept, TierReason.NOT_KEPT, (first, last), until, met)
