"""Read programmes from files, and tell all of their mistakes at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cattrs import Converter

from loyalcore import checks
from loyalcore.diagnosis import structure
from loyalcore.errors import InvalidDocument, Mistake
from loyalcore.forms import new_converter, read_document
from loyalcore.loyalty.programme.conditions import Condition
from loyalcore.loyalty.programme.measures import register_goals
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.vocabulary import (
    CONDITIONS,
    condition_class,
    register_conditions,
)


def _reader(conditions: Sequence[type[Condition]]) -> Converter:
    converter = new_converter()
    register_conditions(converter, (*CONDITIONS, *conditions))
    register_goals(converter)
    return converter


_CONVERTER = _reader(())


def programme_from(
    data: Any, source: str = "programme", conditions: Sequence[type[Condition]] = ()
) -> Programme:
    """Build a programme from plain data (as TOML or JSON gives it).

    Args:
        data: what the file holds.
        source: named when there are mistakes.
        conditions: classes of one's own, beside the library's; a host that is to publish the
            programme needs them by its hook.

    Raises:
        InvalidDocument: with every mistake and its path.

    >>> shop = {"name": "Shop", "currency": "CNY", "timezone": "Asia/Shanghai"}
    >>> programme_from(shop | {"base": [{"id": "spend"}]}).base[0].points_per_unit
    Decimal('1')
    """
    if not isinstance(data, dict):
        raise InvalidDocument(source, [Mistake("", "expected a table of keys and values")])
    classes = (*CONDITIONS, *conditions)
    converter = _reader(conditions) if conditions else _CONVERTER
    kinds = {Condition: lambda table: condition_class(table, classes)}
    return structure(converter, data, Programme, source, kinds)


def load_programme(path: str | Path, conditions: Sequence[type[Condition]] = ()) -> Programme:
    """Read a programme from a TOML or JSON file; `conditions` as for `programme_from`.

    Raises:
        InvalidDocument: the file cannot be read, or has mistakes: all are listed with their paths.
        InvalidValue: the path is none.
    """
    checks.argument("load_programme.path", path, (str, Path), "give a file's name or Path")
    return programme_from(read_document(path), str(path), conditions)
