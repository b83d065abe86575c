"""Facts told out of events (L22)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from loyalcore.errors import FactsMissing
from loyalcore.loyalty import (
    MEMBER,
    AdjustPoints,
    AllOf,
    BasketFrom,
    BirthdaySpan,
    Club,
    Counted,
    Discounts,
    Enrol,
    FirstPurchase,
    InCategory,
    InTier,
    KnownOrders,
    Leave,
    MemberFacts,
    Not,
    OnBirthday,
    PlaceHold,
    Programme,
    PurchaseRecorded,
    RecordPurchase,
    Recurs,
    ReleaseHold,
    ReturnRecorded,
    facts_from,
    known_orders,
    simulate,
)
from loyalcore.loyalty.simulation.rebuilding import _CONSEQUENCES, _FIELDS
from loyalcore.testing import rule
from loyalcore.testing.loyalty import member_commands, programmes, purchases, recurrences
from tests.loyalty.club import NOON, History, published, shop
from tests.loyalty.test_replays import MUCH

FEW = settings(max_examples=max(10, settings().max_examples // 2), suppress_health_check=MUCH)
CNY, DAY = st.just("CNY"), timedelta(days=1)


def looked_up(commands: Sequence[Any]) -> Any:
    """Give a look-up of the orders among commands."""
    orders = {c.order: c for c in commands if isinstance(c, RecordPurchase)}
    return lambda member, event: orders[event.order]


@rule("L22.16")
@FEW
@given(programmes().flatmap(lambda p: st.tuples(st.just(p), member_commands(p, max_size=12))))
def test_facts_out_of_events_bring_the_same_events(drawn: tuple) -> None:
    """With the orders looked up, each event's facts are asked again and nothing is refused."""
    programme, commands = drawn
    once, again = History.of(programme), History.of(programme)
    once.try_all(commands)
    for fact in facts_from("ann", once.events, looked_up(commands)):
        again.tell(fact)
    assert again.events == once.events


@rule("L22.16")
@given(st.integers(1, 100), st.integers(0, 40), st.sampled_from(("leave", "lapse", "release")))
def test_a_hold_is_let_go_of_by_who_let_go(points: int, days: int, how: str) -> None:
    """Leaving with open holds, or waiting until they lapse, is no release that was asked for."""
    owner: dict[str, Any] = {"authorities": {"owner": 1000}}
    idle = shop(inactivity={"after": {"months": 6}}, **owner)
    history = History(Club((published(shop(**owner)), published(idle, NOON + days * DAY))))
    at = NOON + 41 * DAY
    told: list[Any] = [
        Enrol(recorded_at=NOON),
        AdjustPoints(
            recorded_at=NOON, id="a", points=points, actor="ann", role="owner", reason="start"
        ),
        PlaceHold(recorded_at=NOON, hold="h", points=points, until=NOON + 40 * DAY),
    ]
    if how == "release":
        told.append(ReleaseHold(recorded_at=NOON, hold="h"))
    told.append(Leave(recorded_at=NOON if how == "leave" else at))
    for command in told:
        history.tell(command)
    assert list(facts_from("ann", history.events, looked_up([]))) == told
    again = History(history.club)
    for command in told:
        again.tell(command)
    assert again.events == history.events


def test_of_each_kind_of_event_it_is_known_who_brings_it() -> None:
    """A command or time: none of the events that a member's stream may hold is left open."""
    told = {PurchaseRecorded, ReturnRecorded, *_FIELDS, *_CONSEQUENCES}
    assert told == {kind.cls for kind in MEMBER.events}


# --- without a look-up ---------------------------------------------------------------------------

PLAIN = st.none() | st.one_of(
    st.builds(Recurs, recurrences()),
    st.builds(InTier, tier=st.just(("silver",))),
    st.builds(FirstPurchase, st.booleans()),
    st.builds(BasketFrom, st.integers(0, 500)),
)


