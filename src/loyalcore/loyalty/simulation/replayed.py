"""What members' facts come to under one programme: sums that can be added in any order."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import attrs

from loyalcore import checks
from loyalcore.decimals import exact, plus
from loyalcore.errors import InvalidValue
from loyalcore.loyalty.member.totals import Totals
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.money import Money, minor_digits

Key = TypeVar("Key")


def _decimal(number: Decimal | int | str) -> Decimal:
    return exact(number, "Prices.point")


def _decimals(numbers: Mapping[str, Decimal | int | str]) -> Mapping[str, Decimal]:
    if not isinstance(numbers, Mapping):
        raise InvalidValue("Prices.rewards", numbers, "give a table of rewards and prices")
    return {id_: exact(number, f"Prices.rewards[{id_}]") for id_, number in numbers.items()}


@attrs.frozen
class Prices:
    """What points cost the club.

    Attributes:
        currency: an ISO 4217 code.
        point: the fair value of one point, in major units.
        rewards: what a reward costs, in major units, by id; one that is not listed costs what the
            programme states, or else the value of its points.

    >>> Prices("CNY", "0.01", {"mug": "12.50"}).point
    Decimal('0.01')
    """

    currency: str
    point: Decimal = attrs.field(converter=_decimal, validator=checks.not_negative)
    rewards: Mapping[str, Decimal] = attrs.field(factory=dict, converter=_decimals)

    def __attrs_post_init__(self) -> None:
        minor_digits(self.currency)
        for id_, price in self.rewards.items():
            if price < 0:
                raise InvalidValue(f"Prices.rewards[{id_}]", price, "give 0 or more")

    def known_to(self, *programmes: Programme) -> "Prices":
        """Give these prices, if each is of a reward that one of the programmes has.

        Raises:
            InvalidValue: none of them has a reward of that id.
        """
        known = dict.fromkeys(reward.id for one in programmes for reward in one.rewards)
        for id_ in self.rewards:
            if id_ not in known:
                fix = f"the programmes have {', '.join(known) or 'no rewards'}"
                raise InvalidValue("Prices.rewards", id_, fix)
        return self

    def money(self, amount: Fraction) -> Money:
        """Round an amount in major units, once, halves to even."""
        return Money.from_minor(round(amount * 10 ** minor_digits(self.currency)), self.currency)


@attrs.frozen
class Redeemed:
    """Points of one kind that were redeemed, less those that came back.

    Attributes:
        quantity: of the reward.
        points: how many.
        costed: of them, those whose cost the programme states, or that paid for orders.
        cost: of these, in major units.
    """

    quantity: int = 0
    points: int = 0
    costed: int = 0
    cost: Decimal = Decimal(0)

    def __add__(self, other: "Redeemed") -> "Redeemed":
        return Redeemed(
            self.quantity + other.quantity,
            self.points + other.points,
            self.costed + other.costed,
            plus(self.cost, other.cost),
        )


@attrs.frozen
class Replayed:
    """What the facts of members come to under one programme. Two of them add up with `+`.

    Attributes:
        totals: what became of all points, from the first fact to the end.
        outstanding: points of the lots that are left at the end, those held among them.
        debt: points owed at the end.
        tiers: how many of those who are members at the end stand in a tier; "" without tiers.
        rises: how often a member moved up.
        falls: how often one moved down.
        expiring: the outstanding points by the first day of the local month in which they expire
            unless they are spent; None for never.
        redeemed: points redeemed by what for: `reward:ID`, `payment:OFFER`, "" for the rest.
        refused: how many facts were refused, by (command, error).
    """

    totals: Totals = Totals()
    outstanding: int = 0
    debt: int = 0
    tiers: Mapping[str, int] = attrs.field(factory=dict)
    rises: int = 0
    falls: int = 0
    expiring: Mapping[date | None, int] = attrs.field(factory=dict)
    redeemed: Mapping[str, Redeemed] = attrs.field(factory=dict)
    refused: Mapping[tuple[str, str], int] = attrs.field(factory=dict)

    def __add__(self, other: "Replayed") -> "Replayed":
        return Replayed(
            self.totals.plus(**attrs.asdict(other.totals)),
            self.outstanding + other.outstanding,
            self.debt + other.debt,
            summed(self.tiers, other.tiers),
            self.rises + other.rises,
            self.falls + other.falls,
            summed(self.expiring, other.expiring),
            summed(self.redeemed, other.redeemed),
            summed(self.refused, other.refused),
        )

    @property
    def kept(self) -> int:
        """Points that members have the good of: spent, given away or left, less what is owed."""
        return self.totals.spent + self.totals.moved + self.outstanding - self.debt

    @property
    def refusals(self) -> int:
        """How many facts were refused."""
        return sum(self.refused.values())

    def cost(self, prices: Prices) -> Money:
        """Give what the redeemed points cost, each kind at its price; all else at their value."""
        point, total = Fraction(prices.point), Fraction(0)
        for what, count in self.redeemed.items():
            price = prices.rewards.get(what.removeprefix("reward:"))
            if price is not None and what.startswith("reward:"):
                total += Fraction(price) * count.quantity
            else:
                total += Fraction(count.cost) + point * (count.points - count.costed)
        return prices.money(total)

    def liability(self, prices: Prices) -> Money:
        """Give what the outstanding points are worth, none of them expected to lapse unspent."""
        return prices.money(Fraction(prices.point) * self.outstanding)


def summed(one: Mapping[Key, Any], other: Mapping[Key, Any]) -> dict[Key, Any]:
    """Add two tables, key by key."""
    sums = dict(one)
    for key, value in other.items():
        sums[key] = sums[key] + value if key in sums else value
    return sums
