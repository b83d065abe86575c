"""What the presets give, in figures (C5)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from loyalcore.complaints import (
    ClockBreached,
    Policies,
    SlaPolicy,
    Subject,
    asic_rg_271,
    cfpb,
    china_12315,
    china_banking,
    fca_disp,
    house_rules,
    psd2,
)
from loyalcore.testing import rule
from loyalcore.timing import BusinessCalendar, Holiday, Holidays, Week, Weekday, WorkedDay
from tests.complaints.desks import DAILY, TICK, Life

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONDON = BusinessCalendar(
    "Europe/London",
    Week.same("09:00-17:00"),
    Holidays(
        [Holiday(date(2026, 4, 3), "Good Friday"), Holiday(date(2026, 4, 6), "Easter Monday")],
        known_through=date(2026, 12, 31),
    ),
    name="london",
)
CHINA = BusinessCalendar(
    "Asia/Shanghai",
    Week.same("09:00-18:00"),
    Holidays(
        [Holiday(date(2026, 2, day), "春节") for day in range(16, 24)],
        [WorkedDay(date(2026, 2, 14), Weekday.FRI), WorkedDay(date(2026, 2, 28), Weekday.FRI)],
        known_through=date(2026, 12, 31),
    ),
    name="china",
)
ALL = {
    "house": house_rules(),
    "fca": fca_disp("london"),
    "psd2": psd2("london"),
    "cfpb": cfpb("london"),
    "asic": asic_rg_271("london"),
    "12315": china_12315("china"),
    "banking": china_banking("china"),
}
seconds = st.integers(-100, 7200).map(lambda n: timedelta(seconds=n))


def life(clocks: Any, **subject: str) -> Life:
    policy = SlaPolicy("Desk", clocks, (LONDON, CHINA, DAILY), calendar="always")
    return Life(Policies.of(policy), **subject)


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def working(calendar: BusinessCalendar, received: datetime, days: int) -> datetime:
    """The end of the nth working date behind a receipt, date by date."""
    tz = ZoneInfo(calendar.timezone)
    day = received.astimezone(tz).date()
    while days:
        day += timedelta(days=1)
        holiday = day in {each.day for each in calendar.holidays.closed}
        worked = day in {each.day for each in calendar.holidays.worked}
        days -= worked or (day.weekday() < 5 and not holiday)
    return ends(day, tz)


def ends(day: date, tz: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=tz).replace(hour=0) + timedelta(days=1)


HOUSE: list[tuple[dict[str, str], tuple[str, ...], str, timedelta]] = [
    ({"channel": "online"}, ("public_reply",), "first_response", timedelta(hours=1)),
    ({"channel": "counter"}, ("planned",), "preliminary_plan", timedelta(minutes=30)),
    ({"severity": "urgent"}, ("work_began",), "first_action", timedelta(hours=1)),
    ({}, ("followed_up",), "follow_up", timedelta(hours=24)),
    ({}, ("diagnosed",), "expedited_diagnosis", timedelta(minutes=15)),
    ({}, ("planned",), "expedited_plan", timedelta(minutes=15)),
    ({}, ("allocated",), "expedited_allocation", timedelta(minutes=15)),
]
STARTS = {"follow_up": "resolved", "expedited": "expedited"}


@rule("C5.8")
@given(st.sampled_from(HOUSE), seconds)
def test_house(row: Any, late: timedelta) -> None:
    """An hour online, half at the counter, one to act, a day to follow up, a quarter expedited."""
    subject, stops, clock, target = row
    desk = life(house_rules(), **subject)
    start = shanghai("2026-03-07T22:10")
    desk.hear(STARTS.get(clock.partition("_")[0], STARTS.get(clock, "received")), start)
    desk.hear(stops[0], start + target + late)
    cycle = desk.cycle(clock)
    assert cycle.ended_at == (start + target + late).astimezone(UTC)
    assert (cycle.breached_at is not None) == (late > timedelta())
    if late > timedelta():
        assert cycle.breached_at == start + target + TICK


@rule("C5.8")
@given(st.integers(-3600, 3600))
def test_open_hours(late: int) -> None:
    """With a calendar from nine to six, Saturday 22:10 has until Sunday 10:00."""
    desk = life(house_rules("daily"), channel="online")
    desk.hear("received", shanghai("2026-03-07T22:10"))
    desk.hear("auto_reply", shanghai("2026-03-07T22:11"))
    due = shanghai("2026-03-08T10:00")
    desk.hear("public_reply", due + timedelta(seconds=late))
    assert (desk.cycle("first_response").breached_at is not None) == (late > 0)


@rule("C5.8")
@given(st.integers(0, 30), st.integers(0, 30))
def test_the_expedited_lane_names_what_was_late(plan: int, allocation: int) -> None:
    """Each of the three has its own quarter, and the breach says which it was."""
    desk = life(house_rules())
    opened = shanghai("2026-03-07T10:00")
    desk.hear("expedited", opened)
    acts = sorted([(0, "diagnosed"), (plan, "planned"), (allocation, "allocated")])
    for minute, what in acts:
        desk.hear(what, opened + timedelta(minutes=minute))
    late = {event.clock for event in desk.events if isinstance(event, ClockBreached)}
    expected = {"expedited_plan"} if plan > 15 else set()
    assert late == expected | ({"expedited_allocation"} if allocation > 15 else set())


received = st.integers(0, 60 * 24 * 60).map(
    lambda n: datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=n)
)


@rule("C5.9")
@given(received)
def test_working_days(at: datetime) -> None:
    """Fifteen and thirty-five, seven and forty-five working days, up to the end of the last."""
    payment = {"kind": "payment_services"}
    for clocks, answer, final in (
        (fca_disp("london"), "fca_first_answer", "fca_final_response"),
        (psd2("london"), "psd2_first_answer", "psd2_final_response"),
    ):
        desk = life(clocks, **payment)
        desk.hear("received", at)
        assert desk.cycle(answer).deadline == working(LONDON, at, 15)
        assert desk.cycle(final).deadline == working(LONDON, at, 35)
        desk.hear("holding_response", at + timedelta(days=1))
        assert not desk.cycle(answer).open and desk.cycle(final).open
    china = life(china_12315("china"))
    china.hear("received", at)
    assert china.cycle("china_acceptance").deadline == working(CHINA, at, 7)
    taken_on = at + timedelta(days=2)
    china.hear("accepted", taken_on)
    assert china.cycle("china_mediation").deadline == working(CHINA, taken_on, 45)
    assert not life(psd2("london")).hear("received", at), "it is about payments alone"


@rule("C5.9")
@given(received, st.sampled_from(("", "hardship", "superannuation", "complex", "special")))
def test_calendar_days(at: datetime, kind: str) -> None:
    """Eight weeks; 15 and 60 days; 30, 21 or 45; 15, 30 or 60, up to the end of the last."""
    rows = [
        (fca_disp("london"), "fca_final_response", {"": 56}, 56),
        (cfpb("london"), "cfpb_response", {}, 15),
        (cfpb("london"), "cfpb_final_response", {}, 60),
        (asic_rg_271("london"), "asic_idr_response", {"hardship": 21, "superannuation": 45}, 30),
        (china_banking("china"), "china_banking_decision", {"complex": 30, "special": 60}, 15),
    ]
    for clocks, clock, by_kind, usual in rows:
        desk = life(clocks, kind=kind)
        desk.hear("received", at)
        zone = SHANGHAI if clock.startswith("china") else ZoneInfo("Europe/London")
        last = at.astimezone(zone).date() + timedelta(days=by_kind.get(kind, usual))
        assert desk.cycle(clock).deadline == ends(last, zone)


@rule("C6.7")
@given(
    st.sampled_from(sorted(ALL.keys() - {"house"})),
    st.lists(st.sampled_from(("awaiting_customer", "in_progress", "reopened", "internal_note"))),
)
def test_regulators_never_wait(name: str, heard: list[str]) -> None:
    """Nothing that a desk waits for pauses a regulator's clock or puts it off."""
    desk = life(ALL[name], kind="payment_services")
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    desk.hear("received", at)
    before = desk.clocks
    assert before.running
    for number, what in enumerate(heard, 1):
        desk.hear(what, at + timedelta(minutes=number))
    assert desk.clocks == before


@rule("C5.9")
@given(received)
def test_a_complex_case_has_longer_from_its_start(at: datetime) -> None:
    """A change of kind gives the longer time from receipt by a retarget."""
    desk = life(china_banking("china"))
    desk.hear("received", at)
    desk.subject = Subject(kind="complex")
    desk.retarget(at + timedelta(days=10))
    last = at.astimezone(SHANGHAI).date() + timedelta(days=30)
    assert desk.cycle("china_banking_decision").deadline == ends(last, SHANGHAI)
