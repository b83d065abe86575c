"""Conditions: when a rule holds, as data."""

from datetime import date, timedelta
from enum import Enum
from typing import Any, ClassVar

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from loyalcore import checks
from loyalcore.errors import InvalidDocument, InvalidValue, Mistake
from loyalcore.forms import demand, unknown_key
from loyalcore.loyalty.line import Line
from loyalcore.timing import Cycle, LeapDay, MonthDay, Recurrence


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
    """

    day: date
    leap_day: LeapDay = LeapDay.FEBRUARY_28
    birthday: MonthDay | None = None
    channel: str = ""
    store: str = ""
    line: Line | None = None

    def of(self, line: Line) -> "Facts":
        """Give the same facts of one line."""
        return Facts(self.day, self.leap_day, self.birthday, self.channel, self.store, line)


@attrs.frozen
class Condition:
    """The base of all conditions.

    A subclass sets `key`, the word that names it in a programme file (and its first field), says
    in `per_line` whether it looks at the line, and answers `holds`.
    """

    key: ClassVar[str] = ""

    @property
    def per_line(self) -> bool:
        """Say whether the answer may differ between the lines of one order."""
        return False

    def holds(self, facts: Facts) -> bool:
        """Say whether the condition holds."""
        raise AssertionError(f"{type(self).__name__} must answer holds()")


def _named(condition: Condition, names: object) -> None:
    listed = isinstance(names, tuple) and all(isinstance(name, str) and name for name in names)
    fix = 'give a list of at least one name, such as ["wine"]'
    demand(condition, (listed and bool(names), condition.key, fix))


def known(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a condition that can be written and read again.

    Raises:
        InvalidValue: it is none, or of a class that the library does not know.
    """
    if type(value) not in CONDITIONS:
        names = ", ".join(cls.__name__ for cls in CONDITIONS)
        field = f"{type(instance).__name__}.{attribute.name}"
        raise InvalidValue(field, value, f"give one of {names}")


def _combined(condition: Condition, parts: object) -> None:
    listed = isinstance(parts, tuple) and all(type(part) in CONDITIONS for part in parts)
    demand(condition, (listed, condition.key, "give a list of the library's conditions"))


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
class Recurs(Condition):
    """Hold on days that recur: `{ recurrence = "FREQ=MONTHLY;BYMONTHDAY=8" }`."""

    key: ClassVar[str] = "recurrence"
    recurrence: str = attrs.field(validator=checks.name)
    start: date | None = attrs.field(default=None, validator=attrs.validators.optional(checks.day))

    def __attrs_post_init__(self) -> None:
        try:
            Recurrence(self.recurrence, self.start)
        except InvalidDocument as error:
            mistakes = [Mistake("recurrence", mistake.text) for mistake in error.mistakes]
            raise InvalidDocument("Recurs", mistakes) from None

    def holds(self, facts: Facts) -> bool:
        """Ask the recurrence about the day."""
        return Recurrence.falls(self.recurrence, self.start, facts.day)


@attrs.frozen
class During(Condition):
    """Hold from a first day to a last, both included: `{ first = ..., last = ... }`."""

    key: ClassVar[str] = "first"
    first: date = attrs.field(validator=checks.day)
    last: date = attrs.field(validator=checks.day)

    def __attrs_post_init__(self) -> None:
        demand(self, (self.first <= self.last, "last", f"{self.last} lies before {self.first}"))

    def holds(self, facts: Facts) -> bool:
        """Compare the day."""
        return self.first <= facts.day <= self.last


class BirthdaySpan(Enum):
    """How long a birthday lasts: its day, its week from Monday, or its month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@attrs.frozen
class OnBirthday(Condition):
    """Hold on the member's birthday, or in its week or month: `{ birthday = "month" }`."""

    key: ClassVar[str] = "birthday"
    birthday: BirthdaySpan = attrs.field(validator=checks.instance_of(BirthdaySpan))

    def holds(self, facts: Facts) -> bool:
        """Compare the day with the birthday as it is kept that year."""
        if facts.birthday is None:
            return False
        cycle = Cycle(self.birthday.value)
        # A birthday's week may reach into another year than the birthday itself.
        years = {(facts.day + timedelta(days=shift)).year for shift in (-6, 0, 6)}
        kept = (facts.birthday.kept_in(year, facts.leap_day) for year in years)
        return any(cycle.start(day) == cycle.start(facts.day) for day in kept)


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


CONDITIONS: tuple[type[Condition], ...] = (
    AllOf,
    AnyOf,
    During,
    InCategory,
    InChannel,
    InStore,
    Not,
    OfSku,
    OnBirthday,
    Recurs,
)
"""The conditions that come with the library."""


def register_conditions(converter: Converter) -> None:
    """Teach a converter to read and write conditions by their key words."""
    by_key = {cls.key: cls for cls in CONDITIONS}

    def structure(value: Any, _: Any) -> Condition:
        if not isinstance(value, dict):
            raise ValueError(f"expected a condition such as {{ category = [...] }}, got {value!r}")
        found = [key for key in by_key if key in value]
        found = found or [
            key for key, cls in by_key.items() if {f.name for f in attrs.fields(cls)} & value.keys()
        ]
        if not found:
            given = next(iter(value), "")
            text = unknown_key(str(given), by_key) if value else "an empty condition"
            raise InvalidDocument("condition", [Mistake(str(given), text)])
        if len(found) > 1:
            text = f"{' and '.join(found)} stand together: put each into a list under all"
            raise InvalidDocument("condition", [Mistake("", text)])
        return converter.structure(value, by_key[found[0]])

    def unstructure(condition: Condition) -> Any:
        return converter.unstructure(condition, unstructure_as=type(condition))

    converter.register_structure_hook_func(lambda cls: cls is Condition, structure)
    converter.register_unstructure_hook_func(lambda cls: cls is Condition, unstructure)
    renamed = override(rename="not")
    converter.register_structure_hook(
        Not, make_dict_structure_fn(Not, converter, condition=renamed)
    )
    converter.register_unstructure_hook(
        Not, make_dict_unstructure_fn(Not, converter, condition=renamed)
    )
