"""Conditions: when a rule holds, as data; open to classes of a plug-in's own."""

from datetime import date, time
from decimal import Decimal
from typing import Any, ClassVar

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.forms import demand
from loyalcore.loyalty.programme.line import Line
from loyalcore.timing import LeapDay, MonthDay


@attrs.frozen
class Facts:
    """What a condition may look at.

    Attributes:
        day: the programme's local day on which the purchase occurred.
        leap_day: when a 29 February birthday is kept.
        birthday: the member's, if known.
        channel: where it was bought, such as "web".
        store: which store.
        line: the line in question; None while the order as a whole is.
        clock: the local wall time of the purchase.
        joined: the local day on which the member joined.
        tier: the member's when it is recorded; "" without tiers.
        first_purchase: no order of the member was recorded before.
        basket: what is paid for the order, in major units of the programme's currency.
    """

    day: date
    leap_day: LeapDay = LeapDay.FEBRUARY_28
    birthday: MonthDay | None = None
    channel: str = ""
    store: str = ""
    line: Line | None = None
    clock: time | None = None
    joined: date | None = None
    tier: str = ""
    first_purchase: bool = False
    basket: Decimal | None = None

    def of(self, line: Line) -> "Facts":
        """Give the same facts of one line."""
        return Facts(
            self.day,
            self.leap_day,
            self.birthday,
            self.channel,
            self.store,
            line,
            self.clock,
            self.joined,
            self.tier,
            self.first_purchase,
            self.basket,
        )


@attrs.frozen
class Condition:
    """The base of all conditions.

    A subclass, a frozen attrs class, sets `key`, the word that names it in a programme file (and
    its first field), says in `per_line` whether it looks at the line, and answers `holds`. The
    hook `loyalcore_conditions` brings it into a host.
    """

    key: ClassVar[str] = ""

    @property
    def per_line(self) -> bool:
        """Say whether the answer may differ between the lines of one order."""
        return False

    def holds(self, facts: Facts) -> bool:
        """Say whether the condition holds."""
        raise AssertionError(f"{type(self).__name__} must answer holds()")


def known(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a condition that a file can name.

    Raises:
        InvalidValue: it is none.
    """
    if not _is_condition(value):
        field = f"{type(instance).__name__}.{attribute.name}"
        raise InvalidValue(field, value, "give a Condition whose class has a key")


def _is_condition(value: object) -> bool:
    return isinstance(value, Condition) and bool(value.key)


def _combined(condition: Condition, parts: object) -> None:
    listed = isinstance(parts, tuple) and all(_is_condition(part) for part in parts)
    demand(condition, (listed, condition.key, "give a list of conditions"))


@attrs.frozen
class AllOf(Condition):
    """Hold when all of these do: `{ all = [{...}, {...}] }`."""

    key: ClassVar[str] = "all"
    all: tuple[Condition, ...] = attrs.field(converter=checks.listed)

    def __attrs_post_init__(self) -> None:
        _combined(self, self.all)

    @property
    def per_line(self) -> bool:
        """A matter of the line as soon as one of them is."""
        return any(condition.per_line for condition in self.all)

    def holds(self, facts: Facts) -> bool:
        """Ask each."""
        return all(condition.holds(facts) for condition in self.all)


@attrs.frozen
class AnyOf(Condition):
    """Hold when one of these does: `{ any = [{...}, {...}] }`."""

    key: ClassVar[str] = "any"
    any: tuple[Condition, ...] = attrs.field(converter=checks.listed)

    def __attrs_post_init__(self) -> None:
        _combined(self, self.any)

    @property
    def per_line(self) -> bool:
        """A matter of the line as soon as one of them is."""
        return any(condition.per_line for condition in self.any)

    def holds(self, facts: Facts) -> bool:
        """Ask each."""
        return any(condition.holds(facts) for condition in self.any)


@attrs.frozen
class Not(Condition):
    """Hold when this does not: `{ not = {...} }`."""

    key: ClassVar[str] = "not"
    condition: Condition = attrs.field(metadata={"key": "not"}, validator=known)

    @property
    def per_line(self) -> bool:
        """As the condition it turns round."""
        return self.condition.per_line

    def holds(self, facts: Facts) -> bool:
        """Ask it."""
        return not self.condition.holds(facts)
