"""Histories replayed under another programme, and what differs (L22)."""

import json
import weakref
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from loyalcore.errors import InvalidValue, ProgrammesApart, Refused, ReplayFailed
from loyalcore.loyalty import (
    Difference,
    Enrol,
    Limit,
    MemberFacts,
    Prices,
    Programme,
    RecordPurchase,
    RecordReturn,
    Redeem,
    Redeemed,
    RedeemReward,
    Reward,
    UndoRedemption,
    reward_costs,
    simulate,
    statement,
)
from loyalcore.testing import rule
from loyalcore.testing.loyalty import member_commands, programmes
from loyalcore.timing import Cycle
from tests.loyalty.club import NOON, History, line, published, shop

pytestmark = pytest.mark.slow

# Two programmes and several members are much to draw.
MUCH = {*settings().suppress_health_check, HealthCheck.too_slow, HealthCheck.data_too_large}
FEW = settings(max_examples=max(10, settings().max_examples // 3), suppress_health_check=MUCH)
MUG = Reward("mug", 50, limits=(Limit(2, Cycle.MONTH),))
DEAR_MUG = Reward("mug", 40, cost=Decimal("3.505"))
DAY = timedelta(days=1)


@attrs.frozen
class Case:
    """Two programmes, what members did, and an end."""

    old: Programme
    new: Programme
    members: list[tuple[str, list[Any]]]
    until: datetime

    def run(
        self, members: Sequence[tuple[str, list[Any]]] | None = None, **more: Any
    ) -> Difference:
        told = self.members if members is None else members
        facts = (MemberFacts(id_, iter(commands)) for id_, commands in told)
        return simulate(facts, self.old, self.new, self.until, **more)

    def alone(self, programme: Programme) -> list[tuple[str, History, Counter[tuple[str, str]]]]:
        """Run each member by the decider alone."""
        found = []
        for id_, commands in self.members:
            history, refused = History.of(programme), Counter[tuple[str, str]]()
            for command in commands:
                if command.recorded_at <= self.until:
                    try:
                        history.tell(command)
                    except Refused as error:
                        refused[type(command).__name__, type(error).__name__] += 1
                        if getattr(command, "points", 0) and hasattr(command, "lines"):
                            history.try_all([attrs.evolve(command, points=0, hold="")])
            history.sweep(self.until)
            found.append((id_, history, refused))
        return found


@st.composite
def cases(draw: DrawFn, most: int = 3, same: bool = False) -> Case:
    """Draw two programmes of one currency, and members who live under the first."""
    fixed = {"currency": st.just("CNY"), "rewards": st.sampled_from([(), (MUG,), (DEAR_MUG,)])}
    old = draw(programmes(**fixed))
    new = old if same else draw(programmes(**fixed))
    members = []
    for number in range(draw(st.integers(0, most))):
        commands = draw(member_commands(old, max_size=5))
        if draw(st.booleans()):
            commands += _spent_and_returned(commands[-1].recorded_at + 40 * DAY)
        if draw(st.booleans()):
            commands += _mugs(commands[-1].recorded_at, draw(st.integers(1, 3)))
        members.append((f"m{number}", commands))
    instants: Any = [c.recorded_at for _, commands in members for c in commands]
    times = sorted(instants) or [NOON]
    later = draw(st.sampled_from([timedelta(0), DAY, 400 * DAY]))
    until = draw(st.sampled_from([times[-1], times[-1], times[len(times) // 2]])) + later
    return Case(old, new, members, until)


def _spent_and_returned(at: datetime) -> list[Any]:
    """Buy, spend some of the points, and bring the goods back, so that some are owed."""
    later = at + 30 * DAY
    bought = RecordPurchase(order="X", occurred_at=at, recorded_at=at, lines=[line("300")])
    spent = Redeem(redemption="X", points=40, recorded_at=later)
    return [bought, spent, RecordReturn(id="X", order="X", occurred_at=later, recorded_at=later)]


def _mugs(at: datetime, count: int) -> list[Any]:
    """Take a reward some times over, and bring part of the first back, then all of it."""
    taken: list[Any] = [
        RedeemReward(recorded_at=at, redemption=f"mug {n}", reward="mug") for n in range(count)
    ]
    undone = [
        UndoRedemption(recorded_at=at, id=f"back {n}", redemption="mug 0", points=points)
        for n, points in enumerate((20, None))
    ]
    return taken + undone[: count - 1]


# --- the same ------------------------------------------------------------------------------------


@rule("L22.1")
@FEW
@given(cases(same=True))
def test_under_one_programme_nothing_differs(case: Case) -> None:
    """Nobody is touched, and both sides are equal."""
    found = case.run()
    assert found.old == found.new
    assert (found.touched, found.gained, found.lost, found.most_touched) == (0, 0, 0, ())
    assert all(old == new for old, new in found.tiers)


# --- against each member alone -------------------------------------------------------------------


@rule("L22.2")
@FEW
@given(cases())
def test_it_says_what_each_ledger_comes_to(case: Case) -> None:
    """Each side is the sum of the members' own ledgers, their statements and refusals."""
    found = case.run()
    assert found.members == len(case.members)
    for side, programme in ((found.old, case.old), (found.new, case.new)):
        alone = case.alone(programme)
        states = [history.state for _, history, _ in alone]
        for name, total in attrs.asdict(side.totals).items():
            assert total == sum(getattr(state.totals, name) for state in states), name
        statements = [statement(history.events) for _, history, _ in alone]
        assert side.outstanding == sum(drawn.closing for drawn in statements)
        assert side.debt == sum(drawn.debt for drawn in statements)
        moved = sum(m.points for drawn in statements for m in drawn.movements)
        assert side.outstanding == moved
        assert side.refused == dict(sum((refused for _, _, refused in alone), Counter()))
        enrolled = [state for state in states if state.enrolled_at is not None]
        assert side.tiers == dict(Counter(state.tier or "" for state in enrolled))
        assert (side.rises, side.falls) == _moves(alone, programme)
        assert side.expiring == _by_month(states, programme)
        mugs = side.redeemed.get("reward:mug", Redeemed())
        assert (mugs.quantity, mugs.points) == _mugs_kept(alone)
        assert sum(count.points for count in side.redeemed.values()) == side.totals.spent


@rule("L22.2")
@given(st.integers(1, 900), st.integers(1, 24), st.none() | st.integers(1, 24))
def test_inactivity_is_an_expiry_to_come(points: int, idle: int, lasts: int | None) -> None:
    """Points go with their lot or with the member's inactivity, whichever comes first."""
    changes: dict[str, Any] = {"inactivity": {"after": {"months": idle}}}
    if lasts is not None:
        changes["expiry"] = {"after": {"months": lasts}}
    programme = shop(**changes)
    history = History.of(programme, joined=NOON)
    history.buy("A", line(str(points)), at=NOON)
    bought = RecordPurchase(
        recorded_at=NOON, order="A", occurred_at=NOON, lines=[line(str(points))]
    )
    facts = [MemberFacts("ann", iter([Enrol(recorded_at=NOON), bought]))]
    found = simulate(facts, programme, programme, NOON).old.expiring
    ((at, told),) = statement(history.events).expiring
    assert found == {at.astimezone(programme.zone).date().replace(day=1): told}
    assert told == points


def _moves(alone: Any, programme: Programme) -> tuple[int, int]:
    up = down = 0
    for _, history, _ in alone:
        tiers, after = [], History(history.club)
        for event in history.events:
            after.keep([event])
            tiers.append(after.state.tier)
        for one, other in pairwise(tiers):
            ladder = [tier.id for tier in programme.tiers.ladder] if programme.tiers else [None]
            up += ladder.index(other) > ladder.index(one)
            down += ladder.index(other) < ladder.index(one)
    return up, down


def _by_month(states: Any, programme: Programme) -> dict[date | None, int]:
    months: Counter[date | None] = Counter()
    for state in states:
        held = [part for held in state.holds for part in held.parts]
        for lot in [*state.lots, *held]:
            ends = [at for at in (lot.expires_at, state.idle_at) if at is not None]
            local = min(ends).astimezone(programme.zone) if ends else None
            months[date(local.year, local.month, 1) if local else None] += lot.points
    return dict(months)


def _mugs_kept(alone: Any) -> tuple[int, int]:
    """Count what events tell of mugs: taken, and points for them that did not come back."""
    taken = points = 0
    for _, history, _ in alone:
        mugs: set[str] = set()
        for event in history.events:
            name = type(event).__name__
            if name == "PointsRedeemed" and event.taken:
                taken, points = taken + event.taken.quantity, points + event.points
                mugs.add(event.redemption)
            if name == "RedemptionUndone" and event.redemption in mugs:
                back = event.given_back.quantity if event.given_back else 0
                taken, points = taken - back, points - event.points
    return taken, points


@rule("L22.3")
@FEW
@given(st.data(), cases(most=4))
def test_in_any_order_and_parts_it_is_the_same(data: st.DataObject, case: Case) -> None:
    """Members shuffled, parted anywhere and added up in any order give one report."""
    whole = case.run(most=3)
    members = data.draw(st.permutations(case.members))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(members)), max_size=3)))
    ends = [0, *cuts, len(members)]
    parts = [case.run(members[a:b], most=3) for a, b in pairwise(ends)]
    total = Difference.none("CNY", whole.until, 3)
    for part in data.draw(st.permutations(parts)):
        total = data.draw(st.sampled_from([total + part, part + total]))
    assert total == whole
    assert total.table() == whole.table()
    assert total.as_data() == whole.as_data()


@rule("L22.5")
@FEW
@given(cases(most=4), st.integers(0, 4))
def test_the_most_touched_are_named(case: Case, most: int) -> None:
    """Those whose points differ most come first, and whoever is not named differs no more."""
    found = case.run(most=most)
    both = zip(case.alone(case.old), case.alone(case.new), strict=True)
    rows, touched = [], 0
    for (id_, one, no), (_, other, not_) in both:
        had, has = (_kept(history.state) for history in (one, other))
        tiers = one.state.tier or "", other.state.tier or ""
        rows.append((-abs(has - had), tiers[0] == tiers[1], id_, had, has, *tiers))
        touched += bool(had != has or tiers[0] != tiers[1] or no != not_)
    assert found.touched >= touched
    wanted = [row for row in sorted(rows) if row[0] or not row[1]][:most]
    named = [(t.member, t.old, t.new, t.old_tier, t.new_tier) for t in found.most_touched]
    assert named[: len(wanted)] == [row[2:] for row in wanted]
    assert len(named) == min(most, found.touched)
    assert found.gained == sum(row[4] > row[3] for row in rows)
    assert found.lost == sum(row[4] < row[3] for row in rows)


def _kept(state: Any) -> int:
    """Points that were issued and neither expired nor were claimed back, less what is owed."""
    gone = state.totals.expired + state.totals.clawed
    return state.totals.issued - gone - state.debt


# --- refusals ------------------------------------------------------------------------------------


@rule("L22.4")
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 3), st.integers(1, 3))
def test_what_cannot_be_paid_for_is_refused_and_counted(
    bought: int, asked: int, one: int, other: int
) -> None:
    """The same points are asked for under both programmes; too few are there for some."""
    old, new = (shop(base=[{"id": "spend", "points_per_unit": rate}]) for rate in (one, other))
    facts = [
        Enrol(recorded_at=NOON),
        RecordPurchase(order="A", occurred_at=NOON, recorded_at=NOON, lines=[line(str(bought))]),
        Redeem(redemption="R", points=asked, recorded_at=NOON + DAY),
        UndoRedemption(id="U", redemption="R", points=1, recorded_at=NOON + 2 * DAY),
    ]
    found = simulate([MemberFacts("ann", facts)], old, new, NOON + 3 * DAY)
    for side, rate in ((found.old, one), (found.new, other)):
        enough = bought * rate >= asked
        refused = {("Redeem", "InsufficientPoints"): 1, ("UndoRedemption", "UnknownRedemption"): 1}
        assert side.refused == ({} if enough else refused)
        assert side.refusals == (0 if enough else 2)
        assert side.outstanding == bought * rate - (asked - 1) * enough


