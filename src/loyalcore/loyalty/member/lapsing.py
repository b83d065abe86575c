"""What happens to points because nothing does."""

from datetime import datetime

import attrs

from loyalcore.decider import Event
from loyalcore.loyalty.member.parts import Part, expired_refs, points_of


@attrs.frozen(kw_only=True)
class InactivityMoved(Event):
    """Something a member did, or points that came in, moved the date of inactivity.

    Attributes:
        until: when all points go unless something moves it again; None for never.
        warn_at: when the member is to be told that.
        programme: the content id of the version that says so.
    """

    until: datetime | None
    programme: str
    warn_at: tuple[datetime, ...] = ()


@attrs.frozen(kw_only=True)
class InactivityReached(Event):
    """A member did nothing for so long that all points are over.

    Attributes:
        parts: what expired, of all lots; what is held then is over, too, and expires when it is
            let go of.
    """

    parts: tuple[Part, ...] = ()

    @property
    def points(self) -> int:
        """How many expired."""
        return points_of(self.parts)

    @property
    def refs(self) -> tuple[str, ...]:
        """Whose points expired, where the programme wants returns to know."""
        return expired_refs(self.parts)


@attrs.frozen
class Expiring:
    """Points that will expire at an instant.

    Attributes:
        at: when.
        points: how many, unless they are spent before.
        inactive: they will because the member has done nothing; an activity keeps them.
    """

    at: datetime
    points: int
    inactive: bool = False


@attrs.frozen(kw_only=True)
class ExpiryAhead(Event):
    """Points will expire in so many days as the programme says that their member be warned.

    Attributes:
        expiring: what will, the soonest first.
    """

    expiring: tuple[Expiring, ...]

    @property
    def points(self) -> int:
        """How many in all."""
        return sum(expiring.points for expiring in self.expiring)
