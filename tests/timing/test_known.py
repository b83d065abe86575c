"""What a calendar cannot know it does not answer (T7)."""

from datetime import UTC, date, datetime, time, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidDocument, InvalidValue
from loyalcore.errors import CalendarUnknown, NeverCloses, NeverOpens
from loyalcore.testing import rule
from loyalcore.testing.calendars import (
    breaks,
    business_calendars,
    day_hours,
    instants_near,
    places,
    weeks,
)
from loyalcore.timing import (
    Break,
    BusinessCalendar,
    Closure,
    DueAt,
    Holiday,
    Holidays,
    HoursOn,
    Week,
    Weekday,
    WorkedDay,
    start_of_day,
    zone,
)

A_DAY = timedelta(days=1)
AROUND = date(2026, 3, 29)


@st.composite
def limited(draw: st.DrawFn) -> tuple[BusinessCalendar, BusinessCalendar, date]:
    """A calendar, the same with its holidays known for some days only, and the date amid them."""
    timezone, around = draw(places())
    calendar = draw(business_calendars(timezone, around))
    first, last = (around + draw(st.integers(*some)) * A_DAY for some in ((-3, 0), (0, 3)))
    closed, worked = calendar.holidays.closed, calendar.holidays.worked
    known = Holidays(
        [each for each in closed if first <= each.day <= last],
        [each for each in worked if first <= each.day <= last],
        first,
        last,
    )
    return calendar, attrs.evolve(calendar, holidays=known), around


def known_instants(calendar: BusinessCalendar) -> tuple[datetime, datetime]:
    tz, week = zone(calendar.timezone), calendar.week
    late = any(hours.closes <= hours.opens for day in Weekday for hours in week.on(day))
    # Whether the night before the first date was worked is not known.
    first = calendar.known_from + A_DAY * late
    return start_of_day(first, tz), start_of_day(calendar.known_through + A_DAY, tz)


@rule("T7.1")
@given(limited(), st.data())
def test_within_what_is_known_the_answers_are_the_same(
    case: tuple[BusinessCalendar, BusinessCalendar, date], data: st.DataObject
) -> None:
    """Questions about known instants are answered as by who knows more; others are refused."""
    more, calendar, around = case
    first, last = known_instants(calendar)
    ends = st.sampled_from((first, last))
    start, end = (data.draw(instants_near(around) | ends) for _ in range(2))
    if all(first <= at <= last for at in (start, end)):
        assert calendar.between(start, end) == more.between(start, end)
        low, high = sorted((start, end))
        assert calendar.windows(low, high) == more.windows(low, high)
    else:
        with pytest.raises(CalendarUnknown) as refused:
            calendar.between(start, end)
        unknown = refused.value.at
        assert unknown in {start, end} and not first <= unknown <= last
        assert (refused.value.known_from, refused.value.known_through) == (
            calendar.known_from,
            calendar.known_through,
        )
    if first <= start < last:
        assert calendar.is_open(start) == more.is_open(start)
    else:
        with pytest.raises(CalendarUnknown):
            calendar.is_open(start)


@rule("T7.2")
@given(limited(), st.data())
def test_an_answer_beyond_what_is_known_is_refused(
    case: tuple[BusinessCalendar, BusinessCalendar, date], data: st.DataObject
) -> None:
    """What ends within it is answered as by who knows more, whatever would end beyond is not."""
    more, calendar, around = case
    first, last = known_instants(calendar)
    start = data.draw(
        instants_near(around, 3).filter(lambda at: first <= at <= last) | st.just(last)
    )
    work = timedelta(minutes=data.draw(st.integers(0, 3000)))
    days = data.draw(st.integers(0, 3))
    asked = [
        ("add", (start, work), last, 1),
        ("add", (start, -work), first, -1),
        ("add_latest", (start, work), last - timedelta(microseconds=1), 1),
        ("next_closing", (start,), last - timedelta(microseconds=1), 1),
    ]
    for name, given_, limit, sign in asked:
        try:
            expected = getattr(more, name)(*given_)
        except (CalendarUnknown, NeverOpens, NeverCloses):
            expected = None
        beyond = expected is None or (expected > limit if sign > 0 else expected < limit)
        if beyond:
            with pytest.raises((CalendarUnknown, NeverOpens, NeverCloses)) as refused:
                getattr(calendar, name)(*given_)
            if expected is not None:
                assert isinstance(refused.value, CalendarUnknown)
        else:
            assert getattr(calendar, name)(*given_) == expected
    today = start.astimezone(zone(calendar.timezone)).date()
    for due in DueAt:
        try:
            found = calendar.add_business_days(start, days, due)
        except (CalendarUnknown, NeverOpens):
            continue
        assert found == more.add_business_days(start, days, due)
        assert today <= calendar.known_through


