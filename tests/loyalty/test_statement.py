"""A statement always adds up (L23)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidValue
from loyalcore.loyalty import RecordBehaviour, ReturnRecorded, statement
from loyalcore.testing import rule
from loyalcore.testing.loyalty import member_commands, programmes
from tests.loyalty.club import NOON, History, line, shop

JUST = timedelta(microseconds=1)
HISTORIES = programmes().flatmap(lambda p: st.tuples(st.just(p), member_commands(p)))


@rule("L23.1")
@given(HISTORIES, st.integers(0, 800), st.integers(0, 800))
def test_it_adds_up(drawn: tuple, first: int, length: int) -> None:
    """Opening balance and movements sum to the closing one, over any stretch of time."""
    programme, commands = drawn
    history = History.of(programme)
    history.try_all(commands)
    opens = commands[0].recorded_at + timedelta(days=first)
    closes = opens + timedelta(days=length)
    drawn_up = statement(history.events, opens, closes)
    balance = drawn_up.opening
    for movement in drawn_up.movements:
        assert opens <= movement.at < closes
        balance += movement.points
        assert movement.balance == balance >= 0
    assert drawn_up.closing == balance
    before = History(history.club)
    before.keep(event for event in history.events if event.recorded_at < opens)
    assert drawn_up.opening == before.at(opens - JUST).outstanding
    whole = statement(history.events)
    assert (whole.opening, whole.closing) == (0, history.state.outstanding)
    assert f"{whole.closing}" in str(whole)


@rule("L23.3")
@given(HISTORIES, st.integers(0, 800), st.none() | st.integers(0, 800))
def test_sweeping_does_not_change_it(drawn: tuple, first: int, length: int | None) -> None:
    """What expired before it closes stands there, whether or not anything has swept."""
    programme, commands = drawn
    history = History.of(programme)
    history.try_all(commands)
    opens = commands[0].recorded_at + timedelta(days=first)
    closes = None if length is None else opens + timedelta(days=length)
    drawn_up = statement(history.events, opens, closes)
    history.sweep(max(history.events[-1].recorded_at, (closes or opens) - JUST))
    swept = statement(history.events, opens, closes)
    assert swept == drawn_up
    assert all(instant >= (closes or opens) for instant, _ in swept.expiring)


@rule("L23.3")
@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=6))
def test_two_expiries_at_one_instant(steps: list[tuple[int, bool]]) -> None:
    """Where a lot's expiry meets the date of inactivity the lot's comes first, swept or not."""
    life = {"after": {"months": 2}}
    programme = shop(
        expiry=life,
        inactivity=life | {"activities": ["purchase"]},
        behaviours=[{"id": "share", "points": 7}],
    )
    history, at = History.of(programme, joined=NOON), NOON
    for number, (days, buys) in enumerate(steps):
        at += timedelta(days=days)
        if buys:
            history.buy(str(number), line("10"), at=at)
        else:
            history.tell(
                RecordBehaviour(recorded_at=at, occurred_at=at, behaviour="share", id=str(number))
            )
    closes = at + timedelta(days=100)
    drawn_up = statement(history.events, closes=closes)
    history.sweep(closes - JUST)
    assert statement(history.events, closes=closes) == drawn_up
    assert drawn_up.closing == 0


@rule("L23.4")
@given(HISTORIES, st.integers(0, 800))
def test_it_tells_what_is_owed(drawn: tuple, first: int) -> None:
    """Each movement tells the debt behind it, and a return that takes it up stands there."""
    programme, commands = drawn
    history = History.of(programme)
    history.try_all(commands)
    opens = commands[0].recorded_at + timedelta(days=first)
    whole = statement(history.events)
    assert whole.debt == history.state.debt
    later = statement(history.events, opens)
    assert later.debt == whole.debt
    assert later.movements == tuple(m for m in whole.movements if m.at >= opens)
    owed = [e for e in history.events if isinstance(e, ReturnRecorded) and e.debt]
    assert [m.ref for m in whole.movements if m.what == "owed"] == [f"return:{e.id}" for e in owed]
    debt = 0
    for movement in whole.movements:
        rises = movement.what == "owed"
        assert (movement.debt > debt) == rises
        debt = movement.debt
    assert all(movement.ref in str(whole) for movement in whole.movements)


def test_naive_bounds_are_refused() -> None:
    """A stretch of time runs between instants."""
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(InvalidValue, match=r"statement\.opens"):
        statement([], naive)
    with pytest.raises(InvalidValue, match=r"statement\.closes"):
        statement([], None, naive)
    aware = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(InvalidValue, match=r"statement\.closes"):
        statement([], aware, aware - JUST)


@rule("L23.2")
@given(HISTORIES)
def test_it_tells_what_expires(drawn: tuple) -> None:
    """Each coming expiry stands there once, with the points of all lots that end then."""
    programme, commands = drawn
    history = History.of(programme)
    history.try_all(commands)
    expiring = statement(history.events).expiring
    assert list(expiring) == sorted(dict(expiring).items())
    state, expected = history.state, dict[datetime, int]()
    for lot in state.lots:
        ends = [at for at in (lot.expires_at, state.idle_at) if at is not None]
        if ends:
            expected[min(ends)] = expected.get(min(ends), 0) + lot.points
    assert dict(expiring) == expected
