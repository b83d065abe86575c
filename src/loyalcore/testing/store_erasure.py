"""Texts, and what goes when a stream is erased."""

import attrs
from hypothesis import strategies as st

from loyalcore.errors import StaleStream
from loyalcore.journal.store import (
    Append,
    KeyRecord,
    NewEvent,
    Parked,
    Reader,
    Span,
    Store,
    Text,
)
from loyalcore.testing import strategies as draw
from loyalcore.testing.properties import for_all
from loyalcore.testing.rules import rule
from loyalcore.testing.store_case import StoreCase
from loyalcore.testing.store_model import StoreModel, contents, pages, refused


def _none(span: Span) -> Span:
    """Give the span of an act that brought nothing."""
    return attrs.evolve(span, last=span.first - 1)


class ErasureTests(StoreCase):
    """Hold a store to J8."""

    @rule("J8.1")
    @for_all(batch=draw.batches(min_streams=2), more=st.lists(draw.texts(), max_size=4))
    def test_texts_are_kept_by_stream_and_ref(
        self, store: Store, batch: list[Append], more: list[Text]
    ) -> None:
        """A text comes back for its stream and ref, the last one given; others stay."""
        model = StoreModel()
        store.append(batch)
        model.add(batch)
        model.check(store)
        for text in more:
            (again,) = model.onto([attrs.evolve(batch[0], texts=(text,))])
            stale = attrs.evolve(again, expected=again.expected + 1, texts=(Text(text.ref, "?"),))
            refused(StaleStream, lambda act=stale: store.append([act]), "a stale version")  # type: ignore[misc]
            store.append([again])
            model.add([again])
            model.check(store)

    @rule("J8.2")
    @for_all(
        batches=st.lists(draw.batches(), min_size=1, max_size=3),
        last=draw.appends(),
        pick=st.integers(0, 9),
    )
    def test_an_erased_stream_is_gone_but_for_its_last_events(
        self, store: Store, batches: list[list[Append]], last: Append, pick: int
    ) -> None:
        """Events, refs, keys, texts, snapshot, due and parked go, counted; the rest stays."""
        model = StoreModel()
        for number, batch in enumerate(batches):
            acts = model.onto(batch)
            spans = [Span(a.stream, a.expected + 1, a.expected + len(a.events)) for a in acts]
            keys = [
                KeyRecord(f"all {number}", "f", tuple(spans)),
                *(KeyRecord(f"{number} {span.stream}", "f", (span,)) for span in spans),
                *(KeyRecord(f"idle {number} {s.stream}", "f", (_none(s),)) for s in spans),
            ]
            store.append(acts, keys)
            model.add(acts, keys)
        names = sorted(model.events)
        stream = names[pick % len(names)]
        reader = Reader()
        for place, event in enumerate([event for event, _ in pages(store)]):
            park = Parked(
                "mail", event.position, event.stream, event.version, 8, "?", event.recorded_at
            )
            moved = Reader(str(place + 1))
            assert store.move_reader("mail", reader, moved, park)
            model.readers["mail"] = reader = moved
            model.park(park)
        (ending,) = model.onto([attrs.evolve(last, stream=stream)])
        stale = attrs.evolve(ending, expected=ending.expected - 1)
        before = contents(store, model.keys)
        refused(StaleStream, lambda: store.erase(stale), "a stale version")
        assert contents(store, model.keys) == before, "a refused erasure erased"
        used = dict(model.keys)
        highest = max(event.position for event, _ in pages(store))
        told = store.erase(ending)
        assert told == model.erase(ending), "another count than was erased"
        model.check(store)
        assert dict(store.keys(used)) == model.keys, "keys of an erased stream are known"
        assert all(event.position > highest for event in store.read(stream)), "a position is reused"

    @rule("J8.4")
    @for_all(batch=draw.batches(min_streams=2, max_streams=2), key=draw.keys(), last=draw.appends())
    def test_a_key_that_went_is_free_for_all(
        self, store: Store, batch: list[Append], key: str, last: Append
    ) -> None:
        """A key of two streams goes with either, and may be used again by a third one."""
        ann, ben = batch
        spans = tuple(Span(a.stream, 1, len(a.events)) for a in batch)
        store.append(batch, [KeyRecord(key, "f", spans)])
        store.erase(attrs.evolve(last, stream=ann.stream, expected=len(ann.events)))
        assert not store.keys([key]), "a key of an erased stream is known"
        again = KeyRecord(key, "g", (Span("third", 1, 1),))
        store.append([Append("third", 0, ben.events[:1])], [again])
        store.erase(attrs.evolve(last, stream=ben.stream, expected=len(ben.events)))
        assert dict(store.keys([key])) == {key: again}, "another stream's key went"

    @rule("J8.2")
    @for_all(events=st.lists(draw.new_events(), min_size=1, max_size=3), append=draw.appends())
    def test_an_erased_stream_goes_on_behind_its_past(
        self, store: Store, events: list[NewEvent], append: Append
    ) -> None:
        """Versions are not used again, and a reader behind any cursor reads what came after."""
        model = StoreModel()
        first = attrs.evolve(append, events=tuple(events))
        store.append([first])
        model.add([first])
        cursors = ["", *store.log("", 9).cursors]
        for _ in range(2):
            (ending,) = model.onto([append])
            store.erase(ending)
            model.erase(ending)
            (more,) = model.onto([append])
            store.append([more])
            model.add([more])
            model.check(store)
        for cursor in cursors:
            log = [(event.stream, event.version) for event, _ in pages(store, cursor, 2)]
            wanted = [(row[0], row[1]) for row in model.rows(append.stream)]
            assert log == wanted, f"behind {cursor!r}"
