"""Tiers: reached at once, lost only at a period's end, moved by nothing but spend (L15 to L17)."""

from datetime import date, datetime, timedelta
from typing import Any

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalcore import Money
from loyalcore.loyalty import (
    Enrol,
    Expiry,
    Fall,
    Goal,
    Joined,
    Line,
    Programme,
    PurchaseRecorded,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    ReturnRecorded,
    TierChanged,
    TierKept,
    TierReason,
    Tiers,
    Window,
)
from loyalcore.loyalty.programme.tally import Tally
from loyalcore.testing import rule
from loyalcore.testing.loyalty import ladders, member_commands, programmes, spend_tiers, tiers
from loyalcore.timing import Cycle, MonthDay, local_date, start_of_day
from tests.loyalty.club import NOON, SHANGHAI, History, minor_line, shop

DAY = timedelta(days=1)


def tiered(ladder: Tiers) -> Programme:
    plain = shop()
    return Programme("Shop", "CNY", "Asia/Shanghai", plain.base, tiers=ladder)


def spend_between(history: History, first: date, last: date) -> int:
    """Sum what the events say was spent on some days."""
    signs = {PurchaseRecorded: 1, ReturnRecorded: -1}
    told = [
        event for event in history.events if isinstance(event, (PurchaseRecorded, ReturnRecorded))
    ]
    return sum(signs[type(e)] * e.spend for e in told if first <= e.day <= last)


def days_up_to(programme: Programme, history: History, day: date) -> tuple[date, date]:
    assert programme.tiers is not None
    joined = local_date(history.events[0].recorded_at, programme.zone)
    own = Joined(MonthDay(joined.month, joined.day), programme.leap_day_birthday)
    return programme.tiers.window.days_up_to(day, own)


def minor(goal: Goal) -> int:
    """Give a goal of spend in fen."""
    assert goal.spend is not None
    return int(goal.spend * 100)


adds = st.lists(st.tuples(st.integers(0, 60), st.integers(-50, 50), st.integers(0, 30)), max_size=9)


@rule("L15.4")
@given(adds, st.integers(0, 60), st.integers(0, 60))
def test_a_day_let_go_of_is_not_counted_again(adds: list, first: int, length: int) -> None:
    """A tally holds what came to days it still kept; a late return lowers no other."""
    start, kept = date(2026, 1, 1), Tally()
    counted: list[tuple[int, int]] = []
    horizon = 0
    for day, amount, step in adds:
        horizon += step
        kept = kept.add(start + day * DAY, amount, start + horizon * DAY)
        counted = [entry for entry in counted if entry[0] >= horizon]
        if day >= horizon:
            counted.append((day, amount))
    # A later version may look further back: what was let go of stays out.
    kept = kept.add(start, -1, start)
    wanted = sum(amount for day, amount in counted if first <= day <= first + length)
    wanted -= horizon == 0 == first
    assert kept.within(start + first * DAY, start + (first + length) * DAY) == wanted


@rule("L15.1")
@given(spend_tiers(), st.data(), st.integers(-1, 1))
def test_thresholds_are_inclusive(ladder: Tiers, data: Any, off: int) -> None:
    """Exactly the threshold reaches the tier; a fen less does not."""
    tier = data.draw(st.sampled_from(ladder.ladder[1:]))
    fen = minor(tier.entry) + off
    history = History.of(tiered(ladder), joined=NOON)
    history.buy("A", minor_line(fen), at=NOON)
    reached = [step.id for step in ladder.ladder if minor(step.entry) <= fen]
    assert history.state.tier == reached[-1]
    assert (tier.id in reached) == (off >= 0)


@rule("L15.2")
@given(st.data(), programmes(tiers=tiers()))
def test_nothing_but_facts_moves_a_tier(data: Any, programme: Programme) -> None:
    """Redemptions, holds, transfers and adjustments change no tier, whatever it measures."""
    drawn = data.draw(member_commands(programme, max_size=12, warrants=False))
    paying = {c.order for c in drawn if isinstance(c, RecordPurchase) and c.points}
    commands = [c for c in drawn if getattr(c, "order", None) not in paying]
    with_all, without = History.of(programme), History.of(programme)
    with_all.try_all(commands)
    facts = (Enrol, RecordPurchase, RecordBehaviour, RecordReturn)
    without.try_all(command for command in commands if isinstance(command, facts))
    end = commands[-1].recorded_at + 800 * DAY
    one, other = with_all.at(end), without.at(end)
    assert (one.tier, one.tier_since, one.tier_until) == (
        other.tier,
        other.tier_since,
        other.tier_until,
    )


@rule("L15.2")
@given(st.data(), programmes(tiers=spend_tiers(), payments=st.just(())))
def test_spending_and_expiry_move_no_tier(data: Any, programme: Programme) -> None:
    """The same facts without redemptions, under points that never expire, give the same tiers."""
    commands = data.draw(member_commands(programme))
    with_all = History.of(programme)
    with_all.try_all(commands)
    plain = attrs.evolve(programme, expiry=Expiry(), inactivity=None)
    without = History.of(plain)
    without.try_all(c for c in commands if not isinstance(c, Redeem))
    end = commands[-1].recorded_at + 800 * DAY
    one, other = with_all.at(end), without.at(end)
    assert (one.tier, one.tier_since, one.tier_until) == (
        other.tier,
        other.tier_since,
        other.tier_until,
    )


