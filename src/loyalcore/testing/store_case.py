"""What all parts of the store's suite stand on."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import ClassVar

from hypothesis import settings

from loyalcore.journal.store import Store


class StoreCase:
    """Say how to make a store, and how hard to try it.

    Attributes:
        durable: whether `reopen` can be called.
    """

    durable: ClassVar[bool] = False

    def make_store(self) -> Store:
        """Make an empty store that shares nothing with another; the suite closes it."""
        raise NotImplementedError

    def reopen(self, store: Store) -> Store:
        """Close a store that `make_store` made, and open what it has left behind."""
        raise NotImplementedError

    def settings(self) -> settings:
        """Give the settings of the properties: those of the loaded profile, without deadline."""
        return settings(deadline=None)

    @contextmanager
    def fresh(self) -> Iterator[Store]:
        """Make a store and close it in the end."""
        with closing(self.make_store()) as store:
            yield store
