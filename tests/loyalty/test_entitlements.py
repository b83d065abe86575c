"""Entitlements: granted once, valid for a time, used so often, revoked with their cause (L24)."""

from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.errors import (
    AlreadyGranted,
    AlreadyRecorded,
    DeadlinePassed,
    FormerMembership,
    InvalidDocument,
    MayNotGrant,
    MayNotRevoke,
    NeverValid,
    NotAuthorised,
    NothingToCompensate,
    Refused,
    ReservationOver,
    RewardUsed,
    RightNotYetValid,
    RightOver,
    RightReserved,
    RightUsedForNow,
    UnknownEntitlement,
    UnknownOrder,
    UnknownReservation,
    UnknownRight,
    UnknownUse,
    UseUndoneBefore,
)
from loyalcore.loyalty import (
    CLUB,
    MEMBER,
    CompensateOrder,
    Enrol,
    EntitlementEnd,
    EntitlementEnded,
    EntitlementGranted,
    GrantEntitlement,
    Leave,
    PublishProgramme,
    RecordBehaviour,
    RecordReturn,
    RedeemReward,
    ReleaseReservation,
    ReserveEntitlement,
    ReturnedLine,
    RevokeEntitlement,
    TierChanged,
    TierKept,
    UndoRedemption,
    UndoUse,
    UseEntitlement,
    entitled,
    programme_from,
)
from loyalcore.testing import rule
from loyalcore.testing.entitlements import entitlements
from loyalcore.testing.loyalty import ZONES, gaps
from loyalcore.timing import Cycle
from tests.loyalty.club import CNY, NOON, SHANGHAI, History, line, minor_line, shop
from tests.loyalty.slow_earning import first_instant, later, next_first_day

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
GIFT = "gift/by hand/c"
YEAR = {"window": {"calendar": "year"}, "ladder": [{"id": "member"}, {"id": "gold", "entry": 100}]}
REWARDS = [{"id": "mug", "points": 30}]
POINTS_TIERS: dict[str, Any] = {
    "window": {"lifetime": True},
    "ladder": [{"id": "member"}, {"id": "gold", "entry": {"any": {"points": 100}}}],
}


def club(gift: dict[str, Any] | None = None, *grants: dict[str, Any], **more: Any) -> Any:
    """A shop with one entitlement, the gift."""
    rules = [{"id": f"grant {n}", "entitlement": "gift"} | each for n, each in enumerate(grants)]
    return shop(entitlements=[{"id": "gift", **(gift or {})}], grants=rules, **more)


def member(gift: dict[str, Any] | None = None, *grants: dict[str, Any], **more: Any) -> History:
    return History.of(club(gift, *grants, **more), joined=NOON)


def grant(at: datetime = NOON, cause: str = "c", **more: Any) -> GrantEntitlement:
    return GrantEntitlement(recorded_at=at, entitlement="gift", cause=cause, actor="joe", **more)


def use(at: datetime, id_: str = "u", right: str = GIFT, **more: Any) -> UseEntitlement:
    return UseEntitlement(recorded_at=at, right=right, use=id_, **more)


def reserve(at: datetime, until: datetime, id_: str = "r", right: str = GIFT) -> ReserveEntitlement:
    return ReserveEntitlement(recorded_at=at, right=right, reservation=id_, until=until)


def undo(at: datetime, id_: str = "u", right: str = GIFT) -> UndoUse:
    return UndoUse(recorded_at=at, right=right, use=id_)


def revoke(at: datetime, right: str = GIFT, **more: Any) -> RevokeEntitlement:
    return RevokeEntitlement(recorded_at=at, right=right, actor="joe", reason="fraud", **more)


def left(history: History, at: datetime, right: str = GIFT) -> int | None:
    """How many uses a member is told are left of a right now; 0 when there is none."""
    told = entitled(history.at(at), history.club.at(at), at)
    return next((each.left_now for each in told if each.right == right), 0)


def granted(history: History) -> list[str]:
    return [e.right.id for e in history.events if isinstance(e, EntitlementGranted)]


