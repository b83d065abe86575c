"""What every store in this package refuses before it touches anything."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from loyalcore.errors import InvalidValue, KeyTaken
from loyalcore.journal.store import (
    Append,
    KeyRecord,
    LogPage,
    Parked,
    Reader,
    StoredEvent,
)


def check_appends(appends: Sequence[Append]) -> None:
    """Demand that each stream is named once and that every instant knows its zone.

    Raises:
        InvalidValue: otherwise, naming the field.
    """
    seen: set[str] = set()
    for append in appends:
        if append.stream in seen:
            raise InvalidValue("Append.stream", append.stream, "name each stream once in an append")
        seen.add(append.stream)
        if append.due is not None:
            check_instant("Append.due", append.due)
        for event in append.events:
            check_instant("NewEvent.recorded_at", event.recorded_at)


def check_reader(reader: Reader, park: Parked | None) -> None:
    """Demand that every instant knows its zone.

    Raises:
        InvalidValue: otherwise, naming the field.
    """
    for field, instant in (("Reader.until", reader.until), ("Reader.retry_at", reader.retry_at)):
        if instant is not None:
            check_instant(field, instant)
    if park is not None:
        check_instant("Parked.at", park.at)


def check_instant(field: str, instant: datetime) -> None:
    """Demand a datetime that knows its zone.

    Raises:
        InvalidValue: it is naive.
    """
    if instant.utcoffset() is None:
        raise InvalidValue(field, instant, "give the datetime a zone, such as tzinfo=UTC")


def check_distinct(keys: Iterable[KeyRecord]) -> None:
    """Demand that no command key is used up twice at once.

    Raises:
        KeyTaken: one is.
    """
    seen: set[str] = set()
    for record in keys:
        if record.key in seen:
            raise KeyTaken(record.key)
        seen.add(record.key)


def page_of(events: tuple[StoredEvent, ...], start: str) -> LogPage:
    """Make a page whose cursors are the digits of positions."""
    cursors = tuple(str(event.position) for event in events)
    return LogPage(events, cursors[-1] if cursors else start, cursors)


def position_behind(cursor: str) -> int:
    """Read a cursor that is a position's digits: the last position read, 0 for "".

    Raises:
        InvalidValue: no store of this package gave that cursor.
    """
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit()):
        raise InvalidValue("cursor", cursor, "give back a cursor that the store gave")
    return int(cursor)
