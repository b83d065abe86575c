"""Rewards as data: what points buy, for whom, and when."""

from datetime import date
from decimal import Decimal
from enum import Enum

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.forms import demand_each
from loyalcore.loyalty.programme.limits import Limit, in_order

_day = attrs.validators.optional(checks.day)


def _cost(number: Decimal | int | str) -> Decimal:
    return exact(number, "Reward.cost")


class RewardKind(Enum):
    """What kind of thing a reward is."""

    GOODS = "goods"
    SERVICE = "service"
    PARTNER = "partner"
    MONEY_OFF = "money_off"
    VOUCHER = "voucher"


@attrs.frozen
class Reward:
    """Something that points buy.

    Attributes:
        id: names it in commands and events.
        points: what one costs.
        name: shown to people.
        kind: goods, a service, a partner's right, money off, or a voucher.
        from_tier: the lowest tier that may have it; None for everybody.
        first: the first local day on which it can be had; None for always.
        last: the last local day, included.
        limits: how many a member may have, within a calendar period or in all.
        stocked: there is a stock of it, kept in the stream `stock/CLUB/REWARD`.
        cost: what one costs the house, in major units of the programme's currency; None where
            nobody has said.
    """

    id: str = attrs.field(validator=checks.name)
    points: int = attrs.field(validator=checks.positive)
    name: str = attrs.field(default="", validator=checks.text)
    kind: RewardKind = attrs.field(
        default=RewardKind.GOODS, validator=checks.instance_of(RewardKind)
    )
    from_tier: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.name)
    )
    first: date | None = attrs.field(default=None, validator=_day)
    last: date | None = attrs.field(default=None, validator=_day)
    limits: tuple[Limit, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Limit)
    )
    stocked: bool = attrs.field(default=False, validator=checks.instance_of(bool))
    cost: Decimal | None = attrs.field(default=None, converter=attrs.converters.optional(_cost))

    def __attrs_post_init__(self) -> None:
        demand_each(
            self,
            (
                "last",
                lambda: in_order(self.first, self.last) or f"{self.last} lies before {self.first}",
            ),
            (
                "cost",
                lambda: (
                    self.cost is None
                    or self.cost >= 0
                    or f"{self.cost} is negative: give 0 or more"
                ),
            ),
            (
                "id",
                lambda: (
                    "/" not in self.id or f"{self.id!r}: leave out the slash, it parts stream names"
                ),
            ),
        )
