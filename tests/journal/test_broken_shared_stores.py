"""Broken stores whose fault shows only in other processes, or in what they leave behind."""

from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from loyalcore.testing import StoreSuite
from loyalcore.testing.store_crashes import CrashTests
from loyalcore.testing.store_processes import ProcessTests
from loyalcore.testing.store_state import StateTests
from tests.journal.pickled_store import (
    KeysAtTheEnd,
    KeysLater,
    OfOneProcess,
    PickledStore,
    first_failure,
)

RACE = ProcessTests.test_processes_that_race_lose_nothing
FAULT = CrashTests.test_a_fault_between_any_two_calls_leaves_whole_commands


def run(test: Callable[[StoreSuite], None], store: type[PickledStore], folder: Path) -> None:
    """Run one test of the suite on a store in a file, which other processes can open."""
    numbers = count()

    class Suite(StoreSuite):
        durable = processes = True

        def make_store(self) -> Any:
            return store(folder / f"{next(numbers)}.pickle")

        def reopen(self, old: Any) -> Any:
            return store(old.path)

        def opener(self, old: Any) -> Any:
            return partial(store, old.path)

        def settings(self) -> settings:
            return first_failure(15)

    test(Suite())


@pytest.mark.parametrize(
    ("store", "clause", "test", "words"),
    [
        (OfOneProcess, "J2.7", RACE, "keys that were used are not known"),
        (KeysLater, "J9.1", ProcessTests.test_killed_processes_leave_whole_appends, "one event"),
        (KeysAtTheEnd, "J9.2", StateTests.test_all_is_there_after_reopening, "keys"),
        (KeysAtTheEnd, "J9.8", FAULT, "after opening it again: a part of a command"),
    ],
)
def test_a_fault_between_processes_is_caught(
    store: type[PickledStore], clause: str, test: Any, words: str, tmp_path: Path
) -> None:
    """It fails the test of the broken clause, in words that say what is wrong."""
    assert clause in {name for mark in test.pytestmark for name in mark.args}
    with pytest.raises(AssertionError, match=words):
        run(test, store, tmp_path)


@pytest.mark.parametrize("test", [RACE, FAULT])
def test_the_store_without_the_fault_passes(test: Any, tmp_path: Path) -> None:
    """What is caught above is the fault, and not what the broken stores have in common."""
    run(test, PickledStore, tmp_path)
