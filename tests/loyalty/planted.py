"""Mistakes planted on purpose: the property that carries the rule must find each of them."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import InvalidArgument
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

QUICK = settings(
    max_examples=300,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
LIVES = settings(QUICK, max_examples=600, stateful_step_count=40)

Patch = Callable[[pytest.MonkeyPatch], None]


def property_must_fail(patch: pytest.MonkeyPatch, prop: Any) -> None:
    """Run a property on fresh draws; the mutant lives if it passes."""
    patch.setattr(prop, "_hypothesis_internal_use_settings", QUICK, raising=False)
    _must_fail(prop)


def machine_must_fail(machine: type[RuleBasedStateMachine]) -> None:
    """Let a machine live its lives beside the obvious model; the mutant lives if they agree."""
    _must_fail(lambda: run_state_machine_as_test(machine, settings=LIVES))


def _must_fail(run: Callable[[], object]) -> None:
    with pytest.raises((Exception, pytest.fail.Exception)) as failure:
        run()
    broken = (TypeError, NameError, InvalidArgument)
    assert not isinstance(failure.value, broken), failure.value
