"""A store in a pickle file, as simple as one that processes share can be, and broken ones."""

import fcntl
import os
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from hypothesis import Phase, settings

from loyalcore.journal.memory import MemoryStore
from loyalcore.journal.store import Append, KeyRecord


def first_failure(max_examples: int) -> settings:
    """Give settings for a property that is to fail: the same examples each time, no shrinking."""
    return settings(
        max_examples=max_examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
    )


class PickledStore:
    """Read everything before each call and write everything after it, under a lock of the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mutex = Lock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            with self.alone():
                store = self.load()
                result = getattr(store, name)(*args, **named)
                self.save(store)
                return result

        return call

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other threads and processes out."""
        with self._mutex, Path(f"{self.path}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def load(self) -> MemoryStore:
        store = MemoryStore()
        if self.path.exists():
            vars(store).update(pickle.loads(self.path.read_bytes()))
        return store

    def save(self, store: MemoryStore) -> None:
        kept = {name: value for name, value in vars(store).items() if name != "_lock"}
        new = Path(f"{self.path}.{os.getpid()}")
        new.write_bytes(pickle.dumps(kept))
        new.replace(self.path)


class OfOneProcess(PickledStore):
    """Keeps other threads out, and forgets that there are other processes."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._mutex:
            yield


class KeysLater(PickledStore):
    """Writes the keys in a transaction of their own."""

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        with self.alone():
            store = self.load()
            store._refuse_taken(keys)
            store.append(appends)
            self.save(store)
            if keys:
                time.sleep(0.06)
                store.append([], keys)
                self.save(store)


class KeysAtTheEnd(PickledStore):
    """Writes the keys when it is closed, and knows them until then."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.mine: dict[str, KeyRecord] = {}

    def load(self) -> MemoryStore:
        store = super().load()
        store._keys |= self.mine
        return store

    def save(self, store: MemoryStore) -> None:
        self.mine = dict(store._keys)
        store._keys = {}
        super().save(store)
