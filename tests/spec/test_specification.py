"""The specification and the tests say the same."""

from pathlib import Path

import pytest

from tests.spec.clauses import (
    Carrier,
    Sources,
    carriers,
    compare,
    compare_scenarios,
    read_clauses,
    read_scenarios,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found() -> list[Carrier]:
    return carriers(Sources.read(ROOT / "tests", ROOT / "src" / "loyalcore" / "testing"))


def listed(problems: list[str]) -> str:
    return "\n  ".join(["", *problems]).replace(f"{ROOT}/", "")


def test_clauses_are_listed_once_and_in_order() -> None:
    """Each clause is written in the one form, once, behind the lower ones of its rule."""
    clauses, problems = read_clauses((ROOT / "docs" / "specification.md").read_text("utf-8"))
    assert clauses
    assert not problems, listed(problems)


def test_every_clause_has_a_property_and_every_property_a_clause(found: list[Carrier]) -> None:
    """No clause is only words, and no test names a clause that is not written."""
    clauses, _ = read_clauses((ROOT / "docs" / "specification.md").read_text("utf-8"))
    problems = compare(clauses, found)
    assert not problems, listed(problems)


def test_every_executed_scenario_has_its_test(found: list[Carrier]) -> None:
    """A row of the scenarios says `executed` if and only if a test executes it."""
    rows = read_scenarios((ROOT / "docs" / "scenarios.md").read_text("utf-8"))
    assert rows
    problems = compare_scenarios(rows, found)
    assert not problems, listed(problems)