@rule("L24.1")
@given(entitlements(), st.sampled_from(ZONES), st.integers(0, 24 * 800))
def test_valid_from_and_until(drawn: Any, zone: str, hours: int) -> None:
    """From the day that ends the pending time to the end of the last day, to the microsecond."""
    at = datetime(2011, 6, 1, tzinfo=NOON.tzinfo) + timedelta(hours=hours)
    gift = attrs.evolve(drawn, id="gift", roles=(), uses=0, limits=())
    programme = attrs.evolve(shop(timezone=zone), entitlements=(gift,))
    tz = programme.zone
    today = at.astimezone(tz).date()
    begins = [at]
    if gift.pending:
        begins.append(first_instant(later(gift.pending, today), tz))
    if gift.first:
        begins.append(first_instant(gift.first, tz))
    ends = [first_instant(gift.last + DAY, tz)] if gift.last else []
    if gift.lasts is not None:
        ends.append(first_instant(later(gift.lasts, today) + DAY, tz))
    begin, end = max(begins), min(ends, default=None)
    history = History.of(programme, joined=at)
    if end is not None and end <= begin:
        with pytest.raises(NeverValid) as never:
            history.decide(grant(at))
        assert (never.value.valid_from, never.value.valid_until) == (begin, end)
        return
    right = history.tell(grant(at)).right
    assert (right.valid_from, right.valid_until) == (begin, end)
    if begin > at:
        with pytest.raises(RightNotYetValid) as early:
            history.decide(use(begin - TICK))
        assert early.value.valid_from == begin
    assert history.decide(use(begin))
    if end is not None:
        assert history.decide(use(end - TICK))
        with pytest.raises(RightOver) as late:
            history.decide(use(end))
        assert (late.value.how, late.value.at) == ("expired", end)


@rule("L24.2")
@given(
    st.integers(0, 4),
    st.integers(1, 3),
    st.sampled_from(Cycle),
    st.lists(st.integers(0, 40), min_size=1, max_size=8),
)
def test_so_often_in_all_and_so_often_a_period(
    uses: int, times: int, per: Cycle, waits: list[int]
) -> None:
    """A use in excess is refused: as used up, or for now with the instant that opens the next."""
    history = member({"uses": uses, "limits": [{"times": times, "per": per.value}]})
    history.tell(grant())
    at, made = NOON, list[date]()
    for number, days in enumerate(waits):
        at += days * DAY
        day = at.astimezone(SHANGHAI).date()
        opens = next_first_day(per, day)
        same = [d for d in made if next_first_day(per, d) == opens]
        free = times - len(same) if not uses else min(times - len(same), uses - len(made))
        assert left(history, at) == free
        if free:
            assert history.tell(use(at, str(number))).used == len(made) + 1
            made.append(day)
            continue
        with pytest.raises((RightOver, RightUsedForNow)) as refused:
            history.tell(use(at, str(number)))
        if isinstance(refused.value, RightOver):
            assert (refused.value.how, len(made)) == ("used up", uses)
        else:
            assert refused.value.again_at == first_instant(opens, SHANGHAI)
            assert (refused.value.times, refused.value.per) == (times, per.value)


@rule("L24.7")
@given(st.integers(1, 90), st.sampled_from(Cycle))
def test_what_ends_before_its_next_period(days: int, per: Cycle) -> None:
    """Used up for now, it says when more comes, and none where it ends before that."""
    history = member(
        {"uses": 2, "lasts": {"days": days}, "limits": [{"times": 1, "per": per.value}]}
    )
    history.tell(grant())
    history.tell(use(NOON, "1"))
    with pytest.raises(RightUsedForNow) as refused:
        history.decide(use(NOON, "2"))
    day = NOON.astimezone(SHANGHAI).date()
    opens, ends = next_first_day(per, day), day + timedelta(days=days + 1)
    again = first_instant(opens, SHANGHAI) if opens < ends else None
    assert refused.value.again_at == again


@rule("L24.3")
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=6), st.data())
def test_a_cause_brings_it_once(causes: list[str], data: Any) -> None:
    """A second grant for a cause is refused, also when the first is used, revoked or expired."""
    history = member({"lasts": {"days": 3}})
    at, before = NOON, set[str]()
    for number, cause in enumerate(causes):
        at += data.draw(st.sampled_from((0, 1, 9))) * DAY
        if cause in before:
            with pytest.raises(AlreadyGranted) as refused:
                history.decide(grant(at, cause))
            assert (refused.value.entitlement, refused.value.cause) == ("gift", cause)
            continue
        id_ = history.tell(grant(at, cause)).right.id
        before.add(cause)
        fate = data.draw(st.sampled_from(("used", "revoked", "kept")))
        if fate == "used":
            history.tell(use(at, str(number), id_))
        elif fate == "revoked":
            history.tell(revoke(at, id_))
    assert len(granted(history)) == len(before)


