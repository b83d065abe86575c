"""Read programmes from files, and tell all of their mistakes at once."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cattrs import Converter

from loyalcore import checks
from loyalcore.errors import InvalidDocument, LoyalcoreError, Mistake
from loyalcore.forms import new_converter, read_document, structure
from loyalcore.loyalty.programme.conditions import Condition
from loyalcore.loyalty.programme.measures import register_goals
from loyalcore.loyalty.programme.payments import Payment
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.programme_mistakes import grant_mistakes, taken_ids, unknown_names
from loyalcore.loyalty.programme.rules import Base, Behaviour, Bonus, Cap, Multiplier
from loyalcore.loyalty.programme.tiers import Tier, ladder_mistakes
from loyalcore.loyalty.programme.vocabulary import CONDITIONS, register_conditions


def _mistakes_between(converter: Converter, data: dict[str, Any]) -> list[Mistake]:
    """Find what is wrong between those parts of a document that can be read."""

    def readable(rows: Any, kind: Any) -> Any:
        found = []
        for row in rows if isinstance(rows, list) else ():
            with suppress(ExceptionGroup, LoyalcoreError, ValueError, TypeError, AttributeError):
                found.append(converter.structure(row, kind))
        return found

    kinds = {
        "base": Base,
        "bonuses": Bonus,
        "multipliers": Multiplier,
        "caps": Cap,
        "behaviours": Behaviour,
        "payments": Payment,
    }
    rules = {key: readable(data.get(key), kind) for key, kind in kinds.items()}
    tiers = data.get("tiers")
    rows = tiers.get("ladder") if isinstance(tiers, dict) else None
    ladder = readable(rows, Tier)
    # With a step missing the others would be misjudged.
    whole = isinstance(rows, list) and rows and len(ladder) == len(rows)
    steps = ladder_mistakes(ladder) if whole else []
    return [
        *unknown_names(data),
        *taken_ids(rules),
        *_grant_mistakes(data, rows),
        *(Mistake(f"tiers.{mistake.path}", mistake.text) for mistake in steps),
    ]


def _grant_mistakes(data: dict[str, Any], ladder: Any) -> list[Mistake]:
    """Find grants of what there is not, in those tables whose ids can be read."""
    tables = {key: data.get(key, []) for key in ("entitlements", "behaviours", "rewards")}
    tables["tiers"] = [] if data.get("tiers") is None else ladder
    ids = {key: _fields(rows, "id") for key, rows in tables.items()}
    known = {key: [id_ for (id_,) in found] for key, found in ids.items() if None not in found}
    grants = _fields(data.get("grants"), "id", "entitlement", "on")
    rows = data.get("grants")
    return grant_mistakes(
        known,
        [
            None if grant is None else (*grant, _names(row.get("of")))
            for grant, row in zip(grants, rows if isinstance(rows, list) else (), strict=False)
        ],
    )


def _fields(rows: Any, *names: str) -> list[Any]:
    """Give words of each row; None where they cannot be read, or for rows that are no list."""
    if not isinstance(rows, list):
        return [None]
    return [
        tuple(row[name] for name in names)
        if isinstance(row, dict) and all(isinstance(row.get(name), str) for name in names)
        else None
        for row in rows
    ]


def _names(of: Any) -> list[str]:
    return [name for name in of if isinstance(name, str)] if isinstance(of, list) else []


def _without(data: Any, paths: Collection[str], here: str = "") -> Any:
    """Copy a document, leaving out the keys at some paths."""
    if isinstance(data, dict):
        inner = {key: (f"{here}.{key}".lstrip("."), value) for key, value in data.items()}
        return {
            key: _without(value, paths, path)
            for key, (path, value) in inner.items()
            if path not in paths
        }
    if isinstance(data, list):
        return [_without(item, paths, f"{here}[{n}]") for n, item in enumerate(data)]
    return data


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
    converter = _reader(conditions) if conditions else _CONVERTER
    try:
        return structure(converter, data, Programme, source)
    except InvalidDocument as error:
        raise InvalidDocument(source, _all_mistakes(converter, data, error)) from None


def _all_mistakes(
    converter: Converter, data: dict[str, Any], error: InvalidDocument
) -> list[Mistake]:
    """Give the mistakes found, and those that they hid.

    A class is not built while a part of it is wrong, so its own checks have not run yet.
    """
    found = list(error.mistakes)
    unknown = {m.path for m in found if m.text.startswith("unknown key")}
    known = _without(data, unknown)
    try:
        structure(converter, known, Programme, error.source)
    except InvalidDocument as more:
        parents = {path.rpartition(".")[0] for path in unknown}
        found += [m for m in more.mistakes if m not in found and m.path not in parents]
    return [*(m for m in _mistakes_between(converter, known) if m not in found), *found]


def load_programme(path: str | Path, conditions: Sequence[type[Condition]] = ()) -> Programme:
    """Read a programme from a TOML or JSON file; `conditions` as for `programme_from`.

    Raises:
        InvalidDocument: the file cannot be read, or has mistakes: all are listed with their paths.
        InvalidValue: the path is none.
    """
    checks.argument("load_programme.path", path, (str, Path), "give a file's name or Path")
    return programme_from(read_document(path), str(path), conditions)
