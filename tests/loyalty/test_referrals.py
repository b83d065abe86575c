"""Referrals as one side sees them: the first purchase, the version, the mistakes (L4)."""

from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore.errors import FactTooLate, GivenByItself, InvalidDocument, InvalidValue
from loyalcore.loyalty import (
    Behaviour,
    BehaviourRecorded,
    Club,
    Enrol,
    MemberEvent,
    Programme,
    Redeem,
    Referral,
    ReferralJudged,
    ReferralReason,
    ReferralUndone,
    points_by_rule,
    programme_schema,
)
from loyalcore.loyalty.member.referral_commands import (
    AnswerReferral,
    BringFriend,
    EarnReferral,
    UndoReferral,
)
from loyalcore.testing import rule
from loyalcore.testing.earning_rules import referrals
from tests.loyalty import many
from tests.loyalty.club import NOON, History, line, published, shanghai, shop
from tests.loyalty.test_deeds import do

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
BEHAVIOURS = [{"id": "invite", "points": 500}, {"id": "invited", "points": 200}]


def inviting(when: str = "first_purchase", points: int = 200, **more: Any) -> Programme:
    """A shop that thanks both sides."""
    behaviours = [BEHAVIOURS[0], {"id": "invited", "points": points}]
    referral = {"referrer": "invite", "joiner": "invited", "when": when}
    return shop(behaviours=behaviours, referral=referral | more)


def brought(*programmes: Programme, at: datetime = NOON) -> History:
    """A member who joined, brought by Ann, who says that she did."""
    history = History.of(*programmes)
    history.tell(Enrol(recorded_at=at, referred_by="ann"))
    history.tell(AnswerReferral(recorded_at=at))
    return history


def judged(events: list[MemberEvent]) -> list[ReferralReason]:
    return [event.reason for event in events if isinstance(event, ReferralJudged)]


def given_by(events: list[MemberEvent]) -> list[tuple[str, int]]:
    deeds = [event for event in events if isinstance(event, BehaviourRecorded)]
    return [(deed.behaviour, deed.award.points) for deed in deeds]


# Days after joining on which it was bought, by how many days it is told late, and what was paid.
_ORDERS = st.lists(
    st.tuples(
        st.sampled_from((0, 1, 8, 9, 10, 11, 12, 60, 95, 98, 99, 100, 101, 105)),
        st.sampled_from((0, 0, 0, 1, 10, 89, 90, 91)),
        st.sampled_from((0, 99, 100, 101, 300)),
    ),
    max_size=6,
)


@rule("L4.12", "L4.19")
@settings(max_examples=settings().max_examples * 3)
@given(_ORDERS, st.sampled_from((None, 0, 10)), st.sampled_from((0, 100)))
def test_the_first_purchase(
    orders: list[tuple[int, int, int]], within: int | None, least: int
) -> None:
    """The first told of those that were in time and enough; each other says why it was not."""
    ending = {} if within is None else {"within": {"days": within}}
    history = brought(inviting(least=least, **ending))
    # Noon in Shanghai: the last day ends twelve hours behind its noon.
    end = None if within is None else NOON + within * DAY + timedelta(hours=12)
    told = sorted((bought + late, bought, paid) for bought, late, paid in orders)
    open_, wanted = True, []
    for number, (recorded, bought, paid) in enumerate(told):
        at, occurred = NOON + recorded * DAY, NOON + bought * DAY
        try:
            history.buy(str(number), line(f"{paid}.00"), at=occurred, told=at)
        except FactTooLate:
            continue
        if not open_:
            continue
        if end is not None and occurred >= end:
            wanted.append(ReferralReason.TOO_LATE)
            open_ = at - end < 90 * DAY
        elif paid == 0 or paid < least:
            wanted.append(ReferralReason.TOO_LITTLE)
        else:
            wanted.append(ReferralReason.EARNED)
            open_ = False
    assert judged(history.events)[2:] == wanted
    earned = ReferralReason.EARNED in wanted
    assert given_by(history.events) == ([("invited", 200)] if earned else [])
    said = history.state.referred
    assert said is not None
    assert said.open == open_
    assert said.reason is (wanted[-1] if wanted else ReferralReason.OPEN)


