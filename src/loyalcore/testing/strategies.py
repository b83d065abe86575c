"""Strategies for the journal's values: all that a store must be able to hold."""

import json
from datetime import UTC, datetime

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loyalcore.journal.store import (
    Append,
    KeyRecord,
    NewEvent,
    Parked,
    Reader,
    Snapshot,
    Span,
    Text,
)

# Hypothesis wants bounds without a zone, and adds the zone itself.
_EARLIEST = datetime(1900, 1, 1)  # noqa: DTZ001
_LATEST = datetime(2199, 12, 31)  # noqa: DTZ001
_PRINTABLE = st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" ")
_ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=8)


def instants() -> SearchStrategy[datetime]:
    """Draw instants in UTC, to the microsecond, from 1900 to 2199."""
    return st.datetimes(_EARLIEST, _LATEST, timezones=st.just(UTC))


def names() -> SearchStrategy[str]:
    """Draw short printable strings: ids, references, a cursor's name."""
    return st.text(_PRINTABLE, min_size=1, max_size=8)


def stream_names() -> SearchStrategy[str]:
    """Draw names such as `loyalty/CLUB/MEMBER`, with any printable characters in the parts."""
    kinds = st.sampled_from(("loyalty/A/", "complaint/", "crisis/"))
    return st.builds("{}{}".format, kinds, names())


def refs() -> SearchStrategy[str]:
    """Draw refs such as `order:A-1`; most draws come from a few, so that events share them."""
    kinds = st.sampled_from(("order", "redemption", "hold"))
    ids = st.sampled_from(("1", "2", "%", "A-1")) | names()
    return st.builds("{}:{}".format, kinds, ids)


def keys() -> SearchStrategy[str]:
    """Draw command keys."""
    return names()


def json_texts() -> SearchStrategy[str]:
    """Draw JSON texts of small objects, escaped or not."""
    leaves = st.none() | st.integers() | _ANY_TEXT
    return st.builds(
        lambda leaf, ascii_only: json.dumps({"leaf": leaf}, ensure_ascii=ascii_only),
        leaves,
        st.booleans(),
    )


def new_events() -> SearchStrategy[NewEvent]:
    """Draw encoded events with up to three refs."""
    return st.builds(
        NewEvent,
        type=st.sampled_from(("loyalty.purchase_recorded", "complaint.received")) | names(),
        schema=st.integers(1, 9),
        data=json_texts(),
        recorded_at=instants(),
        refs=st.lists(refs(), max_size=3, unique=True).map(tuple),
    )


def snapshots() -> SearchStrategy[Snapshot]:
    """Draw snapshots."""
    return st.builds(Snapshot, version=st.integers(1, 99), fold=names(), data=json_texts())


def texts() -> SearchStrategy[Text]:
    """Draw words to be kept apart; most refs come from a few, so that they are replaced."""
    return st.builds(Text, ref=st.sampled_from(("words:1", "words:2")) | refs(), text=_ANY_TEXT)


def readers() -> SearchStrategy[Reader]:
    """Draw how far a reader has come, with a lease or without, waiting or not."""
    return st.builds(
        Reader,
        cursor=names(),
        holder=st.just("") | names(),
        until=st.none() | instants(),
        attempts=st.integers(0, 9),
        retry_at=st.none() | instants(),
    )


def parked_events(
    reader: str = "mail", streams: SearchStrategy[str] | None = None
) -> SearchStrategy[Parked]:
    """Draw events that a reader has set aside."""
    return st.builds(
        Parked,
        reader=st.just(reader),
        position=st.integers(1, 9),
        stream=stream_names() if streams is None else streams,
        version=st.integers(1, 9),
        attempts=st.integers(1, 9),
        reason=_ANY_TEXT,
        at=instants(),
    )


def appends(
    streams: SearchStrategy[str] | None = None, min_events: int = 1
) -> SearchStrategy[Append]:
    """Draw appends to new streams; set `expected` for others.

    Args:
        streams: where the names come from; `stream_names()` by default.
        min_events: 0 to draw appends of no events too.
    """
    return st.builds(
        Append,
        stream=stream_names() if streams is None else streams,
        expected=st.just(0),
        events=st.lists(new_events(), min_size=min_events, max_size=3).map(tuple),
        due=st.none() | instants(),
        snapshot=st.none() | snapshots(),
        texts=st.lists(texts(), max_size=2, unique_by=lambda text: text.ref).map(tuple),
    )


def batches(
    streams: SearchStrategy[str] | None = None,
    min_events: int = 1,
    min_streams: int = 1,
    max_streams: int = 3,
) -> SearchStrategy[list[Append]]:
    """Draw what one act appends: to several new streams, each named once.

    Args:
        streams: where the names come from; `stream_names()` by default.
        min_events: 0 to draw appends of no events too.
        min_streams: the fewest streams.
        max_streams: the most streams.
    """
    return st.lists(
        appends(streams, min_events),
        min_size=min_streams,
        max_size=max_streams,
        unique_by=lambda append: append.stream,
    )


def key_records() -> SearchStrategy[KeyRecord]:
    """Draw key records, with spans in any order, of events and of none, and without."""
    spans = st.builds(
        lambda stream, first, more: Span(stream, first, first + more),
        stream_names(),
        st.integers(1, 9),
        st.integers(-1, 9),
    )
    return st.builds(
        KeyRecord,
        key=keys(),
        fingerprint=st.text("0123456789abcdef", min_size=1, max_size=8),
        spans=st.lists(spans, max_size=2, unique_by=lambda span: span.stream).map(tuple),
    )
