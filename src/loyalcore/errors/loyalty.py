"""What the rules of loyalty programmes refuse."""

from datetime import datetime

import attrs

from loyalcore.errors.base import Refused


@attrs.define(eq=False)
class RecordedBackwards(Refused):
    """A command recorded before what its stream has recorded already."""

    last: datetime
    given: datetime

    def message(self) -> str:
        return (
            f"recorded at {self.given.isoformat()}, before {self.last.isoformat()}, the last thing "
            "recorded here: time never runs backwards"
        )


@attrs.define(eq=False)
class NotEnrolled(Refused):
    """A member who has not joined."""

    def message(self) -> str:
        return "this member has not joined: send Enrol first"


@attrs.define(eq=False)
class ReceiverNotEnrolled(NotEnrolled):
    """A transfer to somebody who is no member."""

    transfer: str
    sender: str

    def message(self) -> str:
        return (
            f"the receiver of the transfer {self.transfer!r} from {self.sender!r} is no member: "
            "let the receiver join first"
        )


@attrs.define(eq=False)
class AlreadyEnrolled(Refused):
    """A member who joins twice."""

    since: datetime

    def message(self) -> str:
        return f"this member joined at {self.since.isoformat()} already"


@attrs.define(eq=False)
class AlreadyRecorded(Refused):
    """A fact whose reference was recorded before.

    Attributes:
        ref: such as `order:A-1`.
    """

    ref: str

    def message(self) -> str:
        return f"{self.ref} has been recorded already: it counts once; give a new one its own id"


@attrs.define(eq=False)
class DeadlinePassed(Refused):
    """A deadline that does not lie ahead."""

    until: datetime
    recorded_at: datetime

    def message(self) -> str:
        return (
            f"the deadline {self.until.isoformat()} is not after {self.recorded_at.isoformat()}: "
            "give a later one"
        )


@attrs.define(eq=False)
class NotAuthorised(Refused):
    """More points moved by hand than the role may."""

    role: str
    asked: int
    allowed: int

    def message(self) -> str:
        return (
            f"the role {self.role!r} may move {self.allowed} points at once, not {self.asked}: "
            "ask somebody who may, or let the programme's authorities allow it"
        )


@attrs.define(eq=False)
class UnknownReward(Refused):
    """A reward that the programme does not have."""

    reward: str
    known: tuple[str, ...]

    def message(self) -> str:
        return f"there is no reward {self.reward!r}: there are {', '.join(self.known) or 'none'}"


@attrs.define(eq=False)
class RewardNotAvailable(Refused):
    """A reward that this member cannot have today."""

    reward: str
    reason: str

    def message(self) -> str:
        return f"the reward {self.reward!r} cannot be had: {self.reason}"


@attrs.define(eq=False)
class OutOfStock(Refused):
    """More of a reward than there is."""

    asked: int
    left: int

    def message(self) -> str:
        return f"{self.left} are left, {self.asked} are asked for: fill the stock up first"


@attrs.define(eq=False)
class UnknownHold(Refused):
    """A hold that was never placed."""

    hold: str

    def message(self) -> str:
        return f"there is no hold {self.hold!r}: place it first"


@attrs.define(eq=False)
class HoldOver(Refused):
    """A hold that came to its end already: captured, released, lapsed, or the member left."""

    hold: str
    how: str
    at: datetime

    def message(self) -> str:
        how = "ended by leaving" if self.how == "left" else self.how
        return f"the hold {self.hold!r} was {how} at {self.at.isoformat()}: place another one"


@attrs.define(eq=False)
class HoldTooSmall(Refused):
    """More points to be captured than a hold has."""

    hold: str
    asked: int
    held: int

    def message(self) -> str:
        return (
            f"the hold {self.hold!r} is of {self.held} points, not {self.asked}: capture so many, "
            "and redeem the rest"
        )


@attrs.define(eq=False)
class UnknownRedemption(Refused):
    """A redemption that is not recorded."""

    redemption: str

    def message(self) -> str:
        return f"the redemption {self.redemption!r} is not recorded: nothing can be undone"


@attrs.define(eq=False)
class FormerMembership(Refused):
    """Something of a membership that has ended: its points lapsed with it."""

    ref: str
    enrolled_at: datetime

    def message(self) -> str:
        return (
            f"{self.ref} belongs to a membership that ended before the member joined again at "
            f"{self.enrolled_at.isoformat()}: its points lapsed"
        )


@attrs.define(eq=False)
class UndoExceedsRedemption(Refused):
    """More of a redemption to be undone than is left of it."""

    redemption: str
    asked: int
    remaining: int

    def message(self) -> str:
        if not self.remaining:
            return f"the redemption {self.redemption!r} is undone already: nothing is left of it"
        return (
            f"{self.asked} points of the redemption {self.redemption!r} cannot be undone: "
            f"{self.remaining} are left of it"
        )


@attrs.define(eq=False)
class InsufficientPoints(Refused):
    """More points than the member can spend now."""

    asked: int
    available: int

    def message(self) -> str:
        return (
            f"{self.asked} points asked, {self.available} can be spent: ask for no more than that, "
            "or later, when there are more"
        )


@attrs.define(eq=False)
class PaymentNotAllowed(Refused):
    """Points that may not pay for an order.

    Attributes:
        points: how many were to pay.
        reasons: (offer, why not) for each offer that the programme has.
    """

    points: int
    reasons: tuple[tuple[str, str], ...]

    def message(self) -> str:
        if not self.reasons:
            return "the programme has no offer to pay with points: add one to its payments"
        reasons = "; ".join(f"{offer}: {why}" for offer, why in self.reasons)
        return f"{self.points} points cannot pay for this order: {reasons}"


@attrs.define(eq=False)
class NoProgramme(Refused):
    """No version of the programme is in force at an instant."""

    at: datetime

    def message(self) -> str:
        return (
            f"no programme is in force at {self.at.isoformat()}: publish one that takes effect "
            "by then"
        )


@attrs.define(eq=False)
class UnknownClub(Refused):
    """A club for which nothing was ever published, or a stream that is no club's."""

    club: str

    def message(self) -> str:
        return (
            f"there is no club {self.club!r} here: give the stream to which its programme was "
            "published, such as 'loyalty/bluebird'"
        )


@attrs.define(eq=False)
class ProgrammeConflict(Refused):
    """A programme version that contradicts what members already hold."""

    field: str
    reason: str

    def message(self) -> str:
        return f"{self.field}: {self.reason}"
