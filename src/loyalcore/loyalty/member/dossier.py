"""What is recorded of the things a command speaks of."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import assert_never

import attrs

from loyalcore.decimals import plus
from loyalcore.errors import AlreadyRecorded
from loyalcore.loyalty.member.entitlement_events import (
    EntitlementEnded,
    EntitlementEvent,
    EntitlementGranted,
    EntitlementReserved,
    EntitlementUsed,
    ReservationEnded,
    UseUndone,
)
from loyalcore.loyalty.member.entitlement_handing import EntitlementGiven, EntitlementReceived
from loyalcore.loyalty.member.entitlement_past import PastEntitlements
from loyalcore.loyalty.member.events import (
    BehaviourRecorded,
    LineReturned,
    MemberEvent,
    PurchaseRecorded,
    ReturnRecorded,
)
from loyalcore.loyalty.member.lapsed import lapsed_in
from loyalcore.loyalty.member.parts import Part
from loyalcore.loyalty.member.referral_events import ReferralUndone
from loyalcore.loyalty.member.spending import (
    HoldEnded,
    PointsRedeemed,
    RedemptionUndone,
    RewardTaken,
)


@attrs.frozen
class Dossier:
    """The fold of past events that bear a command's refs.

    Attributes:
        refs: every ref seen.
        purchase: the order, if it is recorded.
        returned: what came back of it so far, by line.
        returns: the returns seen, by id.
        taken: the reward that a redemption seen took, until it is undone whole.
        spent: what each redemption seen took from which lots, less what was undone.
        redeemed_at: when each redemption seen was recorded.
        holds: the holds seen that are over, by id.
        bonuses: the points claimed back so far for bonuses of the order.
        paid: what paid for the order from which lots, less what came back.
        entitled: the events of entitlements seen.
        referral: what a referral gave, if it did.
        lapsed: how many points expired unspent, by lot, as the events seen say.
        let_go: how many of the order's returns let go for that.
    """

    refs: frozenset[str] = frozenset()
    purchase: PurchaseRecorded | None = None
    returned: dict[str, LineReturned] = attrs.field(factory=dict)
    returns: dict[str, ReturnRecorded] = attrs.field(factory=dict)
    taken: dict[str, RewardTaken] = attrs.field(factory=dict)
    spent: dict[str, tuple[Part, ...]] = attrs.field(factory=dict)
    redeemed_at: dict[str, datetime] = attrs.field(factory=dict)
    holds: dict[str, HoldEnded] = attrs.field(factory=dict)
    paid: tuple[Part, ...] = ()
    bonuses: int = 0
    entitled: Sequence[EntitlementEvent] = ()
    referral: BehaviourRecorded | None = None
    lapsed: Mapping[int, int] = attrs.field(factory=dict)
    let_go: int = 0

    @property
    def entitlements(self) -> PastEntitlements:
        """What is recorded of the entitlements seen."""
        return PastEntitlements.of(self.entitled)

    def knowing(self, passed: Sequence[MemberEvent]) -> "Dossier":
        """Add what time has done since: what it ended, and what expired."""
        if not passed:
            return self
        ended = {event.hold: event for event in passed if isinstance(event, HoldEnded)}
        over = [e for e in passed if isinstance(e, (ReservationEnded, EntitlementEnded))]
        return attrs.evolve(
            self,
            holds={**self.holds, **ended},
            entitled=(*self.entitled, *over),
            lapsed=dict(Counter(self.lapsed) + lapsed_in(passed)),
        )

    def refuse_known(self, ref: str) -> None:
        """Demand that nothing bears a ref yet.

        Raises:
            AlreadyRecorded: something does.
        """
        if ref in self.refs:
            raise AlreadyRecorded(ref)


def dossier(events: Iterable[MemberEvent]) -> Dossier:
    """Fold past events that bear a command's refs."""
    refs: set[str] = set()
    found = Dossier()
    purchase = None
    paid: tuple[Part, ...] = ()
    bonuses = 0
    entitled: list[EntitlementEvent] = []
    referral = None
    let_go = 0
    events = list(events)
    for event in events:
        refs.update(event.refs)
        match event:
            case PurchaseRecorded():
                purchase = event
                paid = () if event.paid is None else event.paid.parts
            case ReturnRecorded():
                found.returns[event.id] = event
                if purchase is None or event.order != purchase.order:
                    continue
                let_go += event.lapsed
                bonuses += event.bonuses
                paid = _less(paid, sum(line.paid_points for line in event.lines))
                for line in event.lines:
                    before = found.returned.get(line.line, LineReturned(line.line))
                    found.returned[line.line] = _sum(before, line)
            case PointsRedeemed() | HoldEnded() | RedemptionUndone():
                _note(found, event)
            case (
                EntitlementGranted()
                | EntitlementReserved()
                | ReservationEnded()
                | EntitlementUsed()
                | UseUndone()
                | EntitlementEnded()
                | EntitlementGiven()
                | EntitlementReceived()
            ):
                entitled.append(event)
            case BehaviourRecorded(referral=ref) if ref:
                referral = event
            case ReferralUndone():
                referral = None
            case _:
                pass
    return attrs.evolve(
        found,
        refs=frozenset(refs),
        purchase=purchase,
        paid=paid,
        bonuses=bonuses,
        entitled=entitled,
        referral=referral,
        lapsed=dict(lapsed_in(events)),
        let_go=let_go,
    )


def _note(found: Dossier, event: PointsRedeemed | HoldEnded | RedemptionUndone) -> None:
    """Note what became of a redemption or a hold."""
    match event:
        case PointsRedeemed():
            found.spent[event.redemption] = event.parts
            found.redeemed_at[event.redemption] = event.recorded_at
            if event.taken is not None:
                found.taken[event.redemption] = event.taken
        case HoldEnded():
            found.holds[event.hold] = event
            if event.redemption:
                found.spent[event.redemption] = event.spent
                found.redeemed_at[event.redemption] = event.recorded_at
        case RedemptionUndone():
            left = _less(found.spent.get(event.redemption, ()), event.points)
            found.spent[event.redemption] = left
            if not left:
                found.taken.pop(event.redemption, None)
        case _:
            assert_never(event)


def _sum(one: LineReturned, other: LineReturned) -> LineReturned:
    return LineReturned(
        one.line,
        one.amount + other.amount,
        plus(one.quantity, other.quantity),
        one.points + other.points,
        one.spend + other.spend,
        one.paid_worth + other.paid_worth,
        one.paid_points + other.paid_points,
    )


def _less(parts: tuple[Part, ...], points: int) -> tuple[Part, ...]:
    """Give what is left of parts when so many points of the last of them are taken back."""
    left = list(parts)
    while points and left:
        last = left.pop()
        back = min(points, last.points)
        points -= back
        if back < last.points:
            left.append(attrs.evolve(last, points=last.points - back))
    return tuple(left)
