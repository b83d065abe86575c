"""What is read and drafted while commands are being decided."""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from loyalcore.decider import Decider
from loyalcore.journal.store import KeyRecord


@attrs.define
class Draft:
    """A stream while an act is being decided: what is stored, and what is to be added."""

    stream: str
    decider: Decider[Any, Any, Any]
    expected: int
    state: Any
    events: list[Any]
    by_ref: dict[str, list[Any]] = attrs.Factory(dict)
    texts: dict[str, str] = attrs.Factory(dict)

    def add(self, events: Sequence[Any], texts: Mapping[str, str]) -> None:
        """Fold events in, and keep the words that came with them."""
        self.texts.update(texts)
        self.state = self.decider.fold(self.state, events)
        self.events.extend(events)
        for event in events:
            for ref in event.refs:
                self.by_ref.setdefault(ref, []).append(event)

    def roll_back(self, state: Any, count: int, texts: dict[str, str]) -> None:
        """Go back to a state, the first so many events, and the texts they had."""
        self.state, self.texts, events = state, texts, self.events[:count]
        self.events, self.by_ref = [], {}
        for event in events:
            self.events.append(event)
            for ref in event.refs:
                self.by_ref.setdefault(ref, []).append(event)

    def bearing(self, refs: Sequence[str]) -> list[Any]:
        """Give the added events that bear one of the refs, each once, in order."""
        found = {id(event) for ref in refs for event in self.by_ref.get(ref, ())}
        return [event for event in self.events if id(event) in found] if found else []

    @property
    def version(self) -> int:
        """The stream's version once what is added is stored."""
        return self.expected + len(self.events)


@attrs.define
class Reading:
    """What one attempt has read: it serves all that the attempt decides.

    Attributes:
        heads: the versions of the streams that were named.
        refs: what is asked about each stream, to be read at once.
        past: the events read for them, by stream, with the refs that they were read for.
        policies: by the stream that holds them.
        known: the records of those keys that had been used.
        asked: streams that refused what another's event led to, and were answered for.
    """

    heads: Mapping[str, int]
    refs: dict[str, set[str]] = attrs.Factory(dict)
    past: dict[str, tuple[set[str], list[Any]]] = attrs.Factory(dict)
    policies: dict[str, Any] = attrs.Factory(dict)
    known: Mapping[str, KeyRecord] = attrs.Factory(dict)
    asked: set[str] = attrs.Factory(set)
