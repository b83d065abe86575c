"""Expiry by inactivity: one date on the member (L8)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.errors import InsufficientPoints, InvalidDocument
from loyalcore.loyalty import (
    MEMBER,
    AdjustPoints,
    CaptureHold,
    Club,
    Enrol,
    GrantEntitlement,
    HoldEnded,
    InactivityReached,
    Leave,
    Member,
    PlaceHold,
    PointsExpired,
    RecordBehaviour,
    RecordPurchase,
    Redeem,
    ReleaseHold,
    Transfer,
    UndoRedemption,
    statement,
)
from loyalcore.loyalty.member.point_commands import ReceivePoints
from loyalcore.testing import rule
from loyalcore.testing.programmes import inactivities
from loyalcore.timing import Cycle
from tests.loyalty.club import JUST_BEFORE, NOON, SHANGHAI, History, line, published, shop
from tests.loyalty.slow_earning import first_instant, later, next_first_day

DAY = timedelta(days=1)
IDLE = 30


def club(life: int | None = None, **more: Any) -> Any:
    """A point per yuan, gone after thirty days without a purchase."""
    return shop(
        inactivity={"after": {"days": IDLE}, "activities": ["purchase"]} | more,
        expiry={} if life is None else {"after": {"days": life}},
        behaviours=[{"id": "visit", "points": 1}, {"id": "share", "points": 1}],
        authorities={"clerk": 1000},
        entitlements=[{"id": "gift"}],
    )


def ends(at: datetime, days: int = IDLE) -> datetime:
    """Give the first instant of the local day after so many days."""
    return first_instant(at.astimezone(SHANGHAI).date() + (days + 1) * DAY, SHANGHAI)


@rule("L8.6", "L8.7")
@given(
    st.lists(st.integers(0, 45), min_size=1, max_size=6),
    st.sampled_from((None, 10, 30, 45)),
    st.booleans(),
)
def test_points_go_when_nothing_is_done(gaps: list[int], life: int | None, swept: bool) -> None:
    """At the earlier of the lot's own expiry and the member's date, to the microsecond, once."""
    history, at = History.of(club(life), joined=NOON), NOON
    bought: list[tuple[datetime, datetime | None]] = []
    for number, gap in enumerate(gaps):
        at += gap * DAY
        history.buy(str(number), line("10.00"), at=at)
        bought.append((at, None if life is None else ends(at, life)))
    last = ends(at)
    alive: dict[datetime, int] = {}
    for place, (when, own) in enumerate(bought):
        idle = ends(when)
        for following, _ in bought[place + 1 :]:
            idle = ends(following) if following < idle else idle
        end = idle if own is None else min(own, idle)
        alive[end] = alive.get(end, 0) + 10
    for instant in sorted(alive):
        if instant <= at:
            continue
        for moment in (instant + JUST_BEFORE, instant):
            left = sum(n for end, n in alive.items() if end > moment)
            if swept:
                history.sweep(moment)
            assert history.state.available(moment) == history.at(moment).available(moment) == left
            with pytest.raises(InsufficientPoints):
                history.decide(Redeem(recorded_at=moment, redemption="r", points=left + 1))
    history.sweep(last + 400 * DAY)
    gone = {}
    for event in history.events:
        if isinstance(event, PointsExpired | InactivityReached) and event.points:
            gone[event.recorded_at] = gone.get(event.recorded_at, 0) + event.points
    assert gone == alive
    assert MEMBER.due(history.state) is None


@rule("L8.6")
@given(inactivities(), st.integers(-400, 400))
def test_the_date_is_a_local_midnight(rules: Any, day: int) -> None:
    """So long after the local day, to the end of its day, month, quarter or year."""
    at = NOON + day * DAY
    local = later(rules.after, at.astimezone(SHANGHAI).date())
    assert rules.ends(at.astimezone(SHANGHAI).date(), SHANGHAI) == first_instant(
        next_first_day(rules.end_of, local), SHANGHAI
    )
    assert isinstance(rules.end_of, Cycle)


DEEDS = ("purchase", "visit", "share", "redemption", "capture", "transfer", "adjust", "hold")


@rule("L8.8")
@given(
    st.sets(st.sampled_from(("purchase", "behaviour", "redemption", "transfer")), min_size=1),
    st.booleans(),
    st.sampled_from(DEEDS),
    st.integers(1, 29),
)
def test_what_counts_as_an_activity(
    activities: set[str], visits: bool, deed: str, day: int
) -> None:
    """What the programme names moves the date, nothing else does."""
    policy = {"activities": sorted(activities), "behaviours": ["visit"] if visits else []}
    history = History.of(club(**policy), joined=NOON)
    history.tell(adjusted(50, NOON, "first"))
    assert history.state.idle_at == ends(NOON)
    at = NOON + day * DAY
    if deed == "capture":
        history.tell(PlaceHold(recorded_at=at, hold="h", points=5, until=at + DAY))
    commands: dict[str, Any] = {
        "purchase": buys(at),
        "visit": behaves(at, "visit"),
        "share": behaves(at, "share"),
        "redemption": Redeem(recorded_at=at, redemption="r", points=5),
        "capture": CaptureHold(recorded_at=at, hold="h", redemption="r"),
        "transfer": Transfer(recorded_at=at, transfer="t", to="ben", points=5),
        "adjust": adjusted(5, at, "second"),
        "hold": PlaceHold(recorded_at=at, hold="h", points=5, until=at + DAY),
    }
    history.tell(commands[deed])
    kind = {"visit": "behaviour", "share": "behaviour", "capture": "redemption"}.get(deed, deed)
    counts = kind in activities or (deed == "visit" and visits)
    assert history.state.idle_at == ends(at if counts else NOON)


def buys(at: datetime, occurred: datetime | None = None) -> Any:
    return RecordPurchase(
        recorded_at=at, order=str(at), occurred_at=occurred or at, lines=[line("10.00")]
    )


def behaves(at: datetime, behaviour: str) -> RecordBehaviour:
    return RecordBehaviour(recorded_at=at, occurred_at=at, behaviour=behaviour, id=str(at))


def adjusted(points: int, at: datetime, id_: str) -> AdjustPoints:
    return AdjustPoints(
        recorded_at=at, id=id_, points=points, actor="joe", role="clerk", reason="gift"
    )


@rule("L8.9")
@given(
    st.integers(1, 100), st.integers(1, 100), st.integers(0, 60), st.sampled_from(("r", "c", "l"))
)
def test_held_and_spent_points_go_with_the_others(
    held: int, spent: int, days: int, how: str
) -> None:
    """What was held then expires when it is let go of, and is spent when captured; what was spent
    before and comes back later has lapsed."""
    history = History.of(club(), joined=NOON)
    history.buy("A", line("200.00"), at=NOON)
    until = NOON + 45 * DAY
    history.tell(PlaceHold(recorded_at=NOON, hold="h", points=held, until=until))
    history.tell(Redeem(recorded_at=NOON, redemption="r", points=spent))
    at = NOON + days * DAY
    gone = at >= ends(NOON)
    if how == "l" or at >= until:
        history.sweep(at)
        end = next((e for e in history.events if isinstance(e, HoldEnded)), None)
    elif how == "r":
        end = history.tell(ReleaseHold(recorded_at=at, hold="h"))
    else:
        end = history.tell(CaptureHold(recorded_at=at, hold="h", redemption="c"))
    if end is not None:
        lost = held if gone and not end.redemption else 0
        assert sum(part.points for part in end.expired) == lost
    history.tell(UndoRedemption(recorded_at=at, id="u", redemption="r"))
    state = history.at(at)
    if gone:
        assert state.available(at) == 0
        assert state.totals.expired == 200 - (held if how == "c" and at < until else 0) - state.held
    else:
        kept = held if end is None or how == "c" else 0
        assert state.available(at) == 200 - kept


@rule("L8.10")
@given(st.integers(0, 40), st.integers(0, 60))
def test_a_fact_told_late_counts_from_its_own_day(day: int, late: int) -> None:
    """It moves the date by the day on which it occurred, never back, and not when that is past."""
    history = History.of(club(), joined=NOON)
    history.buy("A", line("10.00"), at=NOON + 10 * DAY)
    occurred = NOON + day * DAY
    told = max(NOON + 10 * DAY, occurred) + late * DAY
    before = history.at(told)
    history.tell(buys(told, occurred))
    state = history.state
    if ends(occurred) > told:
        expected = max(ends(occurred), before.idle_at or ends(occurred))
    else:
        expected = before.idle_at or ends(told)
    assert state.idle_at == expected > told


@rule("L8.11")
@given(st.sampled_from(("adjust", "receive", "visit", "undo")), st.integers(IDLE + 1, 200))
def test_points_that_come_in_later_begin_anew(how: str, day: int) -> None:
    """Once all points have gone, the next that come in have the whole time before them."""
    history = History.of(club(), joined=NOON)
    history.buy("A", line("10.00"), at=NOON)
    history.tell(Redeem(recorded_at=NOON, redemption="r", points=5))
    history.sweep(ends(NOON))
    assert (history.state.lots, history.state.idle_at) == ((), None)
    at = NOON + day * DAY
    if how == "adjust":
        history.tell(adjusted(7, at, "a"))
    elif how == "visit":
        history.tell(behaves(at, "visit"))
    elif how == "undo":
        history.tell(UndoRedemption(recorded_at=at, id="u", redemption="r"))
        assert history.state.idle_at is None
        return
    else:
        other = History.of(club(), joined=at)
        other.buy("B", line("7.00"), at=at)
        gift = other.tell(Transfer(recorded_at=at, transfer="t", to="ann", points=7))
        history.tell(ReceivePoints(recorded_at=at, transfer="t", sender="ben", parts=gift.parts))
    assert history.state.idle_at == ends(at)
    assert history.at(ends(at) + JUST_BEFORE).outstanding == history.state.outstanding > 0
    assert history.at(ends(at)).outstanding == 0


@rule("L8.12")
@given(st.integers(1, 60), st.sampled_from((None, 10, 90)), st.integers(0, 29))
def test_a_new_version_leaves_the_date_until_something_is_done(
    change: int, length: int | None, act: int
) -> None:
    """A date once set stands; the first activity under the new version goes by that one."""
    old = club()
    new = shop() if length is None else club(after={"days": length})
    begins = NOON + change * DAY
    history = History(Club((published(old), published(new, begins))), Member())
    history.tell(Enrol(recorded_at=NOON))
    history.buy("A", line("10.00"), at=NOON)
    at = NOON + act * DAY
    assert history.at(ends(NOON) + JUST_BEFORE).outstanding == 10
    assert history.at(ends(NOON)).outstanding == 0
    history.buy("B", line("10.00"), at=at)
    if at < begins:
        assert history.state.idle_at == ends(at)
    elif length is None:
        assert history.state.idle_at is None
    else:
        assert history.state.idle_at == max(ends(NOON), ends(at, length))


@rule("L23.13")
@given(st.integers(1, 60), st.sampled_from((None, 10, 90)))
def test_a_statement_knows_the_date(day: int, life: int | None) -> None:
    """It tells what will go at the earlier of the two, and what went, swept or not."""
    history = History.of(club(life), joined=NOON)
    history.buy("A", line("10.00"), at=NOON)
    own = ends(NOON) if life is None else min(ends(NOON), ends(NOON, life))
    assert statement(history.events).expiring == ((own, 10),)
    closes = NOON + day * DAY
    drawn = statement(history.events, None, closes)
    assert drawn.closing == (0 if own < closes else 10)
    history.sweep(closes + JUST_BEFORE)
    assert statement(history.events, None, closes) == drawn


def test_leaving_ends_the_date() -> None:
    """Who has left has no points and no gift, and nothing falls due."""
    history = History.of(club(), joined=NOON)
    history.buy("A", line("10.00"), at=NOON)
    history.tell(GrantEntitlement(recorded_at=NOON, entitlement="gift", cause="A", actor="joe"))
    history.tell(Leave(recorded_at=NOON + DAY))
    assert MEMBER.due(history.state) is None


@pytest.mark.parametrize(
    ("rules", "path"),
    [
        ({"after": {}}, "inactivity.after"),
        ({"after": {"days": 30}, "activities": []}, "inactivity.activities"),
        ({"after": {"days": 30}, "behaviours": ["fly"]}, r"inactivity.behaviours\[0\]"),
        ({"after": {"days": 5}}, "inactivity.after"),
    ],
)
def test_mistakes(rules: dict[str, Any], path: str) -> None:
    """Each is told with its path."""
    with pytest.raises(InvalidDocument, match=path):
        shop(inactivity=rules, expiry={"pending": {"days": 10}})
