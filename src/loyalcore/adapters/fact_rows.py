"""Read the rows of a file of purchases: checked values, every mistake with its place."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import attrs

from loyalcore.adapters.fact_layout import FIELDS, REQUIRED, Layout
from loyalcore.checks import MAX_NAME
from loyalcore.decimals import exact, plain, whole_units
from loyalcore.errors import InvalidDocument, InvalidValue, Mistake
from loyalcore.forms import utc
from loyalcore.money import minor_digits
from loyalcore.timing import MonthDay, zone

MOST_MISTAKES = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63 - 1
_WORDS = {"true": 1, "yes": 1, "1": 1, "false": 0, "no": 0, "0": 0, "": 0}

Values = tuple[Any, ...]
"""A row's values in the order of FIELDS, as a SQLite table can hold them."""

Row = tuple[int, Sequence[str]]
"""A row's number and its values as text."""


class _Wrong(ValueError):
    """A value that cannot be read; its words say what was expected."""


def instant_of(microseconds: int) -> datetime:
    """Give the instant so many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def _name(text: str) -> str:
    if not text:
        raise _Wrong("give a value")
    return _text(text)


def _text(text: str) -> str:
    if len(text) > MAX_NAME or not text.isprintable():
        raise _Wrong(f"give at most {MAX_NAME} printable characters")
    return text


def _kind(text: str) -> str:
    kind = text.lower() or "purchase"
    if kind not in _WRONG:
        raise _Wrong(f"{text!r}: give one of {', '.join(_WRONG)}")
    return kind


def _quantity(text: str) -> str | None:
    if not text:
        return None
    number = exact(text)
    if number < 0:
        raise _Wrong(f"{text} is negative: give 0 or more, a return has a kind of its own")
    return plain(number)


def _points(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= _LARGEST:
        raise _Wrong(f"{text!r}: give a whole number of at least 1")
    return int(text)


def _birthday(text: str) -> str | None:
    if not text:
        return None
    try:
        month, day = (int(part) for part in text.split("-")[-2:])
        MonthDay(month, day)
    except (ValueError, InvalidValue):
        raise _Wrong(f"{text!r}: give a birthday such as 03-21 or 1990-03-21") from None
    return f"{month}-{day}"


def _money_reader(layout: Layout) -> Callable[[str], int | None]:
    digits = 0 if layout.minor_units else minor_digits(layout.currency)
    unit = "whole minor units" if layout.minor_units else f"{layout.currency} to {digits} decimals"

    def read(text: str) -> int | None:
        if not text:
            return None
        minor = whole_units(exact(text), digits)
        if minor is None or not 0 <= minor <= _LARGEST:
            raise _Wrong(f"{text}: give {unit}, 0 or more")
        return minor

    return read


def _time_reader(layout: Layout) -> Callable[[str], int]:
    tz = zone(layout.timezone) if layout.timezone else None

    def read(text: str) -> int:
        try:
            instant = datetime.fromisoformat(text)  # of a bare date midnight
        except ValueError:
            fix = "give a date and time such as 2026-03-08 12:30:00, or a date"
            raise _Wrong(f"{text!r}: {fix}") from None
        if instant.utcoffset() is None:
            if tz is None:
                raise _Wrong(f"{text!r} has no offset: name the zone of such times")
            instant = instant.replace(tzinfo=tz)
        return (utc(instant) - _EPOCH) // _MICROSECOND

    return read


def _readers(layout: Layout) -> Mapping[str, Callable[[str], Any]]:
    money, text = _money_reader(layout), _text
    readers: Mapping[str, Callable[[str], Any]] = {
        "member": _name,
        "order": _name,
        "occurred_at": _time_reader(layout),
        "kind": _kind,
        "price": money,
        "discount": money,
        "tax": money,
        "quantity": _quantity,
        "points": _points,
        "birthday": _birthday,
    }
    # Values come again and again: an order's rows share most of theirs.
    return {field: lru_cache(maxsize=16_384)(readers.get(field, text)) for field in FIELDS}


_Between = tuple[str, str] | None
"""A field, and what is wrong between it and the other values of its row."""


def _wrong_purchase(values: Mapping[str, Any]) -> _Between:
    if values["price"] is None:
        return "price", "give what was paid, before discounts"
    for field in ("reward", "delivery"):
        if values[field] and values[field].lower() not in _WORDS:
            return field, f"{values[field]!r}: give true or false"
    return None


def _wrong_return(values: Mapping[str, Any]) -> _Between:
    amounts = sum(values[field] is not None for field in ("price", "quantity"))
    if amounts > 1:
        return "quantity", "give either a price or a quantity that comes back"
    if bool(values["line"]) != bool(amounts):
        return "line", "give a line with a price or a quantity that comes back, or none of them"
    return None


def _wrong_redemption(values: Mapping[str, Any]) -> _Between:
    if (values["points"] is None) == (not values["reward"]):
        return "points", "give either points or a reward"
    if not _is_count(values["quantity"] or "1"):
        return "quantity", "give how many of the reward, at least 1"
    return None


def _wrong_behaviour(values: Mapping[str, Any]) -> _Between:
    return None if values["behaviour"] else ("behaviour", "give which, such as share")


_WRONG: Mapping[str, Callable[[Mapping[str, Any]], _Between]] = {
    "purchase": _wrong_purchase,
    "return": _wrong_return,
    "redemption": _wrong_redemption,
    "behaviour": _wrong_behaviour,
    "enrol": lambda values: None,
}
"""By the kind of row."""


def _is_count(text: str) -> bool:
    return text.isdigit() and int(text) > 0


def is_true(text: str) -> bool:
    """Read a truth value of a purchase's line."""
    return bool(_WORDS[text.lower()])


