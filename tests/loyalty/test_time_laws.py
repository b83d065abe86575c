"""Time: what it does, when, and that it makes no difference when anybody looks (L19)."""

from datetime import datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.errors import (
    FactInFuture,
    FactTooLate,
    RecordedBackwards,
    ReturnBeforePurchase,
)
from loyalcore.loyalty import (
    CLUB,
    MEMBER,
    Base,
    Club,
    Enrol,
    ExpiryAhead,
    InactivityReached,
    PointsExpired,
    Programme,
    PublishProgramme,
    PurchaseRecorded,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    ReturnRecorded,
    Tier,
    TierChanged,
    TierKept,
    TierReason,
    Tiers,
)
from loyalcore.testing import rule
from loyalcore.testing.loyalty import gaps, member_commands, programmes, tiers
from tests.loyalty.club import LONG_AGO, NOON, History, line, minor_line, published, shop

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
HISTORIES = programmes().flatmap(lambda p: st.tuples(st.just(p), member_commands(p)))


@rule("L19.7")
@given(HISTORIES)
def test_what_is_due_happens(drawn: tuple[Programme, list]) -> None:
    """Nothing happens before the due instant; at it something does, or due moves later."""
    programme, commands = drawn
    history = History.of(programme)
    history.try_all(commands)
    for _ in range(6):
        due = MEMBER.due(history.state)
        if due is None:
            return
        assert MEMBER.advance(history.state, due - TICK, history.club) == ()
        made = MEMBER.advance(history.state, due, history.club)
        history.keep(made)
        later = MEMBER.due(history.state)
        assert made
        assert later is None or later > due


@rule("L19.6")
@given(HISTORIES, st.lists(gaps(), max_size=3))
def test_swept_and_unswept_are_one_history(drawn: tuple[Programme, list], after: list) -> None:
    """Sweeping before each command, or seldom, or never, records the same events."""
    programme, commands = drawn
    never, always = History.of(programme), History.of(programme)
    never.try_all(commands)
    always.try_all(commands, sweep=True)
    now = commands[-1].recorded_at
    for gap in after:
        now += gap
        always.sweep(now)
    never.sweep(now)
    always.sweep(now)
    assert never.events == always.events
    assert never.state == always.state == never.at(now)


@rule("L19.5")
@given(HISTORIES)
def test_recorded_at_never_runs_backwards(drawn: tuple[Programme, list]) -> None:
    """Events stand in the order of their instants, and a command before the last is refused."""
    programme, commands = drawn
    history = History.of(programme)
    history.try_all(commands)
    instants = [event.recorded_at for event in history.events]
    assert instants == sorted(instants)
    last = instants[-1]
    before = last - TICK
    with pytest.raises(RecordedBackwards) as refused:
        history.decide(Redeem(recorded_at=before, redemption="x", points=1))
    assert (refused.value.last, refused.value.given) == (last, before)


@rule("L19.8")
@given(HISTORIES)
def test_time_dates_what_it_does(drawn: tuple[Programme, list]) -> None:
    """Expiry and a look at a tier are recorded at the instants told beforehand."""
    programme, commands = drawn
    history = History.of(programme)
    history.try_all(commands)
    state = MEMBER.initial
    for event in history.events:
        timed = isinstance(event, (PointsExpired, InactivityReached, ExpiryAhead, TierKept)) or (
            isinstance(event, TierChanged) and event.reason is TierReason.NOT_KEPT
        )
        if timed:
            assert event.recorded_at == MEMBER.due(state)
        if isinstance(event, PointsExpired):
            assert {part.expires_at for part in event.parts} == {event.recorded_at}
        state = MEMBER.evolve(state, event)


facts = st.sampled_from(("purchase", "behaviour", "return"))


def tell_of(kind: str, occurred: datetime, recorded: datetime) -> object:
    if kind == "purchase":
        return RecordPurchase(
            recorded_at=recorded, order="B", occurred_at=occurred, lines=[line("1.00")]
        )
    if kind == "behaviour":
        return RecordBehaviour(
            recorded_at=recorded, behaviour="share", id="s", occurred_at=occurred
        )
    return RecordReturn(recorded_at=recorded, id="r", order="A", occurred_at=occurred)


@rule("L19.1")
@given(facts, st.integers(1, 10**9))
def test_no_fact_from_the_future(kind: str, microseconds: int) -> None:
    """A fact occurs at or before the instant at which it is recorded."""
    history = History.of(shop(behaviours=[{"id": "share", "points": 1}]), joined=NOON)
    history.buy("A", line("1.00"), at=NOON)
    at = NOON + timedelta(microseconds=microseconds)
    with pytest.raises(FactInFuture) as refused:
        history.decide(tell_of(kind, at, at - TICK))
    assert (refused.value.occurred_at, refused.value.recorded_at) == (at, at - TICK)
    assert history.decide(tell_of(kind, at, at))