@rule("L24.4")
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 90), st.integers(0, 100))
def test_what_is_reserved_is_out_of_reach(uses: int, reserved: int, hours: int, later: int) -> None:
    """Nobody else can use it; at its deadline it lapses, and until then it is used once."""
    history = member({"uses": uses})
    history.tell(grant())
    deadline = NOON + timedelta(hours=hours)
    for number in range(reserved):
        command = reserve(NOON, deadline, f"r{number}")
        if number < uses:
            history.tell(command)
            with pytest.raises(AlreadyRecorded):
                history.decide(command)
        else:
            with pytest.raises(RightReserved) as full:
                history.decide(command)
            assert full.value.reservations == tuple(f"r{n}" for n in range(uses))
    with pytest.raises(DeadlinePassed):
        history.decide(reserve(NOON, NOON, "x"))
    at = NOON + timedelta(hours=later)
    placed = min(uses, reserved)
    assert left(history, at) == (uses if at >= deadline else uses - placed)
    if at >= deadline:
        with pytest.raises(ReservationOver) as over:
            history.decide(use(at, reservation="r0"))
        assert (over.value.how, over.value.at) == ("lapsed", deadline)
        return
    if placed == uses:
        with pytest.raises(RightReserved):
            history.decide(use(at))
    history.tell(use(at, reservation="r0"))
    assert left(history, at) == uses - placed
    for number in range(1, placed):
        history.tell(ReleaseReservation(recorded_at=at, reservation=f"r{number}"))
    with pytest.raises(ReservationOver):
        history.decide(ReleaseReservation(recorded_at=at, reservation="r0"))
    assert left(history, at) == uses - 1


@rule("L24.4")
@given(st.integers(0, 20), st.sampled_from(Cycle))
def test_a_reservation_counts_on_its_day(days: int, per: Cycle) -> None:
    """What was reserved is used in the period of its reservation, whenever that is done."""
    history = member({"uses": 0, "limits": [{"times": 1, "per": per.value}]})
    history.tell(grant())
    history.tell(reserve(NOON, NOON + 30 * DAY))
    at = NOON + days * DAY
    told = history.tell(use(at, reservation="r"))
    same = next_first_day(per, at.astimezone(SHANGHAI).date()) == next_first_day(per, told.day)
    assert told.day == NOON.astimezone(SHANGHAI).date()
    assert left(history, at) == (0 if same else 1)


@rule("L24.5")
@given(st.integers(0, 5), st.integers(1, 200), st.lists(gaps(), max_size=4))
def test_it_expires_once(life: int, hours: int, sweeps: list[timedelta]) -> None:
    """At the end of its validity, however often anybody looks; a reservation outlives that."""
    history = member({"lasts": {"days": life}})
    right = history.tell(grant()).right
    assert right.valid_until is not None
    deadline = NOON + timedelta(hours=hours)
    history.tell(reserve(NOON, deadline))
    now = NOON
    for gap in sweeps:
        now += gap
        history.sweep(now)
    ended = [e for e in history.events if isinstance(e, EntitlementEnded)]
    there = [right.valid_until] if now >= right.valid_until else []
    assert [(e.how, e.recorded_at) for e in ended] == [(EntitlementEnd.EXPIRED, t) for t in there]
    at = max(now, right.valid_until)
    if at < deadline:
        assert left(history, at) == 0
        assert history.decide(use(at, reservation="r"))
    else:
        with pytest.raises(RightOver):
            history.decide(use(at, reservation="r"))


@rule("L24.6")
@given(st.integers(1, 3), st.integers(0, 30), st.booleans())
def test_an_undone_use_comes_back(uses: int, days: int, revoked: bool) -> None:
    """If it is still valid, and once; one that was revoked does not come back."""
    history = member({"uses": uses, "lasts": {"days": 20}})
    until = history.tell(grant()).right.valid_until
    for number in range(uses):
        history.tell(use(NOON, str(number), order="O"))
    at = NOON + days * DAY
    if revoked and uses > 1:
        history = member({"uses": uses + 1, "lasts": {"days": 20}})
        history.tell(grant())
        for number in range(uses):
            history.tell(use(NOON, str(number)))
        history.tell(revoke(NOON))
    told = history.tell(undo(at, "0"))
    back = at < until and not (revoked and uses > 1)
    assert (told.given_back, told.used) == (back, uses - 1)
    assert left(history, at) == (1 if back else 0)
    with pytest.raises(UseUndoneBefore):
        history.decide(undo(at, "0"))
    with pytest.raises(AlreadyRecorded):
        history.decide(use(at, "0"))