@given(limited(), st.data())
def test_dates_beyond_what_is_known_are_refused(
    case: tuple[BusinessCalendar, BusinessCalendar, date], data: st.DataObject
) -> None:
    """Whether a date is worked is answered for the dates that are known."""
    more, calendar, around = case
    start, end = (around + data.draw(st.integers(-5, 5)) * A_DAY for _ in range(2))
    if calendar.known_from <= start <= calendar.known_through:
        assert calendar.is_working_day(start) == more.is_working_day(start)
        assert calendar.days(start, start) == more.days(start, start)
    else:
        with pytest.raises(CalendarUnknown):
            calendar.is_working_day(start)
        with pytest.raises(CalendarUnknown):
            calendar.days(start, start)
    low, high = sorted((start, end))
    if start == end or (calendar.known_from <= low + A_DAY and high <= calendar.known_through):
        assert calendar.count_business_days(start, end) == more.count_business_days(start, end)
    else:
        with pytest.raises(CalendarUnknown):
            calendar.count_business_days(start, end)


@rule("T7.3")
@given(weeks() | st.just(Week()), st.lists(breaks(AROUND), max_size=3), st.booleans())
def test_a_calendar_that_never_opens_is_refused(week: Week, cut: list[Break], whole: bool) -> None:
    """Minute by minute of a week: if breaks leave nothing of it, it is refused when it is built."""
    if whole:
        cut = [*cut, Break("00:00-12:00"), Break("12:00-24:00")]
    opened, closed = set(), set()
    for number, day in enumerate(Weekday):
        for hours in getattr(week, day.value):
            end = hours.closes + 1440 * (hours.closes <= hours.opens)
            opened |= {(number * 1440 + n) % 10080 for n in range(hours.opens, end)}
        for hours in (pause.hours for pause in cut if pause.on is None and day in pause.days):
            end = hours.closes + 1440 * (hours.closes <= hours.opens)
            closed |= {(number * 1440 + n) % 10080 for n in range(hours.opens, end)}
    if opened - closed:
        calendar = BusinessCalendar("UTC", week, breaks=cut)
        may = datetime(2026, 5, 1, tzinfo=UTC)
        assert calendar.next_opening(may) >= may
        return
    with pytest.raises(InvalidDocument) as refused:
        BusinessCalendar("UTC", week, breaks=cut)
    assert [mistake.path for mistake in refused.value.mistakes] == ["week"]


@rule("T7.4")
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=4, unique=True),
    day_hours(1),
    instants_near(AROUND + 20 * A_DAY, 30),
)
def test_where_nothing_opens_any_more_it_says_so(
    numbers: list[int], hours: tuple, at: datetime
) -> None:
    """A calendar of single dates gives what they hold, and refuses more, forwards and back."""
    dates = [AROUND + n * A_DAY for n in numbers]
    fair = BusinessCalendar("Europe/London", exceptions=[HoursOn(day, hours) for day in dates])
    far = timedelta(days=400)
    ahead, behind = fair.between(at, at + far), fair.between(at - far, at)
    micro = timedelta(microseconds=1)
    for left, sign in ((ahead, 1), (behind, -1)):
        if left:
            assert fair.between(at, fair.add(at, sign * left)) == sign * left
        with pytest.raises(NeverOpens) as refused:
            fair.add(at, sign * (left + micro))
        assert refused.value.backwards == (sign < 0)
    with pytest.raises(NeverOpens):
        fair.add_latest(at, ahead)
    with pytest.raises(NeverOpens):
        fair.next_opening(at + far)
    with pytest.raises(NeverOpens):
        fair.add_business_days(at, len(dates) + 1)


