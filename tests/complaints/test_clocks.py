"""Single rules of clocks: what they hear, what moves them, what cannot be set (C5-C8)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.complaints import (
    Basis,
    ClockBreached,
    ClockEnded,
    ClockEscalated,
    ClockPolicy,
    Clocks,
    ClockScheduled,
    ClocksReviewed,
    ClockWarned,
    Offset,
    Pause,
    Policies,
    Reopening,
    Rule,
    SlaPolicy,
    Step,
    Subject,
    Target,
    acknowledgement,
    advance,
    due,
    evolve,
    first_response,
    folded,
    next_response,
    progress_update,
    resolution,
    retarget,
    signal,
)
from loyalcore.diagnosis import structure
from loyalcore.errors import InvalidValue, RecordedBackwards, UnknownSlaVersion
from loyalcore.forms import new_converter
from loyalcore.testing import rule
from loyalcore.testing.slas import clock_policies, desk, targets
from loyalcore.timing import BusinessCalendar, Holiday, Holidays, Interval, Intervals, Week
from tests.complaints.desks import OFFICE, TICK, Life, at, hours, kinds, plain, policies

minutes = st.integers(1, 2000).map(lambda n: timedelta(minutes=n))
SIGNALS = st.sampled_from(("auto_reply", "internal_note", "acknowledged", "diagnosed", "note"))


@rule("C5.1")
@given(st.lists(SIGNALS, max_size=6), minutes)
def test_hears_its_own_signals_only(heard: list[str], later: timedelta) -> None:
    """Whatever it does not name leaves a clock alone, and so does a second start."""
    life = Life(policies(plain()))
    life.hear("go", at(2, 9))
    before = life.clocks
    for number, what in enumerate(heard):
        life.hear(what, at(2, 9) + number * TICK)
        assert life.clocks == before
    life.hear("go", at(2, 10))
    assert life.clocks == before
    life.hear("done", at(2, 10) + later)
    assert life.cycle().ended_at == at(2, 10) + later
    assert not life.hear("go", at(7)), "it does not repeat"


facets = st.sampled_from(("", "a", "b"))
rules = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            facet: st.lists(facets, min_size=1, unique=True)
            for facet in ("channel", "severity", "value", "jurisdiction", "kind")
        },
    ).filter(bool),
    max_size=4,
)


@rule("C5.2")
@given(rules, st.builds(Subject, facets, facets, facets, facets, facets))
def test_first_match_wins(rows: list[dict[str, list[str]]], subject: Subject) -> None:
    """The first rule whose every facet names the complaint's is taken, and no other looked at."""
    some = tuple(Rule(str(n), Target(hours=n + 1), "office", **row) for n, row in enumerate(rows))
    fits = [all(getattr(subject, facet) in wanted for facet, wanted in row.items()) for row in rows]
    clock = plain((*some, hours(9, channel=("nowhere",))))
    policy = SlaPolicy("Desk", (clock,), (OFFICE,))
    choice = policy.choose(clock, subject)
    life = Life(Policies.of(policy))
    life.subject = subject
    started = life.hear("go", at(2, 9))
    if True not in fits:
        assert choice.rule is None and not started
        assert all(each.misfit for each in choice.considered)
        return
    first = fits.index(True)
    assert choice.rule is some[first]
    assert [not each.misfit for each in choice.considered] == [False] * first + [True]
    assert life.cycle().rule == str(first)


# --- the known clocks ----------------------------------------------------------------------------

REPLIES = st.lists(
    st.sampled_from(("auto_reply", "internal_note", "public_reply", "customer_message")),
    max_size=10,
)


@rule("C6.1")
@given(REPLIES)
def test_first_response(replies: list[str]) -> None:
    """The first reply that is a human's and public stops it, an automatic one acknowledges only."""
    life = Life(policies(first_response([hours(1)]), acknowledgement([hours(1)])))
    life.hear("received", at(2, 9))
    for number, what in enumerate(replies, 1):
        life.hear(what, at(2, 9) + number * TICK)
    stops = [n for n, what in enumerate(replies, 1) if what == "public_reply"]
    ends = at(2, 9) + stops[0] * TICK if stops else None
    assert life.cycle("first_response").ended_at == ends
    answers = [n for n, w in enumerate(replies, 1) if w in {"public_reply", "auto_reply"}]
    ends = at(2, 9) + answers[0] * TICK if answers else None
    assert life.cycle("acknowledgement").ended_at == ends


