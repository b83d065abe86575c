"""Days that recur (L7)."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalcore import InvalidDocument
from loyalcore.testing import rule
from loyalcore.testing.loyalty import recurrences
from loyalcore.timing import Recurrence

days = st.dates(date(1975, 1, 1), date(2150, 12, 31))
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def by_hand(text: str, day: date) -> bool:
    """Say whether one of the rules of `recurrences()` falls on a day."""
    parts = dict(part.split("=") for part in text.split(";"))
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if "BYMONTH" in parts and day.month != int(parts["BYMONTH"]):
        return False
    if "BYMONTHDAY" in parts:
        return int(parts["BYMONTHDAY"]) in {day.day, day.day - last.day - 1}
    if "BYDAY" in parts:
        place, weekday = parts["BYDAY"][:-2], parts["BYDAY"][-2:]
        nth = {str((day.day + 6) // 7), str(-((last.day - day.day) // 7) - 1)}
        return WEEKDAYS[day.weekday()] == weekday and (not place or place in nth)
    return parts["FREQ"] == "DAILY"


@rule("L7.4")
@given(recurrences(), days)
def test_the_rule_read_by_hand(text: str, day: date) -> None:
    """Each day is asked for itself."""
    assert Recurrence(text).falls_on(day) == by_hand(text, day)
    assert Recurrence(text.lower()).falls_on(day) == by_hand(text, day)


@rule("L7.4")
@given(days, st.integers(1, 60), days, st.none() | st.integers(1, 400))
def test_intervals_and_counts_run_from_the_start(
    start: date, interval: int, day: date, count: int | None
) -> None:
    """Every n days from a first day on, so often or for ever."""
    text = f"FREQ=DAILY;INTERVAL={interval}" + (f";COUNT={count}" if count else "")
    steps, rest = divmod((day - start).days, interval)
    expected = rest == 0 and steps >= 0 and (count is None or steps < count)
    assert Recurrence(text, start).falls_on(day) == expected
    far = start + timedelta(days=interval * ((count or 9) - 1))
    assert Recurrence(text, start).falls_on(far)


POSITIONS = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True)


@example(["MO", "FR"], 1, date(2026, 1, 2))
@given(POSITIONS, st.sampled_from((1, -1)), days)
def test_positions_in_a_week(names: list[str], position: int, day: date) -> None:
    """The first or last of some weekdays is the same in each week, at the turn of a year too."""
    text = f"FREQ=WEEKLY;BYDAY={','.join(names)};BYSETPOS={position}"
    ordered = [name for name in WEEKDAYS if name in names]
    chosen = ordered[0] if position == 1 else ordered[-1]
    assert Recurrence(text).falls_on(day) == (WEEKDAYS[day.weekday()] == chosen)


@rule("L7.7")
@given(
    st.sampled_from(
        (
            "",
            "FREQ=",
            "FREQ=HOURLY",
            "FREQ=DAILY;BYHOUR=3",
            "FREQ=WEEKLY",
            "FREQ=MONTHLY",
            "FREQ=YEARLY",
            "FREQ=DAILY;COUNT=3",
            "FREQ=DAILY;INTERVAL=2",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;INTERVAL=-1",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=DAILY;BYEASTER=0",
            "FREQ=DAILY;BYDAY=",
            "FREQ=MONTHLY;BYMONTHDAY=x",
            "FREQ=WEEKLY;BYDAY=XX",
            "BYMONTHDAY=8",
        )
    )
    | st.text(max_size=12).filter(lambda text: not text.upper().startswith("FREQ="))
)
def test_rules_that_are_refused(text: str) -> None:
    """What cannot be read, is finer than a day, never falls, or hangs on an unknown start."""
    with pytest.raises(InvalidDocument) as refused:
        Recurrence(text)
    assert repr(text) in refused.value.mistakes[0].text


@rule("L7.7")
@given(st.integers(1, 50_000))
def test_a_count_is_kept_whole_or_refused(count: int) -> None:
    """A count up to 10,000 reaches its last day; a longer one is refused, never cut."""
    start = date(1975, 1, 1)
    text = f"FREQ=DAILY;COUNT={count}"
    if count > 10_000:
        with pytest.raises(InvalidDocument):
            Recurrence(text, start)
        return
    last = start + timedelta(days=count - 1)
    assert Recurrence(text, start).falls_on(last)
    assert not Recurrence(text, start).falls_on(last + timedelta(days=1))
