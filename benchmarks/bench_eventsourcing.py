"""Opening a lot, like for like, beside the `eventsourcing` library.

Both sides hold the same wallet: the lots that were opened, and the sum of their points. One
command opens one more lot by one event, on wallets with 10 and with 300 events behind them; it is
one transaction. Ours uses up the command's key besides, and looks whether another process was
first. `eventsourcing` runs in its default setting, which replays the events; in its fastest one,
aggregates cached and not copied; and with fast-forward off as well, where it no longer looks
whether another process has written. An order of nine lines under the demo's programme is shown
beside as it is.

First in memory, then on SQLite, both with a write-ahead log and the same `PRAGMA synchronous`:
ours by the store's setting, theirs by a pool that sets it on every connection it makes. Goals: at
least 10 times its default at 300 events in memory, and no slower than its fastest; at least 3
times its default on SQLite.
"""

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

import attrs
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.sqlite import SQLiteConnection, SQLiteConnectionPool, SQLiteFactory
from pairs import Way, ratio, take_turns
from shop import open_club, orders

from loyalcore import Host, Submission, connect
from loyalcore.decider import Command, Decider, Event, EventType
from loyalcore.journal import MemoryStore, SqliteStore, Store

WALLETS, ROUNDS = 20, 9
AT = datetime(2026, 3, 1, tzinfo=UTC)
LATER = AT + timedelta(days=365)


@attrs.frozen
class Lot:
    """Points that expire together."""

    cause: str
    points: int
    earned_at: datetime
    expires_at: datetime


# --- ours ----------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class OpenLot(Command):
    """Ask for a lot."""

    cause: str
    points: int
    earned_at: datetime
    expires_at: datetime


@attrs.frozen(kw_only=True)
class LotOpened(Event):
    """A lot was opened."""

    cause: str
    points: int
    earned_at: datetime
    expires_at: datetime


@attrs.frozen
class Wallet:
    """The lots and the sum of their points."""

    lots: tuple[Lot, ...] = ()
    points: int = 0


def decide(_: Wallet, __: None, command: OpenLot, ___: None) -> tuple[LotOpened]:
    """Open the lot."""
    opened = LotOpened(
        recorded_at=command.recorded_at or AT,
        cause=command.cause,
        points=command.points,
        earned_at=command.earned_at,
        expires_at=command.expires_at,
    )
    return (opened,)


def evolve(wallet: Wallet, opened: LotOpened) -> Wallet:
    """Add the lot."""
    lot = Lot(opened.cause, opened.points, opened.earned_at, opened.expires_at)
    return Wallet((*wallet.lots, lot), wallet.points + lot.points)


WALLET: Decider[Wallet, None, None] = Decider(
    name="bench.wallet",
    pattern="wallet/*",
    fold_version=1,
    state_type=Wallet,
    initial=Wallet(),
    decide=decide,
    evolve=evolve,
    last=lambda wallet: None,
    due=lambda wallet: None,
    advance=lambda wallet, now, policy: (),
    refs=lambda command: (),
    dossier=lambda events: None,
    policy_stream=lambda stream: None,
    commands={"open_lot": OpenLot},
    events=(EventType("bench.lot_opened", LotOpened),),
)


def opening(n: int) -> Submission:
    """Ask for the nth lot."""
    lot = OpenLot(cause=f"order:{n}", points=5, earned_at=AT, expires_at=LATER)
    return Submission(str(n), f"wallet/{n % WALLETS}", lot)


def ours(store: Store, history: int) -> Way:
    """Give a way to open one more lot in every wallet."""
    host = Host(store, deciders=[WALLET])
    host.submit_many(opening(n) for n in range(WALLETS * history))
    numbers = iter(range(WALLETS * history, 10**9))

    def once() -> float:
        sent = [opening(next(numbers)) for _ in range(WALLETS)]
        return one_by_one(host, sent)

    return once


