"""A member's entitlements under every command in any order, beside the obvious model."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition
from hypothesis.stateful import rule as step

from loyalcore.errors import (
    AlreadyGranted,
    AlreadyRecorded,
    DeadlinePassed,
    InsufficientPoints,
    MayNotGrant,
    MayNotRevoke,
    NeverValid,
    ReservationOver,
    RewardUsed,
    RightNotTransferable,
    RightOver,
    RightReserved,
    UnknownReservation,
    UnknownRight,
    UnknownUse,
    UseUndoneBefore,
)
from loyalcore.loyalty import (
    MEMBER,
    AdjustPoints,
    BehaviourRecorded,
    Enrol,
    EntitlementEnd,
    EntitlementEnded,
    EntitlementGranted,
    Expiry,
    GrantEntitlement,
    Leave,
    Occasion,
    PointsRedeemed,
    Programme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    RedeemReward,
    ReleaseReservation,
    ReserveEntitlement,
    ReturnedLine,
    RevokeEntitlement,
    Reward,
    TierAtRisk,
    TierChanged,
    TierKept,
    TierReason,
    TransferEntitlement,
    UndoRedemption,
    UndoUse,
    UseEntitlement,
    entitled,
)
from loyalcore.loyalty.member.entitlement_handing import ReceiveEntitlement
from loyalcore.money import Money
from loyalcore.testing import rule
from loyalcore.testing.entitlements import CAUSES, ROLES, entitlements
from loyalcore.testing.loyalty import behaviours, gaps, orders, programmes
from tests.loyalty.club import History
from tests.loyalty.slow_entitlements import SlowEntitlements, told

NOW = timedelta(0)
TIME: dict[str, Any] = {
    "wait": st.sampled_from((NOW, NOW, NOW, timedelta(hours=9), "due", "just before")) | gaps(),
    "sweep": st.booleans(),
}
START = datetime(2011, 11, 20, 5, tzinfo=UTC)
REWARDS = (Reward("mug", 1), Reward("cup", 2))


def granting() -> Any:
    """Draw programmes that have something to grant, and rewards."""
    some = st.lists(entitlements(), min_size=1, max_size=2, unique_by=lambda each: each.id)
    told = behaviours().filter(lambda rule: not rule.on_joining)
    deeds = st.lists(told, max_size=2, unique_by=lambda rule: rule.id)
    return programmes(
        rewards=st.just(REWARDS),
        entitlements=some.map(tuple),
        behaviours=deeds.map(tuple),
        expiry=st.just(Expiry()),
        inactivity=st.none(),
        authorities=st.just({"manager": 10**6}),
        multipliers=st.just(()),
        bonuses=st.just(()),
    )


class EntitlementMachine(RuleBasedStateMachine):
    """The decider and the model are told the same, and must agree after each step."""

    @initialize(programme=granting())
    def join(self, programme: Programme) -> None:
        self.programme = programme
        self.now = START
        self.count = 0
        self.history = History.of(programme)
        self.seen = 0
        self.slow = SlowEntitlements(programme, START)
        self.enter()

    def enter(self) -> None:
        self.history.tell(Enrol(recorded_at=self.now))
        self.history.tell(
            AdjustPoints(
                recorded_at=self.now,
                id=self.next_id(),
                points=10_000,
                actor="joe",
                role="manager",
                reason="start",
            )
        )
        self.slow.joined, self.slow.orders = self.now, 0
        self.orders: list[RecordPurchase] = []
        self.redemptions: list[str] = []
        self.seen = len(self.history.events)

    def next_id(self) -> str:
        self.count += 1
        return str(self.count)

    def pass_time(self, wait: timedelta | str, sweep: bool) -> None:
        """Let time pass, or wait until something falls due or just before; then maybe sweep."""
        due = MEMBER.due(self.history.at(self.now))
        if isinstance(wait, timedelta):
            self.now += wait
        elif due is not None and due - self.now < timedelta(days=1200):
            self.now = due if wait == "due" else due - timedelta(microseconds=1)
        self.slow.pass_time(self.now)
        if sweep:
            self.history.sweep(self.now)
            self.note("")

    def note(self, fact: str) -> None:
        """Tell the model what tiers did, each thing at its own instant."""
        for event in self.history.events[self.seen :]:
            at = event.recorded_at
            if isinstance(event, TierKept):
                cause = f"kept:{event.tier}/{at.isoformat()}"
                self.slow.bring(Occasion.TIER_KEPT, event.tier, cause, at)
            elif isinstance(event, TierAtRisk):
                cause = f"at risk:{event.tier}/{at.isoformat()}"
                self.slow.bring(Occasion.TIER_AT_RISK, event.tier, cause, at)
            elif isinstance(event, TierChanged) and event.reason is TierReason.REACHED:
                self.slow.bring(Occasion.TIER_REACHED, event.after, fact, at)
        self.seen = len(self.history.events)
        self.slow.pass_time(self.now)

    def tell(self, command: Any, fact: str = "") -> Any:
        made = self.history.tell(command)
        self.note(fact)
        return made

    def refused(self, command: Any, *errors: type[Exception]) -> Any:
        with pytest.raises(errors) as refusal:
            self.history.decide(command)
        assert str(refusal.value)
        return refusal.value

    def some_right(self, data: Any) -> str:
        ids = [right.id for right in self.slow.rights]
        return data.draw(st.sampled_from([*ids[-4:], *ids[:2], "nothing"]))

    # --- what brings entitlements ----------------------------------------------------------------

    @step(data=st.data(), **TIME)
    def buy(self, data: Any, wait: Any, sweep: bool) -> None:
        self.pass_time(wait, sweep)
        command = RecordPurchase(
            recorded_at=self.now,
            order=self.next_id(),
            occurred_at=self.now,
            lines=data.draw(orders(self.programme.currency)),
        )
        fact, tier = f"order:{command.order}", self.history.at(self.now).tier
        self.slow.buy(command, tier, self.now)
        self.tell(command, fact)
        self.orders.append(command)

    @precondition(lambda self: self.programme.behaviours)
    @step(data=st.data(), **TIME)
    def behave(self, data: Any, wait: Any, sweep: bool) -> None:
        self.pass_time(wait, sweep)
        behaviour = data.draw(st.sampled_from(self.programme.behaviours)).id
        id_ = self.next_id()
        made = self.tell(
            RecordBehaviour(
                recorded_at=self.now, behaviour=behaviour, id=id_, occurred_at=self.now
            ),
            f"deed:{id_}",
        )
        earned = [e for e in self.history.events if isinstance(e, BehaviourRecorded)][-1]
        assert made is not None
        if earned.award.points:
            self.slow.bring(Occasion.BEHAVIOUR, behaviour, f"deed:{id_}", self.now)
            self.slow.pass_time(self.now)

    @step(data=st.data(), **TIME, quantity=st.integers(1, 2))
    def take_reward(self, data: Any, wait: Any, sweep: bool, quantity: int) -> None:
        self.pass_time(wait, sweep)
        reward, id_ = data.draw(st.sampled_from(("mug", "cup"))), self.next_id()
        command = RedeemReward(
            recorded_at=self.now, redemption=id_, reward=reward, quantity=quantity
        )
        try:
            self.tell(command)
        except InsufficientPoints:
            return
        self.redemptions.append(id_)
        self.slow.bring(Occasion.REWARD, reward, f"redemption:{id_}", self.now, quantity)
        self.slow.pass_time(self.now)

    @precondition(lambda self: self.redemptions)
    @step(data=st.data(), **TIME, points=st.none() | st.just(1))
    def undo_redemption(self, data: Any, wait: Any, sweep: bool, points: int | None) -> None:
        """Undo it whole, or a point of it and the rest later."""
        self.pass_time(wait, sweep)
        id_ = data.draw(st.sampled_from(self.redemptions))
        command = UndoRedemption(
            recorded_at=self.now, id=self.next_id(), redemption=id_, points=points
        )
        (taken,) = [
            e for e in self.history.events if isinstance(e, PointsRedeemed) and e.redemption == id_
        ]
        undone = [e.points for e in self.history.events if getattr(e, "redemption", "") == id_]
        left = 2 * taken.points - sum(undone)
        brought = [right for right in self.slow.rights if right.cause == f"redemption:{id_}"]
        whole = points is None or left <= points
        gone = [right.id for right in brought if right.used or right.over == "given away"]
        if whole and gone:
            assert self.refused(command, RewardUsed).right in gone
            return
        self.tell(command)
        if whole:
            self.slow.undo_cause(f"redemption:{id_}")
            self.redemptions.remove(id_)

    @precondition(lambda self: self.orders)
    @step(data=st.data(), **TIME, whole=st.booleans())
    def give_back(self, data: Any, wait: Any, sweep: bool, whole: bool) -> None:
        """Return an order whole, or each of its lines but the last."""
        self.pass_time(wait, sweep)
        order = data.draw(st.sampled_from(self.orders))
        if self.now - order.occurred_at > timedelta(days=90) * 100:
            return
        lines = [
            ReturnedLine(line.id, Money.from_minor(max(0, line.paid), line.price.currency))
            for line in order.lines[:-1]
        ]
        command = RecordReturn(
            recorded_at=self.now,
            id=self.next_id(),
            order=order.order,
            occurred_at=self.now,
            lines=None if whole else lines or [ReturnedLine(order.lines[0].id, quantity=0)],
        )
        self.tell(command)
        self.orders.remove(order)
        last = order.lines[-1]
        if whole or last.paid <= 0:
            self.slow.undo_cause(f"order:{order.order}")

    @step(data=st.data(), **TIME, cause=st.sampled_from(CAUSES), role=st.sampled_from(ROLES))
    def grant(self, data: Any, wait: Any, sweep: bool, cause: str, role: str) -> None:
        self.pass_time(wait, sweep)
        what = data.draw(st.sampled_from(self.programme.entitlements))
        command = GrantEntitlement(
            recorded_at=self.now, entitlement=what.id, cause=cause, actor="joe", role=role
        )
        id_ = f"{what.id}/by hand/{cause}"
        if what.roles and role not in what.roles:
            self.refused(command, MayNotGrant)
        elif self.slow.find(id_) is not None:
            self.refused(command, AlreadyGranted)
        elif not self.slow.grant(what, id_, "", self.now):
            self.refused(command, NeverValid)
        else:
            assert self.tell(command).right.id == id_

    # --- what becomes of them --------------------------------------------------------------------

    @step(data=st.data(), **TIME, minutes=st.sampled_from((0, 20, 600, 200_000)))
    def reserve(self, data: Any, wait: Any, sweep: bool, minutes: int) -> None:
        self.pass_time(wait, sweep)
        right, id_ = self.some_right(data), self.next_id()
        until = self.now + timedelta(minutes=minutes)
        command = ReserveEntitlement(
            recorded_at=self.now, right=right, reservation=id_, until=until
        )
        error = self.slow.why_not(right, self.now)
        if not minutes or error is not None:
            self.refused(command, DeadlinePassed if not minutes else error or AssertionError)
            return
        self.tell(command)
        self.slow.reserve(right, id_, until, self.now)

    def some_reservation(self, data: Any) -> str:
        ids = [place.id for right in self.slow.rights for place in right.reserved]
        return data.draw(st.sampled_from([*ids[-3:], "none"]))

    @step(data=st.data(), **TIME)
    def release(self, data: Any, wait: Any, sweep: bool) -> None:
        self.pass_time(wait, sweep)
        id_ = self.some_reservation(data)
        command = ReleaseReservation(recorded_at=self.now, reservation=id_)
        placed = [p for right in self.slow.rights for p in right.reserved if p.id == id_]
        if not placed:
            self.refused(command, UnknownReservation)
        elif placed[0].over:
            assert self.refused(command, ReservationOver).how == placed[0].over
        else:
            self.tell(command)
            placed[0].over = "released"

    @step(data=st.data(), **TIME, reserved=st.booleans())
    def use(self, data: Any, wait: Any, sweep: bool, reserved: bool) -> None:
        self.pass_time(wait, sweep)
        reservation = self.some_reservation(data) if reserved else ""
        right, id_ = self.some_right(data), self.next_id()
        for each in self.slow.rights:
            if reservation in [p.id for p in each.held] and data.draw(st.booleans()):
                right = each.id
        command = UseEntitlement(
            recorded_at=self.now, right=right, use=id_, reservation=reservation, order="O"
        )
        error = self.slow.why_not(right, self.now, reservation)
        if error is not None:
            refusal = self.refused(command, error)
            found = self.slow.find(right)
            if isinstance(refusal, RightOver) and found is not None and not found.made:
                assert refusal.how == (found.over or "expired")
            return
        self.tell(command)
        self.slow.use(right, id_, self.now, reservation)
        self.refused(command, AlreadyRecorded)

    @step(data=st.data(), **TIME, other=st.booleans())
    def undo_use(self, data: Any, wait: Any, sweep: bool, other: bool) -> None:
        self.pass_time(wait, sweep)
        made = [(right, use) for right in self.slow.rights for use in right.made]
        if not made:
            unknown = UndoUse(recorded_at=self.now, right="x", use="x")
            self.refused(unknown, UnknownUse)
            return
        right, use = data.draw(st.sampled_from(made))
        command = UndoUse(recorded_at=self.now, right=right.id, use=use.id)
        if other:
            wrong = UndoUse(recorded_at=self.now, right="x", use=use.id)
            self.refused(wrong, UnknownUse)
        if use.over:
            self.refused(command, UseUndoneBefore)
            return
        event = self.tell(command)
        use.over = "undone"
        self.slow.pass_time(self.now)
        back = not right.over and (right.ends is None or self.now < right.ends)
        assert (event.used, event.given_back) == (len(right.used), back)

    @step(data=st.data(), **TIME, role=st.sampled_from(ROLES))
    def revoke(self, data: Any, wait: Any, sweep: bool, role: str) -> None:
        self.pass_time(wait, sweep)
        id_ = self.some_right(data)
        command = RevokeEntitlement(
            recorded_at=self.now, right=id_, actor="joe", reason="x", role=role
        )
        right = self.slow.find(id_)
        there = {each.id: each.roles for each in self.programme.entitlements}
        roles = there.get(id_.partition("/")[0], ())
        if right is None:
            self.refused(command, UnknownRight)
        elif not right.open:
            self.refused(command, RightOver)
        elif roles and role not in roles:
            self.refused(command, MayNotRevoke)
        else:
            told = self.tell(command)
            assert (told.actor, told.role, told.used) == ("joe", role, len(right.used))
            self.slow.revoke(right, "revoked")

    @step(data=st.data(), **TIME, back=st.booleans())
    def give(self, data: Any, wait: Any, sweep: bool, back: bool) -> None:
        """Give one to Ben, who may give as much back."""
        self.pass_time(wait, sweep)
        id_, transfer = self.some_right(data), self.next_id()
        command = TransferEntitlement(recorded_at=self.now, right=id_, transfer=transfer, to="ben")
        right = self.slow.find(id_)
        if right is None:
            self.refused(command, UnknownRight)
        elif not right.open:
            self.refused(command, RightOver)
        elif not right.transferable:
            self.refused(command, RightNotTransferable)
        elif right.expired or right.held:
            self.refused(command, RightOver if right.expired else RightReserved)
        else:
            told = self.tell(command)
            self.slow.revoke(right, "given away")
            self.refused(command, AlreadyRecorded)
            if back:
                taken = ReceiveEntitlement(
                    recorded_at=self.now,
                    transfer=f"{transfer} back",
                    sender="ben",
                    right=told.right,
                )
                got = self.tell(taken)
                assert (got.right.left, got.expired) == (told.right.left, False)
                self.slow.receive(got.right.id, right)
                self.refused(taken, AlreadyRecorded)

    @step(**TIME, seldom=st.sampled_from((False, False, False, True)))
    def leave(self, wait: Any, sweep: bool, seldom: bool) -> None:
        """Leave, and join again."""
        self.pass_time(wait, sweep)
        if not seldom:
            return
        self.tell(Leave(recorded_at=self.now))
        assert not self.history.state.entitlements
        self.slow.leave()
        self.enter()

    # --- what always holds -----------------------------------------------------------------------

    @invariant()
    def states_are_sound(self) -> None:
        """What a state says of itself holds, before time is passed and after."""
        self.history.state.check_invariants()
        self.history.at(self.now).check_invariants()

    def agreed(self) -> Any:
        """Let both see what time has done."""
        self.slow.pass_time(self.now)
        self.history.sweep(self.now)
        self.note("")
        return self.history.state

    @rule("L24.1", "L24.2", "L24.4", "L24.6", "L24.8", "L24.9", "L24.15", "L24.16", "L24.17")
    @invariant()
    def the_model_agrees(self) -> None:
        """What is open is what the model has open, and is told as the model tells it."""
        if self.count % 2:
            return
        member = self.agreed()
        assert {
            right.id: {
                "used": right.used,
                "reserved": sorted((r.id, r.until, r.day) for r in right.reserved),
                "expired": right.expired,
                "span": (right.valid_from, right.valid_until),
            }
            for right in member.entitlements
        } == {right.id: told(right) for right in self.slow.rights if right.open}
        for each in entitled(member, self.programme, self.now):
            usable = self.slow.why_not(each.right, self.now) is None
            assert usable == (each.left_now != 0)

    @rule("L24.3", "L24.5")
    @invariant()
    def each_is_granted_once_and_expires_once(self) -> None:
        """Each id is granted once; who expires does so once, at the end of its validity."""
        events = self.history.events
        granted = [e.right.id for e in events if isinstance(e, EntitlementGranted)]
        assert len(set(granted)) == len(granted)
        assert set(granted) <= {right.id for right in self.slow.rights}
        ended = [e for e in events if isinstance(e, EntitlementEnded)]
        expired = [e for e in ended if e.how is EntitlementEnd.EXPIRED]
        assert len({e.right for e in expired}) == len(expired)
        for event in expired:
            right = self.slow.find(event.right)
            assert right is not None
            assert right.ends == event.recorded_at


TestEntitlements = EntitlementMachine.TestCase
TestEntitlements.settings = settings(stateful_step_count=30)
