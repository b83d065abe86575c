"""Rounding, and sharing a whole number out exactly."""

from collections.abc import Callable, Sequence
from enum import Enum
from fractions import Fraction
from math import ceil, floor


class Rounding(Enum):
    """How exact points become whole ones."""

    FLOOR = "floor"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    CEILING = "ceiling"

    def __call__(self, exact: Fraction) -> int:
        """Round a number.

        >>> Rounding.FLOOR(Fraction("385.5")), Rounding.HALF_UP(Fraction("385.5"))
        (385, 386)
        """
        return _ROUND[self](exact)


_ROUND: dict[Rounding, Callable[[Fraction], int]] = {
    Rounding.FLOOR: floor,
    Rounding.HALF_UP: lambda exact: floor(exact + Fraction(1, 2)),
    Rounding.HALF_EVEN: round,
    Rounding.CEILING: ceil,
}


def share_out(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Share a total out in proportion to weights, by largest remainder, summing to it exactly.

    Equal remainders go to the earlier place. Without any weight nobody gets anything, which only
    a total of 0 allows.

    >>> share_out(10, [1, 1, 1])
    [4, 3, 3]
    """
    whole = sum(weights)
    if not whole:
        assert not total, "a total without weights to share it by"
        return [0] * len(weights)
    shares, remainders = [], []
    for weight in weights:
        share, remainder = divmod(total * weight, whole)
        shares.append(int(share))
        remainders.append(remainder)
    left = total - sum(shares)
    if left:
        by_remainder = sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)
        for place in by_remainder[:left]:
            shares[place] += 1
    return shares
