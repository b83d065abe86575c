"""Load a stream's state at a cost that does not grow with the history behind it."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import Lock
from typing import Any

import attrs

from loyalcore.decider import Decider, StreamForgotten
from loyalcore.errors import CorruptEvent, LoyalcoreError, UnknownStream
from loyalcore.journal.acts import Ask
from loyalcore.journal.codec import Codec
from loyalcore.journal.forgetting import FORGOTTEN, Gone
from loyalcore.journal.store import Snapshot, Store, StoredEvent


@attrs.frozen
class Loaded:
    """A state and the version of the stream that it folds."""

    version: int
    state: Any


def named(stream: object) -> str:
    """Give a stream's name; what is no text names nothing."""
    return stream if isinstance(stream, str) else ""


def named_in(asks: Iterable[Ask]) -> tuple[str, ...]:
    """Give what is named; what is no name at all is refused further on, and must only sort."""
    return tuple(sorted({named(stream) for ask in asks for stream, _ in ask.acts}))


def fold(decider: Decider[Any, Any, Any], stream: str, state: Any, events: Iterable[Any]) -> Any:
    """Fold stored events into a state.

    Raises:
        CorruptEvent: they contradict one another, as nothing that was decided does.
    """
    try:
        return decider.fold(state, events)
    except LoyalcoreError:
        raise
    except Exception as error:
        raise CorruptEvent(stream, f"its events contradict one another: {error!r}") from error


def pass_time(
    decider: Decider[Any, Any, Any], stream: str, state: Any, now: datetime, policy: Any
) -> tuple[Any, Sequence[Any]]:
    """Give a state with all that time has done by now, and the events by which it did.

    Raises:
        CorruptEvent: what is stored contradicts itself.
    """
    try:
        events = decider.advance(state, now, policy)
    except AssertionError as error:
        raise CorruptEvent(stream, f"its events contradict one another: {error!r}") from error
    return fold(decider, stream, state, events), events


class Streams:
    """Find the decider of a stream, and its state: cached, or from a snapshot and the tail.

    Args:
        store: where the events are.
        codec: reads them.
        deciders: by the patterns of their streams.
        cache_size: how many states are kept at most; the least recently used go first.
        snapshot_every: versions between two snapshots of a stream.
    """

    def __init__(
        self,
        store: Store,
        codec: Codec,
        deciders: Sequence[Decider[Any, Any, Any]],
        cache_size: int,
        snapshot_every: int,
    ) -> None:
        self._store = store
        self._codec = codec
        self._deciders = {tuple(decider.pattern.split("/")): decider for decider in deciders}
        self._cache: OrderedDict[str, Loaded] = OrderedDict()
        self._size = cache_size
        self._every = snapshot_every
        self._lock = Lock()

    def decider(self, stream: str) -> Decider[Any, Any, Any]:
        """Give the decider that serves a stream.

        Raises:
            UnknownStream: none does, or a part of the name is empty or not printable.
        """
        parts = named(stream).split("/")
        if all(part and part.isprintable() for part in parts) and len(stream) <= 500:
            for pattern, decider in self._deciders.items():
                if len(pattern) == len(parts) and all(
                    want in {"*", part} for want, part in zip(pattern, parts, strict=True)
                ):
                    return decider
        known = tuple(sorted(decider.pattern for decider in self._deciders.values()))
        raise UnknownStream(stream, known)

    def load(self, stream: str, head: int | None = None) -> Loaded:
        """Give a stream's state at its head.

        Args:
            stream: its name.
            head: its version, where the caller has just read it.
        """
        decider = self.decider(stream)
        if head is None:
            head = self._store.heads([stream])[stream]
        with self._lock:
            loaded = self._cache.get(stream)
        if loaded is not None and loaded.version == head:
            return loaded
        if loaded is None or loaded.version > head:
            loaded = self._from_snapshot(stream, decider, head)
        tail = self._store.read(stream, after=loaded.version, upto=head)
        if len(tail) < head - loaded.version and not self._ends(tail):
            self.forget(stream)
            if self._store.heads([stream])[stream] == head:
                raise CorruptEvent(stream, f"some of its {head} events are missing")
            return self.load(stream)  # it was forgotten since its head was read
        loaded = Loaded(head, self._fold_tail(decider, stream, loaded.state, tail))
        self.remember(stream, loaded)
        return loaded

    def at_version(self, stream: str, version: int) -> Any:
        """Give the state as of a past version, folded from the beginning."""
        decider = self.decider(stream)
        tail = self._store.read(stream, 0, version)
        if len(tail) < version:  # forgotten since its head was read
            return self.load(stream).state
        return self._fold_tail(decider, stream, decider.initial, tail)

    def known_at(self, stream: str, at: datetime) -> Any:
        """Give the state folded from what had been recorded by an instant."""
        decider = self.decider(stream)
        tail = self._store.read(stream)
        known = [stored for stored in tail if stored.recorded_at <= at]
        if self._ends(tail):
            known = list(tail)
        return self._fold_tail(decider, stream, decider.initial, known)

    def _ends(self, tail: Sequence[StoredEvent]) -> bool:
        """Say whether a tail ends with the tombstone of its stream."""
        return bool(tail) and tail[-1].type == FORGOTTEN.name

    def _fold_tail(
        self,
        decider: Decider[Any, Any, Any],
        stream: str,
        state: Any,
        tail: Sequence[StoredEvent],
    ) -> Any:
        """Fold stored events into a state; nothing is left of one that was forgotten."""
        events = [self._codec.decode(stored) for stored in tail]
        if events and isinstance(events[-1], StreamForgotten):
            return Gone(events[-1].recorded_at)
        return fold(decider, stream, state, events)

    def remember(self, stream: str, loaded: Loaded) -> None:
        """Keep a state that is known to be stored."""
        with self._lock:
            self._cache[stream] = loaded
            self._cache.move_to_end(stream)
            while len(self._cache) > self._size:
                self._cache.popitem(last=False)

    def forget(self, stream: str) -> None:
        """Drop a state that somebody else has overtaken."""
        with self._lock:
            self._cache.pop(stream, None)

    def snapshot(self, stream: str, before: int, loaded: Loaded) -> Snapshot | None:
        """Give a snapshot to store, now and then: when a multiple of `snapshot_every` is passed."""
        if loaded.version // self._every == before // self._every:
            return None
        text = self._codec.encode_state(loaded.state)
        return Snapshot(loaded.version, self._fold(self.decider(stream)), text)

    def _fold(self, decider: Decider[Any, Any, Any]) -> str:
        return f"{decider.name}@{decider.fold_version}"

    def _from_snapshot(self, stream: str, decider: Decider[Any, Any, Any], head: int) -> Loaded:
        """Start from a snapshot of this fold version, or from nothing."""
        snapshot = self._store.snapshot(stream) if head >= self._every else None
        if snapshot is None or snapshot.fold != self._fold(decider) or snapshot.version > head:
            return Loaded(0, decider.initial)
        try:
            state = self._codec.decode_state(snapshot.data, decider.state_type)
        except CorruptEvent:  # never a source of truth: the events are
            return Loaded(0, decider.initial)
        return Loaded(snapshot.version, state)