@rule("L15.3")
@given(st.data(), programmes(tiers=spend_tiers()))
def test_each_movement_states_the_spend_of_its_window(data: Any, programme: Programme) -> None:
    """What an event says was spent is the sum of its days, as known when it was recorded."""
    assert programme.tiers is not None
    history = History.of(programme)
    for command in data.draw(member_commands(programme, max_size=10, warrants=False)):
        before = len(history.events)
        history.try_all([command])
        for place in range(before, len(history.events)):
            event = history.events[place]
            if not isinstance(event, (TierChanged, TierKept)):
                continue
            day = local_date(event.recorded_at, programme.zone)
            rising = isinstance(event, TierChanged) and event.reason is TierReason.REACHED
            last = day if rising else day - DAY
            then = History(history.club)
            then.keep(history.events[:place])
            first, last = days_up_to(programme, then, last)
            assert event.spend == spend_between(then, first, last)
            assert event.programme == programme.content_id


@rule("L16.1")
@given(st.data(), programmes(tiers=spend_tiers()))
def test_up_at_once(data: Any, programme: Programme) -> None:
    """After a purchase nobody stands below what the running window's spend reaches."""
    assert programme.tiers is not None
    history = History.of(programme)
    for command in data.draw(member_commands(programme, warrants=False)):
        before = len(history.events)
        history.try_all([command])
        if not isinstance(command, RecordPurchase) or len(history.events) == before:
            continue
        day = local_date(command.recorded_at, programme.zone)
        spent = spend_between(history, *days_up_to(programme, history, day))
        reached = programme.tiers.reached_by({"spend": programme.money(max(0, spent))})
        rank = programme.tiers.rank
        assert rank(history.state.tier or "") >= rank(reached.id)
        if isinstance(history.events[-1], TierChanged):
            assert history.events[-1].recorded_at == command.recorded_at


@rule("L16.2", "L17.1")
@given(
    st.data(),
    programmes(
        tiers=spend_tiers(), entitlements=st.just(()), rewards=st.just(()), referral=st.none()
    ),
)
def test_down_only_when_the_period_ends(data: Any, programme: Programme) -> None:
    """A tier is lost at the instant told beforehand, a local midnight, and at no other."""
    assert programme.tiers is not None
    history = History.of(programme)
    commands = data.draw(member_commands(programme, max_size=16, warrants=False))
    history.try_all(commands)
    at = commands[-1].recorded_at
    history.buy("much", Line("1", Money.from_minor(10**9, programme.currency)), at=at)
    at += data.draw(st.integers(1, 500)) * DAY
    history.buy("little", Line("1", Money.from_minor(1, programme.currency)), at=at)
    history.sweep(at + 800 * DAY)
    until: datetime | None = None
    since = tier = None
    for event in history.events:
        if isinstance(event, (TierChanged, TierKept)):
            if not (isinstance(event, TierChanged) and event.reason is TierReason.REACHED):
                assert until is not None
                assert event.recorded_at == until
                day = local_date(until, programme.zone)
                assert until == start_of_day(day, programme.zone)
            until = event.until
            if isinstance(event, TierChanged):
                rank = programme.tiers.rank
                assert (rank(event.after) > rank(event.before)) == (
                    event.reason is TierReason.REACHED
                )
                since, tier = event.recorded_at, event.after
    state = history.state
    assert state.tier_until == until
    if tier is not None:
        assert (state.tier, state.tier_since) == (tier, since)


@rule("L16.3")
@given(ladders(), st.integers(0, 300_000), st.data())
def test_kept_with_less_than_entered(ladder: tuple, some: int, data: Any) -> None:
    """At the year's end a tier stays if its keeping threshold, itself included, is met."""
    tier = data.draw(st.sampled_from(ladder[1:]))
    year = shop(tiers={"window": {"calendar": "year"}, "ladder": [{"id": "member"}]}).tiers
    assert year is not None
    history = History.of(tiered(Tiers(year.window, ladder)), joined=NOON)
    history.buy("A", minor_line(minor(tier.entry)), at=NOON)
    keep = minor(tier.kept_by)
    edge = data.draw(st.sampled_from((some, keep, keep - 1)))
    next_year = NOON.replace(year=2027)
    assert history.at(next_year).tier == tier.id, "the year that reached it keeps it"
    if edge:
        history.buy("B", minor_line(edge), at=next_year)
    assume(history.state.tier == tier.id)
    end = datetime(2028, 1, 1, tzinfo=SHANGHAI)
    kept = [step for step in ladder if minor(step.kept_by) <= edge][-1]
    expected = kept if minor(kept.entry) < minor(tier.entry) else tier
    state = history.at(end)
    assert state.tier == expected.id
    assert history.at(end - timedelta(microseconds=1)).tier == tier.id
    assert 0 <= keep <= minor(tier.entry)


@rule("L16.4")
@given(ladders(), st.integers(0, 4), st.sampled_from(Fall))
def test_a_soft_landing_falls_one_step_a_period(ladder: tuple, years: int, fall: Fall) -> None:
    """Who spends nothing more falls to the bottom at once, or by one step each period."""
    window = Window(calendar=Cycle.YEAR)
    history = History.of(tiered(Tiers(window, ladder, fall)), joined=NOON)
    history.buy("A", minor_line(minor(ladder[-1].entry)), at=NOON)
    top = len(ladder) - 1
    assert history.state.tier == ladder[top].id
    at = datetime(2027 + years, 1, 2, tzinfo=SHANGHAI)
    # The year that reached the tier keeps it; each later one spends nothing.
    gone = max(0, years)
    expected = 0 if fall is Fall.EARNED and gone else max(0, top - gone)
    assert history.at(at).tier == ladder[expected].id
    assert (history.at(at).tier_until is None) == (expected == 0)
