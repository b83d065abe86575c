"""The transaction price of a sale, allocated between its goods and the points it earns."""

from collections.abc import Sequence
from fractions import Fraction

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.loyalty.accounts.expectations import Share, exact_number, share
from loyalcore.loyalty.member.events import PurchaseRecorded
from loyalcore.loyalty.programme.allocation import share_out
from loyalcore.money import Money, minor_digits


@attrs.frozen
class PriceAllocation:
    """What of a price belongs to the goods, and what to the points.

    Attributes:
        goods: for each of them, in the order given; revenue when they are handed over.
        points: deferred until the points are redeemed or expire.
        standalone: what the points would sell for alone, exactly, in major units.
    """

    goods: tuple[Money, ...]
    points: Money
    standalone: Fraction

    @property
    def price(self) -> Money:
        """The price that was allocated."""
        total = sum(money.minor for money in self.goods) + self.points.minor
        return Money.from_minor(total, self.points.currency)


def allocate_price(
    price: Money, goods: Sequence[Money], points: int, *, fair_value: Share, expected: Share
) -> PriceAllocation:
    """Allocate a price by stand-alone selling prices, to the minor unit by largest remainder.

    The points' is their fair value times the share of them expected to be redeemed. Source: IFRS
    15 paragraphs 74 to 80 and B39 to B43; ASC 606-10-32-31 and 606-10-55-41 to 55-45.

    Args:
        price: what the customer pays in money for goods and points together.
        goods: what each of the goods sells for alone, in the price's currency.
        points: earned by the sale.
        fair_value: of one point, in major units, never a float.
        expected: the share of points that will be redeemed, from 0 to 1.

    Raises:
        InvalidValue: an argument is not as above, or a price has nothing to be allocated to.

    >>> yen = [Money(amount, "JPY") for amount in (100_000, 100_000)]
    >>> sale = allocate_price(yen[0], yen[1:], 10_000, fair_value=1, expected="0.95")
    >>> str(sale.goods[0]), str(sale.points)
    ('91324 JPY', '8676 JPY')
    """
    items = checks.unpacked("allocate_price.goods", goods, "give money for each of the goods")
    if not all(isinstance(item, Money) and item.currency == price.currency for item in items):
        fix = f"give money in {price.currency} for each of the goods"
        raise InvalidValue("allocate_price.goods", goods, fix)
    if price.minor < 0 or any(item.minor < 0 for item in items):
        raise InvalidValue("allocate_price.price", price, "give prices of 0 or more")
    if type(points) is not int or points < 0:
        raise InvalidValue("allocate_price.points", points, "give a whole number of at least 0")
    value = exact_number(fair_value, "allocate_price.fair_value")
    if value < 0:
        raise InvalidValue("allocate_price.fair_value", fair_value, "give 0 or more")
    alone = points * value * share(expected, "allocate_price.expected")
    weights: list[Fraction] = [Fraction(item.minor) for item in items]
    weights.append(alone * 10 ** minor_digits(price.currency))
    if price.minor and not any(weights):
        fix = "nothing has a stand-alone selling price that it could be allocated by"
        raise InvalidValue("allocate_price.price", price, fix)
    *parts, deferred = (
        Money.from_minor(n, price.currency) for n in share_out(price.minor, weights)
    )
    return PriceAllocation(tuple(parts), deferred, alone)


def allocate_purchase(
    event: PurchaseRecorded, *, fair_value: Share, expected: Share
) -> PriceAllocation:
    """Allocate what was paid in money for a recorded order, line by line.

    What the lines were sold for is taken as their stand-alone selling price, and what was paid
    with points is no part of the price: it was deferred when those points were earned.

    Args:
        event: the order.
        fair_value: of one point, in major units, never a float.
        expected: the share of points that will be redeemed, from 0 to 1.

    Raises:
        InvalidValue: an argument is not as above.
    """
    paid = [Money.from_minor(line.amount - line.paid_worth, event.currency) for line in event.lines]
    price = Money.from_minor(sum(money.minor for money in paid), event.currency)
    points = event.lot.points if event.lot is not None else 0
    if not price.minor:
        points = 0
    return allocate_price(price, paid, points, fair_value=fair_value, expected=expected)
