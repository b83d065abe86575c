"""The simulation finds nothing in the library, and finds it again."""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore.journal import SqliteStore
from loyalcore.testing import simulation
from loyalcore.testing.rules import rule
from loyalcore.testing.simulation import SimulationFailed, main, simulate
from tests.simulation.planted import HalfAnAppend, LostUpdate

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
RUNS, PART = 2000, 250
SEEDS, STEPS = st.integers(0, 2**40), st.integers(0, 40)


@pytest.mark.parametrize("first", range(0, RUNS, PART))
def test_many_short_runs(first: int) -> None:
    """Two thousand seeds hold, eight to twelve steps each."""
    for seed in range(first, first + PART):
        simulate(seed, 8 + seed % 5)


@rule("S1.3", "S1.4", "S1.5", "S1.6", "S1.7", "S1.8")
@given(SEEDS, STEPS)
def test_any_run_holds(seed: int, steps: int) -> None:
    """Whatever is drawn, every invariant holds after every step and at the end."""
    run = simulate(seed, steps)
    assert run.log
    assert len(run.trace) >= steps


@rule("S1.1")
@settings(max_examples=settings().max_examples // 2)
@given(SEEDS, STEPS)
def test_a_seed_is_a_run(seed: int, steps: int) -> None:
    """The same seed and steps give the same steps and leave the same events."""
    assert simulate(seed, steps) == simulate(seed, steps)


def test_a_seed_is_a_run_in_any_process() -> None:
    """Also where sets are walked in another order."""
    told = [
        subprocess.run(
            [sys.executable, "-m", "loyalcore.testing.simulation", "--seed", "5", "--steps", "60"],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": hash_seed},
        ).stdout.splitlines()[:-1]
        for hash_seed in ("1", "2")
    ]
    assert told[0] == told[1] == [f"  {line}" for line in simulate(5, 60).trace]


@rule("S1.1")
@settings(max_examples=settings().max_examples // 10)
@given(seed=SEEDS)
def test_a_run_on_sqlite_is_the_run_in_memory(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The store in a file holds as well, and comes to the same."""
    path = tmp_path_factory.mktemp("simulated") / "store.db"
    assert simulate(seed, 15, lambda: SqliteStore(path)) == simulate(seed, 15)


def failure(first: int, steps: int) -> SimulationFailed:
    """Give the first failure of a store that loses updates."""
    for seed in count(first):
        try:
            simulate(seed, steps, LostUpdate)
        except SimulationFailed as error:
            return error
    raise AssertionError


@rule("S1.2")
@settings(max_examples=settings().max_examples // 10)
@given(SEEDS)
def test_a_failing_seed_fails_again(first: int) -> None:
    """A failure comes again at its step in the same words, and without the steps behind it."""
    failed = failure(first, 30)
    for steps in {30, min(30, failed.step)}:
        with pytest.raises(SimulationFailed) as again:
            simulate(failed.seed, steps, LostUpdate)
        assert (again.value.step, again.value.trace) == (failed.step, failed.trace)
        if steps == 30:
            assert str(again.value) == str(failed)
    assert f"--seed {failed.seed} --steps 30" in str(failed)
    assert failed.trace[-1] in str(failed)


# --- the command line -----------------------------------------------------------------------------


def test_one_seed_is_told_in_steps(capsys: pytest.CaptureFixture[str]) -> None:
    """A seed alone prints its steps."""
    assert main(["--seed", "7", "--steps", "6"]) == 0
    *told, last = capsys.readouterr().out.splitlines()
    assert told == [f"  {line}" for line in simulate(7, 6).trace]
    assert last.startswith("seeds 7 to 7 held: 1 runs of 6 steps")


def test_seeds_run_one_after_the_other(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as asked, on a store of their own each, with progress."""
    monkeypatch.setattr(simulation, "_EVERY_S", 0)
    url = f"sqlite:///{tmp_path}/s{{seed}}.db"
    assert main(["--seed", "3", "--runs", "2", "--steps", "4", "--store", url]) == 0
    assert {"s3.db", "s4.db"} <= {path.name for path in tmp_path.iterdir()}
    told = capsys.readouterr().out.splitlines()
    assert [line[:19] for line in told] == ["seeds 3 to 3 held: ", *["seeds 3 to 4 held: "] * 2]
    assert main(["--minutes", "0"]) == 0
    assert capsys.readouterr().out.startswith("no seed held: 0 runs")


def test_a_failure_and_an_interruption_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both end with how far it came; a failure says how to see it again."""
    with monkeypatch.context() as patch:
        patch.setattr("loyalcore.host.assembly.MemoryStore", HalfAnAppend)
        assert main(["--runs", "9", "--steps", "4"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("seed 0, step 0 of 4: AssertionError: ")
    assert told[-2].endswith("python -m loyalcore.testing.simulation --seed 0 --steps 4")
    done = iter(range(3))

    def stop(seed: int, steps: int, store: object) -> object:
        if next(done) == 2:
            raise KeyboardInterrupt
        return simulate(seed, steps)

    monkeypatch.setattr(simulation, "simulate", stop)
    assert main(["--steps", "1"]) == 130
    assert capsys.readouterr().out.startswith("seeds 0 to 1 held: 2 runs of 1 steps")
