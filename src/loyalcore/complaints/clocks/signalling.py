"""What signals do to clocks: start, pause, resume, stop, restart, cancel, open again."""

from collections.abc import Iterator
from datetime import datetime

import attrs

from loyalcore import checks
from loyalcore.checks import in_utc
from loyalcore.complaints.clocks.cycles import Clocks, Cycle, End
from loyalcore.complaints.clocks.events import (
    ClockEnded,
    ClockPaused,
    ClockReopened,
    ClockResumed,
    ClocksEvent,
    ClockStarted,
)
from loyalcore.complaints.clocks.folding import evolve, folded
from loyalcore.complaints.clocks.passing import advance, set_if_known
from loyalcore.complaints.clocks.reckoning import clock_of, set_anew, used
from loyalcore.complaints.policy.clock_rules import ClockPolicy, Reopening
from loyalcore.complaints.policy.sla_policy import Policies, SlaPolicy
from loyalcore.complaints.policy.subjects import Subject
from loyalcore.errors import InvalidValue


def signal(
    clocks: Clocks,
    what: str,
    at: datetime,
    subject: Subject,
    policies: Policies,
    *,
    since: datetime | None = None,
) -> list[ClocksEvent]:
    """Tell the clocks of a complaint that something happened, and give what follows.

    First comes all that time has done by then. An open cycle hears by the version that set it, a
    new one by the version in force.

    Args:
        clocks: as last recorded.
        what: the signal.
        at: when it is recorded.
        subject: what is known of the complaint; new cycles take their target by it.
        policies: the versions of the policy.
        since: for what it starts, when that really began: a letter that came on Friday and is
            recorded on Monday. What fell due meanwhile falls due at once, warnings excepted.

    Raises:
        InvalidValue: an instant is naive, or `since` lies behind `at`; the signal, or what is known
            of the complaint, looks like a word of the policy mistyped; or an argument is of another
            type.
        RecordedBackwards: it comes before the last event.
        UnknownSlaVersion: a version under which a clock runs is not given.
    """
    checks.argument("signal.clocks", clocks, Clocks, "give Clocks; Clocks() are none")
    checks.argument("signal.subject", subject, Subject, "give a Subject")
    checks.argument(
        "signal.policies", policies, Policies, "give Policies, such as Policies.of(policy)"
    )
    checks.argument("signal.what", what, str, "give a signal, such as `received`")
    if not what:
        raise InvalidValue("signal.what", what, "give a signal, such as `received`")
    policies.refuse_mistyped(what)
    at = in_utc("signal.at", at)
    begun = at if since is None else in_utc("signal.since", since)
    if begun > at:
        raise InvalidValue("signal.since", since, "give an instant not behind the recorded one")
    events = advance(clocks, at, policies)
    clocks = folded(clocks, events)
    known = list(set_if_known(clocks, at, policies))
    events, clocks = events + known, folded(clocks, known)
    policy = policies.in_force(at)
    for clock in _clocks(clocks, policy):
        heard = _Hearing(clocks, clock, what, at, begun, subject, policies)
        for event in heard.events():
            events.append(event)
            clocks = evolve(clocks, event)
    return events + advance(clocks, at, policies)


def _clocks(clocks: Clocks, policy: SlaPolicy) -> list[str]:
    """Give the ids of all clocks: the policy's, and those that still run by an earlier one."""
    running = (cycle.clock for cycle in clocks.running)
    return list(dict.fromkeys([*(clock.id for clock in policy.clocks), *running]))


