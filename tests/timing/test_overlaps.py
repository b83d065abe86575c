"""No time belongs to two dates (T1)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from loyalcore import InvalidDocument
from loyalcore.testing import rule
from loyalcore.testing.calendars import business_calendars, day_hours, places
from loyalcore.timing import (
    BusinessCalendar,
    Closure,
    Holiday,
    Holidays,
    Hours,
    HoursOn,
    Interval,
    Intervals,
    Week,
    Weekday,
    WorkedDay,
    calendar_from,
)
from tests.timing.slow_calendar import SlowCalendar

A_DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)
SPRING = date(2026, 3, 29)
WEEKDAYS = list(Weekday)

hours = st.sampled_from(
    (
        ["09:00-17:00"],
        ["22:00-06:00"],
        ["23:00-09:00"],
        ["08:00-10:00"],
        ["00:00-24:00"],
        ["10:00-00:00"],
        ["06:00-09:00", "21:00-06:00"],
        [],
    )
) | day_hours().map(lambda windows: [str(each) for each in windows])


def minutes(day: int, windows: list[str]) -> list[int]:
    """The minutes that a day's windows take, counted from a first day's midnight."""
    taken: list[int] = []
    for each in windows:
        opens, closes = (int(end[:2]) * 60 + int(end[3:]) for end in each.split("-"))
        taken += range(opens, closes + 1440 * (closes <= opens))
    return [day * 1440 + minute for minute in taken]


@rule("T1.6")
@given(st.lists(hours, min_size=7, max_size=7))
@example([["23:00-09:00"], ["08:00-10:00"], *[[]] * 5])
@example([["08:00-10:00"], *[[]] * 5, ["23:00-09:00"]])
def test_nights_into_the_next_day_of_the_week_are_refused(days: list[list[str]]) -> None:
    """Minute by minute around the week: those that two days share are told of the later one."""
    taken = [{minute % 10080 for minute in minutes(n, each)} for n, each in enumerate(days)]
    shared = {WEEKDAYS[n].value for n in range(7) if taken[n - 1] & taken[n]}
    parts = dict(zip((day.value for day in WEEKDAYS), days, strict=True))
    if not shared:
        assert [[str(each) for each in Week(**parts).on(day)] for day in WEEKDAYS] == days
        return
    with pytest.raises(InvalidDocument) as refused:
        Week(**parts)
    assert {mistake.path for mistake in refused.value.mistakes} == shared
    with pytest.raises(InvalidDocument) as unread:
        calendar_from({"timezone": "UTC", "week": parts, "colour": "blue"})
    paths = {f"week.{path}" for path in shared}
    assert {mistake.path for mistake in unread.value.mistakes} >= paths


KINDS = ("week", "exception", "closure", "worked", "holiday")


@rule("T1.7")
@given(
    st.sampled_from((["22:00-06:00"], ["09:00-17:00"], ["23:00-08:00"])),
    st.lists(st.tuples(st.sampled_from(KINDS), hours.filter(bool)), min_size=3, max_size=6),
    st.booleans(),
)
def test_nights_into_dates_with_hours_of_their_own_are_refused(
    usual: list[str], dates: list[tuple[str, list[str]]], misread: bool
) -> None:
    """Minute by minute over some dates: those that two share are told of the one that differs."""
    names = ("mon", "tue", "wed", "thu", "fri")
    week = dict.fromkeys(names, usual)
    holidays: dict[str, list] = {"closed": [], "worked": []}
    document: dict = {"timezone": "UTC", "week": week, "closures": [], "exceptions": []}
    plans, places = {}, {}
    for number in range(-1, 8):
        day = MONDAY + number * A_DAY
        kind, own = dates[number] if 0 <= number < len(dates) else ("week", [])
        plans[number] = usual if day.weekday() < 5 else []
        if kind == "exception":
            places[number] = f"exceptions[{len(document['exceptions'])}].hours"
            document["exceptions"].append({"day": str(day), "hours": own})
            plans[number] = own
        elif kind == "worked":
            places[number] = f"holidays.worked[{len(holidays['worked'])}].day"
            holidays["worked"].append({"day": str(day), "like": "fri"})
            plans[number] = usual
        elif kind != "week":
            plans[number] = []
            rows = document["closures"] if kind == "closure" else holidays["closed"]
            rows.append({"day": str(day)})
    if holidays["closed"] or holidays["worked"]:
        document["holidays"] = {**holidays, "known_through": "2026-12-31"}
    if misread:
        document["colour"] = "blue"
    taken = {number: set(minutes(number, plan)) for number, plan in plans.items()}
    wrong = {
        places.get(number, places.get(number - 1))
        for number in range(8)
        if taken[number - 1] & taken[number]
    }
    if not wrong and not misread:
        assert calendar_from(document).week.mon == tuple(map(Hours.parse, usual))
        return
    with pytest.raises(InvalidDocument) as refused:
        calendar_from(document)
    assert {mistake.path for mistake in refused.value.mistakes} - {"colour"} == wrong


@rule("T1.8")
@given(places().flatmap(lambda place: st.tuples(business_calendars(*place), st.just(place[1]))))
@example(
    (BusinessCalendar("Europe/London", Week(sat=["22:00-01:30"], sun=["02:00-02:15"])), SPRING)
)
@example(
    (
        BusinessCalendar("Pacific/Apia", Week(thu=["22:00-06:00"], sat=["00:00-05:00"])),
        date(2011, 12, 30),
    )
)
def test_no_time_counts_under_two_dates(case: tuple[BusinessCalendar, date]) -> None:
    """The dates' open times are apart, in order, and together all that is open."""
    calendar, around = case
    slow = SlowCalendar(calendar, around)
    days = calendar.days(slow.days[0], slow.days[-1])
    worked = [each.open for each in days if each.open]
    assume(worked)
    assert all(one.parts[-1].end <= other.parts[0].start for one, other in pairwise(worked))
    start, end = worked[0].parts[0].start, worked[-1].parts[-1].end
    together = Intervals(part for each in worked for part in each)
    night_before = Intervals(calendar.days(slow.days[0] - A_DAY, slow.days[0] - A_DAY)[0].open)
    night_behind = Intervals(calendar.days(slow.days[-1] + A_DAY, slow.days[-1] + A_DAY)[0].open)
    here = Intervals([Interval(start, end)])
    assert together == calendar.windows(start, end) - (night_before & here) - (night_behind & here)


