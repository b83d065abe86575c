"""Lots: when they open, when they end, and in which order they are spent (L8, L9)."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.errors import InsufficientPoints
from loyalcore.loyalty import MEMBER, Expiry, PointsExpired, Programme, Redeem, Shortfall
from loyalcore.testing import rule
from loyalcore.testing.loyalty import ZONES, expiries, member_commands, moments, programmes
from loyalcore.timing import Cycle, Length, start_of_day, zone
from tests.loyalty.club import JUST_BEFORE, NOON, History, minor_line, shop
from tests.loyalty.slow_earning import first_instant, later, next_first_day

clubs = st.builds(
    lambda expiry, tz: shop(timezone=tz) if expiry is None else _with(expiry, tz),
    expiries(),
    st.sampled_from(ZONES),
)


def _with(expiry: Expiry, tz: str) -> Programme:
    plain = shop(timezone=tz)
    return Programme("Shop", "CNY", tz, plain.base, expiry=expiry)


def one_lot(programme: Programme, at: datetime, points: int = 10) -> History:
    history = History.of(programme, joined=at)
    history.buy("A", minor_line(points * 100), at=at)
    return history


@rule("L8.1")
@given(clubs, moments())
def test_a_pending_lot_opens_at_a_local_midnight(programme: Programme, at: datetime) -> None:
    """Active when it was earned or, when pending, from the first instant of a later local day."""
    (lot,) = one_lot(programme, at).state.lots
    day = at.astimezone(programme.zone).date()
    pending = programme.expiry.pending
    expected = first_instant(later(pending, day), programme.zone) if pending else at
    assert (lot.earned_at, lot.active_at) == (at, expected)


@rule("L8.2")
@given(clubs, moments())
def test_a_lot_lasts_to_the_end_of_its_period(programme: Programme, at: datetime) -> None:
    """It ends at the first instant of the local day, month, quarter or year after its life."""
    (lot,) = one_lot(programme, at).state.lots
    after = programme.expiry.after
    if after is None:
        assert lot.expires_at is None
    else:
        last = later(after, at.astimezone(programme.zone).date())
        following = next_first_day(programme.expiry.end_of, last)
        assert lot.expires_at == first_instant(following, programme.zone)
        assert lot.active_at < lot.expires_at


@rule("L8.2")
@given(
    st.sampled_from(ZONES),
    st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    st.sampled_from(Cycle),
    st.integers(1, 400),
)
def test_a_lot_ends_at_midnight_on_the_wall(tz: str, day: date, end_of: Cycle, days: int) -> None:
    """Clock changes between do not move the end: the wall shows the first of a period."""
    expiry = Expiry(Length(days=days), end_of)
    history = one_lot(_with(expiry, tz), start_of_day(day, zone(tz)) + timedelta(hours=12))
    end = history.state.lots[0].expires_at
    assert end is not None
    local = end.astimezone(zone(tz))
    first = end_of.start(local.date())
    skipped = start_of_day(first, zone(tz)) == end
    assert local.date() == first or skipped
    assert local.time() in {time(0), time(1)}


@rule("L8.3")
@given(clubs, moments(), st.booleans())
def test_spendable_from_its_first_instant_to_just_before_its_last(
    programme: Programme, at: datetime, swept: bool
) -> None:
    """Active <= t < expiry, to the microsecond, whether or not anything has swept."""
    history = one_lot(programme, at)
    (lot,) = history.state.lots
    edges = [(lot.active_at, 10)]
    if lot.active_at > at:
        edges.insert(0, (lot.active_at + JUST_BEFORE, 0))
    if lot.expires_at is not None:
        edges += [(lot.expires_at + JUST_BEFORE, 10), (lot.expires_at, 0)]
    for instant, available in edges:
        if swept:
            history.sweep(instant)
        assert history.at(instant).available(instant) == available
        assert history.state.available(instant) == available
        command = Redeem(recorded_at=instant, redemption=str(instant), points=10)
        if available:
            assert history.decide(command)
        else:
            with pytest.raises(InsufficientPoints) as refused:
                history.decide(command)
            assert (refused.value.asked, refused.value.available) == (10, 0)


@rule("L8.4")
@given(st.integers(1, 90), st.integers(1, 120), st.integers(0, 5000))
def test_a_fact_told_after_its_points_would_have_expired(late: int, life: int, minor: int) -> None:
    """It qualifies, earns 0 with the reason, and its return claims nothing."""
    double = {"id": "birthday", "factor": 2, "when": {"birthday": "month"}}
    programme = shop(expiry={"after": {"days": life}}, multipliers=[double])
    history = History.of(programme, joined=NOON)
    told = NOON + timedelta(days=late)
    recorded = history.buy("A", minor_line(minor), at=NOON, told=told)
    assert recorded.spend == minor
    if late > life and minor >= 100:
        assert (recorded.award.points, recorded.lot) == (0, None)
        assert "would have expired" in (recorded.award.why_not("spend") or "")
        assert "condition" in (recorded.award.why_not("birthday") or ""), "its own reason stays"
        assert history.give_back("1", "A", told).points == 0
    else:
        assert recorded.award.points == minor // 100


lots = st.lists(
    st.tuples(st.integers(1, 50), st.integers(0, 40), st.sampled_from((None, 30, 60))),
    min_size=1,
    max_size=5,
)


@rule("L9.1", "L9.2")
@given(lots, st.integers(1, 250))
def test_the_soonest_to_expire_goes_first(drawn: list, asked: int) -> None:
    """Soonest expiry, then oldest, then first opened, never-expiring last; all of it recorded."""
    programmes = [
        shop(expiry={"after": {"days": 30}}),
        shop(expiry={"after": {"days": 60}}),
        shop(),
    ]
    history = History.of(shop(), joined=NOON)
    for number, (points, day, life) in enumerate(drawn):
        programme = programmes[{30: 0, 60: 1, None: 2}[life]]
        other = History.of(programme)
        history.club = other.club
        bought = NOON + timedelta(days=day)
        history.buy(str(number), minor_line(points * 100), at=bought, told=NOON + timedelta(40))
    at = NOON + timedelta(days=40)
    live = [lot for lot in history.state.lots if lot.expires_at is None or lot.expires_at > at]
    live.sort(key=lambda x: (x.expires_at is None, x.expires_at or at, x.earned_at, x.id))
    asked = min(asked, sum(lot.points for lot in live))
    if asked:
        told = history.tell(Redeem(recorded_at=at, redemption="r", points=asked))
        assert told.points == asked == sum(part.points for part in told.parts)
        taken = [part.lot for part in told.parts]
        assert taken == [lot.id for lot in live][: len(taken)]
        ends = {lot.id: (lot.expires_at, lot.points) for lot in live}
        assert all(part.expires_at == ends[part.lot][0] for part in told.parts)
        assert all(part.points == ends[part.lot][1] for part in told.parts[:-1])


@rule("L9.3")
@given(st.data(), programmes(shortfall=st.just(Shortfall.DEBT)))
def test_nothing_comes_from_pending_or_expired_lots(data: Any, programme: Programme) -> None:
    """Whatever happened before, each part of a redemption was active and alive at that instant."""
    history = History.of(programme)
    commands = data.draw(member_commands(programme))
    history.try_all(commands)
    at = commands[-1].recorded_at + timedelta(days=data.draw(st.integers(0, 60)))
    state = history.at(at)
    known = {lot.id: lot for lot in state.lots}
    available = state.available(at)
    with pytest.raises(InsufficientPoints):
        history.decide(Redeem(recorded_at=at, redemption="too much", points=available + 1))
    if available:
        told = history.tell(Redeem(recorded_at=at, redemption="all", points=available))
        for part in told.parts:
            lot = known[part.lot]
            assert lot.active_at <= at
            assert lot.expires_at is None or at < lot.expires_at
            assert part.points == lot.points


@rule("L8.5")
@given(clubs, moments(), st.integers(1, 3))
def test_a_lot_expires_once_at_its_own_instant(
    programme: Programme, at: datetime, sweeps: int
) -> None:
    """However often and late anything sweeps, the points go once, dated at their expiry."""
    history = one_lot(programme, at)
    (lot,) = history.state.lots
    if lot.expires_at is None:
        assert MEMBER.due(history.state) is None
        return
    assert MEMBER.due(history.state) == lot.expires_at
    for number in range(sweeps):
        history.sweep(lot.expires_at + timedelta(days=number))
    gone = [event for event in history.events if isinstance(event, PointsExpired)]
    assert [(event.recorded_at, event.points) for event in gone] == [(lot.expires_at, 10)]
