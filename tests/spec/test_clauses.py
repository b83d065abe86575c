"""The comparison of specification and tests catches what is planted."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.spec.clauses import (
    Carrier,
    Clause,
    Sources,
    carriers,
    compare,
    compare_scenarios,
    read_clauses,
    read_scenarios,
)

L1, L2 = Clause("L1", 1, 1), Clause("L1", 2, 2)
A_PROPERTY = '@rule("L1.1")\n@given(st.integers())\ndef test_it(n): ...'

Scan = Callable[..., list[Carrier]]


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    def scanned(test: str, shipped: str = "") -> list[Carrier]:
        for folder, text in (("tests", test), ("shipped", shipped)):
            path = tmp_path / folder / "deeper" / "test_it.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        return carriers(Sources.read(tmp_path / "tests", tmp_path / "shipped"))

    return scanned


numbers = st.sets(st.integers(1, 30))


@given(written=numbers, drawn=numbers, examples=numbers)
def test_exactly_the_mismatches_are_listed(
    written: set[int], drawn: set[int], examples: set[int]
) -> None:
    """One line for each clause without a property, one for each claim without a clause."""
    found = [
        Carrier(Path("t.py"), 1, ("test",), clauses=(f"L1.{n}",), property_based=here is drawn)
        for here in (drawn, examples)
        for n in here
    ]
    problems = compare([Clause("L1", n, n) for n in sorted(written)], found)
    assert len(problems) == len(written - drawn) + len(drawn - written) + len(examples - written)
    assert {n for n in written if any(f": L1.{n} has" in p for p in problems)} == written - drawn


@given(st.lists(st.integers(1, 9), min_size=1))
def test_clauses_out_of_order_or_twice_are_named(order: list[int]) -> None:
    """A list of clauses is sound if and only if its numbers rise."""
    text = "\n".join(f"- **L1.{n}** A rule." for n in order)
    clauses, problems = read_clauses(f"# Rules\n\n{text}\n")
    assert [clause.number for clause in clauses] == order
    assert (not problems) == (order == sorted(set(order)))


def test_each_rule_has_its_own_order() -> None:
    """Clauses of different rules are numbered apart, and a gap is allowed."""
    clauses, problems = read_clauses("- **L2.3** a\n- **L1.1** b\n- **L2.4** c\n")
    assert [str(clause) for clause in clauses] == ["L2.3", "L1.1", "L2.4"]
    assert problems == []


@pytest.mark.parametrize("written", ["* **L1.1** a", "- **L1.1.** a", "- **L1.x** a", "- **L1.1**"])
def test_a_clause_in_another_form_is_not_overlooked(written: str) -> None:
    """What only looks like a clause is a mistake, not text."""
    clauses, problems = read_clauses(written)
    assert clauses == []
    assert len(problems) == 1


WAYS = {
    "function": A_PROPERTY,
    "marker": A_PROPERTY.replace("@rule", "@pytest.mark.rule"),
    "qualified": A_PROPERTY.replace("@given", "@hypothesis.given"),
    "method": """
        class TestIt:
            @given(n=ints)
            @rule("L9.9", "L1.1")
            def test_it(self, n): ...
        """,
    "class": """
        @rule("L1.1")
        class TestIt:
            @given(n=ints)
            def test_it(self, n): ...
        """,
    "step": """
        class Machine(RuleBasedStateMachine):
            @rule("L1.1")
            @step()
            def go(self): ...
        """,
    "invariant of a grandchild": """
        class Base(stateful.RuleBasedStateMachine): ...
        class Machine(Base):
            @rule("L1.1")
            @invariant()
            def holds(self): ...
        """,
    "property of another suite": """
        class AnySuite:
            @rule("L1.1")
            @for_all(n=ints)
            def test_it(self, subject, n): ...
        """,
    "suite": """
        class TestIt(StoreSuite[int]):
            @rule("L1.1")
            def test_it(self): ...
        """,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_property_carries_its_clause(scan: Scan, way: str) -> None:
    """Drawn inputs count wherever they come from."""
    assert not [line for line in compare([L1], scan(WAYS[way])) if "L9.9" not in line]


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        ("", "has no property"),
        ("def test_it(): ...", "has no property"),
        ('@rule("L1.1")\ndef test_it(): ...', "examples only"),
        ('@rule("L1.1")\n@given(n=ints)\ndef law(n): ...', "does not collect"),
        (f"@pytest.mark.skip\n{A_PROPERTY}", "never holds"),
        (f'@pytest.mark.xfail(reason="later")\n{A_PROPERTY}', "never holds"),
        (
            "class M(RuleBasedStateMachine):\n    @rule(x=ints)\n    def go(self): ...",
            "L1.1 has no",
        ),
        (f'{A_PROPERTY}\n@rule("L1.7")\n@given(n=ints)\ndef test_b(n): ...', "does not have"),
        (f"{A_PROPERTY}\n@rule(NAME)\n@given(n=ints)\ndef test_b(n): ...", "plain strings"),
    ],
)
def test_a_planted_mismatch_is_caught(scan: Scan, test: str, problem: str) -> None:
    """Each way to leave a clause without a property is named for what it is."""
    assert any(problem in line for line in compare([L1], scan(test)))


def test_a_shipped_suite_counts_once_a_test_uses_it(scan: Scan) -> None:
    """A suite that nothing runs proves nothing."""
    suite = 'class StoreSuite:\n    @rule("L1.1")\n    def test_it(self): ...'
    for shipped in (suite, f"{suite.replace('StoreSuite', 'Part')}\nclass StoreSuite(Part): ..."):
        assert any("no test uses it" in line for line in compare([L1], scan("", shipped)))
        assert not compare([L1], scan("class TestMemory(StoreSuite): ...", shipped))


def test_only_the_missing_clause_is_listed(scan: Scan) -> None:
    """A clause that is carried is not held against its neighbour."""
    assert compare([L1, L2], scan(A_PROPERTY)) == ["line 2: L1.2 has no property"]


def test_scenarios_match_their_rows(scan: Scan) -> None:
    """A row says `executed` if and only if a test executes it."""
    rows = read_scenarios("| # | a | b |\n|---|---|---|\n| 1 | x | executed |\n| 2 | y | |\n")
    assert rows == {1: True, 2: False}
    assert compare_scenarios(rows, scan("@scenario(1)\ndef test_it(): ...")) == []
    problems = compare_scenarios(rows, scan("@scenario(2, 3)\ndef test_it(): ..."))
    for problem in ("row 2 does not say", "scenario 3 has no row", "scenario 1 says"):
        assert any(problem in line for line in problems)