@rule("L24.7")
@given(st.text("xyz", min_size=1, max_size=3))
def test_what_cannot_be_done_with_entitlements(name: str) -> None:
    """Each refusal has its own class, says of what it speaks, and changes nothing."""
    history = member({"uses": 2, "roles": ["clerk"], "lasts": {"days": 1}})
    history.tell(grant(role="clerk"))
    history.tell(use(NOON))
    history.tell(reserve(NOON, NOON + DAY))
    unknown = attrs.evolve(grant(role="clerk", cause="d"), entitlement=name)
    expected: list[tuple[Any, type[Refused], dict[str, Any]]] = [
        (unknown, UnknownEntitlement, {"entitlement": name, "known": ("gift",)}),
        (grant(cause="d", role=name), MayNotGrant, {"role": name, "roles": ("clerk",)}),
        (use(NOON, "v", name), UnknownRight, {"right": name}),
        (use(NOON, "v"), RightReserved, {"reservations": ("r",)}),
        (use(NOON, "v", reservation=name), UnknownReservation, {"reservation": name}),
        (undo(NOON, name), UnknownUse, {"use": name, "right": GIFT}),
        (undo(NOON, "u", name), UnknownUse, {"use": "u", "right": name}),
        (revoke(NOON, name), UnknownRight, {"right": name}),
        (revoke(NOON, role=name), MayNotRevoke, {"role": name, "roles": ("clerk",)}),
        (revoke(NOON + 9 * DAY), RightOver, {"how": "expired"}),
    ]
    before = history.state
    for command, error, fields in expected:
        with pytest.raises(error) as refused:
            history.decide(command)
        assert {key: getattr(refused.value, key) for key in fields} == fields
        assert str(refused.value)
        assert history.state is before


@rule("L24.8")
@given(st.integers(0, 20_000), st.integers(1, 200), st.booleans())
def test_an_order_brings_what_it_meets(minor: int, least: int, reward: bool) -> None:
    """An order that meets the condition brings it in the same act; two rules bring it once."""
    big = {"on": "order", "when": {"basket_from": least}}
    history = member({}, big, {"on": "order", "when": {"sku": ["tea"]}})
    history.buy("A", minor_line(minor, sku="tea", reward=reward), at=NOON)
    met = minor > 0 and not reward
    assert granted(history) == (["gift/order:A"] if met else [])
    history = member({}, big)
    history.buy("A", minor_line(minor), at=NOON)
    assert granted(history) == (["gift/order:A"] if minor >= max(1, 100 * least) else [])


@rule("L24.8")
@given(st.integers(1, 3), st.integers(0, 6), st.booleans())
def test_a_behaviour_that_earns_brings_it(times: int, deeds: int, other: bool) -> None:
    """As long as the behaviour earns; another one does not."""
    share = [
        {"id": "share", "points": 5, "limits": [{"times": times}]},
        {"id": "rate", "points": 1},
    ]
    history = member({}, {"on": "behaviour", "of": ["share"]}, behaviours=share)
    for number in range(deeds):
        history.tell(
            RecordBehaviour(
                recorded_at=NOON,
                occurred_at=NOON,
                behaviour="rate" if other else "share",
                id=str(number),
            )
        )
    brought = 0 if other else min(times, deeds)
    assert granted(history) == [f"gift/deed:{number}" for number in range(brought)]


@rule("L24.8")
@given(st.integers(1, 30_000), st.integers(0, 4), st.booleans())
def test_tiers_bring_it(minor: int, years: int, sweep: bool) -> None:
    """A tier that is reached, with the order that reaches it; one that is kept, at that instant."""
    rules = {"on": "tier_reached"}, {"on": "tier_kept", "of": ["gold"]}
    history = member({}, *rules, tiers=YEAR)
    history.buy("A", minor_line(minor), at=NOON)
    assert granted(history) == (["gift/order:A"] if minor >= 10_000 else [])
    for year in range(years):
        at = NOON.replace(year=2027 + year)
        if sweep:
            history.sweep(at)
        history.buy(str(year), line("150.00"), at=at)
    brought = [(e.right.id, e.recorded_at) for e in history.events if _brings(e)]
    moved = [e for e in history.events if isinstance(e, TierKept | TierChanged)]
    assert brought == [
        (f"gift/kept:gold/{e.recorded_at.isoformat()}", e.recorded_at)
        for e in moved
        if isinstance(e, TierKept)
    ]


