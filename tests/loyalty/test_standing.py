"""What a member is told of the tier comes true."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalcore import Host, Money, connect
from loyalcore.errors import InvalidValue
from loyalcore.loyalty import (
    Enrol,
    Line,
    Programme,
    PublishProgramme,
    RecordPurchase,
    RecordReturn,
    Standing,
    programme_from,
    standing,
)
from loyalcore.testing.rules import rule

START = datetime(2026, 1, 1, tzinfo=UTC)
ANN = "loyalty/club/ann"
WINDOWS = st.sampled_from([{"calendar": "month"}, {"calendar": "year"}, {"rolling_days": 30}])
LADDER = [
    {"id": "bronze"},
    {"id": "silver", "entry": 100, "keep": 80},
    {"id": "gold", "entry": 300},
]
HIGHER = ("silver", "gold")
# Days between purchases, and what they cost in fen.
LIVES = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20_000)), min_size=1, max_size=8)


def told(host: Host, at: datetime) -> Standing:
    """Ask for ann's standing."""
    programme = host.state("loyalty/club").at(at)
    answer = standing(host.state(ANN, at), programme, at)
    assert answer is not None
    return answer


def buy(host: Host, at: datetime, fen: int) -> None:
    """Let ann spend."""
    lines = [Line("1", Money.from_minor(fen, "CNY"))]
    order = RecordPurchase(order=f"{at}{fen}", occurred_at=at, recorded_at=at, lines=lines)
    host.submit(ANN, order, key=f"{at}{fen}")


def club(tiers: dict[str, object] | None) -> Programme:
    """Give the club's programme."""
    document = {
        "name": "Club",
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "base": [{"id": "spend"}],
    }
    return programme_from(document if tiers is None else document | {"tiers": tiers})


def lived(window: dict[str, object] | None, life: list[tuple[int, int]]) -> tuple[Host, datetime]:
    """Let ann live; give the host and the present."""
    host = connect("memory://")
    programme = club({"window": window, "ladder": LADDER} if window else None)
    publish = PublishProgramme(programme=programme, effective_from=START, recorded_at=START)
    host.submit("loyalty/club", publish, key="p")
    host.submit(ANN, Enrol(recorded_at=START), key="e")
    now = START
    for days, fen in life:
        now += timedelta(days=days, seconds=1)
        buy(host, now, fen)
    return host, now


@rule("L17.2")
@given(WINDOWS, LIVES, st.booleans())
def test_what_reaches_the_next_tier_reaches_it(
    window: dict[str, object], life: list[tuple[int, int]], enough: bool
) -> None:
    """Spending the sum told, up to the instant told, reaches the next tier; a fen less does not."""
    host, now = lived(window, life)
    before = told(host, now)
    assume(before.next_tier is not None)
    assert before.to_next is not None
    fen = int(before.to_next * 100) - (0 if enough else 1)
    assume(fen > 0)
    at = now + timedelta(seconds=1)
    if enough and before.next_by is not None and before.until is None:
        at = before.next_by - timedelta(microseconds=1)
    buy(host, at, fen)
    assert (told(host, at).tier == before.next_tier) is enough


@rule("L17.3")
@given(WINDOWS, LIVES, st.booleans())
def test_what_keeps_the_tier_keeps_it(
    window: dict[str, object], life: list[tuple[int, int]], enough: bool
) -> None:
    """Spending the sum told before the instant told keeps the tier; a fen less loses it then."""
    host, now = lived(window, life)
    before = told(host, now)
    assume(before.until is not None)
    assert before.until is not None
    fen = int(before.to_keep * 100) - (0 if enough else 1)
    assume(fen > 0 or (enough and before.to_keep == 0))
    if fen > 0:
        at = max(now, before.until - timedelta(seconds=1))
        buy(host, at, fen)
    assert told(host, before.until - timedelta(microseconds=1)).tier == before.tier
    assert (told(host, before.until).tier == before.tier) is enough


@rule("L17.4")
@given(WINDOWS, LIVES)
def test_at_the_bottom_there_is_nothing_to_lose(
    window: dict[str, object], life: list[tuple[int, int]]
) -> None:
    """Who is in the lowest tier has no date to fear; who is at the top has no next tier."""
    host, now = lived(window, life)
    answer = told(host, now)
    assert (answer.until is None) == (answer.tier == "bronze")
    assert (answer.next_tier is None) == (answer.tier == "gold")
    assert answer.to_keep >= 0
    assert answer.to_next is None or answer.to_next > Decimal(0)


@rule("L17.5")
@given(WINDOWS, LIVES, st.integers(1, 400), st.booleans())
def test_a_later_version_with_other_thresholds(
    window: dict[str, object], life: list[tuple[int, int]], entry: int, had_tiers: bool
) -> None:
    """Who joined without tiers stands in the lowest; lowered thresholds ask for no negative sum."""
    host, now = lived(window if had_tiers else None, life)
    ladder = [{"id": "bronze"}, *({"id": id_, "entry": entry + n} for n, id_ in enumerate(HIGHER))]
    publish = PublishProgramme(
        programme=club({"window": window, "ladder": ladder}), effective_from=now, recorded_at=now
    )
    host.submit("loyalty/club", publish, key="second")
    answer = told(host, now)
    assert answer.to_keep >= 0
    assert answer.to_next is None or answer.to_next >= 0
    if not had_tiers:
        assert (answer.tier, answer.since, answer.until) == ("bronze", START, None)


def test_lines_of_another_class_are_refused_by_name() -> None:
    """What is no Line, no MonthDay, or no Programme is named with what to give."""
    with pytest.raises(InvalidValue, match=r"RecordPurchase\.lines.*Line"):
        RecordPurchase(order="A", occurred_at=START, lines=["tea"])  # type: ignore[list-item]
    line = Line("1", Money(1, "CNY"))
    with pytest.raises(InvalidValue, match=r"RecordPurchase\.birthday.*MonthDay"):
        RecordPurchase(order="A", occurred_at=START, lines=[line], birthday="3-8")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match=r"RecordReturn\.lines.*ReturnedLine"):
        RecordReturn(id="R", order="A", occurred_at=START, lines=[line])  # type: ignore[list-item]
    with pytest.raises(InvalidValue, match=r"PublishProgramme\.programme"):
        PublishProgramme(programme={}, effective_from=START)  # type: ignore[arg-type]
