"""Read and write typed data: one strict converter for programme files and stored events alike."""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache
from pathlib import Path
from types import GenericAlias
from typing import Any, TypeVar, get_args, get_origin

import attrs
from cattrs import (
    ClassValidationError,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationError,
)

from loyalcore import checks
from loyalcore.decimals import exact, plain
from loyalcore.errors import InvalidDocument, InvalidValue, Mistake
from loyalcore.errors.base import shown

T = TypeVar("T")
V = TypeVar("V")
_MICROSECOND = timedelta(microseconds=1)


def demand(form: object, *rules: tuple[bool, str, str]) -> None:
    """Check a table of (holds, field, text) and refuse with every one that does not hold.

    Raises:
        InvalidDocument: at least one rule does not hold.
    """
    mistakes = [Mistake(field, text) for holds, field, text in rules if not holds]
    if mistakes:
        raise InvalidDocument(type(form).__name__, mistakes)


class Unknown(Exception):
    """What a rule looks at is wrong itself, so that nobody can say whether the rule holds."""


def where_known() -> suppress:
    """Pass over what cannot be judged since something it looks at is wrong itself."""
    return suppress(Unknown)


def demand_each(form: object, *rules: tuple[str, Callable[[], bool | str]]) -> None:
    """Ask each of a table of (field, rule) whether it holds, and refuse with all that do not.

    A rule gives true, or what is wrong.

    Raises:
        InvalidDocument: at least one rule does not hold.
    """
    mistakes = []
    for field, holds in rules:
        with where_known():
            text = holds()
            if isinstance(text, str):
                mistakes.append(Mistake(field, text))
    if mistakes:
        raise InvalidDocument(type(form).__name__, mistakes)


def found_by(*finders: Callable[[], Iterable[Mistake]]) -> list[Mistake]:
    """Gather the mistakes that several find, each as far as it can look."""
    mistakes: list[Mistake] = []
    for find in finders:
        with where_known():
            for mistake in find():
                mistakes.append(mistake)  # noqa: PERF402 - what was found before a hole stays
    return mistakes


def readable(rows: Callable[[], Iterable[T]], read: Callable[[T], V]) -> list[V]:
    """Give what can be read of each row."""
    values: list[V] = []
    with where_known():
        for row in rows():
            with where_known():
                values.append(read(row))
    return values


def utc(instant: datetime, field: str = "instant") -> datetime:
    """Give the same instant in UTC, as a plain datetime in whole microseconds.

    Raises:
        InvalidValue: it is naive, or lies before 1900 or after 8999, where calendars end.
    """
    return checks.in_utc(field, instant)


def _exactly(cls: type[T], words: str) -> Callable[[Any, Any], T]:
    def structure(value: Any, _: Any) -> T:
        if type(value) is not cls:
            raise ValueError(f"expected {words}, got {shown(value)}")
        return value

    return structure


