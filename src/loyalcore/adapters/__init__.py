"""What other people's files and packages bring: purchases from CSV and from Parquet."""

from loyalcore.adapters.csv_facts import read_csv
from loyalcore.adapters.fact_file import FactFile, FactPiece
from loyalcore.adapters.fact_layout import Layout
from loyalcore.adapters.parquet_facts import read_parquet

__all__ = ["FactFile", "FactPiece", "Layout", "read_csv", "read_parquet"]
