"""Tell all mistakes of a document at once.

A class is not built while a part of it is wrong. Here what is wrong leaves a hole, the rest
stands, and every rule that looks into no hole is judged.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin

import attrs
from cattrs import Converter

from loyalcore.errors import InvalidDocument, InvalidValue, LoyalcoreError, Mistake
from loyalcore.errors.base import shown
from loyalcore.forms import Unknown, close_to, key_of, mistakes_of, unknown_key

T = TypeVar("T")
Kinds = Mapping[Any, Callable[[Any], type]]
"""Base classes, and how each tells from a table which of its classes is meant."""

_WRONG = (ExceptionGroup, LoyalcoreError, ValueError, TypeError, AttributeError)


def structure(
    converter: Converter, data: Any, cls: type[T], source: str, kinds: Kinds | None = None
) -> T:
    """Build a class from plain data, or tell every mistake with its path.

    Args:
        converter: reads values.
        data: as TOML or JSON gives it.
        cls: the class.
        source: named when there are mistakes.
        kinds: base classes of what stands in fields.

    Raises:
        InvalidDocument: with all the mistakes.
    """
    try:
        return converter.structure(data, cls)
    except _WRONG as error:
        reader = _Reader(converter, kinds or {})
        with suppress(Unknown):
            reader.table(data, cls, "")
        mistakes = reader.mistakes or mistakes_of(error, "")
        in_order = sorted(mistakes, key=lambda mistake: _stands(data, mistake.path))
        raise InvalidDocument(source, in_order) from None


@attrs.define
class _Reader:
    """Reads what can be read, and notes every mistake on its way."""

    converter: Converter
    kinds: Kinds
    mistakes: list[Mistake] = attrs.Factory(list)

    def value(self, value: Any, kind: Any, path: str) -> Any:
        """Give what stands in a field or in a list, with holes in its tables.

        Raises:
            Unknown: nothing can be said of it.
        """
        inner = _without_none(kind)
        if self._is_table(inner) and not (value is None and inner is not kind):
            with suppress(Unknown):
                return self.table(value, inner, path)
            return _blank(inner)
        each = get_args(inner)[0] if get_origin(inner) is tuple else None
        if self._is_table(each) and isinstance(value, (list, tuple)):
            return self._rows(value, each, path)
        return self._asked(path, lambda: self.converter.structure(value, kind))

    def _rows(self, rows: Any, cls: Any, path: str) -> tuple[Any, ...]:
        """Give the tables of a list.

        Raises:
            Unknown: of one of them not even its class is known.
        """
        read, unknown = list[Any](), False
        for place, row in enumerate(rows):
            try:
                read.append(self.table(row, cls, f"{path}[{place}]"))
            except Unknown:
                unknown = unknown or cls in self.kinds
                read.append(_blank(cls))
        if unknown:
            raise Unknown
        return tuple(read)

    def table(self, value: Any, cls: Any, path: str) -> Any:
        """Give a table as its class, or as one with holes.

        Raises:
            Unknown: it is no table, or nobody knows of which class.
        """
        found = self._asked(path, lambda: self.kinds[cls](value)) if cls in self.kinds else cls
        if not isinstance(value, dict):
            return self._asked(path, lambda: self.converter.structure(value, found))
        before, blank = len(self.mistakes), _blank(found)
        known = {key_of(found, field.name): field for field in _fields(found)}
        strange = sorted(map(str, value.keys() - known.keys()))
        for key in strange:
            self.mistakes.append(Mistake(_under(path, key), unknown_key(key, known)))
        meant = {close_to(key, known) for key in strange}
        for key, field in known.items():
            try:
                filled = self._filled(blank, field, value, key, path, key in meant)
            except Unknown:
                continue
            object.__setattr__(blank, field.name, filled)
        return self._judged(blank, found, path, whole=len(self.mistakes) == before)

    def _is_table(self, kind: Any) -> bool:
        return kind in self.kinds or (isinstance(kind, type) and attrs.has(kind))

    def _asked(self, path: str, ask: Callable[[], Any]) -> Any:
        """Give what comes of something, or note its mistakes.

        Raises:
            Unknown: it has some.
        """
        try:
            return ask()
        except _WRONG as error:
            self.mistakes += mistakes_of(error, path)
            raise Unknown from None

    def _filled(
        self, blank: Any, field: Any, table: Any, key: str, path: str, misspelt: bool
    ) -> Any:
        """Give the value of one field, converted and validated by itself.

        Raises:
            Unknown: it is wrong, missing, or may be what an unknown key was meant to give.
        """
        path = _under(path, key)
        if key not in table:
            if field.default is attrs.NOTHING:
                self.mistakes.append(Mistake(path, "missing: give a value"))
            if misspelt or field.default is attrs.NOTHING:
                raise Unknown
            return _default(blank, field)
        before = len(self.mistakes)
        value = self.value(table[key], field.type, path)
        if len(self.mistakes) > before:
            return value
        try:
            return _checked(blank, field, value)
        except _WRONG as error:
            told = [m for part, one in _parts(value) for m in _told(blank, field, one, path + part)]
            self.mistakes += told or [_mistake(error, path)]
            raise Unknown from None

    def _judged(self, blank: Any, cls: type, path: str, *, whole: bool) -> Any:
        """Ask the rules of a class; what one finds wrong is a hole for all that look at it."""
        rules = getattr(blank, "__attrs_post_init__", None)
        try:
            if whole:
                return cls(
                    **{str(field.alias): getattr(blank, field.name) for field in _fields(cls)}
                )
            if rules is not None:
                rules()
        except Unknown:
            pass
        except _WRONG as error:
            for mistake in mistakes_of(error, ""):
                self.mistakes.append(Mistake(_under(path, mistake.path), mistake.text))
                _dig(blank, mistake.path)
        return blank


def _steps(path: str) -> list[str]:
    return re.findall(r"[^.\[\]]+", path)


def _stands(data: Any, path: str) -> list[int]:
    """Say where a path leads in a document; what is not there comes last in its table."""
    places = []
    for step in _steps(path):
        table = data if isinstance(data, dict) else dict(enumerate(data))
        keys = [str(key) for key in table]
        places.append(keys.index(step) if step in keys else len(keys))
        inner = [*table.values(), ()][places[-1]]
        data = inner if isinstance(inner, (dict, list, tuple)) else ()
    return places


def _under(path: str, key: str) -> str:
    return f"{path}.{key}".strip(".")


def _without_none(kind: Any) -> Any:
    """Give X of `X | None`."""
    kinds = [each for each in get_args(kind) if each is not NoneType]
    return kinds[0] if NoneType in get_args(kind) and len(kinds) == 1 else kind


@lru_cache
def _fields(cls: type) -> "tuple[attrs.Attribute[Any], ...]":
    """Give the fields that a document may fill."""
    attrs.resolve_types(cls)
    return tuple(field for field in attrs.fields(cls) if field.init)


def _default(blank: Any, field: Any) -> Any:
    default = field.default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        default = default.factory(*([blank] if default.takes_self else []))
    return _converted(blank, field, default)


def _converted(blank: Any, field: Any, value: Any) -> Any:
    if field.converter is None:
        return value
    convert: Callable[..., Any] = field.converter
    more = (blank, field) if isinstance(field.converter, attrs.Converter) else ()
    return convert(value, *more)


def _checked(blank: Any, field: Any, value: Any) -> Any:
    value = _converted(blank, field, value)
    if field.validator is not None:
        field.validator(blank, field, value)
    return value


def _parts(value: Any) -> list[tuple[str, Any]]:
    """Part a list or a table into such of one value each."""
    if isinstance(value, tuple):
        return [(f"[{place}]", (each,)) for place, each in enumerate(value)]
    if isinstance(value, Mapping):
        return [(f".{key}", {key: each}) for key, each in value.items()]
    return []


def _told(blank: Any, field: Any, value: Any, path: str) -> list[Mistake]:
    try:
        _checked(blank, field, value)
    except _WRONG as error:
        return [_mistake(error, path)]
    return []


def _mistake(error: BaseException, path: str) -> Mistake:
    """Say what is wrong with the value at a path."""
    if isinstance(error, InvalidValue):
        return Mistake(path, f"{shown(error.value)} is not allowed: {error.fix}")
    return next(iter(mistakes_of(error, path)))


# --- holes -----------------------------------------------------------------------------------


@lru_cache
def _holed(cls: type) -> type:
    """Give a class like another, whose fields may be missing: to look at one raises Unknown."""
    names = {field.name for field in attrs.fields(cls)}

    def look(self: Any, name: str) -> Any:
        if name in names:
            raise Unknown
        above: Any = super(holed, self)
        if hasattr(cls, "__getattr__"):
            return above.__getattr__(name)
        raise AttributeError(name)

    own = {"__slots__": (), "__getattr__": look, "has_holes": True}
    holed = type(cls.__name__, (cls,), own)
    return holed


def _blank(cls: Any) -> Any:
    """Give an instance of which nothing is known."""
    return object.__new__(_holed(cls))


def _field(owner: Any, name: str) -> Any:
    with suppress(Unknown):
        return getattr(owner, name)
    return None


def _dig(found: Any, path: str) -> None:
    """Leave a hole at a path, or where it leads as far as fields go."""
    owner, name, here = found, "", found
    for step in _steps(path):
        if isinstance(here, tuple):
            here = here[int(step)]
        elif attrs.has(type(here)) and step in attrs.fields_dict(type(here)):
            owner, name, here = here, step, _field(here, step)
        else:
            break
    for each in [name] if name else [field.name for field in attrs.fields(type(found))]:
        kind: Any = type(owner)
        if not hasattr(kind, "has_holes"):
            object.__setattr__(owner, "__class__", _holed(kind))
        with suppress(AttributeError):  # a hole already
            object.__delattr__(owner, each)
