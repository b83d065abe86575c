"""Strategies for SLA policies: targets, thresholds, rules, and a clock with everything on it."""

from decimal import Decimal

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loyalcore.complaints import (
    ClockPolicy,
    Counting,
    Offset,
    Pause,
    Reopening,
    Rule,
    SlaPolicy,
    Step,
    Target,
)
from loyalcore.timing import BusinessCalendar, DueAt

SEVERITIES = ("low", "high", "urgent")
"""Those that the drawn rules tell apart; any other has the last rule."""


def times() -> SearchStrategy[Target]:
    """Draw targets in open or real time, short enough to be met within days."""
    minutes = st.sampled_from((15, 60, 180, 240, 420, 480, 510, 1020, 1440)) | st.integers(1, 2000)
    counted = st.sampled_from((Counting.BUSINESS, Counting.BUSINESS, Counting.ELAPSED))
    return st.builds(
        lambda minutes, counted: Target(minutes=minutes, counted=counted), minutes, counted
    )


def day_targets(most: int = 4) -> SearchStrategy[Target]:
    """Draw targets in working or calendar days, with every way to end."""
    days = st.integers(1, most)
    working = st.builds(
        lambda days, until: Target(days=days, counted=Counting.WORKING_DAYS, until=until),
        days,
        st.sampled_from(DueAt),
    )
    plain = st.builds(
        lambda days, until: Target(days=days, counted=Counting.CALENDAR_DAYS, until=until),
        days,
        st.sampled_from((DueAt.SAME_TIME, DueAt.MIDNIGHT)),
    )
    return working | plain


def targets() -> SearchStrategy[Target]:
    """Draw targets of every kind."""
    return times() | day_targets()


def offsets() -> SearchStrategy[Offset]:
    """Draw lengths of time before or after a deadline."""
    minutes = st.sampled_from((0, 5, 30, 120, 600)) | st.integers(0, 900)
    return st.builds(Offset, minutes)


def step_lists() -> SearchStrategy[list[Step]]:
    """Draw warnings and escalations before, at and behind the deadline."""
    shares = st.sampled_from(("0.5", "0.75", "0.8", "1", "0.333")).map(Decimal)
    late = st.sampled_from(("1.000001", "1.5", "2")).map(Decimal)
    name, to = st.just("step"), st.sampled_from(("", "lead"))
    before = st.builds(Step, name, share=shares, to=to)
    before |= st.builds(Step, name, before=offsets(), to=to)
    behind = st.builds(Step, name, share=late, to=st.just("lead"))
    behind |= st.builds(Step, name, after=offsets(), to=st.just("lead"))
    some = st.lists(before | behind, max_size=4)
    return some.map(
        lambda steps: [attrs.evolve(step, id=f"step-{n}") for n, step in enumerate(steps)]
    )


@st.composite
def clock_policies(
    draw: st.DrawFn,
    calendar: str = "always",
    of: SearchStrategy[Target] | None = None,
    steps: SearchStrategy[list[Step]] | None = None,
) -> ClockPolicy:
    """Draw a clock named `work` that hears every kind of signal.

    `go` starts it, `done` stops, `next` restarts and `drop` cancels it; `hold` pauses it until
    `free`, `wait` until `free` or `answer`; `again` opens it again. Its rules name the calendar, or
    leave it to the policy.
    """
    some = targets() if of is None else of
    by = st.sampled_from((calendar, ""))
    rules = [
        Rule(severity, draw(some), draw(by), severity=[severity])
        for severity in draw(st.sampled_from((("urgent",), ("high", "urgent"), ())))
    ]
    return ClockPolicy(
        "work",
        (*rules, Rule("any", draw(some), draw(by))),
        starts=("go",),
        stops=("done",),
        restarts=("next",),
        cancels=("drop",),
        pauses=(Pause("hold", ("free",)), Pause("wait", ("free", "answer"))),
        repeats=draw(st.booleans()),
        reopens=("again",),
        reopening=draw(st.sampled_from(Reopening)),
        steps=draw(step_lists() if steps is None else steps),
    )


def named(calendar: BusinessCalendar, name: str = "desk") -> BusinessCalendar:
    """Give a calendar its name."""
    return BusinessCalendar(
        calendar.timezone,
        calendar.week,
        calendar.holidays,
        calendar.closures,
        calendar.exceptions,
        calendar.breaks,
        name,
    )


def desk(clock: ClockPolicy, calendar: BusinessCalendar, review_hours: int = 24) -> SlaPolicy:
    """Make a policy of one clock and the calendar that it counts by."""
    return SlaPolicy("Desk", (clock,), (named(calendar),), review_hours, "desk")
