"""What the programme itself grants, and what becomes of that when its cause is undone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from loyalcore.decimals import plus
from loyalcore.errors import NeverValid, RewardUsed
from loyalcore.loyalty.ledger.entitling import end, right_of
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.commands import RecordPurchase
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.entitlement_events import (
    EntitlementEnd,
    EntitlementEnded,
    EntitlementGranted,
)
from loyalcore.loyalty.member.entitlement_handing import GIVEN_AWAY
from loyalcore.loyalty.member.events import (
    BehaviourRecorded,
    MemberEvent,
    PurchaseRecorded,
    ReturnRecorded,
)
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.referral_events import ReferralUndone
from loyalcore.loyalty.member.spending import PointsRedeemed, RedemptionUndone
from loyalcore.loyalty.member.tier_events import TierAtRisk, TierChanged, TierKept, TierReason
from loyalcore.loyalty.programme.conditions import Facts
from loyalcore.loyalty.programme.entitlements import Grant, Occasion
from loyalcore.loyalty.programme.programme import Programme


def _granted(
    rules: Iterable[Grant], cause: str, programme: Programme, at: datetime, times: int = 1
) -> Iterator[EntitlementGranted]:
    """Give what rules grant for a cause, each entitlement once, if it can ever be used."""
    seen: set[str] = set()
    for rule in rules:
        entitlement = programme.entitlement(rule.entitlement)
        assert entitlement is not None, "a programme knows the entitlements that it grants"
        id_ = f"{entitlement.id}/{cause}"
        if id_ in seen:
            continue
        seen.add(id_)
        try:
            right = right_of(entitlement, id_, cause, rule.id, at, programme.zone)
        except NeverValid:
            continue
        yield EntitlementGranted(
            recorded_at=at,
            right=attrs.evolve(right, uses=right.uses * times),
            programme=programme.content_id,
        )


def _rules(programme: Programme, on: Occasion, what: str) -> list[Grant]:
    return [rule for rule in programme.grants if rule.on is on and (not rule.of or what in rule.of)]


def grants_of_order(
    command: RecordPurchase, facts: Facts, programme: Programme, at: datetime
) -> tuple[EntitlementGranted, ...]:
    """Give the entitlements that an order brings."""
    rules = [rule for rule in programme.grants if rule.on is Occasion.ORDER]
    held = [rule for rule in rules if _holds(rule, command, facts)]
    return tuple(_granted(held, f"order:{command.order}", programme, at))


def _holds(rule: Grant, command: RecordPurchase, facts: Facts) -> bool:
    """Say whether something is paid for lines that a rule holds for, rewards aside."""
    return (
        sum(
            line.paid
            for line in command.lines
            if not line.reward and (rule.when is None or rule.when.holds(facts.of(line)))
        )
        > 0
    )


def _by_behaviour(event: BehaviourRecorded, club: Club, _: str) -> Iterator[EntitlementGranted]:
    if event.award.points:
        programme = club.at(event.joined_at or event.occurred_at)
        rules = _rules(programme, Occasion.BEHAVIOUR, event.behaviour)
        yield from _granted(rules, event.refs[0], programme, event.recorded_at)


def _by_reward(event: PointsRedeemed, club: Club, _: str) -> Iterator[EntitlementGranted]:
    if event.taken is not None:
        programme, at = club.at(event.recorded_at), event.recorded_at
        rules = _rules(programme, Occasion.REWARD, event.taken.reward)
        yield from _granted(rules, event.refs[0], programme, at, event.taken.quantity)


def _by_tier(event: TierChanged, club: Club, fact: str) -> Iterator[EntitlementGranted]:
    if event.reason is TierReason.REACHED:
        programme, at = club.at(event.recorded_at), event.recorded_at
        rules = _rules(programme, Occasion.TIER_REACHED, event.after)
        yield from _granted(rules, fact, programme, at)


_Bring = Callable[[Any, Club, str], Iterator[EntitlementGranted]]
_BRINGS: Mapping[type[MemberEvent], _Bring] = {
    BehaviourRecorded: _by_behaviour,
    PointsRedeemed: _by_reward,
    TierChanged: _by_tier,
}


def grants_of_time(events: Iterable[MemberEvent], club: Club) -> Iterator[EntitlementGranted]:
    """Give the entitlements that something brings which time has done."""
    for event in events:
        if isinstance(event, (TierKept, TierAtRisk)):
            programme, at = club.at(event.recorded_at), event.recorded_at
            kept = isinstance(event, TierKept)
            on = Occasion.TIER_KEPT if kept else Occasion.TIER_AT_RISK
            cause = f"{'kept' if kept else 'at risk'}:{event.tier}/{at.isoformat()}"
            yield from _granted(_rules(programme, on, event.tier), cause, programme, at)


def with_grants(
    member: Member, past: Dossier, made: Sequence[MemberEvent], club: Club
) -> tuple[MemberEvent, ...]:
    """Add to what a command brings the entitlements that come and go with it.

    Args:
        member: the state before it.
        past: what is recorded of what the command speaks of.
        made: what the command brings.
        club: its programmes.

    Raises:
        RewardUsed: a redemption is undone whose entitlement was used or given away.
    """
    granted = {event.right.id for event in made if isinstance(event, EntitlementGranted)}
    more: list[EntitlementGranted | EntitlementEnded] = []
    for event in _following(member, past, made, club):
        if isinstance(event, EntitlementGranted):
            if event.right.id in granted:
                continue
            granted.add(event.right.id)
        more.append(attrs.evolve(event, source=made[0].source))
    return (*made, *more)


def _following(
    member: Member, past: Dossier, made: Sequence[MemberEvent], club: Club
) -> Iterator[EntitlementGranted | EntitlementEnded]:
    """Give what each event brings; a tier is reached by the order or the deed before it."""
    fact = ""
    for event in made:
        if isinstance(event, (PurchaseRecorded, BehaviourRecorded)):
            fact = event.refs[0]
        if isinstance(event, ReturnRecorded):
            if came_back_whole(past, event):
                yield from _undone(member, past, f"order:{event.order}", event)
        elif isinstance(event, ReferralUndone):
            yield from _undone(member, past, event.ref, event)
        elif isinstance(event, RedemptionUndone):
            if event.given_back is not None:
                yield from _undone(member, past, f"redemption:{event.redemption}", event)
        elif bring := _BRINGS.get(type(event)):
            yield from bring(event, club, fact)


def came_back_whole(past: Dossier, event: ReturnRecorded) -> bool:
    """Say whether with this return all that was paid for its order has come back.

    An order for which nothing was paid is back with the last of its pieces.
    """
    purchase = past.purchase
    assert purchase is not None, "a return of an order is recorded behind it"
    if event.whole:
        return True
    paid = sum(line.amount for line in purchase.lines)
    lines = (*past.returned.values(), *event.lines)
    if paid:
        return sum(line.amount for line in lines) == paid
    pieces: dict[str, Decimal] = {}
    for line in lines:
        pieces[line.line] = plus(pieces.get(line.line, Decimal(0)), line.quantity)
    return all(pieces.get(line.line) == line.quantity for line in purchase.lines)


def _undone(
    member: Member,
    past: Dossier,
    cause: str,
    event: ReturnRecorded | RedemptionUndone | ReferralUndone,
) -> Iterator[EntitlementEnded]:
    """Revoke what a cause had brought, as the cause is undone.

    Of what is used up the end is told, too: should a use be undone, it does not come back.

    Raises:
        RewardUsed: a redemption is undone whose entitlement was used.
    """
    at, how = event.recorded_at, EntitlementEnd.CAUSE_UNDONE
    open_ = {right.id: right for right in member.entitlements if right.caused_by == cause}
    told = past.entitlements.rights
    if isinstance(event, RedemptionUndone):
        used = {id_: past_right.used for id_, past_right in told.items()}
        used |= {id_: right.used for id_, right in open_.items()}
        given = {id_ for id_, past_right in told.items() if past_right.how == GIVEN_AWAY}
        for id_, times in used.items():
            if times or id_ in given:
                raise RewardUsed(event.redemption, id_)
    for right in open_.values():
        yield end(right, how, at)
    for id_, past_right in told.items():
        gone = past_right.ended
        if gone is not None and gone.caused_by == cause and id_ not in open_:
            yield end(gone, how, at)
