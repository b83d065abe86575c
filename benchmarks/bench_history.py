"""What a long history and a full store cost: commands and ticks on SQLite, synchronous=NORMAL.

Orders of nine lines come from a member with 100,000 events behind him and from members with 10.
Warm: the host has the states in its cache. Cold: the host is new and reads the programme, the
member's snapshot and the events behind that one: about 10, as the others have, or nearly 200,
the most that there can be. Every order of the history is followed by a redemption, so that no lots
pile up. Goal: at most 1.2 times.

A tick expires the points of 100 members among 1,000,000 and among 1,000. Goal: at most 2 times.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median

from pairs import Way, ratio, take_turns
from shop import CLUB, PROGRAMME, START, open_club, order

from loyalcore import Submission, connect
from loyalcore.journal import Append, MemoryStore, NewEvent, SqliteStore
from loyalcore.loyalty import Redeem
from loyalcore.timing import local_date

WARM, DUE, ROUNDS = 20, 100, 9
OLD, YOUNG = f"{CLUB}/0", [f"{CLUB}/{n}" for n in range(1, ROUNDS + 2)]
NEVER = datetime(2100, 1, 1, tzinfo=START.tzinfo)


# --- commands ------------------------------------------------------------------------------------


def buying(stream: str) -> Iterator[Submission]:
    """Buy and redeem in turn, an order an hour, for ever."""
    at = START
    while True:
        yield Submission(f"{stream} buys {at}", stream, order(f"O{at}", at))
        points = 80 if local_date(at, PROGRAMME.zone).day == 8 else 40
        redeem = Redeem(redemption=f"R{at}", points=points, recorded_at=at)
        yield Submission(f"{stream} redeems {at}", stream, redeem)
        at += timedelta(hours=1)


class History:
    """Members of one club and what they will send."""

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.host = store, connect(store)
        open_club(self.host, len(YOUNG) + 1)
        self.sending = {name: buying(name) for name in (OLD, *YOUNG)}

    def fill(self, stream: str, upto: int) -> None:
        """Let a member's history grow until it is so long and nothing is left to redeem."""
        while (rest := upto - self.store.heads([stream])[stream]) > 0:
            self.host.submit_many(islice(self.sending[stream], rest + rest % 2), chunk=10)

    def warm(self, streams: list[str]) -> float:
        """Time orders, each followed by a redemption that is not timed."""
        seconds = 0.0
        for n in range(WARM):
            stream = streams[n % len(streams)]
            buy, redeem = next(self.sending[stream]), next(self.sending[stream])
            start = time.perf_counter()
            self.host.submit(stream, buy.command, key=buy.key)
            seconds += time.perf_counter() - start
            self.host.submit(stream, redeem.command, key=redeem.key)
        return seconds

    def cold(self, stream: str) -> float:
        """Time a new host's first order."""
        host, buy = connect(self.store), next(self.sending[stream])
        start = time.perf_counter()
        host.submit(stream, buy.command, key=buy.key)
        seconds = time.perf_counter() - start
        next(self.sending[stream])  # no redemption: the tail behind the snapshot stays short
        return seconds


def commands(folder: Path, events: int) -> None:
    """Compare the long history with the short one."""
    store = SqliteStore(folder / "history.db", synchronous="normal")
    members = History(store)
    for stream in YOUNG:
        members.fill(stream, 10)
    members.fill(OLD, events + 10)
    fresh = iter(YOUNG)
    cold = take_turns(
        {"short": lambda: members.cold(next(fresh)), "long": lambda: members.cold(OLD)}, ROUNDS
    )
    members.fill(OLD, events + 199 - 2 * ROUNDS)
    most = take_turns({"long": lambda: members.cold(OLD)}, ROUNDS)
    warm = take_turns(
        {"short": lambda: members.warm(YOUNG), "long": lambda: members.warm([OLD])}, ROUNDS
    )
    print(f"an order of 9 lines, {events:,} events behind it or 10: milliseconds")
    for kind, long, short, count in (
        ("warm", warm["long"], warm["short"], WARM),
        ("cold", cold["long"], cold["short"], 1),
        ("cold, longest tail", most["long"], cold["short"], 1),
    ):
        figures = f"{median(long) / count * 1e3:>9.2f}{median(short) / count * 1e3:>9.2f}"
        print(f"  {kind:<20}{figures}   ratio {ratio(long, short):.2f}")
    store.close()


# --- ticks ---------------------------------------------------------------------------------------


def sample(at: datetime) -> tuple[tuple[NewEvent, ...], datetime]:
    """Give the events of a member with one order, and when its points expire."""
    host = connect(MemoryStore())
    open_club(host, 1)
    host.submit(f"{CLUB}/0", order("O", at), key="O")
    events = tuple(host.codec.encode(event) for event in host.events(f"{CLUB}/0"))
    (due,) = host.store.due(NEVER, 1)
    return events, due.due


def ticking(path: Path, streams: int) -> Way:
    """Fill a store, and give a way to expire the points of the next so many members."""
    store = SqliteStore(path, synchronous="normal")
    host = connect(store)
    open_club(host, 0)
    samples = [sample(START + timedelta(days=31 * n)) for n in range(ROUNDS + 1)]
    step = streams // (DUE * len(samples))

    def member(n: int) -> Append:
        place, idle = divmod(n, step)
        if idle or place >= DUE * len(samples):
            return Append(f"{CLUB}/{n}", 0, samples[0][0][:1], NEVER)
        events, due = samples[place % len(samples)]
        return Append(f"{CLUB}/{n}", 0, events, due)

    rest = iter(range(streams))
    while some := [member(n) for n in islice(rest, 10_000)]:
        store.append(some)
    instants = iter(due for _, due in samples)

    def once() -> float:
        now = next(instants)
        start = time.perf_counter()
        ticked = host.tick(now)
        seconds = time.perf_counter() - start
        assert ticked.streams == DUE
        return seconds

    return once


def ticks(folder: Path, streams: int) -> None:
    """Compare the full store with the small one."""
    ways = {
        "many": ticking(folder / "many.db", streams),
        "few": ticking(folder / "few.db", 1000),
    }
    seconds = take_turns(ways, ROUNDS)
    print(f"a tick with {DUE} due among {streams:,} streams or 1,000: milliseconds")
    many, few = (median(seconds[name]) * 1000 for name in ("many", "few"))
    print(f"  {many:>29.2f}{few:>9.2f}   ratio {ratio(seconds['many'], seconds['few']):.2f}")


def main() -> None:
    """Compare commands, then ticks."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=100_000, help="of the long history")
    options.add_argument("--streams", type=int, default=1_000_000, help="of the full store")
    given, _ = options.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        commands(Path(folder), given.events)
        ticks(Path(folder), given.streams)


if __name__ == "__main__":
    main()
