"""Mistakes to plant in the document of a programme, each with the path under which it is told."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_origin

import attrs

from loyalcore.loyalty import CONDITIONS, Condition, Goal, Programme

UNKNOWN = "zz"
_JUNK: dict[Any, Any] = {str: 5, int: "x", bool: "maybe", Decimal: "many", date: "soon"}

# By class and field: what is of the right type and cannot be.
_BAD: dict[tuple[str, str], Any] = {
    ("Base", "points_per_unit"): 0,
    ("Bonus", "points"): 0,
    ("Bonus", "every"): "-1",
    ("Multiplier", "factor"): "0.5",
    ("Cap", "points"): -1,
    ("Behaviour", "points"): 0,
    ("Limit", "times"): 0,
    ("PeriodLimit", "times"): 0,
    ("Payment", "points_per_unit"): 0,
    ("Payment", "largest_share"): 2,
    ("Payment", "smallest"): 0,
    ("Payment", "steps"): -3,
    ("Reward", "points"): 0,
    ("Reward", "cost"): "-0.5",
    ("Reward", "id"): "a/b",
    ("Entitlement", "uses"): -1,
    ("Entitlement", "id"): "a/b",
    ("Tiers", "grace_days"): -1,
    ("Tiers", "warn_days"): -1,
    ("Sale", "fee"): 0,
    ("Sale", "whole_days"): 9999,
    ("Sale", "renew_days"): 0,
    ("Length", "days"): -1,
    ("Length", "months"): -1,
    ("Programme", "late_facts_days"): 99_999,
    ("Programme", "currency"): "XXX",
    ("Programme", "timezone"): "Asia/Peking",
    ("BasketFrom", "basket_from"): -1,
    ("InHours", "hours"): "noon",
    ("Recurs", "recurrence"): "FREQ=NEVER",
}


@attrs.frozen
class Plant:
    """A mistake: where it stands, what is put there (nothing takes the key out), what it is about.

    Attributes:
        place: the steps to it.
        value: what is put there; `...` for nothing.
        paths: under which it is told.
        unless: the paths of mistakes that leave it unknowable, as a pattern.
    """

    place: tuple[str | int, ...]
    value: Any
    paths: frozenset[str]
    unless: str = ""

    def overlaps(self, other: "Plant") -> bool:
        short = min(len(self.place), len(other.place))
        return self.place[:short] == other.place[:short]

    def hidden_by(self, other: "Plant") -> bool:
        return any(re.fullmatch(self.unless, path) for path in other.paths)

    def put(self, data: Any) -> None:
        *steps, last = self.place
        for step in steps:
            data = data.setdefault(step, {}) if isinstance(data, dict) else data[step]
        if self.value is ...:
            del data[last]
        elif isinstance(data, list) and last == len(data):
            data.append(self.value)
        else:
            data[last] = self.value


def _path(place: tuple[str | int, ...]) -> str:
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in place).lstrip(".")


def _at(place: tuple[str | int, ...], value: Any, unless: str = "") -> Plant:
    return Plant(place, value, frozenset({_path(place)}), unless)


def _inner(kind: Any) -> Any:
    kinds = [each for each in get_args(kind) if each is not NoneType]
    return kinds[0] if NoneType in get_args(kind) else kind


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and attrs.has(kind)


def _class_of(table: dict[str, Any], kind: Any) -> Any:
    return next(c for c in CONDITIONS if c.key in table) if kind is Condition else kind


def junk(kind: Any) -> Any:
    """Give what cannot stand in a field of a kind."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "nonsense"
    return "many" if kind is Goal else _JUNK.get(kind, 7)


def plants(
    value: dict[str, Any], kind: Any = Programme, place: tuple[str | int, ...] = ()
) -> Iterator[Plant]:
    """Give mistakes of a table and of what stands in it, each of which is one by itself."""
    cls = _class_of(value, kind)
    yield _at((*place, UNKNOWN), 1)
    for field in attrs.fields(cls):
        key, inner = field.metadata.get("key", field.name), _inner(field.type)
        here = (*place, key)
        if (cls.__name__, key) in _BAD:
            yield _at(here, _BAD[cls.__name__, key])
        if key not in value:
            continue
        yield _at(here, junk(inner))
        if field.default is attrs.NOTHING and kind is not Condition:
            yield _at(here, ...)
        each = get_args(inner)[0] if get_origin(inner) is tuple else None
        if _is_table(inner) and isinstance(value[key], dict):
            yield from plants(value[key], inner, here)
        if _is_table(each):
            for n, row in enumerate(value[key]):
                yield _at((*here, n), 7)
                yield from plants(row, each, (*here, n))


_IDS = r"{}(\[\d+\](\.id)?)?"
_TIER_IDS = r"tiers(\.ladder(\[\d+\](\.id)?)?)?"


def between(data: dict[str, Any]) -> Iterator[Plant]:
    """Give mistakes between the parts of a programme."""
    for n in range(len(data.get("grants", ()))):
        unless = _IDS.format("entitlements")
        yield _at(("grants", n, "entitlement"), "nope", unless)
    for n in range(len(data.get("rewards", ()))):
        yield _at(("rewards", n, "from_tier"), "nope", _TIER_IDS)
    if "referral" in data:  # whose amounts are of a currency that there is not
        yield _at(("currency",), "XXX")
    if "inactivity" in data:
        path = frozenset({"inactivity.behaviours[0]"})
        behaviours = _IDS.format("behaviours")
        yield Plant(("inactivity", "behaviours"), ["nope"], path, behaviours)
    yield Plant(("warn_days",), [400, 5], frozenset({"warn_days[0]"}))
    yield Plant(("warn_days",), [5, 6, 5], frozenset({"warn_days[2]"}))
    yield _at(("authorities", "boss"), -1)
    groups = r"multipliers(\[\d+\](\.group)?)?"
    brought = r"tiers(\.ladder(\[\d+\](\.benefits(\[\d+\](\.(kind|group))?)?)?)?)?"
    yield _at(("earning", "stacking", "nope"), "best", rf"{groups}|{brought}")
    base = data["base"][0]["id"] if data["base"] else None
    if base is not None:
        row = {"id": base, "points": 5}
        taken = frozenset({"base", "caps"})
        place = len(data.get("caps", ()))
        if place:
            yield Plant(("caps", place), row, taken, r"base(\[0\](\.id)?)?")
    if "tiers" in data:
        ladder = data["tiers"]["ladder"]
        last, entry = len(ladder) - 1, ladder[-1].get("entry", 0)
        asked = entry if isinstance(entry, dict) else {"all": {"spend": entry}}
        more = {**asked, "all": {**asked.get("all", {}), "nope": 1}}
        known = _IDS.format("behaviours") + "|" + _IDS.format(r"tiers\.measures")
        yield _at(("tiers", "ladder", last, "entry"), more, known)
        no_more = {**more, "all": {**more["all"], "nor this": 1}}
        yield _at(("tiers", "ladder", last, "entry"), no_more, known)
        # What enters a tier that is bought, or nothing else, is what it was.
        again = ladder[last - 1].get("id")
        above = rf"tiers\.ladder\[{last - 1}\](\.id)?"
        yield _at(("tiers", "ladder", last, "id"), again, above)
