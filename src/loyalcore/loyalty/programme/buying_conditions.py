"""Conditions of buying: what, where, how much, and by whom."""

from decimal import Decimal
from typing import ClassVar

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.forms import demand
from loyalcore.loyalty.programme.conditions import Condition, Facts


def _named(condition: Condition, names: object) -> None:
    listed = isinstance(names, tuple) and all(isinstance(name, str) and name for name in names)
    fix = 'give a list of at least one name, such as ["wine"]'
    demand(condition, (listed and bool(names), condition.key, fix))


@attrs.frozen
class InCategory(Condition):
    """Hold for a line in one of these categories: `{ category = ["wine"] }`."""

    key: ClassVar[str] = "category"
    category: tuple[str, ...] = attrs.field(converter=checks.listed)

    def __attrs_post_init__(self) -> None:
        _named(self, self.category)

    @property
    def per_line(self) -> bool:
        """A matter of the line."""
        return True

    def holds(self, facts: Facts) -> bool:
        """Compare the line's categories."""
        line = facts.line
        return line is not None and not set(self.category).isdisjoint(line.categories)


@attrs.frozen
class OfSku(Condition):
    """Hold for a line of one of these articles: `{ sku = ["4711"] }`."""

    key: ClassVar[str] = "sku"
    sku: tuple[str, ...] = attrs.field(converter=checks.listed)

    def __attrs_post_init__(self) -> None:
        _named(self, self.sku)

    @property
    def per_line(self) -> bool:
        """A matter of the line."""
        return True

    def holds(self, facts: Facts) -> bool:
        """Compare the line's article."""
        return facts.line is not None and facts.line.sku in self.sku


@attrs.frozen
class InChannel(Condition):
    """Hold for an order through one of these channels: `{ channel = ["web"] }`."""

    key: ClassVar[str] = "channel"
    channel: tuple[str, ...] = attrs.field(converter=checks.listed)

    def __attrs_post_init__(self) -> None:
        _named(self, self.channel)

    def holds(self, facts: Facts) -> bool:
        """Compare the order's channel."""
        return facts.channel in self.channel


@attrs.frozen
class InStore(Condition):
    """Hold for an order at one of these stores: `{ store = ["Bund 1"] }`."""

    key: ClassVar[str] = "store"
    store: tuple[str, ...] = attrs.field(converter=checks.listed)

    def __attrs_post_init__(self) -> None:
        _named(self, self.store)

    def holds(self, facts: Facts) -> bool:
        """Compare the order's store."""
        return facts.store in self.store


@attrs.frozen
class InTier(Condition):
    """Hold for members in one of these tiers when they buy: `{ tier = ["gold"] }`."""

    key: ClassVar[str] = "tier"
    tier: tuple[str, ...] = attrs.field(converter=checks.listed)

    def __attrs_post_init__(self) -> None:
        _named(self, self.tier)

    def holds(self, facts: Facts) -> bool:
        """Compare the member's tier."""
        return facts.tier in self.tier


@attrs.frozen
class FirstPurchase(Condition):
    """Hold for the first order that is recorded of a member: `{ first_purchase = true }`."""

    key: ClassVar[str] = "first_purchase"
    first_purchase: bool = attrs.field(validator=checks.instance_of(bool))

    def holds(self, facts: Facts) -> bool:
        """Ask whether another order came before."""
        return facts.first_purchase == self.first_purchase


def _amount(number: Decimal | int | str) -> Decimal:
    return exact(number, "BasketFrom.basket_from")


@attrs.frozen
class BasketFrom(Condition):
    """Hold for orders of at least so much, paid in all: `{ basket_from = "200.00" }`.

    What is paid counts after discounts, in major units of the programme's currency; what was got
    for points does not count. The amount itself is included.
    """

    key: ClassVar[str] = "basket_from"
    basket_from: Decimal = attrs.field(converter=_amount)

    def __attrs_post_init__(self) -> None:
        fix = f"{self.basket_from} is negative: give 0 or more"
        demand(self, (self.basket_from >= 0, "basket_from", fix))

    def holds(self, facts: Facts) -> bool:
        """Compare what is paid."""
        return facts.basket is not None and facts.basket >= self.basket_from