@attrs.frozen
class _Hearing:
    """One clock hears one signal."""

    clocks: Clocks
    id: str
    what: str
    at: datetime
    begun: datetime
    subject: Subject
    policies: Policies

    def events(self) -> Iterator[ClocksEvent]:
        """Give what follows for this clock."""
        latest = self.clocks.latest(self.id)
        if latest is not None and latest.open:
            yield from self._while_open(latest)
            return
        clock = self.policies.in_force(self.at).clock(self.id)
        if clock is None:
            return
        if latest is not None and self.what in clock.reopens:
            yield from self._open_again(latest, clock)
        elif self.what in clock.starts and (latest is None or clock.repeats):
            yield from self._start()

    def _while_open(self, cycle: Cycle) -> Iterator[ClocksEvent]:
        clock = clock_of(cycle, self.policies)
        if self.what in clock.cancels:
            yield ended(cycle, End.CANCELLED, self.what, self.at, self.policies)
        elif self.what in clock.stops:
            yield ended(cycle, End.STOPPED, self.what, self.at, self.policies)
        elif self.what in clock.restarts:
            yield ended(cycle, End.RESTARTED, self.what, self.at, self.policies)
            yield from self._start(cycle.paused_by)
        else:
            yield from self._hold(cycle, clock)

    def _hold(self, cycle: Cycle, clock: ClockPolicy) -> Iterator[ClocksEvent]:
        """Pause, resume, or change what holds it."""
        over = {pause.on for pause in clock.pauses if self.what in pause.until}
        more = [pause.on for pause in clock.pauses if self.what == pause.on]
        reasons = [on for on in cycle.paused_by if on not in over]
        reasons += [on for on in more if on not in reasons]
        if tuple(reasons) == cycle.paused_by:
            return
        if reasons:
            yield ClockPaused(
                recorded_at=self.at, clock=self.id, cycle=cycle.number, reasons=tuple(reasons)
            )
            return
        running = attrs.evolve(
            cycle, pauses=cycle.paused_through(self.at), paused_at=None, paused_by=()
        )
        schedule, version = set_anew(running, self.policies, self.at)
        assert schedule is not None
        yield ClockResumed(
            recorded_at=self.at,
            clock=self.id,
            cycle=cycle.number,
            schedule=schedule,
            calendar_version=version,
        )

    def _open_again(self, cycle: Cycle, clock: ClockPolicy) -> Iterator[ClocksEvent]:
        if clock.reopening is Reopening.NEW_CYCLE:
            yield from self._start()
        elif clock.reopening is Reopening.CONTINUE:
            gap = attrs.evolve(cycle, paused_at=cycle.ended_at).paused_through(self.at)
            running = attrs.evolve(cycle, pauses=gap, ended_at=None, end=None)
            schedule, version = set_anew(running, self.policies, self.at)
            assert schedule is not None
            yield ClockReopened(
                recorded_at=self.at,
                clock=self.id,
                cycle=cycle.number,
                schedule=schedule,
                calendar_version=version,
            )

    def _start(self, paused_by: tuple[str, ...] = ()) -> Iterator[ClocksEvent]:
        """Begin a cycle by the version in force, if one of its rules fits."""
        policy = self.policies.in_force(self.at)
        policy.refuse_mistyped(self.subject)
        clock = policy.clock(self.id)
        rule = policy.choose(clock, self.subject).rule if clock else None
        if clock is None or rule is None:
            return
        held = tuple(pause.on for pause in clock.pauses if pause.on in paused_by)
        numbers = [cycle.number for cycle in self.clocks.of(self.id)]
        cycle = Cycle(
            clock=self.id,
            number=max(numbers, default=0) + 1,
            policy=policy.content_id,
            rule=rule.id,
            target=rule.target,
            calendar=rule.calendar,
            calendar_version=policy.content_id,
            review_hours=policy.review_hours,
            started_at=self.begun,
            counts_from=self.begun,
            paused_at=self.at if held else None,
            paused_by=held,
        )
        schedule, version = set_anew(cycle, self.policies, self.at)
        yield ClockStarted(
            recorded_at=self.at,
            clock=self.id,
            cycle=cycle.number,
            policy=cycle.policy,
            rule=rule.id,
            target=rule.target,
            calendar=rule.calendar,
            calendar_version=version,
            review_hours=policy.review_hours,
            started_at=self.begun,
            schedule=schedule,
            paused_by=held,
        )


def ended(cycle: Cycle, end: End, by: str, at: datetime, policies: Policies) -> ClockEnded:
    """Give the event that ends a cycle."""
    stopped = end in {End.STOPPED, End.RESTARTED}
    known = cycle.breached_at is not None or not cycle.unscheduled or cycle.deadline is not None
    return ClockEnded(
        recorded_at=at,
        clock=cycle.clock,
        cycle=cycle.number,
        end=end,
        by=by,
        in_time=cycle.breached_at is None if stopped and known else None,
        used=used(cycle, at, policies),
    )


def end_all(clocks: Clocks, by: str, at: datetime, policies: Policies) -> list[ClocksEvent]:
    """End all open cycles with neither praise nor blame: a complaint closed, merged, forgotten.

    Args:
        clocks: as last recorded.
        by: why.
        at: when it is recorded.
        policies: the versions of the policy.

    Raises:
        InvalidValue, RecordedBackwards, UnknownSlaVersion: as for `signal`.
    """
    checks.argument("end_all.clocks", clocks, Clocks, "give Clocks; Clocks() are none")
    checks.argument("end_all.by", by, str, "give a short reason")
    events = advance(clocks, at, policies)
    clocks = folded(clocks, events)
    open_ = clocks.running
    return [*events, *(ended(cycle, End.CANCELLED, by, at, policies) for cycle in open_)]
