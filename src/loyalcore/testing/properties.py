"""Properties that a suite's subclasses inherit, each run on fresh subjects."""

import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy


class Suite(Protocol):
    """What `for_all` asks of a suite."""

    def settings(self) -> settings:
        """Give the settings of the suite's properties."""
        ...

    def fresh(self) -> AbstractContextManager[Any]:
        """Make what is tested, and clear it away in the end."""
        ...


def for_all(
    **drawn: SearchStrategy[Any],
) -> Callable[[Callable[..., None]], Callable[[Any], None]]:
    """Run a suite's test on drawn values, each time on a fresh subject, its second argument.

    Hypothesis tells apart who runs a property, and an inherited one is run by every subclass:
    so each run gets a property of its own.

    Args:
        drawn: a strategy for each further argument; with none, the test runs once.
    """

    def decorate(test: Callable[..., None]) -> Callable[[Any], None]:
        @functools.wraps(test)
        def run(suite: Suite) -> None:
            @functools.wraps(test)
            def check(**values: Any) -> None:
                with suite.fresh() as subject:
                    test(suite, subject, **values)

            _, _, *shown = inspect.signature(test).parameters.values()
            vars(check)["__signature__"] = inspect.Signature(
                [parameter.replace(kind=parameter.KEYWORD_ONLY) for parameter in shown]
            )
            if drawn:
                suite.settings()(given(**drawn)(check))()
            else:
                check()

        del vars(run)["__wrapped__"]  # pytest would take the test's arguments for fixtures
        return run

    return decorate
