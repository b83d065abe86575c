"""Whole histories of members: where they begin, and what time has done by an instant."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.loyalty.member.events import MemberEnrolled, MemberEvent
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.reports.statement import folded, lapses

Histories = Iterable[tuple[str, Iterable[MemberEvent]]]
"""Members' streams, each with all its events in order; read once, one member at a time."""


def each_history(name: str, histories: Histories) -> Iterator[Iterable[MemberEvent]]:
    """Give each member's events.

    Args:
        name: of the function whose argument the histories are.
        histories: the argument.

    Raises:
        InvalidValue: it is something else.
    """
    field = f"{name}.histories"
    fix = "give a pair of stream and events for each member, as loyalcore.host.histories does"
    checks.argument(field, histories, Iterable, fix)
    pair: Any
    for pair in histories:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise InvalidValue(field, pair, fix)
        events = pair[1]
        if isinstance(events, str) or not isinstance(events, Iterable):
            raise InvalidValue(field, pair, fix)
        yield events


def begun(events: Iterable[MemberEvent]) -> Iterable[MemberEvent] | None:
    """Give a member's events; None of a member who was forgotten, of whom only the end is left."""
    walk = iter(events)
    first = next(walk, None)
    return chain((first,), walk) if isinstance(first, MemberEnrolled) else None


def passed_by(events: Iterable[MemberEvent], at: datetime) -> Iterator[MemberEvent]:
    """Give a member's events before an instant, and what time has done by then, swept or not.

    What time does at the very instant comes before all else that is recorded then, and is among
    them: points that expire at the end of a period expire within it.

    Raises:
        CorruptEvent: the events contradict one another.
    """
    member = Member()
    for event in events:
        if event.recorded_at >= at:
            break
        member = folded(member, event)
        yield event
    yield from lapses(member, at + timedelta(microseconds=1))
