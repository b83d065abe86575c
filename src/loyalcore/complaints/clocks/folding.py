"""Fold events into the state of clocks."""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never, get_args

import attrs

from loyalcore import checks
from loyalcore.complaints.clocks.cycles import Clocks, Cycle, Schedule
from loyalcore.complaints.clocks.events import (
    ClockBreached,
    ClockEnded,
    ClockEscalated,
    ClockMerged,
    ClockPaused,
    ClockReopened,
    ClockResumed,
    ClockRetargeted,
    ClockScheduled,
    ClocksEvent,
    ClocksReviewed,
    ClockStarted,
    ClockWarned,
)

_KINDS = get_args(ClocksEvent)


def folded(clocks: Clocks, events: Iterable[ClocksEvent]) -> Clocks:
    """Fold events into the state of clocks, in order."""
    fix = "give the events of clocks, as signal and advance do"
    for event in checks.walkable("folded.events", events, fix):
        clocks = evolve(clocks, event)
    return clocks


def evolve(clocks: Clocks, event: ClocksEvent) -> Clocks:
    """Fold one event into the state of clocks."""
    checks.argument("evolve.clocks", clocks, Clocks, "give Clocks; Clocks() are none")
    checks.argument("evolve.event", event, _KINDS, "give an event of clocks")
    at = event.recorded_at
    match event:
        case ClocksReviewed():
            return attrs.evolve(clocks, last=at)
        case ClockStarted():
            return Clocks((*clocks.cycles, _begun(event)), at)
        case ClockMerged():
            return Clocks(_merged(clocks, event), at)
    cycle = _cycle(clocks, event.clock, event.cycle)
    return Clocks(clocks.replaced(_changed(cycle, event)), at)


def _cycle(clocks: Clocks, clock: str, number: int) -> Cycle:
    (cycle,) = (each for each in clocks.of(clock) if each.number == number)
    return cycle


def _begun(event: ClockStarted) -> Cycle:
    return Cycle(
        clock=event.clock,
        number=event.cycle,
        policy=event.policy,
        rule=event.rule,
        target=event.target,
        calendar=event.calendar,
        calendar_version=event.calendar_version,
        review_hours=event.review_hours,
        started_at=event.started_at,
        counts_from=event.started_at,
        schedule=event.schedule,
        paused_at=event.recorded_at if event.paused_by else None,
        paused_by=event.paused_by,
    )


def _merged(clocks: Clocks, event: ClockMerged) -> tuple[Cycle, ...]:
    """Put the other's finished cycles, and the open one behind them."""
    open_ = clocks.open(event.clock)
    kept = tuple(cycle for cycle in clocks.cycles if cycle is not open_)
    return (*kept, *event.finished, *((event.merged,) if event.merged else ()))


def _changed(
    cycle: Cycle,
    event: (
        ClockPaused
        | ClockResumed
        | ClockEnded
        | ClockReopened
        | ClockRetargeted
        | ClockScheduled
        | ClockWarned
        | ClockEscalated
        | ClockBreached
    ),
) -> Cycle:
    at = event.recorded_at
    match event:
        case ClockPaused():
            since = cycle.paused_at or at
            return attrs.evolve(cycle, schedule=None, paused_at=since, paused_by=event.reasons)
        case ClockResumed():
            return attrs.evolve(
                _unpaused(cycle, at),
                schedule=event.schedule,
                calendar_version=event.calendar_version,
            )
        case ClockEnded():
            return attrs.evolve(_unpaused(cycle, at), schedule=None, ended_at=at, end=event.end)
        case ClockReopened():
            return attrs.evolve(
                _unpaused(attrs.evolve(cycle, paused_at=cycle.ended_at), at),
                schedule=event.schedule,
                calendar_version=event.calendar_version,
                ended_at=None,
                end=None,
            )
        case ClockScheduled():
            return attrs.evolve(
                cycle, schedule=event.schedule, calendar_version=event.calendar_version
            )
        case ClockRetargeted():
            return _retargeted(cycle, event)
        case ClockWarned() | ClockEscalated():
            return _reached(cycle, event.step)
        case ClockBreached():
            schedule = cycle.schedule and attrs.evolve(cycle.schedule, breach_at=None)
            return attrs.evolve(cycle, schedule=schedule, breached_at=at)
    assert_never(event)


def _unpaused(cycle: Cycle, at: datetime) -> Cycle:
    """Close the pause that is on, if there is one."""
    if cycle.paused_at is None:
        return cycle
    return attrs.evolve(cycle, pauses=cycle.paused_through(at), paused_at=None, paused_by=())


def _retargeted(cycle: Cycle, event: ClockRetargeted) -> Cycle:
    return attrs.evolve(
        cycle,
        policy=event.policy,
        rule=event.rule,
        target=event.target,
        calendar=event.calendar,
        calendar_version=event.calendar_version,
        review_hours=event.review_hours,
        counts_from=event.counts_from,
        schedule=event.schedule,
        reached=tuple(step for step in cycle.reached if step not in event.rearmed),
    )


def _reached(cycle: Cycle, step: str) -> Cycle:
    schedule = cycle.schedule or Schedule()
    alarms = tuple(alarm for alarm in schedule.alarms if alarm.step != step)
    return attrs.evolve(
        cycle, schedule=attrs.evolve(schedule, alarms=alarms), reached=(*cycle.reached, step)
    )
