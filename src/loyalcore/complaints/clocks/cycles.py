"""The state of clocks: their cycles, and what is set to happen in each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum

import attrs

from loyalcore.complaints.policy.targets import Target
from loyalcore.timing import Interval, Intervals


class End(Enum):
    """How a cycle ended."""

    STOPPED = "stopped"
    RESTARTED = "restarted"
    CANCELLED = "cancelled"
    MERGED = "merged"


@attrs.frozen
class Alarm:
    """A threshold that will be reached.

    Attributes:
        step: its id.
        at: when.
        to: whom it escalates to; "" for a warning.
    """

    step: str
    at: datetime
    to: str = ""


@attrs.frozen
class Schedule:
    """What is set to happen if nothing comes in between.

    Attributes:
        deadline: the latest instant that is in time; None when it is not known.
        allowed: the time that may be used up to then, measured as the target is.
        breach_at: when the breach falls due; None when it is not known, or has happened.
        alarms: thresholds to come, by instant.
        unscheduled: why something could not be set; "" when all is.
    """

    deadline: datetime | None = None
    allowed: timedelta | None = None
    breach_at: datetime | None = None
    alarms: tuple[Alarm, ...] = ()
    unscheduled: str = ""

    @property
    def instants(self) -> Iterator[datetime]:
        """The instants at which something falls due."""
        yield from (alarm.at for alarm in self.alarms)
        if self.breach_at is not None:
            yield self.breach_at


@attrs.frozen(kw_only=True)
class Cycle:
    """One run of a clock, from its start to its end.

    Attributes:
        clock: the clock's id.
        number: from 1.
        policy: content id of the policy by which it was set.
        rule: id of the rule that gave its time.
        target: that time.
        calendar: the name of the calendar that it is counted by.
        calendar_version: content id of the policy whose calendar of that name it is.
        review_hours: how long it may lie with nothing to wake it.
        started_at: when it began.
        counts_from: from when on its target counts: the start, or a later retarget.
        schedule: what is set; None while it is paused, unless that comes too late, and at its end.
        pauses: those that are over.
        paused_at: when the pause that is on began; None when it runs.
        paused_by: the signals that hold it.
        reached: ids of the steps that were reached.
        breached_at: when it was breached, for ever.
        ended_at: when it ended; None while it is open.
        end: how.
    """

    clock: str
    number: int
    policy: str
    rule: str
    target: Target
    calendar: str
    calendar_version: str
    review_hours: int
    started_at: datetime
    counts_from: datetime
    schedule: Schedule | None = None
    pauses: Intervals = Intervals()
    paused_at: datetime | None = None
    paused_by: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    end: End | None = None

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def deadline(self) -> datetime | None:
        """The latest instant that is in time, as far as it is set."""
        return self.schedule.deadline if self.schedule else None

    @property
    def unscheduled(self) -> str:
        """Why something of it could not be set; "" when all is."""
        return self.schedule.unscheduled if self.schedule else ""

    def paused_through(self, at: datetime) -> Intervals:
        """Give its pauses up to an instant, the one that is on included."""
        if self.paused_at is None or self.paused_at >= at:
            return self.pauses
        return self.pauses | Intervals([Interval(self.paused_at, at)])


@attrs.frozen
class Clocks:
    """All clocks of a complaint, with all of their cycles.

    Attributes:
        cycles: in the order in which they came; a clock's open one is its last.
        last: when anything was last recorded.
    """

    cycles: tuple[Cycle, ...] = ()
    last: datetime | None = None

    def of(self, clock: str) -> tuple[Cycle, ...]:
        """Give the cycles of a clock."""
        return tuple(cycle for cycle in self.cycles if cycle.clock == clock)

    def latest(self, clock: str) -> Cycle | None:
        """Give a clock's open cycle, or else the one that ended last; None when it has none."""
        ended = sorted(self.of(clock), key=lambda cycle: (cycle.open, cycle.ended_at or self.last))
        return ended[-1] if ended else None

    def open(self, clock: str) -> Cycle | None:
        """Give a clock's open cycle, if it has one."""
        cycle = self.latest(clock)
        return cycle if cycle is not None and cycle.open else None

    @property
    def running(self) -> tuple[Cycle, ...]:
        """All open cycles, paused ones too."""
        return tuple(cycle for cycle in self.cycles if cycle.open)

    def replaced(self, cycle: Cycle) -> tuple[Cycle, ...]:
        """Give all cycles with one of them in its new form."""
        key = cycle.clock, cycle.number
        return tuple(cycle if (c.clock, c.number) == key else c for c in self.cycles)

    def check_invariants(self) -> None:
        """Assert what must hold of every state."""
        for clock in {cycle.clock for cycle in self.cycles}:
            cycles = self.of(clock)
            numbers = [cycle.number for cycle in cycles]
            assert len(set(numbers)) == len(numbers), f"{clock}: a number twice"
            assert sum(cycle.open for cycle in cycles) <= 1, f"{clock}: two cycles are open"
        for cycle in self.cycles:
            _check(cycle, self.last)


def _check(cycle: Cycle, last: datetime | None) -> None:
    assert last is not None and cycle.started_at <= last
    assert cycle.started_at <= cycle.counts_from <= last
    assert (cycle.paused_at is None) == (not cycle.paused_by)
    assert (cycle.ended_at is None) == (cycle.end is None)
    assert len(set(cycle.reached)) == len(cycle.reached)
    for pause in cycle.pauses:
        assert cycle.started_at <= pause.start < pause.end <= last
        assert cycle.paused_at is None or pause.end <= cycle.paused_at
    if not cycle.open:
        assert cycle.schedule is None and cycle.paused_at is None
        return
    schedule = cycle.schedule
    if cycle.paused_at is None:
        assert schedule is not None
        assert schedule.deadline is not None or schedule.unscheduled
    if schedule is not None:
        assert schedule.breach_at is None or cycle.breached_at is None
        assert not {alarm.step for alarm in schedule.alarms} & set(cycle.reached)
        assert all(at >= last for at in schedule.instants), "something due was passed over"
        overdue = schedule.deadline is not None and schedule.deadline < last
        assert not overdue or cycle.breached_at is not None or schedule.breach_at == last
