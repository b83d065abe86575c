"""A store at which chosen calls go wrong on purpose."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TypeVar

import attrs

from loyalcore.journal.store import (
    Append,
    DueStream,
    Erased,
    KeyRecord,
    LogPage,
    Parked,
    Reader,
    Snapshot,
    Store,
    StoredEvent,
)

T = TypeVar("T")


class StoreFailed(ConnectionError):
    """A store call raised; whether it was done, its caller cannot know."""


class HostDied(BaseException):
    """The process of a host ended here; nothing that it still wants to do is done."""


class Trouble(Enum):
    """What goes wrong at a store call.

    AWAY raises and has done nothing; LOST has done what was asked, and raises all the same. With
    the other two the host dies, before the call or behind it: each later call of its raises too.
    """

    AWAY = "away"
    LOST = "answer lost"
    DIES_BEFORE = "dies before"
    DIES_AFTER = "dies after"


WRITES = frozenset({"append", "erase", "move_reader", "unpark"})
"""The calls that change something."""


@attrs.define(eq=False)
class _Plan:
    """What happens when so many calls of some methods have come."""

    ahead: int
    trouble: Trouble | Callable[[], object]
    methods: frozenset[str]

    def comes_at(self, name: str) -> bool:
        """Count a call; say whether it is the one."""
        if not self.methods or name in self.methods:
            self.ahead -= 1
        return self.ahead == 0


class FaultyStore:
    """Stand between a host and its store, and let planned calls go wrong.

    Args:
        store: does what is asked of it otherwise; several of these may stand before one store.
        error: makes what AWAY and LOST raise, from words that name the call.

    Attributes:
        calls: how many there were.
        dead: whether the host died; set it to let it die between two calls.

    >>> from loyalcore.journal import MemoryStore
    >>> store = FaultyStore(MemoryStore())
    >>> store.plan(2, Trouble.AWAY)
    >>> store.heads(["loyalty/shop"])
    {'loyalty/shop': 0}
    >>> store.heads(["loyalty/shop"])
    Traceback (most recent call last):
    loyalcore.testing.simulated_store.StoreFailed: heads, call 2
    """

    def __init__(self, store: Store, error: Callable[[str], Exception] = StoreFailed) -> None:
        self.store = store
        self.calls = 0
        self.dead = False
        self._error = error
        self._planned: list[_Plan] = []
        self._spoil: Callable[[Snapshot], Snapshot] | None = None

    def plan(
        self, ahead: int, trouble: Trouble | Callable[[], object], methods: Iterable[str] = ()
    ) -> None:
        """Plan what happens at a call to come.

        Args:
            ahead: which one: 1 is the next.
            trouble: what goes wrong; or what somebody else does just before the call.
            methods: count calls of these only, such as `WRITES`; of all by default.
        """
        self._planned.append(_Plan(ahead, trouble, frozenset(methods)))

    def spoil(self, change: Callable[[Snapshot], Snapshot]) -> None:
        """Change each snapshot on its way to the store, until healed."""
        self._spoil = change

    def heal(self) -> None:
        """Forget what was planned; who is dead stays dead."""
        self._planned.clear()
        self._spoil = None

    def _do(self, name: str, call: Callable[[], T]) -> T:
        self.calls += 1
        if self.dead:
            raise HostDied(name)
        for plan in tuple(self._planned):
            if plan.comes_at(name):
                self._planned.remove(plan)
                return self._disturb(plan.trouble, name, call)
        return call()

    def _disturb(
        self, trouble: Trouble | Callable[[], object], name: str, call: Callable[[], T]
    ) -> T:
        if not isinstance(trouble, Trouble):
            trouble()
            return call()
        if trouble in {Trouble.LOST, Trouble.DIES_AFTER}:
            call()
        words = f"{name}, call {self.calls}"
        if trouble in {Trouble.AWAY, Trouble.LOST}:
            raise self._error(words)
        self.dead = True
        raise HostDied(words)

    # --- the port ------------------------------------------------------------------------------

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        """Add events, with the snapshots spoiled if that was asked."""
        if (spoil := self._spoil) is not None:
            appends = [
                append
                if append.snapshot is None
                else attrs.evolve(append, snapshot=spoil(append.snapshot))
                for append in appends
            ]
        self._do("append", lambda: self.store.append(appends, keys))

    def heads(self, streams: Iterable[str]) -> Mapping[str, int]:
        """Give the version of each stream."""
        return self._do("heads", lambda: self.store.heads(streams))

    def read(self, stream: str, after: int = 0, upto: int | None = None) -> Sequence[StoredEvent]:
        """Give some of a stream's events."""
        return self._do("read", lambda: self.store.read(stream, after, upto))

    def read_refs(self, stream: str, refs: Iterable[str]) -> Sequence[StoredEvent]:
        """Give a stream's events that bear one of the refs."""
        return self._do("read_refs", lambda: self.store.read_refs(stream, refs))

    def keys(self, keys: Iterable[str]) -> Mapping[str, KeyRecord]:
        """Give the records of used keys."""
        return self._do("keys", lambda: self.store.keys(keys))

    def due(
        self, until: datetime, limit: int, after: DueStream | None = None
    ) -> Sequence[DueStream]:
        """Give streams at which something is due."""
        return self._do("due", lambda: self.store.due(until, limit, after))

    def snapshot(self, stream: str) -> Snapshot | None:
        """Give a stream's snapshot."""
        return self._do("snapshot", lambda: self.store.snapshot(stream))

    def log(self, cursor: str, limit: int) -> LogPage:
        """Give a page of the log."""
        return self._do("log", lambda: self.store.log(cursor, limit))

    def reader(self, name: str) -> Reader:
        """Give a reader of the log."""
        return self._do("reader", lambda: self.store.reader(name))

    def move_reader(self, name: str, old: Reader, new: Reader, park: Parked | None = None) -> bool:
        """Save a reader if it is still the old one."""
        return self._do("move_reader", lambda: self.store.move_reader(name, old, new, park))

    def parked(self, reader: str, after: int = 0, limit: int = 1000) -> Sequence[Parked]:
        """Give what a reader parked."""
        return self._do("parked", lambda: self.store.parked(reader, after, limit))

    def unpark(self, reader: str, position: int) -> bool:
        """Forget that an event is parked."""
        return self._do("unpark", lambda: self.store.unpark(reader, position))

    def texts(self, stream: str, refs: Iterable[str]) -> Mapping[str, str]:
        """Give some of a stream's texts."""
        return self._do("texts", lambda: self.store.texts(stream, refs))

    def erase(self, append: Append) -> Erased:
        """Erase a stream's past."""
        return self._do("erase", lambda: self.store.erase(append))

    def streams(self, prefix: str, after: str = "", limit: int = 1000) -> Sequence[str]:
        """Give the streams with a prefix."""
        return self._do("streams", lambda: self.store.streams(prefix, after, limit))

    def close(self) -> None:
        """Close the store behind."""
        self._do("close", self.store.close)
