"""A member under every command in any order, beside the obvious model."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
)
from hypothesis.stateful import rule as step

from loyalcore.errors import (
    AlreadyRecorded,
    DeadlinePassed,
    HoldOver,
    HoldTooSmall,
    InsufficientPoints,
    NotAuthorised,
    PaymentNotAllowed,
    ReturnExceedsPurchase,
    UndoExceedsRedemption,
)
from loyalcore.loyalty import (
    MEMBER,
    Activity,
    AdjustPoints,
    CaptureHold,
    Enrol,
    ExpiryAhead,
    Fate,
    Line,
    PlaceHold,
    Programme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    ReferralReason,
    ReleaseHold,
    ReturnedLine,
    Transfer,
    UndoRedemption,
    lot_flows,
    payment_quotes,
)
from loyalcore.loyalty.member.point_commands import ReceivePoints
from loyalcore.loyalty.member.referral_commands import (
    AnswerReferral,
    BringFriend,
    EarnReferral,
    UndoReferral,
)
from loyalcore.money import Money
from loyalcore.testing import rule
from loyalcore.testing.loyalty import CHANNELS, STORES, gaps, month_days, orders, programmes
from tests.loyalty.account import Account
from tests.loyalty.club import History
from tests.loyalty.slow_earning import spread
from tests.loyalty.slow_model import SlowMember
from tests.loyalty.slow_referral import SlowReferral

ROLES = ("clerk", "manager", "guest")
WAYS = ("all", "amount", "amount", "pieces", "too much")
NOW = timedelta(0)
TIME: dict[str, Any] = {
    "wait": st.sampled_from((NOW, NOW, NOW, timedelta(hours=9), "due", "just before")) | gaps(),
    "sweep": st.booleans(),
}
START = datetime(2011, 11, 20, 5, tzinfo=UTC)


class MemberMachine(RuleBasedStateMachine):
    """The decider and the model are told the same, and must agree after each step."""

    @initialize(programme=programmes(), yes=st.booleans())
    def join(self, programme: Programme, yes: bool) -> None:
        self.programme = programme
        self.now = START
        self.count = 0
        self.history = History.of(programme)
        self.history.tell(Enrol(recorded_at=START, referred_by="zoe"))
        no = None if yes else ReferralReason.NOT_A_MEMBER
        self.history.tell(AnswerReferral(recorded_at=START, reason=no))
        self.slow = SlowMember(programme, START)
        self.slow.join()
        self.referral = SlowReferral(self.slow)
        self.referral.answered(yes)
        self.orders: list[str] = []
        self.redemptions: list[str] = []
        self.holds: list[str] = []

    def next_id(self) -> str:
        self.count += 1
        return str(self.count)

    def occurred(self, late: timedelta) -> datetime:
        return max(START, self.now - late)

    def pass_time(self, wait: timedelta | str, sweep: bool) -> None:
        """Let time pass, or wait until something falls due or just before; then maybe sweep."""
        due = MEMBER.due(self.history.at(self.now))
        if isinstance(wait, timedelta):
            self.now += wait
        elif due is not None and due - self.now < timedelta(days=1200):
            self.now = due if wait == "due" else due - timedelta(microseconds=1)
        if sweep:
            self.history.sweep(self.now)
        self.slow.pass_time(self.now)

    # --- what members do -------------------------------------------------------------------------

    @step(
        data=st.data(),
        **TIME,
        late=st.sampled_from((timedelta(0), timedelta(hours=9), timedelta(days=80))),
        birthday=st.none() | month_days(),
        channel=st.sampled_from(CHANNELS),
        store=st.sampled_from(STORES),
        paying=st.sampled_from((0, 0, 1, 5, 10)),
    )
    def buy(
        self, data: Any, wait: Any, sweep: bool, late: timedelta, paying: int, **where: Any
    ) -> None:
        self.pass_time(wait, sweep)
        lines: tuple[Line, ...] = data.draw(orders(self.programme.currency))
        command = RecordPurchase(
            recorded_at=self.now,
            order=self.next_id(),
            occurred_at=self.occurred(late),
            lines=lines,
            **where,
        )
        if paying and self.programme.payments:
            command = self.with_points(data, command, paying)
            if self.slow.payable(command, self.now):
                with pytest.raises((PaymentNotAllowed, HoldTooSmall, InsufficientPoints, HoldOver)):
                    self.history.decide(command)
                return
        recorded = self.history.tell(command)
        assert recorded.award.points == self.slow.buy(command, self.now)
        self.slow.does(Activity.PURCHASE, command.occurred_at, self.now)
        if command.points:
            self.slow.does(Activity.REDEMPTION, self.now, self.now)
        self.referral.buy(command, self.now)
        assert recorded.award.points == sum(line.points for line in recorded.lines)
        earned = self.slow.orders[command.order][2]
        points = spread(earned, self.slow.agains[command.order])
        assert {
            b.line: (b.amount, b.points, b.spend, b.paid_worth, b.paid_points)
            for b in recorded.lines
        } == {id_: (b.paid, points[id_], b.spend, b.worth, b.cost) for id_, b in earned.items()}
        self.orders.append(command.order)
        with pytest.raises(AlreadyRecorded):
            self.history.decide(command)

    def with_points(self, data: Any, order: RecordPurchase, share: int) -> RecordPurchase:
        """Let a share of the points that may pay for an order do so, or of those of a hold."""
        hold = data.draw(st.sampled_from(("", "", *self.holds)))
        member = self.history.at(self.now)
        quotes = payment_quotes(member, order, self.programme, self.now)
        for quote in quotes:
            tried = attrs.evolve(order, points=quote.most)
            assert not self.slow.payable(tried, self.now), "quoted, and yet refused"
        most = max((quote.most for quote in quotes), default=0)
        if hold:
            most = sum(taken for _, taken, _ in self.slow.holds.get(hold, (None, []))[1])
        return attrs.evolve(order, points=max(1, most * share // 10), hold=hold)

    @precondition(lambda self: any(not self.programme.gives(b) for b in self.programme.behaviours))
    @step(
        data=st.data(),
        **TIME,
        late=st.sampled_from((timedelta(0), timedelta(days=3))),
        birthday=st.none() | month_days(),
        channel=st.sampled_from(CHANNELS),
    )
    def behave(self, data: Any, wait: Any, sweep: bool, late: timedelta, **where: Any) -> None:
        self.pass_time(wait, sweep)
        told = [rule.id for rule in self.programme.behaviours if not self.programme.gives(rule)]
        command = RecordBehaviour(
            recorded_at=self.now,
            behaviour=data.draw(st.sampled_from(told)),
            id=self.next_id(),
            occurred_at=self.occurred(late),
            **where,
        )
        recorded = self.history.tell(command)
        assert recorded.award.points == self.slow.behave(command, self.now)
        self.slow.does(Activity.BEHAVIOUR, command.occurred_at, self.now)

    @step(**TIME, share=st.sampled_from((1, 5, 9, 10, 11)))
    def redeem(self, wait: Any, sweep: bool, share: int) -> None:
        self.pass_time(wait, sweep)
        available = self.slow.available(self.now)
        points = max(1, available * share // 10)
        command = Redeem(recorded_at=self.now, redemption=self.next_id(), points=points)
        if points > available:
            with pytest.raises(InsufficientPoints) as refused:
                self.history.decide(command)
            assert (refused.value.asked, refused.value.available) == (points, available)
        else:
            recorded = self.history.tell(command)
            parts = [(part.lot, part.points) for part in recorded.parts]
            assert parts == self.slow.redeem(command.redemption, points, self.now)
            self.redemptions.append(command.redemption)
            self.slow.does(Activity.REDEMPTION, self.now, self.now)

    @step(**TIME, share=st.sampled_from((1, 5, 10, 11)), hours=st.sampled_from((0, 1, 30, 2000)))
    def hold(self, wait: Any, sweep: bool, share: int, hours: int) -> None:
        self.pass_time(wait, sweep)
        available = self.slow.available(self.now)
        points, until = max(1, available * share // 10), self.now + timedelta(hours=hours)
        command = PlaceHold(recorded_at=self.now, hold=self.next_id(), points=points, until=until)
        if not hours or points > available:
            with pytest.raises((DeadlinePassed, InsufficientPoints)):
                self.history.decide(command)
            return
        self.history.tell(command)
        self.slow.hold(command.hold, points, until, self.now)
        self.slow.begin(self.now)
        self.holds.append(command.hold)

    @precondition(lambda self: self.holds)
    @step(data=st.data(), **TIME, share=st.sampled_from((0, 1, 5, 10, 11)))
    def end_hold(self, data: Any, wait: Any, sweep: bool, share: int) -> None:
        """Release it, or capture some of it, all of it, or too much."""
        self.pass_time(wait, sweep)
        id_ = data.draw(st.sampled_from(self.holds))
        redemption, points = self.next_id(), None
        command: ReleaseHold | CaptureHold = ReleaseHold(recorded_at=self.now, hold=id_)
        held = sum(taken for _, taken, _ in self.slow.holds.get(id_, (None, []))[1])
        if share:
            points = max(1, held * share // 10) if share != 10 else None
            command = CaptureHold(
                recorded_at=self.now, hold=id_, redemption=redemption, points=points
            )
        if id_ not in self.slow.holds or (points or 0) > held:
            with pytest.raises((HoldOver, HoldTooSmall)):
                self.history.decide(command)
            return
        self.history.tell(command)
        self.slow.end_hold(id_, (points or held) if share else 0, self.now, redemption)
        self.slow.begin(self.now)
        if share:
            self.redemptions.append(redemption)
            self.slow.does(Activity.REDEMPTION, self.now, self.now)

    @precondition(lambda self: self.redemptions)
    @step(data=st.data(), **TIME, share=st.sampled_from((1, 5, 10, 11)))
    def undo(self, data: Any, wait: Any, sweep: bool, share: int) -> None:
        self.pass_time(wait, sweep)
        redemption = data.draw(st.sampled_from(self.redemptions))
        left = sum(taken for _, taken, _ in self.slow.spent[redemption])
        points = max(1, left * share // 10) if share != 10 else None
        command = UndoRedemption(
            recorded_at=self.now, id=self.next_id(), redemption=redemption, points=points
        )
        if (points or 0) > left or not left:
            with pytest.raises(UndoExceedsRedemption):
                self.history.decide(command)
            return
        self.history.tell(command)
        self.slow.undo(command.id, redemption, left if points is None else points, self.now)
        self.slow.begin(self.now)
        with pytest.raises(AlreadyRecorded):
            self.history.decide(command)

    @step(**TIME, share=st.sampled_from((1, 5, 10, 11)), back=st.booleans())
    def transfer(self, wait: Any, sweep: bool, share: int, back: bool) -> None:
        """Give points away; perhaps somebody gives as many, with the same expiry, back."""
        self.pass_time(wait, sweep)
        available = self.slow.available(self.now)
        points, id_ = max(1, available * share // 10), self.next_id()
        command = Transfer(recorded_at=self.now, transfer=id_, to="ben", points=points)
        if points > available:
            with pytest.raises(InsufficientPoints):
                self.history.decide(command)
            return
        told = self.history.tell(command)
        parts = self.slow.give(points, self.now)
        self.slow.does(Activity.TRANSFER, self.now, self.now)
        if back:
            received = ReceivePoints(
                recorded_at=self.now, transfer=f"back {id_}", sender="ben", parts=told.parts
            )
            self.history.tell(received)
            self.slow.receive(f"transfer:back {id_}", parts)
            self.slow.begin(self.now)

    @step(**TIME, points=st.integers(-400, 400).filter(bool), role=st.sampled_from(ROLES))
    def adjust(self, wait: Any, sweep: bool, points: int, role: str) -> None:
        self.pass_time(wait, sweep)
        available = self.slow.available(self.now)
        id_ = self.next_id()
        command = AdjustPoints(
            recorded_at=self.now, id=id_, points=points, actor="joe", role=role, reason="gift"
        )
        allowed = self.programme.authorities.get(role, 0)
        if abs(points) > allowed or -points > available:
            with pytest.raises((NotAuthorised, InsufficientPoints)):
                self.history.decide(command)
            return
        assert self.history.tell(command).allowed == allowed
        self.slow.adjust(id_, points, self.now)
        self.slow.begin(self.now)

    @precondition(lambda self: self.orders)
    @step(data=st.data(), **TIME, way=st.sampled_from(WAYS))
    def give_back(self, data: Any, wait: Any, sweep: bool, way: str) -> None:
        self.pass_time(wait, sweep)
        order = data.draw(st.sampled_from(self.orders))
        _, _, lines = self.slow.orders[order]
        id_ = data.draw(st.sampled_from(list(lines)))
        if data.draw(st.booleans()):
            id_ = max(lines, key=lambda i: lines[i].points - lines[i].points_back)
        line, wanted = lines[id_], None
        left = line.paid - line.back
        if way == "all":
            amounts = {
                i: (x.paid - x.back, Fraction(0) if x.paid else x.quantity - x.pieces)
                for i, x in lines.items()
            }
        elif way == "pieces":
            most = int(line.quantity - line.pieces)
            pieces = data.draw(st.integers(0, most))
            before = floor(line.paid * line.pieces / line.quantity) if line.quantity else 0
            after = line.pieces + pieces
            back = floor(line.paid * after / line.quantity) - before if line.quantity else 0
            amounts = {id_: (min(back, left), Fraction(pieces))}
            wanted = (ReturnedLine(id_, quantity=Decimal(pieces)),)
            if line.paid and not left and pieces:
                way = "too much"
        else:
            minor = left + 1 if way == "too much" else data.draw(st.integers(0, left))
            amounts = {id_: (minor, Fraction(0))}
            money = Money.from_minor(minor, self.programme.currency)
            wanted = (ReturnedLine(id_, money),)
        command = RecordReturn(
            recorded_at=self.now,
            id=self.next_id(),
            order=order,
            occurred_at=self.now,
            lines=wanted,
        )
        if way == "too much":
            with pytest.raises(ReturnExceedsPurchase):
                self.history.decide(command)
            return
        worths_back = sum(line.worth_back for line in lines.values())
        told = self.history.tell(command)
        self.slow.give_back(command.id, order, amounts, self.now)
        self.referral.give_back(order, way == "all", self.now)
        worths_back = sum(line.worth_back for line in lines.values()) - worths_back
        money_back = sum(amount for amount, _ in amounts.values())
        assert told.refund == money_back - worths_back
        self.slow.begin(self.now)
        assert self.history.decide(command) == (), "told twice"

    @precondition(lambda self: self.programme.referral is not None)
    @step(**TIME, again=st.sampled_from((0, 0, 1)))
    def bring(self, wait: Any, sweep: bool, again: int) -> None:
        """A friend who was brought earns, or one's purchase has come back."""
        self.pass_time(wait, sweep)
        if again and self.referral.friends:
            friend = self.referral.friends.pop()
            self.history.tell(UndoReferral(recorded_at=self.now, ref=f"friend:{friend}"))
            self.slow.undo_deed(f"friend:{friend}", self.now)
            self.slow.begin(self.now)
            return
        friend = self.next_id()
        self.history.tell(BringFriend(recorded_at=self.now, friend=friend, joined_at=self.now))
        self.slow.begin(self.now)
        self.history.tell(EarnReferral(recorded_at=self.now, friend=friend, joined_at=START))
        self.referral.bring(friend, self.now)
        self.slow.begin(self.now)

    # --- what always holds -----------------------------------------------------------------------

    @rule("L13.3")
    @invariant()
    def nothing_below_zero(self) -> None:
        """What a state says of itself holds, before time is passed and after."""
        self.history.state.check_invariants()
        self.history.at(self.now).check_invariants()

    @rule("L8.3", "L9.1", "L18.1", "L10.1", "L11.1", "L11.2", "L12.6", "L13.1", "L15.3", "L16.2")
    @invariant()
    def the_model_agrees(self) -> None:
        """Lots, debt, totals and tier are those of the model."""
        member, slow = self.history.at(self.now), self.slow
        slow.pass_time(self.now)
        assert {
            (x.id, x.cause, x.points, x.earned_at, x.active_at, x.expires_at) for x in member.lots
        } == {
            (x.id, x.cause, x.left, x.earned_at, x.active_at, x.expires_at)
            for x in slow.lots
            if x.left
        }
        assert member.available(self.now) == slow.available(self.now)
        t = member.totals
        assert (t.issued, t.spent, t.expired, t.clawed, t.moved, member.held) == tuple(
            sum(getattr(lot, field) for lot in slow.lots)
            for field in ("issued", "spent", "expired", "clawed", "moved", "held")
        )
        assert (member.debt, t.claimed, t.waived) == (slow.debt, slow.claimed, slow.waived)
        assert (member.tier, member.tier_until) == (slow.tier, slow.until)
        assert member.idle_at == slow.idle_at

    @rule("L4.10", "L4.12", "L4.13", "L4.16")
    @invariant()
    def the_referral_agrees(self) -> None:
        """What became of the referral is what the model says."""
        told, said = self.history.state.referred, self.referral
        assert told is not None
        reason = "too_late" if said.said.startswith("too late") else said.said
        assert (told.reason.value, told.open, told.until) == (reason, said.waits, said.until)
        assert told.order == said.met or reason not in {"earned", "returned"}

    @rule("L8.13")
    @invariant()
    def it_warns_of_what_expires(self) -> None:
        """Each warning comes at its day, once, of the points that are there."""
        unwritten = MEMBER.advance(self.history.state, self.now, self.history.club)
        assert [
            (event.recorded_at, each.at, each.points, each.inactive)
            for event in (*self.history.events, *unwritten)
            if isinstance(event, ExpiryAhead)
            for each in event.expiring
        ] == self.slow.warned

    @rule("L13.1", "L13.2")
    @invariant()
    def every_point_of_every_lot_is_somewhere(self) -> None:
        """From the events alone: each lot's points are left, spent, expired or clawed back."""
        account = Account()
        for event in self.history.events:
            account.book(event)
        left = {lot.id: lot.points for lot in self.history.state.lots}
        assert {id_: lot.points for id_, lot in account.lots.items()} == {
            id_: account.gone[id_] + left.get(id_, 0) for id_ in account.lots
        }
        assert account.claimed == account.clawed + account.debt + account.waived

    @rule("L21.6")
    @invariant()
    def each_point_meets_one_fate(self) -> None:
        """By the day they were earned, points met the fates that the model's lots remember."""
        passed = MEMBER.advance(self.history.state, self.now, self.history.club)
        told: Counter[tuple[str, datetime]] = Counter()
        for flow in lot_flows([*self.history.events, *passed]):
            fate = Fate.ISSUED if flow.fate is Fate.RECEIVED else flow.fate
            told[fate.value, flow.earned_at] += flow.points
        known: Counter[tuple[str, datetime]] = Counter()
        for lot in self.slow.lots:
            known["issued", lot.earned_at] += lot.issued
            known["redeemed", lot.earned_at] += lot.spent
            for name in ("expired", "clawed", "moved"):
                known[name, lot.earned_at] += getattr(lot, name)
        assert {k: n for k, n in told.items() if n} == {k: n for k, n in known.items() if n}


TestMember = MemberMachine.TestCase
TestMember.settings = settings(max_examples=settings().max_examples * 7, stateful_step_count=50)
