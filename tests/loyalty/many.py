"""Several members of one programme, who give points to the first of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loyalcore.loyalty import MemberEvent, PointsTransferred, Programme, Transfer
from loyalcore.loyalty.member.point_commands import ReceivePoints
from loyalcore.testing.loyalty import member_commands, programmes
from tests.loyalty.club import LONG_AGO, History

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


def clubs(most: int = 3, size: int = 8) -> SearchStrategy[tuple[Programme, list[History]]]:
    """Draw a programme and the histories of some members who join within some weeks."""
    starts = st.integers(0, 70).map(lambda days: BEGIN + timedelta(days=days))
    return programmes().flatmap(
        lambda programme: st.lists(
            starts.flatmap(lambda start: member_commands(programme, size, start)), max_size=most
        ).map(lambda lives: (programme, lived(programme, lives)))
    )


def lived(programme: Programme, lives: Sequence[Sequence[Any]]) -> list[History]:
    """Live some lives, the first last: what the others give away reaches it in its own time.

    In the end the others give half of what they have.
    """
    histories = [_lived(programme, commands) for commands in lives[1:]]
    for history in histories:
        now = last([history])
        if half := history.at(now).available(now) // 2:
            history.tell(Transfer(recorded_at=now, transfer="half", to="z", points=half))
    given = [
        ReceivePoints(
            recorded_at=event.recorded_at,
            transfer=f"{n}-{event.transfer}",
            sender=f"loyalty/club/{n}",
            parts=event.parts,
        )
        for n, history in enumerate(histories)
        for event in history.events
        if isinstance(event, PointsTransferred)
    ]
    mixed = [*(lives[0] if lives else ()), *given]
    first = _lived(programme, sorted(mixed, key=lambda command: command.recorded_at))
    return [first, *histories] if lives else []


def _lived(programme: Programme, commands: Sequence[Any]) -> History:
    history = History.of(programme)
    history.try_all(commands)
    return history


def pairs_of(histories: Sequence[History]) -> list[tuple[str, list[MemberEvent]]]:
    """Give the histories as reports read them."""
    return [(str(place), history.events) for place, history in enumerate(histories)]


def begin(histories: Sequence[History]) -> datetime:
    """Give the first instant that any of them recorded."""
    return min((h.events[0].recorded_at for h in histories if h.events), default=LONG_AGO)


def last(histories: Sequence[History]) -> datetime:
    """Give the last instant that any of them recorded."""
    return max((h.events[-1].recorded_at for h in histories if h.events), default=LONG_AGO)


def some_instant(
    histories: Sequence[History], days: int, place: int | None, first: datetime
) -> datetime:
    """Give an instant so many days later or, where a place is given, at which something is.

    With an even place it is one at which time will do something, if there is any.
    """
    recorded = {event.recorded_at for history in histories for event in history.events}
    due: set[datetime] = set()
    for state in (history.state for history in histories):
        due |= {held.until for held in state.holds} | ({state.idle_at} if state.idle_at else set())
        for lot in state.lots:
            due |= {lot.active_at} | ({lot.expires_at} if lot.expires_at else set())
    ahead = sorted(at for at in due if at > first)
    known = sorted(at for at in recorded | due if at >= first)
    if place is None or not known:
        return first + timedelta(days=days)
    of = ahead if ahead and place % 2 == 0 else known
    return of[place // 2 % len(of)]


def until(history: History, at: datetime) -> History:
    """Give a history up to an instant: what time has done by then, and nothing else of then."""
    short = History(history.club)
    short.keep(event for event in history.events if event.recorded_at < at)
    short.sweep(at)
    return short
