"""Work out what is set for a cycle: its deadline, its breach, its thresholds."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import attrs

from loyalcore.complaints.clocks.cycles import Alarm, Cycle, Schedule
from loyalcore.complaints.policy.clock_rules import ClockPolicy, Step
from loyalcore.complaints.policy.sla_policy import Policies
from loyalcore.complaints.policy.targets import MICROSECOND
from loyalcore.errors import CalendarUnknown, InvalidValue, NeverOpens
from loyalcore.timing import BusinessCalendar, Interval, Intervals

_UNKNOWN = (CalendarUnknown, NeverOpens, InvalidValue)


class Set(NamedTuple):
    """What is set for a cycle, and by which version's calendar."""

    schedule: Schedule | None
    calendar_version: str


def clock_of(cycle: Cycle, policies: Policies) -> ClockPolicy:
    """Give the clock's rules in the version by which a cycle was set."""
    clock = policies.version(cycle.policy).clock(cycle.clock)
    assert clock is not None, f"{cycle.clock} is not in the policy that started it"
    return clock


def paused_time(measure: BusinessCalendar, pauses: Intervals, since: datetime) -> timedelta:
    """Give the time that pauses took from an instant on."""
    clipped = (measure.between(max(p.start, since), p.end) for p in pauses if p.end > since)
    return sum(clipped, timedelta())


def used(cycle: Cycle, at: datetime, policies: Policies) -> timedelta | None:
    """Give the time that a cycle has taken from its start, pauses left out, as its target counts.

    Returns:
        That time; None where the calendar does not know.
    """
    calendar = policies.version(cycle.calendar_version).calendar_named(cycle.calendar)
    assert calendar is not None
    measure = cycle.target.measure(calendar)
    start, pauses = cycle.started_at, cycle.paused_through(at)
    try:
        return measure.between(start, at) - paused_time(measure, pauses, start)
    except _UNKNOWN:
        return None


def set_anew(cycle: Cycle, policies: Policies, now: datetime, *, rearm: bool = False) -> Set:
    """Work out what is set for a cycle from an instant on.

    Where its own version's calendar does not know so far, the one of the version in force is asked.

    Args:
        cycle: as it stands from that instant on.
        policies: the versions.
        now: the instant.
        rearm: whether thresholds that were reached before count again if they lie ahead.
    """
    clock, first = clock_of(cycle, policies), cycle.calendar_version
    versions = dict.fromkeys((first, policies.in_force(now).content_id))
    tried: list[Set] = []
    for version in versions:
        calendar = policies.version(version).calendar_named(cycle.calendar)
        if calendar is not None:
            tried.append(Set(_schedule(cycle, clock, calendar, now, rearm), version))
    return next((each for each in tried if not _nothing_known(each.schedule)), tried[0])


def _nothing_known(schedule: Schedule | None) -> bool:
    return schedule is not None and bool(schedule.unscheduled) and schedule.deadline is None


def _schedule(
    cycle: Cycle, clock: ClockPolicy, calendar: BusinessCalendar, now: datetime, rearm: bool
) -> Schedule | None:
    try:
        deadline, allowed = deadline_of(cycle, calendar)
    except _UNKNOWN as error:
        # What stands is set when it runs on.
        return Schedule(unscheduled=str(error)) if cycle.paused_at is None else None
    breach_at = max(deadline + MICROSECOND, now) if cycle.breached_at is None else None
    measure = cycle.target.measure(calendar)
    pauses = cycle.paused_through(now)
    paused = paused_time(measure, pauses, cycle.counts_from)
    alarms, unknown = [], ""
    for step in clock.steps:
        if step.id in cycle.reached and not rearm:
            continue
        try:
            at = _reached_at(step, measure, cycle.counts_from, paused, deadline, allowed)
        except _UNKNOWN as error:
            unknown = str(error)
            continue
        ahead = at is not None and at > now
        if at is not None and (ahead or (step.to and step.id not in cycle.reached)):
            alarms.append(Alarm(step.id, max(at, now), step.to))
    alarms.sort(key=lambda alarm: alarm.at)
    if cycle.paused_at is None:
        return Schedule(deadline, allowed, breach_at, tuple(alarms), unknown)
    # It stands: all that can happen is what should have happened before.
    overdue = cycle.paused_at > deadline and breach_at is not None
    missed = tuple(alarm for alarm in alarms if alarm.at == now)
    return Schedule(deadline, allowed, now, missed) if overdue else _missed(missed)


def _missed(alarms: tuple[Alarm, ...]) -> Schedule | None:
    return Schedule(alarms=alarms) if alarms else None


def deadline_of(cycle: Cycle, calendar: BusinessCalendar) -> tuple[datetime, timedelta]:
    """Give the deadline, and the time used by then: pauses that begin in time move it on."""
    start, paused = cycle.counts_from, timedelta()
    measure = cycle.target.measure(calendar)
    deadline = cycle.target.deadline(calendar, start)
    for pause in counted(cycle.pauses, start):
        if pause.start > deadline:
            break
        paused += paused_time(measure, Intervals([pause]), start)
        deadline = cycle.target.deadline(calendar, start, paused)
    return deadline, measure.between(start, deadline) - paused


def counted(pauses: Intervals, since: datetime) -> Iterator[Interval]:
    """Give the pauses from an instant on."""
    for pause in pauses:
        if pause.end > since:
            yield pause if pause.start >= since else attrs.evolve(pause, start=since)


def _reached_at(
    step: Step,
    measure: BusinessCalendar,
    start: datetime,
    paused: timedelta,
    deadline: datetime,
    allowed: timedelta,
) -> datetime | None:
    """Give the instant at which a step is reached; None when it lies before the start."""
    position = step.position(allowed)
    if position < timedelta():
        return None
    at = measure.add(start, position + paused)
    late = step.after is not None or position > allowed
    return max(at, deadline + MICROSECOND) if late else at
