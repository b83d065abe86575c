"""A year of grocery baskets replayed under two programmes, in one process and in two.

The lines are gathered by member first, once; then one and two processes take turns at the replay.
`--full` takes all 1.47 million lines (group `full`) rather than the sample. Goal for the whole, the
gathering included: two processes at least 1.6 times as fast as one.

`--rules 20` replays the year instead under the demo's own programme and under one of so many rules
that has it as its core, by turns in one process. Goal: no more than 3 times the time.
"""

import argparse
import csv
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))

from many_rules import DEMO, demo_with
from pairs import ratio

from grocery.data import COLUMNS, SAMPLE, full_rows
from loyalcore.adapters import FactFile, Layout, read_csv
from loyalcore.host import simulate_pieces
from loyalcore.loyalty import Programme, load_programme

EXAMPLES = Path(__file__).parents[1] / "examples"
LAYOUT = Layout(
    "USD",
    "UTC",
    {
        "member": "household",
        "order": "basket",
        "occurred_at": "time",
        "sku": "product",
        "price": "cents",
        "discount": "coupon",
    },
    minor_units=True,
)
PIECES = 64


def replay(facts: FactFile, until: datetime, processes: int) -> float:
    """Time one replay."""
    old = load_programme(EXAMPLES / "bluebird.toml")
    new = load_programme(EXAMPLES / "bluebird_simpler.toml")
    start = time.perf_counter()
    simulate_pieces(facts.pieces(PIECES), old, new, until, processes=processes)
    return time.perf_counter() - start


def under(programme: Programme, facts: FactFile, until: datetime) -> tuple[float, float]:
    """Time the replay under one programme, which is both the old one and the new one.

    Returns:
        The seconds on the wall, and those of the processor.
    """
    wall, processor = time.perf_counter(), time.process_time()
    found = simulate_pieces(facts.pieces(PIECES), programme, programme, until)
    assert found.touched == 0, "one programme twice"
    return time.perf_counter() - wall, time.process_time() - processor


def by_rules(facts: FactFile, until: datetime, rules: int, rounds: int) -> None:
    """Replay by turns under few and many rules, and print medians and ratios."""
    demo, many = load_programme(DEMO), demo_with(rules)
    few = len(demo.base) + len(demo.multipliers) + len(demo.bonuses)
    taken: list[list[tuple[float, float]]] = [[], []]
    for _ in range(rounds):
        for seconds, programme in zip(taken, (demo, many), strict=True):
            seconds.append(under(programme, facts, until))
    print(f"{facts.rows:,} lines, each told to two replays, medians of {rounds} rounds")
    for place, clock in enumerate(("on the wall", "of the processor")):
        sides = [[both[place] for both in seconds] for seconds in taken]
        for count, side in zip((few, rules), sides, strict=True):
            each = ", ".join(f"{second:.1f}" for second in side)
            print(f"  {count:>3} rules, s {clock:<17}{median(side):>8.1f}  ({each})")
        print(f"  ratio{'':<25}{ratio(sides[1], sides[0]):>8.2f}")


def main() -> None:
    """Run the rounds and print medians and the ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="all lines (group `full`)")
    parser.add_argument("--rules", type=int, metavar="N", help="compare with so many rules instead")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = SAMPLE
        if options.full:
            path = Path(folder) / "full.csv"
            with path.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerow(COLUMNS)
                csv.writer(file).writerows(full_rows())
        start = time.perf_counter()
        with read_csv(path, LAYOUT) as facts:
            gathering = time.perf_counter() - start
            until = facts.last_at
            assert until is not None, "there are rows"
            if options.rules:
                by_rules(facts, until, options.rules, options.rounds)
                return
            one, two = [], []
            for _ in range(options.rounds):
                one.append(replay(facts, until, 1))
                two.append(replay(facts, until, 2))
            lines = facts.rows
    print(f"{lines:,} lines under two programmes, medians of {options.rounds} rounds")
    print(f"  gathered by member             {gathering:>8.1f} s")
    for words, seconds in (("one process", one), ("two processes", two)):
        each = ", ".join(f"{second:.1f}" for second in seconds)
        print(f"  replayed in {words:<18} {median(seconds):>8.1f} s  ({each})")
    print(f"  replay, one / two              {ratio(one, two):>8.2f}")
    whole = [[gathering + second for second in seconds] for seconds in (one, two)]
    print(f"  gathering and replay, one / two{ratio(*whole):>8.2f}")


if __name__ == "__main__":
    main()
