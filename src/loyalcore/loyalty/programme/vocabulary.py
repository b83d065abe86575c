"""The vocabulary of conditions: all that come with the library, and how they are written."""

from collections.abc import Sequence
from typing import Any

from attrs import fields
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from loyalcore.errors import InvalidDocument, InvalidValue, Mistake
from loyalcore.forms import unknown_key
from loyalcore.loyalty.programme.buying_conditions import (
    BasketFrom,
    FirstPurchase,
    InCategory,
    InChannel,
    InStore,
    InTier,
    OfSku,
)
from loyalcore.loyalty.programme.conditions import AllOf, AnyOf, Condition, Not
from loyalcore.loyalty.programme.time_conditions import (
    During,
    InHours,
    OnAnniversary,
    OnBirthday,
    Recurs,
)

CONDITIONS: tuple[type[Condition], ...] = (
    AllOf,
    AnyOf,
    BasketFrom,
    During,
    FirstPurchase,
    InCategory,
    InChannel,
    InHours,
    InStore,
    InTier,
    Not,
    OfSku,
    OnAnniversary,
    OnBirthday,
    Recurs,
)
"""The conditions that come with the library."""


def condition_class(value: Any, classes: Sequence[type[Condition]]) -> type[Condition]:
    """Give the class that a table means by its keys.

    Raises:
        ValueError, InvalidDocument: it means none, or several.
    """
    by_key = {cls.key: cls for cls in classes}
    if not isinstance(value, dict):
        raise ValueError(f"expected a condition such as {{ category = [...] }}, got {value!r}")
    found = [key for key in by_key if key in value]
    found = found or [
        key for key, cls in by_key.items() if {f.name for f in fields(cls)} & value.keys()
    ]
    if not found:
        given = next(iter(value), "")
        text = unknown_key(str(given), by_key) if value else "an empty condition"
        raise InvalidDocument("condition", [Mistake(str(given), text)])
    whole = [key for key in found if value.keys() <= {f.name for f in fields(by_key[key])}]
    found = whole if len(whole) == 1 else found
    if len(found) > 1:
        text = f"{' and '.join(found)} stand together: put each into a list under all"
        raise InvalidDocument("condition", [Mistake("", text)])
    return by_key[found[0]]


def register_conditions(
    converter: Converter, classes: Sequence[type[Condition]] = CONDITIONS, *, all_: bool = False
) -> None:
    """Teach a converter to read and write conditions by their key words.

    Args:
        converter: is taught.
        classes: which it knows.
        all_: write others, too, which nothing will read again.
    """

    def structure(value: Any, _: Any) -> Condition:
        return converter.structure(value, condition_class(value, classes))

    def unstructure(condition: Condition) -> Any:
        if not all_ and type(condition) not in classes:
            fix = "bring its class into the host by the hook loyalcore_conditions"
            raise InvalidValue("condition", condition, fix)
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
