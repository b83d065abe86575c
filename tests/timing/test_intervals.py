"""The algebra of intervals (T9)."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidValue
from loyalcore.testing import rule
from loyalcore.testing.calendars import instants_near, interval_sets
from loyalcore.timing import Interval, Intervals

AROUND = date(2026, 3, 29)
sets, instants = interval_sets(AROUND), instants_near(AROUND)


def corners(*some: Intervals) -> list[datetime]:
    """The instants at which membership may change, and those right before."""
    edges = [edge for set_ in some for part in set_ for edge in (part.start, part.end)]
    return [edge - timedelta(microseconds=n) for edge in edges for n in (0, 1)]


def holds(set_: Intervals, at: datetime) -> bool:
    return any(part.start <= at < part.end for part in set_.parts)


@rule("T9.1")
@given(sets, sets, instants)
def test_an_instant_is_in_what_it_must_be_in(one: Intervals, two: Intervals, at: datetime) -> None:
    """Either, both, the first alone: asked at every corner and right before it."""
    for each in (at, *corners(one, two)):
        first, second = holds(one, each), holds(two, each)
        assert (each in one, each in (one | two)) == (first, first or second)
        assert each in (one & two) if first and second else each not in (one & two)
        assert (each in (one - two)) == (first and not second)


@rule("T9.2")
@given(sets, sets)
def test_the_parts_are_apart_and_in_order(one: Intervals, two: Intervals) -> None:
    """No two touch, so that equal sets are equal values; lengths add up."""
    for made in (one, one | two, one & two, one - two):
        assert all(a.end < b.start for a, b in pairwise(made.parts))
        assert Intervals(reversed(made.parts)) == made
        assert hash(Intervals(made.parts)) == hash(made)
        lengths = [part.end - part.start for part in made]
        assert made.duration == sum(lengths, timedelta()) and len(made) == len(lengths)
    assert (one | two).duration + (one & two).duration == one.duration + two.duration
    assert (one - two).duration == one.duration - (one & two).duration
    assert (one - two) | (one & two) == one


@rule("T9.3")
@given(instants, instants, st.integers(-12, 12))
def test_an_interval_ends_behind_its_start(start: datetime, end: datetime, hours: int) -> None:
    """In whatever zone they are given; naive ones and empty ones are refused by field."""
    elsewhere = timezone(timedelta(hours=hours))
    if start < end:
        made = Interval(start.astimezone(elsewhere), end.astimezone(elsewhere))
        assert made == Interval(start, end) and made.start.tzinfo is UTC
        assert start in made and end not in made and made.duration == end - start
    else:
        with pytest.raises(InvalidValue, match=r"Interval\.end"):
            Interval(start, end)
    with pytest.raises(InvalidValue, match=r"Interval\.start.*naive"):
        Interval(start.replace(tzinfo=None), end)
    with pytest.raises(InvalidValue, match=r"Intervals\.parts"):
        Intervals([(start, end)])
