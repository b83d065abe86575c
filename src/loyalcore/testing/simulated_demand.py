"""What is asked of the simulated shop: commands, drawn."""

from datetime import datetime, timedelta
from random import Random
from typing import ClassVar

import attrs

from loyalcore.decider import Command
from loyalcore.loyalty import (
    CaptureHold,
    Enrol,
    GrantEntitlement,
    Leave,
    Line,
    PlaceHold,
    PublishProgramme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    ReleaseHold,
    ReserveEntitlement,
    Transfer,
    UndoRedemption,
    UndoUse,
    UseEntitlement,
)
from loyalcore.loyalty.member.entitlement_commands import by_hand
from loyalcore.money import Money
from loyalcore.testing.simulated_shop import CLUB, PROGRAMMES


@attrs.define(eq=False)
class Demand:
    """Draw commands.

    Attributes:
        rng: where all draws come from.
        members: the streams of its members, those who were forgotten among them.
        drawn: how many commands were drawn; gives each its own id.
        told: the ids that were drawn, by stream and letter.
        used: the entitlement of each use, by stream and use.
    """

    rng: Random
    members: list[str] = attrs.Factory(lambda: [f"{CLUB}/{name}" for name in "abc"])
    drawn: int = 0
    told: dict[tuple[str, str], list[str]] = attrs.Factory(dict)
    used: dict[tuple[str, str], str] = attrs.Factory(dict)

    def newcomer(self) -> None:
        """Add one more member, as one was forgotten."""
        self.members.append(f"{CLUB}/m{len(self.members)}")

    def command(self, stream: str, now: datetime, *, joined: bool) -> Command:
        """Draw a member's command; some are refused.

        Args:
            stream: the member's.
            now: about when it is sent.
            joined: whether the member has; who has not, will most often.
        """
        self.drawn += 1
        recorded = now if self.rng.random() < 0.3 else None
        if not joined and self.rng.random() < 0.8:
            return Enrol(recorded_at=recorded)
        (draw,) = self.rng.choices(tuple(self._KINDS), tuple(self._KINDS.values()))
        return attrs.evolve(draw(self, stream, now), recorded_at=recorded)

    def publication(self, now: datetime, margin: timedelta) -> PublishProgramme:
        """Draw a version that takes effect in some time, and not before a margin."""
        self.drawn += 1
        programme = attrs.evolve(self.rng.choice(PROGRAMMES), name=f"Shop {self.drawn}")
        later = margin + timedelta(hours=self.rng.choice((1, 30, 100)))
        return PublishProgramme(programme=programme, effective_from=now + later)

    def _id(self, stream: str, letter: str) -> str:
        """Give an id; now and then one that was told before, under another key."""
        told = self.told.setdefault((stream, letter), [])
        if told and self.rng.random() < 0.1:
            return self.rng.choice(told)
        told.append(f"{letter}{self.drawn}")
        return told[-1]

    def _known(self, stream: str, letter: str) -> str | None:
        told = self.told.get((stream, letter))
        return self.rng.choice(told) if told else None

    def _points(self) -> int:
        return self.rng.choice((1, 1, 1, 20, 200))

    # --- one kind each -------------------------------------------------------------------------

    def _join(self, stream: str, now: datetime) -> Command:
        return Enrol()

    def _leave(self, stream: str, now: datetime) -> Command:
        return Leave()

    def _buy(self, stream: str, now: datetime) -> Command:
        lines = [
            Line(str(place), Money.from_minor(self.rng.randint(0, 40_000), "CNY"))
            for place in range(self.rng.randint(1, 2))
        ]
        at = now - timedelta(hours=self.rng.choice((0, 0, 0, 1, 50)))
        return RecordPurchase(order=self._id(stream, "O"), occurred_at=at, lines=lines)

    def _share(self, stream: str, now: datetime) -> Command:
        at = now - timedelta(hours=self.rng.choice((0, 0, 30)))
        return RecordBehaviour(behaviour="share", id=self._id(stream, "S"), occurred_at=at)

    def _redeem(self, stream: str, now: datetime) -> Command:
        return Redeem(redemption=self._id(stream, "R"), points=self._points())

    def _hold(self, stream: str, now: datetime) -> Command:
        until = now + timedelta(hours=self.rng.choice((1, 30, 140)))
        return PlaceHold(hold=self._id(stream, "H"), points=self._points(), until=until)

    def _capture(self, stream: str, now: datetime) -> Command:
        if (hold := self._known(stream, "H")) is None:
            return self._hold(stream, now)
        points = self.rng.choice((None, 1))
        return CaptureHold(hold=hold, redemption=self._id(stream, "R"), points=points)

    def _release(self, stream: str, now: datetime) -> Command:
        hold = self._known(stream, "H")
        return self._hold(stream, now) if hold is None else ReleaseHold(hold=hold)

    def _undo(self, stream: str, now: datetime) -> Command:
        if (redemption := self._known(stream, "R")) is None:
            return self._redeem(stream, now)
        points = self.rng.choice((None, 1))
        return UndoRedemption(id=self._id(stream, "U"), redemption=redemption, points=points)

    def _give(self, stream: str, now: datetime) -> Command:
        others = [member for member in self.members if member != stream]
        to = self.rng.choice(others).rpartition("/")[2]
        return Transfer(transfer=self._id(stream, "G"), to=to, points=self._points())

    def _return(self, stream: str, now: datetime) -> Command:
        if (order := self._known(stream, "O")) is None:
            return self._buy(stream, now)
        return RecordReturn(id=self._id(stream, "T"), order=order, occurred_at=now)

    def _entitle(self, stream: str, now: datetime) -> Command:
        return GrantEntitlement(entitlement="gift", cause=self._id(stream, "E"), actor="joe")

    def _right(self, stream: str) -> str | None:
        """Give an entitlement that may have been granted, by hand or for an order."""
        if self.rng.random() < 0.5 and (order := self._known(stream, "O")) is not None:
            return f"gift/order:{order}"
        cause = self._known(stream, "E")
        return None if cause is None else by_hand("gift", cause)

    def _use(self, stream: str, now: datetime) -> Command:
        if (right := self._right(stream)) is None:
            return self._entitle(stream, now)
        reservation = self.rng.choice(("", self._known(stream, "W") or ""))
        use = self._id(stream, "V")
        self.used[stream, use] = right
        return UseEntitlement(right=right, use=use, reservation=reservation)

    def _reserve(self, stream: str, now: datetime) -> Command:
        if (right := self._right(stream)) is None:
            return self._entitle(stream, now)
        until = now + timedelta(hours=self.rng.choice((1, 30, 140)))
        reservation = self._id(stream, "W")
        return ReserveEntitlement(right=right, reservation=reservation, until=until)

    def _undo_use(self, stream: str, now: datetime) -> Command:
        if (use := self._known(stream, "V")) is None:
            return self._use(stream, now)
        return UndoUse(right=self.used[stream, use], use=use)

    _KINDS: ClassVar = {
        _buy: 40,
        _share: 13,
        _redeem: 14,
        _hold: 7,
        _capture: 6,
        _release: 3,
        _undo: 6,
        _give: 7,
        _return: 14,
        _entitle: 3,
        _use: 5,
        _reserve: 3,
        _undo_use: 2,
        _join: 2,
        _leave: 3,
    }


def altered(command: Command) -> Command:
    """Give a command that asks for something else."""
    return attrs.evolve(command, source=f"{command.source}elsewhere")
