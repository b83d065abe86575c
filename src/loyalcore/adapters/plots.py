"""Pictures of clocks, drawn by matplotlib: the extra `plot`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from loyalcore.complaints import (
    ClockBreached,
    ClockEscalated,
    Clocks,
    ClocksEvent,
    ClockWarned,
    Cycle,
    Policies,
    explain,
)
from loyalcore.errors import ExtraMissing
from loyalcore.timing import Interval, Intervals, zone

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COUNTS, _STANDS, _LATE, _SHUT, _INK = "#4c9f70", "#e0b458", "#c8553d", "#e6e6e6", "#333333"
_HEIGHT = 0.5
_MARKS = {ClockWarned: ("^", "warning"), ClockEscalated: ("s", "escalation")}


def draw_clocks(
    clocks: Clocks,
    events: Sequence[ClocksEvent],
    policies: Policies,
    at: datetime,
    timezone: str = "UTC",
) -> "Figure":
    """Draw the life of a complaint's clocks: a row for each cycle.

    Green is time that counts, yellow a pause, red what counted after the breach, grey what is
    closed. A bar is the deadline, a cross the breach, a triangle a warning, a square an escalation;
    hollow ones are still to come.

    Args:
        clocks: as of the instant.
        events: all that happened to them.
        policies: the versions of the policy.
        at: the instant up to which open cycles have come; they are drawn on to their deadline.
        timezone: the zone of the time axis.

    Returns:
        A figure of matplotlib's, made without pyplot: save it by `figure.savefig(path)`.

    Raises:
        ExtraMissing: matplotlib is not installed.
        UnknownSlaVersion: a version that set a clock is not given.
    """
    try:
        from matplotlib.dates import (  # noqa: PLC0415 - only with the extra
            AutoDateLocator,
            ConciseDateFormatter,
        )
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        raise ExtraMissing("matplotlib", "plot") from None
    figure = Figure(figsize=(10, 1.6 + 0.7 * len(clocks.cycles)), layout="constrained")
    axes: Any = figure.add_subplot()  # its types know floats, and it takes dates
    for row, cycle in enumerate(clocks.cycles):
        _row(axes, row, cycle, policies, at)
        _thresholds(axes, row, cycle, events)
    axes.set_yticks(range(len(clocks.cycles)))
    axes.set_yticklabels([f"{cycle.clock} {cycle.number}" for cycle in clocks.cycles])
    axes.invert_yaxis()
    axes.axvline(at, color=_INK, linewidth=0.8, linestyle=":")
    locator = AutoDateLocator(tz=zone(timezone))
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=zone(timezone)))
    axes.set_xlabel(timezone)
    axes.spines[["top", "right", "left"]].set_visible(False)
    _legend(axes)
    return figure


def _row(axes: Any, row: int, cycle: Cycle, policies: Policies, at: datetime) -> None:
    """Draw one cycle's time."""
    why = explain(cycle, policies)
    end = cycle.ended_at or max(at, why.deadline or at)
    if end <= cycle.started_at:
        return
    whole = Intervals([Interval(cycle.started_at, end)])
    calendar = policies.version(cycle.calendar_version).calendar_named(cycle.calendar)
    assert calendar is not None
    stood = cycle.paused_through(at) & whole
    counted = Intervals(window.interval for window in why.windows) & whole
    late = Intervals()
    if why.deadline is not None and why.deadline < end:
        measure = cycle.target.measure(calendar)
        late = measure.windows(why.deadline, end) - stood
    for part, colour in ((whole, _SHUT), (counted, _COUNTS), (late, _LATE), (stood, _STANDS)):
        _bars(axes, row, part, colour)
    if cycle.ended_at is None and why.deadline is not None:
        ahead = Intervals([Interval(at, why.deadline)]) if at < why.deadline else Intervals()
        _bars(axes, row, counted & ahead, "white", alpha=0.55)
    if why.deadline is not None:
        low, high = row - _HEIGHT / 2 - 0.12, row + _HEIGHT / 2 + 0.12
        axes.vlines(why.deadline, low, high, color=_INK, linewidth=2.5, zorder=4)


def _bars(axes: Any, row: int, parts: Iterable[Interval], colour: str, alpha: float = 1.0) -> None:
    for part in parts:
        axes.barh(
            row,
            part.duration,
            left=part.start,
            height=_HEIGHT,
            color=colour,
            alpha=alpha,
        )


def _thresholds(axes: Any, row: int, cycle: Cycle, events: Sequence[ClocksEvent]) -> None:
    """Mark what was reached, and what is still to come."""
    for event in events:
        if not isinstance(event, (ClockWarned, ClockEscalated, ClockBreached)):
            continue
        if (event.clock, event.cycle) != (cycle.clock, cycle.number):
            continue
        mark = "X" if isinstance(event, ClockBreached) else _MARKS[type(event)][0]
        axes.plot([event.recorded_at], [row], mark, color=_INK, zorder=5)
    for alarm in cycle.schedule.alarms if cycle.schedule else ():
        mark = _MARKS[ClockEscalated if alarm.to else ClockWarned][0]
        axes.plot([alarm.at], [row], mark, color=_INK, markerfacecolor="white", zorder=5)


def _legend(axes: Any) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    fills = (("counts", _COUNTS), ("paused", _STANDS), ("late", _LATE), ("closed", _SHUT))
    handles: list[Patch | Line2D] = [Patch(color=colour, label=name) for name, colour in fills]
    marks = (("|", "deadline"), ("^", "warning"), ("s", "escalation"), ("X", "breach"))
    handles += [
        Line2D([], [], color=_INK, marker=mark, linestyle="", label=name) for mark, name in marks
    ]
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=8,
        frameon=False,
        fontsize=8,
    )
