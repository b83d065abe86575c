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
class Text:
    """Words that may have to be forgotten, kept apart from the events that speak of them.

    Attributes:
        ref: names them within the stream; the same ref again replaces them.
        text: the words.
    """

    ref: str
    text: str


@attrs.frozen
class Append:
    """What one act adds to one stream.

    Attributes:
        stream: the stream's name.
        expected: the version that the stream must have, 0 for a new one.
        events: in order; may be empty (then `due` and `snapshot` must be left alone by the store).
        due: the next instant at which time alone makes something happen after these events.
        snapshot: replaces the stream's snapshot when given.
        texts: kept for the stream; only with events.
    """

    stream: str
    expected: int
    events: tuple[NewEvent, ...]
    due: datetime | None = None
    snapshot: Snapshot | None = None
    texts: tuple[Text, ...] = ()


@attrs.frozen
class Span:
    """The versions `first..last` of a stream, both included; none when `last` is `first - 1`."""

    stream: str
    first: int
    last: int


@attrs.frozen
class KeyRecord:
    """A command key that has been used: what was asked, and what came of it.

    Attributes:
        key: unique in the store.
        fingerprint: a digest of what was asked.
        spans: the events that came of it, one span for each act, in their order; a span of none
            tells of an act that changed nothing, and on which stream.
    """

    key: str
    fingerprint: str
    spans: tuple[Span, ...] = ()


@attrs.frozen
class LogPage:
    """Some events in log order.

    Attributes:
        events: in position order.
        cursor: stands behind the last of them, or where the page began when there are none.
        cursors: for each of the events, the cursor that stands behind it.
    """

    events: tuple[StoredEvent, ...]
    cursor: str
    cursors: tuple[str, ...]


@attrs.frozen
class DueStream:
    """A stream at which something falls due, and when."""

    stream: str
    due: datetime


@attrs.frozen
class Reader:
    """How far a reader of the log has come, who reads for it, and what holds it up.

    Attributes:
        cursor: stands behind the last event that is done.
        holder: who holds the lease; "" when nobody does.
        until: when the lease ends.
        attempts: how often the next event has been tried in vain.
        retry_at: when to try it again.
    """

    cursor: str = ""
    holder: str = ""
    until: datetime | None = None
    attempts: int = 0
    retry_at: datetime | None = None


@attrs.frozen
class Parked:
    """An event that a reader has set aside after trying it in vain.

    Attributes:
        reader: whose.
        position: the event's place in the log.
        stream, version: the event.
        attempts: how often it was tried.
        reason: what went wrong the last time.
        at: when it was set aside.
    """

    reader: str
    position: int
    stream: str
    version: int
    attempts: int
    reason: str
    at: datetime


@attrs.frozen
class Erased:
    """What was erased with a stream.

    Attributes:
        events: how many events.
        refs: how many refs of theirs.
        keys: how many command keys.
        texts: how many texts.
        snapshots: how many snapshots, 0 or 1.
        parked: how many parked events.
    """

    events: int = 0
    refs: int = 0
    keys: int = 0
    texts: int = 0
    snapshots: int = 0
    parked: int = 0


class Store(Protocol):
    """Keep streams of events, command keys, due instants, snapshots and cursors.

    Every method is safe to call from several threads. A method that raises has changed
    nothing, except that an `append` whose answer is lost may have been done: the command's
    key then tells.
    """

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        """Add events to one or several streams and use up command keys: all of it or none.

        No stream is named twice. A stream's `due` becomes the given one, its snapshot is
        replaced when one is given, and its texts are kept, in the same act.

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

    def due(
        self, until: datetime, limit: int, after: DueStream | None = None
    ) -> Sequence[DueStream]:
        """Give at most `limit` streams with `due <= until`, by (due, stream); touch no others.

        Args:
            until: this instant included.
            limit: how many at most.
            after: only those behind this one in that order.
        """
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

    def reader(self, name: str) -> Reader:
        """Give the reader of that name; one that was never moved stands at the beginning."""
        ...

    def move_reader(self, name: str, old: Reader, new: Reader, park: Parked | None = None) -> bool:
        """Save a reader if the saved one is still `old`, and park an event in the same act.

        An event parked again under the same position replaces what was parked.

        Returns:
            Whether it was; otherwise nothing has changed.
        """
        ...

    def parked(self, reader: str, after: int = 0, limit: int = 1000) -> Sequence[Parked]:
        """Give at most `limit` events that a reader parked, behind a position, by position."""
        ...

    def unpark(self, reader: str, position: int) -> bool:
        """Forget that an event is parked; say whether it was."""
        ...

    def texts(self, stream: str, refs: Iterable[str]) -> Mapping[str, str]:
        """Give those of a stream's texts that it has, by ref."""
        ...

    def erase(self, append: Append) -> Erased:
        """Erase a stream's whole past and append its last events in the same act.

        What goes: the events, their refs and snapshot, the texts, the parked events, what was
        due, and every command key with a span on the stream. What stays: the events appended
        here, with the versions that follow. Positions and versions are not used again.

        Raises:
            StaleStream: the stream has another version than expected.
        """
        ...

    def streams(self, prefix: str, after: str = "", limit: int = 1000) -> Sequence[str]:
        """Give at most `limit` existing streams with the prefix and name > `after`, by name."""
        ...

    def close(self) -> None:
        """Let go of files and connections; closing twice is allowed."""
        ...
