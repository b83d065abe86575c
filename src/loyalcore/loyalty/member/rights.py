"""An entitlement that a member has: until when, how often it was used, what is reserved."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import attrs

from loyalcore.loyalty.programme.entitlements import EntitlementKind
from loyalcore.loyalty.programme.limits import PeriodLimit
from loyalcore.loyalty.programme.tally import Tally

_LONGEST_PERIOD = timedelta(days=366)


@attrs.frozen
class Reservation:
    """A use set aside for a checkout.

    Attributes:
        id: its own.
        until: when it lapses.
        day: the local day on which it was placed, and counts.
    """

    id: str
    until: datetime
    day: date


@attrs.frozen
class Right:
    """An entitlement that a member was granted, on the terms of that time.

    Attributes:
        id: `ENTITLEMENT/CAUSE`; what is granted by hand has `by hand/` before the cause.
        entitlement: as the programme names it.
        kind: what kind of thing it is.
        cause: what it was granted for.
        rule: the programme's rule that granted it; "" by hand.
        granted_at: when.
        valid_from: can be used from here.
        valid_until: can be used until just before; None for ever.
        uses: how often in all; 0 for as often as one likes.
        limits: how often within a local calendar period.
        used: how often it was.
        days: the uses by local day, as far back as they matter; empty without limits.
        reserved: what is set aside.
        expired: its time is over, and only what is reserved can still be used.
        transferable: it may be given to another member.
    """

    id: str
    entitlement: str
    kind: EntitlementKind
    cause: str
    rule: str
    granted_at: datetime
    valid_from: datetime
    valid_until: datetime | None = None
    uses: int = 1
    limits: tuple[PeriodLimit, ...] = ()
    used: int = 0
    days: Tally = Tally()
    reserved: tuple[Reservation, ...] = ()
    expired: bool = False
    transferable: bool = False

    @property
    def caused_by(self) -> str:
        """The ref of what made the programme grant it; "" by hand."""
        return self.cause if self.rule else ""

    @property
    def left(self) -> int | None:
        """How many uses are left that nobody has reserved; None for any number."""
        return self.uses - self.used - len(self.reserved) if self.uses else None

    @property
    def used_up(self) -> bool:
        """Nothing of it is left."""
        return bool(self.uses) and self.used >= self.uses

    @property
    def due(self) -> datetime | None:
        """The next instant at which time does something to it."""
        instants = [reservation.until for reservation in self.reserved]
        if self.valid_until is not None and not self.expired:
            instants.append(self.valid_until)
        return min(instants, default=None)

    def left_on(self, limit: PeriodLimit, day: date) -> int:
        """Give how many uses a limit leaves in the period of a local day."""
        first, following = limit.per.start(day), limit.per.next_start(day)
        placed = sum(first <= reservation.day < following for reservation in self.reserved)
        used = self.days.within(first, following - timedelta(days=1))
        return max(0, limit.times - used - placed)

    def with_use(self, day: date, times: int) -> "Right":
        """Count a use of a local day, or take one off again."""
        days = self.days.add(day, times, day - _LONGEST_PERIOD) if self.limits else self.days
        return attrs.evolve(self, used=self.used + times, days=days)

    def with_reserved(self, reserved: Iterable[Reservation]) -> "Right":
        """Have other reservations, the soonest to lapse first."""
        ordered = sorted(reserved, key=lambda each: (each.until, each.id))
        return attrs.evolve(self, reserved=tuple(ordered))

    def without(self, reservation: str) -> "Right":
        """Let go of a reservation, if there is one of that id."""
        if not reservation:
            return self
        kept = tuple(each for each in self.reserved if each.id != reservation)
        return attrs.evolve(self, reserved=kept)

    def check_invariants(self) -> None:
        """Assert what always holds.

        Raises:
            AssertionError: it does not.
        """
        assert self.used >= 0, "used less than never"
        assert not self.used_up, "a used-up entitlement is kept"
        assert self.left is None or self.left >= 0, "more reserved than there is"
        assert not self.expired or self.reserved, "an expired entitlement is kept"
        assert self.valid_until is None or self.valid_from < self.valid_until, "never valid"
        ids = [reservation.id for reservation in self.reserved]
        assert len(set(ids)) == len(ids), "a reservation twice"
        days = self.days.days
        assert all(count >= 0 for count in days.values()), "a day used less than never"
        assert sum(days.values()) <= self.used, "more uses by day than in all"