@rule("L22.4")
@given(st.integers(1, 200), st.integers(1, 200))
def test_a_reward_costs_what_the_programme_asks(one: int, other: int) -> None:
    """The same reward is taken under both, each for its own points."""
    old, new = (shop(rewards=[{"id": "mug", "points": points}]) for points in (one, other))
    facts = [
        Enrol(recorded_at=NOON),
        RecordPurchase(order="A", occurred_at=NOON, recorded_at=NOON, lines=[line("200")]),
        RedeemReward(redemption="R", reward="mug", recorded_at=NOON),
    ]
    found = simulate([MemberFacts("ann", facts)], old, new, NOON)
    assert (found.old.totals.spent, found.new.totals.spent) == (one, other)
    assert [s.redeemed["reward:mug"].quantity for s in (found.old, found.new)] == [1, 1]


@rule("L22.15")
@given(st.integers(1, 100), st.integers(1, 200), st.sampled_from([1, 2]), st.booleans())
def test_an_order_that_points_cannot_pay_for_is_paid_with_money(
    bought: int, points: int, rate: int, allowed: bool
) -> None:
    """It is counted as refused, and earns as money does."""
    base = [{"id": "spend", "points_per_unit": rate}]
    offers = [{"id": "pay", "points_per_unit": 10}]
    old, new = shop(base=base, payments=offers), shop(payments=offers if allowed else [])
    facts = [
        Enrol(recorded_at=NOON),
        RecordPurchase(order="A", occurred_at=NOON, recorded_at=NOON, lines=[line(str(bought))]),
        RecordPurchase(
            order="B", occurred_at=NOON, recorded_at=NOON, lines=[line("100")], points=points
        ),
    ]
    found = simulate([MemberFacts("ann", facts)], old, new, NOON)
    for side, per, offered in ((found.old, rate, True), (found.new, 1, allowed)):
        paid = offered and points <= bought * per
        error = "InsufficientPoints" if offered else "PaymentNotAllowed"
        assert side.refused == ({} if paid else {("RecordPurchase", error): 1})
        assert side.totals.spent == (points if paid else 0)
        earning = 100 - Fraction(points, 10) if paid else 100
        assert side.totals.issued == bought * per + int(earning * per)


