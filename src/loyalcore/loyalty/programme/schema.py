"""The JSON Schema of programme files, read off the classes themselves, for editors."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

from loyalcore.loyalty.programme.conditions import Condition
from loyalcore.loyalty.programme.measures import Goal
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.vocabulary import CONDITIONS

_PLAIN: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    date: {"type": "string", "format": "date"},
    Decimal: {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]*\.?[0-9]+$"}]},
}


def programme_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of programme files, with each field's meaning.

    >>> programme_schema()["required"]
    ['name', 'currency', 'timezone', 'base']
    """
    schemas = _Schemas()
    root = schemas.of_class(Programme)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A loyalcore programme",
        **root,
        "$defs": schemas.defined,
    }


class _Schemas:
    """Schemas of types, those of classes gathered by name."""

    def __init__(self) -> None:
        self.defined: dict[str, Any] = {}

    def of(self, kind: Any) -> dict[str, Any]:
        """Give the schema of a field's type."""
        if kind in _PLAIN:
            return dict(_PLAIN[kind])
        origin, inner = get_origin(kind), get_args(kind)
        if origin in {Union, UnionType}:
            (some,) = [each for each in inner if each is not NoneType]
            return self.of(some)  # a file leaves out what is None
        if origin is tuple:
            return {"type": "array", "items": self.of(inner[0])}
        if origin is not None and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(inner[1])}
        if issubclass(kind, Enum):
            return {"enum": [option.value for option in kind]}
        return self._reference(kind)

    def _reference(self, cls: type) -> dict[str, Any]:
        name = cls.__name__
        if name not in self.defined:
            self.defined[name] = {}  # a condition may hold others
            if cls is Condition:
                self.defined[name] = {"anyOf": [self._reference(each) for each in CONDITIONS]}
            elif cls is Goal:
                self.defined[name] = {"anyOf": [self.of(Decimal), self.of_class(cls)]}
            else:
                self.defined[name] = self.of_class(cls)
        return {"$ref": f"#/$defs/{name}"}

    def of_class(self, cls: Any) -> dict[str, Any]:
        """Give the schema of a class's table."""
        hints, meant = get_type_hints(cls), _meanings(cls)
        properties, required = {}, []
        for field in attrs.fields(cls):
            key = str(field.metadata.get("key", field.name))
            properties[key] = self.of(hints[field.name])
            if field.name in meant:
                properties[key]["description"] = meant[field.name]
            if field.default is attrs.NOTHING:
                required.append(key)
            elif isinstance(field.default, (str, int)) and field.default != "":
                properties[key]["default"] = field.default
            elif isinstance(field.default, Enum):
                properties[key]["default"] = field.default.value
        schema: dict[str, Any] = {"type": "object", "properties": properties}
        if required:
            schema["required"] = required
        return {"description": _summary(cls), **schema, "additionalProperties": False}


def _summary(cls: type) -> str:
    return cleandoc(cls.__doc__ or "").partition("\n\n")[0].replace("\n", " ")


def _meanings(cls: type) -> dict[str, str]:
    """Read what each field means from the class's docstring."""
    _, _, section = cleandoc(cls.__doc__ or "").partition("Attributes:\n")
    section = section.partition("\n\n")[0]
    found = re.findall(
        r"^    (\w+(?:, \w+)*): (.*?)(?=^    \w|\Z)", section, re.DOTALL | re.MULTILINE
    )
    return {name: " ".join(text.split()) for names, text in found for name in names.split(", ")}
