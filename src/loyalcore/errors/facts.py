"""Why a purchase, a behaviour or a return cannot be recorded."""

from datetime import datetime

import attrs

from loyalcore.errors.base import Refused


@attrs.define(eq=False)
class CurrencyNotAccepted(Refused):
    """Money in a currency that the programme does not know."""

    field: str
    currency: str
    accepted: str

    def message(self) -> str:
        return f"{self.field}: the programme knows {self.accepted}, not {self.currency}"


@attrs.define(eq=False)
class FactInFuture(Refused):
    """A fact that is said to occur after it was recorded."""

    occurred_at: datetime
    recorded_at: datetime

    def message(self) -> str:
        return (
            f"occurred at {self.occurred_at.isoformat()}, after it was recorded at "
            f"{self.recorded_at.isoformat()}: record it once it has happened"
        )


@attrs.define(eq=False)
class FactBeforeJoining(Refused):
    """A fact of a day on which the member had not joined yet."""

    occurred_at: datetime
    enrolled_at: datetime

    def message(self) -> str:
        return (
            f"occurred at {self.occurred_at.isoformat()}, on a day before the member joined at "
            f"{self.enrolled_at.isoformat()}: such facts earn nothing"
        )


@attrs.define(eq=False)
class FactTooLate(Refused):
    """A fact told later than the programme allows."""

    occurred_at: datetime
    recorded_at: datetime
    days: int

    def message(self) -> str:
        return (
            f"occurred at {self.occurred_at.isoformat()}, more than {self.days} days before it was "
            f"recorded at {self.recorded_at.isoformat()}: adjust the balance by hand instead"
        )


@attrs.define(eq=False)
class UnknownOrder(Refused):
    """A return of an order that this member never recorded."""

    order: str

    def message(self) -> str:
        return f"order {self.order!r} was never recorded for this member: record the purchase first"


@attrs.define(eq=False)
class UnknownLine(Refused):
    """A return of a line that its order does not have."""

    order: str
    line: str
    known: tuple[str, ...]

    def message(self) -> str:
        return f"order {self.order!r} has no line {self.line!r}: it has {', '.join(self.known)}"


@attrs.define(eq=False)
class ReturnExceedsPurchase(Refused):
    """More of a line returned than is left of it.

    Attributes:
        asked, remaining: in the unit asked in: money in major units, or pieces.
    """

    order: str
    line: str
    asked: str
    remaining: str

    def message(self) -> str:
        return (
            f"order {self.order!r}, line {self.line!r}: {self.asked} to return, "
            f"{self.remaining} left of it"
        )


@attrs.define(eq=False)
class ReturnBeforePurchase(Refused):
    """A return that is said to occur before its purchase."""

    order: str
    purchased_at: datetime
    returned_at: datetime

    def message(self) -> str:
        return (
            f"order {self.order!r} was bought at {self.purchased_at.isoformat()}, after "
            f"{self.returned_at.isoformat()}, when it is said to be returned"
        )