# --- one member at a time ------------------------------------------------------------------------


@rule("L22.6")
@FEW
@given(st.integers(1, 60), programmes(currency=st.just("CNY")))
def test_members_are_let_go_of(count: int, programme: Programme) -> None:
    """When the next member is asked for, at most the one before is still held."""
    living: list[weakref.ref[MemberFacts]] = []
    most = 0

    def members() -> Iterator[MemberFacts]:
        nonlocal most
        for number in range(count):
            most = max(most, sum(ref() is not None for ref in living))
            facts = MemberFacts(f"m{number}", [Enrol(recorded_at=NOON)])
            living.append(weakref.ref(facts))
            yield facts
            del facts

    assert simulate(members(), programme, shop(), NOON).members == count
    assert most <= 1


# --- the end -------------------------------------------------------------------------------------


@rule("L22.7")
@FEW
@given(cases(most=3))
def test_later_facts_are_left_out_and_counted(case: Case) -> None:
    """What was recorded after the end changes nothing but how many facts are left out."""
    found = case.run()
    early = [
        (id_, [c for c in commands if c.recorded_at <= case.until])
        for id_, commands in case.members
    ]
    later = sum(len(commands) for _, commands in case.members)
    later -= sum(len(commands) for _, commands in early)
    assert found.left_out == later
    assert attrs.evolve(found, left_out=0) == case.run(early)


