"""Decide a member's commands, and do what time alone does."""

from datetime import datetime, timedelta
from typing import assert_never

from loyalcore.decider import Decider, EventType, decided_at
from loyalcore.errors import (
    AlreadyEnrolled,
    AlreadyRecorded,
    CurrencyNotAccepted,
    FactBeforeJoining,
    FactInFuture,
    FactTooLate,
    InsufficientPoints,
    NotEnrolled,
    RecordedBackwards,
    UnknownBehaviour,
)
from loyalcore.forms import utc
from loyalcore.loyalty import events as e
from loyalcore.loyalty.award import Award, Reason, RuleOutcome
from loyalcore.loyalty.club import Club, evolve_club, publish
from loyalcore.loyalty.commands import (
    Enrol,
    Leave,
    MemberCommand,
    PublishProgramme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
)
from loyalcore.loyalty.conditions import Facts
from loyalcore.loyalty.earning import judge
from loyalcore.loyalty.lots import expired, open_lot, spendable, take
from loyalcore.loyalty.member import Member, evolve
from loyalcore.loyalty.programme import Programme, configure
from loyalcore.loyalty.returns import OrderFile, decide_return, order_file, told_before
from loyalcore.loyalty.tier_moves import assess, upgrade
from loyalcore.timing import local_date


def due(member: Member) -> datetime | None:
    """Give the next instant at which a lot expires or a tier is looked at."""
    expiry = member.lots[0].expires_at if member.lots else None
    instants = [instant for instant in (expiry, member.tier_until) if instant is not None]
    return min(instants, default=None)


def advance(member: Member, now: datetime, club: Club) -> tuple[e.MemberEvent, ...]:
    """Give all that time has done by now, each event dated at its own due instant."""
    done: list[e.MemberEvent] = []
    while (at := due(member)) is not None and at <= now:
        event: e.MemberEvent
        gone = [lot for lot in member.lots if expired(lot, at)]
        if gone:
            parts = tuple(e.Part(lot.id, lot.points, lot.expires_at) for lot in gone)
            event = e.PointsExpired(recorded_at=at, parts=parts)
        else:
            event = assess(member, club.at(at))
        done.append(event)
        member = evolve(member, event)
    return tuple(done)


def decide(
    member: Member, file: OrderFile, command: MemberCommand, club: Club
) -> tuple[e.MemberEvent, ...]:
    """Decide a member's command: first what time has done by then, then what it brings.

    Raises:
        Refused: a rule forbids it; nothing has changed.
    """
    at = decided_at(command)
    if member.recorded_at is not None and at < member.recorded_at:
        raise RecordedBackwards(member.recorded_at, at)
    passed = advance(member, at, club)
    for event in passed:
        member = evolve(member, event)
    if member.enrolled_at is None and not isinstance(command, Enrol):
        raise NotEnrolled
    made = _bring(member, file, command, club, at)
    return (*passed, *made) if made else ()


def _bring(
    member: Member, file: OrderFile, command: MemberCommand, club: Club, at: datetime
) -> tuple[e.MemberEvent, ...]:
    """Give what a command itself brings."""
    match command:
        case Enrol():
            return _enrol(member, command, club, at)
        case Leave():
            return _end(member, at, command.source)
        case RecordPurchase():
            return _purchase(member, file, command, club, at)
        case RecordBehaviour():
            return _behaviour(member, file, command, club, at)
        case Redeem():
            return _redeem(member, file, command, at)
        case RecordReturn():
            if told_before(file, command):
                return ()
            _refuse_untimely(member, command.occurred_at, at, club.at(at))
            return decide_return(member, file, command, club.at(at), at)
        case _:
            assert_never(command)


def _enrol(member: Member, command: Enrol, club: Club, at: datetime) -> tuple[e.MemberEnrolled]:
    if member.enrolled_at is not None:
        raise AlreadyEnrolled(member.enrolled_at)
    tiers = club.at(at).tiers
    tier = tiers.ladder[0].id if tiers else None
    return (e.MemberEnrolled(recorded_at=at, source=command.source, tier=tier),)


