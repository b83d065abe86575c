"""The journal: streams of events, and what keeps them."""

from loyalcore.decider import StreamForgotten
from loyalcore.journal.codec import Codec
from loyalcore.journal.memory import MemoryStore
from loyalcore.journal.relay import Delivery, Notifier, Relayed, RelayPolicy
from loyalcore.journal.sqlite import SqliteStore
from loyalcore.journal.store import (
    Append,
    DueStream,
    Erased,
    KeyRecord,
    LogPage,
    NewEvent,
    Parked,
    Reader,
    Snapshot,
    Span,
    Store,
    StoredEvent,
    Text,
)

__all__ = [
    "Append",
    "Codec",
    "Delivery",
    "DueStream",
    "Erased",
    "KeyRecord",
    "LogPage",
    "MemoryStore",
    "NewEvent",
    "Notifier",
    "Parked",
    "Reader",
    "RelayPolicy",
    "Relayed",
    "Snapshot",
    "Span",
    "SqliteStore",
    "Store",
    "StoredEvent",
    "StreamForgotten",
    "Text",
]
