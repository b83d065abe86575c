"""A line of an order: what was bought, for how much."""

from collections.abc import Iterable
from decimal import Decimal

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.errors import InvalidValue
from loyalcore.money import Money


def not_negative_money(
    instance: object, attribute: "attrs.Attribute[Money]", value: object
) -> None:
    """Demand money of at least 0."""
    field = f"{type(instance).__name__}.{attribute.name}"
    if not isinstance(value, Money):
        raise InvalidValue(field, value, 'give Money, such as Money("128.00", "CNY")')
    if value.minor < 0:
        hint = "; a return has its own command" if field == "Line.price" else ""
        raise InvalidValue(field, str(value), f"give 0 or more{hint}")


def _names(names: Iterable[str]) -> tuple[str, ...]:
    field, fix = "Line.categories", "give a list of names"
    found = checks.unpacked(field, names, fix)
    if not all(isinstance(name, str) for name in found):
        raise InvalidValue(field, names, fix)
    return found


def _quantity(number: Decimal | int | str) -> Decimal:
    return exact(number, "Line.quantity")


@attrs.frozen
class Line:
    """One line of an order.

    Attributes:
        id: its own within the order.
        price: before discounts, for the whole line.
        discount: taken off; may exceed the price (a coupon worth more than the article).
        quantity: pieces; 0 is legal.
        sku: the article.
        categories: the categories it is in.
        reward: a line that was got for points; it never earns.
        tax: the part of what was paid for it that is tax; a programme may leave it out.
        delivery: a line of delivery, which earns only where the programme says so.
    """

    id: str = attrs.field(validator=checks.name)
    price: Money = attrs.field(validator=not_negative_money)
    discount: Money | None = attrs.field(
        default=None, validator=attrs.validators.optional(not_negative_money)
    )
    quantity: Decimal = attrs.field(
        default=Decimal(1), converter=_quantity, validator=checks.not_negative
    )
    sku: str = attrs.field(default="", validator=checks.text)
    categories: tuple[str, ...] = attrs.field(default=(), converter=_names)
    reward: bool = attrs.field(default=False, validator=checks.instance_of(bool))
    tax: Money | None = attrs.field(
        default=None, validator=attrs.validators.optional(not_negative_money)
    )
    delivery: bool = attrs.field(default=False, validator=checks.instance_of(bool))

    def __attrs_post_init__(self) -> None:
        if self.tax is not None and self.tax.minor > max(0, self.paid):
            fix = "give the tax contained in what was paid for the line, after its discount"
            raise InvalidValue("Line.tax", str(self.tax), fix)

    @property
    def paid(self) -> int:
        """What was paid for it, in minor units; negative when a coupon was worth more."""
        return self.price.minor - (self.discount.minor if self.discount else 0)
