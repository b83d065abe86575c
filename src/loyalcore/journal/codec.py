"""Events, states and commands to JSON and back: type name, schema version, text."""

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from cattrs import Converter

from loyalcore.decider import Command, Decider, Event, EventType
from loyalcore.errors import CorruptEvent, LoyalcoreError, UnknownEventType
from loyalcore.forms import new_converter
from loyalcore.journal.forgetting import FORGOTTEN
from loyalcore.journal.store import NewEvent, StoredEvent

T = TypeVar("T")
Configure = Callable[[Converter], None]


_json = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":"), sort_keys=True
).encode


@lru_cache(maxsize=16)
def _converter_of(
    deciders: tuple[Decider[Any, Any, Any], ...], configure: Configure | None
) -> Converter:
    """Make the converter of some deciders' classes once: it takes its time over each new class."""
    converter = new_converter(report_all=False)
    for decider in deciders:
        decider.configure(converter)
    if configure is not None:
        configure(converter)
    return converter


class Codec:
    """Encode and decode all that the deciders' streams hold.

    Args:
        deciders: whose events, commands and states it knows.
        configure: teaches the converter what no decider knows.
    """

    def __init__(
        self,
        deciders: Iterable[Decider[Any, Any, Any]],
        configure: Configure | None = None,
    ) -> None:
        deciders = tuple(deciders)
        self._converter = _converter_of(deciders, configure)
        self._by_class: dict[type, EventType] = {}
        self._by_name: dict[str, EventType] = {}
        self._commands: dict[type, str] = {}
        self._know(FORGOTTEN)
        for decider in deciders:
            for kind in decider.events:
                self._know(kind)
            for name, cls in decider.commands.items():
                self._commands[cls] = f"{decider.name}.{name}"

    def _know(self, kind: EventType) -> None:
        self._by_class[kind.cls] = kind
        self._by_name[kind.name] = kind

    def encode(self, event: Event) -> NewEvent:
        """Give an event's stored form."""
        kind = self._by_class[type(event)]
        data = self._converter.unstructure(event)
        refs = tuple(dict.fromkeys(event.refs))
        return NewEvent(kind.name, kind.schema, _json(data), event.recorded_at, refs)

    def decode(self, stored: StoredEvent) -> Any:
        """Give the event of a stored form, lifted to today's schema.

        Raises:
            UnknownEventType: no decider knows its type or schema version.
            CorruptEvent: its text cannot be read.
        """
        kind = self._by_name.get(stored.type)
        if kind is None or not 1 <= stored.schema <= kind.schema:
            raise UnknownEventType(stored.type, stored.schema)
        place = f"{stored.stream}@{stored.version}"
        try:
            data = json.loads(stored.data)
            for lift in kind.upcasters[stored.schema - 1 :]:
                data = lift(data)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise CorruptEvent(place, f"its text is no {kind.name}: {error}") from error
        return self._structure(data, kind.cls, place)

    def encode_state(self, state: Any) -> str:
        """Give a state's JSON text, for a snapshot."""
        return _json(self._converter.unstructure(state))

    def decode_state(self, text: str, cls: type[T]) -> T:
        """Give the state of a snapshot's text.

        Raises:
            CorruptEvent: the text cannot be read.
        """
        try:
            data = json.loads(text)
        except ValueError as error:
            raise CorruptEvent("snapshot", str(error)) from error
        return self._structure(data, cls, "snapshot")

    def fingerprint(self, acts: Iterable[tuple[str, Command]]) -> str:
        """Digest what is asked: streams, command types, fields that are not default.

        When it is recorded is no part of it, so the same command sent later is the same.
        """
        asked = []
        for stream, command in acts:
            fields = self._converter.unstructure(command)
            fields.pop("recorded_at", None)
            asked.append([stream, self._commands[type(command)], fields])
        return hashlib.blake2b(_json(asked).encode(), digest_size=16).hexdigest()

    def _structure(self, data: Any, cls: type[T], place: str) -> T:
        try:
            return self._converter.structure(data, cls)
        except LoyalcoreError as error:
            raise CorruptEvent(place, str(error)) from error
        except Exception as error:  # cattrs and the classes raise many kinds on foreign data
            raise CorruptEvent(place, f"{type(error).__name__}: {error}") from error
