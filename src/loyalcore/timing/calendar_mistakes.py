"""What is wrong between the parts of a business calendar."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from loyalcore.errors import InvalidValue, Mistake
from loyalcore.timing.hours import MINUTES_A_DAY, Hours, Week, Weekday
from loyalcore.timing.spans import common, merged, without
from loyalcore.timing.special_days import Break, Closure, HoursOn
from loyalcore.timing.zones import zone

_WEEK = 7 * MINUTES_A_DAY


def mistakes_between(
    timezone: str | None,
    week: Week | None,
    closures: Sequence[Closure | None],
    exceptions: Sequence[HoursOn | None],
    breaks: Sequence[Break | None],
) -> Iterator[Mistake]:
    """Give the mistakes between parts; None stands for what could not be read."""
    if timezone is not None:
        try:
            zone(timezone)
        except InvalidValue as error:
            yield Mistake("timezone", f"{timezone!r} is not allowed: {error.fix}")
    yield from _clashes(closures, exceptions)
    dates, held = [each for each in exceptions if each], [each for each in breaks if each]
    readable = len(dates) == len(exceptions) and len(held) == len(breaks)
    if week is not None and readable and not _opens(week, dates, held):
        yield Mistake("week", "this never opens: give hours to a day, or shorten the breaks")


def _clashes(
    closures: Sequence[Closure | None], exceptions: Sequence[HoursOn | None]
) -> Iterator[Mistake]:
    """Find dates that are closed twice, excepted twice, or both."""
    closed: dict[date, str] = {}
    for place, closure in enumerate(closures):
        for day in closure.days if closure else ():
            if day in closed:
                yield Mistake(f"closures[{place}].day", f"{day} is closed by {closed[day]} already")
                break
        if closure:
            closed = dict.fromkeys(closure.days, f"closures[{place}]") | closed
    special: dict[date, str] = {}
    for place, each in enumerate(exceptions):
        if each is None:
            continue
        path = f"exceptions[{place}]"
        taken = special.get(each.day) or closed.get(each.day)
        if taken:
            text = f"{each.day} stands at {taken} already: keep one of them"
            yield Mistake(f"{path}.day", text)
        special.setdefault(each.day, path)


def weekly_pattern(week: Week, breaks: Sequence[Break]) -> list[tuple[int, int]]:
    """Give what a week has open, breaks of every week taken out, in minutes from Monday."""
    opened, cut = [], []
    for number, day in ((number, Weekday.numbered(number % 7)) for number in range(-7, 14)):
        opened += [_moved(hours, number) for hours in week.on(day)]
        cut += [_moved(b.hours, number) for b in breaks if b.on is None and day in b.days]
    return common(without(merged(opened), merged(cut)), [(0, _WEEK)])


def is_whole_week(pattern: list[tuple[int, int]]) -> bool:
    """Say whether a weekly pattern leaves nothing closed."""
    return pattern == [(0, _WEEK)]


def _opens(week: Week, exceptions: Sequence[HoursOn], breaks: Sequence[Break]) -> bool:
    """Say whether the week is ever open by the wall, or any of the dates with their own hours."""
    return bool(weekly_pattern(week, breaks)) or any(_opens_on(one, breaks) for one in exceptions)


def _opens_on(special: HoursOn, breaks: Sequence[Break]) -> bool:
    cut = []
    for number in (-1, 0, 1):
        near = special.day + timedelta(days=number)
        weekday = Weekday.numbered(near.weekday())
        held = (b for b in breaks if (weekday in b.days if b.on is None else b.on == near))
        cut += [_moved(pause.hours, number) for pause in held]
    return bool(without(merged(hours.span for hours in special.hours), merged(cut)))


def _moved(hours: Hours, days: int) -> tuple[int, int]:
    start, end = hours.span
    return start + days * MINUTES_A_DAY, end + days * MINUTES_A_DAY