@rule("C6.2")
@given(REPLIES)
def test_next_response(replies: list[str]) -> None:
    """It runs from the oldest message of the customer's that has no answer."""
    life = Life(policies(next_response([hours(1)])))
    oldest: datetime | None = None
    for number, what in enumerate(replies, 1):
        when = at(2, 9) + number * TICK
        life.hear(what, when)
        if what == "public_reply":
            oldest = None
        elif what == "customer_message":
            oldest = oldest or when
        running = life.clocks.open("next_response")
        assert (running.started_at if running else None) == oldest


@rule("C6.3")
@given(st.lists(st.tuples(minutes, st.booleans()), max_size=6))
def test_progress_update(updates: list[tuple[timedelta, bool]]) -> None:
    """Each update that goes out ends a silence and begins the next; the breach counts from it."""
    life = Life(policies(progress_update([hours(2)])))
    when, last = at(2, 9), at(2, 9)
    life.hear("received", when)
    for gap, out in updates:
        when += gap
        life.hear("progress_update" if out else "internal_note", when)
        last = when if out else last
        cycle = life.cycle("progress_update")
        assert cycle.started_at == last
        assert (cycle.breached_at is not None) == (OFFICE.between(last, when) > timedelta(hours=2))
    outs = sum(out for _, out in updates)
    assert len(life.clocks.of("progress_update")) == outs + 1


# --- pauses --------------------------------------------------------------------------------------


@rule("C6.5", "C6.6")
@given(
    targets(),
    st.lists(st.tuples(st.integers(1, 900), st.integers(1, 900)), max_size=4),
    st.integers(0, 59_999_999),
)
def test_pauses(target: Target, pairs: list[tuple[int, int]], micros: int) -> None:
    """A deadline is put off by the counted time of its pauses, to the microsecond, and no more."""
    clock = resolution([Rule("any", target, "office")])
    life = Life(policies(clock))
    when = at(2, 9) + micros * TICK
    life.hear("received", when)
    pauses = []
    for runs, stands in pairs:
        begin = when + timedelta(minutes=runs) + micros * TICK
        if (life.cycle("resolution").deadline or begin) < begin:
            break
        when = begin + timedelta(minutes=stands)
        life.hear("awaiting_customer", begin)
        assert life.cycle("resolution").deadline is None
        life.hear("customer_message", when)
        pauses.append(Interval(begin, when))
    cycle = life.cycle("resolution")
    measure = target.measure(OFFICE)
    spared = sum((measure.between(p.start, p.end) for p in pauses), timedelta())
    assert cycle.pauses == Intervals(pauses)
    assert cycle.deadline == target.deadline(OFFICE, cycle.started_at, spared)
    if not spared:
        assert cycle.deadline == target.deadline(OFFICE, cycle.started_at)


# --- retargets -----------------------------------------------------------------------------------


@rule("C7.3", "C7.5")
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 50), st.sampled_from(Basis))
def test_only_a_retarget_reaches_a_running_clock(
    first: int, second: int, later: int, basis: Basis
) -> None:
    """A new policy, with another calendar too, leaves it; the next retarget sets it by that."""
    pause = Pause("hold", ("free",))
    old = policies(plain((hours(first),), pauses=(pause,), repeats=True))
    night = BusinessCalendar("UTC", Week.same("20:00-23:00"), name="office")
    new_clock = plain((hours(second),), pauses=(pause,), repeats=True)
    new = SlaPolicy("Night desk", (new_clock,), (night,))
    change = at(3)
    versions = old.then(new, change)
    life, still = Life(versions), Life(old)
    for each in (life, still):
        each.hear("go", at(2, 9))
        each.hear("done", at(2, 9, 30))
        each.hear("go", at(2, 10))
    when = change + timedelta(hours=later)
    for each in (life, still):
        each.hear("hold", when)
        each.hear("free", when + timedelta(hours=2))
    assert life.clocks == still.clocks
    now = when + timedelta(hours=3)
    life.wait(now)
    breached = life.cycle().breached_at
    life.retarget(now, basis=basis)
    cycle, since = life.cycle(), at(2, 10) if basis is Basis.START else now
    assert cycle.policy == new.content_id and cycle.counts_from == since
    pause_taken = Intervals([Interval(when, when + timedelta(hours=2))]) if since < when else ()
    spared = sum((night.between(p.start, p.end) for p in pause_taken), timedelta())
    late = night.between(since, now) - spared > timedelta(hours=second)
    assert (cycle.breached_at is not None) == (late or breached is not None)
    if late and breached is None:
        assert cycle.breached_at == now
    assert life.clocks.cycles[0] == still.clocks.cycles[0], "what is finished stays"


