"""A member's tier under facts of every kind, thickly drawn, beside the obvious model."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition
from hypothesis.stateful import rule as step

from loyalcore.loyalty import (
    MEMBER,
    Programme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    ReturnedLine,
)
from loyalcore.loyalty.tier_counts import counts_within
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

    @step(**TIME, late=LATE, tier=st.sampled_from(TIERS), off=st.integers(-40, 40), kind=st.data())
    def buy(self, wait: Any, sweep: bool, late: Any, tier: str, off: int, kind: Any) -> None:
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
        self.orders.append(command.order)

    @step(**TIME, late=LATE, behaviour=st.sampled_from(BEHAVIOURS))
    def behave(self, wait: Any, sweep: bool, late: Any, behaviour: str) -> None:
        self.pass_time(wait, sweep)
        command = RecordBehaviour(
            recorded_at=self.now,
            behaviour=behaviour,
            id=self.next_id(),
            occurred_at=self.occurred(late),
        )
        assert self.history.tell(command).award.points == self.slow.behave(command, self.now)

    @precondition(lambda self: self.orders)
    @step(data=st.data(), **TIME, share=SHARES)
    def give_back(self, data: Any, wait: Any, sweep: bool, share: int) -> None:
        self.pass_time(wait, sweep)
        order = self.orders[-data.draw(st.sampled_from((1, 1, 1, 2, 3))) :][0]
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


TestTiers = TierMachine.TestCase
TestTiers.settings = settings(stateful_step_count=30)
