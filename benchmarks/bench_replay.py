"""A year of grocery baskets replayed under two programmes, in one process and in two.

The lines are gathered by member first, once; then one and two processes take turns at the replay.
`--full` takes all 1.47 million lines (group `full`) rather than the sample. Goal for the whole, the
gathering included: two processes at least 1.6 times as fast as one.
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

from pairs import ratio

from grocery.data import COLUMNS, SAMPLE, full_rows
from loyalcore.adapters import FactFile, Layout, read_csv
from loyalcore.host import simulate_pieces
from loyalcore.loyalty import load_programme

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


def main() -> None:
    """Run the rounds and print medians and the ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="all lines (group `full`)")
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
