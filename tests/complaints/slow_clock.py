"""A clock the slow way: it walks the time in steps of five minutes and does what it finds there."""

from datetime import date, datetime, time, timedelta
from typing import Any

from loyalcore.complaints import Counting, Reopening, Step, Target
from loyalcore.timing import DueAt
from tests.timing.slow_calendar import STEP, SlowCalendar

TICK = timedelta(microseconds=1)
NOTHING = timedelta()


def slow_deadline(target: Target, slow: SlowCalendar, start: datetime, paused: timedelta) -> Any:
    """The latest instant in time, by walking dates and cells; None when it is out of sight."""
    open_time = target.counted in {Counting.BUSINESS, Counting.WORKING_DAYS}
    if target.counted is Counting.ELAPSED:
        return start + timedelta(minutes=target.minutes, hours=target.hours) + paused
    if target.counted is Counting.BUSINESS:
        allowed = timedelta(minutes=target.minutes, hours=target.hours) + paused
        return slow.add_latest(start, allowed)
    due = last_date_end(target, slow, start)
    if not paused or due is None:
        return due
    if not open_time:
        moved = due + paused
    elif target.until is DueAt.SAME_TIME:
        return slow.add_latest(due, paused)
    else:
        moved = slow.add(due, paused)
    if moved is None or target.until is DueAt.SAME_TIME:
        return moved
    return next_end(target, slow, moved)


def last_date_end(target: Target, slow: SlowCalendar, start: datetime) -> Any:
    """Walk to the last date that counts, and to its instant."""
    working = target.counted is Counting.WORKING_DAYS
    day, left = slow.date_of(start), target.days + 7 * target.weeks
    while left:
        day += timedelta(days=1)
        if day >= slow.days[-1]:
            return None
        left -= slow.works_on(day) or not working
    if target.until is DueAt.CLOSING:
        return slow.end_of(day)
    if target.until is DueAt.MIDNIGHT:
        return midnight(slow, day + timedelta(days=1))
    due = same_wall(slow, start, day)
    return slow.add_latest(due, NOTHING) if working else due


def next_end(target: Target, slow: SlowCalendar, moved: datetime) -> Any:
    """The first closing or end of a date that counts, no earlier than an instant."""
    day = slow.date_of(moved) - timedelta(days=2)
    while day < slow.days[-1]:
        counts = target.counted is Counting.CALENDAR_DAYS or slow.works_on(day)
        if counts and target.until is DueAt.CLOSING and slow.date_of(moved) <= day:
            if slow.end_of(day) >= moved:
                return slow.end_of(day)
        elif counts and target.until is DueAt.MIDNIGHT:
            end = midnight(slow, day + timedelta(days=1))
            if end >= moved and end > midnight(slow, day):
                return end
        day += timedelta(days=1)
    return None


def midnight(slow: SlowCalendar, day: date) -> datetime:
    """The first instant of a local date."""
    return slow.cells[slow.at(datetime.combine(day, time()))]


