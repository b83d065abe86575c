"""Several members of one programme, who give points to the first of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loyalcore.loyalty import PointsTransferred, Programme
from loyalcore.loyalty.point_commands import ReceivePoints
from loyalcore.testing.loyalty import member_commands, programmes
from tests.loyalty.club import History

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
    """Live some lives, the first last: what the others give away reaches it in its own time."""
    histories = [_lived(programme, commands) for commands in lives[1:]]
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


def last(histories: Sequence[History]) -> datetime:
    """Give the last instant that any of them recorded."""
    return max((h.events[-1].recorded_at for h in histories if h.events), default=BEGIN)
