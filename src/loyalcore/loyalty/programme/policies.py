"""The parts of a programme: how spending earns, how long points live, what comes back."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

import attrs

from loyalcore import checks
from loyalcore.forms import demand, demand_each
from loyalcore.loyalty.programme.allocation import Rounding
from loyalcore.loyalty.programme.rules import Stacking
from loyalcore.timing import Cycle, Length


class Scope(Enum):
    """Where points are rounded: once for each order, or once for each line."""

    ORDER = "order"
    LINE = "line"


class Discounts(Enum):
    """Whether an order earns on prices after discounts or before."""

    AFTER = "after"
    BEFORE = "before"


class Counted(Enum):
    """Whether a part of what is paid earns points and qualifies for tiers, or is left out."""

    COUNTED = "counted"
    LEFT_OUT = "left_out"


class Shortfall(Enum):
    """What becomes of points that a return claims back and the member no longer has."""

    DEBT = "debt"
    WAIVE = "waive"


class ExpiredPoints(Enum):
    """What becomes of points that a return claims and that expired before they were spent."""

    CLAIMED = "claimed"
    WAIVED = "waived"


@attrs.frozen
class Returns:
    """What a return claims back.

    Attributes:
        expired: points of the order's own lot that expired unspent are claimed from the others;
            or, of what expires while the programme says so, let go: the member had nothing of
            them.
    """

    expired: ExpiredPoints = attrs.field(
        default=ExpiredPoints.CLAIMED, validator=checks.instance_of(ExpiredPoints)
    )


def frozen_table(stacking: Any) -> Any:
    """Take a copy that nobody can change; what is no table is refused by name later."""
    return MappingProxyType(dict(stacking)) if isinstance(stacking, Mapping) else stacking


_stacks = attrs.validators.deep_mapping(
    checks.name, checks.instance_of(Stacking), checks.instance_of(MappingProxyType)
)


@attrs.frozen
class Earning:
    """How spending becomes points.

    Attributes:
        rounding: how exact points become whole ones.
        scope: rounded once for the order, or for each line.
        discounts: earned on prices after or before discounts.
        tax: whether the tax contained in a line earns; what does not, qualifies for no tier.
        delivery: whether lines of delivery earn.
        points_paid: whether the part that is paid with points earns.
        stacking: what several multipliers of a group come to, by group; "best" where not said.
    """

    rounding: Rounding = attrs.field(default=Rounding.FLOOR, validator=checks.instance_of(Rounding))
    scope: Scope = attrs.field(default=Scope.ORDER, validator=checks.instance_of(Scope))
    discounts: Discounts = attrs.field(
        default=Discounts.AFTER, validator=checks.instance_of(Discounts)
    )
    tax: Counted = attrs.field(default=Counted.COUNTED, validator=checks.instance_of(Counted))
    delivery: Counted = attrs.field(default=Counted.LEFT_OUT, validator=checks.instance_of(Counted))
    points_paid: Counted = attrs.field(
        default=Counted.LEFT_OUT, validator=checks.instance_of(Counted)
    )
    stacking: Mapping[str, Stacking] = attrs.field(
        default=MappingProxyType({}), converter=frozen_table, validator=_stacks, hash=False
    )


@attrs.frozen
class Expiry:
    """When points can be spent.

    Attributes:
        after: the lot's life from the day it was earned; None for ever.
        end_of: the lot lasts to the end of the local day, month, quarter or year in which that
            life ends; only with `after`.
        pending: days from the day it was earned before the lot can be spent.
    """

    after: Length | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.instance_of(Length))
    )
    end_of: Cycle = attrs.field(default=Cycle.DAY, validator=checks.instance_of(Cycle))
    pending: Length = attrs.field(default=Length(), validator=checks.instance_of(Length))

    def __attrs_post_init__(self) -> None:
        demand_each(
            self,
            (
                "end_of",
                lambda: (
                    self.after is not None
                    or self.end_of is Cycle.DAY
                    or "points that never expire last to the end of nothing: give after, too"
                ),
            ),
            (
                "after",
                lambda: (
                    self.after is None
                    or self.after.least_days >= self.pending.most_days
                    or "points would expire before they can be spent: give a longer life"
                ),
            ),
        )


class Lapsed(Enum):
    """What becomes of points that come back when a redemption is undone, and lapsed meanwhile."""

    EXPIRED = "expired"
    GRACE = "grace"
    REISSUE = "reissue"


@attrs.frozen
class Undo:
    """How a redemption is undone.

    Attributes:
        lapsed: points whose lot expired meanwhile stay expired; or they are issued anew, once, for
            some days of grace or with a life of their own.
        grace: for how long, to the end of the local day; only with `grace`.
    """

    lapsed: Lapsed = attrs.field(default=Lapsed.EXPIRED, validator=checks.instance_of(Lapsed))
    grace: Length = attrs.field(default=Length(), validator=checks.instance_of(Length))

    def __attrs_post_init__(self) -> None:
        graceful = self.lapsed is Lapsed.GRACE
        demand(
            self,
            (graceful or not self.grace, "grace", 'only with lapsed = "grace"'),
            (not graceful or bool(self.grace), "grace", "give some days, such as { days = 30 }"),
        )
