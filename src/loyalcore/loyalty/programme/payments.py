"""Points as money: how far points may pay for an order, as data."""

from decimal import Decimal

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.forms import demand_each
from loyalcore.loyalty.programme.conditions import Condition, known


def _rate(number: Decimal | int | str) -> Decimal:
    return exact(number, "Payment.points_per_unit")


def _share(number: Decimal | int | str) -> Decimal:
    return exact(number, "Payment.largest_share")


@attrs.frozen
class Payment:
    """An offer to pay for an order, or for some of its lines, with points.

    Attributes:
        id: names the offer in events and refusals.
        points_per_unit: points that pay 1.00 of the programme's currency.
        when: holds for the lines that points may pay for; None for all. Reward lines are never
            paid for.
        smallest: the fewest points.
        steps: points are given in multiples of this.
        largest_share: the part of what the order costs that points may pay at most: 1 for all.
        priority: of several offers that are worth the same, the higher is taken, then by id.
    """

    id: str = attrs.field(validator=checks.name)
    points_per_unit: Decimal = attrs.field(converter=_rate)
    when: Condition | None = attrs.field(default=None, validator=attrs.validators.optional(known))
    smallest: int = attrs.field(default=1, validator=checks.positive)
    steps: int = attrs.field(default=1, validator=checks.positive)
    largest_share: Decimal = attrs.field(default=Decimal(1), converter=_share)
    priority: int = attrs.field(default=0, validator=checks.whole)

    def __attrs_post_init__(self) -> None:
        demand_each(
            self,
            (
                "points_per_unit",
                lambda: self.points_per_unit > 0 or f"{self.points_per_unit}: give more than 0",
            ),
            (
                "largest_share",
                lambda: (
                    0 < self.largest_share <= 1
                    or f"{self.largest_share}: give more than 0 and at most 1"
                ),
            ),
        )
