"""The log and its readers: nothing missed, nothing twice."""

from hypothesis import strategies as st

from loyalcore.errors import KeyTaken
from loyalcore.journal.store import Append, KeyRecord, NewEvent, Store
from loyalcore.testing import strategies as draw
from loyalcore.testing.properties import for_all
from loyalcore.testing.rules import rule
from loyalcore.testing.store_case import StoreCase
from loyalcore.testing.store_model import (
    Row,
    StoreModel,
    check_order,
    pages,
    refused,
    row,
    rows,
)


class LogTests(StoreCase):
    """Hold a store to J4."""

    @rule("J4.1")
    @for_all(batch=draw.batches(), more=draw.new_events(), limit=st.integers(1, 4))
    def test_the_log_gives_each_event_once(
        self, store: Store, batch: list[Append], more: NewEvent, limit: int
    ) -> None:
        """The log, read in pages of any size, gives each event once; positions increase."""
        model = StoreModel()
        for appends in (batch, [Append("last", 0, (more,))]):
            store.append(appends)
            model.add(appends)
        events = [event for event, _ in pages(store, limit=limit)]
        check_order(events)
        assert sorted(map(row, events)) == model.contents()["log"], "the log is not what is stored"
        assert [event for a in batch for event in store.read(a.stream)] == [
            event for a in batch for event in events if event.stream == a.stream
        ], "the log and the streams tell different events"

    @rule("J4.2")
    @for_all(batches=st.lists(draw.batches(), max_size=4), limit=st.integers(1, 9))
    def test_a_reader_goes_on_from_its_cursor(
        self, store: Store, batches: list[list[Append]], limit: int
    ) -> None:
        """A reader misses nothing that is appended behind its cursor, nor reads it again."""
        model, cursor = StoreModel(), ""
        seen: list[Row] = []
        for number, batch in enumerate(batches):
            appends = model.onto(batch)
            store.append(appends, [KeyRecord(str(number), "")])
            refused(KeyTaken, lambda: store.append([], [KeyRecord("0", "")]), "a used key")
            model.add(appends)
            page = store.log(cursor, limit)
            cursor, seen = page.cursor, [*seen, *map(row, page.events)]
        seen += [row(event) for event, _ in pages(store, cursor)]
        assert sorted(seen) == model.contents()["log"]

    @rule("J4.3")
    @for_all(append=draw.appends(), limit=st.integers(1, 9))
    def test_an_empty_page_keeps_the_place(self, store: Store, append: Append, limit: int) -> None:
        """The cursor of an empty page goes on with what is appended next."""
        empty = store.log("", limit)
        assert not empty.events, "an empty store has events in its log"
        store.append([append])
        *_, (_, end) = pages(store, empty.cursor, limit)
        empty = store.log(end, limit)
        assert not empty.events, "there are events behind the last one"
        store.append([Append("next", 0, append.events)])
        found = [row(event) for event, _ in pages(store, empty.cursor, limit)]
        assert found == rows("next", append.events)

    @rule("J4.4")
    @for_all(name=draw.names(), other=draw.names(), first=draw.names(), then=draw.names())
    def test_a_saved_cursor_moves_from_its_value_only(
        self, store: Store, name: str, other: str, first: str, then: str
    ) -> None:
        """A saved cursor, "" at first, moves only for one who knows its value; others stay."""
        assert store.cursor(name) == "", "a cursor that nobody saved has a value"
        assert not store.move_cursor(name, f"{first}?", then), "moved from a value it did not have"
        assert store.move_cursor(name, "", first), "did not move from the value it had"
        assert not store.move_cursor(name, "", then), "moved from a value it no longer had"
        assert store.cursor(f"{name}/{other}") == "", "moving one cursor moved another"
        assert store.move_cursor(name, first, then), "did not move from the value it had"
        assert store.cursor(name) == then
