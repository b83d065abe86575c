"""The journal: streams of events, and what keeps them."""

from loyalcore.journal.codec import Codec
from loyalcore.journal.memory import MemoryStore
from loyalcore.journal.relay import Delivery, Notifier, Relayed
from loyalcore.journal.sqlite import SqliteStore
from loyalcore.journal.store import (
    Append,
    DueStream,
    KeyRecord,
    LogPage,
    NewEvent,
    Snapshot,
    Span,
    Store,
    StoredEvent,
)

__all__ = [
    "Append",
    "Codec",
    "Delivery",
    "DueStream",
    "KeyRecord",
    "LogPage",
    "MemoryStore",
    "NewEvent",
    "Notifier",
    "Relayed",
    "Snapshot",
    "Span",
    "SqliteStore",
    "Store",
    "StoredEvent",
]
