"""Earning rules as data: base, multiplier, behaviour, and how multipliers stack."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import Enum
from fractions import Fraction

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.forms import demand, demand_each
from loyalcore.loyalty.programme.conditions import Condition, known
from loyalcore.loyalty.programme.limits import Limit
from loyalcore.timing import Cycle

_LARGEST = 1_000_000
_condition = attrs.validators.optional(known)


def _rate(number: Decimal | int | str) -> Decimal:
    return exact(number, "Base.points_per_unit")


def _factor(number: Decimal | int | str) -> Decimal:
    return exact(number, "Multiplier.factor")


class Per(Enum):
    """What a base rule counts."""

    MONEY = "money"
    PIECE = "piece"


@attrs.frozen
class Base:
    """Points for each unit of money spent on a line, or for each piece of it.

    Attributes:
        id: names the rule in every explanation.
        points_per_unit: points for 1.00 of the programme's currency, or for one piece.
        when: holds for the lines it covers; None covers all. Of several that cover a line the one
            that is worth most earns; ties go to money, then by priority, then id.
        priority: the higher goes first.
        per: what is counted; pieces count where something is paid for them.
    """

    id: str = attrs.field(validator=checks.name)
    points_per_unit: Decimal = attrs.field(default=Decimal(1), converter=_rate)
    when: Condition | None = attrs.field(default=None, validator=_condition)
    priority: int = attrs.field(default=0, validator=checks.whole)
    per: Per = attrs.field(default=Per.MONEY, validator=checks.instance_of(Per))

    def __attrs_post_init__(self) -> None:
        rate = self.points_per_unit
        fix = f"{rate}: give more than 0, and at most {_LARGEST:,}"
        demand(self, (0 < rate <= _LARGEST, "points_per_unit", fix))

    @property
    def factor(self) -> Decimal:
        """The rate, in points for one unit of money, or one piece."""
        return self.points_per_unit


def _amount(number: Decimal | int | str) -> Decimal:
    return exact(number, "Bonus.every")


class Clawback(Enum):
    """How a bonus goes back with what is returned."""

    IN_PROPORTION = "in_proportion"
    RETESTED = "retested"


@attrs.frozen
class Bonus:
    """Points for an order that meets a condition, on top of what its money earns.

    Attributes:
        id: names the rule in every explanation.
        points: once for each order or, with `every`, for each full such amount.
        when: holds for the order, or for the lines it is given for; None for every order.
        every: in major units: what those lines earn on, coupons counted, earns the points once
            for each such amount.
        most: at most so often for one order; only with `every`. With 1, a threshold.
        returns: what comes back takes its share of the bonus along or, with `every`, takes what
            the rest of the order would not have got.
        priority: the higher is counted first.

    It is given for lines that a base rule covers, when there is something to earn on, and shared
    among them in proportion.
    """

    id: str = attrs.field(validator=checks.name)
    points: int = attrs.field(validator=checks.positive)
    when: Condition | None = attrs.field(default=None, validator=_condition)
    every: Decimal | None = attrs.field(default=None, converter=attrs.converters.optional(_amount))
    priority: int = attrs.field(default=0, validator=checks.whole)
    most: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.positive)
    )
    returns: Clawback = attrs.field(
        default=Clawback.IN_PROPORTION, validator=checks.instance_of(Clawback)
    )

    def __attrs_post_init__(self) -> None:
        demand_each(
            self,
            (
                "every",
                lambda: self.every is None or self.every > 0 or f"{self.every}: give more than 0",
            ),
            (
                "most",
                lambda: (
                    self.most is None or self.every is not None or "only with every: give an amount"
                ),
            ),
            (
                "returns",
                lambda: (
                    self.returns is not Clawback.RETESTED
                    or self.every is not None
                    or '"retested" only with every: give an amount'
                ),
            ),
        )

    def times(self, paid: Fraction) -> int:
        """Say how often what is paid, in major units, earns the points."""
        if self.every is None:
            return 1 if paid > 0 else 0
        times = int(max(Fraction(0), paid) / Fraction(self.every))
        return times if self.most is None else min(times, self.most)


class Subject(Enum):
    """What a multiplier multiplies."""

    BASE = "base"
    BASE_AND_BONUSES = "base_and_bonuses"
    BEHAVIOURS = "behaviours"
    EVERYTHING = "everything"

    @property
    def of_base(self) -> bool:
        """The base points of spending."""
        return self is not Subject.BEHAVIOURS

    @property
    def of_bonuses(self) -> bool:
        """The bonuses of orders."""
        return self in {Subject.BASE_AND_BONUSES, Subject.EVERYTHING}

    @property
    def of_behaviours(self) -> bool:
        """The points of behaviours."""
        return self in {Subject.BEHAVIOURS, Subject.EVERYTHING}


@attrs.frozen
class Multiplier:
    """A factor on the points of spending; on those of behaviours only where it says so.

    Attributes:
        id: names the rule in every explanation.
        factor: 2 doubles; at least 1.
        when: holds for the lines it multiplies; None multiplies all.
        group: the stacking group it competes in.
        subject: the base points alone; bonuses too, where it holds for all their lines; the points
            of behaviours; or everything.
        priority: breaks ties, the higher first, before the id.
    """

    id: str = attrs.field(validator=checks.name)
    factor: Decimal = attrs.field(converter=_factor)
    when: Condition | None = attrs.field(default=None, validator=_condition)
    group: str = attrs.field(default="campaigns", validator=checks.name)
    subject: Subject = attrs.field(default=Subject.BASE, validator=checks.instance_of(Subject))
    priority: int = attrs.field(default=0, validator=checks.whole)

    def __attrs_post_init__(self) -> None:
        factor = self.factor
        fix = f"{factor}: give 1 or more, and at most {_LARGEST:,}"
        demand(self, (1 <= factor <= _LARGEST, "factor", fix))


@attrs.frozen
class Cap:
    """The most points that orders earn, once all other rules have counted.

    Attributes:
        id: names the rule in every explanation.
        points: the most.
        per: for a member within a local calendar period; None for each order.
    """

    id: str = attrs.field(validator=checks.name)
    points: int = attrs.field(validator=checks.count)
    per: Cycle | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.instance_of(Cycle))
    )


@attrs.frozen
class Behaviour:
    """Points for something a member does other than buying, such as a share or a review.

    Attributes:
        id: names the behaviour, such as "share".
        points: for each time.
        limits: how often it earns, for each member; beyond any of them it earns 0.
        on_joining: given by itself when the member joins, the first time only; it is not told.
    """

    id: str = attrs.field(validator=checks.name)
    points: int = attrs.field(validator=checks.positive)
    limits: tuple[Limit, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Limit)
    )
    on_joining: bool = attrs.field(default=False, validator=checks.instance_of(bool))

    def __attrs_post_init__(self) -> None:
        fix = "what joining brings is given once in any case: leave them out"
        demand(self, (not (self.on_joining and self.limits), "limits", fix))

    @property
    def tally(self) -> str:
        """The name under which a member's are counted."""
        return f"behaviour:{self.id}"


