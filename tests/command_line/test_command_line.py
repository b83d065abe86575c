"""The command line, and the schema that it prints."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore.__main__ import main
from loyalcore.errors import InvalidDocument
from loyalcore.loyalty import Programme, programme_from, programme_schema
from loyalcore.testing import rule
from loyalcore.testing.loyalty import programmes
from tests.loyalty.test_programme_files import MISTAKES, good, plant, written

BLUEBIRD = Path(__file__).parents[2] / "examples" / "bluebird.toml"
VALIDATOR = jsonschema.Draft202012Validator(programme_schema())


@rule("P2.1")
@given(programmes())
def test_every_programme_keeps_the_schema(programme: Programme) -> None:
    """What can be written as a file is what the schema allows."""
    document = json.loads(json.dumps(written(programme)))
    assert not list(VALIDATOR.iter_errors(document))


@rule("P2.2")
@given(st.sampled_from([m for m in MISTAKES if isinstance(m[2], str | int | list)]))
def test_what_the_schema_refuses_is_refused(
    planted: tuple[str, tuple[Any, ...], Any],
) -> None:
    """A document that the schema refuses cannot be read; unknown keys and words are among them."""
    _, place, value = planted
    data = good()
    plant(data, place, value)
    if list(VALIDATOR.iter_errors(data)):
        with pytest.raises(InvalidDocument):
            programme_from(data)
    data = good() | {"flavour": value}
    assert list(VALIDATOR.iter_errors(data))


def test_the_schema_is_one() -> None:
    """It is a schema, tells what each field means, and names the defaults."""
    jsonschema.Draft202012Validator.check_schema(programme_schema())
    schema = programme_schema()
    described = [f for name in ("properties",) for f in schema[name].values()]
    assert all(field.get("description") for field in described)
    assert schema["properties"]["late_facts_days"]["default"] == 90
    assert schema["properties"]["shortfall"]["enum"] == ["debt", "waive"]


def test_a_sound_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Its name and content id are printed."""
    assert main(["check", str(BLUEBIRD)]) == 0
    assert "is sound" in capsys.readouterr().out


def test_every_mistake_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its path; the status tells, also among sound files."""
    data = good()
    for _, place, value in MISTAKES:
        plant(data, place, value)
    file = tmp_path / "club.json"
    file.write_text(json.dumps(data))
    assert main(["check", str(file), str(BLUEBIRD), str(tmp_path / "none.toml")]) == 1
    told = capsys.readouterr()
    assert all(f"{path}: " in told.err for path, _, _ in MISTAKES)
    assert "none.toml" in told.err
    assert "is sound" in told.out


@rule("P3.1")
@pytest.mark.slow
@settings(max_examples=max(12, settings().max_examples // 10), deadline=None)
@given(st.sampled_from(("schema", "check", "help")), st.integers(0, 300))
def test_a_reader_that_stops_ends_it_quietly(word: str, read: int) -> None:
    """However much was read, nothing is said about it; unless all of it was, the status tells."""
    words = {"schema": ["schema"], "check": ["check", *[str(BLUEBIRD)] * 3], "help": ["--help"]}
    run = [sys.executable, "-m", "loyalcore", *words[word]]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(read)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in {0, 141}
    assert read or process.returncode == 141


@rule("P3.2")
@given(st.sampled_from((["schema"], ["check", str(BLUEBIRD)])))
def test_ctrl_c_ends_it_quietly(words: list[str]) -> None:
    """With one word and the status that shells know, whichever command it is."""

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        err = io.StringIO()
        patch.setattr("sys.stderr", err)
        patch.setattr("loyalcore.__main__.programme_schema", interrupted)
        patch.setattr("loyalcore.__main__.load_programme", interrupted)
        assert main(words) == 130
    assert err.getvalue() == "interrupted\n"


def test_as_a_module() -> None:
    """It runs as `python -m loyalcore`, and wrong use ends with 2."""
    run = [sys.executable, "-m", "loyalcore"]
    told = subprocess.run([*run, "schema"], capture_output=True, text=True, check=True)
    assert json.loads(told.stdout) == programme_schema()
    assert subprocess.run([*run, "dance"], capture_output=True, check=False).returncode == 2
