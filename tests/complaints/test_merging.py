"""Two complaints become one: their clocks do, too (C7)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.complaints import (
    ClockPolicy,
    Offset,
    Pause,
    Step,
    end_all,
    folded,
    merge,
)
from loyalcore.errors import RecordedBackwards
from loyalcore.testing import rule
from loyalcore.timing import Interval, Intervals
from tests.complaints.desks import OFFICE, TICK, Life, at, hours, policies

stretches = st.lists(st.integers(0, 300), min_size=2, max_size=6, unique=True).map(sorted)


def between(pairs: Iterable[tuple[datetime, datetime]]) -> Intervals:
    return Intervals(Interval(start, end) for start, end in pairs if start != end)


def clock(target: int) -> ClockPolicy:
    return ClockPolicy(
        "work",
        (hours(target),),
        ("go",),
        ("done",),
        pauses=(Pause("hold", ("free",)),),
        repeats=True,
        steps=(Step("half", before=Offset(hours=1)), Step("late", after=Offset(), to="lead")),
    )


def lived(life: Life, edges: list[int]) -> tuple[datetime, Intervals, bool]:
    """Start, then stand and run by turns at these quarters of an hour."""
    times = [at(2, 9) + timedelta(minutes=15 * edge) for edge in edges]
    life.hear("go", times[0])
    for number, when in enumerate(times[1:]):
        life.hear("free" if number % 2 else "hold", when)
    pairs = zip(times[1::2], times[2::2], strict=False)
    return times[0], between(pairs), len(times) % 2 == 0


@rule("C7.7")
@given(stretches, stretches, st.integers(1, 40), st.integers(0, 100))
def test_two_open_clocks(one: list[int], other: list[int], target: int, more: int) -> None:
    """The earlier start, paused while both were, breached if either was or both make it late."""
    versions = policies(clock(target))
    ours, theirs = Life(versions), Life(versions)
    (start, stood, stands), (start2, stood2, stands2) = lived(ours, one), lived(theirs, other)
    now = max(ours.events[-1].recorded_at, theirs.events[-1].recorded_at, at(2, 9))
    now += timedelta(minutes=15 * more)
    ours.wait(now)
    theirs.wait(now)
    last, last2 = (at(2, 9) + timedelta(minutes=15 * edges[-1]) for edges in (one, other))
    since = between([(last, now)]) if stands else Intervals()
    since2 = between([(last2, now)]) if stands2 else Intervals()
    expected = (stood | since) & (stood2 | since2)
    before = [c.breached_at for c in (ours.cycle(), theirs.cycle()) if c.breached_at]
    told = set(ours.cycle().reached) | set(theirs.cycle().reached)
    events = merge(ours.clocks, theirs.clocks, now, versions)
    merged = folded(ours.clocks, events)
    merged.check_invariants()
    (cycle,) = merged.running
    assert cycle.started_at == min(start, start2)
    assert cycle.paused_through(now) == expected
    assert (cycle.paused_at is not None) == (stands and stands2)
    spared = sum((OFFICE.between(p.start, p.end) for p in expected), timedelta())
    used = OFFICE.between(cycle.started_at, now) - spared
    late = used > timedelta(hours=target)
    assert cycle.breached_at == (min(before) if before else now if late else None)
    assert told <= set(cycle.reached), "nothing is told twice"
    if cycle.breached_at is None and cycle.paused_at is None:
        assert cycle.deadline == OFFICE.add_latest(
            cycle.started_at, timedelta(hours=target) + spared
        )


@rule("C7.7")
@given(st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans())
def test_finished_cycles_are_kept(one: int, other: int, open_: bool, open2: bool) -> None:
    """All cycles of both are there, each with its own number, and at most one is open."""
    versions = policies(clock(4))
    lives = Life(versions), Life(versions)
    when = at(2, 9)
    for life, count, runs in zip(lives, (one, other), (open_, open2), strict=True):
        for _ in range(count):
            when += timedelta(minutes=20)
            life.hear("go", when)
            life.hear("done", when + timedelta(minutes=10))
        if runs:
            life.hear("go", when + timedelta(minutes=15))
    now = when + timedelta(hours=1)
    ours, theirs = lives
    merged = folded(ours.clocks, merge(ours.clocks, theirs.clocks, now, versions))
    merged.check_invariants()
    assert len(merged.cycles) == one + other + (open_ or open2)
    assert len(merged.running) == (open_ or open2)
    finished = [c for c in merged.cycles if not c.open]
    for cycle in (*ours.clocks.cycles, *theirs.clocks.cycles):
        same: list[Any] = [c for c in finished if c.started_at == cycle.started_at]
        assert cycle.open or same[0].ended_at == cycle.ended_at
    ended = folded(theirs.clocks, end_all(theirs.clocks, "merged", now, versions))
    assert not ended.running and len(ended.cycles) == len(theirs.clocks.cycles)
    if theirs.clocks.last is not None:
        with pytest.raises(RecordedBackwards):
            merge(ours.clocks, theirs.clocks, theirs.clocks.last - TICK, versions)