def _end(member: Member, at: datetime, source: str = "") -> tuple[e.MembershipEnded]:
    """Let go of what is open, the points as well as the debt."""
    parts = tuple(e.Part(lot.id, lot.points, lot.expires_at) for lot in member.lots)
    return (e.MembershipEnded(recorded_at=at, source=source, parts=parts, waived=member.debt),)


def close(member: Member, at: datetime, _: Club) -> tuple[e.MemberEvent, ...]:
    """End a membership that has not ended yet."""
    return () if member.enrolled_at is None else _end(member, at)


def _refuse_untimely(
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


def _refuse_known(file: OrderFile, ref: str) -> None:
    if ref in file.refs:
        raise AlreadyRecorded(ref)


def _lot_for(
    member: Member,
    award: Award,
    ref: str,
    occurred_at: datetime,
    programme: Programme,
    at: datetime,
) -> tuple[Award, e.Lot | None, int]:
    """Open the lot of an award and say how much of it repays debt; none for no points."""
    if award.points <= 0:
        return award, None, 0
    day = local_date(occurred_at, programme.zone)
    lot = open_lot(programme, member.opened + 1, ref, award.points, occurred_at, day)
    if expired(lot, at):
        return award.lapsed(), None, 0
    return award, lot, min(member.debt, lot.points)


def _purchase(
    member: Member, file: OrderFile, command: RecordPurchase, club: Club, at: datetime
) -> tuple[e.MemberEvent, ...]:
    _refuse_known(file, f"order:{command.order}")
    _refuse_untimely(member, command.occurred_at, at, club.at(at))
    occurred_at = utc(command.occurred_at)
    programme = club.at(occurred_at)
    for place, line in enumerate(command.lines):
        for field, money in (("price", line.price), ("discount", line.discount)):
            if money is not None and money.currency != programme.currency:
                where = f"lines[{place}].{field}"
                raise CurrencyNotAccepted(where, money.currency, programme.currency)
    day = local_date(occurred_at, programme.zone)
    facts = Facts(
        day, programme.leap_day_birthday, command.birthday, command.channel, command.store
    )
    award, lines = judge(command, facts, programme)
    ref = f"order:{command.order}"
    given, lot, repaid = _lot_for(member, award, ref, occurred_at, programme, at)
    if given is not award:  # lapsed: a return must find nothing to claim back
        lines = tuple(
            e.LineEarned(line.line, line.amount, line.quantity, 0, line.spend) for line in lines
        )
    recorded = e.PurchaseRecorded(
        recorded_at=at,
        source=command.source,
        order=command.order,
        occurred_at=occurred_at,
        day=day,
        currency=programme.currency,
        lines=lines,
        award=given,
        lot=lot,
        repaid=repaid,
        kept_days=programme.kept_days,
    )
    return (recorded, *upgrade(evolve(member, recorded), club.at(at), at))


def _behaviour(
    member: Member, file: OrderFile, command: RecordBehaviour, club: Club, at: datetime
) -> tuple[e.MemberEvent, ...]:
    _refuse_known(file, f"deed:{command.id}")
    _refuse_untimely(member, command.occurred_at, at, club.at(at))
    occurred_at = utc(command.occurred_at)
    programme = club.at(occurred_at)
    rule = programme.behaviour(command.behaviour)
    if rule is None:
        raise UnknownBehaviour(command.behaviour, tuple(b.id for b in programme.behaviours))
    day = local_date(occurred_at, programme.zone)
    tally = member.tally(f"behaviour:{rule.id}")
    outcome = RuleOutcome(rule.id, rule.points)
    for limit in rule.limits:
        first, following = limit.per.start(day), limit.per.next_start(day)
        if tally.within(first, following - timedelta(days=1)) >= limit.times:
            by = f"{limit.times} per {limit.per.value}"
            outcome = RuleOutcome(rule.id, 0, Reason.LIMIT_REACHED, by)
            break
    award = Award(outcome.points, (outcome,), programme.content_id)
    ref = f"deed:{command.id}"
    award, lot, repaid = _lot_for(member, award, ref, occurred_at, programme, at)
    return (
        e.BehaviourRecorded(
            recorded_at=at,
            source=command.source,
            behaviour=rule.id,
            id=command.id,
            occurred_at=occurred_at,
            day=day,
            award=award,
            lot=lot,
            repaid=repaid,
            kept_days=programme.kept_days,
        ),
    )


def _redeem(
    member: Member, file: OrderFile, command: Redeem, at: datetime
) -> tuple[e.MemberEvent, ...]:
    _refuse_known(file, f"redemption:{command.redemption}")
    available = member.available(at)
    if command.points > available:
        raise InsufficientPoints(command.points, available)
    parts = take((lot for lot in member.lots if spendable(lot, at)), command.points)
    return (
        e.PointsRedeemed(
            recorded_at=at,
            source=command.source,
            redemption=command.redemption,
            points=command.points,
            parts=parts,
        ),
    )


def refs(command: MemberCommand) -> tuple[str, ...]:
    """Give the refs whose past a command must know."""
    match command:
        case RecordPurchase():
            return (f"order:{command.order}",)
        case RecordBehaviour():
            return (f"deed:{command.id}",)
        case Redeem():
            return (f"redemption:{command.redemption}",)
        case RecordReturn():
            return (f"order:{command.order}", f"return:{command.id}")
        case Enrol() | Leave():
            return ()
        case _:
            assert_never(command)


MEMBER: Decider[Member, OrderFile, Club] = Decider(
    name="loyalty.member",
    pattern="loyalty/*/*",
    fold_version=1,
    state_type=Member,
    initial=Member(),
    decide=decide,
    evolve=evolve,
    last=lambda member: member.recorded_at,
    due=due,
    advance=advance,
    refs=refs,
    dossier=order_file,
    policy_stream=lambda stream: stream.rpartition("/")[0],
    commands={
        "enrol": Enrol,
        "leave": Leave,
        "record_purchase": RecordPurchase,
        "record_behaviour": RecordBehaviour,
        "redeem": Redeem,
        "record_return": RecordReturn,
    },
    events=(
        EventType("loyalty.member_enrolled", e.MemberEnrolled),
        EventType("loyalty.membership_ended", e.MembershipEnded),
        EventType("loyalty.purchase_recorded", e.PurchaseRecorded),
        EventType("loyalty.behaviour_recorded", e.BehaviourRecorded),
        EventType("loyalty.points_redeemed", e.PointsRedeemed),
        EventType("loyalty.return_recorded", e.ReturnRecorded),
        EventType("loyalty.points_expired", e.PointsExpired),
        EventType("loyalty.tier_changed", e.TierChanged),
        EventType("loyalty.tier_kept", e.TierKept),
    ),
    configure=configure,
    close=close,
)
"""How a member's stream, `loyalty/CLUB/MEMBER`, lives."""

CLUB: Decider[Club, None, None] = Decider(
    name="loyalty.club",
    pattern="loyalty/*",
    fold_version=1,
    state_type=Club,
    initial=Club(),
    decide=publish,
    evolve=evolve_club,
    last=lambda club: club.recorded_at,
    due=lambda club: None,
    advance=lambda club, now, policy: (),
    refs=lambda command: (),
    dossier=lambda events: None,
    policy_stream=lambda stream: None,
    commands={"publish_programme": PublishProgramme},
    events=(EventType("loyalty.programme_published", e.ProgrammePublished),),
    configure=configure,
)
"""How a club's stream, `loyalty/CLUB`, lives."""
