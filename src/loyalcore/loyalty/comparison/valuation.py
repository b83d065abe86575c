"""What a point is worth to a member."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from statistics import median
from types import MappingProxyType
from typing import Any

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.errors import InvalidValue
from loyalcore.forms import demand
from loyalcore.loyalty.programme.programme import Programme


class Pick(Enum):
    """Which of several rewards says what a point is worth."""

    BEST = "best"
    MEDIAN = "median"


def _per_point(number: Decimal | int | str) -> Decimal:
    return exact(number, "Valuation.per_point")


def _worths(table: Any) -> Any:
    """Take a copy that nobody can change, of exact numbers."""
    if not isinstance(table, Mapping):
        return table
    return MappingProxyType({id_: exact(n, f"Valuation.rewards.{id_}") for id_, n in table.items()})


@attrs.frozen
class Valuation:
    """How points are valued, in major units of the programme's currency.

    Stated for each point; or by what rewards are worth to a member; or, where neither is given, by
    the best offer of the programme to pay with points.

    Attributes:
        per_point: what one point is worth: 0.01 where 100 points are worth 1.00.
        rewards: what rewards are worth, by id; those that cannot be had are left aside.
        pick: of the rewards the best for each point, or the median.
    """

    per_point: Decimal | None = attrs.field(
        default=None, converter=attrs.converters.optional(_per_point)
    )
    rewards: Mapping[str, Decimal] = attrs.field(
        default=MappingProxyType({}),
        converter=_worths,
        validator=attrs.validators.deep_mapping(
            checks.name, checks.not_negative, checks.instance_of(MappingProxyType)
        ),
        hash=False,
    )
    pick: Pick = attrs.field(default=Pick.BEST, validator=checks.instance_of(Pick))

    def __attrs_post_init__(self) -> None:
        stated = self.per_point
        demand(
            self,
            (stated is None or not self.rewards, "rewards", "give per_point or rewards, not both"),
            (stated is None or stated >= 0, "per_point", f"{stated}: give 0 or more"),
        )

    def of_point(
        self, programme: Programme, rewards: Collection[str], offers: Collection[str]
    ) -> Fraction:
        """Give what a point of a programme is worth, exactly.

        Args:
            programme: whose points.
            rewards: the ids of those that can be had.
            offers: the ids of the offers to pay with points that hold.

        Raises:
            InvalidValue: a reward is valued that the programme does not have; or nothing that can
                be had says what a point is worth.
        """
        if self.per_point is not None:
            return Fraction(self.per_point)
        known = {reward.id: reward for reward in programme.rewards}
        strange = sorted(self.rewards.keys() - known)
        if strange:
            fix = f"{programme.name} has {', '.join(known) or 'no rewards'}"
            raise InvalidValue("Valuation.rewards", strange[0], fix)
        if self.rewards:
            found = [
                Fraction(worth) / known[id_].points
                for id_, worth in self.rewards.items()
                if id_ in rewards
            ]
        else:
            rates = [o.points_per_unit for o in programme.payments if o.id in offers]
            found = [1 / Fraction(rate) for rate in rates]
        if not found:
            fix = f"{programme.name} has nothing of it on offer: state what a point is worth"
            raise InvalidValue("Valuation", self, fix)
        return max(found) if self.pick is Pick.BEST or not self.rewards else median(found)
