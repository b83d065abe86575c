"""What a member or a club can be asked to do."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import attrs

from loyalcore import checks
from loyalcore.decider import Command
from loyalcore.decimals import exact
from loyalcore.errors import InvalidValue
from loyalcore.loyalty.member.entitlement_commands import EntitlementCommand
from loyalcore.loyalty.member.entitlement_handing import ReceiveEntitlement, TransferEntitlement
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
from loyalcore.loyalty.member.referral_commands import (
    AnswerReferral,
    BringFriend,
    EarnReferral,
    UndoReferral,
)
from loyalcore.loyalty.member.tier_commands import BuyTier, CancelTier, LiftTier, RenewTier, SetTier
from loyalcore.loyalty.programme.line import Line, not_negative_money
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.money import Money
from loyalcore.timing import MonthDay


def _distinct(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand lines of the right class, each with an id of its own."""
    if value is None:  # all lines of the order
        return
    field = f"{type(instance).__name__}.{attribute.name}"
    kind = Line if isinstance(instance, RecordPurchase) else ReturnedLine
    wrong = [line for line in cast("tuple[object, ...]", value) if not isinstance(line, kind)]
    if wrong:
        raise InvalidValue(field, wrong[0], f"give a {kind.__name__} for each line")
    ids = [
        line.id if isinstance(line, Line) else line.line
        for line in cast("tuple[Line | ReturnedLine, ...]", value)
    ]
    if len(set(ids)) < len(ids):
        twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        raise InvalidValue(field, twice, "give each line of an order an id of its own, once")


def _lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    return checks.unpacked("RecordPurchase.lines", lines, "give a list of Line")


@attrs.frozen(kw_only=True)
class Enrol(Command):
    """Let a member join.

    Attributes:
        referred_by: the member who brought this one, as the last part of the stream's name;
            None for nobody.
    """

    referred_by: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.name)
    )


@attrs.frozen(kw_only=True)
class Leave(Command):
    """End a membership: points lapse, debt is let go, the tier is lost. Joining again is new."""


@attrs.frozen(kw_only=True)
class RecordPurchase(Command):
    """Tell of an order that was paid.

    Attributes:
        order: its id, once for each member.
        occurred_at: when it was bought; the rules of that local day judge it.
        lines: at least one.
        birthday: the member's, if the club knows it.
        channel: such as "web".
        store: such as "Bund 1".
        points: how many points pay for a part of it, or for all.
        hold: the hold that these points are taken from; "" takes them from what can be spent.
    """

    order: str = attrs.field(validator=checks.name)
    occurred_at: datetime = attrs.field(validator=checks.aware)
    lines: tuple[Line, ...] = attrs.field(converter=_lines, validator=_distinct)
    birthday: MonthDay | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.instance_of(MonthDay))
    )
    channel: str = attrs.field(default="", validator=checks.text)
    store: str = attrs.field(default="", validator=checks.text)
    points: int = attrs.field(default=0, validator=checks.count)
    hold: str = attrs.field(default="", validator=checks.text)

    def __attrs_post_init__(self) -> None:
        if not self.lines:
            raise InvalidValue("RecordPurchase.lines", (), "give at least one line")
        if self.hold and not self.points:
            raise InvalidValue("RecordPurchase.points", 0, "say how many points the hold pays")

    @property
    def refs(self) -> tuple[str, ...]:
        """The order, and the hold that pays for it."""
        hold = (f"hold:{self.hold}",) if self.hold else ()
        return (f"order:{self.order}", *hold)


@attrs.frozen(kw_only=True)
class RecordBehaviour(Command):
    """Tell of something a member did other than buying.

    Attributes:
        behaviour: such as "share", as the programme names it.
        id: the deed's own, once for each member.
        occurred_at: when it was done; the rules of that local day judge it.
        birthday: the member's, if the club knows it.
        channel: such as "app".
        store: such as "Bund 1".
    """

    behaviour: str = attrs.field(validator=checks.name)
    id: str = attrs.field(validator=checks.name)
    occurred_at: datetime = attrs.field(validator=checks.aware)
    birthday: MonthDay | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.instance_of(MonthDay))
    )
    channel: str = attrs.field(default="", validator=checks.text)
    store: str = attrs.field(default="", validator=checks.text)

    @property
    def refs(self) -> tuple[str, ...]:
        """The deed."""
        return (f"deed:{self.id}",)


def _quantity(number: Decimal | int | str) -> Decimal:
    return exact(number, "ReturnedLine.quantity")


@attrs.frozen
class ReturnedLine:
    """How much of a line comes back: an amount of what was paid for it, or a quantity.

    Attributes:
        line: its id in the order.
        amount: money.
        quantity: pieces; converted into money by what has been returned in all.
    """

    line: str = attrs.field(validator=checks.name)
    amount: Money | None = attrs.field(
        default=None, validator=attrs.validators.optional(not_negative_money)
    )
    quantity: Decimal | None = attrs.field(
        default=None,
        converter=attrs.converters.optional(_quantity),
        validator=attrs.validators.optional(checks.not_negative),
    )

    def __attrs_post_init__(self) -> None:
        if self.amount is None and self.quantity is None:
            raise InvalidValue("ReturnedLine.amount", None, "give an amount or a quantity")
        if self.amount is not None and self.quantity is not None:
            fix = f"leave it out: an amount is given, too, {self.amount}"
            raise InvalidValue("ReturnedLine.quantity", self.quantity, fix)


def _lines_or_none(lines: Iterable[ReturnedLine] | None) -> tuple[ReturnedLine, ...] | None:
    fix = "give a list of ReturnedLine, or None for all of the order"
    return None if lines is None else checks.unpacked("RecordReturn.lines", lines, fix)


@attrs.frozen(kw_only=True)
class RecordReturn(Command):
    """Tell of goods that came back.

    Attributes:
        id: the return's own, once for each member.
        order: the order it belongs to.
        occurred_at: when, not before the purchase.
        lines: what came back; None for all that is left of the order.
    """

    id: str = attrs.field(validator=checks.name)
    order: str = attrs.field(validator=checks.name)
    occurred_at: datetime = attrs.field(validator=checks.aware)
    lines: tuple[ReturnedLine, ...] | None = attrs.field(
        default=None, converter=_lines_or_none, validator=_distinct
    )

    @property
    def refs(self) -> tuple[str, ...]:
        """The order, the return, and what of the order's points expired."""
        order = f"order:{self.order}"
        return order, f"return:{self.id}", f"expired:{order}"


MemberCommand = (
    Enrol
    | Leave
    | RecordPurchase
    | RecordBehaviour
    | Redeem
    | RedeemReward
    | PlaceHold
    | CaptureHold
    | ReleaseHold
    | UndoRedemption
    | Transfer
    | ReceivePoints
    | AdjustPoints
    | CompensateOrder
    | RecordReturn
    | SetTier
    | LiftTier
    | BuyTier
    | RenewTier
    | CancelTier
    | EntitlementCommand
    | TransferEntitlement
    | ReceiveEntitlement
    | BringFriend
    | AnswerReferral
    | EarnReferral
    | UndoReferral
)


@attrs.frozen(kw_only=True)
class PublishProgramme(Command):
    """Publish a version of a club's programme.

    Attributes:
        programme: what it says.
        effective_from: when it takes effect, by default when it is recorded; it may lie in the
            past while no version is in force.
    """

    programme: Programme = attrs.field(validator=checks.instance_of(Programme))
    effective_from: datetime | None = attrs.field(default=None, validator=checks.aware_or_none)
