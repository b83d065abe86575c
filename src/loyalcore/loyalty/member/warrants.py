"""Tiers held by other means than earning: set by hand, or bought."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

import attrs

from loyalcore.timing import Length

if TYPE_CHECKING:
    from loyalcore.loyalty.programme.tiers import Tiers


class WarrantKind(Enum):
    """What a warrant does: not below this tier, exactly this tier, or a tier that was bought."""

    FLOOR = "floor"
    PIN = "pin"
    BOUGHT = "bought"


@attrs.frozen
class Warrant:
    """A tier held until a date by other means than earning.

    Attributes:
        id: of the command that brought it.
        kind: a floor, a pin, or bought; one of each at most.
        tier: which.
        until: when it ends.
    """

    id: str
    kind: WarrantKind
    tier: str
    until: datetime


@attrs.frozen
class PaidTerm:
    """A term of a bought tier that is paid and not over.

    Attributes:
        fee: in minor units.
        first, last: its local days.
        until: when it ends.
        whole_until: until when the fee comes back whole; None for never.
        pro_rata: whether it comes back for days that have not begun.
    """

    fee: int
    first: date
    last: date
    until: datetime
    whole_until: datetime | None = None
    pro_rata: bool = False


@attrs.frozen
class Bought:
    """What is open of a bought tier.

    Attributes:
        start: the local day from which its terms are counted.
        length: all terms since, in one.
        terms: those that are not over, in order.
    """

    start: date
    length: Length
    terms: tuple[PaidTerm, ...]


def held_tier(tiers: "Tiers", earned: str, warrants: Iterable[Warrant]) -> str:
    """Give the tier that is held: the pinned one, else the highest of earned, floor and bought."""
    some = {warrant.kind: warrant.tier for warrant in warrants}
    if WarrantKind.PIN in some:
        return some[WarrantKind.PIN]
    return max([earned, *some.values()], key=tiers.rank)
