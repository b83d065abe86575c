"""The grocery year: it adds up, goes on after an interruption, and adds nothing when finished."""

import re
from pathlib import Path

import pytest

import grocery_year
from grocery.data import baskets, sample_rows
from loyalcore.errors import CorruptEvent
from tests.examples.running import FEW, refusal, report, run, section

pytestmark = pytest.mark.slow


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


@pytest.mark.parametrize("place", ["begin_anew", "publish", "report"])
def test_interrupted_outside_the_commands_it_says_how_to_go_on(
    place: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Cut off before the first command or while reading back, it ends in words too."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grocery_year, place, interrupt)
    code = grocery_year.main(["--db", str(tmp_path / "a.db"), "--fresh", *FEW])
    assert code == 130
    assert "start it again without --fresh" in capsys.readouterr().err


def test_facts_only_invents_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without inventions nothing is spent, returned or tripled."""
    printed = run(capsys, tmp_path / "facts.db", "--facts-only", *FEW)
    assert "invented" not in printed
    assert re.search(r"points spent +0\n", printed)


@pytest.mark.parametrize(
    "options", [FEW, ["--facts-only", *FEW], ["--facts-only", "--households", "1"]]
)
def test_one_member_is_always_shown(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever was invented, a statement, the tier and one award are shown, of the same member."""
    printed = run(capsys, tmp_path / "a.db", *options)
    (member,) = re.findall(r"^Statement of (\S+)", printed, re.MULTILINE)
    assert any("closing balance" in line for line in section(printed, "Statement of"))
    assert re.search(rf"^Tier of {member}\b", printed, re.MULTILINE)
    assert any("groceries: +" in line for line in section(printed, "Order "))


def test_what_falls_after_the_data_end_stands_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A return invented after 2017 is in the column after the data end, not in that before it."""
    printed = run(capsys, tmp_path / "a.db", "--households", "12")
    (row,) = re.findall(r"^ *taken back by returns(.*)$", printed, re.MULTILINE)
    before, after = (int(cell.replace(",", "")) for cell in row.split())
    assert after > 0
    for title, claimed in ("At the data end", before), ("After the data end", before + after):
        (line,) = (line for line in section(printed, title) if "returns claimed" in line)
        assert int(re.findall(r"[\d,]+", line)[0].replace(",", "")) == claimed
    assert any("1 invented return" in line for line in section(printed, "After the data end"))
    assert not any("invented" in line for line in section(printed, "At the data end"))


def test_a_file_of_another_kind_of_run_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file filled with inventions is not mixed with a run of facts."""
    run(capsys, tmp_path / "a.db", *FEW)
    assert "another kind of run" in refusal(capsys, tmp_path / "a.db", "--facts-only", *FEW)


def test_a_wrong_programme_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A programme file with a mistake is named, with the mistake."""
    (tmp_path / "bluebird.toml").write_text('name = "Bluebird"\nflavour = 1\n', encoding="utf-8")
    monkeypatch.setattr(grocery_year, "HERE", tmp_path)
    said = refusal(capsys, tmp_path / "a.db", *FEW)
    assert "bluebird.toml" in said
    assert "flavour" in said


def test_an_error_of_the_library_half_way_ends_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event that cannot be read back is named; there is no traceback."""

    def corrupt(*_: object) -> str:
        raise CorruptEvent("loyalty/bluebird/1@3", "no JSON")

    monkeypatch.setattr(grocery_year, "report", corrupt)
    assert "loyalty/bluebird/1@3" in refusal(capsys, tmp_path / "a.db", *FEW)


def test_the_sample_is_what_its_readme_says() -> None:
    """124 households and 77,734 lines, in time order, each basket once."""
    read = list(baskets(sample_rows()))
    assert len({basket.household for basket in read}) == 124
    assert sum(len(basket.items) for basket in read) == 77_734
    assert [b.at for b in read] == sorted(b.at for b in read)
    assert len({basket.basket for basket in read}) == len(read)


@pytest.mark.parametrize("wrong", ["-3", "0", "1.5", "all"])
def test_households_are_counted_from_one(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        grocery_year.parse([f"--households={wrong}"])
    assert "give a whole number of at least 1" in capsys.readouterr().err