@rule("T7.2", "T7.4")
@given(st.integers(-9, 9), st.integers(0, 5), st.integers(0, 5), instants_near(AROUND, 2))
def test_what_is_not_known_is_not_said_never_to_open(
    number: int, before: int, behind: int, at: datetime
) -> None:
    """A single open date beyond what is known leaves the question open; within it, it is known."""
    day, first, last = AROUND + number * A_DAY, AROUND - before * A_DAY, AROUND + behind * A_DAY
    fair = BusinessCalendar(
        "UTC",
        holidays=Holidays(known_from=first, known_through=last),
        exceptions=[HoursOn(day, ["09:00-17:00"])],
    )
    begin, end = (start_of_day(each, zone("UTC")) for each in (first, last + A_DAY))
    at = min(max(at, begin), end)
    for sign, unknown in ((1, last < day), (-1, day < first)):
        with pytest.raises((CalendarUnknown, NeverOpens)) as refused:
            fair.add(at, sign * timedelta(hours=9))
        margin = abs((day - (last if sign > 0 else first)).days) <= 3
        assert isinstance(refused.value, CalendarUnknown) or not unknown
        assert isinstance(refused.value, NeverOpens) or unknown or margin


@rule("T7.5")
@given(places(), st.booleans(), st.data())
def test_where_nothing_closes_any_more_it_says_so(
    place: tuple[str, date], closes: bool, data: st.DataObject
) -> None:
    """Open around the clock it has no next closing, unless a date is closed."""
    timezone, around = place
    day = around + 2 * A_DAY
    week = data.draw(
        st.sampled_from((["00:00-24:00"], ["09:00-22:00", "22:00-09:00"])).map(
            lambda hours: Week.same(*hours, on=Weekday)
        )
    )
    calendar = BusinessCalendar(timezone, week, closures=[Closure(day)] if closes else [])
    at = data.draw(instants_near(around))
    hour = time(week.mon[0].opens // 60)
    gone = datetime.combine(day, hour, zone(timezone)).astimezone(UTC) <= at
    if closes and not gone and calendar.days(day, day)[0].because.value == "closure":
        assert not calendar.is_open(calendar.next_closing(at))
    else:
        with pytest.raises(NeverCloses):
            calendar.next_closing(at)


@rule("T7.6")
@given(st.lists(st.integers(0, 9), min_size=1, max_size=4), st.integers(0, 9), st.integers(0, 9))
def test_holidays_say_how_far_they_are_known(numbers: list[int], first: int, last: int) -> None:
    """A list needs its end; dates outside of it, or twice, are refused, all at once."""
    days = [AROUND + n * A_DAY for n in numbers]
    closed = [Holiday(day) for day in days[:2]]
    worked = [WorkedDay(day, Weekday.FRI) for day in days[2:]]
    with pytest.raises(InvalidDocument, match="known_through: missing"):
        Holidays(closed, worked)
    sound = first <= last and len(set(numbers)) == len(numbers)
    sound = sound and all(first <= n <= last for n in numbers)
    ends = AROUND + first * A_DAY, AROUND + last * A_DAY
    if sound:
        assert Holidays(closed, worked, *ends).first_known == ends[0]
        year = Holidays(closed, worked, known_through=ends[1]).first_known
        assert year == date(2026, 1, 1)
        return
    with pytest.raises(InvalidDocument) as refused:
        Holidays(closed, worked, *ends)
    paths = [f"closed[{n}].day" for n in range(len(closed))]
    paths += [f"worked[{n}].day" for n in range(len(worked))]
    wrong = {
        path
        for n, path in enumerate(paths)
        if not first <= numbers[n] <= last or numbers[n] in numbers[:n]
    }
    named = {mistake.path for mistake in refused.value.mistakes}
    assert named == wrong | ({"known_through"} if first > last else set())


@rule("T7.7")
@given(st.integers(8000, 10_000_000), instants_near(AROUND))
def test_what_ends_beyond_all_calendars_is_refused(years: int, at: datetime) -> None:
    """Work that takes longer than the years that can be reckoned with is refused by its field."""
    for sign in (1, -1):
        with pytest.raises(InvalidValue, match=r"add\.work"):
            BusinessCalendar.always().add(at, sign * timedelta(days=min(365 * years, 999_999_999)))
