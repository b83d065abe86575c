"""The obvious model of entitlements: a list of all that was ever granted, with its whole story."""

from datetime import date, datetime
from typing import Any

import attrs

from loyalcore.errors import (
    ReservationOver,
    RightNotYetValid,
    RightOver,
    RightReserved,
    RightUsedForNow,
    UnknownReservation,
    UnknownRight,
)
from loyalcore.loyalty import Entitlement, Grant, Occasion, PeriodLimit, Programme, RecordPurchase
from tests.loyalty.slow_earning import DAY, facts_of, first_instant, later, period


@attrs.define
class SlowUse:
    """A use, or a reservation of one, on its local day."""

    id: str
    day: date
    until: datetime | None = None
    over: str = ""


@attrs.define
class SlowRight:
    """An entitlement that was granted once."""

    id: str
    cause: str
    begins: datetime
    ends: datetime | None
    uses: int
    limits: tuple[PeriodLimit, ...]
    made: list[SlowUse] = attrs.field(factory=list)
    reserved: list[SlowUse] = attrs.field(factory=list)
    expired: bool = False
    over: str = ""
    transferable: bool = False
    before: list[SlowUse] = attrs.field(factory=list)

    @property
    def used(self) -> list[SlowUse]:
        return [*self.before, *(use for use in self.made if not use.over)]

    @property
    def held(self) -> list[SlowUse]:
        return [place for place in self.reserved if not place.over]

    @property
    def used_up(self) -> bool:
        return self.uses > 0 and len(self.used) == self.uses

    @property
    def open(self) -> bool:
        return not (self.over or self.used_up or (self.expired and not self.held))


@attrs.define
class SlowEntitlements:
    """All entitlements of one member."""

    programme: Programme
    joined: datetime
    rights: list[SlowRight] = attrs.field(factory=list)
    orders: int = 0

    def find(self, id_: str) -> SlowRight | None:
        return next((right for right in self.rights if right.id == id_), None)

    def pass_time(self, now: datetime) -> None:
        for right in self.rights:
            for place in right.held:
                if place.until is not None and place.until <= now:
                    place.over = "lapsed"
            if right.over or right.used_up or right.ends is None or now < right.ends:
                continue
            right.expired = True

    # --- granting --------------------------------------------------------------------------------

    def span(self, what: Entitlement, at: datetime) -> tuple[datetime, datetime | None]:
        """Give from when until when it would be valid."""
        tz = self.programme.zone
        today = at.astimezone(tz).date()
        begins = at
        if what.pending:
            begins = first_instant(later(what.pending, today), tz)
        if what.first is not None and first_instant(what.first, tz) > begins:
            begins = first_instant(what.first, tz)
        last_days = [] if what.last is None else [what.last]
        if what.lasts is not None:
            last_days.append(later(what.lasts, today))
        ends = [first_instant(day + DAY, tz) for day in last_days]
        return begins, min(ends, default=None)

    def grant(self, what: Entitlement, id_: str, cause: str, at: datetime, times: int = 1) -> bool:
        """Grant it, unless it was granted for this already or would never be valid."""
        begins, ends = self.span(what, at)
        if self.find(id_) is not None or (ends is not None and ends <= begins):
            return False
        right = SlowRight(id_, cause, begins, ends, what.uses * times, what.limits)
        right.transferable = what.transferable
        self.rights.append(right)
        return True

    def bring(self, on: Occasion, name: str, cause: str, at: datetime, times: int = 1) -> None:
        """Grant what the rules of an occasion say."""
        for rule in self.programme.grants:
            if rule.on is on and (not rule.of or name in rule.of):
                self._grant_by(rule, cause, at, times)

    def _grant_by(self, rule: Grant, cause: str, at: datetime, times: int = 1) -> None:
        what = next(e for e in self.programme.entitlements if e.id == rule.entitlement)
        self.grant(what, f"{what.id}/{cause}", cause, at, times)

    def buy(self, command: RecordPurchase, tier: str | None, at: datetime) -> None:
        facts = facts_of(self.programme, command, self.joined, tier or "", not self.orders)
        self.orders += 1
        for rule in self.programme.grants:
            if rule.on is not Occasion.ORDER:
                continue
            paid = 0
            for line in command.lines:
                own = attrs.evolve(facts, line=line)
                if not line.reward and (rule.when is None or rule.when.holds(own)):
                    paid += line.price.minor - (line.discount.minor if line.discount else 0)
            if paid > 0:
                self._grant_by(rule, f"order:{command.order}", at)

    # --- using -----------------------------------------------------------------------------------

    def why_not(self, id_: str, at: datetime, reservation: str = "") -> type[Exception] | None:
        """Give the class of the refusal of a use; None if it can be made."""
        right = self.find(id_)
        if right is None:
            return UnknownRight
        if not right.open:
            return RightOver
        if reservation:
            if reservation in [place.id for place in right.held]:
                return None
            over = [p.id for other in self.rights for p in other.reserved if p.over]
            return ReservationOver if reservation in over else UnknownReservation
        if right.expired:
            return RightOver
        if at < right.begins:
            return RightNotYetValid
        if right.uses and len(right.used) + len(right.held) == right.uses:
            return RightReserved
        today = at.astimezone(self.programme.zone).date()
        for limit in right.limits:
            same = [
                each
                for each in (*right.used, *right.held)
                if period(limit.per, each.day) == period(limit.per, today)
            ]
            if len(same) >= limit.times:
                return RightUsedForNow
        return None

    def use(self, id_: str, use: str, at: datetime, reservation: str = "") -> None:
        right = self.find(id_)
        assert right is not None
        day = at.astimezone(self.programme.zone).date()
        for place in right.held:
            if place.id == reservation:
                place.over, day = "used", place.day
        right.made.append(SlowUse(use, day))

    def reserve(self, id_: str, reservation: str, until: datetime, at: datetime) -> None:
        right = self.find(id_)
        assert right is not None
        day = at.astimezone(self.programme.zone).date()
        right.reserved.append(SlowUse(reservation, day, until))

    def revoke(self, right: SlowRight, how: str) -> None:
        right.over = how
        for place in right.held:
            place.over = how

    def receive(self, id_: str, given: SlowRight) -> None:
        """Have what somebody had just so, whose uses cannot be taken back here."""
        right = SlowRight(id_, "", given.begins, given.ends, given.uses, given.limits)
        right.transferable, right.before = given.transferable, [*given.used]
        self.rights.append(right)

    def undo_cause(self, cause: str) -> None:
        """Take away what a cause brought; what has expired without a reservation stays so."""
        for right in self.rights:
            if right.cause == cause and not right.over and (right.open or right.used_up):
                self.revoke(right, "cause undone")

    def leave(self) -> None:
        for right in self.rights:
            if not right.over and (right.open or right.used_up):
                self.revoke(right, "left")


def told(right: SlowRight) -> dict[str, Any]:
    """Say what a state must say of it."""
    return {
        "used": len(right.used),
        "reserved": sorted((place.id, place.until, place.day) for place in right.held),
        "expired": right.expired,
        "span": (right.begins, right.ends),
    }
