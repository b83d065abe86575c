"""Pictures of clocks, drawn without a window system (C9)."""

import io
import sys
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import date2num
from matplotlib.patches import Rectangle

from loyalcore.adapters import draw_clocks
from loyalcore.complaints import ClockPolicy, Policies, explain
from loyalcore.errors import ExtraMissing
from loyalcore.testing import rule
from loyalcore.testing.slas import clock_policies, desk
from tests.complaints.desks import OFFICE, Life, at

WORDS = ("hold", "free", "next", "again", "done", "go")
SOME = settings(max_examples=max(10, settings().max_examples // 4))


@rule("C9.4")
@SOME
@given(clock_policies("desk"), st.lists(st.tuples(st.sampled_from(WORDS), st.integers(1, 900))))
def test_each_cycle_is_drawn_where_it_lies(
    clock: ClockPolicy, happens: list[tuple[str, int]]
) -> None:
    """There is a row for each cycle, with its pauses and deadline where they lie, on Agg."""
    life, when = Life(Policies.of(desk(clock, OFFICE)), severity="low"), at(2, 9)
    life.hear("go", when)
    for word, minutes in happens:
        when += timedelta(minutes=minutes)
        life.hear(word, when)
    now = when + timedelta(hours=2)
    life.wait(now)
    figure = draw_clocks(life.clocks, life.events, life.policies, now, "Asia/Shanghai")
    (axes,) = figure.axes
    names = [f"{cycle.clock} {cycle.number}" for cycle in life.clocks.cycles]
    assert [label.get_text() for label in axes.get_yticklabels()] == names
    bars = {_ends(bar) for bar in axes.patches if isinstance(bar, Rectangle)}
    for row, cycle in enumerate(life.clocks.cycles):
        for pause in cycle.pauses:
            assert _rounded(row, pause.start, pause.end) in bars
        due = explain(cycle, life.policies).deadline
        lines = {
            (round((low[1] + high[1]) / 2), round(low[0], 5))
            for collection in axes.collections
            for low, high in collection.get_segments()  # type: ignore[attr-defined]
        }
        if due is not None and now > cycle.started_at:
            assert (row, round(float(date2num(due)), 5)) in lines or cycle.ended_at is not None
    canvas, page = FigureCanvasAgg(figure), io.BytesIO()
    canvas.print_png(page)
    assert page.getvalue().startswith(b"\x89PNG")
    assert "matplotlib.pyplot" not in sys.modules


def _ends(bar: Rectangle) -> tuple[int, float, float]:
    row = round(bar.get_y() + bar.get_height() / 2)
    return row, round(float(bar.get_x()), 5), round(float(bar.get_x() + bar.get_width()), 5)


def _rounded(row: int, start: Any, end: Any) -> tuple[int, float, float]:
    return row, round(float(date2num(start)), 5), round(float(date2num(end)), 5)


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is said, with how to get it."""
    life = Life(Policies.of(desk(_any_clock(), OFFICE)))
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ExtraMissing, match=r"loyalcore\[plot\]"):
        draw_clocks(life.clocks, [], life.policies, at(2))


def _any_clock() -> ClockPolicy:
    from tests.complaints.desks import hours, plain

    return plain((hours(1, "desk"),))
