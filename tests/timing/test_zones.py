"""Local days as intervals of instants, in zones whose clocks do odd things (L6)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalcore import InvalidValue
from loyalcore.testing import rule
from loyalcore.testing.calendars import instants_near, places
from loyalcore.testing.loyalty import ZONES, moments
from loyalcore.timing import day_interval, local_date, start_of_day, zone
from tests.loyalty.slow_model import first_instant

zones = st.sampled_from(ZONES).map(zone)
days = st.dates(date(2005, 1, 1), date(2035, 12, 31))
APIA, SAO_PAULO = zone("Pacific/Apia"), zone("America/Sao_Paulo")
NO_30TH, NO_MIDNIGHT = date(2011, 12, 30), date(2018, 11, 4)


@rule("L6.1")
@given(days, zones)
@example(NO_30TH, APIA)
@example(NO_MIDNIGHT, SAO_PAULO)
@example(date(2018, 2, 18), SAO_PAULO)
def test_a_day_begins_at_its_first_instant(day: date, tz: ZoneInfo) -> None:
    """The first half hour whose local date is that day, found by looking at each."""
    assert start_of_day(day, tz) == first_instant(day, tz)
    assert start_of_day(day, tz).tzinfo is UTC


@rule("L6.1")
@given(moments(date(2005, 1, 1), date(2035, 12, 31)), zones)
def test_an_instant_lies_in_the_interval_of_its_date(at: datetime, tz: ZoneInfo) -> None:
    """Half open: the day holds its first instant and not the next day's."""
    day = local_date(at, tz)
    start, end = day_interval(day, tz)
    assert start <= at < end
    assert local_date(start, tz) == day
    assert local_date(end - timedelta(microseconds=1), tz) == day
    assert local_date(end, tz) > day


def latest_shown(at: datetime, tz: ZoneInfo) -> date:
    """The latest date that the wall has shown, found by looking at each half hour of two days."""
    begun = at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)
    looks = [at, *(begun - timedelta(minutes=30) * back for back in range(96))]
    return max(look.astimezone(tz).date() for look in looks)


SET_BACK = datetime(2010, 11, 7, 2, 31, tzinfo=UTC)  # 0:01 became 23:01
DATELINE = datetime(1969, 9, 30, 13, tzinfo=UTC)  # by 23 hours


@rule("L6.5")
@given(
    places().flatmap(lambda place: st.tuples(instants_near(place[1]), st.just(zone(place[0]))))
    | st.tuples(
        st.integers(-90, 90).map(lambda minutes: SET_BACK + timedelta(minutes=minutes)),
        st.just(zone("America/St_Johns")),
    )
    | st.tuples(
        st.integers(-48, 48).map(lambda hours: DATELINE + timedelta(hours=hours)),
        st.just(zone("Pacific/Kwajalein")),
    )
)
@example((SET_BACK, zone("America/St_Johns")))
def test_a_clock_set_back_over_midnight_does_not_end_the_new_date(
    case: tuple[datetime, ZoneInfo],
) -> None:
    """The date is the latest that was shown, and its interval holds the instant."""
    at, tz = case
    day = local_date(at, tz)
    assert day == latest_shown(at, tz)
    start, end = day_interval(day, tz)
    assert start <= at < end


@rule("L6.2")
@given(days, zones)
def test_days_join_without_gap_and_have_odd_lengths(day: date, tz: ZoneInfo) -> None:
    """Each day ends where the next begins; only a clock change makes it other than 24 hours."""
    start, end = day_interval(day, tz)
    assert end == start_of_day(day + timedelta(days=1), tz)
    hours = (end - start) / timedelta(hours=1)
    shift = start.astimezone(tz).utcoffset() - end.astimezone(tz).utcoffset()  # type: ignore[operator]
    if (day, tz) == (NO_30TH, APIA):
        assert hours == 0
    elif (day, tz) != (NO_30TH - timedelta(days=1), APIA):
        assert hours in {23, 23.5, 24, 24.5, 25}
    wall = start.astimezone(tz).time()
    if wall == time(0) and end.astimezone(tz).time() == time(0) and hours:
        assert timedelta(hours=hours - 24) in {shift, shift - timedelta(hours=24)}


@rule("L6.2")
@given(st.integers(2007, 2035))
def test_clock_changes_by_name(year: int) -> None:
    """New York has a day of 23 and one of 25 hours a year, Lord Howe of 23.5 and 24.5."""
    for tz, odd in (("America/New_York", (23.0, 25.0)), ("Australia/Lord_Howe", (23.5, 24.5))):
        lengths = []
        for number in range(365):
            start, end = day_interval(date(year, 1, 1) + timedelta(days=number), zone(tz))
            lengths.append((end - start) / timedelta(hours=1))
        assert tuple(sorted(set(lengths) - {24.0})) == odd
        assert [lengths.count(hours) for hours in odd] == [1, 1]


def test_a_date_that_was_skipped_has_no_length() -> None:
    """Apia had no 30 December 2011: its interval is empty, and nothing falls on it."""
    start, end = day_interval(NO_30TH, APIA)
    assert start == end
    assert local_date(start, APIA) == date(2011, 12, 31)


@rule("L6.4")
@given(st.text(max_size=6) | st.sampled_from(("Asia/Peking", "../etc/passwd", "/etc/localtime")))
def test_unknown_zones_are_refused(name: str) -> None:
    """A name that is no IANA zone is refused by the field's name."""
    if name in available_timezones():
        assert zone(name).key == name
        return
    with pytest.raises(InvalidValue) as refused:
        zone(name)
    assert (refused.value.field, refused.value.value) == ("timezone", name)
