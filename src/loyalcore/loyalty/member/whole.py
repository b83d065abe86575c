"""Whole histories: what functions over a member's events are given, or refuse."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import get_args

from loyalcore import checks
from loyalcore.decider import StreamForgotten
from loyalcore.errors import Forgotten, InvalidValue
from loyalcore.loyalty.member.events import MemberEnrolled, MemberEvent

_KINDS = frozenset(get_args(MemberEvent))


def whole(events: Iterable[MemberEvent], field: str) -> Iterator[MemberEvent]:
    """Give a member's events, from the joining on.

    Args:
        events: of the member's stream, in order.
        field: names the argument in what is refused.

    Raises:
        Forgotten: only the end of a member is left who was forgotten.
        InvalidValue: they are no member's events, or the joining is not among them.
    """
    walk = _members(events, field)
    first = next(walk, None)
    if first is None:
        return
    if not isinstance(first, MemberEnrolled):
        deque(walk, maxlen=0)  # whose end tells why there is no beginning
        raise InvalidValue(field, first, "give all events of the member, from the joining on")
    yield first
    yield from walk


def _members(events: Iterable[MemberEvent], field: str) -> Iterator[MemberEvent]:
    """Give events, once each is seen to be of a member."""
    fix = "give the events of a member, as host.events(stream) does"
    for event in checks.walkable(field, events, fix):
        if type(event) not in _KINDS:
            if isinstance(event, StreamForgotten):
                raise Forgotten("", event.recorded_at)
            raise InvalidValue(field, event, fix)
        yield event