@rule("L19.1")
@given(st.integers(1, 10**9))
def test_no_return_before_its_purchase(microseconds: int) -> None:
    """A return occurs at its purchase's instant or later."""
    history = History.of(shop(), joined=NOON)
    history.buy("A", line("1.00"), at=NOON)
    before = NOON - timedelta(microseconds=microseconds)
    with pytest.raises(ReturnBeforePurchase) as refused:
        history.decide(tell_of("return", before, NOON))
    assert (refused.value.purchased_at, refused.value.returned_at) == (NOON, before)


@rule("L19.2")
@given(facts, st.integers(0, 200))
def test_how_late_a_fact_may_be_told(kind: str, days: int) -> None:
    """Exactly so many days late is in time, a microsecond more is not."""
    programme = shop(behaviours=[{"id": "share", "points": 1}], late_facts_days=days)
    history = History.of(programme, joined=NOON)
    history.buy("A", line("1.00"), at=NOON)
    limit = NOON + days * DAY
    assert history.decide(tell_of(kind, NOON, limit))
    with pytest.raises(FactTooLate) as refused:
        history.decide(tell_of(kind, NOON, limit + TICK))
    assert refused.value.days == days


@rule("L19.3")
@given(st.integers(-30, 30), st.integers(0, 60), st.integers(1, 9), st.integers(1, 9))
def test_judged_by_the_version_in_force_when_it_occurred(
    day: int, late: int, old: int, new: int
) -> None:
    """However late it is told, a purchase earns by the rules of its own instant."""
    first, second = (
        attrs.evolve(shop(), base=(Base("spend", rate),), name=name)
        for rate, name in ((old, "Old"), (new, "New"))
    )
    history = History(Club((published(first), published(second, NOON))))
    occurred = NOON + day * DAY
    history.tell(Enrol(recorded_at=occurred))
    recorded = history.buy("A", line("7.00"), at=occurred, told=occurred + late * DAY)
    judge = second if occurred >= NOON else first
    assert recorded.award.points == 7 * (new if judge is second else old)
    assert recorded.award.programme == judge.content_id


@rule("L19.4")
@given(st.integers(-40, 400), st.integers(1, 2000), st.integers(1, 2000))
def test_time_judges_by_the_version_in_force_when_due(day: int, old: int, new: int) -> None:
    """A tier is looked at under the programme of its due instant, whoever looks later."""

    def with_keep(keep: int) -> Programme:
        year = shop(tiers={"window": {"calendar": "year"}, "ladder": [{"id": "member"}]}).tiers
        assert year is not None
        ladder = Tiers(year.window, (Tier("member"), Tier("gold", 2000, keep)))
        return attrs.evolve(shop(), tiers=ladder)

    change = datetime(2026, 12, 31, 16, tzinfo=NOON.tzinfo) + day * DAY
    history = History(Club((published(with_keep(old)), published(with_keep(new), change))))
    joined = NOON.replace(year=2025)
    history.tell(Enrol(recorded_at=joined))
    history.buy("A", line("2000.00"), at=joined)
    history.buy("B", line("1000.00"), at=NOON)
    keep = new if day <= 0 else old
    history.sweep(NOON.replace(year=2027))
    kept = [e for e in history.events if e.recorded_at.year == 2026 and e.recorded_at.month == 12]
    assert isinstance(kept[-1], TierKept if keep <= 1000 else TierChanged)
    assert kept[-1].programme == with_keep(keep).content_id


@rule("L19.9")
@given(programmes(), programmes(), tiers())
def test_a_new_version_changes_nothing_recorded(
    one: Programme, other: Programme, ladder: Tiers
) -> None:
    """What was recorded folds to the same state, and a return goes by the award recorded."""
    first = attrs.evolve(shop(), tiers=ladder)
    history = History.of(first, joined=NOON)
    award = history.buy("A", minor_line(12_345), at=NOON).award
    before = history.state
    later = attrs.evolve(first, base=(Base("spend", 7),), name=one.name + other.name)
    made = CLUB.decide(
        history.club,
        None,
        PublishProgramme(
            programme=later, effective_from=NOON + DAY, recorded_at=NOON + timedelta(hours=1)
        ),
        None,
    )
    history.club = CLUB.fold(history.club, made)
    assert MEMBER.fold(MEMBER.initial, history.events) == before
    told = history.give_back("1", "A", NOON + 2 * DAY)
    assert isinstance(told, ReturnRecorded)
    assert told.points == award.points
    assert isinstance(history.events[1], PurchaseRecorded)
    assert LONG_AGO < NOON
