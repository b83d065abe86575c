"""Streams: versions without gaps, nobody overwritten, all or nothing."""

import attrs
from hypothesis import strategies as st

from loyalcore.errors import StaleStream
from loyalcore.journal.store import Append, NewEvent, Store
from loyalcore.testing import strategies as draw
from loyalcore.testing.properties import for_all
from loyalcore.testing.rules import rule
from loyalcore.testing.store_case import StoreCase
from loyalcore.testing.store_model import (
    FOREVER,
    StoreModel,
    contents,
    refused,
    row,
    rows,
)
from loyalcore.testing.store_race import race


class StreamTests(StoreCase):
    """Hold a store to J1."""

    @rule("J1.1")
    @for_all(append=draw.appends(), more=st.lists(draw.new_events(), min_size=1, max_size=3))
    def test_events_come_back_in_order(
        self, store: Store, append: Append, more: list[NewEvent]
    ) -> None:
        """A stream's events come back in the order given, with versions from 1, without gaps."""
        first = len(append.events)
        store.append([append])
        store.append([Append(append.stream, first, tuple(more))])
        found = [row(event) for event in store.read(append.stream)]
        assert found == rows(append.stream, [*append.events, *more])

    @rule("J1.2")
    @for_all(
        batch=draw.batches(min_streams=2),
        after=st.integers(0, 4),
        upto=st.none() | st.integers(0, 4),
    )
    def test_a_reading_has_bounds(
        self, store: Store, batch: list[Append], after: int, upto: int | None
    ) -> None:
        """Reading gives the versions behind `after` and up to `upto` of that stream alone."""
        store.append(batch)
        for append in batch:
            found = [row(event) for event in store.read(append.stream, after, upto)]
            assert found == rows(append.stream, append.events)[after:upto]
        assert not store.read("nobody's", after, upto), "a stream that does not exist has events"

    @rule("J1.3")
    @for_all(append=draw.appends(), expected=st.integers(0, 5))
    def test_a_stale_version_is_refused(self, store: Store, append: Append, expected: int) -> None:
        """An append to another version than the stream's is refused, and told which it is."""
        actual = len(append.events)
        store.append([append])
        stale = attrs.evolve(append, expected=expected + (expected >= actual))
        error = refused(StaleStream, lambda: store.append([stale]), "a stale version")
        assert (error.stream, error.expected, error.actual) == (
            append.stream,
            stale.expected,
            actual,
        )

    @rule("J1.4")
    @for_all(batch=draw.batches(min_streams=2), pick=st.integers(0, 9))
    def test_several_streams_are_all_or_nothing(
        self, store: Store, batch: list[Append], pick: int
    ) -> None:
        """One stale stream refuses the append to the others with it, wherever it stands."""
        batch[pick % len(batch)] = attrs.evolve(batch[pick % len(batch)], expected=1)
        refused(StaleStream, lambda: store.append(batch), "one stale stream among several")
        left = [append.stream for append in batch if store.read(append.stream)]
        assert not left, f"half an append was stored: {left}"
        assert not store.due(FOREVER, 9), "half an append left a due instant"

    @rule("J1.5")
    @for_all(batch=draw.batches())
    def test_heads_are_versions(self, store: Store, batch: list[Append]) -> None:
        """The head of a stream is its version, 0 without one, for however many are asked."""
        store.append(batch)
        known = {append.stream: len(append.events) for append in batch}
        absent = {f"absent/{number}": 0 for number in range(2_500)}
        assert dict(store.heads([*known, *absent])) == absent | known

    @rule("J1.6")
    @for_all(append=draw.appends(), other=draw.appends(min_events=0))
    def test_no_events_leave_a_stream_alone(
        self, store: Store, append: Append, other: Append
    ) -> None:
        """An append of no events checks the version and leaves the stream as it was."""
        nothing = attrs.evolve(other, stream=append.stream, events=())
        store.append([nothing])
        assert not store.streams(""), "an append of no events made a stream"
        store.append([append])
        before = contents(store)
        store.append([attrs.evolve(nothing, expected=len(append.events))])
        assert contents(store) == before
        refused(StaleStream, lambda: store.append([nothing]), "no events at a stale version")

    @rule("J1.7", "J2.7")
    @for_all()
    def test_writers_that_race_lose_nothing(self, store: Store) -> None:
        """Of racing threads each event and each key is stored once; a reader misses none."""
        race(store, writers=8, each=12)

    @rule("J1.8")
    @for_all(append=draw.appends(), refs=st.lists(draw.refs(), max_size=2), pick=st.integers(0, 9))
    def test_events_are_found_by_refs(
        self, store: Store, append: Append, refs: list[str], pick: int
    ) -> None:
        """Events of the stream that bear one of the refs are found, each once, in order."""
        model = StoreModel()
        borne = [ref for event in append.events for ref in event.refs]
        wanted = [*refs, *borne[: pick % (len(borne) + 1)], *(f"absent:{n}" for n in range(1_100))]
        namesake = attrs.evolve(append, stream=f"{append.stream}/2")
        store.append([append, namesake])
        model.add([append, namesake])
        found = [row(event) for event in store.read_refs(append.stream, wanted)]
        assert found == model.bearing(append.stream, wanted)

    @rule("J1.9")
    @for_all(
        batch=draw.batches(st.text("a%_*?[é\U0001f600", min_size=1, max_size=3), max_streams=8),
        prefix=st.text("a%_*?[é\U0001f600\U0010ffff", max_size=2),
        limit=st.integers(1, 3),
    )
    def test_streams_are_listed_by_prefix(
        self, store: Store, batch: list[Append], prefix: str, limit: int
    ) -> None:
        """The streams with a prefix, taken literally, are listed by code point, in pages."""
        store.append(batch)
        wanted = sorted(a.stream for a in batch if a.stream.startswith(prefix))
        found: list[str] = []
        while page := store.streams(prefix, found[-1] if found else "", limit):
            assert len(page) <= limit, f"a page of {limit} holds {len(page)} streams"
            assert page[0] not in found, f"the listing stands still at {page[0]!r}"
            found += page
        assert found == wanted
        assert list(store.streams(prefix, prefix)) == [name for name in wanted if name > prefix]
