"""What is no member's whole history is refused by all that reads histories (L23)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.decider import StreamForgotten
from loyalcore.errors import Forgotten, InvalidValue
from loyalcore.loyalty import (
    MEMBER,
    RecordPurchase,
    as_of,
    cohorts,
    deferrals,
    facts_from,
    lot_flows,
    points_by_rule,
    redemption_mix,
    redemption_triangle,
    reward_costs,
    roll_forward,
    statement,
    tier_paths,
)
from loyalcore.testing import rule
from loyalcore.testing.loyalty import member_commands, programmes
from loyalcore.timing import Cycle
from tests.loyalty.club import LONG_AGO, NOON, History, line, shop

HISTORIES = programmes().flatmap(lambda p: st.tuples(st.just(p), member_commands(p, 6)))
FAR = datetime(2040, 1, 1, tzinfo=UTC)
CLUB = History.of(shop()).club
TRIANGLE = redemption_triangle([], Cycle.MONTH, NOON, "Asia/Shanghai")


def as_told(_: str, event: Any) -> RecordPurchase:
    return RecordPurchase(order=event.order, occurred_at=NOON, recorded_at=NOON, lines=[line("1")])


OF_ONE: dict[str, Callable[[Any], Any]] = {
    "statement": lambda events: statement(events, NOON, FAR),
    "as_of": lambda events: as_of(events, FAR),
    "lot_flows": lambda events: list(lot_flows(events)),
    "facts_from": lambda events: list(facts_from("ann", events, as_told)),
}
OF_MANY: dict[str, Callable[[Any], Any]] = {
    "cohorts": lambda told: cohorts(told, CLUB, until=FAR),
    "points_by_rule": lambda told: points_by_rule(told, CLUB, until=FAR),
    "redemption_mix": lambda told: redemption_mix(told, CLUB, until=FAR),
    "tier_paths": lambda told: tier_paths(told, CLUB, until=FAR),
    "roll_forward": lambda told: roll_forward(told, LONG_AGO, FAR),
    "reward_costs": lambda told: reward_costs(told, [shop()], Cycle.MONTH, "Asia/Shanghai"),
    "redemption_triangle": lambda told: redemption_triangle(
        told, Cycle.MONTH, FAR, "Asia/Shanghai"
    ),
    "deferrals": lambda told: deferrals(told, TRIANGLE, fair_value=1, expected=1),
}

no_events = st.one_of(
    st.text(min_size=1, max_size=3),
    st.binary(min_size=1, max_size=3),
    st.integers(),
    st.none(),
    st.lists(st.none() | st.integers() | st.text(max_size=2), min_size=1, max_size=2),
    st.just([CLUB.versions[0]]),
)


@rule("L23.16")
@given(HISTORIES, st.sampled_from(sorted(OF_ONE)))
def test_of_the_forgotten_nothing_is_told(drawn: tuple[Any, list[Any]], asked: str) -> None:
    """What is left of them says when they were forgotten; reports leave them out."""
    programme, commands = drawn
    history = History.of(programme)
    history.try_all(commands)
    at = history.events[-1].recorded_at + timedelta(days=1)
    assert MEMBER.close is not None
    left = [*MEMBER.close(history.at(at), at, history.club), StreamForgotten(recorded_at=at)]
    with pytest.raises(Forgotten) as refused:
        OF_ONE[asked](left)
    assert (refused.value.stream, refused.value.at) == ("", at)
    assert at.isoformat() in str(refused.value)
    for report in OF_MANY.values():
        assert report([("ann", left)]) is not None


@rule("L23.16")
@given(HISTORIES, st.data())
def test_a_history_is_read_from_the_joining_on(drawn: tuple[Any, list[Any]], data: Any) -> None:
    """A part of one, without its beginning or with something foreign, is refused."""
    programme, commands = drawn
    history = History.of(programme)
    history.try_all(commands)
    events: list[Any] = list(history.events)
    cut = data.draw(st.integers(1, len(events)))
    wrong = events[cut:]
    if not wrong:
        wrong = [*events[:cut], CLUB.versions[0]]
    for asked, ask in OF_ONE.items():
        with pytest.raises(InvalidValue) as refused:
            ask(iter(wrong))
        assert refused.value.field == f"{asked}.events"
    for asked, report in OF_MANY.items():
        with pytest.raises(InvalidValue) as refused:
            report([("ann", iter(wrong))])
        assert refused.value.field == f"{asked}.histories"


@rule("L23.16")
@given(no_events)
def test_what_is_no_history_is_named(wrong: Any) -> None:
    """Whatever else is given, the refusal names the argument."""
    for asked, ask in OF_ONE.items():
        with pytest.raises(InvalidValue) as refused:
            ask(wrong)
        assert refused.value.field == f"{asked}.events"
    for asked, report in OF_MANY.items():
        for told in (wrong, [wrong], [("ann", wrong)]):
            with pytest.raises(InvalidValue) as refused:
                report(told)
            assert refused.value.field == f"{asked}.histories"
