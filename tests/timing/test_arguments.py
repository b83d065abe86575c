"""What calendars say to an argument of another type (R1.7)."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import loyalcore.timing
from loyalcore.adapters import public_holidays
from loyalcore.errors import InvalidDocument, InvalidValue, LoyalcoreError
from loyalcore.testing import rule
from loyalcore.timing import (
    Because,
    Break,
    BusinessCalendar,
    BusinessDay,
    Closure,
    Cut,
    Cycle,
    DueAt,
    Holiday,
    Holidays,
    Hours,
    HoursOn,
    Interval,
    Intervals,
    LeapDay,
    Length,
    MonthDay,
    Recurrence,
    Week,
    Weekday,
    WorkedDay,
    day_interval,
    local_date,
    start_of_day,
    zone,
)

DAY, NOON = date(2026, 3, 6), datetime(2026, 3, 6, 12, tzinfo=UTC)
OFFICE = BusinessCalendar("Europe/London", Week.same("09:00-17:00"))
HOUR = Interval(NOON, NOON + timedelta(hours=1))
LONDON = zone("Europe/London")

# Each with arguments that it takes.
CALLS: Mapping[Callable[..., Any], Mapping[str, Any]] = {
    Break: {"hours": "12:00-13:00", "days": [Weekday.MON], "on": None, "name": "lunch"},
    BusinessCalendar: {
        "timezone": "UTC",
        "week": OFFICE.week,
        "holidays": Holidays(),
        "closures": [Closure(DAY)],
        "exceptions": [],
        "breaks": [],
        "name": "office",
    },
    BusinessCalendar.always: {"timezone": "UTC"},
    BusinessDay: {
        "day": DAY,
        "because": Because.WEEK,
        "name": "",
        "hours": (),
        "open": Intervals(),
        "cuts": (),
    },
    Closure: {"day": DAY, "last": DAY, "name": "move"},
    Cut: {"interval": HOUR, "name": "lunch"},
    Holiday: {"day": DAY, "name": "feast"},
    Holidays: {
        "closed": [Holiday(DAY)],
        "worked": [],
        "known_from": DAY,
        "known_through": DAY,
    },
    Hours: {"opens": 540, "closes": 1020},
    Hours.parse: {"text": "09:00-17:00"},
    HoursOn: {"day": DAY, "hours": ["09:00-12:00"], "name": "half a day"},
    Interval: {"start": NOON, "end": NOON + timedelta(hours=1)},
    HOUR.__contains__: {"instant": NOON},
    Intervals: {"parts": [HOUR]},
    Intervals([HOUR]).__or__: {"other": Intervals()},
    Intervals([HOUR]).__and__: {"other": Intervals()},
    Intervals([HOUR]).__sub__: {"other": Intervals()},
    Intervals([HOUR]).__contains__: {"instant": NOON},
    Length: {"days": 1, "months": 1, "years": 1},
    Length(months=1).after: {"day": DAY},
    MonthDay: {"month": 2, "day": 29},
    MonthDay(2, 29).kept_in: {"year": 2026, "leap_day": LeapDay.MARCH_1},
    Cycle.WEEK.start: {"day": DAY},
    Cycle.WEEK.next_start: {"day": DAY},
    Recurrence: {"rule": "FREQ=DAILY", "start": DAY},
    Recurrence("FREQ=DAILY").falls_on: {"day": DAY},
    Week: {"mon": ["09:00-17:00"], "sun": []},
    Week.same: {"hours": "09:00-17:00", "on": [Weekday.MON]},
    OFFICE.week.on: {"day": Weekday.MON},
    Weekday.numbered: {"number": 3},
    WorkedDay: {"day": DAY, "like": Weekday.FRI, "name": "decree"},
    OFFICE.between: {"start": NOON, "end": NOON},
    OFFICE.add: {"start": NOON, "work": timedelta(hours=1)},
    OFFICE.add_latest: {"start": NOON, "work": timedelta(hours=1)},
    OFFICE.is_open: {"at": NOON},
    OFFICE.next_opening: {"at": NOON},
    OFFICE.next_closing: {"at": NOON},
    OFFICE.windows: {"start": NOON, "end": NOON},
    OFFICE.days: {"first": DAY, "last": DAY},
    OFFICE.is_working_day: {"day": DAY},
    OFFICE.count_business_days: {"start": DAY, "end": DAY},
    OFFICE.add_business_days: {"start": NOON, "days": 1, "due": DueAt.CLOSING},
    day_interval: {"day": DAY, "tz": LONDON},
    local_date: {"instant": NOON, "tz": LONDON},
    start_of_day: {"day": DAY, "tz": LONDON},
    zone: {"name": "UTC"},
    public_holidays: {
        "country": "GB",
        "since": 2025,
        "through": 2026,
        "subdivision": "ENG",
        "language": None,
        "beyond_decrees": False,
    },
}
# What stands in the wrong place as often as not.
OTHERS: list[Any] = [
    None,
    "",
    5,
    -1,
    5.0,
    True,
    [],
    object(),
    "mon",
    b"UTC",
    ["mon"],
    [5],
    [None],
    {"mon": 1},
    Weekday.MON,
    Cycle,
    date.min,
    date.max,
    NOON.replace(tzinfo=None),
    datetime.max.replace(tzinfo=UTC),
    timedelta.max,
    LONDON,
    OFFICE,
    OFFICE.week,
]
# A name or a field by another word than the argument's, and functions that read a document.
ALSO = {zone: ["timezone"], Hours: ["Hours"], Hours.parse: ["Hours"], MonthDay: ["MonthDay"]}
ENUMS = {"Because", "Cycle", "DueAt", "LeapDay", "Weekday"}
DOCUMENTS = {"calendar_data", "calendar_from", "load_calendar"}


def call(function: Callable[..., Any], arguments: Mapping[str, Any]) -> object:
    if function == Week.same:
        return Week.same(arguments["hours"], on=arguments["on"])
    if function.__name__.startswith("__"):
        return function(*arguments.values())
    return function(**arguments)


def test_no_public_name_is_left_out() -> None:
    """Save enums, which Python itself looks up, and what reads a document."""
    called = {function.__qualname__.partition(".")[0] for function in CALLS}
    assert called >= set(loyalcore.timing.__all__) - ENUMS - DOCUMENTS


@pytest.mark.parametrize("function", CALLS, ids=lambda function: function.__qualname__)
def test_the_arguments_are_taken(function: Callable[..., Any]) -> None:
    """So that what is refused is refused for the one that is wrong."""
    call(function, CALLS[function])


@rule("R1.7")
@pytest.mark.parametrize("function", CALLS, ids=lambda function: function.__qualname__)
@given(st.data())
def test_an_argument_of_another_type_is_named(
    function: Callable[..., Any], data: st.DataObject
) -> None:
    """Never a bare AttributeError or TypeError from deep inside."""
    name = data.draw(st.sampled_from(list(CALLS[function])), "argument")
    wrong = data.draw(st.sampled_from(OTHERS), "given")
    error = None
    try:
        call(function, {**CALLS[function], name: wrong})
    except LoyalcoreError as refusal:
        error = refusal
    if isinstance(error, InvalidDocument):
        assert error.mistakes
    elif isinstance(error, InvalidValue):
        assert error.fix
        fields = {name, *ALSO.get(function, ())}
        assert error.field in fields or error.field.endswith(f".{name}"), error
        assert error.field in str(error)


@rule("R1.10")
@given(st.sampled_from(("mon", 5, None)))
def test_the_members_of_an_enum_are_listed(wrong: Any) -> None:
    """Who gives a word for a member is told the members."""
    days = r"Weekday\.MON, .*, Weekday\.SAT or Weekday\.SUN"
    for build in (
        lambda: Break("12:00-13:00", [wrong]),
        lambda: WorkedDay(DAY, wrong),
        lambda: Week.same("09:00-17:00", on=[wrong]),
        lambda: OFFICE.week.on(wrong),
    ):
        with pytest.raises(InvalidValue, match=days):
            build()
    with pytest.raises(InvalidValue, match=r"DueAt\.SAME_TIME, DueAt\.CLOSING or DueAt\.MIDNIGHT"):
        OFFICE.add_business_days(NOON, 1, wrong)


@rule("T1.4")
@given(st.sampled_from((None, 5, [], ["09:00-17:00"], object())))
def test_hours_of_another_type_are_told_how_to_write_them(wrong: Any) -> None:
    """With an example, and by the field in which they stand."""
    with pytest.raises(InvalidValue, match=r"Break\.hours.*09:00-17:30"):
        Break(wrong)
    with pytest.raises(InvalidValue, match=r"Week\.mon.*09:00-17:30"):
        Week(mon=[wrong])
    with pytest.raises(InvalidValue, match=r"Week\.same\.hours.*09:00-17:30"):
        Week.same(wrong)


@rule("T7.8")
@given(
    st.dates(max_value=date(1899, 12, 31))
    | st.dates(min_value=date(9000, 1, 1))
    | st.sampled_from((date(1900, 1, 1), date(8999, 12, 31)))
)
def test_dates_beyond_all_calendars_are_refused(day: date) -> None:
    """A calendar's own dates lie in the years that it reckons with; at their ends it still does."""
    build = partial(BusinessCalendar, "Asia/Shanghai")
    ways: list[Callable[[], BusinessCalendar]] = [
        lambda: build(OFFICE.week, closures=[Closure(day)]),
        lambda: build(exceptions=[HoursOn(day, ["22:00-06:00"])]),
        lambda: build(OFFICE.week, breaks=[Break("12:00-13:00", on=day)]),
        lambda: build(OFFICE.week, Holidays([Holiday(day)], (), day, day)),
        lambda: build(OFFICE.week, Holidays(known_through=day)),
    ]
    for way in ways:
        if day.year in range(1900, 9000):
            assert way() == way()
            continue
        with pytest.raises(InvalidValue, match="give a year from 1900 to 8999"):
            way()
