"""`python -m loyalcore simulate`: what another programme would have brought, from a file."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from textwrap import fill

from loyalcore.adapters import FactFile, Layout, read_csv, read_parquet
from loyalcore.adapters.fact_layout import FIELDS, REQUIRED
from loyalcore.errors import InvalidDocument, InvalidValue, LoyalcoreError, Mistake
from loyalcore.host import simulate_pieces
from loyalcore.loyalty import Difference, Prices, Programme, load_programme
from loyalcore.timing import start_of_day, zone

_READERS: dict[str, Callable[[str, Layout], FactFile]] = {
    ".csv": read_csv,
    ".csv.gz": read_csv,
    ".parquet": read_parquet,
}
_PIECES = 64


def add_simulate(parser: argparse.ArgumentParser) -> None:
    """Add what the command may be told."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _columns()
    parser.add_argument("old", metavar="OLD", help="a programme file")
    parser.add_argument("new", metavar="NEW", help="another one")
    parser.add_argument(
        "--facts",
        required=True,
        metavar="FILE",
        help=f"purchases and what goes with them, see below: {', '.join(_READERS)}",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        type=_pair,
        metavar="FIELD=NAME",
        help="the file's own name for a column, such as price=amount; may be given several times",
    )
    parser.add_argument(
        "--timezone", default="", metavar="ZONE", help="of times without an offset and of --until"
    )
    parser.add_argument("--minor-units", action="store_true", help="money stands in cents")
    parser.add_argument(
        "--until", type=_moment, metavar="DATE", help="the end; by default the last fact"
    )
    parser.add_argument("--most", type=_count, default=10, metavar="N", help="members to name")
    parser.add_argument("--processes", type=_positive, default=1, metavar="N")
    parser.add_argument("--point-value", metavar="MONEY", help="what a point costs, in major units")
    parser.add_argument(
        "--reward-cost",
        action="append",
        default=[],
        type=_pair,
        metavar="ID=MONEY",
        help="what a reward costs, if not what the programme states or the value of its points",
    )
    parser.add_argument("--json", action="store_true", help="print data, not a table")


def _columns() -> str:
    """Say what the columns of a file hold."""
    rows = (f"  {name:<12}{'*' if name in REQUIRED else ' '} {FIELDS[name]}" for name in FIELDS)
    title = "columns of FILE, one row for each line of an order; * those that must be there:"
    return "\n".join((title, *(fill(row, 79, subsequent_indent=" " * 16) for row in rows)))


def _pair(text: str) -> tuple[str, str]:
    name, parted, value = text.partition("=")
    if not (name and parted and value):
        raise argparse.ArgumentTypeError(f"{text!r}: give two names, such as price=amount")
    return name, value


def _moment(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}: give a date such as 2026-03-08") from None


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r}: give a whole number")
    return int(text)


def _positive(text: str) -> int:
    if not _count(text):
        raise argparse.ArgumentTypeError("give 1 or more")
    return _count(text)


def run_simulate(asked: argparse.Namespace) -> int:
    """Run the command; give the exit status."""
    try:
        programmes = _programmes((asked.old, asked.new))
        if programmes is None:
            return 1
        difference, prices = _simulate(asked, *programmes)
    except InvalidValue as error:
        print(error, file=sys.stderr)
        return 2
    except LoyalcoreError as error:
        print(error, file=sys.stderr)
        return 1
    if asked.json:
        print(json.dumps(difference.as_data(prices), indent=2, ensure_ascii=False))
    else:
        print(difference.table(prices))
    return 0


def _programmes(files: Sequence[str]) -> tuple[Programme, Programme] | None:
    """Read both files, and print the mistakes of both."""
    found = []
    for file in files:
        try:
            found.append(load_programme(file))
        except InvalidDocument as error:
            print(error, file=sys.stderr)
    return (found[0], found[1]) if len(found) == 2 else None


def _simulate(
    asked: argparse.Namespace, old: Programme, new: Programme
) -> tuple[Difference, Prices | None]:
    shared = old.timezone if old.timezone == new.timezone else ""
    name = asked.timezone or shared
    layout = Layout(old.currency, name, dict(asked.column), minor_units=asked.minor_units)
    prices = None
    if asked.point_value is not None or asked.reward_cost:
        prices = Prices(old.currency, asked.point_value or "0", dict(asked.reward_cost))
        prices = prices.known_to(old, new)
    tz = zone(name or old.timezone)
    with _reader(asked.facts)(asked.facts, layout) as facts, _shown() as progress:
        if facts.last_at is None:
            raise InvalidDocument(
                asked.facts, [Mistake("", "no facts: there is nothing to replay")]
            )
        until = asked.until or facts.last_at
        if not isinstance(until, datetime):
            until = start_of_day(until, tz)
        elif until.utcoffset() is None:
            until = until.replace(tzinfo=tz)
        difference = simulate_pieces(
            facts.pieces(_PIECES),
            old,
            new,
            until,
            most=asked.most,
            processes=asked.processes,
            progress=progress,
        )
    return difference, prices


def _reader(file: str) -> Callable[[str, Layout], FactFile]:
    for ending, reader in _READERS.items():
        if Path(file).name.endswith(ending):
            return reader
    raise InvalidValue("facts", file, f"give a file that ends in {', '.join(_READERS)}")


@contextmanager
def _shown() -> Iterator[Callable[[int, int], None] | None]:
    """Show on a terminal how far it has come."""
    if not sys.stderr.isatty():
        yield None
        return

    def progress(done: int, of: int) -> None:
        told = f"{done:,} of {of:,} member{'' if of == 1 else 's'}"
        print(f"\r{told}", end="", file=sys.stderr, flush=True)

    try:
        yield progress
    finally:
        print(file=sys.stderr)
