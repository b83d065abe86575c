"""Due instants, snapshots, the stored form, and what a failure or the end leaves."""

from contextlib import closing
from datetime import datetime, timedelta

import attrs
import pytest
from hypothesis import strategies as st

from loyalcore.errors import LoyalcoreError
from loyalcore.journal.store import (
    Append,
    KeyRecord,
    NewEvent,
    Parked,
    Reader,
    Snapshot,
    Store,
)
from loyalcore.testing import strategies as draw
from loyalcore.testing.properties import for_all
from loyalcore.testing.rules import rule
from loyalcore.testing.store_case import StoreCase
from loyalcore.testing.store_model import (
    FOREVER,
    StoreModel,
    contents,
    pages,
    row,
    rows,
)


class StateTests(StoreCase):
    """Hold a store to J5, J6, J7 and J9."""

    @rule("J5.1")
    @for_all(
        batch=draw.batches(max_streams=6),
        pick=st.integers(0, 5),
        off_us=st.integers(-1, 1),
        limit=st.integers(0, 6),
    )
    def test_due_streams_are_found_in_order(
        self, store: Store, batch: list[Append], pick: int, off_us: int, limit: int
    ) -> None:
        """Streams due by an instant, that instant included, come by (due, name), to the limit."""
        model, dues = StoreModel(), [append.due for append in batch if append.due]
        until = (dues[pick % len(dues)] if dues else FOREVER - timedelta(days=1)) + timedelta(
            microseconds=off_us
        )
        batch = [
            *batch,
            Append("~", 0, batch[0].events, until),
            Append("!", 0, batch[0].events, until),
        ]
        store.append(batch)
        model.add(batch)
        assert list(store.due(until, 9)) == model.due_streams(until)
        assert list(store.due(until, limit)) == model.due_streams(until)[:limit]
        for place, entry in enumerate(model.due_streams(until), 1):
            wanted = model.due_streams(until)[place : place + limit]
            assert list(store.due(until, limit, entry)) == wanted, f"due behind {entry}"

    @rule("J5.2")
    @for_all(
        append=draw.appends(), event=draw.new_events(), dues=st.lists(st.none() | draw.instants())
    )
    def test_an_append_replaces_the_due_instant(
        self, store: Store, append: Append, event: NewEvent, dues: list[datetime | None]
    ) -> None:
        """What falls due at a stream is what its last events say, if anything."""
        model = StoreModel()
        for due in [append.due, *dues]:
            (moved,) = model.onto([attrs.evolve(append, events=(event,), due=due)])
            store.append([moved])
            model.add([moved])
            assert list(store.due(FOREVER, 9)) == model.due_streams(FOREVER)

    @rule("J6.1")
    @for_all(append=draw.appends(), kept=st.lists(st.none() | draw.snapshots(), max_size=4))
    def test_the_last_snapshot_stays(
        self, store: Store, append: Append, kept: list[Snapshot | None]
    ) -> None:
        """The last snapshot given with a stream's events comes back; without any, none."""
        model = StoreModel()
        for snapshot in kept:
            (moved,) = model.onto([attrs.evolve(append, snapshot=snapshot)])
            store.append([moved])
            model.add([moved])
            assert store.snapshot(append.stream) == model.snapshots[append.stream]
        assert store.snapshot(f"{append.stream}/2") is None, "another stream has the snapshot"

    @rule("J7.1")
    @for_all(event=draw.new_events(), due=draw.instants())
    def test_the_stored_form_is_kept(self, store: Store, event: NewEvent, due: datetime) -> None:
        """Type, schema and JSON text come back as given, instants in UTC to the microsecond."""
        store.append([Append("one", 0, (event,), due)])
        (found,) = store.read("one")
        assert row(found) == rows("one", [event])[0]
        (falls,) = store.due(due, 9)
        assert falls.due == due
        assert not found.recorded_at.utcoffset(), "an event's instant is not in UTC"
        assert not falls.due.utcoffset(), "a due instant is not in UTC"

    @rule("J9.1")
    @for_all(batch=draw.batches(min_streams=2), record=draw.key_records(), field=st.integers(0, 3))
    def test_a_raise_changes_nothing(
        self, store: Store, batch: list[Append], record: KeyRecord, field: int
    ) -> None:
        """An append that raises, here for a text that cannot be stored, leaves all as it was."""
        *first, last = batch
        store.append(first)
        before = contents(store)
        spoilt = [attrs.evolve(last, expected=0)]
        bad = attrs.evolve(last.events[-1], data='"\ud800"')
        match field:
            case 0:
                spoilt = [attrs.evolve(last, events=(*last.events, bad))]
            case 1:
                spoilt = [last, attrs.evolve(last, stream="\ud800")]
            case 2:
                spoilt = [attrs.evolve(last, snapshot=Snapshot(1, "fold", "\ud800"))]
            case _:
                record = attrs.evolve(record, fingerprint="\ud800")
        try:
            store.append(spoilt, [record])
        except LoyalcoreError:
            assert contents(store) == before
            assert not store.keys([record.key]), "a failed append used its key up"
        else:
            model = StoreModel()
            model.add([*first, *spoilt], [record])
            model.check(store)

    @rule("J9.2")
    @for_all(batches=st.lists(draw.batches(), min_size=1, max_size=3), record=draw.key_records())
    def test_all_is_there_after_reopening(
        self, store: Store, batches: list[list[Append]], record: KeyRecord
    ) -> None:
        """What was appended is there after closing and opening again, and cursors go on."""
        if not self.durable:
            pytest.skip("the store does not outlive its process")
        model = StoreModel()
        for batch in batches:
            appends = model.onto(batch)
            store.append(appends, [record][len(model.keys) :])
            model.add(appends, [record])
        at = batches[0][0].events[0].recorded_at
        park = Parked("mail", 3, "one", 2, 8, "no such address", at)
        store.move_reader("mail", Reader(), Reader("7", "host", at, 2, at), park)
        model.readers["mail"] = Reader("7", "host", at, 2, at)
        model.park(park)
        log = list(pages(store, limit=2))
        with closing(self.reopen(store)) as again:
            model.check(again)
            assert list(pages(again, limit=2)) == log, "positions or cursors changed"

    @rule("J9.3")
    @for_all(append=draw.appends())
    def test_closing_twice_is_allowed(self, store: Store, append: Append) -> None:
        """Closing a store again does nothing."""
        store.append([append])
        store.close()
        store.close()
