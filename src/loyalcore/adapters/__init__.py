"""What other people's files and packages bring: purchases, holidays, pictures of clocks."""

from loyalcore.adapters.csv_facts import read_csv
from loyalcore.adapters.fact_file import FactFile, FactPiece
from loyalcore.adapters.fact_layout import Layout
from loyalcore.adapters.holidays import public_holidays
from loyalcore.adapters.parquet_facts import read_parquet
from loyalcore.adapters.plots import draw_clocks

__all__ = [
    "FactFile",
    "FactPiece",
    "Layout",
    "draw_clocks",
    "public_holidays",
    "read_csv",
    "read_parquet",
]
