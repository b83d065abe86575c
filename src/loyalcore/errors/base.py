"""The root of all errors, and those of input that no command or document may have."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import attrs

_SHOWN = 300


class LoyalcoreError(Exception):
    """The root of all errors raised on purpose by this library."""

    def message(self) -> str:
        """Say what was wrong, where, and what to do about it."""
        return self.__class__.__name__

    def __str__(self) -> str:
        return self.message()


def shown(value: object) -> str:
    """Write a value as a file or a command would have it, cut where it is long."""
    try:
        text = _written(value)
    except Exception:  # noqa: BLE001 - whole numbers of 5,000 digits and classes that fail
        return f"<{type(value).__name__}>"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _written(value: object) -> str:
    """Write decimals and instants plainly, and all else as Python does."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    return str(value) if isinstance(value, Decimal | date) else repr(value)


@attrs.define(eq=False)
class InvalidValue(LoyalcoreError):
    """A value that no command, amount or setting may have.

    Attributes:
        field: where it stood, such as `Line.amount`.
        value: what was given.
        fix: what to give instead.
    """

    field: str
    value: object
    fix: str

    def message(self) -> str:
        return f"{self.field}: {shown(self.value)} is not allowed: {self.fix}"


@attrs.frozen
class Mistake:
    """One thing wrong in a document.

    Attributes:
        path: where it stands in the file, such as `multipliers[1].factor`; "" for the whole.
        text: what is wrong and what was expected.
    """

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


@attrs.define(eq=False)
class InvalidDocument(LoyalcoreError):
    """A programme (or other data file) with mistakes, all of them listed.

    Attributes:
        source: the file's name, or what the document is.
        mistakes: every mistake found, in the order of the document.
    """

    source: str
    mistakes: Sequence[Mistake]

    def message(self) -> str:
        count = len(self.mistakes)
        lines = "\n".join(f"  {mistake}" for mistake in self.mistakes)
        return f"{self.source}: {count} mistake{'s' if count > 1 else ''}\n{lines}"


class Refused(LoyalcoreError):
    """A command that the rules do not allow: nothing was written, nothing changed."""