def _instant(value: Any, _: Any) -> datetime:
    return _parsed(value) if isinstance(value, str) else _with_its_zone(value)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> datetime:
    """Read an instant: one event holds the same one several times."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"expected a date and time, got {shown(text)}") from None
    return _with_its_zone(instant)


def _with_its_zone(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ValueError(f"expected a date and time with its zone, got {shown(value)}")
    return utc(value)


def _date(value: Any, _: Any) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"expected a date such as 2026-03-08, got {shown(value)}") from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"expected a date such as 2026-03-08, got {shown(value)}")
    return value


def _length(value: Any, _: Any) -> timedelta:
    if type(value) is not int:
        raise ValueError(f"expected whole microseconds, got {shown(value)}")
    try:
        return timedelta(microseconds=value)
    except OverflowError:
        raise ValueError(f"expected microseconds within reach, got {shown(value)}") from None


def _enum(value: Any, cls: Any) -> Any:
    try:
        return cls(value)
    except ValueError:
        options = ", ".join(str(option.value) for option in cls)
        raise ValueError(f"expected one of {options}, got {shown(value)}") from None


def _is_list(cls: Any) -> bool:
    """Recognise `tuple[X, ...]`, which documents write as a list."""
    return get_origin(cls) is tuple and get_args(cls)[-1] is Ellipsis


def _is_enum(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Enum)


def _list_hook(cls: Any, converter: Converter) -> Callable[[Any, Any], tuple[Any, ...]]:
    """Read a list, and nothing else that can be walked: a word is no list of letters."""
    each: Any = GenericAlias(list, get_args(cls)[:1])
    read = converter.get_structure_hook(each)

    def structure(value: Any, _: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"expected a list, got {shown(value)}")
        return tuple(read(value, each))

    return structure


def _is_list_of_classes(cls: Any) -> bool:
    return _is_list(cls) and attrs.has(get_args(cls)[0])


def _write_each(cls: Any, converter: Converter) -> Callable[[Any], list[Any]]:
    """Write a list item by item; a comprehension takes less time than the usual generator."""
    each = converter.get_unstructure_hook(get_args(cls)[0])
    return lambda items: [each(item) for item in items]


@lru_cache(maxsize=1024)
def _isoformat(instant: datetime) -> str:
    """Write an instant that is in UTC."""
    return instant.isoformat()


def new_converter(*, report_all: bool = True) -> Converter:
    """Build the converter: strict types, no unknown keys, defaults left out when written.

    Args:
        report_all: collect every mistake with its path (for people's files); without it the
            first mistake raises, at less cost (for stored events).
    """
    converter = Converter(
        forbid_extra_keys=True, omit_if_default=True, detailed_validation=report_all
    )
    converter.register_structure_hook(str, _exactly(str, "a string"))
    converter.register_structure_hook(int, _exactly(int, "a whole number"))
    converter.register_structure_hook(bool, _exactly(bool, "true or false"))
    converter.register_structure_hook(Decimal, lambda value, _: exact(value))
    converter.register_structure_hook(datetime, _instant)
    converter.register_structure_hook(date, _date)
    converter.register_structure_hook_func(_is_enum, _enum)
    converter.register_structure_hook_factory(_is_list, lambda cls: _list_hook(cls, converter))
    converter.register_unstructure_hook(Decimal, plain)
    converter.register_unstructure_hook_factory(
        _is_list_of_classes, lambda cls: _write_each(cls, converter)
    )
    converter.register_unstructure_hook(datetime, lambda value: _isoformat(utc(value)))
    converter.register_unstructure_hook(date, lambda value: value.isoformat())
    converter.register_structure_hook(timedelta, _length)
    converter.register_unstructure_hook(timedelta, lambda value: value // _MICROSECOND)
    return converter


def read_document(path: str | Path) -> Any:
    """Read a TOML or JSON file, by its ending, with exact decimals.

    A byte order mark, as Windows puts before a text, is passed over.

    Raises:
        InvalidDocument: it cannot be read or parsed, or has another ending.
        InvalidValue: it is no path.
    """
    checks.argument("path", path, (str, Path), "give the path of a .toml or .json file")
    file = Path(path)
    if file.suffix not in {".toml", ".json"}:
        raise InvalidDocument(str(path), [Mistake("", "give a file that ends in .toml or .json")])
    try:
        text = file.read_text(encoding="utf-8-sig")
        if file.suffix == ".toml":
            return tomllib.loads(text, parse_float=Decimal)
        return json.loads(text, parse_float=Decimal, object_pairs_hook=_once)
    except OSError as error:
        raise InvalidDocument(
            str(path), [Mistake("", f"cannot be read: {error.strerror}")]
        ) from None
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise InvalidDocument(str(path), [Mistake("", f"cannot be parsed: {error}")]) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a table of pairs, refusing a key that stands twice, as TOML does."""
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise ValueError(f"{', '.join(twice)} stands twice in one table")
    return table


def mistakes_of(error: BaseException, path: str) -> Iterator[Mistake]:
    """Walk an error tree and give its mistakes with their paths."""
    inner: list[tuple[BaseException, str]] = []
    if isinstance(error, ClassValidationError):
        noted, bare = error.group_exceptions()
        inner = [(each, f"{path}.{key_of(error.cl, note.name)}") for each, note in noted]
        inner += [(each, path) for each in bare]
    elif isinstance(error, IterableValidationError):
        noted_steps, bare = error.group_exceptions()
        inner = [(each, f"{path}{_step(note.index)}") for each, note in noted_steps]
        inner += [(each, path) for each in bare]
    else:
        yield from _leaf_mistakes(error, path)
    for each, place in inner:
        yield from mistakes_of(each, place.lstrip("."))


def _step(index: int | str) -> str:
    return f"[{index}]" if isinstance(index, int) else f".{index}"


def _leaf_mistakes(error: BaseException, path: str) -> Iterator[Mistake]:
    """Say what one error means for the person who wrote the document."""
    match error:
        case ForbiddenExtraKeysError():
            known = [key_of(error.cl, field.name) for field in attrs.fields(error.cl)]
            for key in sorted(map(str, error.extra_fields)):
                yield Mistake(f"{path}.{key}".lstrip("."), unknown_key(key, known))
        case InvalidDocument():
            for mistake in error.mistakes:
                yield Mistake(f"{path}.{mistake.path}".strip("."), mistake.text)
        case InvalidValue():
            field = error.field.partition(".")[2]
            text = f"{shown(error.value)} is not allowed: {error.fix}"
            yield Mistake(f"{path}.{field}".strip("."), text)
        case KeyError():
            yield Mistake(path, "missing: give a value")
        case ValueError() | TypeError() | AttributeError():
            yield Mistake(path, _plain(error))
        case _:
            raise error


def key_of(cls: Any, name: str) -> str:
    """Give the word by which a file names a field, where that is no Python name."""
    field = attrs.fields_dict(cls).get(name)
    return str(field.metadata.get("key", name)) if field else name


def _plain(error: BaseException) -> str:
    text = str(error)
    if any(words in text for words in ("mapping", "argument of type", "attribute", "indices")):
        return "expected a table of keys and values"
    return text


def close_to(key: str, known: Iterable[str]) -> str | None:
    """Give the key that was most likely meant."""
    return next(iter(get_close_matches(key, sorted(known), n=1)), None)


def unknown_key(key: str, known: Iterable[str]) -> str:
    """Say that a key is unknown, with the likeliest ones meant."""
    names = sorted(known)
    close = close_to(key, names)
    hint = f"did you mean {close}?" if close else f"known are {', '.join(names)}"
    return f"unknown key: {hint}"
