"""What differs between two programmes, over all members: one report, added up member by member."""

from collections.abc import Mapping
from datetime import datetime
from heapq import nsmallest
from typing import Any

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.loyalty.simulation.difference_text import as_data, table
from loyalcore.loyalty.simulation.replayed import Prices, Replayed, summed


@attrs.frozen
class Touched:
    """A member for whom something differs.

    Attributes:
        member: the id.
        old, new: points that the member had the good of, or still may: spent, given away or left
            at the end, less what is owed.
        old_tier, new_tier: at the end; "" for none.
    """

    member: str
    old: int
    new: int
    old_tier: str = ""
    new_tier: str = ""

    @property
    def change(self) -> int:
        """Points more under the new programme."""
        return self.new - self.old

    @property
    def rank(self) -> tuple[int, bool, str]:
        """Sort key: the most points first, then a change of tier, then the id."""
        return -abs(self.change), self.old_tier == self.new_tier, self.member


@attrs.frozen
class Difference:
    """What differs between two programmes. Those of different members add up with `+`.

    Adding those of different simulations raises InvalidValue.

    Attributes:
        currency: which both programmes know.
        until: the end of the replay.
        most: how many of the most touched are named.
        old: what the facts come to under the old programme.
        new: and under the new one.
        members: how many were replayed.
        touched: for how many of them anything differs.
        gained: how many have more points under the new programme.
        lost: how many have fewer.
        tiers: how many stand at the end in (the old programme's tier, the new one's).
        left_out: facts recorded after the end.
        most_touched: the members whose points differ most, then those whose tier does, then by id.
    """

    currency: str
    until: datetime
    most: int = attrs.field(validator=checks.count)
    old: Replayed = Replayed()
    new: Replayed = Replayed()
    members: int = 0
    touched: int = 0
    gained: int = 0
    lost: int = 0
    tiers: Mapping[tuple[str, str], int] = attrs.field(factory=dict)
    left_out: int = 0
    most_touched: tuple[Touched, ...] = ()

    @classmethod
    def none(cls, currency: str, until: datetime, most: int) -> "Difference":
        """Give what no members come to."""
        return cls(currency, until, most)

    def __add__(self, other: "Difference") -> "Difference":
        alike = self.currency, self.until, self.most
        if alike != (other.currency, other.until, other.most):
            fix = f"add what has the same currency, end and most: {alike}"
            raise InvalidValue("Difference", (other.currency, other.until, other.most), fix)
        both = self.most_touched + other.most_touched
        return Difference(
            *alike,
            self.old + other.old,
            self.new + other.new,
            self.members + other.members,
            self.touched + other.touched,
            self.gained + other.gained,
            self.lost + other.lost,
            summed(self.tiers, other.tiers),
            self.left_out + other.left_out,
            tuple(nsmallest(self.most, both, key=lambda touched: touched.rank)),
        )

    def table(self, prices: Prices | None = None) -> str:
        """Give the report as text; with prices it tells cost and liability in money too."""
        return table(self, self._accepted(prices))

    def as_data(self, prices: Prices | None = None) -> dict[str, Any]:
        """Give the report as plain data, which JSON can write; money as text."""
        return as_data(self, self._accepted(prices))

    def _accepted(self, prices: Prices | None) -> Prices | None:
        if prices is not None and prices.currency != self.currency:
            fix = f"give prices in {self.currency}, which the programmes know"
            raise InvalidValue("prices.currency", prices.currency, fix)
        return prices

    def __str__(self) -> str:
        return self.table()


def between(
    member: str,
    old: Replayed,
    new: Replayed,
    tiers: tuple[str, str],
    left_out: int,
    like: Difference,
) -> Difference:
    """Give what differs for one member, of the same simulation as another difference."""
    touched = Touched(member, old.kept, new.kept, *tiers)
    differs = old != new
    enrolled = bool(old.tiers or new.tiers)
    return Difference(
        like.currency,
        like.until,
        like.most,
        old,
        new,
        members=1,
        touched=int(differs),
        gained=int(touched.change > 0),
        lost=int(touched.change < 0),
        tiers={tiers: 1} if enrolled else {},
        left_out=left_out,
        most_touched=(touched,) if differs and like.most else (),
    )
