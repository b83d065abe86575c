"""Deterministic simulation: one seed, several hosts, one store, and whatever can go wrong.

A seed draws what is asked of a small shop's members, which host is asked, and what goes wrong:
store calls that fail before or after they are done, hosts that die at any call and start again
with an empty cache, others that act between two calls, clocks that are wrong, snapshots that are
spoiled, notifiers that raise. After each step every invariant is checked, from the store alone.
At the end all is healed, sent again, told, and replayed by hand on a fresh host.

`python -m loyalcore.testing.simulation` runs it; `--help` lists the options.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

import attrs

from loyalcore.host.assembly import connect
from loyalcore.journal.memory import MemoryStore
from loyalcore.journal.store import Store
from loyalcore.testing.simulated_host import SKEW
from loyalcore.testing.simulated_notifier import POLICY
from loyalcore.testing.simulated_replay import check_replay
from loyalcore.testing.simulated_steps import ripe, send, take_step
from loyalcore.testing.simulated_world import World

STEPS = 40
MEMORY = "memory://"
_SHOWN = 25
_EVERY_S = 10


class SimulationFailed(AssertionError):
    """Something did not hold.

    Attributes:
        seed: of the run.
        step: at which it was found; 0 is the opening, one more than asked the ending.
        trace: a line for each step.
    """

    def __init__(self, seed: int, steps: int, step: int, trace: Sequence[str], why: str) -> None:
        self.seed, self.step, self.trace = seed, step, tuple(trace)
        shown = "\n  ".join(trace[-_SHOWN:])
        super().__init__(
            f"seed {seed}, step {step} of {steps}: {why}\n  {shown}\n"
            f"replay: python -m loyalcore.testing.simulation --seed {seed} --steps {steps}"
        )


@attrs.frozen
class Run:
    """A run in which everything held.

    Attributes:
        seed: it was made of.
        steps: how many.
        trace: a line for each step, those that came between two calls of another among them.
        log: the store's last contents: stream, version, stored name and text of each event.
    """

    seed: int
    steps: int
    trace: tuple[str, ...]
    log: tuple[tuple[str, int, str, str], ...]


def simulate(seed: int, steps: int = STEPS, store: Callable[[], Store] = MemoryStore) -> Run:
    """Let several hosts work on one store and fail, and check everything after every step.

    Args:
        seed: all that happens follows from it.
        steps: how many, before the ending.
        store: makes an empty one, which is closed in the end.

    Raises:
        SimulationFailed: something did not hold; the same arguments find it again.

    >>> simulate(1, steps=5) == simulate(1, steps=5)
    True
    """
    kept = store()
    world = World(Random(seed), kept)
    try:
        world.open()
        for _ in range(steps):
            take_step(world)
        end(world)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise SimulationFailed(seed, steps, world.steps, world.trace, why) from error
    finally:
        kept.close()
    log = tuple((e.stream, e.version, e.type, e.data) for e in world.history.log)
    return Run(seed, steps, tuple(world.trace), log)


def end(world: World) -> None:
    """Heal everything, let all be answered and told, and replay it by hand.

    Raises:
        AssertionError: something is lost, or comes out otherwise.
    """
    world.steps += 1
    for machine in world.machines:
        machine.skew = timedelta(0)
    for ear in world.ears:
        ear.mood = 0.0
    for sent in world.client.unanswered():
        while not ripe(world, sent):
            world.now += SKEW
        world.trace.append(f"{world.steps}. at last {send(world, world.machine(), sent)}")
        assert not sent.unanswered, f"{sent}: was sent again, and is still unanswered"
    world.now += POLICY.lease + POLICY.longest_wait + 2 * SKEW
    machine = world.machine()
    machine.host.tick(world.now)
    world.check()
    assert not machine.store.due(world.now, 1), "time is up to date, and something is still due"
    machine.host.relay()
    for ear in world.ears:
        for parked in machine.host.parked(ear.name):
            machine.resend(ear.name, parked.position)
    world.check()
    for ear in world.ears:
        unheard = world.history.present - ear.heard
        assert not unheard, f"{ear.name} never heard of {sorted(unheard)}"
    for machine in world.machines:
        machine.check_reads(world.history)
    check_replay(world.answers, world.now)


# --- the command line -----------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Run seeds one after the other until one fails, or the time or the runs are over.

    Args:
        arguments: of the command line; those of the process by default.

    Returns:
        0 when everything held, 1 when something did not, 130 when it was interrupted.
    """
    options = _options(arguments)
    told = options.seed is not None and options.runs is None and options.minutes is None
    first, runs = options.seed or 0, 1 if told else options.runs
    begun = shown = time.monotonic()
    until = None if options.minutes is None else begun + 60 * options.minutes
    done, code = 0, 0
    try:
        while (runs is None or done < runs) and (until is None or time.monotonic() < until):
            run = simulate(first + done, options.steps, _opener(options.store, first + done))
            done += 1
            if told:
                _say(*(f"  {line}" for line in run.trace))
            if time.monotonic() - shown > _EVERY_S:
                shown = time.monotonic()
                _say(_progress(first, done, options.steps, shown - begun))
    except SimulationFailed as error:
        more = "" if options.store == MEMORY else f" --store {options.store}"
        _say(f"{error}{more}")
        code = 1
    except KeyboardInterrupt:
        code = 130
    _say(_progress(first, done, options.steps, time.monotonic() - begun))
    return code


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m loyalcore.testing.simulation",
        description="Simulate hosts that fail, seed after seed, until one finds a mistake.",
    )
    told = "the first seed, 0 by default; without --runs and --minutes only this one, told in steps"
    parser.add_argument("--seed", type=int, metavar="N", help=told)
    parser.add_argument("--runs", type=int, metavar="N", help="how many seeds; no end by default")
    parser.add_argument(
        "--steps", type=int, metavar="N", default=STEPS, help=f"in a run, {STEPS} by default"
    )
    parser.add_argument("--minutes", type=float, metavar="M", help="begin no run after so many")
    store = "an empty store for each run, such as sqlite:////tmp/simulated-{seed}.db"
    parser.add_argument("--store", metavar="URL", default=MEMORY, help=store)
    return parser.parse_args(arguments)


def _opener(url: str, seed: int) -> Callable[[], Store]:
    return lambda: connect(url.replace("{seed}", str(seed))).store


def _progress(first: int, done: int, steps: int, seconds: float) -> str:
    rate = done / seconds if seconds else 0.0
    seeds = f"seeds {first} to {first + done - 1}" if done else "no seed"
    return (
        f"{seeds} held: {done:,} runs of {steps} steps in {timedelta(seconds=round(seconds))}, "
        f"{rate:,.1f} runs/s, {rate * steps:,.0f} steps/s"
    )


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
