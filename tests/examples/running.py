"""Run the grocery year in this process, and read what it printed."""

from pathlib import Path

import pytest

import grocery_year
from loyalcore import BatchStep

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


def refusal(capsys: pytest.CaptureFixture[str], db: Path, *options: str) -> str:
    """Run the example on a file it must refuse; give the message, which is all it prints."""
    assert grocery_year.main(["--db", str(db), *options]) == 2
    printed = capsys.readouterr()
    assert not printed.out
    return printed.err


def report(printed: str) -> str:
    """Give the report without the line that says what this run added."""
    return printed.partition("\n")[2]


def section(printed: str, title: str) -> list[str]:
    """Give the lines of the section whose title begins so, the title first."""
    lines = printed.splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith(title))
    blank = next((p for p, line in enumerate(lines) if p > first and not line), len(lines))
    return lines[first:blank]
