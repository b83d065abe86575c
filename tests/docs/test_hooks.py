"""The documentation of the hooks against the hooks."""

import inspect
from pathlib import Path

from loyalcore import hooks

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"


def test_each_hook_has_a_heading_with_its_exact_signature() -> None:
    """docs/architecture.md shows every hook of hooks.py as it is, and no other."""
    specs = [f for name, f in vars(hooks).items() if name.startswith("loyalcore_")]
    expected = set()
    for spec in specs:
        parameters = ", ".join(
            f"{p.name}: {p.annotation.__name__}"
            for p in inspect.signature(spec).parameters.values()
        )
        given = str(inspect.signature(spec).return_annotation)
        short = given.replace("loyalcore.journal.store.", "").replace(
            "loyalcore.journal.relay.", ""
        )
        short = short.replace("loyalcore.loyalty.programme.conditions.", "")
        short = short.replace("loyalcore.timing.business.", "")
        answer = short.replace("collections.abc.", "")
        expected.add(f"### `{spec.__name__}({parameters}) -> {answer}`")
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if line.startswith("### `loyalcore_")} == expected


def test_hooks_have_no_defaults_and_no_keyword_only_arguments() -> None:
    """Releases of pluggy differ on these, so no hook has them."""
    for name, spec in vars(hooks).items():
        if name.startswith("loyalcore_"):
            for parameter in inspect.signature(spec).parameters.values():
                assert parameter.default is inspect.Parameter.empty
                assert parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
