"""Points set aside by a hold."""

from datetime import datetime

import attrs

from loyalcore.loyalty.member.parts import Part, points_of


@attrs.frozen
class Held:
    """Points set aside.

    Attributes:
        id: the hold's.
        until: when it lapses.
        parts: from which lots they are.
    """

    id: str
    until: datetime
    parts: tuple[Part, ...]

    @property
    def points(self) -> int:
        """How many in all."""
        return points_of(self.parts)
