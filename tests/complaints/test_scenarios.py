"""The worked scenarios of complaints' clocks, each test a sentence of docs/scenarios.md."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from loyalcore.complaints import (
    ClockBreached,
    Policies,
    Rule,
    SlaPolicy,
    Target,
    acknowledgement,
    house_rules,
)
from loyalcore.testing import scenario
from tests.complaints.desks import DAILY, Life

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)


def desk(calendar: str = "always", **subject: str) -> Life:
    """A desk by the house rules, which acknowledges within five minutes."""
    soon = acknowledgement([Rule("soon", Target(minutes=5), calendar)])
    policy = SlaPolicy("Desk", (soon, *house_rules(calendar)), (DAILY,))
    return Life(Policies.of(policy), **subject)


def clock(text: str, day: int = 7) -> datetime:
    """That time in Shanghai on a day of March 2026."""
    return datetime.fromisoformat(f"2026-03-{day:02}T{text}").replace(tzinfo=SHANGHAI)


def late(life: Life) -> list[str]:
    return [event.clock for event in life.events if isinstance(event, ClockBreached)]


@scenario(12)
def test_an_online_complaint_is_answered_by_a_human_within_the_hour() -> None:
    for replied, breaches in (("23:10:00", []), ("23:10:01", ["first_response"])):
        life = desk(channel="online")
        life.hear("received", clock("22:10:00"))
        life.hear("auto_reply", clock("22:10:30"))
        assert not life.cycle("acknowledgement").open and life.cycle("first_response").open
        life.hear("public_reply", clock(replied))
        assert late(life) == breaches
    life = desk("daily", channel="online")
    life.hear("received", clock("22:10:00"))
    assert life.cycle("first_response").deadline == clock("10:00", day=8)


@scenario(13)
def test_at_the_counter_there_is_a_plan_within_half_an_hour() -> None:
    for planned, breaches in (("14:30:00", []), ("14:30:01", ["preliminary_plan"])):
        life = desk(channel="counter")
        life.hear("received", clock("14:00:00"))
        life.hear("acknowledged", clock("14:00:00"))
        life.hear("planned", clock(planned))
        assert late(life) == breaches


@scenario(14)
def test_what_is_urgent_is_begun_within_the_hour() -> None:
    life = desk(severity="urgent")
    life.hear("received", clock("10:00"))
    life.hear("acknowledged", clock("10:00"))
    life.hear("work_began", clock("11:00"))
    life.wait(clock("11:01"))
    assert late(life) == []


@scenario(18)
def test_in_the_expedited_lane_the_breach_names_what_was_late() -> None:
    life = desk()
    life.hear("expedited", clock("10:00"))
    life.hear("diagnosed", clock("10:05"))
    life.hear("planned", clock("10:12"))
    life.hear("allocated", clock("10:16"))
    assert late(life) == ["expedited_allocation"]
    assert life.cycle("expedited_allocation").breached_at == clock("10:15") + SECOND / 1_000_000
