"""Tiers for sale."""

from decimal import Decimal

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.forms import demand_each
from loyalcore.timing import Length

_LONGEST_DAYS = 3660


def _fee(number: Decimal | int | str) -> Decimal:
    return exact(number, "Sale.fee")


@attrs.frozen
class Sale:
    """What a tier costs that is bought, and for how long it is held.

    The fee earns nothing and counts towards no tier; a shop that wants it to records it as an
    order, too.

    Attributes:
        fee: for one term, in major units.
        term: how long, in local days from that of buying.
        renew_days: in how many days before it ends a term may be renewed; None for all its days.
        whole_days: the fee comes back whole until so many days after the day of paying; 0 for
            never.
        pro_rata: after that it comes back for the local days that have not begun.
    """

    fee: Decimal = attrs.field(converter=_fee)
    term: Length = attrs.field(validator=checks.instance_of(Length))
    renew_days: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.positive)
    )
    whole_days: int = attrs.field(default=0, validator=checks.count)
    pro_rata: bool = attrs.field(default=False, validator=checks.instance_of(bool))

    def __attrs_post_init__(self) -> None:
        most = _LONGEST_DAYS
        demand_each(
            self,
            ("fee", lambda: self.fee > 0 or f"{self.fee}: give more than 0"),
            (
                "term",
                lambda: (
                    0 < self.term.most_days <= most or f"give at least a day and at most {most}"
                ),
            ),
            (
                "whole_days",
                lambda: self.whole_days <= most or f"{self.whole_days}: give at most {most} days",
            ),
        )
