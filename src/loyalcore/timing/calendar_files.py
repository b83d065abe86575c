"""Read business calendars from files, and tell all of their mistakes at once."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from cattrs import Converter

from loyalcore.errors import Mistake
from loyalcore.forms import new_converter, read_document
from loyalcore.hidden_mistakes import read_or_none, readable, structure_all
from loyalcore.timing.business import BusinessCalendar
from loyalcore.timing.calendar_mistakes import mistakes_between
from loyalcore.timing.hours import Hours, Week, Weekday, overlaps, register_hours
from loyalcore.timing.special_days import (
    MISSING,
    Break,
    Closure,
    Holiday,
    HoursOn,
    WorkedDay,
    holiday_mistakes,
)


def _reader() -> Converter:
    converter = new_converter()
    register_hours(converter)
    return converter


_CONVERTER = _reader()


def _between(converter: Converter, data: dict[str, Any]) -> Iterator[Mistake]:
    """Find what is wrong between those parts of a calendar that can be read."""
    timezone, week = data.get("timezone"), data.get("week", {})
    yield from mistakes_between(
        timezone if isinstance(timezone, str) else None,
        read_or_none(converter, week, Week),
        readable(converter, data.get("closures"), Closure),
        readable(converter, data.get("exceptions"), HoursOn),
        readable(converter, data.get("breaks"), Break),
    )
    for day in Weekday:
        hours = readable(converter, week.get(day.value), Hours) if isinstance(week, dict) else []
        for text in overlaps(one for one in hours if one):
            yield Mistake(f"week.{day.value}", text)
    holidays = data.get("holidays")
    if isinstance(holidays, dict):
        for mistake in holiday_mistakes(
            readable(converter, holidays.get("closed"), Holiday),
            readable(converter, holidays.get("worked"), WorkedDay),
            read_or_none(converter, holidays.get("known_from"), date),
            read_or_none(converter, holidays.get("known_through"), date),
        ):
            yield Mistake(f"holidays.{mistake.path}", mistake.text)
        if "known_through" not in holidays and (holidays.get("closed") or holidays.get("worked")):
            yield Mistake("holidays.known_through", MISSING)


def calendar_from(data: Any, source: str = "calendar") -> BusinessCalendar:
    """Build a business calendar from plain data, as TOML or JSON gives it.

    Args:
        data: what the file holds.
        source: named when there are mistakes.

    Raises:
        InvalidDocument: with every mistake and its path.

    >>> shop = {"timezone": "Asia/Shanghai", "week": {"sat": ["10:00-22:00"]}}
    >>> calendar_from(shop).week.sat
    (Hours(opens=600, closes=1320),)
    """
    return structure_all(_CONVERTER, data, BusinessCalendar, source, _between)


def load_calendar(path: str | Path) -> BusinessCalendar:
    """Read a business calendar from a TOML or JSON file.

    Raises:
        InvalidDocument: the file cannot be read, or has mistakes: all are listed with their paths.
    """
    return calendar_from(read_document(path), str(path))


def calendar_data(calendar: BusinessCalendar) -> dict[str, Any]:
    """Give a calendar as plain data, from which `calendar_from` makes an equal one."""
    data: dict[str, Any] = _CONVERTER.unstructure(calendar)
    return data
