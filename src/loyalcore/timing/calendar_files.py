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
from loyalcore.timing.hours import Hours, Week, Weekday, register_hours, week_overlaps
from loyalcore.timing.plans import night_mistakes
from loyalcore.timing.special_days import (
    MISSING,
    Break,
    Closure,
    Holiday,
    Holidays,
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
    if isinstance(week, dict):
        hours = {day: readable(converter, week.get(day.value), Hours) for day in Weekday}
        for each in week_overlaps({day: [*filter(None, some)] for day, some in hours.items()}):
            yield Mistake(f"week.{each.path}", each.text)
    yield from _nights(converter, data)
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


def _nights(converter: Converter, data: dict[str, Any]) -> Iterator[Mistake]:
    """Find nights that run into the next date, once all that decides on dates can be read."""
    week = read_or_none(converter, data.get("week", {}), Week)
    holidays = read_or_none(converter, data.get("holidays", {}), Holidays)
    closures = readable(converter, data.get("closures"), Closure)
    exceptions = readable(converter, data.get("exceptions"), HoursOn)
    if week is not None and holidays is not None:
        closed, own = [*filter(None, closures)], [*filter(None, exceptions)]
        if len(closed) == len(closures) and len(own) == len(exceptions):
            yield from night_mistakes(week, holidays, closed, own)


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
