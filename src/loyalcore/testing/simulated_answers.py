"""The simulated store's command keys, held against what was sent and what was answered."""

from collections.abc import Mapping, Sequence

import attrs

from loyalcore.journal.store import KeyRecord, Span, Store, StoredEvent
from loyalcore.loyalty import RecordReturn
from loyalcore.testing.simulated_client import Client, Sent
from loyalcore.testing.simulated_history import History
from loyalcore.testing.simulated_shop import CODEC, is_by_time, is_own, marks, may_come_along


@attrs.define(eq=False)
class Answers:
    """Know which act of which key brought each event.

    Attributes:
        client: what was sent.
        history: what the store holds.
        owners: what was sent and the number of its act, by stream and version; what an act makes
            other streams do counts as an act behind it.
        effects: what was sent and the number of its act, by the event of its own that it brought.
        records: the keys in the store.
    """

    client: Client
    history: History
    owners: dict[tuple[str, int], tuple[Sent, int]] = attrs.Factory(dict)
    effects: dict[tuple[str, int], tuple[Sent, int]] = attrs.Factory(dict)
    records: dict[str, KeyRecord] = attrs.Factory(dict)
    _marks: set[tuple[str, str]] = attrs.Factory(set)

    def check(self, store: Store, new: Sequence[StoredEvent]) -> None:
        """Fail unless each key took effect once at most, and as it was answered.

        Args:
            store: whose keys.
            new: the events that were stored since the last check.
        """
        records = store.keys(list(self.client.sent))
        for key, record in records.items():
            before = self.records.get(key)
            if before is None:
                self._take(self.client.sent[key], record)
            else:
                assert record == before, f"the key {key} was {before} and is {record}"
        for key in self.records.keys() - records.keys():
            gone = self.client.sent[key].streams & self.history.gone
            assert gone, f"{self.client.sent[key]}: the store has forgotten the key"
        self.records = dict(records)
        for stored in new:
            self._check_brought(stored)
        for sent in self.client.answered:
            self._check_answer(sent)
        self.client.answered.clear()
        self._check_keys(records)
        wrong = self.history.gone - self.client.forgetting
        assert not wrong, f"{sorted(wrong)} were forgotten, and nobody asked for it"
        kept = self.client.forgotten - self.history.gone
        assert not kept, f"{sorted(kept)} should have been forgotten"

    def _check_keys(self, records: Mapping[str, KeyRecord]) -> None:
        """Fail if a key is there that should not be, or the other way round."""
        gone = self.history.gone
        for key, sent in self.client.sent.items():
            ended = bool(gone) and bool(sent.streams & gone)
            if key in records:
                assert not sent.refused, f"{sent}: was refused, and used its key up"
                assert not ended, f"{sent}: was forgotten, and keeps its key"
            else:
                assert ended or sent.events is None, f"{sent}: was answered, and has no key"

    def _take(self, sent: Sent, record: KeyRecord) -> None:
        """Learn what came of a key, which must be what was asked."""
        asked = CODEC.fingerprint(sent.acts)
        assert record.fingerprint == asked, f"{sent}: the store has another payload"
        wanted = [stream for stream, _ in sent.whole]
        found = [span.stream for span in record.spans]
        assert found == wanted, f"{sent}: the store has spans on {found}"
        for number, span in enumerate(record.spans):
            self._take_span(sent, number, span)

    def _take_span(self, sent: Sent, number: int, span: Span) -> None:
        stream, command = sent.whole[number]
        own: list[int] = []
        for version in range(span.first, span.last + 1):
            place = (stream, version)
            assert place not in self.owners, f"{sent}: shares {place} with {self.owners[place][0]}"
            event = self.history.at.get(place)
            assert event is not None, f"{sent}: is said to have brought {place}, which is not there"
            self.owners[place] = (sent, number)
            if is_own(event, command):
                own.append(version)
            else:
                assert may_come_along(event), f"{sent}: asked for {command}, and brought {event}"
        if own:
            self.effects[stream, own[0]] = (sent, number)
        idle = span.last < span.first and isinstance(command, RecordReturn)
        assert len(own) == 1 or idle, f"{sent}: act {number} brought {len(own)} events of its own"

    def _check_brought(self, stored: StoredEvent) -> None:
        """Fail unless an event is time's doing, or one command's, and not there already."""
        place = (stored.stream, stored.version)
        event = self.history.at[place]
        known = place in self.owners or is_by_time(event) or stored.stream in self.history.gone
        assert known, f"{place} was brought by no command whose key is kept: {event}"
        for mark in marks(event):
            assert (stored.stream, mark) not in self._marks, f"{mark} stands twice: {event}"
            self._marks.add((stored.stream, mark))

    def _check_answer(self, sent: Sent) -> None:
        """Fail unless the store holds what was acknowledged."""
        record = self.records.get(sent.key)
        if record is None or sent.streams & self.history.gone:
            return  # whether it may be missing is judged with all the keys
        stored = tuple(
            self.history.at[span.stream, version]
            for span in record.spans
            for version in range(span.first, span.last + 1)
        )
        assert stored == sent.events, f"{sent}: acknowledged {sent.events}, and stored {stored}"
