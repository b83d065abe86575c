"""Validators for attrs fields: each names the field it refuses and the fix."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from loyalcore.errors import InvalidValue

MAX_NAME = 200


def _refuse(instance: object, attribute: "attrs.Attribute[Any]", value: object, fix: str) -> None:
    raise InvalidValue(f"{type(instance).__name__}.{attribute.name}", value, fix)


def aware(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a datetime that knows its zone."""
    if not isinstance(value, datetime):
        _refuse(instance, attribute, value, "give a datetime")
    elif value.utcoffset() is None:
        _refuse(instance, attribute, value, "a naive datetime: give it a zone, such as tzinfo=UTC")


def aware_or_none(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a datetime that knows its zone, or None."""
    if value is not None:
        aware(instance, attribute, value)


def instance_of(cls: type[object]) -> Callable[[Any, Any, Any], None]:
    """Give a validator that demands an instance of a class."""

    def check(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if not isinstance(value, cls):
            _refuse(instance, attribute, value, f"give a {cls.__name__}")

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


def name(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a short, printable, non-empty string: an id or a reference."""
    text(instance, attribute, value)
    if not value:
        _refuse(instance, attribute, value, "give a non-empty string")


def count(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a whole number of at least 0."""
    if not isinstance(value, int) or isinstance(value, bool):
        _refuse(instance, attribute, value, "give a whole number")
    elif value < 0:
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
