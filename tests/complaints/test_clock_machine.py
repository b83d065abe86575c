"""One clock's life against the slow clock that walks it, swept and unswept (C6-C8)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition
from hypothesis.stateful import rule as step

from loyalcore.complaints import (
    Basis,
    ClockBreached,
    ClockEscalated,
    Clocks,
    ClockWarned,
    Counting,
    Policies,
    Subject,
    advance,
    due,
    end_all,
    folded,
    merge,
    retarget,
    signal,
)
from loyalcore.complaints.clocks.cycles import Cycle
from loyalcore.testing import rule
from loyalcore.testing.calendars import business_calendars, places
from loyalcore.testing.slas import SEVERITIES, clock_policies, desk, times
from tests.complaints.slow_clock import NOTHING, SlowCycle, SlowDesk, both
from tests.timing.slow_calendar import SlowCalendar

pytestmark = pytest.mark.slow

OFTEN = ("go", "hold", "free", "again")
WORDS = ("done", "next", "drop", "wait", "answer", "note", *OFTEN, *OFTEN)
LAST = timedelta(days=6)


class Lane:
    """A complaint: its clocks left alone between commands, swept at odd times, and walked."""

    def __init__(self, slow: SlowCalendar, policies: Policies, clock: Any):
        self.alone, self.swept = Clocks(), Clocks()
        self.events: list[Any] = []
        self.swept_events: list[Any] = []
        self.policies, self.model = policies, SlowDesk(slow, clock)

    def sweep(self, at: datetime) -> None:
        events = advance(self.swept, at, self.policies)
        self.swept = folded(self.swept, events)
        self.swept_events += events

    def happen(self, alone: list[Any], swept: list[Any]) -> None:
        self.alone, self.swept = folded(self.alone, alone), folded(self.swept, swept)
        self.events += alone
        self.swept_events += swept


@rule("C6.4", "C6.5", "C7.1", "C7.2", "C7.4", "C7.6", "C7.7", "C7.8", "C8.1", "C8.2", "C8.5")
class ClockMachine(RuleBasedStateMachine):
    """Whatever happens to a clock in whatever order, it tells what the slow clock tells."""

    @initialize(place=places(), data=st.data())
    def begin(self, place: Any, data: Any) -> None:
        timezone, around = place
        calendar = data.draw(business_calendars(timezone, around))
        clock = data.draw(clock_policies("desk", times()))
        slow = SlowCalendar(calendar, around)
        self.policies = Policies.of(desk(clock, calendar, 10_000 // 24))
        self.first = datetime(around.year, around.month, around.day, tzinfo=UTC)
        self.now = self.first - timedelta(days=1)
        self.severity = "low"
        self.lanes = [Lane(slow, self.policies, clock) for _ in range(2)]
        for lane in self.lanes:
            self.lane = lane
            self.hear("go")

    def subject(self) -> Subject:
        return Subject(severity=self.severity)

    @step(
        minutes=st.sampled_from((5, 30, 60, 240, 480, 1440))
        | st.integers(0, 200).map(lambda n: n * 5)
    )
    def wait_a_while(self, minutes: int) -> None:
        self.now = min(self.now + timedelta(minutes=minutes), self.first + LAST)

    @step(back=st.integers(0, 600))
    def sweep(self, back: int) -> None:
        """Between the last event and now, wherever that is."""
        last = self.lane.swept.last or self.now
        self.lane.sweep(max(last, self.now - timedelta(minutes=back)))

    @step(what=st.sampled_from(WORDS))
    def hear(self, what: str) -> None:
        lane, at = self.lane, self.now
        lane.happen(
            signal(lane.alone, what, at, self.subject(), self.policies),
            signal(lane.swept, what, at, self.subject(), self.policies),
        )
        lane.model.hear(what, at, self.severity)

    @step(severity=st.sampled_from(SEVERITIES), basis=st.sampled_from(Basis))
    def retarget(self, severity: str, basis: Basis) -> None:
        lane, at = self.lane, self.now
        before = lane.alone
        self.severity = severity
        subject = self.subject()
        lane.happen(
            retarget(lane.alone, at, subject, self.policies, basis=basis),
            retarget(lane.swept, at, subject, self.policies, basis=basis),
        )
        finished = [cycle for cycle in before.cycles if not cycle.open]
        assert [c for c in lane.alone.cycles if not c.open] == finished
        lane.model.walk(at)
        cycle = lane.model.open
        if cycle is not None:
            target = lane.model.target(severity)
            change = basis is Basis.CHANGE
            kept = before.running[0]
            if kept.rule == self.rule_of(severity) and not change and cycle.since == cycle.start:
                return
            cycle.retarget(target, cycle.steps, at, change)

    def rule_of(self, severity: str) -> str:
        rules = self.lane.model.clock.rules
        return next(r.id for r in rules if not r.severity or severity in r.severity)

    @step()
    def look_at_the_other(self) -> None:
        self.lane = self.lanes[1 - self.lanes.index(self.lane)]

    @step()
    @precondition(lambda self: all(lane.alone.cycles for lane in self.lanes))
    def merge(self) -> None:
        ours, at = self.lane, self.now
        theirs = self.lanes[1 - self.lanes.index(ours)]
        ours.happen(
            merge(ours.alone, theirs.alone, at, self.policies),
            merge(ours.swept, theirs.swept, at, self.policies),
        )
        for lane in self.lanes:
            lane.model.walk(at)
        mine, other = ours.model.open, theirs.model.open
        past = [cycle for cycle in theirs.model.cycles if cycle.end is not None]
        for cycle in past:
            cycle.told = []  # told in the other's name
        if mine is not None and other is not None:
            both(mine, other, at)
        elif other is not None:
            other.told = []
        kept = [cycle for cycle in ours.model.cycles if cycle is not mine]
        went_on = [each for each in (mine or other,) if each]
        ours.model.cycles = [*kept, *past, *went_on]
        alone = end_all(theirs.alone, "merged", at, self.policies)
        theirs.happen(alone, end_all(theirs.swept, "merged", at, self.policies))
        assert not theirs.alone.running
        self.lanes[1 - self.lanes.index(ours)] = Lane(
            ours.model.slow, self.policies, ours.model.clock
        )

    # --- what always holds ---------------------------------------------------------------------

    @invariant()
    def tells_what_the_slow_clock_tells(self) -> None:
        for lane in self.lanes if hasattr(self, "lanes") else ():
            lane.alone.check_invariants()
            ahead = advance(lane.alone, self.now, self.policies)
            state = folded(lane.alone, ahead)
            state.check_invariants()
            lane.model.walk(self.now)
            told = [each for event in (*lane.events, *ahead) for each in _told(event)]
            expected = [each for each in lane.model.told() if each[2] <= self.now]
            assert sorted(told, key=_order) == sorted(expected, key=_order)
            open_ = lane.model.open
            assert (open_ is None) == (not state.running)
            if open_ is not None:
                self.same(state.running[0], open_)

    @invariant()
    def swept_and_unswept_are_the_same(self) -> None:
        for lane in self.lanes if hasattr(self, "lanes") else ():
            ahead = advance(lane.alone, self.now, self.policies)
            swept = advance(lane.swept, self.now, self.policies)
            assert folded(lane.alone, ahead) == folded(lane.swept, swept)
            assert [*lane.events, *ahead] == [*lane.swept_events, *swept]

    @invariant()
    def time_goes_on(self) -> None:
        """Advancing to the next due instant does something, and there is always a next one."""
        for lane in self.lanes if hasattr(self, "lanes") else ():
            at = due(lane.alone)
            assert (at is not None) == bool(lane.alone.running)
            if at is not None:
                events = advance(lane.alone, at, self.policies)
                assert events and all(event.recorded_at == at for event in events)
                after = due(folded(lane.alone, events))
                assert after is None or after > at

    def same(self, cycle: Cycle, slow: SlowCycle) -> None:
        assert cycle.target == slow.target and cycle.started_at == slow.start
        assert (cycle.paused_at is not None) == bool(slow.holds)
        assert set(cycle.paused_by) == slow.holds
        assert cycle.breached_at == slow.breach or slow.breach > self.now
        if slow.holds or slow.breach is not None:
            return
        left = slow.allowed - slow.used
        assert left >= NOTHING
        if slow.target.counted is Counting.ELAPSED:
            assert cycle.deadline == self.now + left
        else:
            expected = slow.slow.add_latest(self.now, left)
            assert expected is None or cycle.deadline == expected


def _order(told: Any) -> Any:
    return told[2], told[:2]


def _told(event: Any) -> list[tuple[str, str, datetime]]:
    match event:
        case ClockBreached():
            return [("breach", "", event.recorded_at)]
        case ClockWarned() | ClockEscalated():
            return [("step", event.step, event.recorded_at)]
    return []


ClockMachine.TestCase.settings = settings(stateful_step_count=25)
TestClockMachine = ClockMachine.TestCase
