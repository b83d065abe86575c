"""Print the lowest runtime dependencies that pyproject.toml allows, as pip constraints."""

import re
import sys
import tomllib
from pathlib import Path

BOUNDED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*>=\s*(?P<lowest>[^,;\s]+)")


def lowest(requirement: str) -> str:
    """Pin a requirement such as `attrs>=24.1` to its lower bound."""
    found = BOUNDED.match(requirement)
    if found is None:
        sys.exit(f"{requirement!r} in pyproject.toml: start with its lower bound, as in name>=1.2")
    return f"{found['name']}=={found['lowest']}"


def main() -> None:
    """Read the project file beside this folder."""
    file = Path(__file__).resolve().parent.parent / "pyproject.toml"
    project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    for requirement in project["dependencies"]:
        print(lowest(requirement))


if __name__ == "__main__":
    main()
