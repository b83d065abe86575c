"""A measure on the line of whole numbers beside one that counts each number (T6)."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.testing import rule
from loyalcore.timing.spans import merged
from loyalcore.timing.timeline import OffTheLine, Timeline

END = 3000
SHIFTS = st.sampled_from((3, 5, 9))

few = st.lists(st.tuples(st.integers(-20, END + 20), st.integers(0, 90)), max_size=12)
many = st.integers(2, 9).map(lambda gap: [(n, 1 + n % gap) for n in range(5, END, 2 * gap)])
spans = (few | many).map(lambda pairs: [(start, start + length) for start, length in pairs])
ends = st.tuples(st.integers(0, 400), st.integers(2000, END))


class Counted:
    """A line that says how often it had to work something out."""

    def __init__(self, marks: list[tuple[int, int]], shift: int, ends: tuple[int, int]) -> None:
        self.marks, self.asked = merged(marks), 0
        self.line = Timeline(self.near, shift, *ends)
        self.ends = ends
        first, last = ends
        self.marked = {n for low, high in marks for n in range(max(low, first), min(high, last))}

    def near(self, low: int, high: int) -> list[tuple[int, int]]:
        self.asked += 1
        return [(start, end) for start, end in self.marks if start < high and low < end]


lines = st.builds(Counted, spans, SHIFTS, ends)


def answer(question: Callable[..., Any], *asked: int) -> Any:
    try:
        return question(*asked)
    except OffTheLine as off:
        return "forwards" if off.forwards else "backwards"


def places(data: st.DataObject, counted: Counted) -> tuple[int, int]:
    place = st.integers(*counted.ends)
    return data.draw(place), data.draw(place)


@given(lines, st.data())
def test_measured_by_counting(counted: Counted, data: st.DataObject) -> None:
    """How much is marked between two places, and whether a place is."""
    low, high = places(data, counted)
    sign = 1 if low <= high else -1
    inside = range(min(low, high), max(low, high))
    assert counted.line.measure(low, high) == sign * sum(n in counted.marked for n in inside)
    assert counted.line.marked(low) == (low in counted.marked)
    first, last = sorted((low, high))
    singles = merged((n, n + 1) for n in counted.marked if first <= n < last)
    assert list(counted.line.spans(first, last)) == singles


@given(lines, st.data())
def test_found_by_counting(counted: Counted, data: st.DataObject) -> None:
    """The places at which so much is marked, forwards and back, or that there are none."""
    place, amount = data.draw(st.integers(*counted.ends)), data.draw(st.integers(0, 200))
    line, (first, last) = counted.line, counted.ends
    ahead = [n for n in range(place, last) if n in counted.marked]
    behind = [n for n in range(first, place) if n in counted.marked]
    for _ in range(2):  # the second time with sums that are known
        latest = ahead[amount] if amount < len(ahead) else "forwards"
        assert answer(line.latest, place, amount) == latest
        if amount:
            done = ahead[amount - 1] + 1 if amount <= len(ahead) else "forwards"
            assert answer(line.earliest, place, amount) == done
            back = behind[-amount] if amount <= len(behind) else "backwards"
            assert answer(line.back, place, amount) == back
    if place in counted.marked and place < last:
        end = place
        while end in counted.marked:
            end += 1
        assert line.until(place, last) == (end if end < last else None)


@rule("T6.1")
@given(lines, st.data())
def test_asked_again_nothing_is_worked_out(counted: Counted, data: st.DataObject) -> None:
    """However far apart the places, what was worked out once stays so."""
    low, high = places(data, counted)
    first = counted.line.measure(low, high)
    asked = counted.asked
    assert asked <= abs((high >> counted.line.shift) - (low >> counted.line.shift)) + 1
    assert counted.line.measure(low, high) == first
    assert counted.asked == asked or asked > 256


@rule("T6.2")
@given(lines, st.data())
def test_only_the_ends_are_looked_at(counted: Counted, data: st.DataObject) -> None:
    """Once the sums are known a question reads two blocks at most, at any distance."""
    low, high = places(data, counted)
    line = counted.line
    line.measure(*counted.ends)
    for question in (line.measure, line.earliest, line.latest, line.back):
        line._blocks.clear()
        counted.asked = 0
        other = high if question == line.measure else max(1, abs(high - low) // 2)
        answer(question, low, other)
        assert counted.asked <= 2


@rule("T6.3")
@given(SHIFTS, st.integers(0, 99))
def test_what_is_kept_is_bounded(shift: int, start: int) -> None:
    """At most so many blocks are kept, whatever was asked."""
    counted = Counted([(start, start + 7)], shift, (0, 40_000))
    assert counted.line.measure(0, 40_000) == 7
    assert len(counted.line._blocks) <= 256
    with pytest.raises(OffTheLine):
        counted.line.earliest(0, 8)
    assert len(counted.line._blocks) <= 256
