"""Business time beside other libraries: London, nine to half past five, lunch, bank holidays.

Open time between two instants 3 days, a year and ten years apart, and 8 and 4,000 hours added, by
`businesstimedelta`, `business-duration` and pandas' `CustomBusinessHour`; working dates by
`numpy.busday_count` and `workalendar`. Each answer is compared with ours, which the tests hold to a
walk over every five minutes. Goals: the same cost from 3 days to ten years, within 1.2 times; at
least 20 times businesstimedelta's pace at 3 days and 2,000 times at a year; one warm `between` no
slower than one `numpy.busday_count` with holidays.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import business_duration
import businesstimedelta
import numpy as np
import pandas as pd
import pytz
from pairs import ratio, take_turns
from workalendar.europe import UnitedKingdom

from loyalcore.adapters import public_holidays
from loyalcore.timing import Break, BusinessCalendar, Holidays, Week, Weekday

LONDON = "Europe/London"
TZ, THEIR_TZ = ZoneInfo(LONDON), pytz.timezone(LONDON)
HOLIDAYS = public_holidays("GB", 2020, 2040, subdivision="ENG")
DAYS_OFF = [holiday.day for holiday in HOLIDAYS.closed]
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ENDS = {
    "3 days": START + timedelta(days=3, hours=5),
    "1 year": START + timedelta(days=365, hours=5),
    "10 years": START + timedelta(days=3653, hours=5),
}
HOURS = (8, 4000)
ROUNDS = 7

Ways = Mapping[str, Callable[[], Any]]


def office() -> BusinessCalendar:
    """Make our calendar."""
    lunch = Break("12:00-13:00", name="lunch")
    return BusinessCalendar(LONDON, Week.same("09:00-17:30"), HOLIDAYS, breaks=[lunch])


def at(hour: int, minute: int = 0) -> Any:
    """Give a time of the day, as others want it."""
    return datetime(2000, 1, 1, hour, minute, tzinfo=UTC).time()


def their_rules(start: Any, end: Any, days: list[int], off: list[date]) -> Any:
    """Make businesstimedelta's rules."""
    lunch = businesstimedelta.LunchTimeRule(at(12), at(13), days, tz=THEIR_TZ)
    work = businesstimedelta.WorkDayRule(start, end, days, tz=THEIR_TZ)
    rules = [work, businesstimedelta.HolidayRule(off, tz=THEIR_TZ)]
    return businesstimedelta.Rules(rules if end < start else [*rules, lunch])


OURS = office()
RULES = their_rules(at(9), at(17, 30), [0, 1, 2, 3, 4], DAYS_OFF)
PANDAS = pd.offsets.CustomBusinessHour(
    start=["09:00", "13:00"], end=["12:00", "17:30"], holidays=DAYS_OFF
)
NUMPY = np.busdaycalendar(holidays=DAYS_OFF)
WORKALENDAR = UnitedKingdom()


def wall(instant: datetime) -> datetime:
    """Give the naive local time that others count with."""
    return instant.astimezone(TZ).replace(tzinfo=None)


def duration(start: datetime, end: datetime) -> timedelta:
    """Ask business-duration, which knows no breaks, for morning and afternoon."""
    pairs = ((at(9), at(12)), (at(13), at(17, 30)))
    asked = (wall(start), wall(end))
    return sum(
        (
            timedelta(
                seconds=float(
                    business_duration.businessDuration(*asked, *pair, [5, 6], DAYS_OFF, "sec")
                )
            )
            for pair in pairs
        ),
        timedelta(),
    )


def rules_between(start: datetime, end: datetime, rules: Any = RULES) -> timedelta:
    """Ask businesstimedelta."""
    found: timedelta = rules.difference(start, end).timedelta
    return found


def pandas_between(start: datetime, end: datetime) -> timedelta:
    """Ask pandas, which counts whole hours by listing them."""
    return pandas_hours(wall(start), wall(end), PANDAS)


def pandas_hours(start: datetime, end: datetime, offset: Any) -> timedelta:
    """Count the business hours that have begun, without the last one if it has not ended."""
    begun = pd.date_range(start, end, freq=offset)
    under_way = len(begun) and begun[-1] + timedelta(hours=1) > end
    return timedelta(hours=len(begun) - bool(under_way))


def between(end: datetime) -> Ways:
    """Give the ways to the open time from the start to an end."""
    return {
        "loyalcore": lambda: OURS.between(START, end),
        "businesstimedelta": lambda: rules_between(START, end),
        "business-duration": lambda: duration(START, end),
        "pandas (whole hours)": lambda: pandas_between(START, end),
    }


def counting(end: datetime) -> Ways:
    """Give the ways to the working dates behind the start up to and with an end."""
    first, last = START.date(), end.date()
    low, high = np.datetime64(first) + 1, np.datetime64(last) + 1
    return {
        "loyalcore": lambda: OURS.count_business_days(START, end),
        "numpy": lambda: int(np.busday_count(low, high, busdaycal=NUMPY)),
        "workalendar": lambda: WORKALENDAR.get_working_days_delta(first, last),
    }


def adding(hours: int) -> Ways:
    """Give the ways to the instant at which so many open hours have passed."""
    work, theirs = timedelta(hours=hours), businesstimedelta.BusinessTimeDelta(RULES, hours=hours)
    return {
        "loyalcore": lambda: OURS.add(START, work),
        "businesstimedelta": lambda: (START + theirs).astimezone(UTC),
        "pandas": lambda: (
            (pd.Timestamp(wall(START)) + hours * PANDAS).tz_localize(LONDON).tz_convert("UTC")
        ),
    }


# --- timing ----------------------------------------------------------------------------------


