"""Liability: outstanding points by when they will be gone, and what they are worth."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.forms import utc
from loyalcore.loyalty.accounts.expectations import (
    Expectations,
    Share,
    exact_number,
    expectations,
)
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.lots import earlier
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.programme.allocation import Rounding, share_out
from loyalcore.loyalty.reports.statement import lapses
from loyalcore.money import Money, minor_digits
from loyalcore.timing import Cycle, local_date, start_of_day


@attrs.frozen
class LiabilityBucket:
    """Points that will be gone within one stretch of time, and what they are worth.

    Attributes:
        after, by: the last instant at which they can be spent lies from `after` to just before
            `by`: their expiry, or the member's date of inactivity where that is earlier, is later
            than `after`, and at `by` at the latest. None for no bound.
        never: they never expire.
        available, pending, held: points that can be spent, cannot yet, or are set aside.
        expected: points of these that are expected to be redeemed.
        net: what those are worth.
        breakage: what the rest would be worth.
    """

    after: datetime | None
    by: datetime | None
    never: bool
    available: int
    pending: int
    held: int
    expected: Fraction
    net: Money
    breakage: Money

    @property
    def points(self) -> int:
        """All of them."""
        return self.available + self.pending + self.held

    @property
    def gross(self) -> Money:
        """The value with nothing taken off for breakage."""
        return self.net + self.breakage


@attrs.frozen
class Liability:
    """What the outstanding points of a club are worth at an instant.

    Attributes:
        at: the instant.
        fair_value: of one point, in major units.
        buckets: by expiry, the soonest first, then what never expires.
        members: how many were counted.
        debt: points that members owe, set off against nothing above.
    """

    at: datetime
    fair_value: Fraction
    currency: str
    buckets: tuple[LiabilityBucket, ...]
    members: int
    debt: int

    @property
    def points(self) -> int:
        """All outstanding points."""
        return sum(bucket.points for bucket in self.buckets)

    @property
    def expected(self) -> Fraction:
        """Points of these that are expected to be redeemed."""
        return sum((bucket.expected for bucket in self.buckets), Fraction(0))

    @property
    def net(self) -> Money:
        """The liability: what the points expected to be redeemed are worth."""
        return Money.from_minor(sum(b.net.minor for b in self.buckets), self.currency)

    @property
    def breakage(self) -> Money:
        """What the points not expected to be redeemed would be worth."""
        return Money.from_minor(sum(b.breakage.minor for b in self.buckets), self.currency)

    @property
    def gross(self) -> Money:
        """The value of all points."""
        return self.net + self.breakage

    def table(self, tz: ZoneInfo | None = None) -> str:
        """Give it as text, with the buckets' last days in a zone of choice (UTC by default)."""
        head = ("gone by the end of", "points", "expected", "gross", "breakage", "net")
        rows: list[tuple[str, ...]] = [head]
        for b in self.buckets:
            figures = (f"{b.points:,}", f"{float(b.expected):,.0f}")
            money = tuple(f"{m.amount:,}" for m in (b.gross, b.breakage, b.net))
            rows.append((_last_day(b, tz), *figures, *money))
        totals = (f"{self.points:,}", f"{float(self.expected):,.0f}")
        money = tuple(f"{m.amount:,}" for m in (self.gross, self.breakage, self.net))
        rows.append((f"total, {self.currency}", *totals, *money))
        return "\n".join(f"{row[0]:<20}" + "".join(f"{x:>16}" for x in row[1:]) for row in rows)

    def __str__(self) -> str:
        return self.table()


def _last_day(bucket: LiabilityBucket, tz: ZoneInfo | None) -> str:
    if bucket.by is None:
        return "never" if bucket.never else "later"
    last = bucket.by - timedelta(microseconds=1)
    return f"{last.astimezone(tz) if tz else last:%Y-%m-%d}"


def period_ends(at: datetime, cycle: Cycle, count: int, tz: ZoneInfo) -> tuple[datetime, ...]:
    """Give the ends of so many local calendar periods, from the one that holds an instant on.

    They part a liability into calendar periods.

    >>> from loyalcore.timing import zone
    >>> march = datetime.fromisoformat("2026-03-08T12:00+08:00")
    >>> for end in period_ends(march, Cycle.QUARTER, 2, zone("Asia/Shanghai")):
    ...     print(end.astimezone(zone("Asia/Shanghai")))
    2026-04-01 00:00:00+08:00
    2026-07-01 00:00:00+08:00

    Raises:
        InvalidValue: an argument is of another type.
    """
    checks.argument("period_ends.cycle", cycle, Cycle, "give a Cycle, such as Cycle.MONTH")
    checks.argument("period_ends.count", count, int, "give a whole number")
    checks.argument("period_ends.tz", tz, ZoneInfo, "give a zone, such as zone('Asia/Shanghai')")
    at = utc(at, "period_ends.at")
    ends: list[datetime] = []
    day: date = local_date(at, tz)
    for _ in range(count):
        day = cycle.next_start(day)
        ends.append(start_of_day(day, tz))
    return tuple(ends)


