"""What the suites stand on: how a subject is made, how hard it is tried, what a failure says."""

import functools
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, ClassVar

from hypothesis import settings

from loyalcore.journal.store import Store


class SuiteCase:
    """Tests that say, when they fail, which rule is broken and what it demands."""

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        for name, test in list(vars(cls).items()):
            if name.startswith("test") and callable(test):
                setattr(cls, name, _telling(test))

    def settings(self) -> settings:
        """Give the settings of the properties: those of the loaded profile, without deadline."""
        return settings(deadline=None)


def _telling(test: Callable[..., object]) -> Callable[..., None]:
    """Let a test's failure name the clauses that it carries, and its rule in words."""

    @functools.wraps(test)
    def run(*args: Any, **named: Any) -> None:
        __tracebackhide__ = True
        try:
            test(*args, **named)
        except Exception as error:
            marks = [mark for mark in vars(test).get("pytestmark", ()) if mark.name == "rule"]
            clauses = ", ".join(clause for mark in marks for clause in mark.args)
            error.add_note(f"rule {clauses or test.__name__} is broken: {test.__doc__}")
            raise

    return run


class StoreCase(SuiteCase):
    """Say how to make a store, and what it can do beyond what every store must.

    Attributes:
        durable: what was stored outlives the store that stored it; override `reopen`.
        processes: other processes can open what `make_store` made, also while it is open;
            override `opener`.
    """

    durable: ClassVar[bool] = False
    processes: ClassVar[bool] = False

    def make_store(self) -> Store:
        """Make an empty store that shares nothing with another; the suite closes it."""
        raise NotImplementedError

    def reopen(self, store: Store) -> Store:
        """Close a store that `make_store` made, and open what it has left behind."""
        raise NotImplementedError

    def opener(self, store: Store) -> Callable[[], Store]:
        """Give what another process calls to open a store that `make_store` made.

        It is pickled on its way there, so give a function or a class that stands in a module,
        with what it takes: `functools.partial(SqliteStore, path)`.
        """
        raise NotImplementedError

    @contextmanager
    def fresh(self) -> Iterator[Store]:
        """Make a store and close it in the end."""
        with closing(self.make_store()) as store:
            yield store
