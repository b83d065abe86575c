"""Where the tests of the stores write."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[], Path]:
    """Give a path where nothing is, each time another."""
    numbers = count()
    return lambda: tmp_path / f"{next(numbers)}.db"
