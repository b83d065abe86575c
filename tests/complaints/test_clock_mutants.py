"""Mistakes planted in the clocks: the machine, or the rule's own property, finds each."""

from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from loyalcore.complaints import Target
from loyalcore.complaints.clocks import (
    folding,
    merging,
    passing,
    reckoning,
    retargeting,
    signalling,
)
from loyalcore.timing import Intervals
from tests.complaints import test_clock_machine as machine
from tests.complaints import test_clocks as clocks
from tests.complaints import test_explanations as explanations
from tests.complaints import test_merging as merged_clocks
from tests.loyalty.planted import machine_must_fail, property_must_fail

pytestmark = pytest.mark.slow

_deadline = Target.deadline
_set_anew = reckoning.set_anew
_both = merging._both
_reached = reckoning._reached_at
_changed = folding._changed


def earliest(self: Target, calendar: Any, start: datetime, paused: timedelta = timedelta()) -> Any:
    """Due at closing, so that an answer at the next opening is late."""
    if self.by_dates:
        return _deadline(self, calendar, start, paused)
    return self.measure(calendar).add(start, self.time + paused)


def a_tick_early(self: Target, *args: Any) -> Any:
    """Late at the very instant at which the time is up."""
    return _deadline(self, *args) - timedelta(microseconds=1)


def real_time(measure: Any, pauses: Intervals, since: datetime) -> timedelta:
    """Off-hours within pauses count."""
    return sum((p.end - max(p.start, since) for p in pauses if p.end > since), timedelta())


def rounded(measure: Any, pauses: Intervals, since: datetime) -> timedelta:
    """Pauses are rounded to hours."""
    clipped = (measure.between(max(p.start, since), p.end) for p in pauses if p.end > since)
    return sum((part // timedelta(hours=1) * timedelta(hours=1) for part in clipped), timedelta())


def pauses_lost(cycle: Any, *args: Any, **more: Any) -> Any:
    """A retarget forgets the pauses."""
    return _set_anew(attrs.evolve(cycle, pauses=Intervals()), *args, **more)


def forgiven(cycle: Any, *args: Any, **more: Any) -> Any:
    """A breach is forgotten when the clock is set anew."""
    return _set_anew(attrs.evolve(cycle, breached_at=None), *args, **more)


def told_again(cycle: Any, *args: Any, **more: Any) -> Any:
    """What was reached is reached again after each pause."""
    return _set_anew(attrs.evolve(cycle, reached=()), *args, **more)


def any_pause(ours: Any, their: Any, at: datetime) -> Any:
    """A merged clock was paused while either was."""
    merged = _both(ours, their, at)
    return attrs.evolve(merged, pauses=ours.pauses | their.pauses)


def later_start(ours: Any, their: Any, at: datetime) -> Any:
    """A merged clock starts with the one that goes on."""
    merged = _both(ours, their, at)
    return attrs.evolve(merged, started_at=ours.started_at, counts_from=ours.counts_from)


def ours_alone(ours: Any, their: Any, at: datetime) -> Any:
    """A merged clock is breached only if the one that goes on was."""
    return attrs.evolve(_both(ours, their, at), breached_at=ours.breached_at)


def past_thresholds(step: Any, measure: Any, start: Any, paused: Any, *more: Any) -> Any:
    """Thresholds forget the pauses."""
    return _reached(step, measure, start, timedelta(), *more)


def never_paused(cycle: Any, event: Any) -> Any:
    """A gap before reopening is no pause."""
    changed = _changed(cycle, event)
    reopened = cycle.ended_at is not None and changed.ended_at is None
    return attrs.evolve(changed, pauses=cycle.pauses) if reopened else changed


MACHINE: Any = None
RETARGET = clocks.test_where_a_retarget_counts_from
MERGE = merged_clocks.test_two_open_clocks
WAIT = clocks.test_thresholds_wait_with_their_clock

PLANTED: list[tuple[str, Any, str, Any, Any]] = [
    ("the closing is the deadline", Target, "deadline", earliest, MACHINE),
    ("late on the dot", Target, "deadline", a_tick_early, MACHINE),
    ("pauses are rounded", reckoning, "paused_time", rounded, clocks.test_pauses),
    ("told again", signalling, "set_anew", told_again, WAIT),
    ("off-hours count in pauses", reckoning, "paused_time", real_time, clocks.test_pauses),
    ("a retarget loses pauses", retargeting, "set_anew", pauses_lost, RETARGET),
    ("a breach is forgiven", retargeting, "set_anew", forgiven, RETARGET),
    ("paused while either was", merging, "_both", any_pause, MERGE),
    ("the later start", merging, "_both", later_start, MERGE),
    ("breached if ours was", merging, "_both", ours_alone, MERGE),
    ("thresholds forget pauses", reckoning, "_reached_at", past_thresholds, WAIT),
    ("the gap counts", folding, "_changed", never_paused, clocks.test_reopening),
]


@pytest.mark.parametrize(
    ("place", "what", "mutant", "prop"), [row[1:] for row in PLANTED], ids=[p[0] for p in PLANTED]
)
def test_it_is_found(
    place: Any, what: str, mutant: Any, prop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock with this mistake does not live as it must."""
    monkeypatch.setattr(place, what, mutant)
    if prop is MACHINE:
        machine_must_fail(machine.ClockMachine)
    else:
        property_must_fail(monkeypatch, prop)


def test_dated_when_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events dated at the sweep make swept and unswept histories differ."""
    told = passing._told

    def late(cycle: Any, alarm: Any) -> Any:
        event = told(cycle, alarm)
        return attrs.evolve(event, recorded_at=event.recorded_at + timedelta(microseconds=1))

    monkeypatch.setattr(passing, "_told", late)
    machine_must_fail(machine.ClockMachine)


def test_explained_without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """An explanation that leaves out a pause does not add up."""

    def nothing(*args: Any) -> Any:
        return iter(())

    monkeypatch.setattr("loyalcore.complaints.clocks.explaining.counted", nothing)
    property_must_fail(monkeypatch, explanations.test_windows_and_pauses_make_the_deadline)