@rule("L22.7")
@given(st.integers(0, 60))
def test_time_passes_to_the_end(days: int) -> None:
    """Points expire by the end although nothing is told any more."""
    old, new = shop(expiry={"after": {"days": 30}}), shop()
    facts = [
        Enrol(recorded_at=NOON),
        RecordPurchase(order="A", occurred_at=NOON, recorded_at=NOON, lines=[line("70")]),
    ]
    found = simulate([MemberFacts("ann", facts)], old, new, NOON + days * DAY)
    (month,) = found.old.expiring or (None,)
    assert found.old.totals.expired == (70 if days > 30 else 0)
    assert month == (date(2026, 4, 1) if days <= 30 else None)
    assert found.new.outstanding == found.new.expiring[None] == 70


# --- input that cannot be replayed ---------------------------------------------------------------


@rule("L22.8")
@given(st.text("abc", min_size=1, max_size=3), st.integers(1, 40))
def test_facts_out_of_order_are_told_with_their_member(member: str, days: int) -> None:
    """The member is named, and so is what is wrong."""
    facts = [
        Enrol(recorded_at=NOON),
        Redeem(redemption="R", points=1, recorded_at=NOON - days * DAY),
    ]
    with pytest.raises(ReplayFailed, match="backwards") as caught:
        simulate([MemberFacts(member, facts)], shop(), shop(), NOON)
    assert caught.value.member == member
    with pytest.raises(ReplayFailed, match="recorded_at"):
        simulate([MemberFacts(member, [Enrol()])], shop(), shop(), NOON)


@rule("L22.8")
@given(st.text("abc", min_size=1, max_size=3))
def test_what_fails_is_told_with_its_member(member: str) -> None:
    """Whatever the facts of a member raise."""

    def facts() -> Iterator[Any]:
        yield Enrol(recorded_at=NOON)
        raise ZeroDivisionError("of a source")

    with pytest.raises(ReplayFailed, match="ZeroDivisionError: of a source") as caught:
        simulate([MemberFacts(member, facts())], shop(), shop(), NOON)
    assert caught.value.member == member


