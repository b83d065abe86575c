"""Give running clocks new targets, because severity, policy or calendar have changed."""

from collections.abc import Collection, Iterator
from datetime import datetime

import attrs

from loyalcore import checks
from loyalcore.checks import in_utc
from loyalcore.complaints.clocks.cycles import Clocks, Cycle, End
from loyalcore.complaints.clocks.events import Basis, ClockRetargeted, ClocksEvent
from loyalcore.complaints.clocks.folding import folded
from loyalcore.complaints.clocks.passing import advance
from loyalcore.complaints.clocks.reckoning import set_anew
from loyalcore.complaints.clocks.signalling import ended
from loyalcore.complaints.policy.sla_policy import Policies
from loyalcore.complaints.policy.subjects import Subject


def retarget(
    clocks: Clocks,
    at: datetime,
    subject: Subject,
    policies: Policies,
    *,
    basis: Basis = Basis.START,
    only: Collection[str] | None = None,
) -> list[ClocksEvent]:
    """Set running clocks by what is known now and by the policy in force.

    A deadline that then lies in the past is breached at once; a breach of before stays one. A clock
    whose rules no longer fit the complaint ends with neither praise nor blame; one that the policy
    in force does not have is left alone, and finished cycles always are.

    Args:
        clocks: as last recorded.
        at: when it is recorded.
        subject: what is known of the complaint now.
        policies: the versions of the policy.
        basis: whether the new targets count from the original start, with its pauses kept, or from
            this change.
        only: these clocks; all by default.

    Raises:
        InvalidValue: the instant is naive.
        RecordedBackwards: it comes before the last event.
        UnknownSlaVersion: a version under which a clock runs is not given.
    """
    checks.argument("retarget.subject", subject, Subject, "give a Subject")
    checks.argument("retarget.basis", basis, Basis, "give a Basis, such as Basis.START")
    if only is not None:
        only = checks.unpacked("retarget.only", only, "give a list of clocks, or None for all")
    at = in_utc("retarget.at", at)
    events = advance(clocks, at, policies)
    clocks = folded(clocks, events)
    more = [
        event
        for cycle in clocks.running
        if only is None or cycle.clock in only
        for event in _retargeted(cycle, at, subject, policies, basis)
    ]
    return [*events, *more, *advance(folded(clocks, more), at, policies)]


def _retargeted(
    cycle: Cycle, at: datetime, subject: Subject, policies: Policies, basis: Basis
) -> Iterator[ClocksEvent]:
    policy = policies.in_force(at)
    clock = policy.clock(cycle.clock)
    if clock is None:
        return
    policy.refuse_mistyped(subject)
    rule = policy.choose(clock, subject).rule
    if rule is None:
        yield ended(cycle, End.CANCELLED, "no rule fits", at, policies)
        return
    new = attrs.evolve(
        cycle,
        policy=policy.content_id,
        rule=rule.id,
        target=rule.target,
        calendar=rule.calendar,
        calendar_version=policy.content_id,
        review_hours=policy.review_hours,
        counts_from=cycle.started_at if basis is Basis.START else at,
    )
    if new == cycle:
        return
    running = attrs.evolve(new, pauses=new.paused_through(at), paused_at=None, paused_by=())
    ahead = set_anew(running, policies, at, rearm=True).schedule
    rearmed = tuple(a.step for a in ahead.alarms if a.step in cycle.reached) if ahead else ()
    new = attrs.evolve(new, reached=tuple(step for step in cycle.reached if step not in rearmed))
    schedule, version = set_anew(new, policies, at)
    yield ClockRetargeted(
        recorded_at=at,
        clock=cycle.clock,
        cycle=cycle.number,
        policy=new.policy,
        rule=rule.id,
        target=rule.target,
        calendar=rule.calendar,
        calendar_version=version,
        review_hours=policy.review_hours,
        basis=basis,
        counts_from=new.counts_from,
        schedule=schedule,
        rearmed=rearmed,
    )
