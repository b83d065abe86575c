"""Facts out of events: what was asked of a member, told by what came of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from loyalcore.loyalty.member.commands import (
    Enrol,
    Leave,
    MemberCommand,
    RecordBehaviour,
    RecordReturn,
    ReturnedLine,
)
from loyalcore.loyalty.member.entitlement_commands import (
    GrantEntitlement,
    ReleaseReservation,
    ReserveEntitlement,
    RevokeEntitlement,
    UndoUse,
    UseEntitlement,
)
from loyalcore.loyalty.member.entitlement_events import (
    EntitlementEnd,
    EntitlementEnded,
    EntitlementGranted,
    EntitlementReserved,
    EntitlementUsed,
    ReservationEnd,
    ReservationEnded,
    UseUndone,
)
from loyalcore.loyalty.member.entitlement_handing import (
    EntitlementGiven,
    EntitlementReceived,
    ReceiveEntitlement,
    TransferEntitlement,
)
from loyalcore.loyalty.member.events import (
    BehaviourRecorded,
    LineReturned,
    MemberEnrolled,
    MembershipEnded,
    PurchaseRecorded,
    ReturnRecorded,
)
from loyalcore.loyalty.member.handing import PointsAdjusted, PointsReceived, PointsTransferred
from loyalcore.loyalty.member.lapsing import ExpiryAhead, InactivityMoved, InactivityReached
from loyalcore.loyalty.member.lots import part_of
from loyalcore.loyalty.member.parts import points_of
from loyalcore.loyalty.member.point_commands import (
    AdjustPoints,
    CaptureHold,
    CompensateOrder,
    PlaceHold,
    ReceivePoints,
    Redeem,
    RedeemReward,
    ReleaseHold,
    Transfer,
    UndoRedemption,
)
from loyalcore.loyalty.member.referral import ReferralReason
from loyalcore.loyalty.member.referral_commands import (
    AnswerReferral,
    BringFriend,
    EarnReferral,
    UndoReferral,
)
from loyalcore.loyalty.member.referral_events import (
    FRIEND,
    FriendBrought,
    ReferralJudged,
    ReferralUndone,
)
from loyalcore.loyalty.member.spending import (
    HoldEnd,
    HoldEnded,
    PointsExpired,
    PointsHeld,
    PointsRedeemed,
    RedemptionUndone,
)
from loyalcore.loyalty.member.tier_commands import BuyTier, CancelTier, LiftTier, RenewTier, SetTier
from loyalcore.loyalty.member.tier_events import (
    EarnedTierMoved,
    PeriodClosed,
    TierAtRisk,
    TierChanged,
    TierGraceBegan,
    TierKept,
    TierSecured,
)
from loyalcore.loyalty.member.warrant_events import TierBought, TierSet, WarrantEnd, WarrantEnded
from loyalcore.loyalty.member.whole import whole
from loyalcore.loyalty.simulation.known_orders import Orders
from loyalcore.money import Money


def facts_from(member: str, events: Iterable[Any], orders: Orders) -> Iterator[MemberCommand]:
    """Give what was asked of a member, out of the events that came of it, in recorded order.

    What was refused is in no event, and what time did is left to time.

    Args:
        member: the id, for the look-up.
        events: all of the member's stream, in order.
        orders: gives an order as it was told; `known_orders` where the events tell enough.

    Raises:
        FactsMissing: an order of which the facts cannot be told.
        InvalidValue: they are not all of a member's events.
        Forgotten: the member was.
    """
    currencies: dict[str, str] = {}
    for event in whole(events, "facts_from.events"):
        if isinstance(event, PurchaseRecorded):
            currencies[event.order] = event.currency
            paid = event.paid
            yield attrs.evolve(
                orders(member, event),
                order=event.order,
                recorded_at=event.recorded_at,
                source=event.source,
                points=paid.points if paid else 0,
                hold=paid.hold if paid else "",
            )
        elif isinstance(event, ReturnRecorded):
            yield _returned(event, currencies.get(event.order, ""))
        else:
            yield from _others(event)


def _returned(event: ReturnRecorded, currency: str) -> RecordReturn:
    return RecordReturn(
        recorded_at=event.recorded_at,
        source=event.source,
        id=event.id,
        order=event.order,
        occurred_at=event.occurred_at,
        lines=None if event.whole else [_line(line, currency) for line in event.lines],
    )


def _line(line: LineReturned, currency: str) -> ReturnedLine:
    if line.quantity:
        return ReturnedLine(line.line, quantity=line.quantity)
    return ReturnedLine(line.line, amount=Money.from_minor(line.amount, currency))


def _others(event: Any) -> Iterator[MemberCommand]:
    if type(event) in _CONSEQUENCES:
        return
    found = _FIELDS[type(event)](event)
    if found is not None:
        kind, values = found
        yield kind(recorded_at=event.recorded_at, source=event.source, **values)


_Asked = tuple[Callable[..., Any], dict[str, Any]]


def _behaved(event: BehaviourRecorded) -> _Asked | None:
    """Say what was done, or that a friend's doing earned; what joining gives nobody asks for."""
    kind, _, friend = event.referral.partition(":")
    if f"{kind}:" == FRIEND:
        return EarnReferral, {"friend": friend, "joined_at": event.joined_at}
    if not event.id:
        return None
    asked = {"behaviour": event.behaviour, "id": event.id, "occurred_at": event.occurred_at}
    return RecordBehaviour, asked


