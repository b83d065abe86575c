"""Steps per second of the simulation, in short runs and in long ones, in memory."""

import time
from statistics import median

from loyalcore.testing.simulation import simulate

REPEATS = 5
SHAPES = ((100, 10), (30, 40), (4, 300))
"""Runs and steps of each."""


def steps_per_second(runs: int, steps: int) -> float:
    """Time some seeds, always the same ones."""
    before = time.perf_counter()
    for seed in range(runs):
        simulate(seed, steps)
    return runs * steps / (time.perf_counter() - before)


def main() -> None:
    """Print medians."""
    steps_per_second(5, 10)
    print(f"simulation, every invariant after every step, medians of {REPEATS}")
    for runs, steps in SHAPES:
        rate = median(steps_per_second(runs, steps) for _ in range(REPEATS))
        print(f"  runs of {steps:>3} steps   {rate:>8,.0f} steps/s   {rate / steps:>7,.1f} runs/s")


if __name__ == "__main__":
    main()
