"""Bugs that a simulation must find, planted in stores, in the host and in the relay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs
import pytest

from loyalcore.journal import Append, Erased, KeyRecord, LogPage, MemoryStore, Reader
from loyalcore.journal.relay import _Reading
from loyalcore.journal.streams import Loaded, Streams
from loyalcore.testing import simulated_host
from loyalcore.testing.simulated_store import FaultyStore, HostDied

# --- stores ---------------------------------------------------------------------------------------


class LostUpdate(MemoryStore):
    """Takes an append to a version that is no longer the stream's."""

    def _refuse_stale(self, appends: Sequence[Append]) -> None: ...


class UsedKeyAccepted(MemoryStore):
    """Takes a used key again."""

    def _refuse_taken(self, keys: Sequence[KeyRecord]) -> None: ...

    def keys(self, keys: Any) -> dict[str, KeyRecord]:
        return {}


class HalfAnAppend(MemoryStore):
    """Writes only the first of several streams."""

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        super().append(appends[:1], keys)


class KeyAfterwards(MemoryStore):
    """Uses the keys of an append up with the next one."""

    waiting: Sequence[KeyRecord] = ()

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        super().append(appends, self.waiting)
        self.waiting = keys


class EventSkipped(MemoryStore):
    """Gives a full page a cursor that stands one event too far."""

    def log(self, cursor: str, limit: int) -> LogPage:
        page = super().log(cursor, limit)
        if len(page.events) < limit:
            return page
        return attrs.evolve(page, cursor=str(int(page.cursor) + 1))


class DueNotUpdated(MemoryStore):
    """Keeps the first instant at which a stream fell due."""

    def _set_due(self, name: str, due: datetime | None) -> None:
        if self._streams[name].due is None:
            super()._set_due(name, due)


class SnapshotOutlivesForgetting(MemoryStore):
    """Erases all of a stream but its snapshot."""

    def erase(self, append: Append) -> Erased:
        kept = self.snapshot(append.stream)
        erased = super().erase(append)
        self._streams[append.stream].snapshot = kept
        return erased


class ParkedForNothing(MemoryStore):
    """Moves a reader behind an event without parking it."""

    def move_reader(self, name: str, old: Reader, new: Reader, park: object = None) -> bool:
        return super().move_reader(name, old, new)


# --- the host and the relay -----------------------------------------------------------------------


class Forgetful(FaultyStore):
    """Loses the keys of the append at which its host dies."""

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        try:
            super().append(appends, keys)
        except HostDied:
            assert isinstance(self.store, MemoryStore)
            for record in keys:
                self.store._keys.pop(record.key, None)
            raise


def key_forgotten_after_a_crash(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(simulated_host, "FaultyStore", Forgetful)


def stale_cache_kept(patch: pytest.MonkeyPatch) -> None:
    """A state that is remembered is taken for the stream's, also when it was stale."""
    load = Streams.load

    def trusting(self: Streams, stream: str, head: int | None = None) -> Loaded:
        return self._cache.get(stream) or load(self, stream, head)

    patch.setattr(Streams, "load", trusting)
    patch.setattr(Streams, "forget", lambda self, stream: None)


def remembered_before_it_is_stored(patch: pytest.MonkeyPatch) -> None:
    from loyalcore.journal.deciding import Deciding

    append_of = Deciding._append_of

    def hasty(self: Deciding, draft: Any) -> Append:
        self._streams.remember(draft.stream, Loaded(draft.version, draft.state))
        return append_of(self, draft)

    patch.setattr(Deciding, "_append_of", hasty)


def cursor_moved_before_telling(patch: pytest.MonkeyPatch) -> None:
    tell = _Reading._tell

    def hasty(self: _Reading, page: LogPage) -> bool:
        self._move(self._held(Reader(page.cursor)))
        return tell(self, page)

    patch.setattr(_Reading, "_tell", hasty)


STORES: tuple[type[MemoryStore], ...] = (
    LostUpdate,
    UsedKeyAccepted,
    HalfAnAppend,
    KeyAfterwards,
    EventSkipped,
    DueNotUpdated,
    SnapshotOutlivesForgetting,
    ParkedForNothing,
)
PATCHES = (
    key_forgotten_after_a_crash,
    stale_cache_kept,
    remembered_before_it_is_stored,
    cursor_moved_before_telling,
)
