"""The house rules: what a good desk promises its own customers."""

from collections.abc import Sequence

from loyalcore.complaints.policy.clock_rules import ClockPolicy, Step
from loyalcore.complaints.policy.known_clocks import (
    first_action,
    first_response,
    follow_up,
    preliminary_plan,
    stage,
)
from loyalcore.complaints.policy.subjects import Rule
from loyalcore.complaints.policy.targets import Counting, Target
from loyalcore.complaints.policy.words import ONLINE

_SOURCE = "loyalcore, docs/specification.md, C5 (2026)"


def house_rules(calendar: str = "", steps: Sequence[Step] = ()) -> tuple[ClockPolicy, ...]:
    """Give the house rules.

    Online complaints have a human's reply within an hour; at the counter there is a preliminary
    plan within 30 minutes; what is urgent is acted on within an hour; the customer is asked 24
    hours after the resolution whether it holds; in the expedited lane diagnosis, plan and
    allocation take 15 minutes each from when it was put there.

    Args:
        calendar: the name of the calendar by whose open time they count, unless it is the policy's
            own; the follow-up takes 24 hours of real time.
        steps: thresholds for all of them.

    Source: rule C5 of docs/specification.md and rows 12 to 14 and 18 of docs/scenarios.md, 2026.
    They leave open what a first action is: here work that began, a plan or an allocation.
    """
    hour, quarter = Target(hours=1), Target(minutes=15)
    lane = [Rule("expedited", quarter, calendar)]
    named: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("expedited_diagnosis", ("diagnosed", "resolved")),
        ("expedited_plan", ("planned", "resolved")),
        ("expedited_allocation", ("allocated", "resolved")),
    )
    day = Target(hours=24, counted=Counting.ELAPSED)
    return (
        first_response(
            [Rule("online", hour, calendar, channel=ONLINE)], steps=steps, source=_SOURCE
        ),
        preliminary_plan(
            [Rule("counter", Target(minutes=30), calendar, channel=("counter",))],
            steps=steps,
            source=_SOURCE,
        ),
        first_action(
            [Rule("urgent", hour, calendar, severity=("urgent",))], steps=steps, source=_SOURCE
        ),
        follow_up([Rule("all", day, calendar)], steps=steps, source=_SOURCE),
        *(
            stage(id_, lane, starts="expedited", stops=stops, steps=steps, source=_SOURCE)
            for id_, stops in named
        ),
    )
