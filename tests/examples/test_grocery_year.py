"""The grocery year: it adds up, goes on after an interruption, and adds nothing when finished."""

import re
import sys
from pathlib import Path

import pytest

from loyalcore import BatchStep

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

import grocery_year
from grocery.data import baskets, sample_rows

FEW = ["--households", "6"]


def run(capsys: pytest.CaptureFixture[str], db: Path, *options: str, stop_after: int = 0) -> str:
    """Run the example on a file and give what it printed; interrupt it after some chunks."""
    left = stop_after

    def progress(step: BatchStep) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt

    code = grocery_year.main(["--db", str(db), *options], progress=progress)
    assert code == (130 if stop_after else 0)
    return capsys.readouterr().out


def report(printed: str) -> str:
    """Give the report without the line that says what this run added."""
    return printed.partition("\n")[2]


def test_it_adds_up_and_a_finished_file_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Points and the reconciliation add up; a second run adds nothing and prints the same."""
    first = run(capsys, tmp_path / "a.db", *FEW)
    assert first.count(": adds up") == 2
    assert first.count("meets") == 2
    assert "NOT" not in first
    assert "lost to birthday-month" in first
    again = run(capsys, tmp_path / "a.db", *FEW)
    assert "nothing added" in again
    assert report(again) == report(first)


def test_interrupted_anywhere_it_goes_on_to_the_same_totals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cut off after the first chunk and started again, it ends as an undisturbed run."""
    smooth = run(capsys, tmp_path / "smooth.db", "--households", "30")
    run(capsys, tmp_path / "cut.db", "--households", "30", stop_after=1)
    assert report(run(capsys, tmp_path / "cut.db", "--households", "30")) == report(smooth)


def test_facts_only_invents_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without inventions nothing is spent, returned or tripled."""
    printed = run(capsys, tmp_path / "facts.db", "--facts-only", *FEW)
    assert "invented" not in printed
    assert re.search(r"points spent +0\n", printed)


def test_a_file_of_another_kind_of_run_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file filled with inventions is not mixed with a run of facts."""
    run(capsys, tmp_path / "a.db", *FEW)
    with pytest.raises(SystemExit, match="another kind of run"):
        run(capsys, tmp_path / "a.db", "--facts-only", *FEW)


def test_the_sample_is_what_its_readme_says() -> None:
    """124 households and 77,734 lines, in time order, each basket once."""
    read = list(baskets(sample_rows()))
    assert len({basket.household for basket in read}) == 124
    assert sum(len(basket.items) for basket in read) == 77_734
    assert [b.at for b in read] == sorted(b.at for b in read)
    assert len({basket.basket for basket in read}) == len(read)