@rule("C7.6")
@given(st.integers(1, 30), minutes, minutes, st.sampled_from(Reopening))
def test_reopening(target: int, runs: timedelta, gap: timedelta, mode: Reopening) -> None:
    """It goes on with the gap as a pause, begins anew, or stays as it ended."""
    life = Life(policies(plain((hours(target),), reopens=("again",), reopening=mode)))
    start, stopped = at(2, 9), at(2, 9) + runs
    life.hear("go", start)
    life.hear("done", stopped)
    ended = life.cycle()
    again = stopped + gap
    life.hear("again", again)
    cycles = life.clocks.of("work")
    if mode is Reopening.IGNORE:
        assert cycles == (ended,)
        return
    if mode is Reopening.NEW_CYCLE:
        assert cycles[0] == ended and cycles[1].number == 2
        assert cycles[1].deadline == OFFICE.add_latest(again, timedelta(hours=target))
        return
    (cycle,) = cycles
    assert cycle.open and cycle.started_at == start
    assert cycle.pauses == Intervals([Interval(stopped, again)])
    assert cycle.breached_at == ended.breached_at
    if ended.breached_at is None:
        spared = OFFICE.between(stopped, again)
        assert cycle.deadline == OFFICE.add_latest(start, timedelta(hours=target) + spared)


@rule("C7.4")
@given(
    st.tuples(st.integers(1, 9), st.integers(1, 40)),
    st.tuples(st.integers(0, 2000), st.integers(1, 2000), st.integers(0, 2000)),
    st.sampled_from(Basis),
)
def test_where_a_retarget_counts_from(
    targets_: tuple[int, int], lengths: tuple[int, int, int], basis: Basis
) -> None:
    """From the start with all pauses since, or from the change with none."""
    clock = plain(
        (hours(targets_[0], severity=("high",)), hours(targets_[0] + targets_[1])),
        pauses=(Pause("hold", ("free",)),),
    )
    life = Life(policies(clock), severity="high")
    start = at(2, 9)
    held, freed, now = (start + timedelta(minutes=sum(lengths[: n + 1])) for n in range(3))
    life.hear("go", start)
    life.hear("hold", held)
    life.hear("free", freed)
    life.wait(now)
    breached = life.cycle().breached_at
    life.subject = Subject()
    life.retarget(now, basis=basis)
    cycle, target = life.cycle(), timedelta(hours=sum(targets_))
    assert cycle.pauses == Intervals([Interval(held, freed)])
    if basis is Basis.CHANGE:
        assert cycle.deadline == OFFICE.add_latest(now, target)
    elif OFFICE.add_latest(start, target) >= held:
        spared = OFFICE.between(held, freed)
        assert cycle.deadline == OFFICE.add_latest(start, target + spared)
    late = basis is Basis.START and cycle.deadline is not None and cycle.deadline < now
    assert cycle.breached_at == (breached or (now if late else None))


@rule("C7.4")
@given(st.integers(0, 50), st.sampled_from(("low", "high", "none")))
def test_a_retarget_that_no_rule_fits_ends_it(hour: int, severity: str) -> None:
    """Where no rule fits the complaint any more, its clock ends without praise or blame."""
    clock = plain((hours(4, severity=("high",)), hours(8, severity=("low",))))
    life = Life(policies(clock), severity="high")
    life.hear("go", at(2, 9))
    life.subject = Subject(severity=severity)
    when = at(2, 9) + timedelta(hours=hour)
    life.retarget(when)
    cycle = life.cycle()
    assert cycle.open == (severity != "none")
    if severity == "none":
        (ended,) = (e for e in life.events if isinstance(e, ClockEnded))
        assert ended.in_time is None and ended.by == "no rule fits"
    elif severity == "low":
        assert cycle.target == Target(hours=8) and cycle.started_at == at(2, 9)


# --- starts that are known late, calendars that do not know --------------------------------------


@rule("C7.10")
@given(st.integers(0, 100), st.integers(1, 20))
def test_a_start_known_late(back: int, target: int) -> None:
    """It counts from when it really began; what is overdue falls due at once, warnings excepted."""
    steps = (
        Step("soon", before=Offset(minutes=30)),
        Step("late", after=Offset(minutes=0), to="lead"),
    )
    life = Life(policies(plain((hours(target),), steps=steps)))
    now, began = at(6, 12), at(6, 12) - timedelta(hours=back)
    events = life.hear("go", now, since=began)
    assert life.cycle().started_at == began
    late = OFFICE.between(began, now) > timedelta(hours=target)
    expected = ["ClockStarted", "ClockBreached", "ClockEscalated"] if late else ["ClockStarted"]
    assert kinds(events) == expected
    assert all(event.recorded_at == now for event in events)
    with pytest.raises(InvalidValue, match="since"):
        signal(Clocks(), "go", now, Subject(), life.policies, since=now + TICK)