@rule("L24.8")
@given(st.integers(1, 30_000), st.integers(0, 20_000), st.integers(1, 60), st.booleans())
def test_a_tier_at_risk_brings_it(first: int, then: int, days: int, sweep: bool) -> None:
    """At the instant of the warning, so many days before the period's end, to who is warned."""
    rules = {"on": "tier_at_risk", "of": ["gold"]}
    history = member({"lasts": {"days": days}}, rules, tiers=YEAR | {"warn_days": days})
    history.buy("A", minor_line(first), at=NOON)
    history.buy("B", minor_line(then), at=NOON.replace(year=2027))
    end = datetime(2027, 12, 31, 16, tzinfo=NOON.tzinfo)
    warning = end - DAY * days
    if sweep:
        history.sweep(warning)
    history.sweep(end - TICK)
    at_risk = first >= 10_000 and then < 10_000
    brought = [e for e in history.events if isinstance(e, EntitlementGranted)]
    right = f"gift/at risk:gold/{warning.isoformat()}"
    assert [(e.right.id, e.recorded_at) for e in brought] == [(right, warning)] * at_risk
    assert left(history, end - TICK, right) == at_risk


def _brings(event: Any) -> bool:
    return isinstance(event, EntitlementGranted) and "kept:" in event.right.id


@rule("L24.9")
@given(st.integers(1, 5000), st.integers(0, 5000), st.integers(0, 2), st.booleans())
def test_a_returned_order_takes_back_what_it_brought(
    minor: int, part: int, used: int, reserved: bool
) -> None:
    """Once all of it has come back, what is left is revoked, and a use undone does not return."""
    history = member({"uses": 2}, {"on": "order"})
    history.buy("A", minor_line(minor), at=NOON)
    right, part = "gift/order:A", min(part, minor)
    for number in range(used):
        history.tell(use(NOON, str(number), right))
    if reserved and used < 2:
        history.tell(reserve(NOON, NOON + DAY, right=right))
    money = CNY("0.01")
    history.give_back(
        "1", "A", NOON, ReturnedLine("1", attrs.evolve(money, amount=money.amount * part))
    )
    there = left(history, NOON, right)
    assert there == (0 if part == minor else 2 - used - (reserved and used < 2))
    history.give_back("2", "A", NOON)
    assert not history.state.entitlements
    assert [e.how for e in history.events if isinstance(e, EntitlementEnded)] == [
        EntitlementEnd.CAUSE_UNDONE
    ]
    if used:
        assert not history.tell(undo(NOON, "0", right)).given_back
        assert not history.state.entitlements
    elif reserved:
        with pytest.raises(ReservationOver):
            history.decide(ReleaseReservation(recorded_at=NOON, reservation="r"))


@rule("L24.9")
@given(st.integers(1, 4), st.integers(0, 4), st.booleans())
def test_an_order_for_nothing_is_back_with_its_last_line(
    lines: int, back: int, whole: bool
) -> None:
    """A return of some of its free lines, or of none, takes nothing back."""
    history = member(
        {}, {"on": "tier_reached"}, tiers=POINTS_TIERS, earning={"discounts": "before"}
    )
    free = [line("100.00", str(n), discount=CNY("100.00")) for n in range(lines)]
    history.buy("A", *free, at=NOON)
    assert granted(history) == ["gift/order:A"]
    history.tell(
        RecordReturn(
            recorded_at=NOON,
            id="some",
            order="A",
            occurred_at=NOON,
            lines=[ReturnedLine(str(n), quantity=1) for n in range(min(back, lines))],
        )
    )
    assert left(history, NOON, "gift/order:A") == (back < lines)
    if whole:
        history.give_back("rest", "A", NOON)
        assert not history.state.entitlements


@rule("L24.8")
@given(st.lists(st.integers(1, 120), min_size=1, max_size=4))
def test_tiers_reached_on_joining(points: list[int]) -> None:
    """Each is put down to what joining brought when it was reached."""
    gifts = [{"id": str(n), "points": p, "on_joining": True} for n, p in enumerate(points)]
    tiers = POINTS_TIERS | {
        "ladder": [
            {"id": "member"},
            {"id": "silver", "entry": {"any": {"points": 50}}},
            {"id": "gold", "entry": {"any": {"points": 100}}},
        ]
    }
    history = member({}, {"on": "tier_reached"}, tiers=tiers, behaviours=gifts)
    sums = [sum(points[: n + 1]) for n in range(len(points))]
    ranks = [0, *((total >= 50) + (total >= 100) for total in sums)]
    rises = [n for n in range(len(points)) if ranks[n + 1] > ranks[n]]
    assert granted(history) == [f"gift/joining:{n}" for n in rises]