def named_columns(source: str, layout: Layout, header: Sequence[str]) -> Mapping[str, str]:
    """Give the column of each field that has one.

    Raises:
        InvalidDocument: there are none, one is missing or one stands twice.
    """
    if not header:
        text = "it is empty: let its first row name the columns, {} and others"
        fix = text.format(", ".join(layout.column(field) for field in REQUIRED))
        raise InvalidDocument(source, [Mistake("", fix)])
    mistakes = []
    for field in FIELDS:
        name = layout.column(field)
        wanted = field in REQUIRED or field in layout.columns
        if header.count(name) > 1:
            mistakes.append(Mistake(f"column {name}", "it stands there twice"))
        elif wanted and name not in header:
            text = f"there is no such column for {field}: there are {', '.join(header)}"
            mistakes.append(Mistake(f"column {name}", text))
    if mistakes:
        raise InvalidDocument(source, mistakes)
    columns = {field: layout.column(field) for field in FIELDS}
    return {field: name for field, name in columns.items() if name in header}


@attrs.define
class RowReader:
    """Reads the rows of one file.

    Args:
        source: the file's name, for messages.
        layout: what its columns mean.
        header: the names of its columns.
        unit: what a row is called in messages: line or row.

    Raises:
        InvalidDocument: there are none, one is missing or one stands twice.
    """

    source: str
    layout: Layout
    header: Sequence[str]
    unit: str = "line"
    _places: dict[str, int] = attrs.field(init=False)
    _mistakes: list[Mistake] = attrs.field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        columns = named_columns(self.source, self.layout, self.header)
        self._places = {field: self.header.index(name) for field, name in columns.items()}

    def read(self, rows: Iterable[Row]) -> Iterator[tuple[int, *Values]]:
        """Give each row's number and values.

        Raises:
            InvalidDocument: there are mistakes; the first of them are told, with their places.
        """
        readers, width = _readers(self.layout), len(self.header)
        # In the order of FIELDS; what no column holds stays as it is.
        base: dict[str, Any] = {
            field: None if field in self._places else readers[field]("") for field in FIELDS
        }
        steps = [(field, readers[field], place) for field, place in self._places.items()]
        for number, row in rows:
            if len(row) != width:
                self._wrong(number, "", f"{len(row)} values for {width} columns")
                continue
            values, sound = base.copy(), True
            for field, reader, place in steps:
                try:
                    values[field] = reader(row[place])
                except (_Wrong, InvalidValue) as error:
                    fix = error.fix if isinstance(error, InvalidValue) else str(error)
                    self._wrong(number, field, fix)
                    sound = False
            wrong = _WRONG[values["kind"]](values) if sound else None
            if wrong:
                self._wrong(number, *wrong)
            elif not self._mistakes:
                yield (number, *values.values())
        if self._mistakes:
            raise InvalidDocument(self.source, self._mistakes)

    def _wrong(self, number: int, field: str, text: str) -> None:
        column = f", column {self.layout.column(field)}" if field else ""
        self._mistakes.append(Mistake(f"{self.unit} {number}{column}", text))
        if len(self._mistakes) >= MOST_MISTAKES:
            more = Mistake("", f"the first {MOST_MISTAKES} mistakes; there may be more")
            raise InvalidDocument(self.source, [*self._mistakes, more])
