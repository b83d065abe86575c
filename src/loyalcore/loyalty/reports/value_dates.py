"""A member's balance by value date: facts told late count from when they occurred."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from loyalcore.forms import utc
from loyalcore.loyalty.member.events import (
    BehaviourRecorded,
    MemberEvent,
    PurchaseRecorded,
    ReturnRecorded,
)
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.whole import whole
from loyalcore.loyalty.reports.lot_flows import Fate, flows_by_event
from loyalcore.loyalty.reports.statement import folded, lapses

_IN = frozenset({Fate.ISSUED, Fate.RECEIVED})
_JUST = timedelta(microseconds=1)


def as_of(events: Iterable[MemberEvent], at: datetime) -> int:
    """Give a member's points at an instant by value date, those held among them.

    Each movement counts from the later of two instants: when its fact occurred (all but purchases,
    behaviours and returns occur when they are recorded), and when what the lot is owed to did.
    What expires by then counts as gone, whether or not anything has swept. What was known at the
    time is `host.state_as_known`.

    Args:
        events: all of the member's stream, in order.
        at: the instant.

    Raises:
        InvalidValue: it is naive, or the events are not all of a member's.
        Forgotten: the member was.
        CorruptEvent: the events contradict one another.
    """
    at, balance = utc(at, "as_of.at"), 0
    for event, flow in flows_by_event(_with_lapses(whole(events, "as_of.events"), at)):
        fact = event.recorded_at
        if isinstance(event, PurchaseRecorded | BehaviourRecorded | ReturnRecorded):
            fact = event.occurred_at
        if max(fact, flow.earned_at) <= at:
            balance += flow.points if flow.fate in _IN else -flow.points
    return balance


def _with_lapses(events: Iterable[MemberEvent], at: datetime) -> Iterator[MemberEvent]:
    """Give the events, and what time has done behind the last of them."""
    member = Member()
    for event in events:
        member = folded(member, event)
        yield event
    yield from lapses(member, at + _JUST)