@rule("L24.9")
@given(st.integers(1, 3), st.integers(0, 3), st.integers(0, 90))
def test_an_undone_redemption_takes_back_what_it_brought(
    quantity: int, used: int, points: int
) -> None:
    """A reward taken so often brings so many uses; used, its redemption is not undone whole."""
    history = member({}, {"on": "reward", "of": ["mug"]}, rewards=REWARDS)
    history.buy("A", line("500.00"), at=NOON)
    taken = RedeemReward(recorded_at=NOON, redemption="R", reward="mug", quantity=quantity)
    history.tell(taken)
    right, used = "gift/redemption:R", min(used, quantity)
    assert left(history, NOON, right) == quantity
    for number in range(used):
        history.tell(use(NOON, str(number), right))
    if 0 < points < 30 * quantity:
        history.tell(UndoRedemption(recorded_at=NOON, id="p", redemption="R", points=points))
        assert left(history, NOON, right) == quantity - used
    whole = UndoRedemption(recorded_at=NOON, id="w", redemption="R")
    for number in range(used):
        with pytest.raises(RewardUsed) as refused:
            history.decide(whole)
        assert (refused.value.redemption, refused.value.right) == ("R", right)
        history.tell(undo(NOON, str(number), right))
    history.tell(whole)
    assert left(history, NOON, right) == 0
    assert history.state.available(NOON) == 500


@rule("L24.10")
@given(st.integers(0, 2), st.integers(0, 2), gaps())
def test_revoked_it_is_over(used: int, reserved: int, gap: timedelta) -> None:
    """With what is reserved of it; the event keeps who and why."""
    history = member({"uses": 4})
    history.tell(grant())
    for number in range(used):
        history.tell(use(NOON, str(number)))
    for number in range(reserved):
        history.tell(reserve(NOON, NOON + 9 * DAY, str(number)))
    told = history.tell(revoke(NOON))
    assert (told.actor, told.reason, told.used) == ("joe", "fraud", used)
    assert told.reservations == tuple(str(number) for number in range(reserved))
    assert not history.state.entitlements
    at = NOON + gap
    for command in (use(at, "x"), revoke(at), reserve(at, NOON + 999 * DAY, "x")):
        with pytest.raises(RightOver) as over:
            history.decide(command)
        assert (over.value.how, over.value.at) == ("revoked", NOON)


@rule("L24.11")
@given(st.integers(1, 3), st.booleans(), st.booleans())
def test_who_leaves_keeps_none(count: int, reserved: bool, forgotten: bool) -> None:
    """Leaving and being forgotten end each with an event; nothing comes back on joining again."""
    history = member({"uses": 2})
    for number in range(count):
        history.tell(grant(cause=str(number)))
    right = "gift/by hand/0"
    history.tell(use(NOON, "u", right))
    if reserved:
        history.tell(reserve(NOON, NOON + DAY, right=right))
    else:
        history.tell(use(NOON, "v", right))
    open_ = {each.id for each in history.state.entitlements}
    if forgotten:
        assert MEMBER.close is not None
        history.keep(MEMBER.close(history.state, NOON, history.club))
    else:
        history.tell(Leave(recorded_at=NOON))
    ended = [e for e in history.events if isinstance(e, EntitlementEnded)]
    assert {e.right for e in ended} == open_
    assert {e.how for e in ended} <= {EntitlementEnd.LEFT}
    history.tell(Enrol(recorded_at=NOON + TICK))
    assert not history.tell(undo(NOON + DAY, "u", right)).given_back
    assert not history.state.entitlements
    assert MEMBER.due(history.state) is None


