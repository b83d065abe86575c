"""Holds, and undoing a redemption (L10, L11)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.errors import (
    AlreadyRecorded,
    DeadlinePassed,
    HoldOver,
    HoldTooSmall,
    InsufficientPoints,
    InvalidDocument,
    UndoExceedsRedemption,
    UnknownHold,
    UnknownRedemption,
)
from loyalcore.loyalty import (
    CaptureHold,
    HoldEnd,
    PlaceHold,
    Redeem,
    ReleaseHold,
    Undo,
    UndoRedemption,
    programme_from,
)
from loyalcore.testing import rule
from tests.loyalty.club import NOON, SHANGHAI, History, minor_line, shop
from tests.loyalty.slow_earning import first_instant

DAY = timedelta(days=1)
LIFE = 30


def place(points: int, days: float, at: datetime = NOON, id_: str = "h") -> PlaceHold:
    return PlaceHold(recorded_at=at, hold=id_, points=points, until=at + days * DAY)


def capture(at: datetime, points: int | None = None, id_: str = "h") -> CaptureHold:
    return CaptureHold(recorded_at=at, hold=id_, redemption=f"r {id_}", points=points)


def release(at: datetime, id_: str = "h") -> ReleaseHold:
    return ReleaseHold(recorded_at=at, hold=id_)


def redeem(points: int, at: datetime = NOON, id_: str = "r") -> Redeem:
    return Redeem(recorded_at=at, redemption=id_, points=points)


def undo(at: datetime, points: int | None = None, id_: str = "u") -> UndoRedemption:
    return UndoRedemption(recorded_at=at, id=id_, redemption="r", points=points)


def with_lots(points: list[int], **changes: Any) -> tuple[History, datetime]:
    """Give a member with a lot a day, each of which lives for thirty days, and the last day."""
    history = History.of(shop(expiry={"after": {"days": LIFE}}, **changes), joined=NOON)
    for day, count in enumerate(points):
        history.buy(str(day), minor_line(count * 100), at=NOON + day * DAY)
    return history, NOON + (len(points) - 1) * DAY


LOTS = st.lists(st.integers(1, 60), min_size=1, max_size=5)


@rule("L10.1")
@given(LOTS, st.integers(1, 200), st.integers(1, 200))
def test_what_is_held_cannot_be_spent_or_held_again(lots: list[int], held: int, more: int) -> None:
    """A hold takes what a redemption would, counts as outstanding, and is out of reach."""
    history, at = with_lots(lots)
    if held > sum(lots):
        with pytest.raises(InsufficientPoints):
            history.tell(place(held, 1, at))
        return
    other, _ = with_lots(lots)
    placed = history.tell(place(held, 1, at))
    spent = other.tell(redeem(held, at))
    assert placed.parts == spent.parts
    assert history.state.available(at) == sum(lots) - held
    assert (history.state.outstanding, history.state.held) == (sum(lots), held)
    for ask in (redeem(more, at), place(more, 1, at, "again")):
        if more > sum(lots) - held:
            with pytest.raises(InsufficientPoints) as refused:
                history.decide(ask)
            assert refused.value.available == sum(lots) - held
        else:
            assert history.decide(ask)
    with pytest.raises(AlreadyRecorded):
        history.decide(place(1, 1, at))


@rule("L10.2")
@given(
    LOTS,
    st.integers(1, 40),
    st.sampled_from(("capture", "release", "lapse", "capture some")),
    st.integers(0, 60),
)
def test_a_hold_ends_once(lots: list[int], hours: int, how: str, later: int) -> None:
    """Captured, released or lapsed at its deadline to the microsecond; from then on it is over."""
    history, at = with_lots(lots)
    points = sum(lots)
    history.tell(place(points, hours / 24, at))
    until = at + timedelta(hours=hours)
    just_before = until - timedelta(microseconds=1)
    some = max(1, points // 2)
    if how == "lapse":
        history.sweep(just_before)
        assert history.state.held == points
        history.sweep(until)
        assert history.events[-1].how is HoldEnd.LAPSED  # type: ignore[union-attr]
        assert history.events[-1].recorded_at == until
    else:
        command = release(just_before) if how == "release" else capture(just_before)
        command = capture(just_before, some) if how == "capture some" else command
        with pytest.raises(HoldTooSmall):
            history.decide(capture(just_before, points + 1))
        history.tell(command)
    gone = {"capture": points, "capture some": some}.get(how, 0)
    assert (history.state.held, history.state.totals.spent) == (0, gone)
    assert history.state.available(just_before) == points - gone
    after = max(until, at + later * DAY)
    for ask in (capture(after, 1, "h"), release(after)):
        with pytest.raises(HoldOver) as refused:
            history.decide(ask)
        word = {"lapse": "lapsed", "release": "released"}.get(how, "captured")
        assert (refused.value.hold, refused.value.how) == ("h", word)
    with pytest.raises(UnknownHold):
        history.decide(release(after, "never placed"))


@rule("L10.3")
@given(st.integers(1, 60), st.integers(1, 60), st.booleans(), st.booleans())
def test_points_held_past_their_expiry(points: int, days: int, spend: bool, sweep: bool) -> None:
    """They count as held; captured they are spent, let go of they are expired."""
    history, at = with_lots([points])
    history.tell(place(points, 90, at))
    then = at + days * DAY
    if sweep:
        history.sweep(then)
    assert history.at(then).held == points
    assert history.at(then).totals.expired == 0
    history.tell(capture(then) if spend else release(then))
    totals = history.state.totals
    dead = days > LIFE
    assert (totals.spent, totals.expired) == (points * spend, points * (not spend and dead))
    assert history.state.available(then) == points * (not spend and not dead)


@rule("L10.4")
@given(LOTS, st.integers(1, 100))
def test_held_points_are_not_clawed(lots: list[int], held: int) -> None:
    """A return claims what is not held; the rest is owed, and the hold stays whole."""
    history, at = with_lots(lots)
    held = min(held, sum(lots))
    history.tell(place(held, 5, at))
    order = len(lots) - 1
    told = history.give_back("back", str(order), at)
    assert told.debt == max(0, lots[order] - (sum(lots) - held))
    assert history.state.held == held
    assert history.tell(capture(at)).spent


@rule("L10.5")
@given(st.integers(-1000, 0))
def test_a_deadline_lies_ahead(seconds: int) -> None:
    """A hold until now or before is refused with both instants."""
    history, at = with_lots([5])
    with pytest.raises(DeadlinePassed) as refused:
        history.decide(place(5, seconds / 86_400, at))
    assert refused.value.recorded_at == at >= refused.value.until


@rule("L11.1")
@given(LOTS, st.integers(1, 200), st.lists(st.integers(1, 60), max_size=4))
def test_undoing_gives_the_same_lots_back(lots: list[int], spent: int, parts: list[int]) -> None:
    """Those taken last come back first, with their own expiry; undone whole it never was."""
    history, at = with_lots(lots)
    before = history.state.lots
    spent = min(spent, sum(lots))
    taken = history.tell(redeem(spent, at)).parts
    left = spent
    for number, part in enumerate([*parts, None, None]):
        asked = left if part is None else part
        if asked > left or not left:
            with pytest.raises(UndoExceedsRedemption) as refused:
                history.decide(undo(at, max(1, asked) if left else part, f"u{number}"))
            assert refused.value.remaining == left
            continue
        history.tell(undo(at, part, f"u{number}"))
        left -= asked
        wanted: dict[int, int] = {}
        still = left
        for one in taken:
            kept = min(still, one.points)
            still -= kept
            wanted[one.lot] = kept
        now = {lot.id: lot for lot in history.state.lots}
        for lot in before:
            rest = lot.points - wanted.get(lot.id, 0)
            assert (now[lot.id].points if rest else 0) == rest
            if rest:
                assert now[lot.id].expires_at == lot.expires_at
    assert history.state.lots == before
    assert history.state.totals.spent == 0


LAPSED = st.sampled_from(("expired", "grace", "reissue"))


@rule("L11.2")
@given(st.integers(1, 60), st.integers(1, 40), LAPSED, st.integers(1, 9))
def test_what_lapsed_meanwhile(points: int, days: int, lapsed: str, grace: int) -> None:
    """It stays expired, comes back for days of grace, or is issued anew, as the programme says."""
    policy: dict[str, Any] = {"lapsed": lapsed}
    if lapsed == "grace":
        policy["grace"] = {"days": grace}
    history, at = with_lots([points], undo=policy)
    history.tell(redeem(points, at))
    then = at + days * DAY
    history.tell(undo(then))
    totals, lots = history.state.totals, history.state.lots
    assert totals.spent == 0
    local = then.astimezone(SHANGHAI).date()
    if days <= LIFE:
        assert (totals.expired, totals.issued) == (0, points)
        assert history.state.available(then) == points
    elif lapsed == "expired":
        assert (totals.expired, totals.issued, lots) == (points, points, ())
    else:
        assert (totals.expired, totals.issued) == (points, 2 * points)
        assert (lots[0].id, lots[0].active_at) == (2, then)
        life = grace if lapsed == "grace" else LIFE
        assert lots[0].expires_at == first_instant(local + (life + 1) * DAY, SHANGHAI)


@rule("L11.5")
@given(
    st.integers(2, 60),
    st.lists(st.integers(0, 12), min_size=1, max_size=6),
    st.sampled_from(("grace", "reissue")),
    st.integers(1, 9),
)
def test_a_second_life_is_not_renewed(
    points: int, gaps: list[int], lapsed: str, grace: int
) -> None:
    """Of what came back anew only its own points live longer, and only until that once ends."""
    policy = {"lapsed": lapsed} | ({"grace": {"days": grace}} if lapsed == "grace" else {})
    history, at = with_lots([points], undo=policy)
    kept = points // 2
    history.tell(redeem(kept, at, "kept"))
    history.tell(redeem(points - kept, at))
    at += (LIFE + 1) * DAY
    history.tell(UndoRedemption(recorded_at=at, id="first", redemption="kept"))
    end = at + (grace if lapsed == "grace" else LIFE) * DAY
    for number, gap in enumerate(gaps):
        at += gap * DAY
        available = history.at(at).available(at)
        if available:
            history.tell(redeem(available, at, str(number)))
            at += gap * DAY
            history.tell(UndoRedemption(recorded_at=at, id=str(number), redemption=str(number)))
    assert history.at(at).available(at) == (kept if at.date() <= end.date() else 0)
    history.tell(UndoRedemption(recorded_at=at, id="second", redemption="r"))
    ends = {lot.id: lot.expires_at for lot in history.at(at).lots}
    assert all(lot in {2, 3} for lot in ends)
    later = first_instant(
        at.astimezone(SHANGHAI).date() + ((grace if lapsed == "grace" else LIFE) + 1) * DAY,
        SHANGHAI,
    )
    assert ends[history.state.opened] == later


@rule("L11.3")
@given(st.integers(1, 60), st.integers(1, 60))
def test_an_undoing_counts_once(points: int, some: int) -> None:
    """Its id serves once, whatever it asks, and only for a redemption that is recorded."""
    history, at = with_lots([points])
    with pytest.raises(UnknownRedemption):
        history.decide(undo(at))
    history.tell(redeem(points, at))
    some = min(some, points)
    history.tell(undo(at, some))
    before = history.state
    for again in (some, 1, None):
        with pytest.raises(AlreadyRecorded) as refused:
            history.decide(undo(at, again))
        assert refused.value.ref == "undo:u"
    assert history.state is before


@rule("L11.4")
@given(LOTS, st.integers(1, 100), st.integers(1, 100))
def test_a_captured_hold_is_undone_like_any_redemption(
    lots: list[int], held: int, spent: int
) -> None:
    """What it spent comes back to the same lots."""
    history, at = with_lots(lots)
    before = history.state.lots
    held = min(held, sum(lots))
    history.tell(place(held, 9, at))
    history.tell(capture(at, min(spent, held)))
    history.tell(UndoRedemption(recorded_at=at, id="u", redemption="r h"))
    assert history.state.lots == before


def test_grace_needs_its_days_and_nothing_else_does() -> None:
    """Days of grace stand with grace, and only there."""
    for wrong in ({"lapsed": "grace"}, {"lapsed": "reissue", "grace": {"days": 3}}):
        with pytest.raises(InvalidDocument, match=r"undo\.grace"):
            shop(undo=wrong)
    document = {"name": "Shop", "currency": "CNY", "timezone": "Asia/Shanghai", "base": []}
    assert programme_from(document).undo == Undo()
