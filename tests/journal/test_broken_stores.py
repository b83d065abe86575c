"""Stores with one planted fault each: the suite must catch it by the test of the broken rule."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from time import sleep
from typing import Any

import attrs
import pytest
from hypothesis import settings

from loyalcore.errors import JournalError, StaleStream
from loyalcore.journal.guards import page_of
from loyalcore.journal.memory import MemoryStore
from loyalcore.journal.store import (
    Append,
    DueStream,
    KeyRecord,
    LogPage,
    Parked,
    Reader,
    StoredEvent,
)
from loyalcore.testing import StoreSuite
from loyalcore.testing.store_crashes import CrashTests
from loyalcore.testing.store_erasure import ErasureTests
from loyalcore.testing.store_keys import KeyTests
from loyalcore.testing.store_log import LogTests
from loyalcore.testing.store_state import StateTests
from loyalcore.testing.store_streams import StreamTests
from tests.journal.pickled_store import first_failure


class LostUpdate(MemoryStore):
    """Never looks at the version."""

    def _refuse_stale(self, appends: Sequence[Append]) -> None:
        pass


class LostInARace(LostUpdate):
    """Never looks at the version, and takes its time."""

    def heads(self, streams: Iterable[str]) -> Mapping[str, int]:
        found = super().heads(streams)
        sleep(0.0005)
        return found


class KeyTwice(MemoryStore):
    """Never looks at the keys."""

    def _refuse_taken(self, keys: Sequence[KeyRecord]) -> None:
        pass


class KeyAfterVersion(MemoryStore):
    """Looks at the versions first."""

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        self._refuse_stale(appends)
        super().append(appends, keys)


class KeyOfRefusal(MemoryStore):
    """Uses a key up although the append is stale."""

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        try:
            super().append(appends, keys)
        except StaleStream:
            super().append([], keys)
            raise


class HalfAnAppend(MemoryStore):
    """Stores stream by stream until one is stale."""

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        self._refuse_taken(keys)
        for append in appends:
            super().append([append])
        super().append([], keys)


class PositionTwice(MemoryStore):
    """Gives two events one position."""

    def log(self, cursor: str, limit: int) -> LogPage:
        page = super().log(cursor, limit)
        pairs = [attrs.evolve(event, position=event.position // 2) for event in page.events]
        return attrs.evolve(page, events=tuple(pairs))


class PositionBeforeItsEvent(MemoryStore):
    """Gives positions out first, and lets readers see each event when its writer is ready."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: set[int] = set()

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        with self._lock:
            before = len(self._log)
            super().append(appends, keys)
            mine = set(range(before + 1, len(self._log) + 1))
            self.hidden |= mine
        sleep(0.002 if before % 4 else 0)
        self.hidden -= mine

    def log(self, cursor: str, limit: int) -> LogPage:
        events = [e for e in super().log(cursor, 10**6).events if e.position not in self.hidden]
        return page_of(tuple(events[:limit]), cursor)


class KeysFade(MemoryStore):
    """Remembers the last six keys only."""

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        super().append(appends, keys)
        for key in list(self._keys)[:-6]:
            del self._keys[key]


class RefTwice(MemoryStore):
    """Gives an event once for each of its refs."""

    def read_refs(self, stream: str, refs: Iterable[str]) -> Sequence[StoredEvent]:
        return [event for ref in refs for event in super(RefTwice, self).read_refs(stream, [ref])]


class PrefixAsPattern(MemoryStore):
    """Takes a percent sign for any text."""

    def streams(self, prefix: str, after: str = "", limit: int = 1000) -> Sequence[str]:
        return super().streams(prefix.partition("%")[0], after, limit)


class CursorTooFar(MemoryStore):
    """Lets a reader's cursor pass over an event."""

    def log(self, cursor: str, limit: int) -> LogPage:
        page = super().log(cursor, limit)
        return attrs.evolve(page, cursor=str(int(page.cursor) + 1)) if page.events else page


class CursorBehind(MemoryStore):
    """Forgets where an empty page stood."""

    def log(self, cursor: str, limit: int) -> LogPage:
        page = super().log(cursor, limit)
        return page if page.events else attrs.evolve(page, cursor="")


class CursorForAll(MemoryStore):
    """Moves a reader whoever moved it before."""

    def move_reader(self, name: str, old: Reader, new: Reader, park: Parked | None = None) -> bool:
        return super().move_reader(name, self.reader(name), new, park)


class CursorOfPage(MemoryStore):
    """Gives each event of a page the cursor behind the page."""

    def log(self, cursor: str, limit: int) -> LogPage:
        page = super().log(cursor, limit)
        return attrs.evolve(page, cursors=tuple(page.cursor for _ in page.events))


class ParkedAnyway(MemoryStore):
    """Parks an event although the reader was moved by another."""

    def move_reader(self, name: str, old: Reader, new: Reader, park: Parked | None = None) -> bool:
        moved = super().move_reader(name, old, new, park)
        if park is not None and not moved:
            super().move_reader(name, self.reader(name), self.reader(name), park)
        return moved


class TextForAll(MemoryStore):
    """Keeps texts by their ref, whatever their stream."""

    def texts(self, stream: str, refs: Iterable[str]) -> Any:
        wanted = list(refs)
        found = [super(TextForAll, self).texts(name, wanted) for name in self._streams]
        return {ref: text for texts in found for ref, text in texts.items()}


