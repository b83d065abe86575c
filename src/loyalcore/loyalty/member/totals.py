"""What became of all points that a member ever had."""

import attrs


@attrs.frozen
class Totals:
    """Sums since the stream began, over all memberships.

    What is claimed back is clawed, owed or waived; what was given to others is `moved`.
    """

    issued: int = 0
    spent: int = 0
    expired: int = 0
    clawed: int = 0
    claimed: int = 0
    waived: int = 0
    moved: int = 0

    def plus(
        self,
        *,
        issued: int = 0,
        spent: int = 0,
        expired: int = 0,
        clawed: int = 0,
        claimed: int = 0,
        waived: int = 0,
        moved: int = 0,
    ) -> "Totals":
        """Add to the sums."""
        return Totals(
            self.issued + issued,
            self.spent + spent,
            self.expired + expired,
            self.clawed + clawed,
            self.claimed + claimed,
            self.waived + waived,
            self.moved + moved,
        )
