"""The chain ladder with Mack's standard errors, on any triangle of cumulated figures."""

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

import attrs

from loyalcore.errors import DegenerateTriangle, InvalidValue, TriangleTooSmall
from loyalcore.loyalty.accounts.expectations import Share, exact_number

FEWEST_ORIGINS = 4


@attrs.frozen
class ChainLadder:
    """What a triangle's rows come to in the end.

    Factors and ultimates are exact. Standard errors are floats: roots have no end.

    Attributes:
        factors: from each age to the next, volume-weighted over all rows that know both.
        tail: from the last age to the end.
        variances: Mack's sigma squared for each factor.
        latest: what each row has come to so far, the oldest first.
        ultimates: what it comes to in the end.
        errors: the standard error of each ultimate, process and estimation together.
        total_error: that of their sum, which minds that all rows share the factors.
    """

    factors: tuple[Fraction, ...]
    tail: Fraction
    variances: tuple[float, ...]
    latest: tuple[int, ...]
    ultimates: tuple[Fraction, ...]
    errors: tuple[float, ...]
    total_error: float

    @property
    def reserves(self) -> tuple[Fraction, ...]:
        """What each row lacks of its ultimate."""
        return tuple(end - now for end, now in zip(self.ultimates, self.latest, strict=True))

    @property
    def developed(self) -> tuple[Fraction, ...]:
        """The share of the ultimate that each age has reached, by the factors."""
        shares = [1 / self.tail]
        for factor in reversed(self.factors):
            shares.append(shares[-1] / factor)
        return tuple(reversed(shares))


def chain_ladder(rows: Sequence[Sequence[int]], tail: Share = 1) -> ChainLadder:
    """Project a triangle to its end by the chain ladder, with Mack's standard errors.

    Source: T. Mack, Distribution-free calculation of the standard error of chain ladder reserve
    estimates, ASTIN Bulletin 23(2), 1993, pages 213-225: the factors (section 1), the theorem and
    its corollary (sections 3 and 4), and the extrapolated last sigma squared. The tail factor is
    taken as known: errors are multiplied by it.

    Args:
        rows: cumulated figures by age, the oldest row first; the first of n rows has n ages, each
            later one has one fewer.
        tail: the factor from the last age to the end, exact, above 0.

    Raises:
        TriangleTooSmall: there are fewer than four rows.
        DegenerateTriangle: a factor, or its variance, cannot be told.
        InvalidValue: the rows are no such triangle, or the tail is no such number.
    """
    table = _checked(rows)
    last = exact_number(tail, "chain_ladder.tail")
    if last <= 0:
        raise InvalidValue("chain_ladder.tail", tail, "give a factor above 0")
    factors = tuple(_factor(table, age) for age in range(len(table) - 1))
    latest = tuple(row[-1] for row in table)
    ultimates = []
    for row in table:
        end = row[-1] * last
        for factor in factors[len(row) - 1 :]:
            end *= factor
        ultimates.append(end)
    variances = _variances(table, factors)
    errors, total = _errors(table, [float(f) for f in factors], variances)
    return ChainLadder(
        factors=factors,
        tail=last,
        variances=variances,
        latest=latest,
        ultimates=tuple(ultimates),
        errors=tuple(error * float(last) for error in errors),
        total_error=total * float(last),
    )


def _checked(rows: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    table = [tuple(row) for row in rows]
    if len(table) < FEWEST_ORIGINS:
        raise TriangleTooSmall(len(table), FEWEST_ORIGINS)
    for place, row in enumerate(table):
        wanted = len(table) - place
        if len(row) != wanted:
            fix = f"row {place} has {len(row)} ages: give {wanted}"
            raise InvalidValue("chain_ladder.rows", row, fix)
        if not all(type(figure) is int and figure >= 0 for figure in row):
            fix = f"row {place}: give whole numbers of at least 0"
            raise InvalidValue("chain_ladder.rows", row, fix)
    return table


def _factor(table: Sequence[Sequence[int]], age: int) -> Fraction:
    known = table[: len(table) - 1 - age]
    before, after = sum(row[age] for row in known), sum(row[age + 1] for row in known)
    if not before or not after:
        reason = f"no row has anything at age {age if not before else age + 1}"
        raise DegenerateTriangle(age, reason)
    return Fraction(after, before)


def _variances(table: Sequence[Sequence[int]], factors: Sequence[Fraction]) -> tuple[float, ...]:
    """Estimate sigma squared for each factor; the last, of one row only, by Mack's rule."""
    found: list[float] = []
    for age, factor in enumerate(factors[:-1]):
        pairs = [(row[age], row[age + 1]) for row in table[: len(table) - 1 - age]]
        if any(after and not before for before, after in pairs):
            raise DegenerateTriangle(age, f"a row has nothing at age {age} and something after it")
        # A row with nothing at both ages says nothing of the factor.
        used = [(before, after) for before, after in pairs if before]
        if len(used) < 2:
            raise DegenerateTriangle(age, f"only one row has anything at age {age}")
        squares = sum(float((after - factor * before) ** 2 / before) for before, after in used)
        found.append(squares / (len(used) - 1))
    before, last = found[-2:]
    found.append(min(last * last / before if before else 0.0, before, last))
    return tuple(found)


def _errors(
    table: Sequence[Sequence[int]], factors: Sequence[float], variances: Sequence[float]
) -> tuple[list[float], float]:
    """Give Mack's standard error of each row's last figure, and of their sum."""
    count = len(table)
    weights = [float(sum(row[age] for row in table[: count - 1 - age])) for age in range(count - 1)]
    relative = [v / f**2 for v, f in zip(variances, factors, strict=True)]
    squares, ends = [], []
    for row in table:
        known, figure, square = len(row) - 1, float(row[-1]), 0.0
        for age in range(known, count - 1):
            if figure:
                square += relative[age] * (1 / figure + 1 / weights[age])
            figure *= factors[age]
        ends.append(figure)
        squares.append(figure**2 * square)
    total = sum(squares)
    for place, row in enumerate(table):
        shared = sum(2 * relative[age] / weights[age] for age in range(len(row) - 1, count - 1))
        total += ends[place] * sum(ends[place + 1 :]) * shared
    return [sqrt(square) for square in squares], sqrt(total)
