"""Purchases from a CSV file."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from loyalcore.adapters.fact_file import FactFile
from loyalcore.adapters.fact_layout import Layout
from loyalcore.adapters.fact_orders import Source
from loyalcore.adapters.fact_rows import Row, RowReader
from loyalcore.errors import InvalidDocument, Mistake


def read_csv(path: str | Path, layout: Layout) -> FactFile:
    """Read purchases from a CSV file, one row for each line of an order, in any order.

    The first row names the columns. The file is read once, row by row, and gathered by member in
    a temporary file, which goes when the result is closed.

    Args:
        path: UTF-8, with or without a byte order mark; unpacked on the fly when it ends in `.gz`.
        layout: what the columns mean.

    Raises:
        InvalidDocument: the file cannot be read, or has mistakes: the first are listed, each with
            its line and column.
    """
    source = Source(str(path), "line", layout.currency)
    return FactFile.of(source, _rows(Path(path), layout))


def _rows(path: Path, layout: Layout) -> Iterator[tuple[int, *tuple[object, ...]]]:
    try:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            rows: Iterator[Row] = ((reader.line_num, row) for row in reader if row)
            yield from RowReader(str(path), layout, header).read(rows)
    except OSError as error:
        text = f"cannot be read: {error.strerror or error}"
        raise InvalidDocument(str(path), [Mistake("", text)]) from None
    except (csv.Error, UnicodeDecodeError, EOFError, zlib.error) as error:
        raise InvalidDocument(str(path), [Mistake("", f"cannot be parsed: {error}")]) from None
