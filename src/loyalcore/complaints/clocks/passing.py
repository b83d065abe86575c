"""What time alone does to clocks."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import attrs

from loyalcore import checks
from loyalcore.checks import in_utc
from loyalcore.complaints.clocks.cycles import Alarm, Clocks, Cycle, Schedule
from loyalcore.complaints.clocks.events import (
    ClockBreached,
    ClockEscalated,
    ClockScheduled,
    ClocksEvent,
    ClocksReviewed,
    ClockWarned,
    Waiting,
)
from loyalcore.complaints.clocks.folding import folded
from loyalcore.complaints.clocks.reckoning import set_anew
from loyalcore.complaints.policy.sla_policy import Policies
from loyalcore.errors import RecordedBackwards


def due(clocks: Clocks) -> datetime | None:
    """Give the next instant at which time alone makes something happen; None for never."""
    checks.argument("due.clocks", clocks, Clocks, "give Clocks; Clocks() are none")
    review = _review(clocks)
    instants = [at for cycle in clocks.running for at in _instants(cycle)]
    return min(instants if review is None else [*instants, review], default=None)


def _instants(cycle: Cycle) -> Iterator[datetime]:
    return cycle.schedule.instants if cycle.schedule else iter(())


def _review(clocks: Clocks) -> datetime | None:
    """Give the instant of the next review, if one is needed.

    That is where nothing else would wake an open clock, or one is not set.
    """
    open_ = clocks.running
    if not open_ or clocks.last is None:
        return None
    asleep = not any(True for cycle in open_ for _ in _instants(cycle))
    if not asleep and not any(cycle.unscheduled for cycle in open_):
        return None
    return clocks.last + timedelta(hours=min(cycle.review_hours for cycle in open_))


def advance(clocks: Clocks, now: datetime, policies: Policies) -> list[ClocksEvent]:
    """Give all that time alone has made happen by an instant, each dated at its own due instant.

    Args:
        clocks: as last recorded.
        now: the instant, included.
        policies: the versions of the policy.

    Raises:
        InvalidValue: the instant is naive.
        RecordedBackwards: it lies before the last event.
        UnknownSlaVersion: a version under which a clock runs is not given.
    """
    checks.argument("advance.clocks", clocks, Clocks, "give Clocks; Clocks() are none")
    checks.argument(
        "advance.policies", policies, Policies, "give Policies, such as Policies.of(policy)"
    )
    now = in_utc("advance.now", now)
    if clocks.last is not None and now < clocks.last:
        raise RecordedBackwards(clocks.last, now)
    events: list[ClocksEvent] = []
    while (at := due(clocks)) is not None and at <= now:
        found = list(_fallen_due(clocks, at, policies))
        assert found, f"nothing happens at {at}"
        events += found
        clocks = folded(clocks, found)
    return events


def _fallen_due(clocks: Clocks, at: datetime, policies: Policies) -> Iterator[ClocksEvent]:
    """Give what happens at the very instant at which something is due."""
    nothing_else = True
    for cycle in clocks.running:
        schedule = cycle.schedule
        if schedule is None:
            continue
        reached = [alarm for alarm in schedule.alarms if alarm.at == at]
        nothing_else = nothing_else and at not in schedule.instants
        yield from (_told(cycle, alarm) for alarm in reached if not alarm.to)
        if schedule.breach_at == at:
            assert schedule.deadline is not None
            yield ClockBreached(
                recorded_at=at, clock=cycle.clock, cycle=cycle.number, deadline=schedule.deadline
            )
        yield from (_told(cycle, alarm) for alarm in reached if alarm.to)
    if nothing_else:
        yield ClocksReviewed(recorded_at=at, waiting=tuple(map(_waiting, clocks.running)))
        yield from set_if_known(clocks, at, policies)


def _told(cycle: Cycle, alarm: Alarm) -> ClockWarned | ClockEscalated:
    if not alarm.to:
        return ClockWarned(
            recorded_at=alarm.at, clock=cycle.clock, cycle=cycle.number, step=alarm.step
        )
    return ClockEscalated(
        recorded_at=alarm.at, clock=cycle.clock, cycle=cycle.number, step=alarm.step, to=alarm.to
    )


def _waiting(cycle: Cycle) -> Waiting:
    stands = ", ".join(cycle.paused_by)
    why = cycle.unscheduled or (f"paused: {stands}" if stands else "breached")
    return Waiting(clock=cycle.clock, cycle=cycle.number, why=why)


def set_if_known(clocks: Clocks, at: datetime, policies: Policies) -> Iterator[ClocksEvent]:
    """Set what could not be set before, where the calendar in force knows it now."""
    for cycle in clocks.running:
        if not cycle.unscheduled:
            continue
        schedule, version = set_anew(cycle, policies, at)
        assert schedule is not None
        if schedule.unscheduled:
            continue
        yield ClockScheduled(
            recorded_at=at,
            clock=cycle.clock,
            cycle=cycle.number,
            schedule=_kept(cycle, schedule),
            calendar_version=version,
        )


def _kept(cycle: Cycle, schedule: Schedule) -> Schedule:
    """Leave a deadline that was known as it was: only what was missing is set."""
    known = cycle.schedule
    if known is None or known.deadline is None:
        return schedule
    ids = {alarm.step for alarm in known.alarms}
    more = [alarm for alarm in schedule.alarms if alarm.step not in ids]
    alarms = sorted([*known.alarms, *more], key=lambda alarm: alarm.at)
    return attrs.evolve(known, alarms=tuple(alarms), unscheduled="")
