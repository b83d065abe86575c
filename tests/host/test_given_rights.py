"""Entitlements that members give each other (L24)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import Host, InvalidValue, Refused, connect
from loyalcore.errors import (
    AlreadyRecorded,
    ReceiverNotEnrolled,
    RewardUsed,
    RightNotTransferable,
    RightOver,
    RightReserved,
    UnknownCommand,
)
from loyalcore.loyalty import (
    AdjustPoints,
    Enrol,
    GrantEntitlement,
    Leave,
    PublishProgramme,
    RedeemReward,
    ReserveEntitlement,
    Right,
    TransferEntitlement,
    UndoRedemption,
    UseEntitlement,
    entitled,
    programme_from,
)
from loyalcore.loyalty.member.entitlement_handing import ReceiveEntitlement
from loyalcore.testing import rule
from tests.host.shop import CLUB, START, day, history
from tests.host.test_commands import Raced

NAMES = ("ann", "ben", "cat")
SHOP = {
    "name": "Shop",
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "base": [{"id": "spend"}],
    "rewards": [{"id": "voucher", "points": 5}],
    "authorities": {"manager": 1000},
    "entitlements": [
        {
            "id": "coupon",
            "uses": 3,
            "lasts": {"days": 30},
            "limits": [{"times": 2, "per": "day"}],
            "transferable": True,
        },
        {"id": "own"},
    ],
    "grants": [{"id": "g", "entitlement": "coupon", "on": "reward", "of": ["voucher"]}],
}


def opened(store: Any = "memory://") -> Host:
    host = connect(store)
    publish = PublishProgramme(programme=programme_from(SHOP), recorded_at=START)
    host.submit(CLUB, publish, key="p")
    for name in NAMES:
        host.submit(f"{CLUB}/{name}", Enrol(recorded_at=START), key=name)
    return host


def granted(host: Host, name: str, entitlement: str = "coupon") -> Right:
    command = GrantEntitlement(entitlement=entitlement, cause="c", actor="joe", recorded_at=day(1))
    (event,) = host.submit(f"{CLUB}/{name}", command, key=f"{name} {entitlement}").events
    return event.right


def gives(host: Host, name: str, right: str, to: str, id_: str, at: Any) -> Any:
    command = TransferEntitlement(right=right, transfer=id_, to=to, recorded_at=at)
    return host.submit(f"{CLUB}/{name}", command, key=id_).events


@rule("L24.15")
@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from((*NAMES, "nobody")), st.booleans()),
        max_size=10,
    )
)
def test_a_coupon_goes_round(steps: list[tuple[str, str, bool]]) -> None:
    """It is somebody's alone, with its validity and the uses left; all of a transfer or nothing."""
    host = opened()
    right, holder, used = granted(host, "ann"), "ann", 0
    ends, id_ = right.valid_until, right.id
    for number, (name, to, uses) in enumerate(steps):
        at = day(2 + number)
        if uses and used < 2:
            command = UseEntitlement(right=id_, use=str(number), recorded_at=at)
            host.submit(f"{CLUB}/{holder}", command, key=f"use {number}")
            used += 1
        before = history(host)
        try:
            out, in_ = gives(host, name, id_, to, f"T{number}", at)
        except (Refused, InvalidValue):
            assert name != holder or to in {holder, "nobody"}
            assert history(host) == before
            continue
        assert name == holder
        assert gives(host, name, id_, to, f"T{number}", at) == (out, in_)
        with pytest.raises(RightOver, match="given away"):
            gives(host, name, id_, to, f"again {number}", at)
        holder, id_ = to, in_.right.id
        for each in NAMES:
            state = host.state(f"{CLUB}/{each}", at)
            state.check_invariants()
            told = entitled(state, programme_from(SHOP), at)
            wanted = [(id_, ends, 3 - used)] if each == holder else []
            assert [(one.right, one.valid_until, one.left) for one in told] == wanted
    host.tick(day(100))
    assert not any(host.state(f"{CLUB}/{each}").entitlements for each in NAMES)


