"""Name what a test carries: clauses of the specification, rows of the scenarios."""

import pytest


def rule(*clauses: str) -> pytest.MarkDecorator:
    """Name the clauses of docs/specification.md that a property carries.

    Args:
        clauses: such as `L12.1`.
    """
    return pytest.mark.rule(*clauses)


def scenario(*numbers: int) -> pytest.MarkDecorator:
    """Name the rows of docs/scenarios.md that a test executes.

    Args:
        numbers: as in the table's first column.
    """
    return pytest.mark.scenario(*numbers)
