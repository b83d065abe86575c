"""The store in memory."""

from hypothesis import settings

from loyalcore.journal.memory import MemoryStore
from loyalcore.testing import StoreSuite


class TestMemoryStore(StoreSuite):
    """The store in memory keeps the port's contract."""

    def make_store(self) -> MemoryStore:
        return MemoryStore()

    def settings(self) -> settings:
        base = super().settings()
        return settings(base, max_examples=max(1, base.max_examples // 2))
