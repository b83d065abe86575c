"""Whole earning commands in batches, beside hand-written sqlite3 code that stores the same rows.

Both write the same streams, events, refs and keys into a file of their own, with the same tables
and indexes, 500 commands a transaction, with synchronous=FULL, taking turns in one process. The
hand-written side is given plain dicts and encodes them with json.dumps before it inserts them.
The ratio says what share of its rate is left when the commands are checked, judged, folded and
made idempotent as well. Goal: at least 0.15.
"""

import tempfile
import time
from pathlib import Path

from by_hand import RecordingStore, Transaction, plain_rows, write
from pairs import rate, ratio, take_turns
from shop import open_club, orders

from loyalcore import Submission, connect

MEMBERS, COMMANDS, CHUNK, PAIRS = 100, 2000, 500, 7


def through_the_host(path: Path, sent: list[Submission]) -> tuple[float, list[Transaction]]:
    """Time the commands; give the seconds, and the rows of each transaction."""
    store = RecordingStore(path)
    with connect(store) as host:
        open_club(host, MEMBERS)
        start = time.perf_counter()
        host.submit_many(sent, chunk=CHUNK)
        seconds = time.perf_counter() - start
    return seconds, plain_rows(store.given)


def main() -> None:
    """Run the pairs and print medians and the ratio."""
    sent = orders(COMMANDS, MEMBERS)
    with tempfile.TemporaryDirectory() as folder:
        files = (Path(folder) / f"{n}.db" for n in range(10**6))
        _, rows = through_the_host(next(files), sent)
        opening = len(rows) - COMMANDS // CHUNK
        seconds = take_turns(
            {
                "host": lambda: through_the_host(next(files), sent)[0],
                "hand": lambda: write(next(files), rows[:opening], rows[opening:]),
            },
            PAIRS,
        )
    print(f"{COMMANDS} orders of 9 lines, medians of {PAIRS} pairs")
    print(f"  through the host               {rate(COMMANDS, seconds['host']):>8,.0f} a second")
    print(f"  encoded and inserted by hand   {rate(COMMANDS, seconds['hand']):>8,.0f} a second")
    print(f"  ratio of rates, host / hand    {ratio(seconds['hand'], seconds['host']):>8.3f}")


if __name__ == "__main__":
    main()
