"""What a comparison of groups refuses."""

import attrs

from loyalcore.errors.reserving import NotEstimable


@attrs.define(eq=False)
class NothingComparable(NotEstimable):
    """Groups that have no stratum in common with enough of both.

    Attributes:
        smallest: how many of each group a stratum needs.
        largest: how many of the rarer group the best stratum has.
    """

    smallest: int
    largest: int

    def message(self) -> str:
        return (
            f"no stratum has {self.smallest} members and {self.smallest} others, the best has "
            f"{self.largest} of the fewer: give more customers, or coarser strata"
        )
