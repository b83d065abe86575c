"""Warn before a tier is lost."""

from loyalcore.loyalty.ledger.tier_counts import counts_within
from loyalcore.loyalty.ledger.tier_moves import judged_days
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.tier_events import TierAtRisk, TierSecured
from loyalcore.loyalty.programme.programme import Programme


def warn(member: Member, programme: Programme) -> tuple[TierAtRisk | TierSecured]:
    """Say whether the tier will be kept as things stand, or what is missing to keep it."""
    tiers, at = programme.tiers, member.terms.warn_at
    assert tiers is not None, "a tier without a ladder"
    assert at is not None, "no warning due"
    assert member.earned_tier is not None, "no tier to lose"
    assert member.tier_until is not None, "nothing to be lost"
    counts = counts_within(member, programme, *judged_days(member, programme))
    kept = tiers.kept_with(member.earned_tier, counts)
    if kept.id == member.earned_tier:
        secured = TierSecured(
            recorded_at=at,
            tier=kept.id,
            until=member.tier_until,
            met=kept.kept_by.met_by(counts),
            programme=programme.content_id,
        )
        return (secured,)
    at_risk = TierAtRisk(
        recorded_at=at,
        tier=member.earned_tier,
        until=member.tier_until,
        missing=tiers.ladder[tiers.rank(member.earned_tier)].kept_by.missing(counts),
        falls_to=kept.id,
        programme=programme.content_id,
    )
    return (at_risk,)
