"""A store at which another writer is first."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from loyalcore.journal import Append, KeyRecord, MemoryStore, StoredEvent


class Raced(MemoryStore):
    """A store at which somebody acts just before one of the calls."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0
        self.somebody: Callable[[], object] = tuple

    def _call(self) -> None:
        self.at -= 1
        if self.at == 0:
            self.somebody()

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        self._call()
        super().append(appends, keys)

    def heads(self, streams: Iterable[str]) -> Mapping[str, int]:
        self._call()
        return super().heads(streams)

    def keys(self, keys: Iterable[str]) -> Mapping[str, KeyRecord]:
        self._call()
        return super().keys(keys)

    def read_refs(self, stream: str, refs: Iterable[str]) -> Sequence[StoredEvent]:
        self._call()
        return super().read_refs(stream, refs)
