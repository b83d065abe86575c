"""Run the Python code of README.md and docs/, each page from top to bottom in one namespace."""

import os
import tempfile
from pathlib import Path
from typing import Any

from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

ROOT = Path(__file__).parent

collect_ignore = ["docs/conf.py", "docs/_build"]


def enter_scratch_folder(namespace: dict[str, Any]) -> None:
    """Let a page write files, and find those of examples/ where its reader would."""
    folder = tempfile.TemporaryDirectory()
    (Path(folder.name) / "examples").symlink_to(ROOT / "examples")
    namespace["_scratch"] = folder, Path.cwd()
    os.chdir(folder.name)


def leave_scratch_folder(namespace: dict[str, Any]) -> None:
    folder, before = namespace["_scratch"]
    os.chdir(before)
    folder.cleanup()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["README.md", "docs/*.md"],
    setup=enter_scratch_folder,
    teardown=leave_scratch_folder,
).pytest()