@rule("L24.12")
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_what_a_member_is_told(pending: int, days: int, at_day: int) -> None:
    """Until when, how many uses are left, how many of them now, and when there are more."""
    days = max(pending, days)
    limits = [{"times": 1, "per": "month"}]
    gift = {"pending": {"days": pending}, "lasts": {"days": days}, "uses": 3, "limits": limits}
    history = member(gift | {"kind": "voucher"})
    history.tell(grant())
    at, today = NOON + at_day * DAY, NOON.astimezone(SHANGHAI).date()
    begins = first_instant(today + pending * DAY, SHANGHAI) if pending else NOON
    ends = first_instant(today + (days + 1) * DAY, SHANGHAI)
    told = entitled(history.at(at), history.club.at(at), at)
    if at >= ends:
        assert told == ()
        return
    (gift_told,) = told
    assert (gift_told.valid_from, gift_told.valid_until) == (begins, ends)
    assert (gift_told.left, gift_told.reserved, gift_told.cause) == (3, 0, "c")
    if at < begins:
        assert (gift_told.left_now, gift_told.again_at) == (0, begins)
        return
    assert (gift_told.left_now, gift_told.again_at) == (1, None)
    history.tell(use(at))
    (after,) = entitled(history.state, history.club.at(at), at)
    opens = first_instant(next_first_day(Cycle.MONTH, at.astimezone(SHANGHAI).date()), SHANGHAI)
    assert (after.left, after.left_now) == (2, 0)
    assert after.again_at == (opens if opens < ends else None)


@rule("L24.13")
@given(st.lists(st.sampled_from(("clerk", "manager")), max_size=2, unique=True), st.booleans())
def test_who_may_grant_by_hand(roles: list[str], clerk: bool) -> None:
    """The roles that the programme names, everybody where it names none; the event says who."""
    history = member({"roles": roles})
    role = "clerk" if clerk else "guest"
    command = grant(role=role, reason="late parcel")
    if roles and role not in roles:
        with pytest.raises(MayNotGrant):
            history.decide(command)
        return
    told = history.tell(command)
    assert (told.actor, told.role, told.reason) == ("joe", role, "late parcel")
    assert told.programme == history.club.at(NOON).content_id


@rule("L24.18")
@given(
    st.lists(st.none() | st.lists(st.sampled_from(("clerk", "manager", "guest")), max_size=2)),
    st.sampled_from(("", "clerk", "manager", "guest")),
    st.integers(0, 4),
)
def test_who_may_revoke_by_hand(versions: list[list[str] | None], role: str, after: int) -> None:
    """The roles that the last version in force names that knows it, everybody where it names none;
    what the programme granted is no exception, and who leaves needs no role."""
    history = member({"roles": ["clerk"]}, {"on": "order"})
    history.buy("O", line("10"), at=NOON)
    (right,) = granted(history)
    for number, roles in enumerate(versions, 1):
        publish = PublishProgramme(
            programme=shop() if roles is None else club({"roles": roles}, late_facts_days=number),
            effective_from=NOON + number * DAY,
            recorded_at=NOON,
        )
        history.club = CLUB.fold(history.club, CLUB.decide(history.club, None, publish, None))
    known = [roles for roles in [["clerk"], *versions[:after]] if roles is not None][-1]
    command = revoke(NOON + after * DAY, right, role=role)
    if known and role not in known:
        with pytest.raises(MayNotRevoke) as refused:
            history.decide(command)
        assert refused.value.roles == tuple(known)
        history.tell(Leave(recorded_at=NOON + after * DAY))
        assert history.state.entitlements == ()
        return
    told = history.tell(command)
    assert (told.actor, told.role, told.reason) == ("joe", role, "fraud")


@rule("L24.14")
@given(st.integers(1, 5), st.integers(0, 5))
def test_what_was_granted_keeps_its_terms(before: int, after: int) -> None:
    """A later version changes nothing of it, not even one that knows it no longer."""
    history = member({"uses": before})
    history.tell(grant())
    publish = PublishProgramme(
        programme=club({"uses": after}) if after else shop(),
        effective_from=NOON + DAY,
        recorded_at=NOON,
    )
    history.club = CLUB.fold(history.club, CLUB.decide(history.club, None, publish, None))
    assert left(history, NOON + 2 * DAY) == before
    for number in range(before):
        history.tell(use(NOON + 2 * DAY, str(number)))
    with pytest.raises(RightOver):
        history.decide(use(NOON + 2 * DAY))


