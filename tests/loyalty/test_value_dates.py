"""Balances by value date (L19)."""

from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.errors import InvalidValue
from loyalcore.loyalty import MEMBER, Programme, as_of
from loyalcore.testing import rule
from loyalcore.testing.loyalty import member_commands, programmes
from tests.loyalty.club import NOON, History, minor_line, shop

DAY = timedelta(days=1)


@rule("L19.12")
@given(st.data(), programmes().flatmap(lambda p: st.tuples(st.just(p), member_commands(p, 10))))
def test_told_at_once_it_is_the_balance_that_was(
    data: Any, drawn: tuple[Programme, list[Any]]
) -> None:
    """At any instant, what was recorded by then and what had expired by then make it up."""
    programme, commands = drawn
    history = History.of(programme)
    for command in commands:
        prompt = hasattr(command, "occurred_at")
        history.try_all(
            [attrs.evolve(command, occurred_at=command.recorded_at) if prompt else command]
        )
    known = [event.recorded_at for event in history.events]
    at = data.draw(st.sampled_from(known)) + data.draw(st.integers(0, 90)) * DAY
    then = MEMBER.fold(MEMBER.initial, (e for e in history.events if e.recorded_at <= at))
    then = MEMBER.fold(then, MEMBER.advance(then, at, history.club))
    assert as_of(history.events, at) == then.outstanding


@rule("L19.12")
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 30)), min_size=1, max_size=5),
    st.integers(0, 80),
)
def test_what_is_told_late_counts_from_its_day(orders: list[tuple[int, int]], day: int) -> None:
    """An order counts from when it was bought, its return from when the goods came back."""
    history, expected = History.of(shop(), joined=NOON), 0
    at = NOON + day * DAY
    told = sorted((bought + late, bought) for bought, late in orders)
    for number, (recorded, bought) in enumerate(told):
        history.buy(
            str(number), minor_line(10_000), at=NOON + bought * DAY, told=NOON + recorded * DAY
        )
        expected += 100 if bought <= day else 0
    returned = max(recorded for recorded, _ in told)
    history.give_back("R", "0", NOON + returned * DAY)
    expected -= 100 if returned <= day else 0
    assert as_of(history.events, at) == expected


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"as_of\.at"):
        as_of([], NOON.replace(tzinfo=None))
