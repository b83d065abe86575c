"""What the simulation finds when there is something to find."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore.journal import MemoryStore
from loyalcore.testing.rules import rule
from loyalcore.testing.simulation import SimulationFailed, simulate
from tests.simulation.planted import PATCHES, STORES

ENOUGH, STEPS = 200, 30
FEW = max(1, settings().max_examples // 25)


def found_within(first: int, store: Callable[[], MemoryStore]) -> bool:
    """Say whether one of so many seeds fails."""
    for seed in range(first, first + ENOUGH):
        try:
            simulate(seed, STEPS, store)
        except SimulationFailed:
            return True
    return False


@rule("S1.9")
@pytest.mark.parametrize("store", STORES)
@settings(max_examples=FEW)
@given(first=st.integers(0, 2**40))
def test_a_broken_store_is_found(store: type[MemoryStore], first: int) -> None:
    """Wherever the seeds begin, two hundred of them are enough."""
    assert found_within(first, store), f"{store.__name__} is not found"


@rule("S1.9")
@pytest.mark.parametrize("plant", PATCHES)
@settings(max_examples=FEW)
@given(first=st.integers(0, 2**40))
def test_a_broken_host_is_found(plant: Callable[[pytest.MonkeyPatch], None], first: int) -> None:
    """Wherever the seeds begin, two hundred of them are enough."""
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        assert found_within(first, MemoryStore), f"{plant.__name__} is not found"


@pytest.mark.parametrize("store", STORES)
def test_what_breaks_it_is_said(store: type[MemoryStore]) -> None:
    """The failure is one of the simulation's own, not a stumble over what is broken."""
    causes: list[type | None] = []
    for seed in range(ENOUGH):
        try:
            simulate(seed, STEPS, store)
        except SimulationFailed as error:
            causes.append(type(error.__cause__))
            break
    assert causes == [AssertionError]
