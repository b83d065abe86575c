"""What reports over members' histories say of redemptions, tiers, cohorts and rules (L23)."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidValue
from loyalcore.decider import StreamForgotten
from loyalcore.host import histories
from loyalcore.loyalty import (
    MEMBER,
    AdjustPoints,
    BehaviourRecorded,
    CaptureHold,
    Enrol,
    HoldEnded,
    Member,
    MemberEnrolled,
    PlaceHold,
    PointsRedeemed,
    PurchaseRecorded,
    Redeem,
    RedemptionMix,
    RedemptionUndone,
    ReturnedLine,
    ReturnRecorded,
    TierPaths,
    TierTime,
    Transfer,
    UndoRedemption,
    cohorts,
    points_by_rule,
    redemption_mix,
    tier_paths,
)
from loyalcore.loyalty.member.point_commands import ReceivePoints
from loyalcore.testing import rule
from loyalcore.timing import Cycle, local_date
from tests.loyalty.club import CNY, NOON, SHANGHAI, Bluebird, History, line, shanghai, shop
from tests.loyalty.clubs import JUST, REWARDS, Members, clubs

pytestmark = pytest.mark.slow

REPORTS = (redemption_mix, tier_paths, cohorts, points_by_rule)
KINDS = {reward.id: reward.kind.value for reward in REWARDS}


def slow_mix(
    members: Members, until: datetime, since: datetime | None = None
) -> Counter[tuple[str, str, str]]:
    """Look through all events for what was undone of each redemption."""
    slow: Counter[tuple[str, str, str]] = Counter()
    for history in members.before(until):
        for spent in history.events:
            kind, of, points, pieces = "plain", "", 0, 0
            match spent:
                case PointsRedeemed():
                    points = spent.points
                    if spent.taken:
                        of, pieces = spent.taken.reward, spent.taken.quantity
                        kind = KINDS[of]
                case HoldEnded():
                    points = sum(part.points for part in spent.spent) if spent.redemption else 0
                case PurchaseRecorded() if spent.paid:
                    kind, of, points = "payment", spent.paid.offer, spent.paid.points
            if not points or (since is not None and spent.recorded_at < since):
                continue
            undone = sum(
                part.points
                for event in history.events
                if isinstance(event, RedemptionUndone | ReturnRecorded)
                if spent.refs[-1] == event.refs[0]
                for part in (*event.restored, *event.expired)
            )
            slow[kind, of, "redemptions"] += undone < points
            slow[kind, of, "points"] += points - undone
            slow[kind, of, "undone"] += undone
            slow[kind, of, "pieces"] += pieces if undone < points else 0
    return +slow


def figures(mix: RedemptionMix) -> Counter[tuple[str, str, str]]:
    """Give a mix as the slow one is given."""
    told = Counter(
        {
            (row.kind, row.of, what): getattr(row, what)
            for row in mix.rows
            for what in ("redemptions", "pieces", "points", "undone")
        }
    )
    return +told


@rule("L23.5")
@given(clubs())
def test_the_mix_is_what_was_spent(drawn: tuple[Members, datetime]) -> None:
    """Spent points are told by what they were spent on; a redemption undone whole never was."""
    members, until = drawn
    mix = redemption_mix(members.told(), members.club, until=until)
    assert figures(mix) == slow_mix(members, until)
    assert mix.points == sum(member.totals.spent for member in members.at(until))
    assert mix.redemptions == sum(row.redemptions for row in mix.rows)


@rule("L23.6")
@given(clubs(), st.sampled_from(Cycle))
def test_tier_paths_are_the_tiers_that_members_had(
    drawn: tuple[Members, datetime], per: Cycle
) -> None:
    """Each move counts once, in its period; times run from joining to leaving, or to the end."""
    members, until = drawn
    paths = tier_paths(members.told(), members.club, until=until, per=per)
    programme = members.club.at(until)
    lowest = programme.tiers.ladder[0].id if programme.tiers else ""
    moves: Counter[tuple[Any, ...]] = Counter()
    times: dict[str, timedelta] = {}
    over: dict[str, timedelta] = {}
    for history in members.before(until):
        history.sweep(until - JUST)
        member, stood = Member(), [(NOON, "")]
        for event in history.events:
            member = MEMBER.evolve(member, event)
            tier = "" if member.enrolled_at is None else member.tier or lowest or "none"
            if stood[-1][1] != tier:
                stood.append((event.recorded_at, tier))
        for (_, tier), (ended, after) in pairwise(stood):
            period = per.start(local_date(ended, programme.zone))
            moves[period, tier.replace("none", ""), after.replace("none", "")] += 1
        for (begun, there), (ended, then) in pairwise([*stood[1:], (until, None)]):
            if there:
                name = there.replace("none", "")
                times[name] = times.get(name, timedelta()) + (ended - begun)
                if then is not None:
                    over[name] = over.get(name, timedelta()) + (ended - begun)
    told: Counter[tuple[Any, ...]] = Counter()
    for move in paths.moves:
        told[move.period, move.before, move.after] += move.times
    assert told == moves
    assert {row.tier: row.time for row in paths.times if row.time} == {
        tier: time for tier, time in times.items() if time
    }
    assert {row.tier: row.ended_time for row in paths.times if row.ended_time} == {
        tier: time for tier, time in over.items() if time
    }


@rule("L23.14")
@given(st.integers(1, 9), st.timedeltas(timedelta(0), timedelta(days=99)), st.integers(0, 200))
def test_days_in_a_table_are_rounded(ended: int, time: timedelta, halves: int) -> None:
    """To the nearest day, and a half to the even one; both the sum and the mean."""
    for ended_time in (time, ended * halves * timedelta(hours=12)):
        row = TierTime("gold", begun=ended, ended=ended, time=ended_time, ended_time=ended_time)
        *_, in_all, mean = TierPaths(NOON, Cycle.MONTH, times=(row,)).table().split()
        for days, stays in ((int(in_all.replace(",", "")), 1), (int(mean), ended)):
            off = 2 * abs(stays * days * timedelta(days=1) - ended_time)
            assert off <= stays * timedelta(days=1)
            assert off < stays * timedelta(days=1) or days % 2 == 0


@rule("L23.6")
@given(clubs())
def test_tier_paths_add_up(drawn: tuple[Members, datetime]) -> None:
    """Who came into a tier and did not go out of it stands in it."""
    members, until = drawn
    paths = tier_paths(members.told(), members.club, until=until)
    now = {row.tier: row.now for row in paths.times}
    come: Counter[str] = Counter()
    for move in paths.moves:
        if move.reason != "left":
            come[move.after] += move.times
        if move.reason != "joined":
            come[move.before] -= move.times
    assert {tier: count for tier, count in now.items() if count} == {
        tier: count for tier, count in come.items() if count
    }
    joined = [member for member in members.at(until) if member.enrolled_at is not None]
    assert sum(now.values()) == len(joined)
    ranks = {"": -1, "member": 0, "silver": 1, "gold": 2, "black": 3}
    for move in paths.moves:
        risen = ranks[move.after] > ranks[move.before]
        assert move.up == (move.reason == "joined" or risen)


@rule("L23.7")
@given(clubs(), st.sampled_from(Cycle))
def test_cohorts_add_up_to_the_members(drawn: tuple[Members, datetime], per: Cycle) -> None:
    """What came in each period is there, redeemed, expired, clawed back or moved: no more."""
    members, until = drawn
    told = cohorts(members.told(), members.club, until=until, per=per)
    states = members.at(until)
    sums = Counter(
        {
            name: sum(getattr(member.totals, name) for member in states)
            for name in ("issued", "spent", "expired", "clawed", "moved")
        }
    )
    total = told.total
    assert total.issued + total.received == sums["issued"]
    assert (total.redeemed, total.expired) == (sums["spent"], sums["expired"])
    assert (total.clawed, total.moved) == (sums["clawed"], sums["moved"])
    left: Counter[Any] = Counter()
    tz = members.club.at(until).zone
    for member in states:
        held = [part for hold in member.holds for part in hold.parts]
        for part in (*member.lots, *held):
            left[per.start(local_date(part.earned_at, tz))] += part.points
    assert {row.period: row.outstanding for row in told.rows if row.outstanding} == left
    assert all(min(row.issued, row.redeemed, row.expired, row.clawed) >= 0 for row in told.rows)
    for row in told.rows:
        share = row.breakage
        assert share is None or 0 <= share <= 1
        assert row.kept >= row.expired


UNDOS = st.sampled_from(
    ({}, {"lapsed": "grace", "grace": {"days": 9}}, {"lapsed": "reissue"}),
)


@rule("L23.7")
@given(UNDOS, *[st.integers(1, 100)] * 4, st.integers(0, 80))
def test_cohorts_follow_points_through_debt(
    undo: dict[str, Any], early: int, late: int, back: int, undone: int, gap: int
) -> None:
    """What repays a debt when a redemption is undone is clawed from the lots that come back."""
    programme = shop(undo=undo, expiry={"after": {"days": 60}}, authorities={"manager": 1000})
    history = History.of(programme, joined=NOON)
    history.buy("early", line(f"{early}"), at=NOON)
    then = NOON + timedelta(days=30)
    history.buy("late", line(f"{late}"), at=then)
    history.tell(Redeem(recorded_at=then, redemption="R", points=early + late))
    history.give_back("B", "late", then, ReturnedLine("1", CNY(f"{min(back, late)}")))
    after = then + timedelta(days=gap)
    some = min(undone, early + late)
    history.tell(UndoRedemption(recorded_at=after, id="U", redemption="R", points=some))
    spare = history.state.available(after) // 2
    if spare:
        by_hand = {"actor": "joe", "role": "manager", "reason": "error"}
        history.tell(AdjustPoints(recorded_at=after, id="A", points=-spare, **by_hand))
    told = cohorts([("ann", history.events)], history.club, until=after + JUST)
    totals, total = history.state.totals, told.total
    assert (total.issued, total.clawed) == (totals.issued, totals.clawed)
    assert (total.redeemed, total.expired) == (totals.spent, totals.expired)
    left: Counter[Any] = Counter()
    for lot in history.state.lots:
        left[Cycle.MONTH.start(local_date(lot.earned_at, SHANGHAI))] += lot.points
    assert {row.period: row.outstanding for row in told.rows if row.outstanding} == left


@rule("L23.7")
@given(*[st.integers(1, 100)] * 3, st.none() | st.integers(1, 100))
def test_cohorts_follow_held_points(early: int, late: int, back: int, captured: int | None) -> None:
    """What a hold lets go of repays a debt from the lots that it came from."""
    history = History.of(shop(), joined=NOON)
    history.buy("early", line(f"{early}"), at=NOON)
    then = NOON + timedelta(days=30)
    history.buy("late", line(f"{late}"), at=then)
    until = then + timedelta(days=9)
    history.tell(PlaceHold(recorded_at=then, hold="H", points=early + late, until=until))
    history.give_back("B", "late", then, ReturnedLine("1", CNY(f"{min(back, late)}")))
    if captured is not None:
        points = min(captured, early + late)
        history.tell(CaptureHold(recorded_at=then, hold="H", redemption="R", points=points))
    told = cohorts([("ann", history.events)], history.club, until=until + JUST)
    state = history.at(until)
    assert (told.total.clawed, told.total.redeemed) == (state.totals.clawed, state.totals.spent)
    left: Counter[Any] = Counter()
    for lot in state.lots:
        left[Cycle.MONTH.start(local_date(lot.earned_at, SHANGHAI))] += lot.points
    assert {row.period: row.outstanding for row in told.rows if row.outstanding} == left


@rule("L23.7")
@given(st.integers(1, 100), st.integers(0, 70))
def test_points_given_away_stay_in_their_cohort(points: int, gap: int) -> None:
    """What expires on its way to another member expires where it was earned."""
    members = Members(History.of(shop(expiry={"after": {"days": 20}})).club)
    late = NOON + timedelta(days=gap)
    for name, at in (("ann", NOON), ("bob", late)):
        members.tell(name, Enrol(recorded_at=at))
    ann, bob = members.histories["ann"], members.histories["bob"]
    ann.buy("A", line("100"), at=NOON)
    ann.tell(Transfer(recorded_at=NOON, transfer="T", to="bob", points=points))
    parts = ann.events[-1].parts
    bob.keep(
        MEMBER.decide(
            bob.state,
            MEMBER.dossier(()),
            ReceivePoints(recorded_at=late, transfer="T", sender="ann", parts=parts),
            members.club,
        )
    )
    told = cohorts(members.told(), members.club, until=late + JUST)
    (row,) = told.rows
    assert (row.issued, row.received, row.moved) == (100, points, points)
    assert row.expired == sum(member.totals.expired for member in members.at(late + JUST))


@rule("L23.8")
@given(clubs())
def test_rules_sum_to_what_was_issued(drawn: tuple[Members, datetime]) -> None:
    """Each rule has what its outcomes brought; all rows sum to what members were given."""
    members, until = drawn
    told = points_by_rule(members.told(), members.club, until=until)
    slow: Counter[str] = Counter()
    for history in members.before(until):
        for event in history.events:
            if isinstance(event, PurchaseRecorded | BehaviourRecorded):
                for outcome in event.award.rules:
                    slow[outcome.rule] += outcome.points
    given_by = {row.rule: row.points for row in told.rows if row.rule and row.points}
    assert given_by == {name: points for name, points in slow.items() if points}
    states = members.at(until)
    assert told.issued == sum(member.totals.issued for member in states)
    assert told.claimed == sum(member.totals.claimed for member in states)
    programme = members.club.versions[-1].programme
    groups: Counter[str] = Counter()
    for multiplier in programme.all_multipliers:
        groups[multiplier.group] += slow[multiplier.id]
    assert Counter(dict(told.by_campaign)) == +groups
    kinds = {"base": "base", "spend": "base", "bonus": "bonus", "mult": "multiplier", "cap": "cap"}
    for row in told.rows:
        if row.rule:
            own = {multiplier.id: "multiplier" for multiplier in programme.all_multipliers}
            usual = kinds.get(row.rule.partition("-")[0], "behaviour")
            assert row.kind == own.get(row.rule, usual)


@rule("L23.9")
@given(clubs(), st.sampled_from(REPORTS), st.data())
def test_parts_make_the_whole(
    drawn: tuple[Members, datetime], report: Any, data: st.DataObject
) -> None:
    """Reports of different members, joined, are the report of them all, in any order."""
    members, until = drawn
    whole = report(members.told(), members.club, until=until)
    some = data.draw(st.sets(st.sampled_from(sorted(members.histories))))
    rest = members.histories.keys() - some
    parts = [
        report(
            [(name, members.histories[name].events) for name in names], members.club, until=until
        )
        for names in (some, rest)
    ]
    assert parts[0] + parts[1] == parts[1] + parts[0] == whole
    backwards = report(members.told()[::-1], members.club, until=until)
    assert backwards == whole
    assert whole.members == len(members.before(until))
    assert str(whole) == whole.table()


@rule("L23.10")
@given(clubs(), st.sampled_from(REPORTS))
def test_sweeping_changes_no_report(drawn: tuple[Members, datetime], report: Any) -> None:
    """What time has done by the end of a report stands in it, whether or not anything swept."""
    members, until = drawn
    before = report(members.told(), members.club, until=until)
    for history in members.histories.values():
        history.sweep(max(until, history.events[-1].recorded_at) + timedelta(days=500))
    assert report(members.told(), members.club, until=until) == before


@rule("L23.11")
@given(clubs(), st.data())
def test_a_stretch_holds_what_was_recorded_in_it(
    drawn: tuple[Members, datetime], data: st.DataObject
) -> None:
    """Awards and redemptions count when they are recorded; an undoing goes with its redemption."""
    members, until = drawn
    recorded = [e.recorded_at for history in members.before(until) for e in history.events]
    since = data.draw(st.sampled_from([*recorded, until]))
    early, late, whole = (
        points_by_rule(members.told(), members.club, until=end, since=begin)
        for begin, end in ((None, since), (since, until), (None, until))
    )
    assert early.issued + late.issued == whole.issued
    assert early.claimed + late.claimed == whole.claimed
    mix = redemption_mix(members.told(), members.club, until=until, since=since)
    assert figures(mix) == slow_mix(members, until, since)


@rule("L23.12")
@given(clubs(most=2), st.sampled_from(REPORTS))
def test_the_forgotten_are_counted_apart(drawn: tuple[Members, datetime], report: Any) -> None:
    """A history without its beginning adds nothing, and is counted as left out."""
    members, until = drawn
    whole = report(members.told(), members.club, until=until)
    gone: Any = StreamForgotten(recorded_at=until)
    ends = [(f"{name} gone", history.events[-1:]) for name, history in members.histories.items()]
    ends = [(name, [*e, gone]) for name, e in ends if not isinstance(e[0], MemberEnrolled)]
    told = report([*ends, *members.told()], members.club, until=until)
    assert told.left_out == whole.left_out + len(ends)
    assert attrs.evolve(told, left_out=whole.left_out) == whole


def test_reports_that_differ_do_not_join() -> None:
    """Only what covers the same can be one."""
    club = Bluebird().host.state("loyalty/bluebird")
    for report in REPORTS:
        one = report([], club, until=NOON)
        with pytest.raises(InvalidValue, match="cover the same"):
            one + report([], club, until=NOON + JUST)
        with pytest.raises(InvalidValue, match="until"):
            report([], club, until=datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(InvalidValue, match="until"):
        points_by_rule([], club, until=NOON, since=NOON + JUST)


def test_a_report_reads_like_a_table() -> None:
    """A club of one, over a host."""
    club = Bluebird()
    club.buys("2500.00", "2026-03-10 12:00", order="A")
    club.buys("128.00", "2026-04-08 12:00")
    club.shares("2026-04-08 13:00")
    club.returns("A", "500.00", "2026-04-09 12:00")
    state, until = club.host.state("loyalty/bluebird"), shanghai("2027-01-02 00:00")
    told = points_by_rule(histories(club.host, "loyalty/bluebird"), state, until=until)
    assert told.table().splitlines() == [
        "kind          group      rule        times  points",
        "base                     spend           2   2,628",
        "behaviour                share           1      50",
        "multiplier    campaigns  member-day      1     128",
        "in all                                       2,806",
        "claimed back                                  -500",
    ]
    paths = tier_paths(histories(club.host, "loyalty/bluebird"), state, until=until)
    assert [(m.before, m.after, m.reason, m.up, m.times) for m in paths.moves] == [
        ("", "member", "joined", True, 1),
        ("member", "silver", "reached", True, 1),
    ]
