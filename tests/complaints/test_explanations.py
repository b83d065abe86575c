"""Every deadline explains itself (C9)."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalcore.complaints import ClockPolicy, Counting, Policies, explain
from loyalcore.testing import rule
from loyalcore.testing.calendars import business_calendars, instants_near, places
from loyalcore.testing.slas import clock_policies, desk
from loyalcore.timing import Because, BusinessCalendar, Intervals
from tests.complaints.desks import Life

NOTHING = timedelta()


@st.composite
def lives(draw: st.DrawFn) -> tuple[Life, BusinessCalendar, ClockPolicy]:
    """Draw a clock that ran and stood, and may be anywhere in its life."""
    timezone, around = draw(places())
    calendar = draw(business_calendars(timezone, around))
    clock = draw(clock_policies("desk"))
    life = Life(Policies.of(desk(clock, calendar)), severity=draw(st.sampled_from(("low", "x"))))
    when = draw(instants_near(around, days=1))
    life.hear("go", when)
    words = st.lists(st.sampled_from(("hold", "free", "done", "again")), max_size=4)
    for word in (*draw(st.sampled_from(((), ("hold", "free")))), *draw(words)):
        when += timedelta(minutes=draw(st.integers(1, 900)))
        life.hear(word, when)
    return life, calendar, clock


@rule("C9.1")
@given(lives())
def test_windows_and_pauses_make_the_deadline(drawn: Any) -> None:
    """What counted and what pauses spared is all the open time, and comes to the target."""
    life, calendar, _ = drawn
    cycle = life.cycle()
    why = explain(cycle, life.policies)
    measure = cycle.target.measure(calendar)
    end = why.deadline or cycle.paused_at
    if end is None:
        assert why.unknown and not why.windows
        return
    assert not (why.deadline and why.unknown)
    if end <= cycle.counts_from:
        return
    counted = Intervals(window.interval for window in why.windows)
    stood = Intervals(pause.interval for pause in why.pauses)
    assert not (counted & stood).parts
    whole = measure.windows(cycle.counts_from, end)
    assert counted == whole - stood
    assert sum((p.spared for p in why.pauses), NOTHING) == (
        sum((measure.between(p.start, p.end) for p in stood), NOTHING)
    )
    totals = [window.total for window in why.windows]
    assert totals == sorted(totals)
    assert (totals[-1] if totals else NOTHING) == counted.duration
    if why.deadline is not None and not cycle.target.by_dates:
        assert counted.duration == cycle.target.time
    if cycle.schedule is not None and cycle.deadline is not None and cycle.paused_at is None:
        assert why.deadline == cycle.deadline


@rule("C9.2")
@given(lives())
def test_dates_are_counted_one_by_one(drawn: Any) -> None:
    """A target in dates is told as dates, those that count numbered, the start's left out."""
    life, calendar, _ = drawn
    cycle = life.cycle()
    why = explain(cycle, life.policies)
    dates = why.dates
    if not cycle.target.by_dates or (why.unknown and cycle.paused_at is None):
        assert not dates
        return
    numbers = [each.number for each in dates if each.number is not None]
    assert numbers == list(range(1, cycle.target.dates + 1))
    for one, other in pairwise(dates):
        assert other.date == one.date + timedelta(days=1)
    for each in dates:
        if cycle.target.counted is Counting.WORKING_DAYS:
            assert (each.number is not None) == calendar.is_working_day(each.date)
            assert each.day is not None and each.day.working == (each.number is not None)


@rule("C9.3")
@given(lives())
def test_it_names_what_made_it(drawn: Any) -> None:
    """It names the policy, the rule and why those before it do not fit, and reads as text."""
    life, _, _ = drawn
    cycle = life.cycle()
    why = explain(cycle, life.policies, life.subject)
    assert [each.rule for each in why.considered if not each.misfit] == [cycle.rule]
    assert why.considered[-1].rule == cycle.rule
    assert why.policy == "Desk" and cycle.policy == life.policies.versions[0].policy.content_id
    text = str(why)
    for said in (cycle.clock, cycle.rule, str(cycle.target), cycle.counts_from.isoformat()):
        assert said in text
    assert (why.deadline.isoformat() in text) if why.deadline else (why.unknown in text)
    assert all(day.because is not Because.WEEK for day in why.special)
