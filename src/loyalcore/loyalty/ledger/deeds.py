"""Decide behaviours: when they count and what they earn."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from itertools import groupby

import attrs

from loyalcore.errors import GivenByItself, UnknownBehaviour
from loyalcore.forms import utc
from loyalcore.loyalty.ledger.facts import lot_for, refuse_untimely
from loyalcore.loyalty.ledger.tier_corrections import with_corrections
from loyalcore.loyalty.ledger.tier_counts import count_deed
from loyalcore.loyalty.ledger.tier_moves import upgrade
from loyalcore.loyalty.member.award import Award, Reason, RuleOutcome
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.commands import RecordBehaviour
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.events import BehaviourRecorded, MemberEvent
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.member import JOINING, Member
from loyalcore.loyalty.programme.conditions import Facts
from loyalcore.loyalty.programme.limits import limit_reached
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.rules import Behaviour, Multiplier, Stacking
from loyalcore.timing import local_date


def record_behaviour(
    member: Member, past: Dossier, command: RecordBehaviour, club: Club, at: datetime
) -> tuple[MemberEvent, ...]:
    """Give a behaviour its points, unless one of its limits is reached, and see what it reaches.

    Raises:
        AlreadyRecorded, FactInFuture, FactBeforeJoining, FactTooLate, UnknownBehaviour,
        GivenByItself: see these.
    """
    past.refuse_known(f"deed:{command.id}")
    refuse_untimely(member, command.occurred_at, at, club.at(at))
    occurred_at = utc(command.occurred_at)
    programme = club.at(occurred_at)
    rule = programme.behaviour(command.behaviour)
    if rule is None:
        raise UnknownBehaviour(command.behaviour, tuple(b.id for b in programme.behaviours))
    if programme.gives(rule):
        raise GivenByItself(rule.id)
    facts = deed_facts(member, programme, occurred_at, command)
    award = judge_deed(rule, member, facts, programme)
    deed = BehaviourRecorded(
        recorded_at=at,
        source=command.source,
        behaviour=rule.id,
        id=command.id,
        occurred_at=occurred_at,
        day=facts.day,
        award=award,
    )
    return give(member, deed, programme, club)


def on_joining(member: Member, club: Club, at: datetime, source: str) -> tuple[MemberEvent, ...]:
    """Give what a programme gives for joining, to who joins for the first time."""
    if member.ever[JOINING] > 1:
        return ()
    programme = club.at(at)
    made: list[MemberEvent] = []
    for rule in programme.behaviours:
        if rule.on_joining:
            facts = deed_facts(member, programme, at)
            deed = BehaviourRecorded(
                recorded_at=at,
                source=source,
                behaviour=rule.id,
                id="",
                occurred_at=at,
                day=facts.day,
                award=judge_deed(rule, member, facts, programme),
            )
            for event in give(member, deed, programme, club):
                member = evolve(member, event)
                made.append(event)
    return tuple(made)


def give(
    member: Member, deed: BehaviourRecorded, programme: Programme, club: Club
) -> tuple[MemberEvent, ...]:
    """Open the lot of what a behaviour earned, and see whether it reaches a higher tier."""
    (ref, *_), at = deed.refs, deed.recorded_at
    counts = count_deed(programme, deed.award.points)
    award, lot, repaid = lot_for(member, deed.award, ref, deed.occurred_at, programme, at)
    recorded = attrs.evolve(
        deed,
        award=award,
        lot=lot,
        repaid=repaid,
        kept_days=programme.kept_days,
        counts=counts,
    )
    now = club.at(at)
    member, made = with_corrections(member, (recorded,), now, at, deed.day)
    if now.tiers is None or not now.tiers.moved_by(deed.behaviour):
        return made
    return (*made, *upgrade(member, now, at))


def deed_facts(
    member: Member, programme: Programme, at: datetime, told: RecordBehaviour | None = None
) -> Facts:
    """Give what conditions may look at when a member does something at an instant."""
    joined, tz = member.enrolled_at, programme.zone
    return Facts(
        day=local_date(at, tz),
        leap_day=programme.leap_day_birthday,
        birthday=told.birthday if told else None,
        channel=told.channel if told else "",
        store=told.store if told else "",
        clock=at.astimezone(tz).time(),
        joined=None if joined is None else local_date(joined, tz),
        tier=member.tier_in(programme.tiers),
    )


def judge_deed(rule: Behaviour, member: Member, facts: Facts, programme: Programme) -> Award:
    """Say what a behaviour earns: its points times the multipliers that take behaviours in.

    A condition that looks at the lines of an order holds for none. The exact points are rounded
    as those of spending are, and each rule is given the difference that it makes.
    """
    factors = [m for m in programme.multipliers_in_order if m.subject.of_behaviours]
    ever = member.ever.get(rule.tally, 0)
    limit = limit_reached(rule.limits, member.had(rule.tally), ever, facts.day)
    if limit is not None:
        outcomes = [RuleOutcome(rule.id, 0, Reason.LIMIT_REACHED, limit.words)]
        outcomes += [RuleOutcome(m.id, 0, Reason.NOTHING_TO_EARN_ON) for m in factors]
        return Award(0, tuple(outcomes), programme.content_id)
    exact, total = Fraction(rule.points), rule.points
    outcomes = [RuleOutcome(rule.id, rule.points)]
    for group, members in groupby(factors, key=lambda m: m.group):
        steps, reasons = _counted(list(members), group, facts, programme)
        for multiplier, factor in steps:
            now = programme.earning.rounding(exact * factor)
            nothing = Reason.LESS_THAN_A_POINT
            reason = Reason.EARNED if now > total else nothing
            outcomes.append(RuleOutcome(multiplier.id, now - total, reason))
            total = now
        exact *= steps[-1][1] if steps else 1
        outcomes += reasons
    return Award(total, tuple(outcomes), programme.content_id)


def _counted(
    candidates: Sequence[Multiplier], group: str, facts: Facts, programme: Programme
) -> tuple[list[tuple[Multiplier, Fraction]], list[RuleOutcome]]:
    """Give a group's multipliers that count with the factors reached, and why others do not."""
    held = [
        m for m in candidates if m.when is None or (not m.when.per_line and m.when.holds(facts))
    ]
    out = [RuleOutcome(m.id, 0, Reason.NOT_MET) for m in candidates if m not in held]
    if not held:
        return [], out
    steps = programme.earning.stacking.get(group, Stacking.BEST)(held)
    counted = {m.id for m, _ in steps}
    winner = steps[0][0].id
    out += [RuleOutcome(m.id, 0, Reason.OUTBID, winner) for m in held if m.id not in counted]
    return steps, out
