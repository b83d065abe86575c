"""The map of the code against the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "loyalcore"
PAGE = ROOT / "docs" / "architecture.md"


def places() -> Iterator[str]:
    """Give what the table names: files, patterns of files, and folders (`errors/`).

    A name without a folder lies in the folder of the name before it in its row.
    """
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            folder = ""
            for name in re.findall(r"`([\w*/]+(?:\.py|/))`", line.split("|")[2]):
                folder = name.rpartition("/")[0] if "/" in name else folder
                yield name if "/" in name or not folder else f"{folder}/{name}"


def files_of(place: str) -> set[Path]:
    pattern = f"{place}**/*.py" if place.endswith("/") else place
    return set(SOURCE.glob(pattern))


@pytest.mark.parametrize("place", sorted(set(places())))
def test_each_file_that_the_table_names_exists(place: str) -> None:
    assert files_of(place)


def test_each_module_stands_in_the_table() -> None:
    """Save the packages' own files, which only gather names."""
    named = {path for place in places() for path in files_of(place)}
    missing = {path for path in SOURCE.rglob("*.py") if path.name != "__init__.py"} - named
    assert not sorted(str(path.relative_to(SOURCE)) for path in missing)
