"""Command keys: each used once, and only by what was stored."""

import attrs
from hypothesis import strategies as st

from loyalcore.errors import KeyTaken, StaleStream
from loyalcore.journal.store import Append, KeyRecord, Store
from loyalcore.testing import strategies as draw
from loyalcore.testing.properties import for_all
from loyalcore.testing.rules import rule
from loyalcore.testing.store_case import StoreCase
from loyalcore.testing.store_model import (
    StoreModel,
    contents,
    refused,
)


class KeyTests(StoreCase):
    """Hold a store to J2."""

    @rule("J2.1")
    @for_all(records=st.lists(draw.key_records(), max_size=4, unique_by=lambda record: record.key))
    def test_used_keys_come_back(self, store: Store, records: list[KeyRecord]) -> None:
        """A used key comes back with its fingerprint and spans, however many are asked."""
        asked = [*(record.key for record in records), *(f"free key {n}" for n in range(2_500))]
        assert not store.keys(asked), "keys are used before anything was stored"
        store.append([], records)
        assert dict(store.keys(asked)) == {record.key: record for record in records}

    @rule("J2.2", "J2.3")
    @for_all(
        record=draw.key_records(),
        other=draw.key_records(),
        batch=draw.batches(),
        stale=st.booleans(),
    )
    def test_a_used_key_is_refused(
        self, store: Store, record: KeyRecord, other: KeyRecord, batch: list[Append], stale: bool
    ) -> None:
        """A used key refuses the whole append, and is told before a stale version."""
        other = attrs.evolve(other, key=f"{record.key}, another")
        store.append([], [record])
        again = attrs.evolve(record, fingerprint=f"{record.fingerprint}0")
        appends = [attrs.evolve(append, expected=int(stale)) for append in batch]
        error = refused(KeyTaken, lambda: store.append(appends, [other, again]), "a used key")
        assert error.key == record.key
        assert not store.streams(""), "an append under a used key was stored"
        assert dict(store.keys([record.key, other.key])) == {record.key: record}

    @rule("J2.4")
    @for_all(record=draw.key_records(), batch=draw.batches())
    def test_a_key_twice_in_one_append_is_refused(
        self, store: Store, record: KeyRecord, batch: list[Append]
    ) -> None:
        """A key that stands twice in one append refuses it, and stays free."""
        error = refused(
            KeyTaken, lambda: store.append(batch, [record, record]), "a key given twice"
        )
        assert error.key == record.key
        assert contents(store, [record.key]) == StoreModel().contents()

    @rule("J2.5")
    @for_all(record=draw.key_records())
    def test_a_key_without_events_is_used_up(self, store: Store, record: KeyRecord) -> None:
        """An outcome of no events uses its key up."""
        record = attrs.evolve(record, spans=())
        store.append([], [record])
        assert store.keys([record.key])[record.key] == record
        refused(KeyTaken, lambda: store.append([], [record]), "a key used without events")

    @rule("J2.6")
    @for_all(record=draw.key_records(), append=draw.appends())
    def test_a_stale_append_leaves_its_key_free(
        self, store: Store, record: KeyRecord, append: Append
    ) -> None:
        """A refused append leaves its key free: the same append, decided again, takes it."""
        stale = attrs.evolve(append, expected=1)
        refused(StaleStream, lambda: store.append([stale], [record]), "a stale version")
        assert not store.keys([record.key]), "a refused append used its key up"
        store.append([append], [record])
        assert store.keys([record.key])[record.key] == record
