"""Whole histories of members: where they begin, and what time has done by an instant."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain

from loyalcore import checks
from loyalcore.errors import Forgotten, InvalidValue
from loyalcore.loyalty.member.events import MemberEvent
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.whole import whole
from loyalcore.loyalty.reports.statement import folded, lapses

Histories = Iterable[tuple[str, Iterable[MemberEvent]]]
"""Members' streams, each with all its events in order; read once, one member at a time."""


def each_history(histories: Histories, field: str) -> Iterator[Iterable[MemberEvent] | None]:
    """Give the events of each member; None of one who was forgotten, or who never joined.

    Args:
        histories: members' streams with all their events.
        field: names the argument in what is refused.

    Raises:
        InvalidValue: they are no histories of members.
    """
    fix = "give (stream, events) of each member, as loyalcore.host.histories does"
    for pair in checks.walkable(field, histories, fix):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise InvalidValue(field, pair, fix)
        yield _begun(pair[1], field)


def _begun(events: Iterable[MemberEvent], field: str) -> Iterable[MemberEvent] | None:
    walk = whole(events, field)
    try:
        first = next(walk, None)
    except Forgotten:
        return None
    return None if first is None else chain((first,), walk)


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
