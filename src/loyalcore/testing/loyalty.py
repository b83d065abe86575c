"""Strategies for the loyalty domain: programmes, purchases, and what members do in time order."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from loyalcore.loyalty import (
    AdjustPoints,
    BuyTier,
    CancelTier,
    CaptureHold,
    CompensateOrder,
    Enrol,
    LiftTier,
    Line,
    Occasion,
    PlaceHold,
    Programme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    RedeemReward,
    ReleaseHold,
    RenewTier,
    ReturnedLine,
    SetTier,
    Tier,
    Transfer,
    UndoRedemption,
    WarrantKind,
)
from loyalcore.loyalty.entitlement_commands import EntitlementCommand
from loyalcore.money import Money
from loyalcore.testing.entitlements import entitlement_command, entitlements, grants
from loyalcore.testing.programmes import (
    BEHAVIOURS,
    CATEGORIES,
    CHANNELS,
    FIRST_DAY,
    LAST_DAY,
    SKUS,
    STORES,
    ZONES,
    base_rules,
    behaviours,
    conditions,
    days,
    expiries,
    factors,
    ladders,
    month_days,
    multipliers,
    programmes,
    recurrences,
    rewards,
    spend_tiers,
    tiers,
)

__all__ = [
    "CATEGORIES",
    "CHANNELS",
    "FIRST_DAY",
    "LAST_DAY",
    "SKUS",
    "STORES",
    "ZONES",
    "MemberCommand",
    "base_rules",
    "behaviours",
    "conditions",
    "days",
    "entitlement_command",
    "entitlements",
    "expiries",
    "factors",
    "gaps",
    "grants",
    "ladders",
    "lines",
    "member_commands",
    "moments",
    "money",
    "month_days",
    "multipliers",
    "orders",
    "programmes",
    "purchases",
    "recurrences",
    "returned_lines",
    "rewards",
    "spend_tiers",
    "tiers",
]

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
)


def moments(first: date = FIRST_DAY, last: date = LAST_DAY) -> SearchStrategy[datetime]:
    """Draw instants in UTC, often at a whole hour."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    hours = st.integers(0, (last - first).days * 24)
    parts = st.sampled_from((0, 0, 1, 30 * 60 * 10**6, 3600 * 10**6 - 1))
    return st.builds(
        lambda hour, part: begin + timedelta(hours=hour, microseconds=part), hours, parts
    )


def money(
    currency: str = "CNY", smallest: int = 0, largest: int = 100_000
) -> SearchStrategy[Money]:
    """Draw money; the bounds are in minor units."""
    return st.integers(smallest, largest).map(lambda minor: Money.from_minor(minor, currency))


def lines(currency: str = "CNY", **fixed: SearchStrategy[Any]) -> SearchStrategy[Line]:
    """Draw lines; some are rewards, some have a coupon worth more than the article."""
    fields: dict[str, SearchStrategy[Any]] = {
        "id": st.sampled_from("123456789"),
        "price": money(currency),
        "discount": st.none() | money(currency, largest=20_000),
        "quantity": st.integers(0, 4).map(Decimal),
        "sku": st.sampled_from(("", *SKUS)),
        "categories": st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True),
        "reward": st.sampled_from((False, False, False, True)),
        "delivery": st.sampled_from((False, False, False, False, True)),
    }
    drawn = st.builds(Line, **(fields | fixed))
    return st.builds(_taxed, drawn, st.sampled_from((0, 0, 6, 25)))


def _taxed(line: Line, percent: int) -> Line:
    """Say that so much of what is paid for a line is tax on top of the rest."""
    tax = max(0, line.paid) * percent // (100 + percent)
    return attrs.evolve(line, tax=Money.from_minor(tax, line.price.currency)) if tax else line


def orders(
    currency: str = "CNY", max_size: int = 4, **fixed: SearchStrategy[Any]
) -> SearchStrategy[tuple[Line, ...]]:
    """Draw the lines of one order, each with an id of its own."""
    drawn = st.lists(
        lines(currency, **fixed), min_size=1, max_size=max_size, unique_by=lambda line: line.id
    )
    return drawn.map(tuple)


def purchases(
    currency: str = "CNY", occurred_at: SearchStrategy[datetime] | None = None, **fixed: Any
) -> SearchStrategy[RecordPurchase]:
    """Draw purchases that are recorded at once.

    Args:
        currency: of their money.
        occurred_at: when; `moments()` by default.
        fixed: strategies for other fields.
    """

    def build(at: datetime, values: dict[str, Any]) -> RecordPurchase:
        return RecordPurchase(recorded_at=at, occurred_at=at, **values)

    fields: dict[str, SearchStrategy[Any]] = {
        "order": st.just("A-1"),
        "lines": orders(currency),
        "birthday": st.none() | month_days(),
        "channel": st.sampled_from(CHANNELS),
        "store": st.sampled_from(STORES),
    }
    return st.builds(
        build,
        moments() if occurred_at is None else occurred_at,
        st.fixed_dictionaries(fields | fixed),
    )


def gaps() -> SearchStrategy[timedelta]:
    """Draw how much later something happens: at once, some hours, some days, some months."""
    return st.one_of(
        st.just(timedelta(0)),
        st.integers(1, 48).map(lambda n: timedelta(hours=n)),
        st.integers(1, 40).map(lambda n: timedelta(days=n)),
        st.integers(2, 14).map(lambda n: timedelta(days=30 * n, microseconds=1)),
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
    told = [rule.id for rule in life.programme.behaviours if not rule.on_joining]
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
    commands: list[MemberCommand] = [Enrol(recorded_at=at)]
    for number in range(draw(st.integers(0, max_size))):
        life.at, life.number = life.at + draw(gaps()), number
        kinds = [_buys, _buys, _buys, _buys, _redeems, _redeems, _holds, _gives, _is_adjusted]
        kinds += [_behaves] if programme.behaviours else []
        kinds += [_returns, _returns, _returns, _is_compensated] if life.bought else []
        kinds += [_is_entitled] * 2 if programme.entitlements else []
        kinds += [_ends] if life.holds else []
        kinds += [_is_set, _buys_tier] if programme.tiers and warrants else []
        kinds += [_undoes] if life.redemptions else []
        commands.append(draw(st.sampled_from(kinds))(draw, life))
    return commands


def returned_lines(bought: Sequence[Line]) -> SearchStrategy[tuple[ReturnedLine, ...]]:
    """Draw what comes back of an order: of some lines an amount or a quantity."""

    def one(line: Line) -> SearchStrategy[ReturnedLine]:
        paid = max(0, line.paid)
        amounts = st.just(paid) | st.integers(0, paid)
        pieces = st.integers(0, int(line.quantity)).map(Decimal)
        return amounts.map(
            lambda minor: ReturnedLine(line.id, Money.from_minor(minor, line.price.currency))
        ) | pieces.map(lambda count: ReturnedLine(line.id, quantity=count))

    some = st.lists(st.sampled_from(bought), min_size=1, max_size=3, unique_by=lambda line: line.id)
    return some.flatmap(lambda chosen: st.tuples(*(one(line) for line in chosen)))
