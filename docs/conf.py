"""Sphinx: pages in Markdown, the reference from the docstrings."""

import re
import tomllib
from pathlib import Path
from typing import Any

with (Path(__file__).parent.parent / "pyproject.toml").open("rb") as file:
    release = tomllib.load(file)["project"]["version"]

project = "loyalcore"
author = "loyalcore contributors"
copyright = f"2026, {author}"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"loyalcore {release}"

# Docstrings quote code in single backquotes, as Markdown does; quotes may run over two lines.
default_role = "literal"
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
# A field listed under "Attributes:" is documented there, not a second time by its annotation.
napoleon_use_ivar = True
napoleon_numpy_docstring = False

SINGLE_BACKQUOTES = re.compile(r"(?<![`:])`([^`]+)`(?!`)")


def quote_code_twice(
    app: Any, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Show napoleon what is code, or it takes the colon of `kind:id` for that of a field."""
    lines[:] = [SINGLE_BACKQUOTES.sub(r"``\1``", line) for line in lines]


def setup(app: Any) -> None:
    app.connect("autodoc-process-docstring", quote_code_twice, priority=400)
