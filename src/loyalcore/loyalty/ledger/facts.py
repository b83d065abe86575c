"""Decide purchases: when they count and what they earn."""

from datetime import datetime, timedelta

import attrs

from loyalcore.errors import (
    CurrencyNotAccepted,
    FactBeforeJoining,
    FactInFuture,
    FactTooLate,
)
from loyalcore.forms import utc
from loyalcore.loyalty.ledger.caps import capped
from loyalcore.loyalty.ledger.earning import judge
from loyalcore.loyalty.ledger.granting import grants_of_order
from loyalcore.loyalty.ledger.order_facts import order_facts
from loyalcore.loyalty.ledger.paying import Paid, pay
from loyalcore.loyalty.ledger.redeeming import capture, taken
from loyalcore.loyalty.ledger.tier_corrections import with_corrections
from loyalcore.loyalty.ledger.tier_counts import count_order
from loyalcore.loyalty.ledger.tier_moves import upgrade
from loyalcore.loyalty.member import events as e
from loyalcore.loyalty.member.award import Award
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.commands import RecordPurchase
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.lots import expired, open_lot
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.parts import Lot
from loyalcore.loyalty.member.spending import PointsPaid
from loyalcore.loyalty.member.tier_events import TierChanged
from loyalcore.loyalty.programme.conditions import Facts
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.tier_policies import Crossing
from loyalcore.timing import local_date


def refuse_untimely(
    member: Member, occurred_at: datetime, at: datetime, programme: Programme
) -> None:
    """Refuse a fact of the future, one from before the member joined, and one told too late."""
    if occurred_at > at:
        raise FactInFuture(utc(occurred_at), at)
    joined, tz = member.enrolled_at, programme.zone
    if joined is not None and local_date(occurred_at, tz) < local_date(joined, tz):
        raise FactBeforeJoining(utc(occurred_at), joined)
    if at - occurred_at > timedelta(days=programme.late_facts_days):
        raise FactTooLate(utc(occurred_at), at, programme.late_facts_days)


def lot_for(
    member: Member,
    award: Award,
    ref: str,
    occurred_at: datetime,
    programme: Programme,
    at: datetime,
) -> tuple[Award, Lot | None, int]:
    """Open the lot of an award and say how much of it repays debt; none for no points."""
    if award.points <= 0:
        return award, None, 0
    day = local_date(occurred_at, programme.zone)
    lot = open_lot(programme, member.opened + 1, ref, award.points, occurred_at, day)
    if expired(lot, at):
        return award.lapsed(), None, 0
    return award, lot, min(member.debt, lot.points)


def _pay(
    member: Member,
    past: Dossier,
    command: RecordPurchase,
    facts: Facts,
    programme: Programme,
    at: datetime,
) -> tuple[tuple[e.MemberEvent, ...], Paid | None, PointsPaid | None]:
    """Say what points pay of an order, where they come from, and how their hold ends."""
    points = command.points
    if not points:
        return (), None, None
    paid = pay(points, command.lines, facts, programme)
    if not command.hold:
        parts = taken(member, points, at)
        return (), paid, PointsPaid(paid.offer, points, paid.worth, parts)
    ended = capture(member, past, command.hold, points, at, command.source)
    spent = PointsPaid(paid.offer, points, paid.worth, ended.spent, command.hold)
    return (ended,), paid, spent


def record_purchase(
    member: Member, past: Dossier, command: RecordPurchase, club: Club, at: datetime
) -> tuple[e.MemberEvent, ...]:
    """Judge an order, open its lot, and see whether it reaches a higher tier.

    Raises:
        AlreadyRecorded, FactInFuture, FactBeforeJoining, FactTooLate, CurrencyNotAccepted,
        PaymentNotAllowed, InsufficientPoints, UnknownHold, HoldOver: see these.
    """
    past.refuse_known(f"order:{command.order}")
    refuse_untimely(member, command.occurred_at, at, club.at(at))
    occurred_at = utc(command.occurred_at)
    programme = club.at(occurred_at)
    for place, line in enumerate(command.lines):
        for field, money in (("price", line.price), ("discount", line.discount), ("tax", line.tax)):
            if money is not None and money.currency != programme.currency:
                where = f"lines[{place}].{field}"
                raise CurrencyNotAccepted(where, money.currency, programme.currency)
    facts = order_facts(member, command, programme)
    ended, paid, spent = _pay(member, past, command, facts, programme, at)
    for event in ended:
        member = evolve(member, event)
    recorded = _recorded(member, command, facts, (paid, spent), club, at)
    now, day = club.at(at), recorded.day
    if programme.tiers is not None and programme.tiers.crossing is Crossing.NEW:
        recorded = _at_new_rates(member, command, facts, (paid, spent), club, recorded)
    member, made = with_corrections(member, (recorded,), now, at, day)
    granted = grants_of_order(command, facts, programme, at) if programme.grants else ()
    return (*ended, *made, *granted, *upgrade(member, now, at))


_Payment = tuple[Paid | None, PointsPaid | None]


def _recorded(
    member: Member,
    command: RecordPurchase,
    facts: Facts,
    payment: _Payment,
    club: Club,
    at: datetime,
) -> e.PurchaseRecorded:
    """Judge an order as the facts have it."""
    paid, spent = payment
    ref, occurred_at = f"order:{command.order}", utc(command.occurred_at)
    programme, capped_from = club.at(occurred_at), club.capped_from
    award, lines = judge(command, facts, programme, paid)
    if programme.caps:
        award, lines = capped(award, lines, member, programme, facts.day)
    counts = count_order(programme, facts, command.lines, lines)
    given, lot, repaid = lot_for(member, award, ref, occurred_at, programme, at)
    if given is not award:  # lapsed: a return must find nothing to claim back
        lines = tuple(attrs.evolve(line, points=0, retested=0) for line in lines)
    return e.PurchaseRecorded(
        recorded_at=at,
        source=command.source,
        order=command.order,
        occurred_at=occurred_at,
        day=facts.day,
        currency=programme.currency,
        lines=lines,
        award=given,
        lot=lot,
        repaid=repaid,
        kept_days=programme.kept_days,
        counted=capped_from is not None and capped_from <= occurred_at,
        paid=spent,
        counts=counts,
    )


def _at_new_rates(
    member: Member,
    command: RecordPurchase,
    facts: Facts,
    payment: _Payment,
    club: Club,
    recorded: e.PurchaseRecorded,
) -> e.PurchaseRecorded:
    """Judge an order that reaches a tier once more, at that tier's rates, if it reaches it so."""
    at = recorded.recorded_at
    now = club.at(at)
    for reached in upgrade(evolve(member, recorded), now, at):
        if not isinstance(reached, TierChanged):
            continue
        facts = attrs.evolve(facts, tier=reached.after)
        again = _recorded(member, command, facts, payment, club, at)
        once_more = upgrade(evolve(member, again), now, at)
        if any(isinstance(r, TierChanged) and r.after == reached.after for r in once_more):
            return again
    return recorded
