"""Decide referrals: whether one counts, and what it gives to both sides."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from loyalcore.decider import Command
from loyalcore.errors import ReferralRefused
from loyalcore.forms import utc
from loyalcore.loyalty.ledger.deeds import deed_facts, give, judge_deed
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.commands import Enrol, RecordPurchase
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.events import BehaviourRecorded, MemberEvent
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.member import JOINING, Member
from loyalcore.loyalty.member.referral import ReferralReason, Referred
from loyalcore.loyalty.member.referral_commands import (
    AnswerReferral,
    BringFriend,
    EarnReferral,
    UndoReferral,
)
from loyalcore.loyalty.member.referral_events import (
    FRIEND,
    REFERRER,
    FriendBrought,
    ReferralJudged,
)
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.referral import InvalidReferral, Referral, ReferralWhen
from loyalcore.timing import local_date


def claim_referral(
    member: Member, command: Enrol, club: Club, at: datetime
) -> tuple[ReferralJudged, ...]:
    """Say whether the referral by which one joins may count, or whom to ask.

    Raises:
        ReferralRefused: it does not count, and the programme refuses such.
    """
    if command.referred_by is None:
        return ()
    programme, reason = club.at(at), ReferralReason.ASKED
    if programme.referral is None:
        reason = ReferralReason.NOT_OFFERED
    elif member.ever[JOINING] > 1:
        reason = ReferralReason.JOINED_BEFORE
    judged = _judged(member, command.referred_by, reason, programme, at, command.source)
    return (_noted(judged, programme.referral),)


def answer_referral(
    member: Member, _: Dossier, command: AnswerReferral, club: Club, at: datetime
) -> tuple[MemberEvent, ...]:
    """Take the answer of who brought one: nothing, or the friend's own part, now or later.

    Raises:
        ReferralRefused: it does not count, and the programme refuses such.
    """
    asked = member.referred
    if asked is None or asked.reason is not ReferralReason.ASKED:
        return ()
    programme = _agreed(member, club)
    rules = programme.referral
    assert rules is not None, "asked for a programme without referrals"
    if command.reason is not None:
        no = _judged(member, asked.by, command.reason, programme, at, command.source)
        return (_noted(no, rules),)
    if rules.when is ReferralWhen.JOINING:
        earned = ReferralReason.EARNED
        yes = _judged(member, asked.by, earned, programme, at, command.source)
        return (yes, *_given_to_joiner(evolve(member, yes), yes, club))
    assert member.enrolled_at is not None, "only members are brought"
    until = rules.ends(local_date(member.enrolled_at, programme.zone), programme.zone)
    told = Referred(asked.by, ReferralReason.OPEN, until=until, open=True)
    return (_judgement(member, told, programme, at, command.source),)


def meet_referral(
    member: Member, command: RecordPurchase, club: Club, at: datetime
) -> tuple[MemberEvent, ...]:
    """Say whether an order is the first purchase that a referral waits for.

    Args:
        member: with the order.
        command: the order.
        club: whose version in force when the member joined counts.
        at: when it is recorded.
    """
    told = member.referred
    if told is None or not told.open:
        return ()
    programme = _agreed(member, club)
    rules = programme.referral
    assert rules is not None, "a referral is open that no programme offers"
    paid = sum(line.paid for line in command.lines if not line.reward)
    reason, open_ = ReferralReason.EARNED, False
    if told.until is not None and told.until <= utc(command.occurred_at):
        # Until no order from before can be told any more, one may still be.
        late = timedelta(days=club.at(at).late_facts_days)
        reason, open_ = ReferralReason.TOO_LATE, at - told.until < late
    elif paid <= 0 or programme.money(paid) < rules.least:
        reason, open_ = ReferralReason.TOO_LITTLE, True
    judged = Referred(told.by, reason, command.order, told.until, open_)
    event = _judgement(member, judged, programme, at, command.source)
    if reason is not ReferralReason.EARNED:
        return (event,)
    return (event, *_given_to_joiner(evolve(member, event), event, club))


def bring_friend(
    _: Member, past: Dossier, command: BringFriend, club: Club, at: datetime
) -> tuple[FriendBrought, ...]:
    """Say that one is the member who brought a friend."""
    past.refuse_known(f"{FRIEND}{command.friend}")
    if club.at(command.joined_at).referral is None:
        return ()
    brought = FriendBrought(
        recorded_at=at,
        source=command.source,
        friend=command.friend,
        joined_at=command.joined_at,
    )
    return (brought,)


def earn_referral(
    member: Member, _: Dossier, command: EarnReferral, club: Club, at: datetime
) -> tuple[MemberEvent, ...]:
    """Give who brought a friend what that earns, as far as the limits leave room."""
    rules = club.at(command.joined_at).referral
    behaviour = rules.referrer if rules else None
    ref = f"{FRIEND}{command.friend}"
    return _given(member, behaviour, ref, "", command.joined_at, club, at, command.source)


def _given_to_joiner(member: Member, event: ReferralJudged, club: Club) -> tuple[MemberEvent, ...]:
    rules = _agreed(member, club).referral
    behaviour = rules.joiner if rules else None
    ref, at = f"{REFERRER}{event.by}", event.recorded_at
    return _given(member, behaviour, ref, event.order, event.joined_at, club, at, event.source)


def _given(
    member: Member,
    behaviour: str | None,
    ref: str,
    order: str,
    joined_at: datetime,
    club: Club,
    at: datetime,
    source: str,
) -> tuple[MemberEvent, ...]:
    """Give one side its behaviour, by the version in force when the friend joined."""
    programme = club.at(joined_at)
    rule = None if behaviour is None else programme.behaviour(behaviour)
    if rule is None:
        return ()
    facts = deed_facts(member, programme, at)
    deed = BehaviourRecorded(
        recorded_at=at,
        source=source,
        behaviour=rule.id,
        id="",
        occurred_at=at,
        day=facts.day,
        award=judge_deed(rule, member, facts, programme),
        referral=ref,
        joined_at=joined_at,
        order=order,
    )
    return give(member, deed, programme, club)


def _agreed(member: Member, club: Club) -> Programme:
    """Give the version in force when a member joined: what was promised then."""
    assert member.enrolled_at is not None, "only members are brought"
    return club.at(member.enrolled_at)


def _judged(
    member: Member,
    by: str,
    reason: ReferralReason,
    programme: Programme,
    at: datetime,
    source: str,
) -> ReferralJudged:
    return _judgement(member, Referred(by, reason), programme, at, source)


def _judgement(
    member: Member, told: Referred, programme: Programme, at: datetime, source: str
) -> ReferralJudged:
    assert member.enrolled_at is not None, "only members are brought"
    return ReferralJudged(
        recorded_at=at,
        source=source,
        by=told.by,
        reason=told.reason,
        joined_at=member.enrolled_at,
        programme=programme.content_id,
        order=told.order,
        until=told.until,
        open=told.open,
    )


def _noted(event: ReferralJudged, rules: Referral | None) -> ReferralJudged:
    """Give the event unless it says no and the programme refuses such joinings."""
    refused = event.reason is not ReferralReason.ASKED
    if refused and rules is not None and rules.invalid is InvalidReferral.REFUSED:
        raise ReferralRefused(event.by, Referred(event.by, event.reason).why)
    return event


def referral_leads_to(stream: str, event: object) -> Sequence[tuple[str, Command]]:
    """Give what one side of a referral makes the other do."""
    if not isinstance(event, ReferralJudged | FriendBrought):
        return ()
    club, _, me = stream.rpartition("/")
    at, source = event.recorded_at, event.source
    if isinstance(event, FriendBrought):
        answer = AnswerReferral(recorded_at=event.joined_at, source=source)
        return ((f"{club}/{event.friend}", answer),)
    by, joined_at = f"{club}/{event.by}", event.joined_at
    match event.reason:
        case ReferralReason.ASKED if event.by == me:
            oneself = ReferralReason.ONESELF
            return ((stream, AnswerReferral(recorded_at=at, source=source, reason=oneself)),)
        case ReferralReason.ASKED:
            ask = BringFriend(recorded_at=at, source=source, friend=me, joined_at=joined_at)
            return ((by, ask),)
        case ReferralReason.EARNED:
            earn = EarnReferral(recorded_at=at, source=source, friend=me, joined_at=joined_at)
            return ((by, earn),)
        case ReferralReason.RETURNED:
            return ((by, UndoReferral(recorded_at=at, source=source, ref=f"{FRIEND}{me}")),)
        case _:
            return ()
