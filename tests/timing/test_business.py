"""Business calendars beside one that walks every five minutes (T1-T5)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from loyalcore import InvalidDocument, InvalidValue
from loyalcore.testing import rule
from loyalcore.testing.calendars import (
    CALENDAR_ZONES,
    business_calendars,
    clock_changes,
    instants_near,
    places,
)
from loyalcore.timing import (
    Because,
    Break,
    BusinessCalendar,
    Closure,
    Hours,
    HoursOn,
    Interval,
    Intervals,
    Week,
    Weekday,
    day_interval,
    zone,
)
from loyalcore.timing.openings import instant
from tests.timing.slow_calendar import STEP, SlowCalendar

Case = tuple[BusinessCalendar, SlowCalendar, date]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A calendar, the slow one, and the date near which both are looked at."""
    timezone, around = draw(places())
    calendar = draw(business_calendars(timezone, around))
    return calendar, SlowCalendar(calendar, around), around


@st.composite
def seams(draw: st.DrawFn) -> Case:
    """The same where one block of days ends and the next begins."""
    timezone, _ = draw(places())
    around = instant(draw(st.integers(256, 480)) << 42).date()
    calendar = draw(business_calendars(timezone, around))
    return calendar, SlowCalendar(calendar, around), around


def two(draw: st.DataObject, around: date) -> tuple[datetime, datetime]:
    return draw.draw(instants_near(around)), draw.draw(instants_near(around))


@rule("T1.1", "T1.2", "T2.2", "T2.3", "T3.1", "T3.3")
@given(cases() | seams(), st.data())
def test_open_when_the_wall_says_so(case: Case, data: st.DataObject) -> None:
    """Every cell of the days around is open or closed as the slow calendar has it."""
    calendar, slow, around = case
    start, end = (slow.at(datetime.combine(d, time())) for d in (slow.days[0], slow.days[-1]))
    cells = slow.cells[start:end]
    windows = calendar.windows(cells[0], cells[-1] + STEP)
    pieces = slow.pieces(cells[0], cells[-1] + STEP)
    assert windows == Intervals(Interval(*piece) for piece in pieces)
    at = data.draw(instants_near(around))
    assert calendar.is_open(at) == slow.is_open(at)


@rule("T1.3")
@given(cases(), st.data())
def test_windows_neither_touch_nor_overlap(case: Case, data: st.DataObject) -> None:
    """What is listed is parted by closed time, lies within what was asked, and sums to it."""
    calendar, _, around = case
    start, end = sorted(two(data, around))
    windows = list(calendar.windows(start, end))
    assert all(one.end < other.start for one, other in pairwise(windows))
    assert all(start <= window.start and window.end <= end for window in windows)
    total = sum((window.duration for window in windows), timedelta())
    assert total == calendar.between(start, end)


@rule("T2.1", "T5.1")
@given(cases(), st.data())
def test_time_between_is_the_time_that_passes(case: Case, data: st.DataObject) -> None:
    """The open cells between two instants, cut at both, in real time; and so over any third."""
    calendar, slow, around = case
    start, end = two(data, around)
    middle = data.draw(instants_near(around))
    assert calendar.between(start, end) == slow.between(start, end)
    assert calendar.between(start, middle) + calendar.between(middle, end) == calendar.between(
        start, end
    )


@rule("T5.2")
@given(cases(), st.data())
def test_never_negative_forwards_negated_backwards(case: Case, data: st.DataObject) -> None:
    """From earlier to later it is nothing or more; backwards it is the same below nothing."""
    calendar, _, around = case
    start, end = sorted(two(data, around))
    assert timedelta() <= calendar.between(start, end) <= end - start
    assert calendar.between(end, start) == -calendar.between(start, end)


def some_work(calendar: BusinessCalendar, slow: SlowCalendar, at: datetime) -> list[timedelta]:
    """Amounts of work that end within sight: whole windows, cells, and odd ones."""
    found, total = [timedelta(), timedelta(microseconds=1)], timedelta()
    for low, high in slow.pieces(at, at + timedelta(days=8)):
        total += high - low
        found += [total, total - timedelta(microseconds=1), total + timedelta(microseconds=1)]
    return found


