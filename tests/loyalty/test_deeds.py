"""Behaviours: their limits, what joining brings, and what multiplies them (L4)."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.errors import GivenByItself, InsufficientPoints, InvalidDocument, RewardNotAvailable
from loyalcore.loyalty import (
    BehaviourRecorded,
    Club,
    Enrol,
    Leave,
    Member,
    Multiplier,
    Not,
    Programme,
    Reason,
    RecordBehaviour,
    RedeemReward,
    Subject,
)
from loyalcore.testing import rule
from loyalcore.testing.loyalty import conditions, programmes
from loyalcore.testing.programmes import behaviours
from loyalcore.timing import Cycle, local_date
from tests.loyalty.club import NOON, SHANGHAI, History, line, published, shanghai, shop
from tests.loyalty.slow_earning import deed_worth, period

DAY = timedelta(days=1)


def do(id_: str, day: float = 0, behaviour: str = "share", **more: Any) -> RecordBehaviour:
    at = NOON + day * DAY
    return RecordBehaviour(recorded_at=at, occurred_at=at, behaviour=behaviour, id=id_, **more)


def with_share(points: int = 5, **more: Any) -> Programme:
    return shop(behaviours=[{"id": "share", "points": points} | more])


@rule("L4.2")
@given(
    st.lists(st.sampled_from((0, 0.5, 1, 9, 40, 130, 400)), max_size=12),
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.sampled_from(("day", "week", "month", "quarter", "year", "programme")),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_every_limit_holds(gaps: list[float], limits: list[tuple[int, str]]) -> None:
    """It earns while each limit leaves room; then the first that leaves none is named."""
    rows = [{"times": times, "per": per} for times, per in limits]
    history, day, had = History.of(with_share(limits=rows), joined=NOON), 0.0, list[Any]()
    for number, gap in enumerate(gaps):
        day += gap
        today = (NOON + day * DAY).astimezone(history.club.at(NOON).zone).date()
        full = [
            f"{times} per {per}"
            for times, per in limits
            if len([d for d in had if _same(per, d, today)]) >= times
        ]
        award = history.tell(do(str(number), day)).award
        if full:
            assert award.why_not("share") == f"share: 0, the limit of {full[0]} is reached"
        else:
            assert award.points == 5
            had.append(today)


def _same(per: str, one: Any, other: Any) -> bool:
    return per == "programme" or period(Cycle(per), one) == period(Cycle(per), other)


@rule("L4.3")
@given(st.lists(st.sampled_from((0, 1, 500, 4000)), max_size=8), st.integers(1, 3), st.booleans())
def test_a_limit_for_ever(gaps: list[int], times: int, leaves: bool) -> None:
    """Years later, and in a later membership, what was had in all is not forgotten."""
    limits = [{"times": times, "per": "programme"}]
    history, day = History.of(with_share(limits=limits), joined=NOON), 0
    earned = 0
    for number, gap in enumerate(gaps):
        day += gap
        earned += history.tell(do(str(number), day)).award.points
        assert earned == 5 * min(number + 1, times)
        if leaves:
            at = NOON + day * DAY
            history.tell(Leave(recorded_at=at))
            history.tell(Enrol(recorded_at=at))
    assert sum(len(t.days) for t in history.state.tallies.values()) <= len(gaps)


@rule("L4.9")
@given(st.integers(1, 500), st.integers(-3, 3), st.sampled_from((None, "member", "gold")))
def test_the_lowest_tier_of_who_joined_before(points: int, days: int, tier: str | None) -> None:
    """A multiplier for a tier takes the same members in for a behaviour as for an order."""
    ladder = [{"id": "member"}, {"id": "gold", "entry": 10_000}]
    rules = {"behaviours": [{"id": "share", "points": points}]}
    twice = {"id": "twice", "factor": 2, "subject": "everything"}
    if tier is not None:
        twice["when"] = {"tier": [tier]}
    later = shop(
        **rules,
        tiers={"window": {"calendar": "year"}, "ladder": ladder},
        multipliers=[twice],
    )
    history = History(Club((published(shop(**rules)), published(later, NOON))))
    history.tell(Enrol(recorded_at=NOON + days * DAY))
    at = max(0, days)
    deed = history.tell(do("s", at)).award.points
    order = history.buy("A", line(str(points)), at=NOON + at * DAY).award.points
    assert deed == order == points * (1 if tier == "gold" else 2)


@rule("L4.8")
@given(
    st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=8),
    st.sampled_from([*Cycle]),
    st.integers(1, 3),
)
def test_leaving_makes_no_room(steps: list[tuple[int, bool]], per: Cycle, times: int) -> None:
    """Within a period there is no more of a behaviour, a reward, a cap for who left meanwhile."""
    limits = [{"times": times, "per": per.value}]
    history = History.of(
        shop(
            behaviours=[{"id": "share", "points": 5, "limits": limits}],
            rewards=[{"id": "mug", "points": 1, "limits": limits}],
            caps=[{"id": "most", "points": 10 * times, "per": per.value}],
        ),
        joined=NOON,
    )
    day, seen, had = 0, Counter[date](), Counter[tuple[str, date]]()
    for number, (gap, leaves) in enumerate(steps):
        day += gap
        at = NOON + day * DAY
        if leaves:
            history.tell(Leave(recorded_at=at))
            history.tell(Enrol(recorded_at=at))
        start = per.start(local_date(at, SHANGHAI))
        seen[start] += 1
        had["share", start] += history.tell(do(str(number), day)).award.points // 5
        had["order", start] += history.buy(f"O{number}", line("10"), at=at).award.points // 10
        try:
            history.tell(RedeemReward(recorded_at=at, redemption=f"R{number}", reward="mug"))
            had["mug", start] += 1
        except (RewardNotAvailable, InsufficientPoints):
            pass
        assert had["share", start] == had["order", start] == min(seen[start], times)
        assert had["mug", start] <= times


@rule("L4.4")
@given(st.integers(1, 500), st.lists(st.integers(0, 900), max_size=3), st.booleans())
def test_joining_brings_points_once(points: int, gaps: list[int], pending: bool) -> None:
    """Who joins is given them in the same act, the first time only, and nobody tells of them."""
    programme = shop(
        behaviours=[
            {"id": "welcome", "points": points, "on_joining": True},
            {"id": "hello", "points": 1, "on_joining": True},
        ],
        expiry={"pending": {"days": 3}} if pending else {},
    )
    history = History.of(programme)
    made = history.decide(Enrol(recorded_at=NOON))
    history.keep(made)
    given_ = [e for e in made if isinstance(e, BehaviourRecorded)]
    assert [(e.behaviour, e.award.points, e.refs) for e in given_] == [
        ("welcome", points, ("joining:welcome",)),
        ("hello", 1, ("joining:hello",)),
    ]
    assert history.state.outstanding == points + 1
    assert history.state.pending(NOON) == (points + 1 if pending else 0)
    with pytest.raises(GivenByItself) as refused:
        history.decide(do("d", 1, "welcome"))
    assert refused.value.behaviour == "welcome"
    at = NOON
    for gap in gaps:
        at += gap * DAY
        history.tell(Leave(recorded_at=at))
        (alone,) = history.decide(Enrol(recorded_at=at))
        history.keep([alone])
        assert history.state.outstanding == 0


def test_what_joining_brings_has_no_limits() -> None:
    """It is given once in any case."""
    row = {"id": "welcome", "points": 1, "on_joining": True, "limits": [{"times": 1}]}
    with pytest.raises(InvalidDocument, match=r"behaviours\[0\]\.limits"):
        shop(behaviours=[row])


@rule("L4.5")
@given(
    programmes(currency=st.just("CNY"), behaviours=st.lists(behaviours(), min_size=1, max_size=1)),
    st.integers(-400, 400),
    st.sampled_from(("", "web")),
)
def test_what_multiplies_a_behaviour(programme: Programme, day: int, channel: str) -> None:
    """Multipliers whose subject takes behaviours in, rounded and explained like an order."""
    rule_ = programme.behaviours[0]
    at = NOON + day * DAY
    history = History.of(programme)
    if rule_.on_joining:
        made = history.decide(Enrol(recorded_at=at))
        (told,) = [e for e in made if isinstance(e, BehaviourRecorded)]
        command = None
    else:
        history.tell(Enrol(recorded_at=at))
        command = do("d", day, rule_.id, channel=channel)
        told = history.tell(command)
    local, tier = at.astimezone(programme.zone), history.state.tier or _lowest(programme)
    award = told.award
    assert award.points == deed_worth(programme, rule_.points, local, at, tier, command)
    assert award.points >= rule_.points
    assert sum(outcome.points for outcome in award.rules) == award.points
    concerned = [m.id for m in programme.multipliers if m.subject.of_behaviours]
    assert sorted(o.rule for o in award.rules) == sorted([rule_.id, *concerned])
    for outcome in award.rules:
        assert (outcome.reason is Reason.EARNED) == bool(outcome.points)
        assert (outcome.reason is Reason.OUTBID) == bool(outcome.by)


def _lowest(programme: Programme) -> str:
    return programme.tiers.ladder[0].id if programme.tiers else ""


@rule("L4.5")
@given(st.integers(1, 100), st.integers(1, 9), st.sampled_from(Subject), st.integers(1, 9999))
def test_each_subject(points: int, factor: int, subject: Subject, price: int) -> None:
    """Spending, behaviours or both are multiplied, as the subject says."""
    more = [{"id": "more", "factor": factor, "subject": subject.value}]
    programme = attrs.evolve(with_share(points), multipliers=shop(multipliers=more).multipliers)
    history = History.of(programme, joined=NOON)
    spending = subject is not Subject.BEHAVIOURS
    deeds = subject in {Subject.BEHAVIOURS, Subject.EVERYTHING}
    assert history.tell(do("d")).award.points == points * (factor if deeds else 1)
    bought = history.buy("A", line(f"{price}.00"), at=NOON)
    assert bought.award.points == price * (factor if spending else 1)


@rule("L4.6")
@given(conditions(2), st.booleans(), st.integers(2, 9))
def test_no_condition_of_lines_holds_for_a_behaviour(when: Any, turned: bool, factor: int) -> None:
    """Whatever looks at a line of an order, even turned round, holds for no behaviour."""
    when = Not(when) if turned else when
    more = Multiplier("more", factor, when, subject=Subject.BEHAVIOURS)
    programme = attrs.evolve(with_share(), multipliers=(more,))
    history = History.of(programme, joined=NOON)
    award = history.tell(do("d")).award
    if when.per_line:
        assert award.points == 5
        assert award.why_not("more") == "more: 0, its condition does not hold"
    else:
        assert award.points in {5, 5 * factor}


@rule("L4.7")
@given(
    st.lists(st.tuples(st.sampled_from((0, 0.3, 1, 8, 40)), st.integers(0, 1)), max_size=10),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from(("day", "month", "programme")),
)
def test_limits_are_counted_across_versions(
    gaps: list[tuple[float, int]], first: int, second: int, per: str
) -> None:
    """A new version asks what was had under the ones before, by the behaviour's id."""
    change = NOON + 20 * DAY
    old, new = (
        with_share(points, limits=[{"times": times, "per": per}])
        for points, times in ((5, first), (7, second))
    )
    history = History(Club((published(old), published(new, change))), Member())
    history.tell(Enrol(recorded_at=NOON))
    day, had = 0.0, list[Any]()
    for number, (gap, _) in enumerate(gaps):
        day += gap
        at = NOON + day * DAY
        times, points = (first, 5) if at < change else (second, 7)
        today = at.astimezone(old.zone).date()
        room = len([d for d in had if _same(per, d, today)]) < times
        assert history.tell(do(str(number), day)).award.points == (points if room else 0)
        if room:
            had.append(today)


@rule("L3.21")
@given(st.integers(0, 24 * 60 * 14), st.booleans())
def test_a_campaign_on_tuesdays_from_four_to_six(minutes: int, share: bool) -> None:
    """It holds when each of its parts does: the window's days, the weekday, the hours."""
    at = shanghai("2026-03-16 00:00") + timedelta(minutes=minutes)
    when = {
        "all": [
            {"first": "2026-03-17", "last": "2026-03-24"},
            {"recurrence": "FREQ=WEEKLY;BYDAY=TU"},
            {"hours": "16:00-18:00"},
        ]
    }
    subject = "everything"
    double = {"id": "double", "factor": 2, "when": when, "subject": subject}
    programme = attrs.evolve(with_share(), multipliers=shop(multipliers=[double]).multipliers)
    history = History.of(programme, joined=shanghai("2026-03-01 00:00"))
    on = at.strftime("%d") in {"17", "24"} and at.hour in {16, 17}
    if share:
        deed = RecordBehaviour(recorded_at=at, occurred_at=at, behaviour="share", id="d")
        assert history.tell(deed).award.points == (10 if on else 5)
    else:
        assert history.buy("A", line("30.00"), at=at).award.points == (60 if on else 30)
