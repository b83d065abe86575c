"""What a member is told of the tier."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs

from loyalcore import checks
from loyalcore.forms import utc
from loyalcore.loyalty.ledger.tier_counts import counts_within, joined_on
from loyalcore.loyalty.ledger.tier_moves import judged_days
from loyalcore.loyalty.member.member import Member, tally_name
from loyalcore.loyalty.member.tier_events import Ways
from loyalcore.loyalty.member.warrants import held_tier
from loyalcore.loyalty.programme.measures import Goal
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.timing import local_date, start_of_day


@attrs.frozen
class Standing:
    """What a member is told of the tier, in major units of the programme's currency.

    Attributes:
        tier: the one held.
        since: since when.
        until: when the tier that is earned is looked at; None when there is nothing to lose.
        to_keep: still to spend before `until` to keep it; 0 when that is done; None where no
            spend alone does it.
        next_tier: the one above; None at the top.
        to_next: still to spend now to reach it; 0 when the next purchase reaches it whatever it
            costs, after a version of the programme has lowered the threshold; None at the top and
            where no spend alone reaches it.
        next_by: until when that is enough: then the period ends, or what counts now leaves the
            rolling window. None when nothing counts towards it, and for life.
        keeping: what is missing to keep it, for each way to do so; one without anything when
            that is done.
        reaching: what is missing to reach the next tier, likewise; empty at the top.
        earned: the tier that is earned, where another is held.
        assured_until: until when the tier held is set by hand, or bought, whatever is earned; None
            where it is neither.
        projected: the tier that will be held when the one earned has been looked at next, days of
            grace over, if nothing more happens; where there is nothing to look at, the one held.
    """

    tier: str
    since: datetime
    until: datetime | None
    to_keep: Decimal | None
    next_tier: str | None = None
    to_next: Decimal | None = None
    next_by: datetime | None = None
    keeping: Ways = ((),)
    reaching: Ways = ()
    earned: str | None = None
    assured_until: datetime | None = None
    projected: str | None = None


def standing(member: Member, programme: Programme, at: datetime) -> Standing | None:
    """Tell a member's tier, what keeps it, what reaches the next, and by when.

    Args:
        member: the state, advanced to `at` (as `host.state(stream, at)` gives it).
        programme: the version in force at `at`.
        at: the instant at which it is told.

    Returns:
        None when the programme has no tiers or the member has not joined.
    """
    fix = "give a member's state, as host.state(stream, at) does"
    checks.argument("standing.member", member, Member, fix)
    checks.argument("standing.programme", programme, Programme, "give a Programme")
    at, tiers = utc(at, "standing.at"), programme.tiers
    if tiers is None or member.enrolled_at is None:
        return None
    today = local_date(at, programme.zone)
    # Who joined before the programme had tiers is in the lowest one.
    tier = member.tier_in(tiers)
    earned = tiers.rank(member.earned_tier or tier)
    keeping: Ways = ((),)
    if member.tier_until is not None:
        days = judged_days(member, programme)
        keeping = tiers.ladder[earned].kept_by.missing(counts_within(member, programme, *days))
    told = Standing(
        tier,
        member.tier_since or member.enrolled_at,
        member.tier_until,
        spend_alone(keeping),
        keeping=keeping,
        earned=member.terms.earned,
        assured_until=_assured_until(member, tier),
        projected=projected_tier(member, programme),
    )
    rank = max(earned, tiers.rank(tier))
    if rank + 1 == len(tiers.ladder):
        return told
    above = tiers.ladder[rank + 1]
    reaching = missing(member, programme, above.entry, today)
    ends = _enough_until(member, programme, above.entry, today)
    return attrs.evolve(
        told,
        next_tier=above.id,
        to_next=spend_alone(reaching),
        next_by=start_of_day(ends, programme.zone) if ends else None,
        reaching=reaching,
    )


def projected_tier(member: Member, programme: Programme) -> str:
    """Give the tier that is held after the next look at it, if nothing more happens.

    Days of grace are taken to be over, and tiers set or bought to end at their dates.
    """
    tiers = programme.tiers
    assert tiers is not None, "a tier without a ladder"
    held = member.tier_in(tiers)
    if member.tier_until is None or member.earned_tier is None:
        return held
    counts = counts_within(member, programme, *judged_days(member, programme))
    kept = tiers.kept_with(member.earned_tier, counts).id
    over = member.tier_until
    if tiers.grace_days and kept != member.earned_tier and member.terms.grace_from is None:
        first = local_date(over, programme.zone)
        over = start_of_day(first + timedelta(days=tiers.grace_days), programme.zone)
    running = (warrant for warrant in member.terms.warrants if warrant.until > over)
    return held_tier(tiers, kept, running)


def _assured_until(member: Member, tier: str) -> datetime | None:
    """Give the last instant until which a warrant gives the tier that is held."""
    ends = [warrant.until for warrant in member.terms.warrants if warrant.tier == tier]
    return max(ends, default=None)


def missing(member: Member, programme: Programme, goal: Goal, day: date) -> Ways:
    """Give what the window up to a day lacks to a goal, for each way to reach it."""
    assert programme.tiers is not None, "a goal without a ladder"
    days = programme.tiers.window.days_up_to(day, joined_on(member, programme))
    return goal.missing(counts_within(member, programme, *days))


def spend_alone(ways: Ways) -> Decimal | None:
    """Give the least spend that alone goes one of the ways; None where none does."""
    alone = [way for way in ways if all(lack.measure == "spend" for lack in way)]
    return min((way[0].amount if way else Decimal(0) for way in alone), default=None)


def _enough_until(member: Member, programme: Programme, goal: Goal, today: date) -> date | None:
    """Give the day on which what counts now counts no longer."""
    assert programme.tiers is not None, "a goal without a ladder"
    window, joined = programme.tiers.window, joined_on(member, programme)
    if window.rolling_days is None:
        return window.ends_after(today, joined)
    first, last = window.days_up_to(today)
    tallies = (member.tally(tally_name(measure)) for measure in goal.measures)
    counted = [day for tally in tallies for day, amount in tally.days.items() if amount]
    oldest = min((day for day in counted if first <= day <= last), default=None)
    return None if oldest is None else window.ends_after(oldest)