@rule("L4.12", "L4.19")
@given(st.just(0) | st.integers(0, 400), st.integers(-1, 1), st.sampled_from(("days", "months")))
def test_the_last_day_counts_whole(length: int, off: int, unit: str) -> None:
    """To the end of the local day so long after the one of joining, to the microsecond."""
    length = length if unit == "days" else length % 13
    joined = shanghai("2026-01-31 23:30")
    history = brought(inviting(within={unit: length}), at=joined)
    rules = history.club.at(joined).referral
    assert rules is not None
    assert rules.within is not None
    last = rules.within.after(joined.date())
    end = shanghai(f"{last.isoformat()} 00:00") + DAY
    assert history.state.referred is not None
    assert history.state.referred.until == end
    history.buy("A", line("1.00"), at=end + off * TICK)
    in_time = off < 0
    assert given_by(history.events) == ([("invited", 200)] if in_time else [])


@rule("L4.20")
@given(st.none() | st.text(max_size=2))
def test_by_whom_one_joins(by: str | None) -> None:
    """By somebody with a name or by nobody; a name that is none is refused, not left out."""
    if by is not None and not (by and by.isprintable()):
        with pytest.raises(InvalidValue, match=r"Enrol\.referred_by"):
            Enrol(recorded_at=NOON, referred_by=by)
        return
    history = History.of(inviting())
    history.tell(Enrol(recorded_at=NOON, referred_by=by))
    said = history.state.referred
    assert (said and said.by) == by


@rule("L4.17")
@given(st.integers(0, 20), st.integers(0, 20), st.sampled_from(("joining", "first_purchase")))
def test_what_was_promised_on_joining(joined: int, bought: int, when: str) -> None:
    """The version in force when the friend joined says what both sides get, and when."""
    change = NOON + 10 * DAY
    old, new = inviting(points=200, when=when), inviting(points=7, when="joining")
    none = shop(behaviours=BEHAVIOURS)
    for later in (new, none):
        club = Club((published(old), published(later, change)))
        history = History(club)
        at = NOON + joined * DAY
        history.tell(Enrol(recorded_at=at, referred_by="ann"))
        history.tell(AnswerReferral(recorded_at=at))
        history.buy("A", line("1.00"), at=at + bought * DAY)
        version = old if at < change else later
        points = {"invited": 200} if version is old else {"invited": 7}
        wanted = list(points.items()) if version.referral else []
        assert given_by(history.events) == wanted
        assert all(
            event.programme == version.content_id
            for event in history.events
            if isinstance(event, ReferralJudged)
        )
        ann = History(club)
        ann.tell(Enrol(recorded_at=NOON))
        then = at + bought * DAY
        ann.tell(BringFriend(recorded_at=then, friend="ben", joined_at=at))
        ann.tell(EarnReferral(recorded_at=then, friend="ben", joined_at=at))
        assert given_by(ann.events) == ([("invite", 500)] if version.referral else [])


@rule("L4.10")
@given(st.integers(0, 5), st.sampled_from(("invite", "invited")))
def test_what_a_referral_gives_is_not_told(day: int, behaviour: str) -> None:
    """Both sides' behaviours are given by themselves alone."""
    history = brought(inviting())
    with pytest.raises(GivenByItself, match="for a referral"):
        history.decide(do("d", day, behaviour))


@rule("L4.13")
@given(st.integers(0, 500), st.integers(0, 90), st.sampled_from(("debt", "waive")))
def test_what_is_claimed_back(spent: int, days: int, shortfall: str) -> None:
    """All that was given, from its lot, the rest owed or waived; limits have room again."""
    limits = [{"times": 1, "per": "programme"}]
    rows = [BEHAVIOURS[0] | {"limits": limits}, BEHAVIOURS[1]]
    programme = attrs.evolve(inviting(), behaviours=shop(behaviours=rows).behaviours)
    programme = attrs.evolve(programme, shortfall=shop(shortfall=shortfall).shortfall)
    ann = History.of(programme, joined=NOON)

    def friend(_: str, command: Any, **more: Any) -> None:
        at = NOON + days * DAY
        ann.tell(command(recorded_at=at, **more))

    friend("ben", EarnReferral, friend="ben", joined_at=NOON)
    friend("cat", EarnReferral, friend="cat", joined_at=NOON)
    assert [points for _, points in given_by(ann.events)] == [500, 0]
    if spent:
        friend("", Redeem, redemption="R", points=spent)
    friend("ben", UndoReferral, ref="friend:ben")
    (undone,) = [event for event in ann.events if isinstance(event, ReferralUndone)]
    assert undone.points == 500
    assert sum(part.points for part in undone.parts) == 500 - spent
    assert (undone.debt, undone.waived) == ((spent, 0) if shortfall == "debt" else (0, spent))
    assert ann.state.outstanding == 0
    friend("cat", UndoReferral, ref="friend:cat")
    friend("ben", UndoReferral, ref="friend:ben")
    assert len([event for event in ann.events if isinstance(event, ReferralUndone)]) == 1
    friend("dan", EarnReferral, friend="dan", joined_at=NOON)
    assert given_by(ann.events)[-1] == ("invite", 500)


