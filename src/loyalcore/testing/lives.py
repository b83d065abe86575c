"""Strategies for what is recorded of a member, in time order."""

from datetime import date, datetime, timedelta

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from loyalcore.loyalty import (
    AdjustPoints,
    BuyTier,
    CancelTier,
    CaptureHold,
    CompensateOrder,
    Enrol,
    LiftTier,
    Occasion,
    PlaceHold,
    Programme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    RedeemReward,
    ReferralReason,
    ReleaseHold,
    RenewTier,
    SetTier,
    Tier,
    Transfer,
    TransferEntitlement,
    UndoRedemption,
    WarrantKind,
)
from loyalcore.loyalty.member.entitlement_commands import EntitlementCommand
from loyalcore.loyalty.member.referral_commands import (
    AnswerReferral,
    BringFriend,
    EarnReferral,
    UndoReferral,
)
from loyalcore.loyalty.member.referral_events import FRIEND
from loyalcore.money import Money
from loyalcore.testing.entitlements import entitlement_command
from loyalcore.testing.programmes import (
    BEHAVIOURS,
    CHANNELS,
    month_days,
)
from loyalcore.testing.purchases import gaps, moments, purchases, returned_lines

MemberCommand = (
    SetTier
    | LiftTier
    | BuyTier
    | RenewTier
    | CancelTier
    | Enrol
    | RecordPurchase
    | RecordBehaviour
    | Redeem
    | RedeemReward
    | PlaceHold
    | CaptureHold
    | ReleaseHold
    | UndoRedemption
    | Transfer
    | AdjustPoints
    | RecordReturn
    | CompensateOrder
    | EntitlementCommand
    | TransferEntitlement
    | BringFriend
    | AnswerReferral
    | EarnReferral
    | UndoReferral
)


@attrs.define
class _Life:
    """What has been recorded of a member while a life is being drawn."""

    programme: Programme
    joined: datetime
    at: datetime
    number: int = 0
    bought: list[RecordPurchase] = attrs.Factory(list)
    holds: list[str] = attrs.Factory(list)
    redemptions: list[str] = attrs.Factory(list)
    settings: list[str] = attrs.Factory(list)
    memberships: list[str] = attrs.Factory(list)
    friends: dict[str, list[datetime]] = attrs.Factory(dict)
    entitled: dict[str, list[str]] = attrs.Factory(lambda: {"use": [], "reservation": []})

    @property
    def id(self) -> str:
        return str(self.number)

    def occurred(self, draw: DrawFn) -> datetime:
        late = draw(st.sampled_from((timedelta(0), timedelta(hours=5), timedelta(days=45))))
        return max(self.joined, self.at - late)


def _buys(draw: DrawFn, life: _Life) -> MemberCommand:
    occurred = life.occurred(draw)
    drawn = draw(purchases(life.programme.currency, st.just(occurred), order=st.just("O")))
    order = attrs.evolve(drawn, recorded_at=life.at, order=f"O-{life.number}")
    if life.programme.payments:
        points, hold = draw(st.integers(0, 300)), draw(st.sampled_from(("", *life.holds)))
        order = attrs.evolve(order, points=points, hold=hold if points else "")
    life.bought.append(order)
    return order


def _behaves(draw: DrawFn, life: _Life) -> MemberCommand:
    told = [rule.id for rule in life.programme.behaviours if not life.programme.gives(rule)]
    return RecordBehaviour(
        recorded_at=life.at,
        behaviour=draw(st.sampled_from(told or BEHAVIOURS)),
        id=life.id,
        occurred_at=life.occurred(draw),
        birthday=draw(st.none() | month_days()),
        channel=draw(st.sampled_from(CHANNELS)),
    )


def _redeems(draw: DrawFn, life: _Life) -> MemberCommand:
    life.redemptions.append(life.id)
    return Redeem(recorded_at=life.at, redemption=life.id, points=draw(st.integers(1, 400)))


