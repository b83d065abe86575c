"""How members move between tiers, and how long they stand in each."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction

import attrs

from loyalcore import checks
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.events import MemberEnrolled, MemberEvent, MembershipEnded
from loyalcore.loyalty.member.tier_events import TierChanged
from loyalcore.loyalty.reports.begun import Histories, each_history
from loyalcore.loyalty.reports.histories import Span, lived, same_span, span
from loyalcore.loyalty.reports.sums import Sums, columns, written
from loyalcore.timing import Cycle, local_date

JOINED, LEFT = "joined", "left"
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1) // _MICROSECOND


@attrs.frozen
class TierMoves:
    """Members who went from one tier to another for one reason within a period.

    Attributes:
        period: its first local day.
        before, after: the tiers' ids; "" for outside: before joining, after leaving.
        reason: "joined", "left", or why the tier changed, such as "reached".
        up: the tier behind it is the higher one; joining is up, leaving down.
        times: how often that happened.
    """

    period: date
    before: str
    after: str
    reason: str
    up: bool
    times: int


@attrs.frozen
class TierTime:
    """How long members stood in a tier; a stay that goes on counts to the end of the report.

    Attributes:
        tier: its id; "" where the programme has no tiers.
        begun: how many stays began.
        ended: how many ended.
        time: the sum of all stays, those that go on among them.
        ended_time: the sum of the stays that ended.
    """

    tier: str
    begun: int
    ended: int
    time: timedelta
    ended_time: timedelta

    @property
    def now(self) -> int:
        """Members who stand in it in the end."""
        return self.begun - self.ended

    @property
    def mean_stay(self) -> timedelta | None:
        """The mean of the stays that ended; None where none did.

        Stays that go on are left out, so where most do it is shorter than stays will be.
        """
        return self.ended_time / self.ended if self.ended else None


@attrs.frozen
class TierPaths:
    """Paths up and down, and the time in each tier.

    Attributes:
        until: what was recorded before it counts.
        per: the periods by which moves are counted.
        moves: by period, then from the tier, to the tier, and by reason.
        times: for each tier.
        members: whose histories were read.
        left_out: histories without a beginning, of members who were forgotten.
    """

    until: datetime
    per: Cycle
    moves: tuple[TierMoves, ...] = ()
    times: tuple[TierTime, ...] = ()
    members: int = 0
    left_out: int = 0

    def __add__(self, other: "TierPaths") -> "TierPaths":
        """Join the reports of different members.

        Raises:
            InvalidValue: they do not cover the same time, or count by other periods.
        """
        same_span("TierPaths.until, per", (self.until, self.per), (other.until, other.per))
        found = _Found()
        for one in (self, other):
            for move in one.moves:
                found.moves.add(attrs.astuple(move)[:-1], move.times)
            for time in one.times:
                found.times.add((time.tier,), *_amounts(time))
        members, left_out = self.members + other.members, self.left_out + other.left_out
        return found.report(self.until, self.per, members, left_out)

    def table(self) -> str:
        """Give the report as text."""
        moves = [(m.period, m.before or "-", m.after or "-", m.reason, m.times) for m in self.moves]
        times = [
            (t.tier or "-", t.begun, t.ended, t.now, _days(t.time), _days(t.ended_time, t.ended))
            for t in self.times
        ]
        return "\n\n".join(
            (
                columns((self.per.value, "from", "to", "reason", "times"), moves, words=4),
                columns(("tier", "begun", "ended", "now", "days in all", "mean stay"), times),
            )
        )

    def __str__(self) -> str:
        return self.table()


def _days(time: timedelta, stays: int = 1) -> str:
    return written(Fraction(time // _MICROSECOND, stays * _DAY), 0) if stays else "-"


def _amounts(time: TierTime) -> tuple[int, int, int, int]:
    return time.begun, time.ended, time.time // _MICROSECOND, time.ended_time // _MICROSECOND


class _Found:
    """What has been counted so far."""

    def __init__(self) -> None:
        self.moves: Sums[tuple[date, str, str, str, bool]] = Sums()
        self.times: Sums[tuple[str]] = Sums()

    def report(self, until: datetime, per: Cycle, members: int, left_out: int) -> TierPaths:
        moves = tuple(TierMoves(*key, times) for key, (times,) in self.moves)
        times = tuple(
            TierTime(tier, begun, ended, _MICROSECOND * time, _MICROSECOND * ended_time)
            for (tier,), (begun, ended, time, ended_time) in self.times
        )
        return TierPaths(until, per, moves, times, members, left_out)


def tier_paths(
    histories: Histories, club: Club, *, until: datetime, per: Cycle = Cycle.MONTH
) -> TierPaths:
    """Report the paths of members up and down, by reason and period, and the time in each tier.

    Args:
        histories: (stream, events) of each member, once, as `loyalcore.host.histories` gives them.
        club: the state of the club's stream.
        until: what was recorded before it counts, with what time has done by then.
        per: count moves by day, week, month, quarter or year, in the programme's zone.

    Raises:
        InvalidValue: `until` is naive.
        NoProgramme: none is in force then.
        CorruptEvent: events contradict one another.
    """
    over = span("tier_paths", club, None, until)
    checks.argument("tier_paths.per", per, Cycle, "give a Cycle, such as Cycle.MONTH")
    found, members, left_out = _Found(), 0, 0
    tiers = over.programme.tiers
    ranks = {} if tiers is None else {tier.id: rank for rank, tier in enumerate(tiers.ladder)}
    for events in each_history(histories, "tier_paths.histories"):
        begun = _add_member(events or (), over, per, ranks, found)
        members, left_out = members + begun, left_out + (not begun)
    return found.report(over.until, per, members, left_out)


def _add_member(
    events: Iterable[MemberEvent], over: Span, per: Cycle, ranks: dict[str, int], found: _Found
) -> bool:
    """Add a member's moves and stays, and say whether the history has a beginning."""
    begun, lowest, tz = False, next(iter(ranks), ""), over.programme.zone
    stays: tuple[str, datetime] | None = None  # the tier, and since when
    for event, member in lived(events, over):
        begun, before = True, stays
        # Who joined before the programme had tiers stands in the lowest one.
        new = "" if member.enrolled_at is None else member.tier or lowest
        if before is None and member.enrolled_at is None:
            continue
        if before is not None and member.enrolled_at is not None and before[0] == new:
            continue
        stays = None if member.enrolled_at is None else (new, event.recorded_at)
        old = before[0] if before else ""
        up = stays is not None and ranks.get(new, -1) >= ranks.get(old, -1)
        period = per.start(local_date(event.recorded_at, tz))
        found.moves.add((period, old, new, _reason(event), up), 1)
        if before is not None:
            spent = (event.recorded_at - before[1]) // _MICROSECOND
            found.times.add((old,), 0, 1, spent, spent)
        if stays is not None:
            found.times.add((new,), 1, 0, 0, 0)
    if stays is not None:
        found.times.add((stays[0],), 0, 0, (over.until - stays[1]) // _MICROSECOND, 0)
    return begun


def _reason(event: MemberEvent) -> str:
    """Say why a tier changed with an event."""
    match event:
        case MemberEnrolled():
            return JOINED
        case MembershipEnded():
            return LEFT
        case TierChanged():
            return event.reason.value
        case _:
            return type(event).__name__
