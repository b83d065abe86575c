"""Sorted, parted half-open spans over anything that can be compared: the sums behind intervals."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

T = TypeVar("T", int, datetime)


def merged(spans: Iterable[tuple[T, T]]) -> list[tuple[T, T]]:
    """Sort spans, join those that touch or overlap, and leave out the empty ones."""
    found: list[tuple[T, T]] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def common(ones: Sequence[tuple[T, T]], others: Sequence[tuple[T, T]]) -> list[tuple[T, T]]:
    """Give what two lists of merged spans share."""
    found: list[tuple[T, T]] = []
    i = j = 0
    while i < len(ones) and j < len(others):
        start, end = max(ones[i][0], others[j][0]), min(ones[i][1], others[j][1])
        if start < end:
            found.append((start, end))
        if ones[i][1] <= others[j][1]:
            i += 1
        else:
            j += 1
    return found


def without(ones: Sequence[tuple[T, T]], others: Sequence[tuple[T, T]]) -> list[tuple[T, T]]:
    """Give what a list of merged spans has and another has not."""
    found: list[tuple[T, T]] = []
    j = 0
    for start, end in ones:
        while j < len(others) and others[j][1] <= start:
            j += 1
        k, begin = j, start
        while k < len(others) and others[k][0] < end:
            if begin < others[k][0]:
                found.append((begin, others[k][0]))
            begin = others[k][1]
            k += 1
        if begin < end:
            found.append((begin, end))
    return found
