"""What a tier gives: discounts, multipliers, services, partner rights, free shipping."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.forms import demand_each, utc
from loyalcore.loyalty.programme.allocation import Rounding
from loyalcore.loyalty.programme.buying_conditions import InTier
from loyalcore.loyalty.programme.conditions import AllOf, Condition, known
from loyalcore.loyalty.programme.rules import Multiplier
from loyalcore.money import Money

if TYPE_CHECKING:
    from loyalcore.loyalty.member.member import Member
    from loyalcore.loyalty.programme.programme import Programme


class BenefitKind(Enum):
    """What kind of thing a benefit is."""

    DISCOUNT = "discount"
    MULTIPLIER = "multiplier"
    FREE_SHIPPING = "free_shipping"
    SERVICE = "service"
    PARTNER_RIGHT = "partner_right"


def _value(number: Decimal | int | str) -> Decimal:
    return exact(number, "Benefit.value")


@attrs.frozen
class Benefit:
    """Something that a tier gives to its members.

    Attributes:
        id: names it; a multiplier in every explanation, so that no rule may have the same.
        kind: a discount on prices, a multiplier of base points, free shipping, a service, a right
            at a partner.
        value: the percentage that a discount takes off, more than 0 and at most 100; the factor
            of a multiplier, at least 1; nothing else has one.
        when: for a multiplier, the lines it multiplies; None for all.
        group: for a multiplier, the stacking group it competes in.
    """

    id: str = attrs.field(validator=checks.name)
    kind: BenefitKind = attrs.field(validator=checks.instance_of(BenefitKind))
    value: Decimal | None = attrs.field(default=None, converter=attrs.converters.optional(_value))
    when: Condition | None = attrs.field(default=None, validator=attrs.validators.optional(known))
    group: str = attrs.field(default="tiers", validator=checks.name)

    def __attrs_post_init__(self) -> None:
        demand_each(
            self,
            ("value", self._fits),
            (
                "when",
                lambda: (
                    self.kind is BenefitKind.MULTIPLIER
                    or self.when is None
                    or "only with a multiplier"
                ),
            ),
        )

    def _fits(self) -> bool | str:
        given, bounds = self.value, _BOUNDS.get(self.kind)
        if bounds is None:
            return given is None or f"{given}: a {self.kind.value} has no value, leave it out"
        fits = given is not None and bounds[0] <= given <= bounds[1]
        return fits or f"{given}: give {plain_bounds(self.kind)}"


_BOUNDS = {
    BenefitKind.DISCOUNT: (Decimal("1e-15"), Decimal(100)),
    BenefitKind.MULTIPLIER: (Decimal(1), Decimal(1_000_000)),
}


def plain_bounds(kind: BenefitKind) -> str:
    """Say what value a kind of benefit needs."""
    if kind is BenefitKind.DISCOUNT:
        return "a percentage of more than 0 and at most 100"
    return "a factor of at least 1 and at most 1,000,000"


def as_multiplier(tier: str, benefit: Benefit) -> Multiplier:
    """Give the rule that a multiplying benefit is."""
    assert benefit.value is not None, "a multiplier has a value"
    own: Condition = InTier((tier,))
    when = own if benefit.when is None else AllOf((own, benefit.when))
    return Multiplier(benefit.id, benefit.value, when, benefit.group)


def benefits(member: "Member", programme: "Programme", at: datetime) -> tuple[Benefit, ...]:
    """Give the benefits that a member has at an instant: those of the tier held then.

    Args:
        member: the state, advanced to `at` (as `host.state(stream, at)` gives it).
        programme: the version in force at `at`.
        at: the instant.
    """
    utc(at, "benefits.at")
    if programme.tiers is None or member.enrolled_at is None:
        return ()
    held = member.tier_in(programme.tiers)
    return programme.tiers.ladder[programme.tiers.rank(held)].benefits


def member_price(
    price: Money, benefits: Iterable[Benefit], rounding: Rounding = Rounding.HALF_UP
) -> Money:
    """Take the highest discount among benefits off a price.

    Args:
        price: before.
        benefits: what the member has, as `benefits` gives them.
        rounding: of what is left, to the minor unit.

    >>> gold = Benefit("gold-price", BenefitKind.DISCOUNT, 20)
    >>> str(member_price(Money("128.00", "CNY"), [gold]))
    '102.40 CNY'
    """
    checks.argument("member_price.price", price, Money, "give Money, such as Money('5.00', 'CNY')")
    fix = "give a list of Benefit, as benefits() does"
    found = checks.walked("member_price.benefits", benefits, Benefit, fix)
    checks.argument("member_price.rounding", rounding, Rounding, "give a Rounding")
    rates = [b.value for b in found if b.kind is BenefitKind.DISCOUNT and b.value is not None]
    left = 1 - Fraction(max(rates, default=Decimal(0))) / 100
    return Money.from_minor(rounding(price.minor * left), price.currency)
