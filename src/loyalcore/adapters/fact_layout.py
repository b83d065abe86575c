"""How a file of purchases is laid out: which column means what, and in which zone times stand."""

from collections.abc import Mapping

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.money import minor_digits
from loyalcore.timing import zone

# The rows of a fact file hold these, in this order.
FIELDS: Mapping[str, str] = {
    "member": "the member's id",
    "order": "the order's id; of a redemption or a behaviour its own, and some id of a joining",
    "occurred_at": "when, such as 2026-03-08 12:30; without an offset on the clock of the zone; "
    "a bare date is the first instant of that day there",
    "kind": "purchase (the default), return, redemption, behaviour or enrol",
    "line": "the line's id; by default lines are numbered from 1 within their order",
    "price": "before discounts, for the whole line; of a return the money that comes back",
    "discount": "taken off the price",
    "quantity": "pieces",
    "sku": "the article",
    "category": "its categories, parted by |",
    "channel": "such as web",
    "store": "which store",
    "birthday": "the member's, as MM-DD or YYYY-MM-DD",
    "reward": "true for a line that was got for points; of a redemption the reward's id",
    "tax": "the part of what was paid for the line that is tax",
    "delivery": "true for a line of delivery",
    "points": "that pay for a part of the order, on each of its rows; or of a redemption",
    "behaviour": "such as share",
}
REQUIRED = ("member", "order", "occurred_at")


@attrs.frozen
class Layout:
    """What the columns of a file mean.

    Attributes:
        currency: of the money in it, an ISO 4217 code.
        timezone: the IANA zone of times without an offset, and of bare dates, each of which is the
            first instant of its day; "" when all have an offset.
        columns: for a field the name of its column, where that is another one.
        minor_units: money stands in whole minor units (cents), not in major ones.

    The fields, each a column of its own name unless `columns` says otherwise, are `member`,
    `order`, `occurred_at`, `kind`, `line`, `price`, `discount`, `quantity`, `sku`, `category`,
    `channel`, `store`, `birthday`, `reward`, `tax`, `delivery`, `points` and `behaviour`. The first
    three must be there, and so must every column that `columns` names; others are left alone.
    """

    currency: str
    timezone: str = attrs.field(default="", validator=checks.text)
    columns: Mapping[str, str] = attrs.field(factory=dict)
    minor_units: bool = attrs.field(default=False, validator=checks.instance_of(bool))

    def __attrs_post_init__(self) -> None:
        minor_digits(self.currency)
        if self.timezone:
            zone(self.timezone)
        for field in self.columns:
            if field not in FIELDS:
                raise InvalidValue("Layout.columns", field, f"known fields are {', '.join(FIELDS)}")

    def column(self, field: str) -> str:
        """Give the name of a field's column."""
        return self.columns.get(field, field)
