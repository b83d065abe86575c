"""Whole numbers summed by key, and figures written in columns."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=tuple[Any, ...])


class Sums(Generic[Key]):
    """Rows of whole numbers, each summed under its key, while a report is being made."""

    def __init__(self, rows: Iterable[tuple[Key, Sequence[int]]] = ()) -> None:
        self._rows: dict[Key, list[int]] = {}
        for key, amounts in rows:
            self.add(key, *amounts)

    def add(self, key: Key, *amounts: int) -> None:
        """Add to the row of a key."""
        row = self._rows.setdefault(key, [0] * len(amounts))
        for place, amount in enumerate(amounts):
            row[place] += amount

    def __iter__(self) -> Iterator[tuple[Key, list[int]]]:
        """Give the rows in the order of their keys, without those that hold nothing."""
        rows = ((key, row) for key, row in self._rows.items() if any(row))
        return iter(sorted(rows, key=lambda item: item[0]))


def columns(heads: Sequence[str], rows: Iterable[Sequence[object]], words: int = 1) -> str:
    """Write rows as text: the first columns are words, flush left, the others figures.

    >>> print(columns(("rule", "points"), [("spend", 1280), ("share", 50)]))
    rule   points
    spend   1,280
    share      50
    """
    written = [tuple(heads), *(tuple(_cell(value) for value in row) for row in rows)]
    widths = [max(len(line[place]) for line in written) for place in range(len(heads))]
    lines = [
        "  ".join(
            cell.ljust(width) if place < words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in written
    ]
    return "\n".join(line.rstrip() for line in lines)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def written(number: Fraction, digits: int) -> str:
    """Write a number with so many decimals, a half to the even one.

    >>> written(Fraction(-12345, 10), 2), written(Fraction(2, 3), 0)
    ('-1,234.50', '1')
    """
    units = round(number * 10**digits)
    whole, part = divmod(abs(units), 10**digits)
    sign = "-" if units < 0 else ""
    return f"{sign}{whole:,}.{part:0{digits}}" if digits else f"{sign}{whole:,}"
