"""What tiers count, and goals over it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import Any

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from loyalcore import checks
from loyalcore.decimals import exact, minus, plain
from loyalcore.errors import InvalidValue
from loyalcore.forms import demand
from loyalcore.loyalty.programme.conditions import Condition, known

BEHAVIOUR = "behaviour:"
_NOTHING: Mapping[str, Decimal] = MappingProxyType({})


class Kind(Enum):
    """What a measure counts: money spent, points as awarded, or orders."""

    SPEND = "spend"
    POINTS = "points"
    ORDERS = "orders"


@attrs.frozen
class Measure:
    """Something that tiers count beside the measures that there always are.

    Those are `spend`, `points`, `orders`, and `behaviour:ID` for each behaviour: the times that
    it earned. So `{ id = "flown", of = "spend", when = { category = ["flight"] } }` keeps what
    qualifies apart from what can be spent.

    Attributes:
        id: by which thresholds name it.
        of: qualifying spend, points as awarded, or orders with any qualifying spend.
        when: counts only lines, and so orders with such lines, for which it holds; with points
            those of behaviours do not count then.
    """

    id: str = attrs.field(validator=checks.name)
    of: Kind = attrs.field(validator=checks.instance_of(Kind))
    when: Condition | None = attrs.field(default=None, validator=attrs.validators.optional(known))

    @property
    def taken(self) -> bool:
        """Say whether its id is that of a measure that there always is."""
        return self.id in ALWAYS or self.id.startswith(BEHAVIOUR)


ALWAYS = {kind.value: Measure(kind.value, kind) for kind in Kind}
"""The measures that there always are, by id."""


@attrs.frozen
class Lack:
    """What is missing to a goal in one measure.

    Attributes:
        measure: its id.
        amount: how much, more than 0: major units of money, points, orders or times.
    """

    measure: str
    amount: Decimal


def _amounts(table: Any) -> Any:
    """Take a copy that nobody can change, of exact numbers."""
    if not isinstance(table, Mapping):
        return table
    return MappingProxyType({name: exact(n, f"Goal.{name}") for name, n in table.items()})


_table = attrs.validators.deep_mapping(
    checks.name, checks.not_negative, checks.instance_of(MappingProxyType)
)


@attrs.frozen
class Goal:
    """What a tier asks for: spend as a number, or `{ any = { spend = 10000, orders = 20 } }`.

    Attributes:
        all: amounts by measure, each of which is to be reached, itself included.
        any: amounts by measure, of which one is to be reached, too.
    """

    all: Mapping[str, Decimal] = attrs.field(
        default=_NOTHING, converter=_amounts, validator=_table, hash=False
    )
    any: Mapping[str, Decimal] = attrs.field(
        default=_NOTHING, converter=_amounts, validator=_table, hash=False
    )

    def __attrs_post_init__(self) -> None:
        fix = "give amounts by measure under any or all, such as { any = { orders = 20 } }"
        demand(self, (bool(self.any or self.all), "", fix))

    @classmethod
    def of(cls, value: Any, field: str = "Goal") -> "Goal":
        """Give a goal as it is, or a number as one of spend."""
        if isinstance(value, Goal):
            return value
        number = exact(value, field)
        if number < 0:
            raise InvalidValue(field, value, "give 0 or more")
        return cls({"spend": number})

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures it looks at."""
        return tuple(dict.fromkeys([*self.all, *self.any]))

    @property
    def spend(self) -> Decimal | None:
        """The spend that reaches it when nothing else is counted; None where none does."""
        alone = [way for way in self.ways if not any(n for m, n in way.items() if m != "spend")]
        return min((way.get("spend", Decimal(0)) for way in alone), default=None)

    @cached_property
    def ways(self) -> tuple[Mapping[str, Decimal], ...]:
        """The ways to reach it: amounts by measure, all of which one way needs."""
        if not self.any:
            return (self.all,)
        return tuple(
            {**self.all, measure: max(amount, self.all.get(measure, amount))}
            for measure, amount in self.any.items()
        )

    def met(self, counts: Mapping[str, Decimal]) -> bool:
        """Say whether what was counted reaches it; what is not counted is 0."""
        return any(not _lacks(way, counts) for way in self.ways)

    def met_by(self, counts: Mapping[str, Decimal]) -> tuple[str, ...]:
        """Name the measures by which it is reached; none when it is not."""
        met = [way for way in self.ways if not _lacks(way, counts)]
        return tuple(dict.fromkeys(measure for way in met for measure in way))

    def implies(self, other: "Goal") -> bool:
        """Say whether whoever reaches this one has reached the other, too."""
        return all(other.met(way) for way in self.ways)

    def missing(self, counts: Mapping[str, Decimal]) -> tuple[tuple[Lack, ...], ...]:
        """Say what is missing, for each way to reach it."""
        return tuple(_lacks(way, counts) for way in self.ways)

    def __str__(self) -> str:
        return " or ".join(
            " and ".join(plain(n) if m == "spend" else f"{plain(n)} {m}" for m, n in way.items())
            for way in self.ways
        )


def _lacks(way: Mapping[str, Decimal], counts: Mapping[str, Decimal]) -> tuple[Lack, ...]:
    """Give what a way lacks, measure by measure."""

    def each() -> Iterator[Lack]:
        for measure, amount in way.items():
            reached = counts.get(measure, Decimal(0))
            if reached < amount:
                yield Lack(measure, minus(amount, reached))

    return tuple(each())


def register_goals(converter: Converter) -> None:
    """Teach a converter to read and write a goal of spend as a plain number."""
    read = make_dict_structure_fn(
        Goal, converter, _cattrs_forbid_extra_keys=True, _cattrs_include_init_false=False
    )
    write = make_dict_unstructure_fn(Goal, converter, _cattrs_omit_if_default=True)

    def structure(value: Any, _: Any) -> Goal:
        return read(value, Goal) if isinstance(value, dict) else Goal.of(exact(value))

    def unstructure(goal: Goal) -> Any:
        plain_number = not goal.any and set(goal.all) == {"spend"}
        return plain(goal.all["spend"]) if plain_number else write(goal)

    converter.register_structure_hook(Goal, structure)
    converter.register_unstructure_hook(Goal, unstructure)