class Stacking(Enum):
    """What several multipliers of one group come to."""

    BEST = "best"
    SUM = "sum"
    PRODUCT = "product"

    def __call__(self, held: Sequence[Multiplier]) -> list[tuple[Multiplier, Fraction]]:
        """Give the multipliers that count, each with the group's factor once it is included.

        >>> double, triple = Multiplier("a", 2), Multiplier("b", 3)
        >>> [(m.id, int(f)) for m, f in Stacking.SUM([double, triple])]
        [('a', 2), ('b', 4)]
        """
        return _STACK[self](held)


def _best(held: Sequence[Multiplier]) -> list[tuple[Multiplier, Fraction]]:
    best = min(held, key=lambda m: (-Fraction(m.factor), -m.priority, m.id))
    return [(best, Fraction(best.factor))]


def _sum(held: Sequence[Multiplier]) -> list[tuple[Multiplier, Fraction]]:
    steps, reached = [], Fraction(1)
    for multiplier in held:
        reached += Fraction(multiplier.factor) - 1
        steps.append((multiplier, reached))
    return steps


def _product(held: Sequence[Multiplier]) -> list[tuple[Multiplier, Fraction]]:
    steps, reached = [], Fraction(1)
    for multiplier in held:
        reached *= Fraction(multiplier.factor)
        steps.append((multiplier, reached))
    return steps


_STACK: dict[Stacking, Callable[[Sequence[Multiplier]], list[tuple[Multiplier, Fraction]]]] = {
    Stacking.BEST: _best,
    Stacking.SUM: _sum,
    Stacking.PRODUCT: _product,
}