@rule("P1.8")
@given(
    st.sampled_from(("entitlement", "behaviour", "reward", "tier_reached", "tier_kept")),
    st.integers(0, 2),
    st.booleans(),
)
def test_a_grant_of_what_there_is_not(what: str, place: int, other_mistake: bool) -> None:
    """It is told under its path, beside whatever else is wrong."""
    rules: list[dict[str, Any]] = [
        {"id": str(n), "entitlement": "gift", "on": "tier_kept", "of": ["gold"]} for n in range(3)
    ]
    if what == "entitlement":
        rules[place]["entitlement"] = "cup"
    else:
        rules[place] |= {"on": what, "of": ["cup"]}
    data = {
        "name": "Shop",
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "base": [{"id": "spend"}],
        "entitlements": [{"id": "gift"}],
        "grants": rules,
        "tiers": YEAR,
        "behaviours": [{"id": "share", "points": 0 if other_mistake else 1}],
    }
    with pytest.raises(InvalidDocument) as refused:
        programme_from(data)
    field = "entitlement" if what == "entitlement" else "of"
    others = {"behaviours[0].points"} if other_mistake else set()
    assert {m.path for m in refused.value.mistakes} == {f"grants[{place}].{field}"} | others


@pytest.mark.parametrize(
    ("gift", "path"),
    [
        ({"first": "2026-03-02", "last": "2026-03-01"}, "entitlements[0].last"),
        ({"lasts": {"days": 3}, "pending": {"days": 4}}, "entitlements[0].lasts"),
        ({"id": "a/b"}, "entitlements[0].id"),
        ({"uses": -1}, "entitlements[0].uses"),
        ({"kind": "cake"}, "entitlements[0].kind"),
    ],
)
def test_entitlements_that_cannot_be_meant(gift: dict[str, Any], path: str) -> None:
    """What is wrong with one is told under its path."""
    with pytest.raises(InvalidDocument) as refused:
        club(gift)
    assert [m.path for m in refused.value.mistakes] == [path]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"on": "behaviour", "when": {"sku": ["tea"]}}, "grants[0].when"),
        ({"on": "order", "of": ["share"]}, "grants[0].of"),
        ({"on": "whim"}, "grants[0].on"),
    ],
)
def test_grants_that_cannot_be_meant(given: dict[str, Any], path: str) -> None:
    """What is wrong with one is told under its path."""
    with pytest.raises(InvalidDocument) as refused:
        club({}, given)
    assert [m.path for m in refused.value.mistakes] == [path]


# --- an order's points once more ------------------------------------------------------------------


def compensate(at: datetime, id_: str = "c", times: int = 1, **more: Any) -> CompensateOrder:
    fields = {"order": "A", "role": "manager"} | more
    return CompensateOrder(
        recorded_at=at, id=id_, times=times, actor="joe", reason="late", **fields
    )


@rule("L20.3")
@given(st.integers(100, 90_000), st.integers(0, 90_000), st.integers(1, 3), st.integers(0, 2000))
def test_an_order_is_compensated_once(minor: int, part: int, times: int, allowed: int) -> None:
    """What it earned and has kept is given so often more, within what the role may move."""
    history = History.of(shop(authorities={"manager": allowed}), joined=NOON)
    earned, part = history.buy("A", minor_line(minor), at=NOON).award.points, min(part, minor)
    cent = CNY("0.01")
    back = ReturnedLine("1", attrs.evolve(cent, amount=cent.amount * part))
    kept = earned - history.give_back("0", "A", NOON, back).points
    command = compensate(NOON, times=times)
    if not kept:
        with pytest.raises(NothingToCompensate):
            history.decide(command)
        return
    if kept * times > allowed:
        with pytest.raises(NotAuthorised) as refused:
            history.decide(command)
        assert (refused.value.asked, refused.value.allowed) == (kept * times, allowed)
        return
    told = history.tell(command)
    assert (told.points, told.order, told.actor) == (kept * times, "A", "joe")
    with pytest.raises(AlreadyRecorded):
        history.decide(command)
    assert history.give_back("1", "A", NOON).points == kept
    assert history.state.available(NOON) == kept * times
    with pytest.raises(NothingToCompensate):
        history.decide(compensate(NOON, "d"))


@rule("L20.3")
@given(st.text("xyz", min_size=1, max_size=3))
def test_what_cannot_be_compensated(order: str) -> None:
    """An order that is not recorded, and one of a membership that has ended."""
    history = History.of(shop(authorities={"manager": 999}), joined=NOON)
    history.buy("A", line("10.00"), at=NOON)
    with pytest.raises(UnknownOrder):
        history.decide(compensate(NOON, order=order))
    history.tell(Leave(recorded_at=NOON))
    history.tell(Enrol(recorded_at=NOON + TICK))
    with pytest.raises(FormerMembership):
        history.decide(compensate(NOON + DAY))
