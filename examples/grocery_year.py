"""A year of real grocery baskets through a loyalty programme, into SQLite.

Interrupt it anywhere and start it again: it goes on. `--full` takes the whole data set,
`--facts-only` leaves out what the example invents.
"""

import argparse
import heapq
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from grocery.data import Basket, baskets, full_rows, sample_rows
from grocery.invented import birthday, follow_ups
from grocery.problem import Problem
from grocery.report import CLUB, report
from grocery.store_file import begin_anew, url_of
from loyalcore import BatchStep, Currency, Host, Refusal, Submission, connect
from loyalcore.errors import KeyReused, LoyalcoreError
from loyalcore.loyalty import Enrol, Line, PublishProgramme, RecordPurchase, load_programme

USD = Currency("USD")
HERE = Path(__file__).parent
BUILD = Path("build")
DATA_END = datetime(2018, 1, 1, 5, tzinfo=UTC)
CLOCK_END = datetime(2018, 5, 1, 4, tzinfo=UTC)
_ASKED = {
    "enrol": "enrolments",
    "basket": "baskets",
    "share": "shares (invented)",
    "redemption": "redemptions (invented), without the points",
    "return": "returns (invented)",
}


def read(options: argparse.Namespace) -> Iterator[Basket]:
    """Give the baskets of the run, in time order."""
    rows = full_rows() if options.full else sample_rows()
    chosen: set[str] = set()
    for basket in baskets(rows):
        if options.households and basket.household not in chosen:
            if len(chosen) == options.households:
                continue
            chosen.add(basket.household)
        yield basket


def purchase(basket: Basket, *, facts_only: bool) -> RecordPurchase:
    """Turn a basket into a command."""
    lines = [
        Line(
            str(place),
            USD.of_minor(item.cents),
            discount=USD.of_minor(item.coupon) if item.coupon else None,
            quantity=item.quantity,
            sku=item.product,
            categories=(item.category,),
        )
        for place, item in enumerate(basket.items)
    ]
    return RecordPurchase(
        order=basket.basket,
        occurred_at=basket.at,
        recorded_at=basket.at,
        lines=lines,
        birthday=None if facts_only else birthday(basket.household),
        store=basket.store,
        source="data",
    )


def submissions(source: Iterator[Basket], *, facts_only: bool) -> Iterator[Submission]:
    """Give all commands in time order: what follows on a basket waits in a heap for its time."""
    waiting: list[tuple[datetime, int, Submission]] = []
    enrolled: set[str] = set()
    number = count()
    for basket in source:
        while waiting and waiting[0][0] <= basket.at:
            yield heapq.heappop(waiting)[2]
        stream = f"{CLUB}/{basket.household}"
        if basket.household not in enrolled:
            enrolled.add(basket.household)
            enrol = Enrol(recorded_at=basket.at, source="data")
            yield Submission(f"enrol:{basket.household}", stream, enrol)
        bought = purchase(basket, facts_only=facts_only)
        yield Submission(f"basket:{basket.basket}", stream, bought)
        for key, command in () if facts_only else follow_ups(basket):
            assert command.recorded_at is not None, "an invented fact has its time"
            later = Submission(key, stream, command)
            heapq.heappush(waiting, (command.recorded_at, next(number), later))
    while waiting:
        yield heapq.heappop(waiting)[2]


def publish(host: Host, mode: str) -> None:
    """Publish the programme; refuse a file that another kind of run has filled."""
    command = PublishProgramme(
        programme=load_programme(HERE / "bluebird.toml"),
        effective_from=datetime(2016, 12, 31, tzinfo=UTC),
        recorded_at=datetime(2016, 12, 31, tzinfo=UTC),
        source=f"grocery year, {mode}",
    )
    try:
        host.submit(CLUB, command, key="programme")
    except KeyReused:
        raise Problem(
            "this file was filled by another kind of run or another programme: "
            "name another with --db, or empty it with --fresh"
        ) from None


@contextmanager
def progress_bar() -> Iterator[Callable[[BatchStep], None]]:
    """Give a callback that draws progress on a terminal."""
    try:
        from tqdm import tqdm  # noqa: PLC0415 - the bar is a nicety
    except ImportError:
        yield lambda step: None
        return
    with tqdm(unit=" commands", disable=None, delay=0.5) as bar:
        yield lambda step: bar.update(len(step.outcomes))


def run(options: argparse.Namespace, progress: Callable[[BatchStep], None]) -> str:
    """Send everything, let the clock tick on, and give the report."""
    refused: Counter[str] = Counter()

    def watch(step: BatchStep) -> None:
        for outcome in step.outcomes:
            if isinstance(outcome, Refusal):
                # By what was asked: sent again later, the same is refused for another reason,
                # because the member's time has moved on.
                refused[_ASKED[outcome.key.partition(":")[0]]] += 1
        progress(step)

    if options.db.parent == BUILD:
        BUILD.mkdir(exist_ok=True)
    if options.fresh:
        begin_anew(options.db)
    with connect(url_of(options.db)) as host:
        publish(host, options.mode)
        sent = submissions(read(options), facts_only=options.facts_only)
        batch = host.submit_many(sent, chunk=1000, progress=watch)
        written = host.tick(CLOCK_END).events
        added = batch.submitted - batch.replayed - len(batch.refused)
        news = f"{added:,} commands added, {written:,} events by the clock"
        if not added and not written:
            news = "nothing added: this file was finished already"
        text = report(host, read(options), DATA_END, CLOCK_END, refused)
        return f"{options.db}: {news}\n{text}"


def households(text: str) -> int:
    """Read how many households are wanted."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r}: give a whole number of at least 1")
    return int(text)


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="all households (group `full`)")
    parser.add_argument("--facts-only", action="store_true", help="invent nothing")
    parser.add_argument("--fresh", action="store_true", help="begin the file anew")
    parser.add_argument(
        "--households", type=households, default=0, help="only so many", metavar="N"
    )
    parser.add_argument("--db", type=Path, help="the SQLite file")
    options = parser.parse_args(argv)
    options.mode = "full" if options.full else "sample"
    options.mode += "-facts" if options.facts_only else ""
    options.mode += f"-{options.households}" if options.households else ""
    options.db = options.db or BUILD / f"grocery-{options.mode}.db"
    return options


def main(argv: list[str] | None = None, progress: Callable[[BatchStep], None] | None = None) -> int:
    """Run the example; give the exit code."""
    options = parse(argv)
    try:
        with progress_bar() as draw:
            text = run(options, progress or draw)
    except KeyboardInterrupt:
        again = "start it again without --fresh" if options.fresh else "start it again"
        print(f"\ninterrupted: {again} and it goes on", file=sys.stderr)
        return 130
    except (LoyalcoreError, Problem, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
