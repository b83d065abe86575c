"""Deferred revenue: recognised as points are redeemed, caught up as expectations change."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.loyalty.accounts.expectations import Share, exact_number
from loyalcore.loyalty.programme.allocation import Rounding
from loyalcore.money import Money


def _points(number: Share) -> Fraction:
    return exact_number(number, "DeferredRevenue.expected")


@attrs.frozen
class DeferredRevenue:
    """The part of prices that is deferred for the points of a cohort, or of a closed portfolio.

    What is recognised so far follows from how things stand, not from how they came about: deferred
    times the points redeemed over all that are expected to be redeemed, rounded half up to the
    minor unit, and all of it when no more are expected or none are left. So breakage is recognised
    in proportion, a changed expectation is caught up at once, and at expiry the rest is. Source:
    IFRS 15 paragraphs B44 to B47 and Example 52 (IE267 to IE270); ASC 606-10-55-46 to 55-49 and
    55-353 to 55-356.

    Attributes:
        deferred: allocated to the points, as by `allocate_price`.
        issued: how many points that is for.
        expected: how many of them will be redeemed in all; an exact number, of parts of points too.
        redeemed: so far, less what was undone.
        gone: expired or clawed back so far.

    Raises:
        InvalidValue: a figure is negative, or more points are expected, redeemed or gone than there
            are.

    >>> start = DeferredRevenue(Money(8676, "JPY"), issued=10_000, expected=9_500)
    >>> first = start.redeem(4_500)
    >>> second = first.expect(9_700).redeem(4_000)
    >>> str(first.recognised), str(second.recognised), str(second.liability)
    ('4110 JPY', '7603 JPY', '1073 JPY')
    """

    deferred: Money = attrs.field(validator=checks.instance_of(Money))
    issued: int = attrs.field(validator=checks.count)
    expected: Fraction = attrs.field(converter=_points)
    redeemed: int = attrs.field(default=0, validator=checks.count)
    gone: int = attrs.field(default=0, validator=checks.count)

    def __attrs_post_init__(self) -> None:
        if self.deferred.minor < 0:
            raise InvalidValue("DeferredRevenue.deferred", self.deferred, "give 0 or more")
        if self.outstanding < 0:
            fix = f"{self.redeemed} are redeemed and {self.gone} gone: more than that are issued"
            raise InvalidValue("DeferredRevenue.issued", self.issued, fix)
        if not 0 <= self.expected <= self.issued:
            fix = f"give 0 to {self.issued}, the points issued"
            raise InvalidValue("DeferredRevenue.expected", self.expected, fix)

    @property
    def outstanding(self) -> int:
        """Points neither redeemed nor gone."""
        return self.issued - self.redeemed - self.gone

    @property
    def to_come(self) -> Fraction:
        """Points expected to be redeemed yet, within what is outstanding."""
        return max(Fraction(0), min(self.expected - self.redeemed, Fraction(self.outstanding)))

    @property
    def recognised(self) -> Money:
        """Revenue so far."""
        minor = self.deferred.minor
        if self.to_come:
            minor = Rounding.HALF_UP(minor * self.redeemed / (self.redeemed + self.to_come))
        return Money.from_minor(minor, self.deferred.currency)

    @property
    def liability(self) -> Money:
        """What is still deferred."""
        return self.deferred - self.recognised

    def redeem(self, points: int) -> "DeferredRevenue":
        """Redeem points; a negative number undoes some.

        Raises:
            InvalidValue: more than are outstanding, or undone than were redeemed.
        """
        self._refuse(points, "redeem", -self.redeemed, self.outstanding)
        return attrs.evolve(self, redeemed=self.redeemed + points)

    def expect(self, points: Share) -> "DeferredRevenue":
        """Expect another number of points to be redeemed in all, since the beginning.

        Raises:
            InvalidValue: more than were issued, fewer than are redeemed, or no exact number.
        """
        expected = exact_number(points, "DeferredRevenue.expect")
        if expected < self.redeemed:
            fix = f"{self.redeemed} are redeemed already: give all that will ever be"
            raise InvalidValue("DeferredRevenue.expect", points, fix)
        return attrs.evolve(self, expected=expected)

    def expire(self, points: int | None = None) -> "DeferredRevenue":
        """Let points expire, or be clawed back with nothing refunded; None for all that are left.

        Raises:
            InvalidValue: more than are outstanding.
        """
        lost = self.outstanding if points is None else points
        self._refuse(lost, "expire", 0, self.outstanding)
        return attrs.evolve(self, gone=self.gone + lost)

    def cancel(self, points: int, amount: Money) -> "DeferredRevenue":
        """Take points and their share of the price out, because their sale was refunded.

        Of those outstanding afterwards as large a part is expected to be redeemed as before.

        Args:
            points: of the refunded sale.
            amount: of its price what had been allocated to them.

        Raises:
            InvalidValue: more points than are outstanding, or more than is deferred.
        """
        self._refuse(points, "cancel", 0, self.outstanding)
        if not 0 <= amount.minor <= self.deferred.minor:
            raise InvalidValue("DeferredRevenue.cancel", amount, f"give 0 to {self.deferred}")
        left = self.outstanding - points
        to_come = self.to_come * left / self.outstanding if self.outstanding else Fraction(0)
        return attrs.evolve(
            self,
            deferred=self.deferred - amount,
            issued=self.issued - points,
            expected=self.redeemed + to_come,
        )

    def _refuse(self, points: int, what: str, fewest: int, most: int) -> None:
        if type(points) is not int or not fewest <= points <= most:
            raise InvalidValue(f"DeferredRevenue.{what}", points, f"give {fewest} to {most} points")


@attrs.frozen
class RevenueRow:
    """What one period brings.

    Attributes:
        opening, closing: still deferred before and after.
        recognised: revenue of the period: `opening + added = recognised + closing`, with what was
            added negative for refunds.
        caught_up: of it, what comes of the changed expectation for points redeemed before.
        added: to what is deferred.
    """

    opening: Money
    recognised: Money
    caught_up: Money
    added: Money
    closing: Money


def revenue_row(before: Sequence[DeferredRevenue], after: Sequence[DeferredRevenue]) -> RevenueRow:
    """Compare cohorts at the end of a period with what they were at its beginning.

    Args:
        before: the cohorts at the beginning.
        after: the same cohorts in the same order at the end, and behind them those that are new.

    Raises:
        InvalidValue: there are none, or fewer cohorts after than before, or of several currencies.
    """
    if not after or len(after) < len(before):
        raise InvalidValue("revenue_row.after", after, "give all cohorts from before, and any new")
    currency = after[0].deferred.currency
    opening = _sum((old.liability for old in before), currency)
    closing = _sum((new.liability for new in after), currency)
    added = _sum((new.deferred for new in after), currency)
    added -= _sum((old.deferred for old in before), currency)
    pairs = zip(before, after[: len(before)], strict=True)
    changed = (_as_expected(old, new).recognised - old.recognised for old, new in pairs)
    caught_up = _sum(changed, currency)
    return RevenueRow(opening, opening + added - closing, caught_up, added, closing)


def _as_expected(old: DeferredRevenue, new: DeferredRevenue) -> DeferredRevenue:
    """Give a cohort as it would have been, had it expected the share that it does later."""
    if not new.issued:
        return old
    return attrs.evolve(old, expected=old.issued * new.expected / new.issued)


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, Money(0, currency))
