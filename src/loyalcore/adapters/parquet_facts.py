"""Purchases from a Parquet file; the only module that knows pyarrow (extra `parquet`)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from loyalcore.adapters.fact_file import FactFile
from loyalcore.adapters.fact_layout import FIELDS, Layout
from loyalcore.adapters.fact_orders import Source
from loyalcore.adapters.fact_rows import Row, RowReader
from loyalcore.errors import ExtraMissing, InvalidDocument, Mistake

_BATCH = 10_000


def read_parquet(path: str | Path, layout: Layout) -> FactFile:
    """Read purchases from a Parquet file, one row for each line of an order, in any order.

    Columns may hold text, whole numbers, decimals, dates, timestamps, truth values and lists of
    text. Floats are refused: money and pieces are stored as decimals, or as whole minor units.

    Args:
        path: the file.
        layout: what the columns mean.

    Raises:
        ExtraMissing: pyarrow is not installed.
        InvalidDocument: the file cannot be read, or has mistakes: the first are listed, each with
            its row and column.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - only with the extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise ExtraMissing("pyarrow", "parquet") from None
    source = Source(str(path), "row", layout.currency)
    return FactFile.of(source, _rows(str(path), layout, pa, parquet))


def _rows(
    path: str, layout: Layout, pa: Any, parquet: Any
) -> Iterator[tuple[int, *tuple[object, ...]]]:
    try:
        with parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
            wanted = {layout.column(field) for field in FIELDS}
            columns = [name for name in schema.names if name in wanted]
            _refuse_floats(path, [schema.field(name) for name in columns], pa)
            # All of the names, so that what is missing is told beside what there is.
            RowReader(path, layout, schema.names, "row")
            rows = _texts(file.iter_batches(batch_size=_BATCH, columns=columns), columns, pa)
            yield from RowReader(path, layout, columns, "row").read(rows)
    except OSError as error:
        raise InvalidDocument(path, [Mistake("", f"cannot be read: {error}")]) from None
    except pa.ArrowException as error:
        raise InvalidDocument(path, [Mistake("", f"cannot be parsed: {error}")]) from None


def _refuse_floats(path: str, fields: Sequence[Any], pa: Any) -> None:
    text = "a column of floats: store decimals, whole minor units or text"
    mistakes = [
        Mistake(f"column {field.name}", text)
        for field in fields
        if pa.types.is_floating(field.type)
    ]
    if mistakes:
        raise InvalidDocument(path, mistakes)


def _texts(batches: Iterator[Any], columns: Sequence[str], pa: Any) -> Iterator[Row]:
    number = 0
    for batch in batches:
        data = [_values(batch.column(name), pa) for name in columns]
        for row in zip(*data, strict=True):
            number += 1
            yield number, row


def _values(column: Any, pa: Any) -> list[str]:
    """Give a column as text; timestamps to the microsecond, as all instants are."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return [_text(value) for value in column.to_pylist()]


def _text(value: object) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime() | date():
            return value.isoformat()
        case list():
            return "|".join(_text(item) for item in value)
        case int() | Decimal():
            return str(value)
        case _:
            return repr(value)