def one_by_one(host: Host, sent: list[Submission]) -> float:
    """Time commands sent one by one."""
    start = time.perf_counter()
    for one in sent:
        host.submit(one.stream, one.command, key=one.key)
    return time.perf_counter() - start


def earning(store: Store) -> Way:
    """Give a way to record an order of nine lines for as many members."""
    host = connect(store)
    open_club(host, WALLETS)
    sent = iter(orders(WALLETS * (ROUNDS + 1), WALLETS))
    return lambda: one_by_one(host, [next(sent) for _ in range(WALLETS)])


# --- theirs --------------------------------------------------------------------------------------


class TheirWallet(Aggregate):
    """The lots and the sum of their points."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []
        self.points = 0

    @event("LotOpened")
    def open_lot(self, cause: str, points: int, earned_at: datetime, expires_at: datetime) -> None:
        """Add the lot."""
        self.lots.append(Lot(cause, points, earned_at, expires_at))
        self.points += points


class Pool(SQLiteConnectionPool):
    """Connections of a chosen durability."""

    level = "FULL"

    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        connection.cursor().execute(f"PRAGMA synchronous = {self.level}")
        return connection


CACHED = {"AGGREGATE_CACHE_MAXSIZE": "10000", "DEEPCOPY_FROM_AGGREGATE_CACHE": "n"}
SETTINGS = {
    "theirs, default": {},
    "theirs, cached, no copy": CACHED,
    "  and no fast-forward": CACHED | {"AGGREGATE_CACHE_FASTFORWARD": "n"},
}


def theirs(settings: dict[str, str], history: int, file: Path | None, level: str) -> Way:
    """Give a way to open one more lot in every wallet."""
    on_file = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file)}
    app: Application[UUID] = Application(settings | (on_file if file else {}))
    if isinstance(app.factory, SQLiteFactory):
        app.factory.datastore.pool.close()
        app.factory.datastore.pool = Pool(db_name=str(file))
        app.factory.datastore.pool.level = level
    wallets = [TheirWallet() for _ in range(WALLETS)]
    for wallet in wallets:
        for n in range(history - 1):  # the wallet's making is an event, too
            wallet.open_lot(f"order:{n}", 5, AT, LATER)
        app.save(wallet)
    ids = [wallet.id for wallet in wallets]

    def once() -> float:
        start = time.perf_counter()
        for id_ in ids:
            wallet: TheirWallet = app.repository.get(id_)
            wallet.open_lot(f"order:{wallet.version}", 5, AT, LATER)
            app.save(wallet)
        return time.perf_counter() - start

    return once


# --- beside each other ---------------------------------------------------------------------------


def compare(place: str, folder: Path | None = None, level: str = "") -> None:
    """Let all of them take turns on one kind of store, and print the medians and ratios."""

    def store(name: str) -> Store:
        if folder is None:
            return MemoryStore()
        return SqliteStore(folder / f"{level} {name}.db", synchronous=level.lower())

    print(f"{place}: microseconds a command, and how many times ours")
    for history in (10, 300):
        ways = {"ours": ours(store(f"ours {history}"), history)}
        for name, settings in SETTINGS.items():
            file = folder / f"{level} {name} {history}.db" if folder else None
            ways[name] = theirs(settings, history, file, level)
        ways["an order of 9 lines, ours"] = earning(store(f"orders {history}"))
        seconds = take_turns(ways, ROUNDS)
        print(f"  {history} events behind it")
        for name, each in seconds.items():
            micros = median(each) / WALLETS * 1e6
            print(f"    {name:<28}{micros:>10,.0f}{ratio(each, seconds['ours']):>10.1f}")


def main() -> None:
    """Compare in memory, then on SQLite at both durabilities."""
    compare("in memory")
    with tempfile.TemporaryDirectory() as folder:
        for level in ("FULL", "NORMAL"):
            compare(f"on SQLite, synchronous={level}", Path(folder), level)


if __name__ == "__main__":
    main()