@rule("T4.1", "T4.2", "T4.3", "T5.3")
@given(cases(), st.data())
def test_work_is_done_at_the_closing_and_late_from_the_opening(
    case: Case, data: st.DataObject
) -> None:
    """The earliest and the latest instant at which the work has passed, found by walking."""
    calendar, slow, around = case
    start = data.draw(instants_near(around))
    work = data.draw(st.sampled_from(some_work(calendar, slow, start)))
    done, latest = slow.add(start, work), slow.add_latest(start, work)
    assume(done is not None and latest is not None)
    assert calendar.add(start, work) == done
    assert calendar.add_latest(start, work) == latest
    assert calendar.between(start, done) == calendar.between(start, latest) == work
    assert calendar.between(done, latest) == timedelta()
    assert calendar.between(start, latest + timedelta(microseconds=1)) > work
    if work:
        assert calendar.between(start, done - timedelta(microseconds=1)) < work


@rule("T5.4")
@given(cases(), st.data())
def test_negative_work_counts_backwards(case: Case, data: st.DataObject) -> None:
    """The latest instant from which so much passes up to here, found by walking back."""
    calendar, slow, around = case
    end = data.draw(instants_near(around))
    begin = data.draw(instants_near(around).filter(lambda at: at < end) | st.just(end))
    work = slow.between(begin, end)
    expected = slow.back(end, work) if work else end
    assert calendar.add(end, -work) == expected
    assert calendar.between(expected, end) == work
    if work:
        assert calendar.between(expected + timedelta(microseconds=1), end) < work


@rule("T4.4")
@given(cases(), st.data())
def test_the_next_opening_and_closing(case: Case, data: st.DataObject) -> None:
    """Open from the one to just before the other, and not between here and the opening."""
    calendar, slow, around = case
    at = data.draw(instants_near(around))
    opening, closing = slow.add_latest(at, timedelta()), slow.closing(at)
    assume(opening is not None and closing is not None)
    assert calendar.next_opening(at) == opening
    assert calendar.next_closing(at) == closing
    assert calendar.is_open(opening) and not calendar.is_open(closing)
    assert calendar.between(opening, closing) == closing - opening


NIGHTS = BusinessCalendar("Europe/London", Week.same("22:00-06:00", on=Weekday))
LONG = Week.same("23:00-22:55", on=Weekday)


@rule("T1.2", "T6.1")
@given(
    st.sampled_from(CALENDAR_ZONES),
    st.integers(256, 480).filter(lambda block: instant(block << 42).hour < 3),
    st.integers(0, 120),
)
def test_a_window_begun_before_a_block_is_not_overlooked(
    timezone: str, block: int, minutes: int
) -> None:
    """Closed five minutes a day, whenever and wherever a new calendar is first asked."""
    at = instant(block << 42) + timedelta(minutes=minutes)
    wall = at.astimezone(zone(timezone))
    assume(wall.date() not in clock_changes(timezone))
    closed = time(22, 55) <= wall.time() < time(23)
    assert BusinessCalendar(timezone, LONG).is_open(at) == (not closed)


NIGHT_HOURS = {date(2026, 3, 28): 7, date(2026, 10, 24): 9}


@rule("T2.1")
@given(st.sampled_from(sorted(NIGHT_HOURS)) | st.dates(date(2026, 1, 1), date(2026, 12, 30)))
def test_a_night_lasts_as_long_as_it_lasts(day: date) -> None:
    """22-06 is eight hours, seven when the clocks go forward and nine when they go back."""
    (opened,) = NIGHTS.days(day, day)
    assert opened.open.duration == timedelta(hours=NIGHT_HOURS.get(day, 8))


@rule("T2.3")
@given(st.sampled_from(("00:00-24:00", "09:00-17:00", "23:00-01:00")))
def test_a_date_that_was_skipped_is_not_opened(hours: str) -> None:
    """Apia had no 30 December 2011, whatever the week says of a Friday."""
    calendar = BusinessCalendar("Pacific/Apia", Week.same(hours, on=Weekday))
    day = date(2011, 12, 30)
    (skipped,) = calendar.days(day, day)
    assert (skipped.because, skipped.working) == (Because.SKIPPED, False)
    assert not calendar.is_working_day(day)
    start, end = day_interval(day, zone("Pacific/Apia"))
    assert start == end and calendar.is_working_day(day + timedelta(days=1))
    on_fridays = Break(hours, [Weekday.FRI])
    lunch = BusinessCalendar(
        "Pacific/Apia", Week.same("00:00-24:00", on=Weekday), breaks=[on_fridays]
    )
    for near in (day, day + timedelta(days=1)):
        assert not lunch.days(near, near)[0].cuts


