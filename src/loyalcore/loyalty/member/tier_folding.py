"""Fold what happens to a member's tier into the state."""

from datetime import datetime
from typing import assert_never

import attrs

from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.tier_events import (
    EarnedTierMoved,
    PeriodClosed,
    TierAtRisk,
    TierChanged,
    TierGraceBegan,
    TierKept,
    TierReason,
    TierSecured,
)
from loyalcore.loyalty.member.tier_terms import Closed, Rise, TierTerms
from loyalcore.loyalty.member.warrant_events import TierBought, TierSet, WarrantEnded
from loyalcore.loyalty.member.warrants import Bought, PaidTerm, Warrant, WarrantKind
from loyalcore.timing import Length

_BOUGHT = WarrantKind.BOUGHT

TierEvent = (
    TierChanged
    | EarnedTierMoved
    | TierKept
    | TierGraceBegan
    | TierAtRisk
    | TierSecured
    | PeriodClosed
    | TierSet
    | TierBought
    | WarrantEnded
)


def evolve_tier(member: Member, event: TierEvent) -> Member:
    """Fold one event of a tier into a member's state."""
    terms, at = member.terms, event.recorded_at
    match event:
        case TierChanged():
            before = member.earned_tier or event.before
            terms = _moved(terms, event, before, event.earned or event.after)
            terms = attrs.evolve(terms, earned=event.earned)
            return attrs.evolve(
                member,
                recorded_at=at,
                tier=event.after,
                tier_since=at,
                tier_until=event.until,
                terms=terms,
            )
        case EarnedTierMoved():
            terms = _moved(terms, event, event.before, event.after)
            earned = None if event.after == event.held else event.after
            terms = attrs.evolve(terms, earned=earned)
            return attrs.evolve(member, recorded_at=at, tier_until=event.until, terms=terms)
        case TierKept():
            terms = _anew(terms, event.warn_at)
            return attrs.evolve(member, recorded_at=at, tier_until=event.until, terms=terms)
        case TierGraceBegan():
            terms = attrs.evolve(terms, warn_at=None, grace_from=at, rises=())
            return attrs.evolve(member, recorded_at=at, tier_until=event.until, terms=terms)
        case TierAtRisk() | TierSecured():
            terms = attrs.evolve(terms, warn_at=None)
        case TierSet():
            terms = _warranted(terms, Warrant(event.id, event.kind, event.tier, event.until))
        case TierBought():
            terms = _warranted(terms, Warrant(event.id, _BOUGHT, event.tier, event.until))
            terms = attrs.evolve(terms, bought=_paid(terms.bought, event))
        case WarrantEnded():
            left = tuple(w for w in terms.warrants if w.kind is not event.kind)
            bought = None if event.kind is _BOUGHT else terms.bought
            terms = attrs.evolve(terms, warrants=left, bought=bought)
        case PeriodClosed():
            terms = attrs.evolve(
                terms, rises=_based(terms.rises, event.kept), closed=_closed(event)
            )
        case _:
            assert_never(event)
    return attrs.evolve(member, recorded_at=at, terms=terms)


def _moved(
    terms: TierTerms, event: TierChanged | EarnedTierMoved, before: str, after: str
) -> TierTerms:
    """Keep account of the tiers earned."""
    match event.reason:
        case TierReason.SET | TierReason.BOUGHT | TierReason.ENDED:
            return terms
        case TierReason.REACHED:
            first = event.first or event.recorded_at.date()
            rises = (*terms.rises, Rise(before, after, first))
            return attrs.evolve(terms, warn_at=event.warn_at, grace_from=None, rises=rises)
        case TierReason.NOT_KEPT:
            return _anew(terms, event.warn_at)
        case TierReason.UNDONE | TierReason.REASSESSED:
            rises = _left(terms.rises, after)
            if event.reason is TierReason.UNDONE:
                rises = _undone(terms.rises, event.rises, after)
            grace = terms.grace_from if event.until is not None else None
            return attrs.evolve(terms, warn_at=event.warn_at, grace_from=grace, rises=rises)
        case _:
            assert_never(event.reason)


def _left(rises: tuple[Rise, ...], after: str) -> tuple[Rise, ...]:
    """Keep the rises up to the one that reached a tier."""
    reached = [rise.tier for rise in rises]
    return rises[: reached.index(after) + 1 if after in reached else 0]


def _undone(rises: tuple[Rise, ...], kept: int, after: str) -> tuple[Rise, ...]:
    """Keep the first rises, and of the next what it still reaches."""
    lost = rises[kept]
    if after in {lost.before, rises[0].before}:
        return rises[:kept]
    return (*rises[:kept], Rise(lost.before, after, lost.first))


def _warranted(terms: TierTerms, warrant: Warrant) -> TierTerms:
    """Let a warrant take the place of the one of its kind."""
    others = [other for other in terms.warrants if other.kind is not warrant.kind]
    order = sorted([*others, warrant], key=lambda each: (each.until, each.id))
    return attrs.evolve(terms, warrants=tuple(order))


def _paid(bought: Bought | None, event: TierBought) -> Bought:
    """Add a term to those that are not over."""
    term = PaidTerm(
        event.fee, event.first, event.last, event.until, event.whole_until, event.pro_rata
    )
    open_terms = bought.terms if bought else ()
    left = tuple(each for each in open_terms if each.until > event.recorded_at)
    length = Length(event.days, event.months, event.years)
    return Bought(event.start, length, (*left, term))


def _anew(terms: TierTerms, warn_at: datetime | None) -> TierTerms:
    """Begin a new period."""
    return attrs.evolve(terms, warn_at=warn_at, grace_from=None, rises=(), closed=None)


def _based(rises: tuple[Rise, ...], kept: str) -> tuple[Rise, ...]:
    """Let the first rise begin at what a period is said to have kept now."""
    return (attrs.evolve(rises[0], before=kept), *rises[1:]) if rises else ()


def _closed(event: PeriodClosed) -> Closed:
    return Closed(event.before, event.kept, event.first, event.last, event.look_at, event.until)
