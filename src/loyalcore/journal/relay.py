"""The log is the outbox: each notifier reads it behind its own cursor."""

from collections.abc import Iterable
from typing import Any, Protocol

import attrs

from loyalcore.journal.codec import Codec
from loyalcore.journal.store import Store


@attrs.frozen
class Delivery:
    """An event as a notifier gets it, at least once.

    Attributes:
        position: its place in the log; the key by which a repeat is known.
        stream: whose event it is.
        version: its place in that stream.
        event: what happened.
    """

    position: int
    stream: str
    version: int
    event: Any


class Notifier(Protocol):
    """Take events and tell the world.

    `name` is for ever: the cursor is kept under it. `notify` is called in log order; it may be
    called again with the same position after a crash, and when it raises, the same event comes
    first at the next relay.
    """

    name: str

    def notify(self, delivery: Delivery) -> None:
        """Tell the world of one event."""
        ...


@attrs.frozen
class Relayed:
    """What a relay did for one notifier.

    Attributes:
        notifier: its name.
        delivered: how many events it took.
        error: what it raised, if it stopped at one.
    """

    notifier: str
    delivered: int
    error: Exception | None = None


def relay(
    store: Store, codec: Codec, notifiers: Iterable[Notifier], page: int = 100
) -> tuple[Relayed, ...]:
    """Bring every notifier up to the end of the log; one that raises stops no other."""
    return tuple(_relay_one(store, codec, notifier, page) for notifier in notifiers)


def _relay_one(store: Store, codec: Codec, notifier: Notifier, page: int) -> Relayed:
    name = f"notifier:{notifier.name}"
    delivered = 0
    while True:
        cursor = store.cursor(name)
        events = store.log(cursor, page).events
        for taken, stored in enumerate(events):
            delivery = Delivery(
                stored.position, stored.stream, stored.version, codec.decode(stored)
            )
            try:
                notifier.notify(delivery)
            except Exception as error:  # noqa: BLE001 - whatever a notifier raises is its own
                if taken:
                    store.move_cursor(name, cursor, store.log(cursor, taken).cursor)
                return Relayed(notifier.name, delivered, error)
            delivered += 1
        if not events or not store.move_cursor(name, cursor, store.log(cursor, len(events)).cursor):
            return Relayed(notifier.name, delivered)
