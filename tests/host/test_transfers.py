"""Points between members, and points given by hand (L18, L20)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import Host, InvalidValue, Refused, connect
from loyalcore.errors import AlreadyRecorded, NotAuthorised, NotEnrolled, UnknownCommand
from loyalcore.loyalty import (
    AdjustPoints,
    Enrol,
    Line,
    PublishProgramme,
    RecordPurchase,
    Redeem,
    Transfer,
    programme_from,
)
from loyalcore.loyalty.member.point_commands import ReceivePoints
from loyalcore.testing.rules import rule
from tests.host.raced import Raced
from tests.host.shop import CLUB, CNY, START, day, history

SHOP = {
    "name": "Shop",
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "base": [{"id": "spend"}],
    "expiry": {"after": {"days": 30}},
    "authorities": {"clerk": 50, "manager": 1000},
    "tiers": {
        "window": {"calendar": "year"},
        "ladder": [{"id": "member"}, {"id": "gold", "entry": 300}],
    },
}
MEMBERS = ("ann", "ben", "household")


def opened(store: object = "memory://") -> Host:
    host = connect(store)  # type: ignore[arg-type]
    publish = PublishProgramme(programme=programme_from(SHOP), recorded_at=START)
    host.submit(CLUB, publish, key="p")
    for name in MEMBERS:
        host.submit(f"{CLUB}/{name}", Enrol(recorded_at=START), key=name)
    return host


def buy(host: Host, name: str, points: int, number: int) -> None:
    at, lines = day(number), [Line("1", CNY(points))]
    order = RecordPurchase(order=f"O{number}", occurred_at=at, recorded_at=at, lines=lines)
    host.submit(f"{CLUB}/{name}", order, key=f"O{number}")


DRAWS = st.lists(
    st.tuples(st.sampled_from(MEMBERS), st.sampled_from(MEMBERS), st.integers(1, 200)), max_size=10
)


@rule("L18.1", "L18.2", "L18.3", "J1.15")
@given(st.lists(st.tuples(st.sampled_from(MEMBERS), st.integers(1, 200)), max_size=4), DRAWS)
def test_points_that_change_hands(
    buys: list[tuple[str, int]], gifts: list[tuple[str, str, int]]
) -> None:
    """Each point keeps its expiry, none is lost or made, no tier moves, all of it or nothing."""
    host = opened()
    for number, (name, points) in enumerate(buys):
        buy(host, name, points, number)
    streams = [f"{CLUB}/{name}" for name in MEMBERS]
    at = day(10)

    def by_expiry() -> dict[object, int]:
        found: dict[object, int] = {}
        for stream in streams:
            for lot in host.state(stream, at).lots:
                found[lot.expires_at] = found.get(lot.expires_at, 0) + lot.points
        return found

    tiers = [host.state(stream, at).tier for stream in streams]
    wanted = by_expiry()
    for number, (sender, to, points) in enumerate(gifts):
        before = history(host)
        available = host.state(f"{CLUB}/{sender}", at).available(at)
        command = Transfer(recorded_at=at, transfer=f"T{number}", to=to, points=points)
        try:
            out, in_ = host.submit(f"{CLUB}/{sender}", command, key=f"T{number}").events
        except (Refused, InvalidValue):
            assert points > available or sender == to
            assert history(host) == before
        else:
            assert points <= available
            assert out.points == in_.points == points
            assert [p.expires_at for p in out.parts] == [lot.expires_at for lot in in_.lots]
            again = host.submit(f"{CLUB}/{sender}", command, key=f"T{number}")
            assert again.replayed
            assert again.events == (out, in_)
            for member in (sender, to):
                host.state(f"{CLUB}/{member}").check_invariants()
            with pytest.raises(AlreadyRecorded):
                host.submit(f"{CLUB}/{sender}", command, key=f"again {number}")
        assert by_expiry() == wanted
    assert [host.state(stream, at).tier for stream in streams] == tiers
    host.tick(day(100))
    assert not any(host.state(stream).lots for stream in streams)


@rule("J2.14")
@given(st.integers(1, 100), st.integers(1, 12))
def test_a_transfer_sent_twice_at_once_is_one_transfer(points: int, call: int) -> None:
    """Whichever store call a twin comes before, the loser is given the winner's outcome."""
    store = Raced()
    host = opened(store)
    buy(host, "ann", 100, 1)
    twin = Host(store)
    command = Transfer(recorded_at=day(2), transfer="T", to="ben", points=points)
    won: list[object] = []

    def submit(one: Host) -> tuple[object, ...]:
        return one.submit(f"{CLUB}/ann", command, key="T").events

    store.somebody = lambda: won.extend(submit(twin))
    store.at = call
    assert submit(Host(store)) == (tuple(won) or submit(host))
    assert len(list(host.events(f"{CLUB}/ben"))) == 2


