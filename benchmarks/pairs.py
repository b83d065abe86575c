"""Time several ways of doing the same thing, taking turns in one process."""

import gc
from collections.abc import Callable, Mapping
from statistics import median

Way = Callable[[], float]
"""Do the thing once; give the seconds that count."""


def take_turns(ways: Mapping[str, Way], rounds: int) -> dict[str, list[float]]:
    """Run every way once a round, after a round that does not count; give the seconds of each."""
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect()
            seconds[name].append(way())
    return seconds


def ratio(over: list[float], under: list[float]) -> float:
    """Give the median of the rounds' ratios."""
    return median(one / other for one, other in zip(over, under, strict=True))


def rate(count: int, seconds: list[float]) -> float:
    """Give the median of how many a second."""
    return count / median(seconds)
