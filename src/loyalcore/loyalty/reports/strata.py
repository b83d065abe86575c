"""Two groups compared stratum by stratum: like with like."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

import attrs

Values = Sequence[Fraction]


@attrs.frozen
class Uplift:
    """How much more members brought than like non-members, for each member.

    Attributes:
        per_member: the differences of the strata's means, each weighted by its members.
        standard_error: of that, with the weights taken as given.
        low, high: a normal interval, to be trusted only where strata are not small.
        level: of the interval, such as 0.95.
    """

    per_member: Fraction
    standard_error: float
    low: float
    high: float
    level: float


def mean(values: Values) -> Fraction:
    """Give the mean, exactly."""
    return sum(values, Fraction(0)) / len(values)


def variance(values: Values) -> Fraction:
    """Give the variance of a sample of two or more, exactly."""
    count, total = len(values), sum(values, Fraction(0))
    squares = sum((value * value for value in values), Fraction(0))
    return (squares - total * total / count) / (count - 1)


def uplift(strata: Iterable[tuple[Values, Values]], level: float) -> Uplift:
    """Compare members with others within strata, each weighted by its members.

    The direct standardisation of epidemiology, to the members' own mix of strata. The variance of
    the weighted sum takes the strata as independent samples and the weights as given.

    Args:
        strata: the members' values and the others', two of each or more.
        level: of the normal interval.
    """
    both = list(strata)
    members = sum(len(mine) for mine, _ in both)
    difference = error = Fraction(0)
    for mine, rest in both:
        weight = Fraction(len(mine), members)
        difference += weight * (mean(mine) - mean(rest))
        spread = variance(mine) / len(mine) + variance(rest) / len(rest)
        error += weight * weight * spread
    standard_error = sqrt(error)
    reach = NormalDist().inv_cdf((1 + level) / 2) * standard_error
    centre = float(difference)
    return Uplift(difference, standard_error, centre - reach, centre + reach, level)
