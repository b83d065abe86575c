"""Take the clocks of one complaint into those of another."""

from collections.abc import Iterator
from datetime import datetime

import attrs

from loyalcore import checks
from loyalcore.checks import in_utc
from loyalcore.complaints.clocks.cycles import Clocks, Cycle
from loyalcore.complaints.clocks.events import ClockMerged, ClocksEvent
from loyalcore.complaints.clocks.folding import folded
from loyalcore.complaints.clocks.passing import advance
from loyalcore.complaints.clocks.reckoning import set_anew
from loyalcore.complaints.policy.sla_policy import Policies
from loyalcore.errors import RecordedBackwards
from loyalcore.timing import Intervals


def merge(clocks: Clocks, other: Clocks, at: datetime, policies: Policies) -> list[ClocksEvent]:
    """Take the clocks of another complaint into these.

    Where both have an open cycle of a clock they become one, by the target of the one here: it
    starts with the earlier of the two, was paused while both were, is breached if either was, and
    the thresholds that either has reached are reached. An open cycle that only one has goes on.
    The other's finished cycles are kept, numbered behind those here. The other's own clocks are
    ended by `end_all`.

    Args:
        clocks: those that go on, as last recorded.
        other: those taken in, as last recorded.
        at: when it is recorded.
        policies: the versions of the policy, for both.

    Raises:
        InvalidValue: the instant is naive.
        RecordedBackwards: it comes before the last event of either.
        UnknownSlaVersion: a version under which a clock runs is not given.
    """
    at = in_utc("merge.at", at)
    checks.argument("merge.clocks", clocks, Clocks, "give Clocks; Clocks() are none")
    checks.argument("merge.other", other, Clocks, "give Clocks; Clocks() are none")
    checks.argument(
        "merge.policies", policies, Policies, "give Policies, such as Policies.of(policy)"
    )
    for each in (clocks, other):
        if each.last is not None and at < each.last:
            raise RecordedBackwards(each.last, at)
    events = advance(clocks, at, policies)
    clocks = folded(clocks, events)
    other = folded(other, advance(other, at, policies))
    ids = dict.fromkeys(cycle.clock for cycle in (*clocks.cycles, *other.cycles))
    more = [event for id_ in ids for event in _merged(id_, clocks, other, at, policies)]
    return [*events, *more, *advance(folded(clocks, more), at, policies)]


def _merged(
    id_: str, clocks: Clocks, other: Clocks, at: datetime, policies: Policies
) -> Iterator[ClockMerged]:
    theirs = other.of(id_)
    if not theirs:
        return
    number = max((cycle.number for cycle in clocks.of(id_)), default=0)
    past = [cycle for cycle in theirs if not cycle.open]
    finished = tuple(attrs.evolve(c, number=number + n) for n, c in enumerate(past, 1))
    ours, their = clocks.open(id_), other.open(id_)
    merged = ours
    if ours is not None and their is not None:
        merged = _both(ours, their, at)
    elif their is not None:
        merged = attrs.evolve(their, number=number + len(past) + 1)
    if merged is not None and their is not None:
        schedule, version = set_anew(merged, policies, at)
        merged = attrs.evolve(merged, schedule=schedule, calendar_version=version)
    number = merged.number if merged else 0
    yield ClockMerged(recorded_at=at, clock=id_, cycle=number, merged=merged, finished=finished)


def _both(ours: Cycle, their: Cycle, at: datetime) -> Cycle:
    """Make one open cycle of two."""
    common = ours.paused_through(at) & their.paused_through(at)
    stands = ours.paused_at is not None and their.paused_at is not None
    paused_at = at if stands else None
    if stands and common.parts and common.parts[-1].end == at:
        paused_at = common.parts[-1].start
        common = Intervals(common.parts[:-1])
    breaches = [c.breached_at for c in (ours, their) if c.breached_at is not None]
    return attrs.evolve(
        ours,
        started_at=min(ours.started_at, their.started_at),
        counts_from=min(ours.counts_from, their.counts_from),
        pauses=common,
        paused_at=paused_at,
        paused_by=ours.paused_by if stands else (),
        reached=tuple(dict.fromkeys((*ours.reached, *their.reached))),
        breached_at=min(breaches, default=None),
    )
