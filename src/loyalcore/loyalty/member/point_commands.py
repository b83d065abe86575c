"""What a member can be asked to do with points."""

from datetime import datetime

import attrs

from loyalcore import checks
from loyalcore.decider import Command
from loyalcore.errors import InvalidValue
from loyalcore.loyalty.member.parts import Part


@attrs.frozen(kw_only=True)
class Redeem(Command):
    """Spend points.

    Attributes:
        redemption: its id, once for each member.
        points: how many, at least 1.
    """

    redemption: str = attrs.field(validator=checks.name)
    points: int = attrs.field(validator=checks.positive)

    @property
    def refs(self) -> tuple[str, ...]:
        """The redemption."""
        return (f"redemption:{self.redemption}",)


@attrs.frozen(kw_only=True)
class RedeemReward(Command):
    """Take a reward of the programme for points.

    Attributes:
        redemption: its id, once for each member.
        reward: which.
        quantity: how many.
    """

    redemption: str = attrs.field(validator=checks.name)
    reward: str = attrs.field(validator=checks.name)
    quantity: int = attrs.field(default=1, validator=checks.positive)

    @property
    def refs(self) -> tuple[str, ...]:
        """The redemption."""
        return (f"redemption:{self.redemption}",)


@attrs.frozen(kw_only=True)
class PlaceHold(Command):
    """Set points aside, to be spent or let go of later.

    Attributes:
        hold: its id, once for each member.
        points: how many, at least 1.
        until: the deadline, at which it lapses by itself.
    """

    hold: str = attrs.field(validator=checks.name)
    points: int = attrs.field(validator=checks.positive)
    until: datetime = attrs.field(validator=checks.aware)

    @property
    def refs(self) -> tuple[str, ...]:
        """The hold."""
        return (f"hold:{self.hold}",)


@attrs.frozen(kw_only=True)
class CaptureHold(Command):
    """Spend what is held, or a part of it; the rest goes back.

    Attributes:
        hold: which.
        redemption: the redemption's id, once for each member.
        points: how many; None for all.
    """

    hold: str = attrs.field(validator=checks.name)
    redemption: str = attrs.field(validator=checks.name)
    points: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.positive)
    )

    @property
    def refs(self) -> tuple[str, ...]:
        """The hold and the redemption."""
        return f"hold:{self.hold}", f"redemption:{self.redemption}"


@attrs.frozen(kw_only=True)
class ReleaseHold(Command):
    """Let go of what is held."""

    hold: str = attrs.field(validator=checks.name)

    @property
    def refs(self) -> tuple[str, ...]:
        """The hold."""
        return (f"hold:{self.hold}",)


@attrs.frozen(kw_only=True)
class UndoRedemption(Command):
    """Give spent points back to the lots they came from.

    Attributes:
        id: the undoing's own, once for each member.
        redemption: what to undo.
        points: how many, those taken last first; None for all that is left.
    """

    id: str = attrs.field(validator=checks.name)
    redemption: str = attrs.field(validator=checks.name)
    points: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.positive)
    )

    @property
    def refs(self) -> tuple[str, ...]:
        """The redemption and the undoing."""
        return f"redemption:{self.redemption}", f"undo:{self.id}"


@attrs.frozen(kw_only=True)
class Transfer(Command):
    """Give points to another member of the club, or to a pool that is one.

    Attributes:
        transfer: its id, once for each of the two.
        to: the other member, as the last part of the stream's name.
        points: how many.
    """

    transfer: str = attrs.field(validator=checks.name)
    to: str = attrs.field(validator=checks.name)
    points: int = attrs.field(validator=checks.positive)

    @property
    def refs(self) -> tuple[str, ...]:
        """The transfer."""
        return (f"transfer:{self.transfer}",)


@attrs.frozen(kw_only=True)
class ReceivePoints(Command):
    """Take in what a transfer brings; no command of its own."""

    transfer: str
    sender: str
    parts: tuple[Part, ...]

    @property
    def refs(self) -> tuple[str, ...]:
        """The transfer."""
        return (f"transfer:{self.transfer}",)


@attrs.frozen(kw_only=True)
class AdjustPoints(Command):
    """Give or take points by hand.

    Attributes:
        id: the adjustment's own, once for each member.
        points: given, or taken when negative.
        actor: who does it.
        role: in which role; the programme says how many points it may move at once.
        reason: a short code or phrase.
    """

    id: str = attrs.field(validator=checks.name)
    points: int = attrs.field(validator=checks.whole)
    actor: str = attrs.field(validator=checks.name)
    role: str = attrs.field(validator=checks.name)
    reason: str = attrs.field(validator=checks.name)

    def __attrs_post_init__(self) -> None:
        if not self.points:
            raise InvalidValue("AdjustPoints.points", 0, "give points, or take them: not 0")

    @property
    def refs(self) -> tuple[str, ...]:
        """The adjustment."""
        return (f"adjustment:{self.id}",)


@attrs.frozen(kw_only=True)
class CompensateOrder(Command):
    """Give an order's points once more, as a remedy; what has come back of it counts no more.

    Attributes:
        id: the remedy's cause, such as `complaint:77`, once for each member.
        order: whose points.
        times: how often more: once makes them double.
        actor: who does it.
        role: in which role; the programme says how many points it may move at once.
        reason: a short code or phrase.
    """

    id: str = attrs.field(validator=checks.name)
    order: str = attrs.field(validator=checks.name)
    times: int = attrs.field(default=1, validator=checks.positive)
    actor: str = attrs.field(validator=checks.name)
    role: str = attrs.field(validator=checks.name)
    reason: str = attrs.field(validator=checks.name)

    @property
    def refs(self) -> tuple[str, ...]:
        """The adjustment and the order."""
        return (f"adjustment:{self.id}", f"order:{self.order}")