def repeated(ask: Callable[[], Any]) -> Callable[[], float]:
    """Time a question, asked often enough to be timed; give the seconds of one."""
    begin = time.perf_counter()
    ask()
    once = time.perf_counter() - begin
    count = max(1, min(20_000, round(0.05 / max(once, 1e-7))))

    def way() -> float:
        begin = time.perf_counter()
        for _ in range(count):
            ask()
        return (time.perf_counter() - begin) / count

    return way


def written(seconds: float) -> str:
    """Write a time in its own unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:8.2f} {unit:2}"
    return f"{seconds * 1e9:8.0f} ns"


def show(title: str, ways: Ways) -> dict[str, list[float]]:
    """Time some ways and print medians, ratios to ours, and whose answer differs."""
    answers = {name: answer(ask) for name, ask in ways.items()}
    seconds = take_turns({name: repeated(ask) for name, ask in ways.items()}, ROUNDS)
    print(f"\n{title}: {answers['loyalcore']}")
    for name, taken in seconds.items():
        times = ratio(taken, seconds["loyalcore"])
        wrong = "" if answers[name] == answers["loyalcore"] else f"   differs: {answers[name]}"
        print(f"  {name:22} {written(median(taken))} {times:12,.1f}{wrong}")
    return seconds


def answer(ask: Callable[[], Any]) -> Any:
    """Ask, and give the answer or what was raised."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - whatever another library raises is its answer
        return f"{type(error).__name__}: {error}"


def flat() -> None:
    """Time our `between` at each distance, and one busday_count, by turns."""
    ways = {name: repeated(between(end)["loyalcore"]) for name, end in ENDS.items()}
    ways["numpy"] = repeated(counting(ENDS["3 days"])["numpy"])
    seconds = take_turns(ways, 5 * ROUNDS)
    print("\nOne warm between")
    for name in ENDS:
        near = ratio(seconds[name], seconds["3 days"])
        beside = ratio(seconds[name], seconds["numpy"])
        taken = written(median(seconds[name]))
        print(f"  {name:10} {taken}, {near:.2f} of 3 days, {beside:.2f} of numpy.busday_count")


def cold() -> None:
    """Time a new calendar: made, asked over three days, asked over ten years."""
    made: list[float] = []
    near: list[float] = []
    far: list[float] = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        calendar = office()
        made.append(time.perf_counter() - begin)
        for found, end in ((near, ENDS["3 days"]), (far, ENDS["10 years"])):
            begin = time.perf_counter()
            calendar.between(START, end)
            found.append(time.perf_counter() - begin)
    print("\nA new calendar")
    for name, taken in (("made", made), ("first 3 days", near), ("first 10 years", far)):
        print(f"  {name:22} {written(median(taken))}")


# --- where others are known to fail ----------------------------------------------------------


def correctness() -> None:
    """Print who answers what where the answer can be reckoned by hand."""
    nights = BusinessCalendar(LONDON, Week.same("22:00-06:00", on=Weekday))
    rules = their_rules(at(22), at(6), list(range(7)), DAYS_OFF)
    spare = their_rules(at(9), at(17, 30), [0, 1, 2, 3, 4], [date(2020, 1, 1)])
    free = BusinessCalendar(LONDON, Week.same("09:00-17:30"), Holidays(), breaks=OURS.breaks)
    pandas_nights = pd.offsets.CustomBusinessHour(
        start="22:00", end="06:00", weekmask="Mon Tue Wed Thu Fri Sat Sun"
    )

    def local(*parts: int) -> datetime:
        return datetime(*parts, tzinfo=TZ).astimezone(UTC)  # type: ignore[misc, arg-type]

    cases = (
        ("a night of 22-06", 8, local(2026, 6, 2, 20), local(2026, 6, 3, 12)),
        ("from two in the night on", 4, local(2026, 6, 3, 2), local(2026, 6, 3, 12)),
        ("the night in March", 7, local(2026, 3, 28, 20), local(2026, 3, 29, 12)),
        ("the night in October", 9, local(2026, 10, 24, 20), local(2026, 10, 25, 12)),
    )
    print("\nWhere the answer can be reckoned by hand")
    for name, hours, start, end in cases:
        span = wall(start), wall(end)
        asked: Ways = {
            "loyalcore": lambda s=start, e=end: nights.between(s, e),  # type: ignore[misc]
            "businesstimedelta": lambda s=start, e=end: rules_between(s, e, rules),  # type: ignore[misc]
            "business-duration": lambda span=span: timedelta(  # type: ignore[misc]
                hours=float(
                    business_duration.businessDuration(*span, at(22), at(6), [], None, "hour")
                )
            ),
            "pandas": lambda span=span: pandas_hours(  # type: ignore[misc]
                span[0], span[1], pandas_nights
            ),
        }
        told(name, timedelta(hours=hours), asked)
    work = timedelta(hours=8)
    due = datetime(2026, 3, 3, 10, tzinfo=UTC)
    theirs = businesstimedelta.BusinessTimeDelta(spare, hours=8)
    told(
        "8 hours added, no holiday ahead",
        due,
        {
            "loyalcore": lambda: free.add(START, work),
            "businesstimedelta": lambda: (START + theirs).astimezone(UTC),
        },
    )


def told(name: str, right: Any, asked: Ways) -> None:
    """Print each answer, and whether it is right."""
    print(f"  {name}: {right}")
    for library, ask in asked.items():
        found = answer(ask)
        print(f"    {library:20} {'right' if found == right else f'wrong: {found}'}")


def main() -> None:
    """Run the rounds and print medians, ratios and answers."""
    for name, end in ENDS.items():
        show(f"Between, {name}", between(end))
        show(f"Working dates, {name}", counting(end))
    for hours in HOURS:
        show(f"{hours:,} hours added", adding(hours))
    flat()
    cold()
    correctness()


if __name__ == "__main__":
    main()