def same_wall(slow: SlowCalendar, start: datetime, day: date) -> datetime:
    """The instant on a date at which the wall shows what it showed at the start."""
    wall = start.astimezone(slow.tz).replace(tzinfo=None)
    cell = wall.replace(minute=wall.minute // 5 * 5, second=0, microsecond=0)
    return slow.cells[slow.at(datetime.combine(day, cell.time()))] + (wall - cell)


class SlowCycle:
    """One cycle, walked; instants of what happens lie on the grid, what falls due lies anywhere."""

    def __init__(self, slow: SlowCalendar, target: Target, steps: tuple[Step, ...], at: datetime):
        self.slow, self.target, self.steps = slow, target, steps
        self.start = self.since = self.now = at
        self.paused: set[datetime] = set()
        self.holds: set[str] = set()
        self.told: list[tuple[str, str, datetime]] = []
        self.reached: set[str] = set()
        self.breach: datetime | None = None
        self.end: tuple[str, datetime] | None = None
        self.armed: dict[str, timedelta] = {}
        self.used = NOTHING
        self.set_at(at, again=False)

    @property
    def allowed(self) -> timedelta:
        return timedelta(minutes=self.target.minutes, hours=self.target.hours)

    def counts(self, cell: datetime) -> bool:
        if cell in self.paused or cell < self.since:
            return False
        index = (cell - self.slow.start) // STEP
        return self.target.counted is Counting.ELAPSED or self.slow.open[index]

    def position(self, step: Step) -> timedelta:
        if step.share is not None:
            micros = self.allowed // TICK
            return int(micros * step.share) * TICK
        length = step.before or step.after
        time_ = timedelta(minutes=length.minutes, hours=length.hours)
        return self.allowed - time_ if step.before is not None else self.allowed + time_

    def is_late(self, step: Step) -> bool:
        return step.after is not None or self.position(step) > self.allowed

    def set_at(self, at: datetime, *, again: bool) -> None:
        """Work out anew what has been used, what lies ahead, and what is overdue."""
        cells, cell = [], self.since
        while cell < at:
            cells.append(cell)
            cell += STEP
        self.used = sum((STEP for cell in cells if self.counts(cell)), NOTHING)
        if self.breach is None and self.used > self.allowed:
            self.breach = at
            self.told.append(("breach", "", at))
        for step in self.steps:
            position = self.position(step)
            late = self.is_late(step)
            # What comes behind the breach is not there before it.
            past = (
                self.used > self.allowed and self.used >= position
                if late
                else (self.used >= position)
            )
            if position < NOTHING:
                self.armed.pop(step.id, None)
            elif not past and (again or step.id not in self.reached):
                self.armed[step.id] = position
                self.reached.discard(step.id)
            elif past:
                self.armed.pop(step.id, None)
                if step.to and step.id not in self.reached:
                    self.reach(step.id, at)

    def reach(self, step: str, at: datetime) -> None:
        self.armed.pop(step, None)
        self.reached.add(step)
        self.told.append(("step", step, at))

    def walk(self, to: datetime) -> None:
        while self.now < to:
            if self.end is None and not self.holds:
                self.cell(self.now)
            elif self.end is None:
                self.paused.add(self.now)
            self.now += STEP

    def cell(self, cell: datetime) -> None:
        if not self.counts(cell):
            return
        after = self.used + STEP
        late_at = None
        if self.used <= self.allowed < after:
            late_at = cell + (self.allowed - self.used) + TICK
            if self.breach is None:
                self.breach = late_at
                self.told.append(("breach", "", late_at))
        for step in self.steps:
            position = self.armed.get(step.id)
            if position is None:
                continue
            if not self.is_late(step):
                if self.used < position <= after:
                    self.reach(step.id, cell + (position - self.used))
                continue
            # Both used up and late; the last tick of one window is late only in the next.
            done_at = cell + (position - self.used) if self.used <= position <= after else None
            if self.used >= position:
                done_at = cell
            if done_at is not None and (late_at is not None or self.used > self.allowed):
                self.reach(step.id, max(done_at, late_at or done_at))
        self.used = after

    def stop(self, how: str, at: datetime) -> None:
        self.walk(at)
        self.end = how, at
        self.holds = set()
        self.armed = {}

    def reopen(self, at: datetime) -> None:
        cell = self.end[1]
        while cell < at:
            self.paused.add(cell)
            cell += STEP
        self.end, self.now = None, at
        self.set_at(at, again=False)

    def retarget(self, target: Target, steps: tuple[Step, ...], at: datetime, change: bool) -> None:
        self.target, self.steps = target, steps
        self.since = at if change else self.start
        self.set_at(at, again=True)


def both(ours: SlowCycle, their: SlowCycle, at: datetime) -> None:
    """Make one open cycle of two: in time only what both of them were in."""
    cells, cell = set(), min(ours.start, their.start)
    while cell < at:
        if cell in ours.paused and cell in their.paused:
            cells.add(cell)
        cell += STEP
    ours.paused = cells
    ours.start = min(ours.start, their.start)
    ours.since = min(ours.since, their.since)
    ours.holds = ours.holds if their.holds else set()
    breaches = [each for each in (ours.breach, their.breach) if each]
    ours.breach = min(breaches, default=None)
    ours.reached |= their.reached
    ours.armed = {}
    ours.set_at(at, again=False)


class SlowDesk:
    """All cycles of the one clock, by the rules of a policy that never changes."""

    def __init__(self, slow: SlowCalendar, clock: Any):
        self.slow, self.clock = slow, clock
        self.cycles: list[SlowCycle] = []

    @property
    def open(self) -> SlowCycle | None:
        return next((cycle for cycle in self.cycles if cycle.end is None), None)

    def walk(self, to: datetime) -> None:
        for cycle in self.cycles:
            cycle.walk(to)

    def target(self, severity: str) -> Target:
        return next(
            rule.target
            for rule in self.clock.rules
            if not rule.severity or severity in rule.severity
        )

    def begin(self, at: datetime, severity: str, holds: set[str]) -> None:
        cycle = SlowCycle(self.slow, self.target(severity), self.clock.steps, at)
        cycle.holds = set(holds)
        self.cycles.append(cycle)

    def hear(self, what: str, at: datetime, severity: str) -> None:
        self.walk(at)
        cycle = self.open
        if cycle is None:
            self.wake(what, at, severity)
        elif what in {"done", "next", "drop"}:
            holds = cycle.holds
            cycle.stop(what, at)
            if what == "next":
                self.begin(at, severity, holds)
        elif what in {"hold", "wait"}:
            cycle.holds = cycle.holds | {what}
        elif what in {"free", "answer"}:
            cycle.holds = cycle.holds - ({"wait"} if what == "answer" else {"wait", "hold"})

    def wake(self, what: str, at: datetime, severity: str) -> None:
        """Begin, or go on; cycles that ended are the only ones."""
        mode = self.clock.reopening if what == "again" and self.cycles else None
        if mode is Reopening.CONTINUE:
            max(reversed(self.cycles), key=lambda each: each.end[1]).reopen(at)
        elif mode is Reopening.NEW_CYCLE or (
            what == "go" and (not self.cycles or self.clock.repeats)
        ):
            self.begin(at, severity, set())

    def told(self) -> list[tuple[str, str, datetime]]:
        """All that was told, by instant."""
        return sorted(
            (each for cycle in self.cycles for each in cycle.told), key=lambda t: (t[2], t[:2])
        )
