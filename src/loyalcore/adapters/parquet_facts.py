"""Purchases from a Parquet file; the only module that knows pyarrow (extra `parquet`)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from loyalcore.adapters.fact_file import FactFile
from loyalcore.adapters.fact_layout import Layout
from loyalcore.adapters.fact_orders import Source
from loyalcore.adapters.fact_rows import Row, RowReader, named_columns
from loyalcore.errors import ExtraMissing, InvalidDocument, Mistake

_BATCH = 10_000


def read_parquet(path: str | Path, layout: Layout) -> FactFile:
    """Read purchases from a Parquet file, one row for each line of an order, in any order.

    Columns may hold text, whole numbers, decimals, dates, timestamps, truth values and lists of
    text; all others are refused. Money and pieces are stored as decimals, or as whole minor units,
    never as floats.

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
            columns = list(dict.fromkeys(named_columns(path, layout, schema.names).values()))
            _refuse_others(path, [schema.field(name) for name in columns], pa.types)
            rows = _texts(file.iter_batches(batch_size=_BATCH, columns=columns), columns, pa)
            yield from RowReader(path, layout, columns, "row").read(rows)
    except OSError as error:
        raise InvalidDocument(path, [Mistake("", f"cannot be read: {error}")]) from None
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise InvalidDocument(path, [Mistake("", f"cannot be parsed: {error}")]) from None


def _refuse_others(path: str, fields: Sequence[Any], types: Any) -> None:
    """Refuse columns of types of which it is not known how they are read."""
    fix = "store text, whole numbers, decimals, dates, timestamps, truth values or lists of text"
    mistakes = [
        Mistake(f"column {field.name}", f"a column of {field.type}: {fix}")
        for field in fields
        if not _is_known(field.type, types)
    ]
    if mistakes:
        raise InvalidDocument(path, mistakes)


def _is_known(kind: Any, types: Any) -> bool:
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_list(kind) or types.is_large_list(kind):
        return _is_text(kind.value_type, types)
    others = (
        types.is_integer, types.is_decimal, types.is_date, types.is_timestamp, types.is_boolean,
        types.is_null,
    )  # fmt: skip
    return _is_text(kind, types) or any(holds(kind) for holds in others)


def _is_text(kind: Any, types: Any) -> bool:
    return bool(types.is_string(kind) or types.is_large_string(kind))


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
        unit, tz = column.type.unit, column.type.tz
        column = column.cast(pa.timestamp("us" if unit == "ns" else unit, tz), safe=False)
    try:
        return [_text(value) for value in column.to_pylist()]
    except OverflowError:  # in a year that no datetime has, which the reader of the value refuses
        return [_far_or_near(scalar) for scalar in column]


def _far_or_near(scalar: Any) -> str:
    try:
        return _text(scalar.as_py())
    except OverflowError:
        return f"{scalar.value} ({scalar.type})"


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime() | date():
            return value.isoformat()
        case list():
            return "|".join(_text(item) for item in value)
    return str(value)
