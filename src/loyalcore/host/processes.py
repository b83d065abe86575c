"""Simulate in several processes of one machine: the same report as in one, sooner."""

import multiprocessing
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any, Protocol

import attrs
from cattrs import Converter

from loyalcore.errors import InvalidValue, LoyalcoreError, WorkerFailed
from loyalcore.journal.codec import Codec
from loyalcore.loyalty import (
    CLUB,
    CONDITIONS,
    Club,
    Condition,
    Difference,
    MemberFacts,
    Programme,
    club_of,
    simulate,
)
from loyalcore.loyalty.programme.vocabulary import register_conditions


class Piece(Protocol):
    """Some members, as a process can be told of them: it names their facts and holds none."""

    @property
    def size(self) -> int:
        """How many members."""
        ...

    def members(self) -> Iterator[MemberFacts]:
        """Give each member's facts, one member at a time."""
        ...


Progress = Callable[[int, int], None]
"""Told after each piece how many members are done, of how many."""


@attrs.frozen
class _Task:
    """What every worker is told once; the programmes as JSON."""

    old: str
    new: str
    until: datetime
    most: int
    conditions: tuple[type[Condition], ...]

    def codec(self) -> Codec:
        return _codec(self.conditions)


def simulate_pieces(
    pieces: Sequence[Piece],
    old: Programme | Club,
    new: Programme | Club,
    until: datetime,
    *,
    most: int = 10,
    processes: int = 1,
    progress: Progress | None = None,
    conditions: Sequence[type[Condition]] = (),
) -> Difference:
    """Replay facts under two programmes, piece by piece, and say what differs.

    However many the processes and the pieces, the report is the same. The processes are started
    anew (`spawn`), so a script that asks for several keeps its own work behind
    `if __name__ == "__main__":`. Ctrl-C, an error and a callback that raises end them all.

    Args:
        pieces: of members, no member in two; several times as many as processes share the work
            well.
        old: as for `simulate`.
        new: the same.
        until: the end.
        most: how many of the members most touched are named.
        processes: how many work at once; 1 works in this one.
        progress: called with (members done, members in all) after each piece.
        conditions: classes that the programmes name beside the library's.

    Raises:
        ReplayFailed, ProgrammesApart, InvalidValue: as `simulate`; of several members that fail
            one of the first piece that does.
        InvalidValue: fewer than one process, or something that cannot be sent to a process, such
            as a piece with a lambda in it.
        WorkerFailed: a process ended in the middle of its work.
    """
    if processes < 1:
        raise InvalidValue("processes", processes, "give 1 or more")
    total = simulate((), old, new, until, most=most)
    of, done = sum(piece.size for piece in pieces), 0
    results: Generator[tuple[int, Difference], None, None]
    if processes > 1 and len(pieces) > 1:
        codec = _codec(tuple(conditions))
        before, after = (codec.encode_state(club_of(programme)) for programme in (old, new))
        task = _Task(before, after, until, most, tuple(conditions))
        results = _in_processes(pieces, task, min(processes, len(pieces)))
    else:
        results = (
            (place, simulate(piece.members(), old, new, until, most=most))
            for place, piece in enumerate(pieces)
        )
    with closing(results):  # whoever keeps the error of a callback keeps no process
        for place, part in results:
            total, done = total + part, done + pieces[place].size
            if progress is not None:
                progress(done, of)
    return total


def _codec(conditions: tuple[type[Condition], ...]) -> Codec:
    return Codec((CLUB,), partial(_teach, conditions) if conditions else None)


def _teach(conditions: tuple[type[Condition], ...], converter: Converter) -> None:
    register_conditions(converter, (*CONDITIONS, *conditions))


# --- in this process ------------------------------------------------------------------------


def _packed(field: str, value: object) -> Any:
    """Write down what is sent to a process.

    Raises:
        InvalidValue: it cannot be written down.
    """
    try:
        return ForkingPickler.dumps(value)
    except Exception as error:
        fix = (
            f"it cannot be sent to a process ({error}): give what pickle can take, such as a "
            "function of a module as look-up"
        )
        raise InvalidValue(field, value, fix) from error


@attrs.define(eq=False)
class _Worker:
    process: SpawnProcess
    line: Connection
    place: int = -1

    def give(self, place: int, piece: Piece) -> None:
        """Send a piece; if the process is gone, hearing from it says so."""
        self.place = place
        packed = _packed("simulate_pieces.pieces", piece)
        with suppress(OSError):
            self.line.send_bytes(packed)

    def hear(self) -> Difference | LoyalcoreError:
        try:
            answer: Difference | LoyalcoreError = self.line.recv()
        except (EOFError, OSError):
            self.process.join(5)
            return WorkerFailed(f"it ended with status {self.process.exitcode}")
        return answer


def _in_processes(
    pieces: Sequence[Piece], task: _Task, processes: int
) -> Generator[tuple[int, Difference], None, None]:
    """Give each piece's place and what it comes to, as they come in.

    Raises:
        LoyalcoreError: of the pieces that fail, what the first one met.
    """
    _packed("simulate_pieces.conditions", task.conditions)
    left = iter(enumerate(pieces))
    failed: tuple[int, LoyalcoreError] | None = None
    with _workers(task, processes) as workers:
        for worker in workers:
            worker.give(*next(left))
        busy = {worker.line: worker for worker in workers}
        while busy:
            for line in wait(list(busy)):
                worker = busy[line]  # type: ignore[index]
                place, answer = worker.place, worker.hear()
                if isinstance(answer, LoyalcoreError):
                    failed = min(failed or (place, answer), (place, answer), key=lambda one: one[0])
                following = None if failed else next(left, None)
                if following is None:
                    del busy[line]  # type: ignore[arg-type]
                else:
                    worker.give(*following)
                if isinstance(answer, Difference):
                    yield place, answer
            # Whoever works on a piece behind the one that failed can change nothing.
            if failed and all(worker.place > failed[0] for worker in busy.values()):
                break
    if failed:
        raise failed[1]


@contextmanager
def _workers(task: _Task, count: int) -> Iterator[list[_Worker]]:
    """Start processes, and end them whatever happens."""
    context = multiprocessing.get_context("spawn")
    workers: list[_Worker] = []
    try:
        with _deaf_to_interrupts():
            for _ in range(count):
                ours, theirs = context.Pipe()
                process = context.Process(target=_work, args=(theirs, task), daemon=True)
                process.start()
                theirs.close()
                workers.append(_Worker(process, ours))
        yield workers
    finally:
        for worker in workers:
            worker.line.close()
            worker.process.terminate()
        for worker in workers:
            worker.process.join()


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Let processes that are started here leave Ctrl-C to this one, which ends them."""
    mine = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT)
    if not mine or before is None:  # only the main thread may, and only what Python has set
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# --- in a worker's process ------------------------------------------------------------------


def _work(line: Connection, task: _Task) -> None:
    """Replay the pieces that come down the line until it closes."""
    codec = task.codec()
    old, new = (codec.decode_state(text, Club) for text in (task.old, task.new))
    while True:
        try:
            piece: Piece = line.recv()
        except EOFError:
            return
        line.send(_answer(piece, old, new, task))


def _answer(piece: Piece, old: Club, new: Club, task: _Task) -> Difference | LoyalcoreError:
    try:
        return simulate(piece.members(), old, new, task.until, most=task.most)
    except LoyalcoreError as error:
        return error
    except Exception as error:  # noqa: BLE001 - it is told to those who wait for the answer
        return WorkerFailed(f"{type(error).__name__}: {error}")
