"""Other processes that write to the same store: they race, and they are killed."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from time import monotonic, sleep
from typing import Any

import attrs
import pytest

from loyalcore.journal.store import Store
from loyalcore.testing.properties import for_all
from loyalcore.testing.rules import rule
from loyalcore.testing.store_case import StoreCase
from loyalcore.testing.store_model import pages
from loyalcore.testing.store_race import (
    PATIENCE_S,
    check_race,
    compete,
    competed,
    follow,
    used,
)

Job = Callable[[Store, int, Callable[[Any], None]], None]

_READY, _DONE = "ready", "done"
_RACING, _EACH = 3, 12
_KILLED, _KEYS = 2, 2_000


@attrs.frozen
class Failed:
    """What a process says last when its job raised."""

    text: str


@attrs.frozen
class Child:
    """A process that works on the store, and the line to it."""

    process: BaseProcess
    line: Connection

    def hear(self) -> Any:
        """Give what it says next; None when it is dead and all was heard."""
        assert self.line.poll(PATIENCE_S), f"a process says nothing for {PATIENCE_S} s"
        try:
            said = self.line.recv()
        except (EOFError, OSError):  # killed in the middle of a word, maybe
            return None
        assert not isinstance(said, Failed), f"a process failed: {said.text}"
        return said


@contextmanager
def children(job: Job, opener: Callable[[], Store], count: int) -> Iterator[list[Child]]:
    """Start processes that open the store and begin a job all at once; kill what is left of them.

    Args:
        job: a function of a module, given the store, the process's number, and a way to tell.
        opener: opens the store, there.
        count: how many processes.
    """
    context = get_context("spawn")
    started: list[Child] = []
    try:
        for number in range(count):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(job, opener, number, there), daemon=True)
            process.start()
            there.close()
            started.append(Child(process, here))
        for child in started:
            assert child.hear() == _READY, "a process ended before it opened the store: see stderr"
        for child in started:
            child.line.send(_READY)
        yield started
    finally:
        for child in started:
            child.process.kill()
        for child in started:
            child.process.join(PATIENCE_S)
            child.process.close()
            child.line.close()


def _serve(job: Job, opener: Callable[[], Store], number: int, line: Connection) -> None:
    """Do a job in a process of its own, and tell how it went."""
    try:
        with closing(opener()) as store:
            line.send(_READY)
            line.recv()
            job(store, number, line.send)
        line.send(_DONE)
    except BaseException as error:  # noqa: BLE001  # told by the parent
        with suppress(OSError):  # a parent that is gone hears nothing
            line.send(Failed(f"{type(error).__name__}: {error}"))


def _race(store: Store, number: int, _: Callable[[Any], None]) -> None:
    compete(store, number, _EACH)


def _write(store: Store, number: int, tell: Callable[[Any], None]) -> None:
    """Use key after key, and tell each as soon as it is answered."""
    keys = [f"{number}:{place}" for place in range(_KEYS)]
    known = store.keys(keys)
    for key in keys:
        if key not in known:
            while not used(store, key, number):
                pass
            tell(key)


class ProcessTests(StoreCase):
    """Hold a store that several processes share to J1, J2 and J9."""

    @rule("J1.7", "J2.7", "J4.2")
    @for_all()
    def test_processes_that_race_lose_nothing(self, store: Store) -> None:
        """Of racing processes each event and each key is stored once; a reader misses none."""
        if not self.processes:
            pytest.skip("the store belongs to one process")
        with children(_race, self.opener(store), _RACING) as racing:
            until = monotonic() + PATIENCE_S
            seen = follow(store, lambda: all(c.line.poll() for c in racing) or monotonic() > until)
            for child in racing:
                assert child.hear() == _DONE, "a process died"
        check_race(store, competed(_RACING, _EACH), seen)

    @rule("J9.1")
    @for_all()
    def test_killed_processes_leave_whole_appends(self, store: Store) -> None:
        """Whenever a process is killed, its keys are known if and only if their events are."""
        if not self.processes:
            pytest.skip("the store belongs to one process")
        answered: list[str] = []
        for _ in range(2):
            with children(_write, self.opener(store), _KILLED) as writing:
                answered += [child.hear() for child in writing]
                sleep(random.uniform(0, 0.1))
                for child in writing:
                    child.process.kill()
                for child in writing:
                    answered += iter(child.hear, None)
            possible = [f"{n}:{place}" for n in range(_KILLED) for place in range(_KEYS)]
            known = {*answered, *store.keys(possible)} - {_DONE}
            check_race(store, sorted(known), [event for event, _ in pages(store)])
