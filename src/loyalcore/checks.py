"""Validators for attrs fields: each names the field it refuses and the fix."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs

from loyalcore.errors import InvalidValue

MAX_NAME = 200
YEARS = range(1900, 9000)


def _refuse(instance: object, attribute: "attrs.Attribute[Any]", value: object, fix: str) -> None:
    raise InvalidValue(f"{type(instance).__name__}.{attribute.name}", value, fix)


def is_text(value: object) -> bool:
    """Say whether a value is text, whatever its type says."""
    return isinstance(value, str)


def in_utc(field: str, value: object) -> datetime:
    """Give an instant in UTC, in whole microseconds, as a plain datetime.

    Raises:
        InvalidValue: it is no datetime, naive, or in a year that calendars cannot reckon with.
    """
    if type(value) is datetime and value.tzinfo is UTC and value.year in YEARS:
        return value
    if not isinstance(value, datetime) or value != value:  # noqa: PLR0124 - not a time, in pandas
        raise InvalidValue(field, value, "give a datetime")
    if value.utcoffset() is None:
        fix = "a naive datetime: give it a zone, such as tzinfo=UTC"
        raise InvalidValue(field, value, fix)
    if type(value) is not datetime:  # frames have classes of their own, with nanoseconds
        date_, time_ = (value.year, value.month, value.day), (value.hour, value.minute)
        seconds = (value.second, value.microsecond)
        value = datetime(*date_, *time_, *seconds, tzinfo=value.tzinfo, fold=value.fold)
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        instant = value.replace(tzinfo=UTC)
    if instant.year not in YEARS:
        raise InvalidValue(field, value, f"give a year from {YEARS.start} to {YEARS.stop - 1}")
    return instant


def aware(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a datetime that knows its zone."""
    in_utc(f"{type(instance).__name__}.{attribute.name}", value)


def aware_or_none(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a datetime that knows its zone, or None."""
    if value is not None:
        aware(instance, attribute, value)


def day(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a date that is no instant."""
    if not isinstance(value, date) or isinstance(value, datetime):
        _refuse(instance, attribute, value, "give a date")


def _listing(cls: type[object]) -> str:
    """List the members of an enum, as they are written in Python."""
    members = [str(member) for member in cls] if issubclass(cls, Enum) else []
    return f": {', '.join(members[:-1])} or {members[-1]}" if members else ""


def give(cls: type[object]) -> str:
    """Say that an instance of a class is wanted; of an enum, which there are.

    >>> from loyalcore.timing import DueAt
    >>> give(DueAt)
    'give a DueAt: DueAt.SAME_TIME, DueAt.CLOSING or DueAt.MIDNIGHT'
    """
    return f"give a {cls.__name__}{_listing(cls)}"


def give_each(cls: type[object]) -> str:
    """Say that a list of instances of a class is wanted; of an enum, which there are."""
    return f"give a list of {cls.__name__}{_listing(cls)}"


def each(cls: type[object]) -> Callable[[Any, Any, Any], None]:
    """Give a validator that demands a tuple of instances of a class."""

    def check(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if not isinstance(value, tuple) or not all(isinstance(item, cls) for item in value):
            _refuse(instance, attribute, value, give_each(cls))

    return check


def argument(field: str, value: object, kinds: type | tuple[type, ...], fix: str) -> None:
    """Demand that an argument of a function is an instance of a class, or of one of several.

    Raises:
        InvalidValue: it is not.
    """
    if not isinstance(value, kinds):
        raise InvalidValue(field, value, fix)


def walked(field: str, items: Any, kinds: type | tuple[type, ...], fix: str) -> Iterator[Any]:
    """Give the items of an argument that is walked once, each an instance of a class.

    Raises:
        InvalidValue: the argument cannot be walked, or an item is something else.
    """
    argument(field, items, Iterable, fix)
    for item in items:
        argument(field, item, kinds, fix)
        yield item


def walkable(field: str, items: object, fix: str) -> Iterable[Any]:
    """Give back whatever can be walked, save text, which is no list of letters.

    Raises:
        InvalidValue: it is text, or cannot be walked.
    """
    if isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
        raise InvalidValue(field, items, fix)
    return items


def unpacked(field: str, items: object, fix: str) -> tuple[Any, ...]:
    """Unpack whatever can be walked, save text, which is no list of letters.

    Raises:
        InvalidValue: it is text, or cannot be walked.
    """
    return tuple(walkable(field, items, fix))


def listed(items: Any) -> Any:
    """Convert a list to a tuple; what is neither is left for a validator to refuse by name."""
    return tuple(items) if isinstance(items, list) else items


def instance_of(cls: type[object]) -> Callable[[Any, Any, Any], None]:
    """Give a validator that demands an instance of a class."""

    def check(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if not isinstance(value, cls):
            _refuse(instance, attribute, value, give(cls))

    return check


def text(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a short string that can be stored, empty allowed."""
    if not isinstance(value, str):
        _refuse(instance, attribute, value, "give a string")
    elif len(value) > MAX_NAME:
        _refuse(instance, attribute, value[:40] + "...", f"at most {MAX_NAME} characters")
    elif not value.isprintable():
        _refuse(
            instance, attribute, value, "control characters and lone surrogates are not allowed"
        )


def long_name(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand an id that is put together from several names."""
    if not isinstance(value, str) or not value or not value.isprintable():
        _refuse(instance, attribute, value, "give a printable, non-empty string")
    elif len(value) > 4 * MAX_NAME:
        fix = f"at most {4 * MAX_NAME} characters"
        _refuse(instance, attribute, value[:40] + "...", fix)


def name(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a short, printable, non-empty string: an id or a reference."""
    text(instance, attribute, value)
    if not value:
        _refuse(instance, attribute, value, "give a non-empty string")


def whole(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        _refuse(instance, attribute, value, "give a whole number")


def count(instance: object, attribute: "attrs.Attribute[Any]", value: Any) -> None:
    """Demand a whole number of at least 0."""
    whole(instance, attribute, value)
    if value < 0:
        _refuse(instance, attribute, value, "give 0 or more")


def positive(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a whole number of at least 1."""
    count(instance, attribute, value)
    if not value:
        _refuse(instance, attribute, value, "give 1 or more")


def not_negative(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a finite Decimal (or whole number) of at least 0."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        _refuse(instance, attribute, value, "give a Decimal or a whole number, never a float")
    elif not Decimal(value).is_finite():
        _refuse(instance, attribute, value, "give a finite number")
    elif value < 0:
        _refuse(instance, attribute, value, "give 0 or more")