@st.composite
def plain_programmes(draw: DrawFn) -> Programme:
    """Draw programmes that look at nothing but what events hold."""
    drawn = draw(programmes(currency=CNY))

    def plainly(rules: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(attrs.evolve(rule, when=draw(PLAIN)) for rule in rules)

    earning = attrs.evolve(
        drawn.earning,
        discounts=Discounts.AFTER,
        tax=Counted.COUNTED,
        delivery=Counted.LEFT_OUT,
        points_paid=Counted.LEFT_OUT,
    )
    plain = attrs.evolve(
        drawn,
        base=(attrs.evolve(drawn.base[0], when=None), *plainly(drawn.base[1:])),
        bonuses=plainly(drawn.bonuses),
        multipliers=plainly(drawn.multipliers),
        payments=plainly(drawn.payments),
        earning=earning,
    )
    try:
        known_orders(plain)
    except FactsMissing:  # a measure or a benefit of a tier looks at more
        bare = attrs.evolve(earning, stacking={})
        return attrs.evolve(plain, tiers=None, grants=(), rewards=(), earning=bare)
    return plain


@st.composite
def simpler(draw: DrawFn, commands: Sequence[Any]) -> list[Any]:
    """Let some orders have lines that events tell all about."""
    told = []
    plain = {"discount": None, "reward": False, "tax": None, "delivery": False}
    for command in commands:
        if isinstance(command, RecordPurchase) and draw(st.booleans()):
            lines = [attrs.evolve(line, **plain) for line in command.lines]
            told.append(attrs.evolve(command, lines=lines))
        else:
            told.append(command)
    return told


@rule("L22.17")
@FEW
@given(st.data(), plain_programmes(), plain_programmes())
def test_an_order_is_told_by_its_event_or_not_at_all(
    data: st.DataObject, old: Programme, new: Programme
) -> None:
    """What is taken from events comes to what the orders themselves come to."""
    commands = data.draw(member_commands(old))
    at = commands[-1].recorded_at
    bought = data.draw(st.lists(purchases("CNY", st.just(at)), min_size=1, max_size=4))
    commands += [attrs.evolve(one, order=f"more {n}") for n, one in enumerate(bought)]
    commands = data.draw(simpler(commands))
    once = History.of(old)
    once.try_all(commands)
    until = once.events[-1].recorded_at
    sure = list(facts_from("ann", once.events, looked_up(commands)))
    orders = known_orders(old, new)
    told = facts_from("ann", once.events, lambda member, event: _told(orders, event, commands))
    found = simulate([MemberFacts("ann", told)], old, new, until)
    assert found == simulate([MemberFacts("ann", sure)], old, new, until)


def _told(orders: KnownOrders, event: PurchaseRecorded, commands: Sequence[Any]) -> RecordPurchase:
    """Take an order from its event; look up one that has lines of which events do not tell."""
    order = looked_up(commands)("ann", event)
    try:
        return orders("ann", event)
    except FactsMissing as missing:
        if not any(one.reward or one.discount or one.delivery for one in order.lines):
            raise AssertionError("an order that its event tells is refused") from missing
        return order


@rule("L22.17")
@given(st.data())
def test_a_programme_that_looks_at_more_is_named(data: st.DataObject) -> None:
    """With the path of what looks, wherever it stands."""
    nosy = data.draw(
        st.sampled_from(
            [
                InCategory(["tea"]),
                Not(AllOf([FirstPurchase(True), InCategory(["tea"])])),
                OnBirthday(BirthdaySpan.MONTH),
            ]
        )
    )
    place = data.draw(st.sampled_from(["base", "bonuses", "multipliers", "payments"]))
    rules = {
        "base": {"id": "x"},
        "bonuses": {"id": "x", "points": 5},
        "multipliers": {"id": "x", "factor": 2},
        "payments": {"id": "x", "points_per_unit": 10},
    }
    plain = shop(**{place: [rules[place]]})
    programme = attrs.evolve(plain, **{place: [attrs.evolve(getattr(plain, place)[0], when=nosy)]})
    both = data.draw(st.permutations([shop(), programme]))
    with pytest.raises(FactsMissing) as caught:
        known_orders(*both)
    assert f"{place}[0].when" in caught.value.what
    known_orders(shop(), plain)


@rule("L22.17")
@given(st.sampled_from(["discounts", "tax", "delivery", "points_paid"]))
def test_a_basis_that_events_do_not_hold_is_named(field: str) -> None:
    """Prices before discounts and tax; deliveries and points paid where programmes differ."""
    other = {
        "discounts": Discounts.BEFORE,
        "tax": Counted.LEFT_OUT,
        "delivery": Counted.COUNTED,
        "points_paid": Counted.COUNTED,
    }
    odd = attrs.evolve(shop(), earning=attrs.evolve(shop().earning, **{field: other[field]}))
    with pytest.raises(FactsMissing, match=field):
        known_orders(shop(), odd)


def test_a_club_is_looked_at_in_all_its_versions() -> None:
    nosy = shop(multipliers=[{"id": "tea", "factor": 2, "when": {"category": ["tea"]}}])
    with pytest.raises(FactsMissing, match=r"multipliers\[0\].when: category"):
        known_orders(History.of(shop(), nosy).club)
