"""What decides on the hours of each date, and nights that run into the next date's hours."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from loyalcore.errors import Mistake
from loyalcore.timing.business_day import Because
from loyalcore.timing.hours import Hours, Week, Weekday, nights_into
from loyalcore.timing.special_days import Closure, Holidays, HoursOn

_A_DAY = timedelta(days=1)


class Plan(NamedTuple):
    """The hours of a date, and what decided on them."""

    because: Because
    name: str
    hours: tuple[Hours, ...]


def special_plans(
    week: Week, holidays: Holidays, closures: Sequence[Closure], exceptions: Sequence[HoursOn]
) -> dict[date, Plan]:
    """Give the plans of the dates that differ from the week; what comes first in force is last."""
    special: dict[date, Plan] = {}
    for holiday in holidays.closed:
        special[holiday.day] = Plan(Because.HOLIDAY, holiday.name, ())
    for worked in holidays.worked:
        special[worked.day] = Plan(Because.WORKED, worked.name, week.on(worked.like))
    for closure in closures:
        special |= dict.fromkeys(closure.days, Plan(Because.CLOSURE, closure.name, ()))
    for each in exceptions:
        special[each.day] = Plan(Because.EXCEPTION, each.name, each.hours)
    return special


def night_mistakes(
    week: Week, holidays: Holidays, closures: Sequence[Closure], exceptions: Sequence[HoursOn]
) -> Iterator[Mistake]:
    """Find nights that run into the next date's hours where either date differs from the week."""
    windows = [hours for day in Weekday for hours in week.on(day)]
    windows += [hours for each in exceptions for hours in each.hours]
    if not any(hours.overnight for hours in windows):
        return
    special = special_plans(week, holidays, closures, exceptions)
    places = {day.day: f"holidays.worked[{n}].day" for n, day in enumerate(holidays.worked)}
    places = {day: place for day, place in places.items() if special[day].because is Because.WORKED}
    places |= {each.day: f"exceptions[{n}].hours" for n, each in enumerate(exceptions)}
    for before in sorted({*places, *(day - _A_DAY for day in places)}):
        after = before + _A_DAY
        overlapping = nights_into(_hours(before, week, special), _hours(after, week, special))
        for night, other in overlapping:
            text = (
                f"{other} opens on {after} while {night} of {before} is still open: part them, "
                "by an exception for either date"
            )
            yield Mistake(places.get(after) or places[before], text)


def _hours(day: date, week: Week, special: Mapping[date, Plan]) -> tuple[Hours, ...]:
    plan = special.get(day)
    return plan.hours if plan else week.on(Weekday.numbered(day.weekday()))
