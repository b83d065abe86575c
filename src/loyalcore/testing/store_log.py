"""The log and its readers: nothing missed, nothing twice."""

from hypothesis import strategies as st

from loyalcore.errors import KeyTaken
from loyalcore.journal.store import Append, KeyRecord, NewEvent, Parked, Reader, Store
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
    @for_all(name=draw.names(), other=draw.names(), first=draw.readers(), then=draw.readers())
    def test_a_reader_moves_from_its_value_only(
        self, store: Store, name: str, other: str, first: Reader, then: Reader
    ) -> None:
        """A reader, at the beginning at first, moves only for one who knows it; others stay."""
        assert store.reader(name) == Reader(), "a reader that nobody moved has moved"
        assert not store.move_reader(name, first, then), "moved from a value it did not have"
        assert store.move_reader(name, Reader(), first), "did not move from the value it had"
        assert not store.move_reader(name, Reader(), then), "moved from a value it no longer had"
        assert store.reader(f"{name}/{other}") == Reader(), "moving one reader moved another"
        assert store.move_reader(name, first, then), "did not move from the value it had"
        assert store.reader(name) == then

    @rule("J4.5")
    @for_all(batch=draw.batches(), limit=st.integers(1, 9))
    def test_each_event_of_a_page_has_its_cursor(
        self, store: Store, batch: list[Append], limit: int
    ) -> None:
        """Reading on from behind any event of a page misses nothing and repeats nothing."""
        store.append(batch)
        whole = [event for event, _ in pages(store)]
        page = store.log("", limit)
        assert len(page.cursors) == len(page.events)
        assert page.cursor == page.cursors[-1]
        for place, cursor in enumerate(page.cursors, 1):
            assert [event for event, _ in pages(store, cursor)] == whole[place:]

    @rule("J3.1")
    @for_all(
        events=st.lists(draw.parked_events(), min_size=1, max_size=5),
        other=draw.parked_events("sms"),
        limit=st.integers(1, 3),
    )
    def test_parked_events_are_kept_in_order(
        self, store: Store, events: list[Parked], other: Parked, limit: int
    ) -> None:
        """What a reader parks is listed by position, the last of each; taken out it is gone."""
        model, reader = StoreModel(), Reader()
        assert not store.move_reader("mail", Reader("x"), Reader("y"), events[0])
        assert not store.parked("mail"), "parked although the reader did not move"
        for number, parked in enumerate([*events, other], 1):
            moved = Reader(str(number))
            assert store.move_reader("mail", reader, moved, parked)
            model.park(parked)
            reader = moved
        model.check(store)
        wanted = sorted(p.position for p in events)
        listed: list[Parked] = []
        while some := store.parked("mail", listed[-1].position if listed else 0, limit):
            listed += some
        assert [p.position for p in listed] == sorted(set(wanted)), "pages of parked events"
        assert store.unpark("mail", wanted[0]), "a parked event was not there"
        assert not store.unpark("mail", wanted[0]), "an event was taken out twice"
        del model.parked["mail", wanted[0]]
        model.check(store)
