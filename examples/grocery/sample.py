"""Make examples/data/grocery_sample.csv.gz: every 20th household of the whole data set."""

import csv
import gzip
import io
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from grocery.data import COLUMNS, SAMPLE, full_rows


def main() -> None:
    """Write the sample, the same bytes each time."""
    chosen = set(sorted({row[0] for row in full_rows()})[::20])
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row for row in full_rows() if row[0] in chosen)
    with SAMPLE.open("wb") as file:
        file.write(gzip.compress(text.getvalue().encode(), mtime=0))
    print(f"{SAMPLE}: {len(chosen)} households, {SAMPLE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
