"""Fold what happens to a member's tier into the state."""

from datetime import datetime
from typing import assert_never

import attrs

from loyalcore.loyalty.member import Member
from loyalcore.loyalty.tier_events import (
    PeriodClosed,
    TierAtRisk,
    TierChanged,
    TierGraceBegan,
    TierKept,
    TierReason,
    TierSecured,
)
from loyalcore.loyalty.tier_terms import Closed, Rise, TierTerms

TierEvent = TierChanged | TierKept | TierGraceBegan | TierAtRisk | TierSecured | PeriodClosed


def evolve_tier(member: Member, event: TierEvent) -> Member:
    """Fold one event of a tier into a member's state."""
    terms, at = member.terms, event.recorded_at
    match event:
        case TierChanged():
            return attrs.evolve(
                member,
                recorded_at=at,
                tier=event.after,
                tier_since=at,
                tier_until=event.until,
                terms=_changed(terms, event),
            )
        case TierKept():
            terms = _anew(terms, event.warn_at)
            return attrs.evolve(member, recorded_at=at, tier_until=event.until, terms=terms)
        case TierGraceBegan():
            terms = attrs.evolve(terms, warn_at=None, grace_from=at, rises=())
            return attrs.evolve(member, recorded_at=at, tier_until=event.until, terms=terms)
        case TierAtRisk() | TierSecured():
            terms = attrs.evolve(terms, warn_at=None)
        case PeriodClosed():
            terms = attrs.evolve(
                terms, rises=_based(terms.rises, event.kept), closed=_closed(event)
            )
        case _:
            assert_never(event)
    return attrs.evolve(member, recorded_at=at, terms=terms)


def _changed(terms: TierTerms, event: TierChanged) -> TierTerms:
    match event.reason:
        case TierReason.REACHED:
            first = event.first or event.recorded_at.date()
            rises = (*terms.rises, Rise(event.before, event.after, first))
            return attrs.evolve(terms, warn_at=event.warn_at, grace_from=None, rises=rises)
        case TierReason.NOT_KEPT:
            return _anew(terms, event.warn_at)
        case TierReason.UNDONE | TierReason.REASSESSED:
            reached = [rise.tier for rise in terms.rises]
            left = reached.index(event.after) + 1 if event.after in reached else 0
            grace = terms.grace_from if event.until is not None else None
            return attrs.evolve(
                terms, warn_at=event.warn_at, grace_from=grace, rises=terms.rises[:left]
            )
        case _:
            assert_never(event.reason)


def _anew(terms: TierTerms, warn_at: datetime | None) -> TierTerms:
    """Begin a new period."""
    return attrs.evolve(terms, warn_at=warn_at, grace_from=None, rises=(), closed=None)


def _based(rises: tuple[Rise, ...], kept: str) -> tuple[Rise, ...]:
    """Let the first rise begin at what a period is said to have kept now."""
    return (attrs.evolve(rises[0], before=kept), *rises[1:]) if rises else ()


def _closed(event: PeriodClosed) -> Closed:
    return Closed(event.before, event.kept, event.first, event.last, event.look_at, event.until)