def holidays(year: int) -> BusinessCalendar:
    """A calendar whose holidays are known to the end of a year."""
    known = Holidays([Holiday(date(2026, 1, 1))], known_through=date(year, 12, 31))
    return BusinessCalendar("UTC", Week.same("09:00-17:00"), known, name="office")


@rule("C7.9", "C8.4")
@given(
    st.integers(0, 60),
    st.integers(1, 99),
    st.integers(1, 400),
    st.lists(st.integers(1, 500), max_size=4),
)
def test_what_the_calendar_does_not_know(
    day: int, target: int, grows: int, sweeps: list[int]
) -> None:
    """It starts all the same, says why it is not set, is looked at, and set when it can be."""
    clock = plain((hours(target),), steps=(Step("half", before=Offset(minutes=30)),))
    old = SlaPolicy("Desk", (clock,), (holidays(2026),), 24)
    start = datetime.fromisoformat("2026-12-31T12:00+00:00") - timedelta(days=day)
    from_then = start + timedelta(hours=grows)
    versions = Policies.of(old).then(SlaPolicy("Desk", (clock,), (holidays(2027),)), from_then)
    life, swept = Life(versions), Life(versions)
    for each in (life, swept):
        each.hear("go", start)
    expected = holidays(2027).add_latest(start, timedelta(hours=target))
    known = expected < datetime.fromisoformat("2027-01-01T00:00+00:00")
    cycle = life.cycle()
    assert (cycle.deadline == expected) if known else "2026-12-31" in cycle.unscheduled
    until = from_then + timedelta(hours=24)
    for hour in sorted(sweeps):
        if start + timedelta(hours=hour) < until:
            swept.wait(start + timedelta(hours=hour))
    for each in (life, swept):
        each.wait(until)
    assert life.events == swept.events and life.clocks == swept.clocks
    assert life.cycle().deadline == expected and not life.cycle().unscheduled
    if not known:
        reviews = [e for e in life.events if isinstance(e, ClocksReviewed)]
        assert reviews[0].recorded_at == start + timedelta(hours=24)
        assert all(review.waiting[0].why for review in reviews)
        set_at = next(e.recorded_at for e in life.events if isinstance(e, ClockScheduled))
        assert from_then <= set_at <= until
        late = [e.recorded_at for e in life.events if isinstance(e, ClockBreached)]
        assert late == ([max(expected + TICK, set_at)] if expected < until else [])


@rule("C8.4")
@given(st.integers(1, 100), st.integers(1, 300))
def test_what_nothing_else_would_wake(review: int, hours_on: int) -> None:
    """A complaint that waits is looked at each time the review interval has passed."""
    life = Life(policies(plain(pauses=(Pause("hold", ("free",)),)), review_hours=review))
    life.hear("go", at(2, 9))
    life.hear("hold", at(2, 10))
    events = life.wait(at(2, 10) + timedelta(hours=hours_on))
    step = timedelta(hours=review)
    assert [e.recorded_at for e in events] == [
        at(2, 10) + n * step for n in range(1, hours_on // review + 1)
    ]
    assert all("hold" in event.waiting[0].why for event in events)
    assert due(life.clocks) == (life.clocks.last or at(2)) + step


# --- thresholds ----------------------------------------------------------------------------------


@rule("C8.1", "C8.5")
@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 60), st.integers(1, 99))
def test_thresholds(target: int, before: int, after: int, percent: int) -> None:
    """A share of the target and offsets from due are open time; each is told once, in order."""
    steps = (
        Step("late", after=Offset(minutes=after), to="lead"),
        Step("share", share=Decimal(percent) / 100),
        Step("before", before=Offset(minutes=before)),
    )
    clock = ClockPolicy("work", (hours(target),), ("go",), ("done",), steps=steps)
    life = Life(policies(clock))
    start = at(2, 9, 30)
    life.hear("go", start)
    due_at = OFFICE.add_latest(start, timedelta(hours=target))
    told = {e.step: e.recorded_at for e in life.wait(at(30)) if hasattr(e, "step")}
    share = timedelta(hours=target) * percent / 100
    assert told["share"] == OFFICE.add(start, share)
    if before < target * 60:
        assert told["before"] == OFFICE.add(start, timedelta(minutes=target * 60 - before))
    else:
        assert "before" not in told
    late = OFFICE.add(start, timedelta(hours=target, minutes=after))
    assert told["late"] == max(late, due_at + TICK)
    ids = [e.step for e in life.events if isinstance(e, (ClockWarned, ClockEscalated))]
    assert len(set(ids)) == len(ids)


