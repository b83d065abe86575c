"""Whole earning commands in batches, beside hand-written sqlite3 code that stores the same events.

Both write the same encoded events, refs and keys into a file of their own, 500 a transaction, with
synchronous=FULL, taking turns in one process. The ratio says what share of the bare inserts' rate
is left when the commands are checked, judged, folded and made idempotent as well.
"""

import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from loyalcore import Money, Submission, connect
from loyalcore.journal import StoredEvent
from loyalcore.loyalty import Enrol, Line, PublishProgramme, RecordPurchase, load_programme

PROGRAMME = load_programme(Path(__file__).parents[1] / "examples" / "bluebird.toml")
START = datetime(2017, 1, 1, 5, tzinfo=UTC)
MEMBERS, COMMANDS, LINES, CHUNK, PAIRS = 100, 2000, 9, 500, 5


def purchases() -> list[Submission]:
    """Make purchases of nine lines each, spread over the members."""
    lines = [Line(str(n), Money(f"{n}.49", "USD"), categories=("grocery",)) for n in range(LINES)]
    sent = []
    for n in range(COMMANDS):
        at = START + timedelta(hours=n)
        order = RecordPurchase(order=f"O{n}", occurred_at=at, recorded_at=at, lines=lines)
        sent.append(Submission(f"k{n}", f"loyalty/club/{n % MEMBERS}", order))
    return sent


def through_the_host(path: Path, sent: list[Submission]) -> tuple[float, list[StoredEvent]]:
    """Time the commands; give the seconds and the events that came of them."""
    with connect(f"sqlite:///{path}") as host:
        publish = PublishProgramme(programme=PROGRAMME, effective_from=START, recorded_at=START)
        host.submit("loyalty/club", publish, key="programme")
        joins = [
            Submission(f"join {n}", f"loyalty/club/{n}", Enrol(recorded_at=START))
            for n in range(MEMBERS)
        ]
        host.submit_many(joins)
        before = time.perf_counter()
        host.submit_many(sent, chunk=CHUNK)
        seconds = time.perf_counter() - before
        events = [
            event for n in range(MEMBERS) for event in host.store.read(f"loyalty/club/{n}", after=1)
        ]
    return seconds, events


def by_hand(path: Path, events: list[StoredEvent]) -> float:
    """Time bare inserts of the same rows; give the seconds."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(
        "CREATE TABLE event (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER,"
        " type TEXT, at TEXT, data TEXT, UNIQUE (stream, version))"
    )
    db.execute("CREATE TABLE key (key TEXT PRIMARY KEY) WITHOUT ROWID")
    before = time.perf_counter()
    for first in range(0, len(events), CHUNK):
        db.execute("BEGIN IMMEDIATE")
        db.executemany(
            "INSERT INTO event (stream, version, type, at, data) VALUES (?, ?, ?, ?, ?)",
            [
                (e.stream, e.version, e.type, e.recorded_at.isoformat(), e.data)
                for e in events[first : first + CHUNK]
            ],
        )
        keys = [(f"{e.stream} {e.version}",) for e in events[first : first + CHUNK]]
        db.executemany("INSERT INTO key VALUES (?)", keys)
        db.execute("COMMIT")
    seconds = time.perf_counter() - before
    db.close()
    return seconds


def main() -> None:
    """Run the pairs and print medians and the ratio."""
    sent = purchases()
    ours, bare, ratios = [], [], []
    for _ in range(PAIRS):
        with tempfile.TemporaryDirectory() as folder:
            seconds, events = through_the_host(Path(folder) / "host.db", sent)
            hand = by_hand(Path(folder) / "hand.db", events)
        ours.append(seconds)
        bare.append(hand)
        ratios.append(hand / seconds)
    print(f"{COMMANDS} purchases of {LINES} lines, medians of {PAIRS} pairs")
    print(f"  through the host   {COMMANDS / median(ours):>10,.0f} commands/s")
    print(f"  inserts by hand    {len(events) / median(bare):>10,.0f} events/s")
    print(f"  ratio of time, hand/host   {median(ratios):.3f}")


if __name__ == "__main__":
    main()
