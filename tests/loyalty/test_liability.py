"""Liability by expiry, and the roll-forward of points (L21)."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidValue
from loyalcore.decider import StreamForgotten
from loyalcore.loyalty import (
    Expectations,
    Fate,
    Liability,
    Lot,
    Member,
    MembershipEnded,
    Part,
    PointsReceived,
    RecordReturn,
    Redeem,
    RollForward,
    UndoRedemption,
    liability,
    lot_flows,
    period_ends,
    roll_forward,
    statement,
)
from loyalcore.loyalty.member.point_commands import ReceivePoints
from loyalcore.money import minor_digits
from loyalcore.testing import rule
from loyalcore.timing import Cycle, zone
from tests.loyalty.club import NOON, History, line, shop
from tests.loyalty.many import begin, clubs, last, pairs_of, some_instant, until

JUST = timedelta(microseconds=1)
SHARES = st.fractions(0, 1, max_denominator=1000)
VALUES = st.integers(0, 50_000).map(lambda n: Decimal(n).scaleb(-4))
PLACES = st.none() | st.integers(0, 99)
OUR_ENDS = st.lists(st.integers(1, 900), max_size=4, unique=True).map(sorted)


def after(at: datetime, days: list[int]) -> list[datetime]:
    return [at + timedelta(days=n) for n in days]


def points_of(histories: list[History], at: datetime) -> list[tuple[str, Any, datetime]]:
    """Lay each outstanding point on the table: its kind, its expiry, when it was earned."""
    table: list[tuple[str, Any, datetime]] = []
    for history in histories:
        state = history.at(at)
        for lot in state.lots:
            kind = "available" if lot.active_at <= at else "pending"
            table += [(kind, gone_at(lot, state), lot.earned_at)] * lot.points
        for held in state.holds:
            for part in held.parts:
                table += [("held", gone_at(part, state), part.earned_at)] * part.points  # type: ignore[list-item]
    return table


def gone_at(points: Lot | Part, state: Member) -> datetime | None:
    ends = [at for at in (points.expires_at, state.idle_at) if at is not None]
    return min(ends) if ends else None


def place(expires_at: datetime | None, ends: list[datetime]) -> int:
    if expires_at is None:
        return len(ends) + 1
    return sum(end < expires_at for end in ends)


def cents(number: Fraction, currency: str) -> int:
    return floor(number * 10 ** minor_digits(currency) + Fraction(1, 2))


@rule("L21.1", "L21.2", "L21.3")
@given(
    clubs(),
    OUR_ENDS,
    st.integers(0, 500),
    PLACES,
    SHARES,
    SHARES,
    st.sampled_from(Cycle),
    VALUES,
)
def test_each_outstanding_point_stands_in_one_bucket(
    drawn: tuple,
    days: list[int],
    later: int,
    there: int | None,
    early: Fraction,
    late: Fraction,
    cycle: Cycle,
    value: Decimal,
) -> None:
    """Point by point: the bucket in which it is gone, its kind, and what is expected of it."""
    programme, histories = drawn
    at = some_instant(histories, later, there, last(histories))
    ends = after(at, days)
    ends += [e for (_, e, _) in points_of(histories, at)[:1] if e and e > (ends or [at])[-1]]
    origin = cycle.start(begin(histories).astimezone(programme.zone).date())
    expectations = Expectations(late, {origin: early}, cycle, programme.timezone)
    states = (history.state for history in histories)
    drawn_up = liability(
        states,
        at,
        fair_value=value,
        currency=programme.currency,
        expected=expectations,
        ends=ends,
    )
    table = points_of(histories, at)
    for n, bucket in enumerate(drawn_up.buckets):
        here = [row for row in table if place(row[1], ends) == n]
        kinds = Counter(kind for kind, _, _ in here)
        assert (bucket.available, bucket.pending, bucket.held) == (
            kinds["available"],
            kinds["pending"],
            kinds["held"],
        )
        in_first = [cycle.start(e.astimezone(programme.zone).date()) == origin for *_, e in here]
        assert bucket.expected == sum(early if first else late for first in in_first)
        assert bucket.points == len(here)
    bounds = [None, *ends, None]
    assert [(b.after, b.by) for b in drawn_up.buckets] == [
        *pairwise(bounds),
        (None, None),
    ]
    assert [b.never for b in drawn_up.buckets] == [False] * (len(ends) + 1) + [True]
    assert drawn_up.points == sum(history.at(at).outstanding for history in histories)
    assert drawn_up.debt == sum(history.at(at).debt for history in histories)
    assert drawn_up.members == len(histories)


@rule("L21.3")
@given(clubs(), OUR_ENDS, st.integers(0, 500), PLACES, st.randoms(use_true_random=False))
def test_neither_sweeping_nor_order_changes_it(
    drawn: tuple, days: list[int], later: int, there: int | None, mixed: Any
) -> None:
    """Whether anything has swept, and in which order members come, is all one."""
    programme, histories = drawn
    at = some_instant(histories, later, there, last(histories))

    def valued(states: list[Member]) -> Liability:
        return liability(
            iter(states),
            at,
            fair_value="0.0137",
            currency=programme.currency,
            expected="0.83",
            ends=after(at, days),
        )

    unswept = [history.state for history in histories]
    swept = [history.at(at) for history in histories]
    mixed.shuffle(swept)
    assert valued(unswept) == valued(swept)


@st.composite
def lots(draw: st.DrawFn) -> tuple[Lot, ...]:
    sizes = draw(st.lists(st.integers(1, 10**9), max_size=6))
    return tuple(
        Lot(
            n,
            "order:x",
            points,
            NOON - timedelta(days=draw(st.integers(0, 400))),
            NOON + timedelta(days=draw(st.integers(-3, 3))),
            draw(st.none() | st.integers(1, 900).map(lambda d: NOON + timedelta(days=d))),
        )
        for n, points in enumerate(sizes, 1)
    )


@rule("L21.4")
@given(lots(), OUR_ENDS, VALUES, SHARES, st.sampled_from(("CNY", "JPY", "KWD")))
def test_money_sums_to_the_total(
    some: tuple, days: list[int], value: Decimal, share: Fraction, currency: str
) -> None:
    """Net and breakage, bucket by bucket, sum to the total value, which is rounded once."""
    drawn_up = liability(
        [Member(lots=some)],
        NOON,
        fair_value=value,
        currency=currency,
        expected=share,
        ends=after(NOON, days),
    )
    total = sum(lot.points for lot in some)
    assert drawn_up.gross.minor == cents(total * Fraction(value), currency)
    minor = [(b.net.minor, b.breakage.minor, b.gross.minor) for b in drawn_up.buckets]
    assert min(min(row) for row in minor) >= 0
    assert [sum(column) for column in zip(*minor, strict=True)] == [
        drawn_up.net.minor,
        drawn_up.breakage.minor,
        drawn_up.gross.minor,
    ]
    unit = Fraction(value) * 10 ** minor_digits(currency)
    for bucket in drawn_up.buckets:
        assert abs(bucket.net.minor - bucket.expected * unit) < 2
        assert abs(bucket.breakage.minor - (bucket.points - bucket.expected) * unit) < 2
        assert f"{bucket.points:,}" in str(drawn_up)
    if share == 1:
        assert drawn_up.net == drawn_up.gross


def test_an_expiry_at_a_periods_end_is_in_the_period() -> None:
    """Points that can be spent to the last instant of a quarter are gone with that quarter."""
    tz = zone("Asia/Shanghai")
    ends = period_ends(NOON, Cycle.QUARTER, 3, tz)
    assert [end.astimezone(tz).isoformat() for end in ends] == [
        "2026-04-01T00:00:00+08:00",
        "2026-07-01T00:00:00+08:00",
        "2026-10-01T00:00:00+08:00",
    ]
    some = tuple(Lot(n, "", n, NOON, NOON, end) for n, end in enumerate(ends, 1))
    drawn_up = liability([Member(lots=some)], NOON, fair_value=1, currency="CNY", ends=ends)
    assert [bucket.points for bucket in drawn_up.buckets] == [1, 2, 3, 0, 0]
    assert "2026-03-31" in drawn_up.table(tz)


@pytest.mark.parametrize(
    "wrong",
    [
        {"fair_value": 0.01},
        {"fair_value": "-1"},
        {"expected": "1.1"},
        {"expected": 0.9},
        {"currency": "XXQ"},
        {"ends": [NOON]},
        {"ends": [NOON + 2 * JUST, NOON + JUST]},
        {"ends": "2026"},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"members": [Member(recorded_at=NOON + JUST)]},
    ],
)
def test_bad_arguments_are_refused(wrong: dict[str, Any]) -> None:
    """Floats, shares outside 0 to 1, ends that do not rise, states of a later instant."""
    fine: dict[str, Any] = {"fair_value": 1, "currency": "CNY", "at": NOON, "members": []}
    with pytest.raises(InvalidValue):
        liability(**(fine | wrong))


# --- the roll-forward -----------------------------------------------------------------------------


@rule("L21.5")
@given(clubs(), st.integers(-10, 800), PLACES, st.integers(0, 400), st.integers(0, 400))
def test_the_roll_forward_adds_up(
    drawn: tuple, first: int, there: int | None, length: int, more: int
) -> None:
    """Opening and movements give closing, adjoining times join, reasons sum as in statements."""
    _, histories = drawn
    opens = some_instant(histories, first, there, begin(histories))
    middle = opens + timedelta(days=length)
    closes = middle + timedelta(days=more)
    pairs = pairs_of(histories)
    one, two = roll_forward(pairs, opens, middle), roll_forward(pairs, middle, closes)
    whole = roll_forward(pairs, opens, closes)
    for part in (one, two, whole):
        came, went = part.issued + part.received, part.redeemed + part.expired + part.clawed
        assert part.opening + came - went - part.moved == part.closing
        assert part.opening + sum(part.reasons.values()) == part.closing
        assert part.opening_debt + part.claimed - part.clawed - part.waived == part.closing_debt
        assert (part.members, part.left_out) == (len(histories), 0)
    assert (one.closing, one.closing_debt) == (two.opening, two.opening_debt)
    for field in ("issued", "received", "redeemed", "expired", "clawed", "moved", "claimed"):
        assert getattr(one, field) + getattr(two, field) == getattr(whole, field)
    said: Counter[str] = Counter()
    received = 0
    for history in histories:
        begun, done = until(history, opens), until(history, closes)
        assert done.events[: len(begun.events)] == begun.events
        for event in done.events[len(begun.events) :]:
            received += event.points if isinstance(event, PointsReceived) else 0
        drawn_up = statement(done.events)
        for movement in drawn_up.movements[len(statement(begun.events).movements) :]:
            said[movement.what] += movement.points
    assert {w: n for w, n in whole.reasons.items() if n} == {w: n for w, n in said.items() if n}
    assert whole.received == received


@rule("L21.5")
@given(clubs(), st.integers(0, 800), PLACES)
def test_it_closes_with_the_liability(drawn: tuple, days: int, there: int | None) -> None:
    """What is outstanding at the close is what the liability at that instant counts."""
    _, histories = drawn
    opens = begin(histories)
    closes = some_instant(histories, days, there, last(histories) + JUST)
    rolled = roll_forward(iter(pairs_of(histories)), opens, closes)
    states = [history.state for history in histories]
    counted = liability(states, closes, fair_value=1, currency="CNY")
    assert (rolled.closing, rolled.closing_debt) == (counted.points, counted.debt)
    parts = (roll_forward([pair], opens, closes) for pair in pairs_of(histories))
    assert sum(parts, RollForward()) == rolled
    of_one_forgotten: Any = [
        ("gone", [MembershipEnded(recorded_at=opens), StreamForgotten(recorded_at=opens)])
    ]
    more = roll_forward([*pairs_of(histories), *of_one_forgotten], opens, closes)
    assert attrs.evolve(more, left_out=0) == rolled
    assert more.left_out == 1


def fates(history: History) -> tuple[Counter[Fate], dict[datetime, int]]:
    """Give points by fate, and by when they were earned those that met none."""
    sums: Counter[Fate] = Counter()
    left: Counter[datetime] = Counter()
    for flow in lot_flows(history.events):
        sums[flow.fate] += flow.points
        sign = 1 if flow.fate in {Fate.ISSUED, Fate.RECEIVED} else -1
        left[flow.earned_at] += sign * flow.points
    return sums, {earned_at: points for earned_at, points in left.items() if points}


@rule("L21.6")
@given(clubs())
def test_each_point_meets_one_fate(drawn: tuple) -> None:
    """By fate the flows sum to the totals, and by lot to what is left of it."""
    _, histories = drawn
    for history in histories:
        sums, left = fates(history)
        t = history.state.totals
        assert sums[Fate.ISSUED] + sums[Fate.RECEIVED] == t.issued
        assert [sums[f] for f in (Fate.REDEEMED, Fate.EXPIRED, Fate.CLAWED, Fate.MOVED)] == [
            t.spent,
            t.expired,
            t.clawed,
            t.moved,
        ]
        there: Counter[datetime] = Counter()
        for _, _, earned_at in points_of([history], last([history])):
            there[earned_at] += 1
        assert left == there


@st.composite
def indebted(draw: st.DrawFn) -> History:
    """Draw members who spend, give back what earned it, and so owe when points come back."""
    history = History.of(
        shop(
            expiry={"after": {"days": draw(st.integers(30, 60))}},
            undo={"lapsed": draw(st.sampled_from(("expired", "reissue")))},
        ),
        joined=NOON,
    )
    small, days = st.integers(1, 60), st.integers(1, 40)
    at = NOON
    for n in "12":
        history.buy(n, line(str(draw(small))), at=at)
        at += timedelta(days=draw(days))
    spent = draw(st.integers(1, max(1, history.at(at).available(at))))
    commands: list[Any] = [
        Redeem(recorded_at=at, redemption="r", points=spent),
        RecordReturn(recorded_at=at, id="b", order=draw(st.sampled_from("12")), occurred_at=at),
        UndoRedemption(recorded_at=at + timedelta(days=draw(days)), id="u", redemption="r"),
    ]
    lots = [
        Part(n, draw(small), at + timedelta(days=draw(st.integers(-9, 9))), "x", NOON, NOON)
        for n in (1, 2)
    ]
    received = ReceivePoints(
        recorded_at=commands[draw(st.integers(1, 2))].recorded_at,
        transfer="t",
        sender="z",
        parts=tuple(lots),
    )
    commands.insert(draw(st.integers(0, 3)), received)
    history.try_all(sorted(commands, key=lambda command: command.recorded_at))
    return history


@rule("L21.6")
@given(indebted())
def test_debts_are_paid_from_the_lots_that_pay_them(history: History) -> None:
    """What comes back, or from others, and repays a debt at once is clawed from its own lot."""
    sums, left = fates(history)
    t = history.state.totals
    assert sums[Fate.ISSUED] + sums[Fate.RECEIVED] == t.issued
    assert (sums[Fate.REDEEMED], sums[Fate.EXPIRED], sums[Fate.CLAWED]) == (
        t.spent,
        t.expired,
        t.clawed,
    )
    there: Counter[datetime] = Counter()
    for lot in history.state.lots:
        there[lot.earned_at] += lot.points
    assert left == there


def test_a_roll_forward_backwards_is_refused() -> None:
    """It runs from an instant to a later one."""
    with pytest.raises(InvalidValue, match=r"roll_forward\.closes"):
        roll_forward([], NOON, NOON - JUST)
    with pytest.raises(InvalidValue, match=r"roll_forward\.opens"):
        roll_forward([], datetime(2026, 1, 1), datetime(2026, 1, 2, tzinfo=UTC))  # noqa: DTZ001