@rule("T3.4")
@given(cases())
def test_every_date_is_explained(case: Case) -> None:
    """Its open time and what breaks took are its windows; what decided is named."""
    calendar, slow, _ = case
    own = [*calendar.exceptions, *calendar.closures]
    named = {each.day: each.name for each in (*calendar.holidays.closed, *own)}
    worked = {each.day for each in calendar.holidays.worked}
    excepted = {each.day for each in calendar.exceptions}
    for found in calendar.days(slow.days[0], slow.days[-1]):
        if found.because is Because.SKIPPED:
            assert found.day not in slow.days and not found.hours and not found.open
            continue
        day = found.day
        assert found.hours == slow.hours(day)
        assert found.working == slow.works_on(day) == calendar.is_working_day(day)
        if found.working:
            assert found.open.parts[-1].end == slow.end_of(day)
        cells = {n for hours in found.hours for n in slow.shown(day, hours)}
        windows = Intervals(Interval(slow.cells[n], slow.cells[n] + STEP) for n in cells)
        taken = Intervals(cut.interval for cut in found.cuts)
        assert found.open | taken == windows
        assert not (found.open & taken)
        decided = {
            Because.WEEK: day not in named and day not in worked,
            Because.WORKED: day in worked and day not in {each.day for each in own},
            Because.EXCEPTION: day in excepted,
        }
        assert decided.get(found.because, day in named)
        assert found.name == named.get(day, "")
        assert str(found).startswith(f"{day} ")


@rule("T3.2")
@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 9), st.integers(0, 9))
def test_closed_and_excepted_is_refused(day: date, before: int, behind: int) -> None:
    """One's own closure and one's own exception on one date contradict each other."""
    closure = Closure(day - timedelta(days=before), day + timedelta(days=behind))
    with pytest.raises(InvalidDocument) as refused:
        BusinessCalendar(
            "UTC",
            Week.same("09:00-17:00"),
            closures=[closure],
            exceptions=[HoursOn(day, ["10:00-12:00"])],
        )
    assert [mistake.path for mistake in refused.value.mistakes] == ["exceptions[0].day"]


minutes = st.integers(0, 1440)
windows = (
    st.tuples(st.integers(0, 1439), minutes)
    .filter(lambda ends: ends[0] != ends[1])
    .map(lambda ends: Hours(*ends))
)


@rule("T1.4", "T1.5")
@given(minutes, minutes)
@example(1320, 360)
@example(0, 1440)
@example(1440, 60)
@example(540, 540)
def test_hours_are_written_one_way(opens: int, closes: int) -> None:
    """Two minutes of a day, in digits; none opens at 24:00; ending at the start is a day."""
    text = f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
    if opens == 1440:
        with pytest.raises(InvalidValue, match="Hours"):
            Hours.parse(text)
        return
    hours = Hours.parse(text)
    assert hours.overnight == (closes <= opens)
    assert hours.span == (opens, closes if opens < closes else closes + 1440)
    assert (hours.opens, hours.closes, str(hours)) == (opens, closes, text)
    for wrong in (text[1:], text + ":00", text.replace("-", " "), text.replace(":", "."), None, 9):
        with pytest.raises(InvalidValue, match="Hours"):
            Hours.parse(wrong)


@rule("T1.4")
@given(st.lists(windows, min_size=2, max_size=4))
def test_windows_of_one_date_that_overlap_are_refused(some: list[Hours]) -> None:
    """Minute by minute: those that share one are refused, those that only touch are not."""
    taken: list[int] = []
    for hours in some:
        end = hours.closes + 1440 if hours.closes < hours.opens else hours.closes
        taken += range(hours.opens, end)
    if len(taken) == len(set(taken)):
        assert set(Week(mon=some).mon) == set(some)
        return
    with pytest.raises(InvalidDocument, match="overlap") as refused:
        Week(mon=some)
    assert refused.value.mistakes[0].path == "mon"
    with pytest.raises(InvalidDocument, match="overlap"):
        HoursOn(date(2026, 1, 1), some)


@given(st.sampled_from(("between", "windows", "add", "is_open", "count_business_days")))
@settings(max_examples=5)
def test_naive_instants_are_refused(method: str) -> None:
    """An instant without its zone is refused by its name."""
    calendar, naive = BusinessCalendar.always(), datetime(2026, 1, 1, 9)  # noqa: DTZ001
    aware = naive.replace(tzinfo=UTC)
    more = {"add": [timedelta(1)], "is_open": []}.get(method, [aware])
    with pytest.raises(InvalidValue, match=f"{method}.*naive"):
        getattr(calendar, method)(naive, *more)
