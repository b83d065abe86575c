"""What a host tells of its streams; nothing is written."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from loyalcore.errors import InvalidValue
from loyalcore.forms import utc
from loyalcore.journal.codec import Codec
from loyalcore.journal.deciding import Deciding
from loyalcore.journal.forgetting import present
from loyalcore.journal.store import Store
from loyalcore.journal.streams import Streams, pass_time


class Reads:
    """What a host is asked about its streams."""

    store: Store
    codec: Codec
    _streams: Streams
    _deciding: Deciding

    def state(self, stream: str, at: datetime | None = None) -> Any:
        """Give a stream's state; nothing is written.

        Args:
            stream: such as `loyalty/bluebird/ann`.
            at: advance the state to this instant, not before the last recorded one; None gives it
                as it was recorded.

        Raises:
            InvalidValue: `at` is naive, or lies before what was recorded last.
            Forgotten: the stream was.
        """
        state = present(stream, self._streams.load(stream).state)
        if at is None:
            return state
        decider = self._streams.decider(stream)
        last = decider.last(state)
        if last is not None and utc(at, "state.at") < last:
            fix = f"give {last.isoformat()} or later, or ask state_as_known()"
            raise InvalidValue("state.at", at, fix)
        policy = self._deciding.policy(decider, stream)
        state, _ = pass_time(decider, stream, state, utc(at, "state.at"), policy)
        return state

    def past_state(self, stream: str, version: int) -> Any:
        """Give a stream's state as it was after so many events.

        Args:
            stream: such as `loyalty/bluebird/ann`.
            version: how many events; 0 for the state before the first.

        Raises:
            InvalidValue: the stream never had that version.
            Forgotten: the stream was.
        """
        head = self.store.heads([stream])[stream]
        if not 0 <= version <= head:
            raise InvalidValue("version", version, f"give 0 to {head}, the stream's version")
        present(stream, self._streams.load(stream, head).state)
        return present(stream, self._streams.at_version(stream, version))

    def state_as_known(self, stream: str, at: datetime) -> Any:
        """Give a stream's state as it was known at an instant: what had been recorded by then.

        Raises:
            InvalidValue: the instant is naive.
            Forgotten: the stream was.
        """
        at = utc(at, "at")
        decider = self._streams.decider(stream)
        state = present(stream, self._streams.known_at(stream, at))
        state, _ = pass_time(decider, stream, state, at, self._deciding.policy(decider, stream))
        return state

    def events(self, stream: str) -> Iterator[Any]:
        """Give a stream's events, in order."""
        return (self.codec.decode(stored) for stored in self.store.read(stream))

    def text(self, stream: str, ref: str) -> str | None:
        """Give the words kept for a stream under a ref; None when there are none, or no more."""
        return self.store.texts(stream, [ref]).get(ref)

    def streams(self, prefix: str) -> Iterator[str]:
        """Give the names of the streams that begin so, in order, forgotten ones among them."""
        after = ""
        while names := self.store.streams(prefix, after):
            yield from names
            after = names[-1]
