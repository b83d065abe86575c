"""Paying for an order with points: which offers allow it, and what each line has of it."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import attrs

from loyalcore.errors import PaymentNotAllowed
from loyalcore.loyalty.programme.allocation import share_out
from loyalcore.loyalty.programme.conditions import Facts
from loyalcore.loyalty.programme.line import Line
from loyalcore.loyalty.programme.payments import Payment
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.money import Money


@attrs.frozen
class Paid:
    """What points pay of an order.

    Attributes:
        offer: the id of the offer that allowed it.
        worth: how much money they pay, in minor units.
        worths: each line's part of that.
        points: each line's part of the points.
    """

    offer: str
    worth: int
    worths: tuple[int, ...]
    points: tuple[int, ...]


@attrs.frozen
class Quote:
    """How many points may pay for an order under one offer.

    Attributes:
        offer: its id.
        fewest, most: points.
        worth: what `most` pays, in major units of the programme's currency.
    """

    offer: str
    fewest: int
    most: int
    worth: Decimal


@attrs.frozen
class _Bill:
    """What one offer makes of an order, in minor units."""

    offer: Payment
    covered: tuple[int, ...]
    limit: int
    rate: Fraction  # points for one minor unit

    @classmethod
    def of(cls, offer: Payment, lines: Sequence[Line], facts: Facts, unit: int) -> "_Bill":
        owed = [0 if line.reward else line.paid for line in lines]
        total = max(0, sum(owed))
        when = offer.when
        covered = tuple(
            max(0, amount) if when is None or when.holds(facts.of(line)) else 0
            for line, amount in zip(lines, owed, strict=True)
        )
        limit = min(sum(covered), floor(Fraction(offer.largest_share) * total))
        return cls(offer, covered, limit, Fraction(offer.points_per_unit) / unit)

    def worth(self, points: int) -> int:
        return floor(points / self.rate)

    @property
    def most(self) -> int:
        """The most points that pay within the limit, none of them in vain."""
        most = ceil(self.limit * self.rate)
        if self.worth(most) > self.limit:
            most -= 1
        return most - most % self.offer.steps

    @property
    def fewest(self) -> int:
        """The fewest points that pay anything, whatever the limit."""
        steps = self.offer.steps
        least = max(self.offer.smallest, ceil(self.rate))
        return -(-least // steps) * steps

    def why_not(self, points: int, money: str) -> str | None:
        """Say why so many points cannot pay under the offer."""
        if not any(self.covered):
            return "it covers nothing that is paid for in this order"
        if self.fewest > self.most:
            return f"points may pay {money} of this order, too little for {self.fewest}, the fewest"
        if points < self.fewest:
            return f"give {self.fewest} points or more"
        if points % self.offer.steps:
            return f"give a multiple of {self.offer.steps} points"
        if points > self.most:
            return f"points may pay {money} of this order: give at most {self.most}"
        return None


def _bills(lines: Sequence[Line], facts: Facts, programme: Programme) -> list[_Bill]:
    unit = 10**programme.digits
    return [_Bill.of(offer, lines, facts, unit) for offer in programme.payments]


def pay(points: int, lines: Sequence[Line], facts: Facts, programme: Programme) -> Paid:
    """Say what points pay of an order: under the offer by which they pay most.

    Raises:
        PaymentNotAllowed: no offer allows it; each is told with its reason.
    """
    reasons, allowed = [], []
    for bill in _bills(lines, facts, programme):
        money = str(Money.from_minor(bill.limit, programme.currency))
        reason = bill.why_not(points, money)
        if reason is None:
            allowed.append(bill)
        else:
            reasons.append((bill.offer.id, reason))
    if not allowed:
        raise PaymentNotAllowed(points, tuple(reasons))
    best = min(allowed, key=lambda b: (-b.worth(points), -b.offer.priority, b.offer.id))
    worth = best.worth(points)
    worths = share_out(worth, best.covered)
    return Paid(best.offer.id, worth, tuple(worths), tuple(share_out(points, worths)))


def quotes(
    available: int, lines: Sequence[Line], facts: Facts, programme: Programme
) -> tuple[Quote, ...]:
    """Give the offers under which so many points can pay for an order, in the programme's order."""
    found = []
    for bill in _bills(lines, facts, programme):
        steps = bill.offer.steps
        most = min(bill.most, available - available % steps)
        if bill.fewest <= most:
            worth = programme.money(bill.worth(most))
            found.append(Quote(bill.offer.id, bill.fewest, most, worth))
    return tuple(found)