@rule("L4.13")
@given(st.integers(1, 3), st.integers(1, 4), st.sampled_from(("at_once", "period_end")))
def test_tiers_that_friends_reached(needed: int, friends: int, undone: str) -> None:
    """Friends count towards tiers, and count off as their purchases come back."""
    ladder = [{"id": "member"}, {"id": "host", "entry": {"all": {"behaviour:invite": needed}}}]
    tiers = {"window": {"calendar": "year"}, "ladder": ladder, "undone": undone}
    referral = {"referrer": "invite", "when": "first_purchase"}
    programme = shop(behaviours=BEHAVIOURS, referral=referral, tiers=tiers)
    ann = History.of(programme, joined=NOON)
    for count in range(1, friends + 1):
        ann.tell(EarnReferral(recorded_at=NOON + DAY, friend=str(count), joined_at=NOON))
        assert ann.state.tier == ("host" if count >= needed else "member")
    reached = friends >= needed
    for left in range(friends - 1, -1, -1):
        ann.tell(UndoReferral(recorded_at=NOON + 2 * DAY, ref=f"friend:{left + 1}"))
        still = left >= needed or (reached and undone == "period_end")
        assert ann.state.tier == ("host" if still else "member")
    ann.sweep(shanghai("2027-01-01 00:00"))
    assert ann.state.tier == "member"


@rule("L4.18")
@given(many.clubs())
def test_reports_know_what_referrals_gave(drawn: tuple[Programme, list[History]]) -> None:
    """What referrals gave stands among what rules gave, and what was claimed back among that."""
    programme, histories = drawn
    if not histories or programme.referral is None:
        return
    report = points_by_rule(
        many.pairs_of(histories),
        histories[0].club,
        since=many.begin(histories),
        until=many.last(histories) + TICK,
    )
    given_: dict[str, int] = {}
    for history in histories:
        for event in history.events:
            if isinstance(event, BehaviourRecorded) and event.referral:
                outcome = event.award.rules[0]
                given_[outcome.rule] = given_.get(outcome.rule, 0) + outcome.points
    for side in programme.referral.sides:
        rows = [row.points for row in report.rows if row.rule == side]
        assert sum(rows) == given_.get(side, 0)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "referral.referrer: nobody would earn"),
    ({"referrer": "no"}, "referral.referrer: there is no behaviour 'no'"),
    ({"joiner": "no"}, "referral.joiner: there is no behaviour 'no'"),
    ({"joiner": "hello"}, "referral.joiner: 'hello' is given on joining"),
    ({"joiner": "invite", "referrer": "invite"}, "referral.joiner: give each side"),
    ({"joiner": "invited", "least": 5}, "referral.least: only with when"),
    ({"joiner": "invited", "within": {"days": 5}}, "referral.within: only with when"),
    ({"joiner": "invited", "within": {"days": 0}}, "referral.within: only with when"),
    ({"joiner": "invited", "when": "first_purchase", "least": -1}, "referral.least: -1 is neg"),
    ({"joiner": "invited", "when": "first_purchase", "least": "0.001"}, "finer than CNY is"),
    ({"joiner": "invited", "when": "later"}, "referral.when"),
]


@rule("P1.9")
@given(referrals())
def test_a_currency_that_there_is_not(drawn: tuple[Referral, tuple[Behaviour, ...]]) -> None:
    """It is told under its own path, and no amount is judged by it."""
    referral, behaviours = drawn
    with pytest.raises(InvalidDocument) as wrong:
        attrs.evolve(shop(), currency="XXX", referral=referral, behaviours=behaviours)
    assert [mistake.path for mistake in wrong.value.mistakes] == ["currency"]


@pytest.mark.parametrize(("referral", "text"), WRONG)
def test_mistakes_are_told(referral: dict[str, Any], text: str) -> None:
    """Each with its path."""
    rows = [*BEHAVIOURS, {"id": "hello", "points": 1, "on_joining": True}]
    with pytest.raises(InvalidDocument) as wrong:
        shop(behaviours=rows, referral=referral)
    assert text in str(wrong.value)


def test_the_schema_knows_referrals() -> None:
    """With what each key means."""
    schema = programme_schema()
    fields = schema["$defs"]["Referral"]["properties"]
    assert schema["properties"]["referral"]["$ref"] == "#/$defs/Referral"
    assert fields["when"]["enum"] == ["joining", "first_purchase"]
    assert all("description" in field for field in fields.values())