@rule("L18.2")
@given(st.integers(1, 100))
def test_nobody_receives_who_is_not_there(points: int) -> None:
    """A transfer to somebody who has not joined changes nothing on either side."""
    host = opened()
    buy(host, "ann", 100, 1)
    before = history(host)
    command = Transfer(recorded_at=day(2), transfer="T", to="nobody", points=points)
    with pytest.raises(NotEnrolled):
        host.submit(f"{CLUB}/ann", command, key="T")
    assert history(host) == before
    receive = ReceivePoints(recorded_at=day(2), transfer="T", sender="x", parts=())
    with pytest.raises(UnknownCommand):
        host.submit(f"{CLUB}/ann", receive, key="R")


@rule("L18.4")
@given(st.integers(1, 100), st.integers(0, 60))
def test_the_receiver_may_have_gone_on(points: int, later: int) -> None:
    """What is received is recorded no earlier than the receiver's last event."""
    host = opened()
    buy(host, "ann", 100, 1)
    buy(host, "ben", 5, 2 + later)
    command = Transfer(recorded_at=day(2), transfer="T", to="ben", points=points)
    _, received = host.submit(f"{CLUB}/ann", command, key="T").events
    assert received.recorded_at == day(2 + later)
    member = host.state(f"{CLUB}/ben")
    expired = later >= 30
    assert member.available(day(2 + later)) == 5 + points * (not expired)
    member.check_invariants()
    host.tick(day(100))
    host.state(f"{CLUB}/ben").check_invariants()


@rule("L18.5")
@given(st.lists(st.integers(1, 100), min_size=1, max_size=4), st.integers(1, 500))
def test_a_household_pools_its_points(gifts: list[int], spent: int) -> None:
    """A pool is a member that others give to: it spends what they gave, soonest expiry first."""
    host, pool = opened(), f"{CLUB}/household"
    for number, points in enumerate(gifts):
        buy(host, MEMBERS[number % 2], points, number)
    for number, points in enumerate(gifts):
        command = Transfer(recorded_at=day(9), transfer=f"T{number}", to="household", points=points)
        host.submit(f"{CLUB}/{MEMBERS[number % 2]}", command, key=f"T{number}")
    at = day(10)
    redeem = Redeem(recorded_at=at, redemption="r", points=spent)
    if spent > sum(gifts):
        with pytest.raises(Refused):
            host.submit(pool, redeem, key="r")
        return
    (redeemed,) = host.submit(pool, redeem, key="r").events
    expiries = [part.expires_at for part in redeemed.parts]
    assert expiries == sorted(expiries)
    assert host.state(pool).outstanding == sum(gifts) - spent


@rule("L20.1", "L20.2")
@given(
    st.integers(-1500, 1500).filter(bool),
    st.sampled_from(("clerk", "manager", "guest")),
    st.integers(1, 300),
)
def test_points_by_hand(points: int, role: str, earned: int) -> None:
    """Who gives or takes points needs a role that may move so many; who and why stay recorded."""
    host, stream = opened(), f"{CLUB}/ann"
    buy(host, "ann", earned, 1)
    before = history(host)
    command = AdjustPoints(
        recorded_at=day(2), id="A", points=points, actor="joe", role=role, reason="late parcel"
    )
    allowed = {"clerk": 50, "manager": 1000}.get(role, 0)
    if abs(points) > allowed or -points > earned:
        with pytest.raises(Refused) as refused:
            host.submit(stream, command, key="A")
        assert isinstance(refused.value, NotAuthorised) == (abs(points) > allowed)
        assert history(host) == before
        return
    (event,) = host.submit(stream, command, key="A").events
    assert (event.actor, event.role, event.reason) == ("joe", role, "late parcel")
    member = host.state(stream)
    assert member.available(day(2)) == earned + points
    member.check_invariants()
    with pytest.raises(AlreadyRecorded):
        host.submit(stream, command, key="again")


def test_an_adjustment_of_nothing_is_refused() -> None:
    """Neither 0 points nor an unnamed actor."""
    for wrong in ({"points": 0}, {"actor": ""}, {"reason": ""}, {"points": 1.5}):
        fields = {"id": "A", "points": 1, "actor": "joe", "role": "clerk", "reason": "gift"}
        with pytest.raises(InvalidValue):
            AdjustPoints(recorded_at=START + timedelta(1), **(fields | wrong))  # type: ignore[arg-type]