def _takes(draw: DrawFn, life: _Life) -> MemberCommand:
    life.redemptions.append(life.id)
    reward = draw(st.sampled_from(life.programme.rewards)).id
    return RedeemReward(
        recorded_at=life.at,
        redemption=life.id,
        reward=reward,
        quantity=draw(st.sampled_from((1, 1, 2))),
    )


def _holds(draw: DrawFn, life: _Life) -> MemberCommand:
    life.holds.append(life.id)
    until = life.at + draw(gaps()) + timedelta(hours=1)
    points = draw(st.integers(1, 400))
    return PlaceHold(recorded_at=life.at, hold=life.id, points=points, until=until)


def _ends(draw: DrawFn, life: _Life) -> MemberCommand:
    hold, some = draw(st.sampled_from(life.holds)), draw(st.none() | st.integers(1, 200))
    if draw(st.booleans()):
        return ReleaseHold(recorded_at=life.at, hold=hold)
    life.redemptions.append(life.id)
    return CaptureHold(recorded_at=life.at, hold=hold, redemption=life.id, points=some)


def _undoes(draw: DrawFn, life: _Life) -> MemberCommand:
    redemption = draw(st.sampled_from(life.redemptions))
    some = draw(st.none() | st.integers(1, 200))
    return UndoRedemption(recorded_at=life.at, id=life.id, redemption=redemption, points=some)


def _gives(draw: DrawFn, life: _Life) -> MemberCommand:
    points = draw(st.integers(1, 300))
    return Transfer(recorded_at=life.at, transfer=life.id, to="z", points=points)


def _is_adjusted(draw: DrawFn, life: _Life) -> MemberCommand:
    points = draw(st.integers(-300, 300).filter(bool))
    role = draw(st.sampled_from(("clerk", "manager")))
    return AdjustPoints(
        recorded_at=life.at, id=life.id, points=points, actor="joe", role=role, reason="gift"
    )


def _tier(draw: DrawFn, life: _Life) -> Tier:
    assert life.programme.tiers is not None
    return draw(st.sampled_from(life.programme.tiers.ladder))


def _is_set(draw: DrawFn, life: _Life) -> MemberCommand:
    """Set a tier by hand, or lift one."""
    if draw(st.booleans()) and life.settings:
        return LiftTier(
            recorded_at=life.at,
            id=draw(st.sampled_from(life.settings)),
            actor="joe",
            role="manager",
            reason="enough",
        )
    life.settings.append(life.id)
    return SetTier(
        recorded_at=life.at,
        id=life.id,
        tier=_tier(draw, life).id,
        kind=draw(st.sampled_from((WarrantKind.FLOOR, WarrantKind.PIN))),
        until=life.at + draw(gaps()) + timedelta(hours=1),
        actor="joe",
        role="manager",
        reason="vip",
    )


def _buys_tier(draw: DrawFn, life: _Life) -> MemberCommand:
    """Buy a tier, renew one, or cancel it."""
    tier = _tier(draw, life)
    fee = Money(tier.sale.fee if tier.sale else 1, life.programme.currency)
    what = draw(st.sampled_from("brc")) if life.memberships else "b"
    if what == "b":
        life.memberships.append(life.id)
        return BuyTier(recorded_at=life.at, id=life.id, tier=tier.id, fee=fee)
    purchase = draw(st.sampled_from(life.memberships))
    if what == "r":
        return RenewTier(recorded_at=life.at, id=life.id, purchase=purchase, fee=fee)
    return CancelTier(recorded_at=life.at, purchase=purchase)


def _is_compensated(draw: DrawFn, life: _Life) -> MemberCommand:
    return CompensateOrder(
        recorded_at=life.at,
        id=draw(st.sampled_from((life.id, "complaint"))),
        order=draw(st.sampled_from(life.bought)).order,
        times=draw(st.integers(1, 2)),
        actor="joe",
        role=draw(st.sampled_from(("clerk", "manager"))),
        reason="late",
    )


