"""`Store.append` of ready events on SQLite, beside hand-written sqlite3 code for the same rows.

Ready events come as JSON text; the hand-written side is given plain dicts and encodes them before
it inserts them. Both write the same rows into a file of their own with the same tables and
indexes, 500 commands a transaction, with synchronous=FULL, taking turns in one process.
Goal: at least half its rate.
"""

import tempfile
import time
from pathlib import Path

from by_hand import Given, RecordingStore, plain_rows, write
from pairs import rate, ratio, take_turns
from shop import open_club, orders

from loyalcore import connect
from loyalcore.journal import SqliteStore

MEMBERS, COMMANDS, CHUNK, PAIRS = 100, 10_000, 500, 7


def ready(path: Path) -> list[Given]:
    """Give what a host gives its store for many commands, ready to be appended elsewhere."""
    store = RecordingStore(path)
    with connect(store) as host:
        open_club(host, MEMBERS)
        host.submit_many(orders(COMMANDS, MEMBERS), chunk=CHUNK)
    return store.given


def append(path: Path, before: list[Given], timed: list[Given]) -> float:
    """Time the appends."""
    store = SqliteStore(path)
    for appends, keys in before:
        store.append(appends, keys)
    start = time.perf_counter()
    for appends, keys in timed:
        store.append(appends, keys)
    seconds = time.perf_counter() - start
    store.close()
    return seconds


def main() -> None:
    """Run the pairs and print medians and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        files = (Path(folder) / f"{n}.db" for n in range(10**6))
        given = ready(next(files))
        rows = plain_rows(given)
        opening = len(given) - COMMANDS // CHUNK
        seconds = take_turns(
            {
                "store": lambda: append(next(files), given[:opening], given[opening:]),
                "hand": lambda: write(next(files), rows[:opening], rows[opening:]),
            },
            PAIRS,
        )
    count = sum(len(one.events) for appends, _ in given[opening:] for one in appends)
    print(f"{count} events in transactions of {CHUNK} commands, medians of {PAIRS} pairs")
    print(f"  Store.append                   {rate(count, seconds['store']):>8,.0f} a second")
    print(f"  encoded and inserted by hand   {rate(count, seconds['hand']):>8,.0f} a second")
    print(f"  ratio of rates, store / hand   {ratio(seconds['hand'], seconds['store']):>8.2f}")


if __name__ == "__main__":
    main()
