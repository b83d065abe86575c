"""What happens to clocks."""

from datetime import datetime, timedelta
from enum import Enum
from typing import TypeAlias

import attrs

from loyalcore.complaints.clocks.cycles import Cycle, End, Schedule
from loyalcore.complaints.policy.targets import Target
from loyalcore.decider import Event


class Basis(Enum):
    """From where a new target counts."""

    START = "start"
    """From the clock's original start, with its pauses kept."""
    CHANGE = "change"
    """From the change itself."""


@attrs.frozen(kw_only=True)
class ClockEvent(Event):
    """Something that happens to one cycle of a clock.

    Attributes:
        clock: the clock's id.
        cycle: the cycle's number.
    """

    clock: str
    cycle: int


@attrs.frozen(kw_only=True)
class ClockStarted(ClockEvent):
    """A cycle began; the attributes are the cycle's."""

    policy: str
    rule: str
    target: Target
    calendar: str
    calendar_version: str
    review_hours: int
    started_at: datetime
    schedule: Schedule | None
    paused_by: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class ClockPaused(ClockEvent):
    """A clock stands, or what holds it has changed.

    Attributes:
        reasons: all signals that hold it now.
    """

    reasons: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ClockResumed(ClockEvent):
    """A clock runs on, with what is set anew."""

    schedule: Schedule
    calendar_version: str


@attrs.frozen(kw_only=True)
class ClockEnded(ClockEvent):
    """A cycle ended.

    Attributes:
        end: how.
        by: the signal, or the reason.
        in_time: whether it was stopped without a breach; None when no deadline could be set, or it
            was not stopped.
        used: the time that it took without its pauses, measured as its target is; None when the
            calendar does not know.
    """

    end: End
    by: str
    in_time: bool | None
    used: timedelta | None


@attrs.frozen(kw_only=True)
class ClockReopened(ClockEvent):
    """A cycle that had ended goes on; the time in between is a pause."""

    schedule: Schedule
    calendar_version: str


@attrs.frozen(kw_only=True)
class ClockRetargeted(ClockEvent):
    """A running clock has a new target; the attributes but for the last are the cycle's.

    Attributes:
        rearmed: ids of the steps that were reached and lie ahead again.
    """

    policy: str
    rule: str
    target: Target
    calendar: str
    calendar_version: str
    review_hours: int
    basis: Basis
    counts_from: datetime
    schedule: Schedule | None
    rearmed: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class ClockScheduled(ClockEvent):
    """What could not be set before is set."""

    schedule: Schedule
    calendar_version: str


@attrs.frozen(kw_only=True)
class ClockMerged(ClockEvent):
    """A clock took in that of another complaint.

    Attributes:
        merged: its open cycle as it now stands, if there is one; `cycle` is its number, or 0.
        finished: the other's finished cycles, numbered on.
    """

    merged: Cycle | None
    finished: tuple[Cycle, ...] = ()


@attrs.frozen(kw_only=True)
class ClockWarned(ClockEvent):
    """A warning threshold was reached."""

    step: str


@attrs.frozen(kw_only=True)
class ClockEscalated(ClockEvent):
    """A threshold was reached at which others are told.

    Attributes:
        step: its id.
        to: the role or team.
    """

    step: str
    to: str


@attrs.frozen(kw_only=True)
class ClockBreached(ClockEvent):
    """More time has passed than the target gives.

    Attributes:
        deadline: the latest instant that was in time.
    """

    deadline: datetime


@attrs.frozen(kw_only=True)
class Waiting:
    """A clock that nothing would wake.

    Attributes:
        clock: its id.
        cycle: the cycle's number.
        why: `paused`, `breached`, or why it could not be set.
    """

    clock: str
    cycle: int
    why: str


@attrs.frozen(kw_only=True)
class ClocksReviewed(Event):
    """Nothing else woke a complaint for the time that its policy states.

    Attributes:
        waiting: its open clocks and what they wait for.
    """

    waiting: tuple[Waiting, ...]


ClocksEvent: TypeAlias = (
    ClockStarted
    | ClockPaused
    | ClockResumed
    | ClockEnded
    | ClockReopened
    | ClockRetargeted
    | ClockScheduled
    | ClockMerged
    | ClockWarned
    | ClockEscalated
    | ClockBreached
    | ClocksReviewed
)