@rule("L24.15")
@given(st.integers(0, 60))
def test_the_receiver_may_have_gone_on(later: int) -> None:
    """What comes is recorded no earlier than the receiver's last event; what is over by then is."""
    host = opened()
    right = granted(host, "ann")
    gift = AdjustPoints(
        id="A", points=1, actor="joe", role="manager", reason="x", recorded_at=day(2 + later)
    )
    host.submit(f"{CLUB}/ben", gift, key="A")
    _, received = gives(host, "ann", right.id, "ben", "T", day(2))
    assert received.recorded_at == day(2 + later)
    over = right.valid_until is not None and right.valid_until <= day(2 + later)
    assert received.expired == over
    state = host.state(f"{CLUB}/ben")
    state.check_invariants()
    assert len(state.entitlements) == (not over)
    if over:
        with pytest.raises(RightOver, match="expired"):
            gives(host, "ben", received.right.id, "cat", "U", day(70))


@rule("L24.15", "J2.14")
@given(st.integers(1, 14), st.booleans())
def test_given_twice_at_once(call: int, other: bool) -> None:
    """Whatever another host does before whichever store call, it goes to one of them."""
    store = Raced()
    host = opened(store)
    right = granted(host, "ann")
    twin = Host(store)

    def somebody() -> None:
        gives(twin, "ann", right.id, "cat" if other else "ben", "U" if other else "T", day(2))

    store.somebody, store.at = somebody, call
    try:
        gives(Host(store), "ann", right.id, "ben", "T", day(2))
    except RightOver:
        assert other
    store.at = 0
    held = {name: len(host.state(f"{CLUB}/{name}").entitlements) for name in NAMES}
    assert held["ann"] == 0
    assert held["ben"] + held["cat"] == 1


@rule("L24.16")
@given(
    st.sampled_from(("own", "nobody", "unknown", "oneself", "left", "same transfer", "reserved"))
)
def test_what_is_not_given(how: str) -> None:
    """Each refusal says why and changes nothing on either side."""
    host = opened()
    right = granted(host, "ann").id
    own = granted(host, "ann", "own").id
    if how == "left":
        host.submit(f"{CLUB}/ben", Leave(recorded_at=day(1)), key="leaves")
    if how == "same transfer":
        gives(host, "ann", right, "ben", "T", day(2))
        right = own
    if how == "reserved":
        command = ReserveEntitlement(right=right, reservation="E", until=day(9), recorded_at=day(1))
        host.submit(f"{CLUB}/ann", command, key="E")
    error: Any = {
        "reserved": RightReserved,
        "own": RightNotTransferable,
        "nobody": ReceiverNotEnrolled,
        "left": ReceiverNotEnrolled,
        "oneself": InvalidValue,
        "same transfer": AlreadyRecorded,
    }.get(how, Refused)
    to = {"nobody": "nobody", "oneself": "ann"}.get(how, "ben")
    id_ = {"own": own, "unknown": "coupon/by hand/x"}.get(how, right)
    before = history(host)
    gives_ = TransferEntitlement(right=id_, transfer="T", to=to, recorded_at=day(2))
    with pytest.raises(error):
        host.submit(f"{CLUB}/ann", gives_, key="x")
    assert history(host) == before


@rule("L24.17")
@given(st.booleans(), st.booleans())
def test_what_was_given_stays(used: bool, back: bool) -> None:
    """A redemption whose entitlement was given away is not undone whole, whatever comes back."""
    host = opened()
    ann = f"{CLUB}/ann"
    gift = AdjustPoints(
        id="A", points=9, actor="joe", role="manager", reason="x", recorded_at=day(1)
    )
    host.submit(ann, gift, key="A")
    taken = RedeemReward(redemption="R", reward="voucher", recorded_at=day(1))
    host.submit(ann, taken, key="R")
    (right,) = host.state(ann).entitlements
    _, received = gives(host, "ann", right.id, "ben", "T", day(2))
    if used:
        use = UseEntitlement(right=received.right.id, use="U", recorded_at=day(2))
        host.submit(f"{CLUB}/ben", use, key="U")
    if back:
        gives(host, "ben", received.right.id, "ann", "B", day(3))
    with pytest.raises(RewardUsed) as refused:
        host.submit(ann, UndoRedemption(id="X", redemption="R", recorded_at=day(4)), key="X")
    assert refused.value.right == right.id
    some = UndoRedemption(id="Y", redemption="R", points=4, recorded_at=day(4))
    host.submit(ann, some, key="Y")


def test_no_host_receives_for_a_member() -> None:
    """What a transfer leads to is nobody's to send."""
    host = opened()
    right = granted(host, "ann")
    command = ReceiveEntitlement(transfer="T", sender="x", right=right)
    with pytest.raises(UnknownCommand):
        host.submit(f"{CLUB}/ben", command, key="x")
