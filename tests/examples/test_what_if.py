"""The sample under two programmes: from facts and from the command line."""

import json
from pathlib import Path

import pytest

import what_if
from loyalcore.__main__ import main

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_report_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    """On each side what was issued is redeemed, expired, clawed back, given away or left."""
    assert what_if.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("124 members")
    rows = {line[:38].strip(): line[38:].split() for line in lines if line.startswith("  ")}
    for side in (0, 1):
        whole, *parts = (
            int(rows[name][side].replace(",", ""))
            for name in (
                "issued", "redeemed", "expired", "clawed back", "given away", "outstanding",
            )
        )  # fmt: skip
        assert whole == sum(parts) > 0


def test_a_file_that_is_none_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert what_if.main([str(tmp_path / "none.toml")]) == 1
    assert "none.toml" in capsys.readouterr().err


def test_the_command_line_of_its_docstring(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs as it stands, and finds what the report of the same facts finds."""
    monkeypatch.chdir(EXAMPLES.parent)
    words = (what_if.__doc__ or "").partition("python -m loyalcore ")[2].replace("\\\n", " ")
    assert main([*words.split(), "--json", "--processes", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["members"] == 124
    for side in ("old", "new"):
        points = told[side]["points"]
        assert points["issued"] == points["expired"] + points["outstanding"] > 0
    assert told["old"]["liability"] == f"{told['old']['points']['outstanding'] / 100:.2f}"