class KeysRemembered(MemoryStore):
    """Erases a stream and still knows its command keys."""

    def erase(self, append: Append) -> Any:
        keys = dict(self._keys)
        erased = super().erase(append)
        self._keys = keys
        return erased


class VersionsAgain(MemoryStore):
    """Begins an erased stream anew."""

    def erase(self, append: Append) -> Any:
        self._refuse_stale([append])
        erased = super().erase(append)
        self._streams[append.stream].past = 0
        return erased


class DueStays(MemoryStore):
    """Keeps the old due instant beside the new one."""

    def _set_due(self, name: str, due: datetime | None) -> None:
        if due is not None:
            self._streams[name].due = None
            super()._set_due(name, due)


class DueTooLate(MemoryStore):
    """Leaves out what falls due at the very instant."""

    def due(self, until: datetime, limit: int, after: DueStream | None = None) -> Any:
        return [found for found in super().due(until, limit, after) if found.due < until]


class SnapshotDropped(MemoryStore):
    """Throws the snapshot away at the next append."""

    def _write(self, append: Append) -> None:
        super()._write(append)
        self._streams[append.stream].snapshot = append.snapshot


class WholeSeconds(MemoryStore):
    """Cuts the microseconds off."""

    def _write(self, append: Append) -> None:
        events = tuple(
            attrs.evolve(event, recorded_at=event.recorded_at.replace(microsecond=0))
            for event in append.events
        )
        super()._write(attrs.evolve(append, events=events))


def run(test: Callable[[StoreSuite], None], store: type[MemoryStore], examples: int = 100) -> None:
    """Run one test of the suite on a store, as a property that stops at its first failure."""

    class Suite(StoreSuite):
        def make_store(self) -> MemoryStore:
            return store()

        def settings(self) -> settings:
            return first_failure(examples)

    test(Suite())


@pytest.mark.parametrize(
    ("store", "clause", "test"),
    [
        (LostUpdate, "J1.3", StreamTests.test_a_stale_version_is_refused),
        (HalfAnAppend, "J1.4", StreamTests.test_several_streams_are_all_or_nothing),
        (LostInARace, "J1.7", StreamTests.test_writers_that_race_lose_nothing),
        (RefTwice, "J1.8", StreamTests.test_events_are_found_by_refs),
        (PrefixAsPattern, "J1.9", StreamTests.test_streams_are_listed_by_prefix),
        (KeyTwice, "J2.2", KeyTests.test_a_used_key_is_refused),
        (KeyAfterVersion, "J2.3", KeyTests.test_a_used_key_is_refused),
        (KeyTwice, "J2.4", KeyTests.test_a_key_twice_in_one_append_is_refused),
        (KeyTwice, "J2.5", KeyTests.test_a_key_without_events_is_used_up),
        (KeyTwice, "J2.7", StreamTests.test_writers_that_race_lose_nothing),
        (KeyOfRefusal, "J2.6", KeyTests.test_a_stale_append_leaves_its_key_free),
        (CursorTooFar, "J4.1", LogTests.test_the_log_gives_each_event_once),
        (PositionTwice, "J4.1", LogTests.test_the_log_gives_each_event_once),
        (PositionBeforeItsEvent, "J1.7", StreamTests.test_writers_that_race_lose_nothing),
        (CursorTooFar, "J4.2", LogTests.test_a_reader_goes_on_from_its_cursor),
        (CursorBehind, "J4.3", LogTests.test_an_empty_page_keeps_the_place),
        (CursorForAll, "J4.4", LogTests.test_a_reader_moves_from_its_value_only),
        (CursorOfPage, "J4.5", LogTests.test_each_event_of_a_page_has_its_cursor),
        (ParkedAnyway, "J3.1", LogTests.test_parked_events_are_kept_in_order),
        (TextForAll, "J8.1", ErasureTests.test_texts_are_kept_by_stream_and_ref),
        (
            KeysRemembered,
            "J8.2",
            ErasureTests.test_an_erased_stream_is_gone_but_for_its_last_events,
        ),
        (VersionsAgain, "J8.2", ErasureTests.test_an_erased_stream_goes_on_behind_its_past),
        (DueTooLate, "J5.1", StateTests.test_due_streams_are_found_in_order),
        (DueStays, "J5.2", StateTests.test_an_append_replaces_the_due_instant),
        (SnapshotDropped, "J6.1", StateTests.test_the_last_snapshot_stays),
        (WholeSeconds, "J7.1", StateTests.test_the_stored_form_is_kept),
        (KeysFade, "J9.8", CrashTests.test_a_fault_between_any_two_calls_leaves_whole_commands),
        (CursorTooFar, "J9.8", CrashTests.test_a_fault_keeps_no_event_from_a_notifier),
    ],
)
def test_a_fault_is_caught_by_the_test_of_its_rule(
    store: type[MemoryStore], clause: str, test: Any
) -> None:
    """Each planted fault fails the very test that names the broken clause, and says so."""
    assert clause in {name for mark in test.pytestmark for name in mark.args}
    with pytest.raises((AssertionError, JournalError)) as failed:
        run(test, store)
    assert any(note.startswith("rule") and clause in note for note in failed.value.__notes__)


@pytest.mark.parametrize(
    "store", [LostUpdate, HalfAnAppend, KeyTwice, CursorTooFar, DueStays, SnapshotDropped]
)
def test_a_fault_is_caught_in_a_history(store: type[MemoryStore]) -> None:
    """The state machine catches the gravest faults by itself."""
    with pytest.raises((AssertionError, JournalError)):
        run(StoreSuite.test_any_history, store, examples=1000)
