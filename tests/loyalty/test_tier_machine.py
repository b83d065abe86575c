"""A member's tier under facts of every kind, thickly drawn, beside the obvious model."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition
from hypothesis.stateful import rule as step

from loyalcore.errors import (
    DeadlinePassed,
    GivenByItself,
    RenewalTooEarly,
    TierNotForSale,
    TierStillBought,
    WarrantOver,
)
from loyalcore.loyalty import (
    MEMBER,
    Activity,
    BuyTier,
    CancelTier,
    LiftTier,
    Programme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    RenewTier,
    ReturnedLine,
    SetTier,
    WarrantKind,
)
from loyalcore.loyalty.ledger.tier_counts import counts_within
from loyalcore.money import Money
from loyalcore.testing import rule
from loyalcore.testing.programmes import BEHAVIOURS, TIERS, behaviours, measured_tiers, programmes
from tests.loyalty.club import History, minor_line
from tests.loyalty.slow_model import SlowMember

DAY = timedelta(days=1)
START = datetime(2012, 2, 29, 5, tzinfo=UTC)
TIME: dict[str, Any] = {
    "wait": st.sampled_from((0, 0, 0, 1, 30, 90, "due", "due", "just before")),
    "sweep": st.booleans(),
}
NOW = timedelta(0)
LATE = st.sampled_from((NOW, NOW, timedelta(days=3), timedelta(days=80), "last period"))
SHARES = st.sampled_from((1, 5, 10, 10))


class TierMachine(RuleBasedStateMachine):
    """Facts alone, in amounts that lie about the thresholds."""

    @initialize(
        programme=programmes(
            currency=st.just("CNY"),
            tiers=measured_tiers(also=tuple(f"behaviour:{name}" for name in BEHAVIOURS)),
            behaviours=st.tuples(
                *(behaviours().map(partial(attrs.evolve, id=name)) for name in BEHAVIOURS)
            ),
        )
    )
    def join(self, programme: Programme) -> None:
        self.programme = programme
        self.now = START
        self.count = 0
        self.history = History.of(programme, joined=START)
        self.slow = SlowMember(programme, START)
        self.slow.join()
        self.orders: list[str] = []

    def next_id(self) -> str:
        self.count += 1
        return str(self.count)

    def occurred(self, late: Any) -> datetime:
        """Go back so far, or to a day of the period that ended last."""
        closed = self.history.at(self.now).terms.closed
        if isinstance(late, timedelta) or closed is None:
            return max(START, self.now - (NOW if late == "last period" else late))
        day = datetime(closed.last.year, closed.last.month, closed.last.day, 12, tzinfo=UTC)
        limit = self.now - timedelta(days=self.programme.late_facts_days)
        return max(START, limit, min(self.now, day))

    def pass_time(self, wait: Any, sweep: bool) -> None:
        due = MEMBER.due(self.history.at(self.now))
        if isinstance(wait, int):
            self.now += timedelta(days=wait)
        elif due is not None and due - self.now < timedelta(days=1200):
            self.now = due if wait == "due" else due - timedelta(microseconds=1)
        if sweep:
            self.history.sweep(self.now)
        self.slow.pass_time(self.now)

    @step(
        **TIME,
        late=LATE,
        tier=st.sampled_from(TIERS),
        off=st.integers(-40, 40),
        kind=st.data(),
        back=st.sampled_from((0, 0, 1, 10)),
    )
    def buy(
        self, wait: Any, sweep: bool, late: Any, tier: str, off: int, kind: Any, back: int
    ) -> None:
        """Spend about what a tier asks for, or a part of it."""
        self.pass_time(wait, sweep)
        tiers = self.programme.tiers
        assert tiers is not None
        goals = [t.entry.all.get("spend", t.entry.any.get("spend")) for t in tiers.ladder]
        about = goals[min(TIERS.index(tier), len(goals) - 1)] or 90
        minor = max(0, int(about * 100) // kind.draw(st.sampled_from((1, 1, 2, 5))) + off)
        category = kind.draw(st.sampled_from(("bread", "wine")))
        lines = (minor_line(minor, categories=[category]), minor_line(700, "2"))
        command = RecordPurchase(
            recorded_at=self.now,
            order=self.next_id(),
            occurred_at=self.occurred(late),
            lines=lines[: kind.draw(st.integers(1, 2))],
        )
        assert self.history.tell(command).award.points == self.slow.buy(command, self.now)
        self.slow.does(Activity.PURCHASE, command.occurred_at, self.now)
        self.orders.append(command.order)
        if back:
            self.send_back(command.order, back)

    @step(**TIME, late=LATE, behaviour=st.sampled_from(BEHAVIOURS))
    def behave(self, wait: Any, sweep: bool, late: Any, behaviour: str) -> None:
        self.pass_time(wait, sweep)
        command = RecordBehaviour(
            recorded_at=self.now,
            behaviour=behaviour,
            id=self.next_id(),
            occurred_at=self.occurred(late),
        )
        rule_ = self.programme.behaviour(behaviour)
        if rule_ is not None and rule_.on_joining:
            with pytest.raises(GivenByItself):
                self.history.decide(command)
            return
        assert self.history.tell(command).award.points == self.slow.behave(command, self.now)
        self.slow.does(Activity.BEHAVIOUR, command.occurred_at, self.now)

    @precondition(lambda self: self.orders)
    @step(data=st.data(), **TIME, share=SHARES)
    def give_back(self, data: Any, wait: Any, sweep: bool, share: int) -> None:
        self.pass_time(wait, sweep)
        order = self.orders[-data.draw(st.sampled_from((1, 1, 1, 2, 3))) :][0]
        self.send_back(order, share)

    def send_back(self, order: str, share: int) -> None:
        """Send so many tenths of what is left of an order back."""
        _, _, lines = self.slow.orders[order]
        amounts = {id_: ((x.paid - x.back) * share // 10, 0) for id_, x in lines.items()}
        wanted = tuple(
            ReturnedLine(id_, Money.from_minor(minor, "CNY")) for id_, (minor, _) in amounts.items()
        )
        command = RecordReturn(
            recorded_at=self.now,
            id=self.next_id(),
            order=order,
            occurred_at=self.now,
            lines=wanted,
        )
        self.history.tell(command)
        self.slow.give_back(command.id, order, amounts, self.now)
        self.slow.begin(self.now)

    @rule(
        "L15.3",
        "L15.7",
        "L15.9",
        "L16.1",
        "L16.2",
        "L16.3",
        "L16.4",
        "L16.5",
        "L16.7",
        "L16.9",
        "L16.10",
    )
    @invariant()
    def the_model_agrees(self) -> None:
        """The tier, and when it is looked at, are those of the model."""
        member, slow = self.history.at(self.now), self.slow
        member.check_invariants()
        slow.pass_time(self.now)
        assert (member.tier, member.tier_until) == (slow.tier, slow.until)
        assert self.programme.tiers is not None
        first, last = START.date() - DAY, self.now.date() + DAY
        assert counts_within(member, self.programme, date.min, last) == {
            measure: slow.tiers.amount(measure, first, last)
            for measure in self.programme.tiers.measured
        }


class WarrantMachine(TierMachine):
    """Tiers that are set by hand and bought, besides."""

    def _tier(self, tier: str) -> str:
        assert self.programme.tiers is not None
        ladder = [step.id for step in self.programme.tiers.ladder]
        return tier if tier in ladder else ladder[-1]

    @step(
        **TIME,
        tier=st.sampled_from(TIERS),
        kind=st.sampled_from((WarrantKind.FLOOR, WarrantKind.PIN)),
        days=st.sampled_from((0, 1, 40, 400)),
    )
    def set_tier(self, wait: Any, sweep: bool, tier: str, kind: WarrantKind, days: int) -> None:
        self.pass_time(wait, sweep)
        command = SetTier(
            recorded_at=self.now,
            id=self.next_id(),
            tier=self._tier(tier),
            kind=kind,
            until=self.now + timedelta(days=days),
            actor="joe",
            role="manager",
            reason="sorry",
        )
        if not days:
            with pytest.raises(DeadlinePassed):
                self.history.decide(command)
            return
        self.history.tell(command)
        self.slow.tiers.warrants[kind] = command.id, command.tier, command.until

    @precondition(lambda self: bool(set(self.slow.tiers.warrants) - {WarrantKind.BOUGHT}))
    @step(data=st.data(), **TIME)
    def lift_tier(self, data: Any, wait: Any, sweep: bool) -> None:
        kinds = sorted(self.slow.tiers.warrants, key=str)
        kind = data.draw(st.sampled_from([k for k in kinds if k is not WarrantKind.BOUGHT]))
        id_, _, _ = self.slow.tiers.warrants[kind]
        self.pass_time(wait, sweep)
        command = LiftTier(
            recorded_at=self.now, id=id_, actor="joe", role="manager", reason="enough"
        )
        if kind not in self.slow.tiers.warrants:
            with pytest.raises(WarrantOver):
                self.history.decide(command)
            return
        self.history.tell(command)
        self.slow.tiers.end(kind)

    @step(**TIME, tier=st.sampled_from(TIERS))
    def buy_tier(self, wait: Any, sweep: bool, tier: str) -> None:
        """Buy a tier, or renew it, if it is for sale."""
        self.pass_time(wait, sweep)
        running = self.slow.tiers.warrants.get(WarrantKind.BOUGHT)
        tier = running[1] if running else self._tier(tier)
        assert self.programme.tiers is not None
        sale = next(step.sale for step in self.programme.tiers.ladder if step.id == tier)
        fee = Money(sale.fee if sale else 1, "CNY")
        command: BuyTier | RenewTier = BuyTier(
            recorded_at=self.now, id=self.next_id(), tier=tier, fee=fee
        )
        if sale is None:
            with pytest.raises(TierNotForSale):
                self.history.decide(command)
            return
        if running:
            with pytest.raises(TierStillBought):
                self.history.decide(command)
            command = RenewTier(recorded_at=self.now, id=command.id, purchase=running[0], fee=fee)
        if not self.slow.tiers.pay(running[0] if running else command.id, tier, self.now):
            with pytest.raises(RenewalTooEarly):
                self.history.decide(command)
            return
        self.history.tell(command)

    @precondition(lambda self: WarrantKind.BOUGHT in self.slow.tiers.warrants)
    @step(**TIME)
    def cancel_tier(self, wait: Any, sweep: bool) -> None:
        id_, _, _ = self.slow.tiers.warrants[WarrantKind.BOUGHT]
        self.pass_time(wait, sweep)
        command = CancelTier(recorded_at=self.now, purchase=id_)
        if WarrantKind.BOUGHT not in self.slow.tiers.warrants:
            with pytest.raises(WarrantOver):
                self.history.decide(command)
            return
        ended = self.history.tell(command)
        assert ended.refund == self.slow.tiers.refund(self.now)
        self.slow.tiers.end(WarrantKind.BOUGHT)

    @rule("L16.11", "L25.1", "L25.2", "L25.3", "L25.5")
    @invariant()
    def warrants_agree(self) -> None:
        """What is set and bought ends when the model says, and the earned tier lies beneath."""
        member, slow = self.history.at(self.now), self.slow
        slow.pass_time(self.now)
        assert member.earned_tier == slow.tiers.tier
        found = {w.kind: (w.id, w.tier, w.until) for w in member.terms.warrants}
        assert found == slow.tiers.warrants


TestTiers = TierMachine.TestCase
TestTiers.settings = settings(stateful_step_count=30)
TestWarrants = WarrantMachine.TestCase
TestWarrants.settings = settings(stateful_step_count=40)
