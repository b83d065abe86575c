"""What is left of a stream that was forgotten: one last event, and nothing before it."""

from datetime import datetime
from typing import Any

import attrs

from loyalcore.decider import EventType, StreamForgotten
from loyalcore.errors import Forgotten

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