def _is_entitled(draw: DrawFn, life: _Life) -> MemberCommand:
    """Draw a command of entitlements, often of one that an order brought."""
    there = life.programme.entitlements
    by_order = [rule for rule in life.programme.grants if rule.on is Occasion.ORDER]
    rights = [f"{rule.entitlement}/order:{o.order}" for rule in by_order for o in life.bought]
    return entitlement_command(draw, there, rights, life.entitled, life.id, life.at)


def _brings(draw: DrawFn, life: _Life) -> MemberCommand:
    """Bring a friend, earn by one, or lose what one brought."""
    waiting = [friend for friend, joined in life.friends.items() if joined]
    earned = [friend for friend, joined in life.friends.items() if not joined]
    what = draw(st.sampled_from(("b", *"eee"[: len(waiting)], *"u"[: len(earned)])))
    if what == "b":
        life.friends[life.id] = [life.at]
        return BringFriend(recorded_at=life.at, friend=life.id, joined_at=life.at)
    if what == "e":
        friend = draw(st.sampled_from(waiting))
        joined_at = life.friends[friend].pop()
        return EarnReferral(recorded_at=life.at, friend=friend, joined_at=joined_at)
    friend = draw(st.sampled_from(earned))
    return UndoReferral(recorded_at=life.at, ref=f"{FRIEND}{friend}")


def _joins(draw: DrawFn, life: _Life) -> list[MemberCommand]:
    """Join, brought by another or by nobody; who is asked may answer."""
    by = draw(st.sampled_from((None, "z"))) if life.programme.referral else None
    joins: list[MemberCommand] = [Enrol(recorded_at=life.at, referred_by=by)]
    if by:
        yes = draw(st.sampled_from((None, None, ReferralReason.NOT_A_MEMBER)))
        joins.append(AnswerReferral(recorded_at=life.at, reason=yes))
    return joins


def _returns(draw: DrawFn, life: _Life) -> MemberCommand:
    order = draw(st.sampled_from(life.bought))
    return RecordReturn(
        recorded_at=life.at,
        id=life.id,
        order=order.order,
        occurred_at=life.at,
        lines=draw(st.none() | returned_lines(order.lines)),
    )


@st.composite
def member_commands(
    draw: DrawFn,
    programme: Programme,
    max_size: int = 8,
    start: datetime | None = None,
    *,
    warrants: bool = True,
) -> list[MemberCommand]:
    """Draw what is recorded of one member, in time order, beginning with the enrolment.

    Some commands are refused: a redemption may ask for more than there is, a return for more than
    was bought.

    Args:
        draw: given by hypothesis.
        programme: whose currency and behaviours they use.
        max_size: the most commands after the enrolment.
        start: when the member joins; drawn by default.
        warrants: draw tiers that are set by hand and bought, too.
    """
    at = draw(moments(date(2011, 1, 1), date(2025, 1, 1))) if start is None else start
    life = _Life(programme, at, at)
    commands = _joins(draw, life)
    for number in range(draw(st.integers(0, max_size))):
        life.at, life.number = life.at + draw(gaps()), number
        kinds = [_buys, _buys, _buys, _buys, _redeems, _redeems, _holds, _gives, _is_adjusted]
        kinds += [_behaves] if programme.behaviours else []
        kinds += [_takes] if programme.rewards else []
        kinds += [_returns, _returns, _returns, _is_compensated] if life.bought else []
        kinds += [_is_entitled] * 2 if programme.entitlements else []
        kinds += [_ends] if life.holds else []
        kinds += [_is_set, _buys_tier] if programme.tiers and warrants else []
        kinds += [_undoes] if life.redemptions else []
        kinds += [_brings] if programme.referral else []
        commands.append(draw(st.sampled_from(kinds))(draw, life))
    return commands