@rule("T1.7")
@given(st.integers(0, 4), st.sampled_from(("exception", "closure", "holiday")))
def test_the_way_out_is_a_date_of_its_own(number: int, kind: str) -> None:
    """A night that an opening early would meet goes by an exception, a closure or a holiday."""
    day = MONDAY + number * A_DAY
    early = HoursOn(day + A_DAY, ["05:00-12:00"])
    nights = Week.same("22:00-06:00")
    with pytest.raises(InvalidDocument, match=f"{early.day} while 22:00-06:00 of {day}"):
        BusinessCalendar("UTC", nights, exceptions=[early])
    closed = Holidays([Holiday(day)], known_through=date(2026, 12, 31))
    ways = {
        "exception": {"exceptions": [early, HoursOn(day, ["22:00-05:00"])]},
        "closure": {"exceptions": [early], "closures": [Closure(day)]},
        "holiday": {"exceptions": [early], "holidays": closed},
    }
    calendar = BusinessCalendar("UTC", nights, **ways[kind])
    (found,) = calendar.days(early.day, early.day)
    assert found.open.duration == timedelta(hours=7)


@rule("T1.7")
@given(st.sampled_from(WEEKDAYS))
def test_a_day_worked_like_another_may_meet_a_night(like: Weekday) -> None:
    """A Sunday worked like a Friday whose night is longer runs into Monday, and is refused so."""
    week = Week(mon=["08:00-16:00"], fri=["20:00-09:00"])
    worked = WorkedDay(MONDAY - A_DAY, like)
    holidays = Holidays((), [worked], known_through=date(2026, 12, 31))
    if like is not Weekday.FRI:
        assert BusinessCalendar("UTC", week, holidays).holidays == holidays
        return
    with pytest.raises(InvalidDocument) as refused:
        BusinessCalendar("UTC", week, holidays)
    assert [mistake.path for mistake in refused.value.mistakes] == ["holidays.worked[0].day"]
