"""The clocks that every desk knows, for rules of one's own."""

from collections.abc import Sequence

from loyalcore import checks
from loyalcore.complaints.policy.clock_rules import ClockPolicy, Pause, Reopening, Step
from loyalcore.complaints.policy.subjects import Rule

_OVER = ("withdrawn", "closed")
AWAITING_CUSTOMER = Pause("awaiting_customer", ("customer_message", "in_progress"))
"""A pause that ends with the customer's next message, or with the work that goes on."""


def acknowledgement(
    rules: Sequence[Rule], *, steps: Sequence[Step] = (), source: str = ""
) -> ClockPolicy:
    """Time the acknowledgement: an automatic one stops it, and so does a human's reply."""
    return ClockPolicy(
        "acknowledgement",
        checks.unpacked("rules", rules, "give a list of Rule"),
        starts=("received",),
        stops=("acknowledged", "auto_reply", "public_reply"),
        cancels=_OVER,
        steps=checks.unpacked("steps", steps, "give a list of Step"),
        source=source,
    )


def first_response(
    rules: Sequence[Rule], *, steps: Sequence[Step] = (), source: str = ""
) -> ClockPolicy:
    """Time the first reply that a human wrote and the customer sees.

    Internal notes and automatic replies do not stop it.
    """
    return ClockPolicy(
        "first_response",
        checks.unpacked("rules", rules, "give a list of Rule"),
        starts=("received",),
        stops=("public_reply",),
        cancels=_OVER,
        steps=checks.unpacked("steps", steps, "give a list of Step"),
        source=source,
    )


def next_response(
    rules: Sequence[Rule], *, steps: Sequence[Step] = (), source: str = ""
) -> ClockPolicy:
    """Time the answer to the oldest message of the customer's that has none."""
    return ClockPolicy(
        "next_response",
        checks.unpacked("rules", rules, "give a list of Rule"),
        starts=("customer_message",),
        stops=("public_reply",),
        cancels=_OVER,
        repeats=True,
        steps=checks.unpacked("steps", steps, "give a list of Step"),
        source=source,
    )


def progress_update(
    rules: Sequence[Rule], *, steps: Sequence[Step] = (), source: str = ""
) -> ClockPolicy:
    """Time the silence towards the customer: whatever goes out begins it anew."""
    return ClockPolicy(
        "progress_update",
        checks.unpacked("rules", rules, "give a list of Rule"),
        starts=("received",),
        stops=("resolved",),
        restarts=("progress_update", "public_reply"),
        cancels=_OVER,
        reopens=("reopened",),
        reopening=Reopening.NEW_CYCLE,
        steps=checks.unpacked("steps", steps, "give a list of Step"),
        source=source,
    )


def resolution(
    rules: Sequence[Rule],
    *,
    pauses: Sequence[Pause] = (AWAITING_CUSTOMER,),
    reopening: Reopening = Reopening.CONTINUE,
    steps: Sequence[Step] = (),
    source: str = "",
) -> ClockPolicy:
    """Time the resolution; it stands only in the states that are declared."""
    return ClockPolicy(
        "resolution",
        checks.unpacked("rules", rules, "give a list of Rule"),
        starts=("received",),
        stops=("resolved",),
        cancels=_OVER,
        pauses=checks.unpacked("pauses", pauses, "give a list of Pause"),
        reopens=("reopened",),
        reopening=reopening,
        steps=checks.unpacked("steps", steps, "give a list of Step"),
        source=source,
    )


def follow_up(
    rules: Sequence[Rule], *, steps: Sequence[Step] = (), source: str = ""
) -> ClockPolicy:
    """Time the follow-up from the resolution on; opened again there is nothing to follow up yet."""
    return ClockPolicy(
        "follow_up",
        checks.unpacked("rules", rules, "give a list of Rule"),
        starts=("resolved",),
        stops=("followed_up",),
        cancels=("reopened", *_OVER),
        repeats=True,
        steps=checks.unpacked("steps", steps, "give a list of Step"),
        source=source,
    )


def stage(
    id_: str,
    rules: Sequence[Rule],
    *,
    stops: Sequence[str],
    starts: str = "received",
    steps: Sequence[Step] = (),
    source: str = "",
) -> ClockPolicy:
    """Time a stage of the work, once, from one signal to the first of several."""
    return ClockPolicy(
        id_,
        checks.unpacked("rules", rules, "give a list of Rule"),
        starts=(starts,),
        stops=checks.unpacked("stops", stops, "give a list of signals"),
        cancels=_OVER,
        steps=checks.unpacked("steps", steps, "give a list of Step"),
        source=source,
    )


def preliminary_plan(
    rules: Sequence[Rule], *, steps: Sequence[Step] = (), source: str = ""
) -> ClockPolicy:
    """Time the preliminary plan that the customer is told."""
    stops = ("planned", "resolved")
    return stage("preliminary_plan", rules, stops=stops, steps=steps, source=source)


def first_action(
    rules: Sequence[Rule], *, steps: Sequence[Step] = (), source: str = ""
) -> ClockPolicy:
    """Time the first thing that is done about it; it need not be resolved by then."""
    stops = ("work_began", "planned", "allocated", "resolved")
    return stage("first_action", rules, stops=stops, steps=steps, source=source)