@rule("C8.1", "C6.5")
@given(
    st.tuples(st.integers(1, 30), st.integers(1, 29)),
    st.integers(0, 2000),
    st.integers(1, 2000),
    st.sampled_from(("", "lead")),
)
def test_thresholds_wait_with_their_clock(
    lengths: tuple[int, int], runs: int, stands: int, to: str
) -> None:
    """What a pause spares is added to every threshold that was not reached before it."""
    target, before = lengths
    step = Step("before", before=Offset(hours=before), to=to)
    clock = plain((hours(target),), pauses=(Pause("hold", ("free",)),), steps=(step,))
    life = Life(policies(clock))
    start, held = at(2, 9, 30), at(2, 9, 30) + timedelta(minutes=runs)
    life.hear("go", start)
    life.hear("hold", held)
    freed = held + timedelta(minutes=stands)
    life.hear("free", freed)
    life.wait(at(30))
    position = timedelta(hours=target - before)
    kind = ClockEscalated if to else ClockWarned
    told = [event.recorded_at for event in life.events if isinstance(event, kind)]
    if position < timedelta() or (not position and not to):
        assert not told
    elif not position:
        assert told == [start], "an escalation that is due at once"
    elif OFFICE.add(start, position) <= held:
        assert told == [OFFICE.add(start, position)]
    else:
        assert told == [OFFICE.add(start, position + OFFICE.between(held, freed))]


# --- the shape of all of it ----------------------------------------------------------------------


@rule("C7.8", "C8.3")
@given(clock_policies("desk"), st.data())
def test_whatever_the_target(clock: ClockPolicy, data: Any) -> None:
    """With targets in dates, too: swept or not it is the same, and due always moves on."""
    life = Life(Policies.of(desk(clock, OFFICE)), severity="low")
    swept = Life(life.policies, severity="low")
    when = at(2, 9)
    for word in data.draw(st.lists(st.sampled_from(("hold", "free", "next", "again", "done")))):
        for each in (life, swept):
            each.hear("go", when)
            each.hear(word, when)
        later = when + data.draw(minutes)
        swept.wait(when + (later - when) / 2)
        soon = due(life.clocks)
        if soon is not None:
            found = advance(life.clocks, soon, life.policies)
            after = due(folded(life.clocks, found))
            assert found and (after is None or after > soon)
        when = later
    for each in (life, swept):
        each.wait(when)
    assert life.events == swept.events and life.clocks == swept.clocks


@rule("C7.11")
@given(clock_policies("desk"), st.data())
def test_stored_form(clock: ClockPolicy, data: Any) -> None:
    """Events and the state come back from their stored form, and the events fold to the state."""
    life = Life(Policies.of(desk(clock, OFFICE)), severity="low")
    when = at(2, 9)
    life.hear("go", when)
    words = ("hold", "free", "next", "again", "done", "wait")
    for word in data.draw(st.lists(st.sampled_from(words), max_size=6)):
        when += data.draw(minutes)
        life.hear(word, when)
    life.retarget(when + timedelta(hours=1), basis=Basis.CHANGE)
    converter = new_converter(report_all=False)
    read = [
        structure(converter, converter.unstructure(event), type(event), "event")
        for event in life.events
    ]
    assert read == life.events
    assert folded(Clocks(), read) == life.clocks
    assert structure(converter, converter.unstructure(life.clocks), Clocks, "") == life.clocks
    assert evolve(Clocks(), read[0]).cycles[0].clock == "work"


@rule("C7.12")
@given(minutes, st.sampled_from(("signal", "retarget", "advance")))
def test_refused(back: timedelta, call: str) -> None:
    """Time runs forwards, instants have zones, and every version that a clock runs by is needed."""
    life = Life(policies(plain(pauses=(Pause("hold", ("free",)),))))
    life.hear("go", at(5, 9))
    other = policies(plain((hours(3),)))

    def ask(when: datetime, versions: Policies = life.policies) -> Any:
        if call == "signal":
            return signal(life.clocks, "hold", when, Subject(), versions)
        if call == "retarget":
            return retarget(life.clocks, when, Subject(), versions)
        return advance(life.clocks, when, versions)

    with pytest.raises(RecordedBackwards):
        ask(at(5, 9) - back)
    with pytest.raises(InvalidValue, match="naive"):
        ask(at(9).replace(tzinfo=None))
    if call == "signal":
        with pytest.raises(UnknownSlaVersion, match="content id"):
            ask(at(5, 10), other)