def test_two_currencies_are_refused() -> None:
    """Their points stand for different money."""
    with pytest.raises(ProgrammesApart, match="CNY, the other JPY"):
        simulate([], shop(), shop(currency="JPY"), NOON)


def test_differences_of_different_simulations_do_not_add_up() -> None:
    one = simulate([], shop(), shop(), NOON)
    with pytest.raises(InvalidValue, match="same currency, end and most"):
        one + simulate([], shop(), shop(), NOON + DAY)


@pytest.mark.parametrize(("until", "most"), [(datetime(2026, 1, 1), 3), (NOON, -1)])  # noqa: DTZ001
def test_wrong_arguments_are_refused(until: datetime, most: int) -> None:
    with pytest.raises(InvalidValue):
        simulate([], shop(), shop(), until, most=most)


def test_a_club_is_replayed_with_its_versions() -> None:
    """Each fact is judged by the version in force."""
    slow, quick = shop(), shop(base=[{"id": "spend", "points_per_unit": 3}])
    club = History.of(slow).club
    club = attrs.evolve(club, versions=(*club.versions, published(quick, NOON + DAY)))
    facts: list[Any] = [Enrol(recorded_at=NOON)]
    for n in range(3):
        at = NOON + n * DAY
        bought = [line("10")]
        facts.append(RecordPurchase(order=str(n), occurred_at=at, recorded_at=at, lines=bought))
    found = simulate([MemberFacts("ann", facts)], slow, club, NOON + 9 * DAY)
    assert (found.old.totals.issued, found.new.totals.issued) == (30, 70)


# --- money ---------------------------------------------------------------------------------------


@rule("L22.9")
@FEW
@given(
    cases(),
    st.decimals("0", "3", places=4),
    st.decimals("0", "99", places=3),
)
def test_cost_and_liability_are_exact(case: Case, point: Decimal, mug: Decimal) -> None:
    """Spent points cost their value, or the reward its price; outstanding ones are owed in full."""
    found = case.run()
    for prices in (Prices("CNY", point), Prices("CNY", point, {"mug": mug, "cup": Decimal(1)})):
        for side, programme in ((found.old, case.old), (found.new, case.new)):
            histories = [(id_, history.events) for id_, history, _ in case.alone(programme)]
            cost = Fraction(0)
            for row in reward_costs(histories, [programme], Cycle.MONTH, "Asia/Shanghai"):
                if row.what == "reward:mug" and "mug" in prices.rewards:
                    cost += row.quantity * Fraction(mug)
                else:
                    cost += Fraction(row.cost) + (row.points - row.costed) * Fraction(point)
            assert abs(side.cost(prices).minor - cost * 100) <= Fraction(1, 2)
            owed = side.outstanding * Fraction(point) * 100
            assert abs(side.liability(prices).minor - owed) <= Fraction(1, 2)
        told = found.as_data(prices)
        assert told["old"]["cost"] == str(found.old.cost(prices).amount)
        assert json.loads(json.dumps(told)) == told
        assert str(found.new.liability(prices).amount) in found.table(prices).replace(",", "")


def test_prices_in_another_currency_are_refused() -> None:
    found = simulate([], shop(), shop(), NOON)
    with pytest.raises(InvalidValue, match="CNY"):
        found.table(Prices("USD", 1))
    with pytest.raises(InvalidValue, match="CNY"):
        found.as_data(Prices("USD", 1))


def test_the_table_reads_well() -> None:
    """Old, new and difference side by side, and who is touched most."""
    old = shop(expiry={"after": {"days": 30}})
    new = shop(base=[{"id": "spend", "points_per_unit": 2}])
    facts = [
        Enrol(recorded_at=NOON),
        RecordPurchase(order="A", occurred_at=NOON, recorded_at=NOON, lines=[line("1500")]),
        Redeem(redemption="R", points=2000, recorded_at=NOON),
    ]
    found = simulate([MemberFacts("ann", facts)], old, new, datetime(2026, 4, 1, tzinfo=UTC))
    told = " ".join(found.table(Prices("CNY", "0.01")).split())
    assert "1 member, to 2026-04-01T00:00:00+00:00" in told
    assert "issued 1,500 3,000 +1,500" in told
    assert "cost of what was redeemed 0.00 20.00 +20.00" in told
    assert "liability for what is outstanding 15.00 10.00 -5.00" in told
    assert "Redeem: InsufficientPoints 1 0 -1" in told
    assert "touched 1 of 1 member: 1 with more points, 0 with fewer" in told
    assert "ann 1,500 3,000 +1,500" in told
    assert str(found) == found.table()
