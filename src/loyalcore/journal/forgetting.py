"""What is left of a stream that was forgotten: one last event, and nothing before it."""

from datetime import datetime
from typing import Any

import attrs

from loyalcore.decider import Event, EventType
from loyalcore.errors import Forgotten


@attrs.frozen(kw_only=True)
class StreamForgotten(Event):
    """All that this stream held was erased; what was open had been closed just before."""


FORGOTTEN = EventType("journal.stream_forgotten", StreamForgotten)


@attrs.frozen
class Gone:
    """The state of a stream that was forgotten, and when."""

    at: datetime


def present(stream: str, state: Any) -> Any:
    """Give the state of a stream that is still there.

    Raises:
        Forgotten: it was forgotten.
    """
    if isinstance(state, Gone):
        raise Forgotten(stream, state.at)
    return state
