"""Members' facts out of a store (L22)."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore import Host, Submission, connect
from loyalcore.errors import FactsMissing, InvalidValue, ReplayFailed
from loyalcore.host import simulate_pieces, store_members, store_pieces
from loyalcore.loyalty import (
    Enrol,
    MemberFacts,
    Programme,
    PublishProgramme,
    RecordPurchase,
    Redeem,
    Transfer,
    known_orders,
    simulate,
)
from loyalcore.testing import rule
from loyalcore.testing.loyalty import member_commands, programmes
from tests.host.lookups import LookUp
from tests.loyalty.club import LONG_AGO, NOON, line, shop
from tests.loyalty.test_replays import MUCH

FEW = settings(max_examples=max(6, settings().max_examples // 4), suppress_health_check=MUCH)
CLUB = "loyalty/shop"
DAY = timedelta(days=1)


def filled(host: Host, programme: Programme, members: dict[str, list[Any]]) -> Counter[str]:
    """Publish a programme and submit what members do; count what is refused."""
    publish = PublishProgramme(programme=programme, effective_from=LONG_AGO, recorded_at=LONG_AGO)
    host.submit(CLUB, publish, key="programme")
    sent = [
        Submission(f"{name} {n}", f"{CLUB}/{name}", command)
        for name, commands in members.items()
        for n, command in enumerate(commands)
    ]
    report = host.submit_many(sent)
    return Counter(refusal.key.split()[0] for refusal in report.refused)


def orders_of(members: dict[str, list[Any]]) -> LookUp:
    return LookUp(
        {
            (name, command.order): command
            for name, commands in members.items()
            for command in commands
            if isinstance(command, RecordPurchase)
        }
    )


@rule("L22.16")
@FEW
@given(st.data(), programmes(currency=st.just("CNY")), programmes(currency=st.just("CNY")))
def test_a_store_is_replayed(data: st.DataObject, old: Programme, new: Programme) -> None:
    """What comes of its members is what its own ledgers say, and under another programme what the
    commands that were taken come to."""
    names = ["ann", "ben", "eve"][: data.draw(st.integers(0, 3))]
    members = {name: data.draw(member_commands(old)) for name in names}
    gone = data.draw(st.sets(st.sampled_from(names))) if names else set()
    with connect("memory://") as host:
        filled(host, old, members)
        times: Any = [c.recorded_at for commands in members.values() for c in commands]
        until = max(times, default=NOON) + data.draw(st.sampled_from([0, 100])) * DAY
        states = [host.state(f"{CLUB}/{name}", at=until) for name in names if name not in gone]
        for name in gone:
            host.forget(f"{CLUB}/{name}", until)
        found = simulate(store_members(host, CLUB, orders_of(members)), old, new, until)
        assert found.members == len(states)
        assert found.old.refused == {}
        for total in ("issued", "spent", "expired", "clawed", "claimed", "waived", "moved"):
            assert getattr(found.old.totals, total) == sum(
                getattr(state.totals, total) for state in states
            )
        assert found.old.outstanding == sum(state.outstanding for state in states)
        club = host.state(CLUB)
        assert simulate(store_members(host, CLUB, orders_of(members)), club, new, until) == found


@rule("L22.18")
@given(st.integers(1, 100), st.sampled_from([1, 2, 3]))
def test_what_others_gave_arrives_as_it_did(points: int, rate: int) -> None:
    """Also where the giver has too little under the other programme."""
    bought = RecordPurchase(order="A", occurred_at=NOON, recorded_at=NOON, lines=[line("100")])
    given_ = Transfer(transfer="T", to="ben", points=points, recorded_at=NOON + DAY)
    spent = Redeem(redemption="R", points=points, recorded_at=NOON + 2 * DAY)
    old = shop()
    new = shop(base=[{"id": "spend", "points_per_unit": f"0.{rate}"}])
    with connect("memory://") as host:
        assert not filled(host, old, {"ben": [Enrol(recorded_at=NOON)]})
        told = [("ann", Enrol(recorded_at=NOON)), ("ann", bought), ("ann", given_), ("ben", spent)]
        for n, (name, command) in enumerate(told):
            host.submit(f"{CLUB}/{name}", command, key=str(n))
        members = store_members(host, CLUB, known_orders(old, new))
        found = simulate(members, old, new, NOON + 3 * DAY)
    for side, issued in ((found.old, 100), (found.new, 10 * rate)):
        could = points <= issued
        assert side.totals.issued == issued + points
        assert side.totals.moved == (points if could else 0)
        assert side.totals.spent == points
        assert side.refused == ({} if could else {("Transfer", "InsufficientPoints"): 1})


@rule("L22.22")
@given(st.integers(1, 90), st.integers(1, 90), st.sampled_from(("joining", "first_purchase")))
def test_friends_come_when_they_did(invite: int, welcome: int, when: str) -> None:
    """Both sides of a referral earn when they did, what that programme gives."""

    def thanking(invited: int, joined: int) -> Programme:
        rows = [{"id": "invite", "points": invited}, {"id": "invited", "points": joined}]
        referral = {"referrer": "invite", "joiner": "invited", "when": when}
        return shop(behaviours=rows, referral=referral)

    old, new = thanking(50, 20), thanking(invite, welcome)
    bought = RecordPurchase(
        order="A", occurred_at=NOON + DAY, recorded_at=NOON + DAY, lines=[line("7")]
    )
    members: dict[str, list[Any]] = {
        "ann": [Enrol(recorded_at=NOON)],
        "ben": [Enrol(recorded_at=NOON, referred_by="ann"), bought],
        "cat": [Enrol(recorded_at=NOON, referred_by="nobody")],
    }
    with connect("memory://") as host:
        assert not filled(host, old, members)
        issued = sum(host.state(f"{CLUB}/{name}").totals.issued for name in members)
        found = simulate(store_members(host, CLUB, known_orders(old, new)), old, new, NOON + DAY)
    assert (found.old.refused, found.new.refused) == ({}, {})
    assert found.old.totals.issued == issued == 50 + 20 + 7
    assert found.new.totals.issued == invite + welcome + 7


def test_processes_share_a_store(tmp_path: Path) -> None:
    """Each opens it anew; a look-up of a module goes with the pieces."""
    members = {
        f"m{n}": [
            Enrol(recorded_at=NOON),
            RecordPurchase(
                order="A", occurred_at=NOON, recorded_at=NOON, lines=[line(str(10 + n), sku="tea")]
            ),
        ]
        for n in range(7)
    }
    old, new = shop(), shop(base=[{"id": "tea", "when": {"sku": ["tea"]}, "points_per_unit": 2}])
    url = f"sqlite:///{tmp_path / 'club.db'}"
    with connect(url) as host:
        filled(host, old, members)
    pieces = store_pieces(url, CLUB, orders_of(members), size=2)
    assert [piece.size for piece in pieces] == [2, 2, 2, 1]
    found = simulate_pieces(pieces, old, new, NOON, processes=2)
    assert found == simulate((MemberFacts(*each) for each in members.items()), old, new, NOON)
    assert (found.old.totals.issued, found.new.totals.issued) == (91, 182)


def test_pieces_of_nobody_are_refused() -> None:
    with pytest.raises(InvalidValue, match=r"store_pieces\.size: 0"):
        store_pieces("memory://", CLUB, LookUp({}), size=0)
    with pytest.raises(InvalidValue, match=r"store_pieces\.entry_points: 'good'"):
        store_pieces("memory://", CLUB, LookUp({}), entry_points="good")


def test_a_look_up_that_no_process_can_be_sent_is_refused(tmp_path: Path) -> None:
    """A lambda serves in this process, and elsewhere the fix is told."""
    url = f"sqlite:///{tmp_path / 'club.db'}"
    with connect(url) as host:
        filled(host, shop(), {name: [Enrol(recorded_at=NOON)] for name in "ab"})
    pieces = store_pieces(url, CLUB, lambda member, event: event, size=1)  # type: ignore[return-value]
    assert simulate_pieces(pieces, shop(), shop(), NOON).members == 2
    with pytest.raises(InvalidValue, match="a function of a module as look-up"):
        simulate_pieces(pieces, shop(), shop(), NOON, processes=2)


def test_a_missing_fact_is_told_with_its_member() -> None:
    """An order with a reward among its lines is not known from its event."""
    lines = [line("10"), line("5", id_="2", reward=True)]
    bought = RecordPurchase(order="A", occurred_at=NOON, recorded_at=NOON, lines=lines)
    with connect("memory://") as host:
        filled(host, shop(), {"ann": [Enrol(recorded_at=NOON), bought]})
        with pytest.raises(ReplayFailed, match="order 'A', line '2'") as caught:
            simulate(store_members(host, CLUB, known_orders(shop())), shop(), shop(), NOON)
    assert caught.value.member == "ann"
    assert isinstance(caught.value.__cause__, FactsMissing)
