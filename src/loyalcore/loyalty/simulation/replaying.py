"""One member's facts, decided and folded under one programme."""

from collections import Counter
from datetime import UTC, date, datetime

import attrs

from loyalcore import checks
from loyalcore.errors import Refused
from loyalcore.loyalty.accounts.reward_costs import reward_costs
from loyalcore.loyalty.ledger.ledger import MEMBER
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.commands import MemberCommand, RecordPurchase
from loyalcore.loyalty.member.events import (
    MemberEnrolled,
    MemberEvent,
    ProgrammePublished,
    PurchaseRecorded,
    ReturnRecorded,
)
from loyalcore.loyalty.member.lots import earlier
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.spending import HoldEnded, PointsRedeemed, RedemptionUndone
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.simulation.replayed import Redeemed, Replayed
from loyalcore.timing import Cycle, local_date

_ALWAYS = datetime(1900, 1, 1, tzinfo=UTC)


def club_of(programme: Programme | Club, field: str = "club_of.programme") -> Club:
    """Give a club whose one version has always been in force, or the club that is given.

    Args:
        programme: either.
        field: what a refusal names.

    Raises:
        InvalidValue: it is neither.
    """
    if isinstance(programme, Club):
        return programme
    fix = "give a Programme, as load_programme and programme_from make it, or a Club"
    checks.argument(field, programme, Programme, fix)
    version = ProgrammePublished(
        recorded_at=_ALWAYS,
        programme=programme,
        content_id=programme.content_id,
        effective_from=_ALWAYS,
    )
    return Club((version,))


def _spends(event: MemberEvent) -> bool:
    """Say whether an event may tell of points that are redeemed, or that come back."""
    match event:
        case PurchaseRecorded():
            return event.paid is not None
        case PointsRedeemed() | HoldEnded() | RedemptionUndone() | ReturnRecorded():
            return True
        case MemberEnrolled():  # a history that begins otherwise is taken for a forgotten one
            return True
        case _:
            return False


@attrs.define
class Replay:
    """A member under a programme, as far as the facts were told."""

    club: Club
    state: Member = Member()
    rises: int = 0
    falls: int = 0
    _told: int = 0
    _past: dict[str, list[tuple[int, MemberEvent]]] = attrs.Factory(dict)
    _spending: list[MemberEvent] = attrs.Factory(list)
    _refused: Counter[tuple[str, str]] = attrs.Factory(Counter)

    def tell(self, command: MemberCommand) -> None:
        """Decide a fact and fold what comes of it; a refusal is counted and changes nothing.

        An order that points cannot pay for is counted, too, and told again as paid with money.
        """
        if self._refusal(command) and isinstance(command, RecordPurchase) and command.points:
            self._refusal(attrs.evolve(command, points=0, hold=""), again=True)

    def _refusal(self, command: MemberCommand, *, again: bool = False) -> bool:
        """Decide a fact and fold what comes of it; say whether it was refused."""
        found = {n: event for ref in MEMBER.refs(command) for n, event in self._past.get(ref, ())}
        past = MEMBER.dossier(found[n] for n in sorted(found))
        try:
            made = MEMBER.decide(self.state, past, command, self.club)
        except Refused as error:
            if not again:
                self._refused[type(command).__name__, type(error).__name__] += 1
            return True
        for event in made:
            self._keep(event)
        return False

    def end(self, until: datetime) -> Replayed:
        """Let time pass to the end, and give what it all comes to."""
        for event in MEMBER.advance(self.state, until, self.club):
            self._keep(event)
        state = self.state
        return Replayed(
            totals=state.totals,
            outstanding=state.outstanding,
            debt=state.debt,
            tiers={} if state.enrolled_at is None else {state.tier or "": 1},
            rises=self.rises,
            falls=self.falls,
            expiring=self._expiring(until),
            redeemed=self._redeemed() if self._spending else {},
            refused=dict(self._refused),
        )

    def _keep(self, event: MemberEvent) -> None:
        before = self.state.tier
        self.state = MEMBER.evolve(self.state, event)
        for ref in event.refs:
            self._past.setdefault(ref, []).append((self._told, event))
        self._told += 1
        after = self.state.tier
        if before != after and before is not None and after is not None:
            self._move(before, after, event.recorded_at)
        if _spends(event):
            self._spending.append(event)

    def _move(self, before: str, after: str, at: datetime) -> None:
        tiers = self.club.at(at).tiers
        assert tiers is not None, "a tier was given by a programme that has tiers"
        if tiers.rank(after) > tiers.rank(before):
            self.rises += 1
        else:
            self.falls += 1

    def _redeemed(self) -> dict[str, Redeemed]:
        """Sum what was redeemed, by kind; what came back whole is nothing."""
        versions = [version.programme for version in self.club.versions]
        sums: dict[str, Redeemed] = {}
        for row in reward_costs([("", self._spending)], versions, Cycle.YEAR, "UTC"):
            count = Redeemed(row.quantity, row.points, row.costed, row.cost)
            sums[row.what] = sums.get(row.what, Redeemed()) + count
        return {what: count for what, count in sums.items() if count != Redeemed()}

    def _expiring(self, until: datetime) -> dict[date | None, int]:
        """Give the outstanding points by the month in which they go, held ones once let go of."""
        if not self.state.outstanding:
            return {}
        months: Counter[date | None] = Counter()
        tz = self.club.at(until).zone
        left = [(lot.expires_at, lot.points) for lot in self.state.lots]
        left += [(part.expires_at, part.points) for h in self.state.holds for part in h.parts]
        for lasts, points in left:
            end = earlier(lasts, self.state.idle_at)
            months[None if end is None else local_date(end, tz).replace(day=1)] += points
        return dict(months)