class _Kind(Enum):
    AVAILABLE = "available"
    PENDING = "pending"
    HELD = "held"


@attrs.define
class _Count:
    """Points by kind, bucket and expectation: no more rows than these have values."""

    ends: Sequence[datetime]
    expectations: Expectations
    rows: Counter[tuple[_Kind, int, Fraction]] = attrs.Factory(Counter)
    members: int = 0
    debt: int = 0

    def add(self, member: Member, at: datetime) -> None:
        self.members, self.debt = self.members + 1, self.debt + member.debt
        for lot in member.lots:
            kind = _Kind.AVAILABLE if lot.active_at <= at else _Kind.PENDING
            self._put(kind, lot.points, earlier(lot.expires_at, member.idle_at), lot.earned_at)
        for part in chain.from_iterable(held.parts for held in member.holds):
            assert part.earned_at is not None, "held points may come back to their lot"
            self._put(
                _Kind.HELD, part.points, earlier(part.expires_at, member.idle_at), part.earned_at
            )

    def _put(
        self, kind: _Kind, points: int, expires_at: datetime | None, earned_at: datetime
    ) -> None:
        never = len(self.ends) + 1
        place = never if expires_at is None else bisect_left(self.ends, expires_at)
        self.rows[kind, place, self.expectations.of(earned_at)] += points


def liability(
    members: Iterable[Member],
    at: datetime,
    *,
    fair_value: Share,
    currency: str,
    expected: Expectations | Share = 1,
    ends: Iterable[datetime] = (),
) -> Liability:
    """Value the outstanding points of members at an instant.

    A bucket holds what can be spent for the last time before its end. Points that have expired by
    the instant are no liability, whether or not anything has swept. The total value is exact and
    rounded once, half up; net value and breakage, and each bucket's share of both, are shared out
    of it by largest remainder, so that all sums are exact.

    Args:
        members: states as of the instant or before, read one at a time and not kept.
        at: the instant.
        fair_value: of one point, in major units of the currency, never a float.
        currency: an ISO 4217 code.
        expected: the share of outstanding points that will be redeemed, one for all or by when
            they were earned, as `Breakage.expectations` has it. 1 for no breakage.
        ends: where one bucket ends and the next begins, rising, such as `period_ends()`.

    Raises:
        InvalidValue: an argument is not as above, or a state is of a later instant.
    """
    at = utc(at, "liability.at")
    value = exact_number(fair_value, "liability.fair_value")
    if value < 0:
        raise InvalidValue("liability.fair_value", fair_value, "give 0 or more")
    minor_digits(currency)
    bounds = _bounds(ends, at)
    given = expectations(expected, "liability.expected")
    count = _Count(bounds, given)
    fix = "give members' states, as loyalcore.host.members does"
    for member in checks.walked("liability.members", members, Member, fix):
        count.add(_as_of(member, at), at)
    return _valued(count, at, value, currency)


def _bounds(ends: Iterable[datetime], at: datetime) -> tuple[datetime, ...]:
    field, fix = "liability.ends", "give instants that rise, all after the liability's own"
    bounds = tuple(utc(end, field) for end in checks.unpacked(field, ends, fix))
    for early, late in pairwise((at, *bounds)):
        if late <= early:
            raise InvalidValue(field, late, fix)
    return bounds


def _as_of(member: Member, at: datetime) -> Member:
    """Let pass what expires or lapses by an instant, at that instant included."""
    if member.recorded_at is not None and member.recorded_at > at:
        fix = f"give states as known at {at.isoformat()}: host.state_as_known() has them"
        raise InvalidValue("liability.members", member.recorded_at, fix)
    for event in lapses(member, at + timedelta(microseconds=1)):
        member = evolve(member, event)
    return member


def _valued(count: _Count, at: datetime, value: Fraction, currency: str) -> Liability:
    """Put a price on what was counted, rounded once and shared out."""
    bounds = [*pairwise((None, *count.ends, None)), (None, None)]
    points = [dict.fromkeys(_Kind, 0) for _ in bounds]
    expected = [Fraction(0) for _ in bounds]
    for (kind, place, part), n in count.rows.items():
        points[place][kind] += n
        expected[place] += part * n
    rest = [sum(n.values()) - some for n, some in zip(points, expected, strict=True)]
    weights = sum(expected), sum(rest)
    gross = Rounding.HALF_UP(sum(weights) * value * 10 ** minor_digits(currency))
    net, breakage = share_out(gross, weights)
    buckets = [
        LiabilityBucket(
            after=after,
            by=by,
            never=place == len(bounds) - 1,
            available=points[place][_Kind.AVAILABLE],
            pending=points[place][_Kind.PENDING],
            held=points[place][_Kind.HELD],
            expected=expected[place],
            net=Money.from_minor(of_net, currency),
            breakage=Money.from_minor(of_breakage, currency),
        )
        for place, ((after, by), of_net, of_breakage) in enumerate(
            zip(bounds, share_out(net, expected), share_out(breakage, rest), strict=True)
        )
    ]
    return Liability(at, value, currency, tuple(buckets), count.members, count.debt)
