"""The store port: what a database must do so that nothing is lost and nothing counts twice."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import attrs


@attrs.frozen
class NewEvent:
    """An encoded event that is not stored yet.

    Attributes:
        type: the stored name, such as `loyalty.purchase_recorded`.
        schema: the version of the stored form, from 1.
        data: its JSON text.
        recorded_at: in UTC, whole microseconds.
        refs: the things it is about, as `kind:id`, without repeats.
    """

    type: str
    schema: int
    data: str
    recorded_at: datetime
    refs: tuple[str, ...] = ()


@attrs.frozen
class StoredEvent:
    """An encoded event as it stands in a stream.

    Attributes:
        position: its place in the whole log, ever increasing, never reused, gaps allowed.
        stream: the stream's name.
        version: its place in the stream, from 1, without gaps.
    """

    position: int
    stream: str
    version: int
    type: str
    schema: int
    data: str
    recorded_at: datetime


@attrs.frozen
class Snapshot:
    """A remembered state: a short cut, never a source of truth.

    Attributes:
        version: the stream version whose fold it is.
        fold: which decider and fold version made it; another one throws it away.
        data: JSON text.
    """

    version: int
    fold: str
    data: str


@attrs.frozen
class Append:
    """What one act adds to one stream.

    Attributes:
        stream: the stream's name.
        expected: the version that the stream must have, 0 for a new one.
        events: in order; may be empty (then `due` and `snapshot` must be left alone by the store).
        due: the next instant at which time alone makes something happen after these events.
        snapshot: replaces the stream's snapshot when given.
    """

    stream: str
    expected: int
    events: tuple[NewEvent, ...]
    due: datetime | None = None
    snapshot: Snapshot | None = None


@attrs.frozen
class Span:
    """The versions `first..last` of a stream, both included."""

    stream: str
    first: int
    last: int


@attrs.frozen
class KeyRecord:
    """A command key that has been used: what was asked, and what came of it.

    Attributes:
        key: unique in the store.
        fingerprint: a digest of what was asked.
        spans: the events that came of it, in the order of the acts; empty when none did.
    """

    key: str
    fingerprint: str
    spans: tuple[Span, ...] = ()


@attrs.frozen
class LogPage:
    """Some events in log order, and the cursor that stands behind the last of them."""

    events: tuple[StoredEvent, ...]
    cursor: str


@attrs.frozen
class DueStream:
    """A stream at which something falls due, and when."""

    stream: str
    due: datetime


class Store(Protocol):
    """Keep streams of events, command keys, due instants, snapshots and cursors.

    Every method is safe to call from several threads. A method that raises has changed
    nothing, except that an `append` whose answer is lost may have been done: the command's
    key then tells.
    """

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        """Add events to one or several streams and use up command keys: all of it or none.

        No stream is named twice. A stream's `due` becomes the given one, and its snapshot is
        replaced when one is given, in the same act.

        Raises:
            StaleStream: a stream has another version than expected.
            KeyTaken: a key has been used already (also by another record of this call).
        """
        ...

    def heads(self, streams: Iterable[str]) -> Mapping[str, int]:
        """Give the version of each stream, 0 for one that does not exist."""
        ...

    def read(self, stream: str, after: int = 0, upto: int | None = None) -> Sequence[StoredEvent]:
        """Give the stream's events with `after < version <= upto`, in order."""
        ...

    def read_refs(self, stream: str, refs: Iterable[str]) -> Sequence[StoredEvent]:
        """Give the stream's events that bear at least one of the refs, each once, in order."""
        ...

    def keys(self, keys: Iterable[str]) -> Mapping[str, KeyRecord]:
        """Give the records of those keys that have been used."""
        ...

    def due(self, until: datetime, limit: int) -> Sequence[DueStream]:
        """Give at most `limit` streams with `due <= until`, by (due, stream); touch no others."""
        ...

    def snapshot(self, stream: str) -> Snapshot | None:
        """Give the stream's snapshot, if it has one."""
        ...

    def log(self, cursor: str, limit: int) -> LogPage:
        """Give at most `limit` events behind the cursor, in position order.

        The cursor is opaque; "" stands before the first event. A reader that goes on from the
        cursor it was given never misses an event, however late that event commits.
        """
        ...

    def cursor(self, name: str) -> str:
        """Give the cursor saved under the name, "" if none."""
        ...

    def move_cursor(self, name: str, old: str, new: str) -> bool:
        """Save a cursor if the saved one is still `old`; say whether it was."""
        ...

    def streams(self, prefix: str, after: str = "", limit: int = 1000) -> Sequence[str]:
        """Give at most `limit` existing streams with the prefix and name > `after`, by name."""
        ...

    def close(self) -> None:
        """Let go of files and connections; closing twice is allowed."""
        ...
