"""The file that a run fills: only a store of loyalcore is filled, or deleted by --fresh."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from loyalcore import connect
from tests.examples.running import FEW, refusal, report, run


def text(path: Path) -> None:
    """Write a text file."""
    path.write_text("my diary\n" * 100, encoding="utf-8")


def short_text(path: Path) -> None:
    """Write a file shorter than a SQLite header."""
    path.write_text("x", encoding="utf-8")


def others_database(path: Path) -> None:
    """Make a SQLite file of another program."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photo (name TEXT)")


def newer_store(path: Path) -> None:
    """Make a store that a later release has made."""
    connect(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def damaged_store(path: Path) -> None:
    """Make a store and take a table out of it."""
    connect(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE event")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


FOREIGN = [text, short_text, others_database, newer_store, damaged_store]


@pytest.mark.parametrize("fresh", [[], ["--fresh"]])
@pytest.mark.parametrize("make", FOREIGN)
def test_what_is_no_store_stays_untouched(
    make: Callable[[Path], None],
    fresh: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A file that loyalcore cannot use is refused in one line and stays, --fresh or not."""
    path = tmp_path / "mine.db"
    make(path)
    before = path.read_bytes()
    said = refusal(capsys, path, *fresh, *FEW)
    assert str(path) in said
    assert said.count("\n") == 1
    assert path.read_bytes() == before


def test_the_side_files_of_what_is_no_store_stay_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What lies beside a foreign file, with the endings of a log, is left as well."""
    path = tmp_path / "mine.db"
    text(path)
    beside = [Path(f"{path}{ending}") for ending in ("-wal", "-shm")]
    for side in beside:
        text(side)
    refusal(capsys, path, "--fresh", *FEW)
    assert all(side.exists() for side in beside)


def test_the_file_judged_is_the_file_deleted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name with signs that mean something in a URL stands for itself."""
    connect(f"sqlite:///{tmp_path}/a b.db").close()
    text(tmp_path / "a%20b.db")
    refusal(capsys, tmp_path / "a%20b.db", "--fresh", *FEW)
    run(capsys, tmp_path / "why?.db", *FEW)
    assert (tmp_path / "why?.db").exists()


def test_fresh_begins_a_store_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A store of another kind of run is emptied and filled; a missing one is made."""
    smooth = run(capsys, tmp_path / "a.db", "--fresh", *FEW)
    run(capsys, tmp_path / "b.db", "--facts-only", *FEW)
    for ending in ("-wal", "-shm"):
        Path(f"{tmp_path / 'b.db'}{ending}").touch()
    assert report(run(capsys, tmp_path / "b.db", "--fresh", *FEW)) == report(smooth)
    assert {path.name for path in tmp_path.iterdir()} == {"a.db", "b.db"}


@pytest.mark.parametrize("fresh", [[], ["--fresh"]])
def test_a_place_where_no_file_can_be_is_refused_in_words(
    fresh: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing directory, a directory, and a file where a directory should be are named."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for place in ("missing/a.db", ".", "file/a.db"):
        assert str(tmp_path) in refusal(capsys, tmp_path / place, *fresh, *FEW)
    assert not (tmp_path / "missing").exists()