def _judged(event: ReferralJudged) -> _Asked | None:
    """Say what the other side answered; what an order or the joining itself says it says again."""
    told = {ReferralReason.ONESELF, ReferralReason.NOT_A_MEMBER}
    if event.reason in told:
        return AnswerReferral, {"reason": event.reason}
    yes = event.reason in {ReferralReason.OPEN, ReferralReason.EARNED} and not event.order
    return (AnswerReferral, {}) if yes else None


def _unreferred(event: ReferralUndone) -> _Asked | None:
    return (UndoReferral, {"ref": event.ref}) if event.ref.startswith(FRIEND) else None


def _granted(event: EntitlementGranted) -> _Asked | None:
    right = event.right
    if right.rule:
        return None
    asked = {"entitlement": right.entitlement, "cause": right.cause, "actor": event.actor}
    return GrantEntitlement, asked | {"role": event.role, "reason": event.reason}


def _reservation_ended(event: ReservationEnded) -> _Asked | None:
    released = event.how is ReservationEnd.RELEASED
    return (ReleaseReservation, {"reservation": event.reservation}) if released else None


def _entitlement_ended(event: EntitlementEnded) -> _Asked | None:
    if event.how is not EntitlementEnd.REVOKED:
        return None
    return RevokeEntitlement, {
        name: getattr(event, name) for name in ("right", "actor", "reason", "role")
    }


def _adjusted(event: PointsAdjusted) -> _Asked:
    by = {name: getattr(event, name) for name in ("id", "actor", "role", "reason")}
    if event.order:
        return CompensateOrder, by | {"order": event.order, "times": event.times}
    return AdjustPoints, by | {"points": event.points}


def _bought(event: TierBought) -> _Asked:
    fee = Money.from_minor(event.fee, event.currency)
    if event.renewal:
        return RenewTier, {"id": event.renewal, "purchase": event.id, "fee": fee}
    return BuyTier, {"id": event.id, "tier": event.tier, "fee": fee}


def _warrant_ended(event: WarrantEnded) -> _Asked | None:
    if event.how is WarrantEnd.LAPSED:
        return None
    if event.how is WarrantEnd.CANCELLED:
        return CancelTier, {"purchase": event.id}
    asked = {"id": event.id, "actor": event.actor, "role": event.role, "reason": event.reason}
    return LiftTier, asked


def _redeemed(event: PointsRedeemed) -> _Asked:
    asked: dict[str, Any] = {"redemption": event.redemption}
    if event.taken is None:
        return Redeem, asked | {"points": event.points}
    return RedeemReward, asked | {"reward": event.taken.reward, "quantity": event.taken.quantity}


def _hold_ended(event: HoldEnded) -> _Asked | None:
    """Say how a hold was ended, unless time did, or leaving, or an order that it paid for."""
    if event.how is HoldEnd.RELEASED:
        return ReleaseHold, {"hold": event.hold}
    if event.how is not HoldEnd.CAPTURED or not event.redemption:
        return None
    points = points_of(event.spent)
    return CaptureHold, {"hold": event.hold, "redemption": event.redemption, "points": points}


def _received(event: PointsReceived) -> _Asked:
    parts = tuple(part_of(lot, lot.points) for lot in event.lots) + event.expired
    asked = {"transfer": event.transfer, "sender": event.sender, "parts": parts}
    return ReceivePoints, asked


def _same(kind: Callable[..., Any], *names: str) -> Callable[[Any], _Asked]:
    """Ask for what the event's fields of the same names say."""
    return lambda event: (kind, {name: getattr(event, name) for name in names})


_FIELDS: Mapping[type, Callable[[Any], _Asked | None]] = {
    MemberEnrolled: _same(Enrol, "referred_by"),
    MembershipEnded: _same(Leave),
    BehaviourRecorded: _behaved,
    EntitlementGranted: _granted,
    EntitlementEnded: _entitlement_ended,
    ReservationEnded: _reservation_ended,
    EntitlementReserved: _same(ReserveEntitlement, "right", "reservation", "until"),
    EntitlementUsed: _same(UseEntitlement, "right", "use", "reservation", "order"),
    UseUndone: _same(UndoUse, "right", "use"),
    EntitlementGiven: lambda event: (
        TransferEntitlement,
        {"right": event.right.id, "transfer": event.transfer, "to": event.to},
    ),
    EntitlementReceived: _same(ReceiveEntitlement, "transfer", "sender", "right"),
    TierSet: _same(SetTier, "id", "tier", "kind", "until", "actor", "role", "reason"),
    TierBought: _bought,
    WarrantEnded: _warrant_ended,
    PointsRedeemed: _redeemed,
    PointsHeld: _same(PlaceHold, "hold", "points", "until"),
    HoldEnded: _hold_ended,
    RedemptionUndone: _same(UndoRedemption, "id", "redemption", "points"),
    PointsTransferred: _same(Transfer, "transfer", "to", "points"),
    PointsReceived: _received,
    PointsAdjusted: _adjusted,
    ReferralJudged: _judged,
    FriendBrought: _same(BringFriend, "friend", "joined_at"),
    ReferralUndone: _unreferred,
}
_CONSEQUENCES = frozenset(
    {
        EarnedTierMoved,
        ExpiryAhead,
        InactivityMoved,
        InactivityReached,
        PeriodClosed,
        PointsExpired,
        TierAtRisk,
        TierChanged,
        TierGraceBegan,
        TierKept,
        TierSecured,
    }
)
"""What follows from facts or from time alone, and is asked for by nobody."""
