"""The obvious model of a member: plain lists, everything worked out again each time.

It shares with the library the classes of programmes and commands and the answers of conditions;
arithmetic, calendars, lots, returns and tiers are done once more, by hand.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from loyalcore.loyalty import (
    Discounts,
    Facts,
    Line,
    Programme,
    RecordBehaviour,
    RecordPurchase,
    Rounding,
    Scope,
    Shortfall,
    Stacking,
)
from loyalcore.timing import Cycle, Length

# --- calendars, by trying ------------------------------------------------------------------------

_HALF_HOUR, _DAY = timedelta(minutes=30), timedelta(days=1)


def first_instant(day: date, tz: ZoneInfo) -> datetime:
    """Give the first half hour whose local date is the day or, were it skipped, a later one."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    while at.astimezone(tz).date() < day:
        at += _HALF_HOUR
    return at


def _period(cycle: Cycle, day: date) -> tuple[int, ...]:
    match cycle:
        case Cycle.DAY:
            return (day.toordinal(),)
        case Cycle.WEEK:
            return day.isocalendar()[:2]
        case Cycle.MONTH:
            return day.year, day.month
        case Cycle.QUARTER:
            return day.year, (day.month - 1) // 3
        case Cycle.YEAR:
            return (day.year,)


def first_day(cycle: Cycle, day: date) -> date:
    """Walk back while the period is the same."""
    period = _period(cycle, day)
    while _period(cycle, day - _DAY) == period:
        day -= _DAY
    return day


def next_first_day(cycle: Cycle, day: date) -> date:
    """Walk on until the period is another."""
    period = _period(cycle, day)
    while _period(cycle, day) == period:
        day += _DAY
    return day


def later(length: Length, day: date) -> date:
    """Count months on the fingers, cut to the month's last day, then add the days."""
    year, month = day.year + length.years, day.month
    for _ in range(length.months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1])) + length.days * _DAY


# --- earning -------------------------------------------------------------------------------------


def _half_even(exact: Fraction) -> int:
    below = floor(exact)
    rest = exact - below
    if rest == Fraction(1, 2):
        return below + below % 2
    return below + (rest > Fraction(1, 2))


ROUND: dict[Rounding, Callable[[Fraction], int]] = {
    Rounding.FLOOR: floor,
    Rounding.CEILING: ceil,
    Rounding.HALF_UP: lambda exact: floor(2 * exact + 1) // 2,
    Rounding.HALF_EVEN: _half_even,
}


def share(total: int, weights: list[Fraction]) -> list[int]:
    """Give everybody the whole part, then one more to the largest remainder, one by one."""
    if not sum(weights):
        return [0 for _ in weights]
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [floor(part) for part in exact]
    for _ in range(total - sum(shares)):
        gaps = [part - given for part, given in zip(exact, shares, strict=True)]
        shares[gaps.index(max(gaps))] += 1
    return shares


def worth(programme: Programme, facts: Facts, line: Line, below_0: bool) -> Fraction:
    """Give the points for one unit of money on a line, or of a coupon that exceeds it."""
    own = attrs.evolve(facts, line=line)
    rates = [b.points_per_unit for b in programme.base if b.when is None or b.when.holds(own)]
    if line.reward or not rates:
        return Fraction(0)
    if below_0:
        return Fraction(min(rates))
    value = Fraction(max(rates))
    held = [m for m in programme.multipliers if m.when is None or m.when.holds(own)]
    for group in {m.group for m in held}:
        factors = [Fraction(m.factor) for m in held if m.group == group]
        match programme.earning.stacking.get(group, Stacking.BEST):
            case Stacking.BEST:
                value *= max(factors)
            case Stacking.SUM:
                value *= 1 + sum(factor - 1 for factor in factors)
            case Stacking.PRODUCT:
                for factor in factors:
                    value *= factor
    return value


@attrs.define
class Earned:
    """What a line is recorded to have earned, and what came back of it."""

    paid: int
    quantity: Fraction
    points: int
    spend: int
    back: int = 0
    pieces: Fraction = Fraction(0)
    points_back: int = 0
    spend_back: int = 0

    def share_back(self) -> Fraction:
        """Give the share of the line that came back: of money, or of pieces if it was free."""
        if self.paid:
            return Fraction(self.back, self.paid)
        return self.pieces / self.quantity if self.quantity else Fraction(1)


def earn(programme: Programme, purchase: RecordPurchase) -> dict[str, Earned]:
    """Work an order out line by line."""
    facts = Facts(
        purchase.occurred_at.astimezone(programme.zone).date(),
        programme.leap_day_birthday,
        purchase.birthday,
        purchase.channel,
        purchase.store,
    )
    earning = programme.earning
    paid = [
        line.price.minor - (line.discount.minor if line.discount else 0) for line in purchase.lines
    ]
    basis = paid
    if earning.discounts is Discounts.BEFORE:
        basis = [line.price.minor for line in purchase.lines]
    worths = [
        worth(programme, facts, line, b < 0) for line, b in zip(purchase.lines, basis, strict=True)
    ]
    exact = [w * b / 10**programme.digits for w, b in zip(worths, basis, strict=True)]
    weights = [max(Fraction(0), part) for part in exact]
    if earning.scope is Scope.LINE:
        points = [ROUND[earning.rounding](part) for part in weights]
    else:
        points = share(ROUND[earning.rounding](max(Fraction(0), sum(exact, Fraction(0)))), weights)
    counted = [p if w else 0 for p, w in zip(paid, worths, strict=True)]
    spend = share(max(0, sum(counted)), [Fraction(max(0, c)) for c in counted])
    return {
        line.id: Earned(max(0, p), Fraction(line.quantity), n, s)
        for line, p, n, s in zip(purchase.lines, paid, points, spend, strict=True)
    }


# --- a member ------------------------------------------------------------------------------------


@attrs.define
class SlowLot:
    """A lot that remembers for ever what became of each of its points."""

    id: int
    cause: str
    issued: int
    earned_at: datetime
    active_at: datetime
    expires_at: datetime | None
    left: int
    spent: int = 0
    expired: int = 0
    clawed: int = 0


@attrs.define
class SlowMember:
    """A member of one programme."""

    programme: Programme
    lots: list[SlowLot] = attrs.field(factory=list)
    orders: dict[str, tuple[date, SlowLot | None, dict[str, Earned]]] = attrs.field(factory=dict)
    deeds: list[tuple[str, date]] = attrs.field(factory=list)
    spends: list[tuple[date, int]] = attrs.field(factory=list)
    claimed: int = 0
    debt: int = 0
    waived: int = 0
    tier: str | None = None
    until: datetime | None = None

    def __attrs_post_init__(self) -> None:
        if self.programme.tiers:
            self.tier = self.programme.tiers.ladder[0].id

    # --- time ------------------------------------------------------------------------------------

    def pass_time(self, now: datetime) -> None:
        """Expire and look at tiers, one instant after the other."""
        while True:
            ends = {lot.expires_at for lot in self.lots if lot.left and lot.expires_at}
            nearest = min(ends | ({self.until} if self.until else set()), default=None)
            if nearest is None or nearest > now:
                return
            for lot in self.lots:
                if lot.expires_at == nearest:
                    lot.expired, lot.left = lot.expired + lot.left, 0
            if self.until == nearest:
                self._look_at_tier(nearest)

    def _spend(self, first: date, last: date) -> Fraction:
        total = sum(amount for day, amount in self.spends if first <= day <= last)
        return Fraction(max(0, total), 10**self.programme.digits)

    def _window(self, day: date) -> tuple[date, date]:
        tiers = self.programme.tiers
        assert tiers is not None
        if tiers.window.calendar:
            return first_day(tiers.window.calendar, day), next_first_day(tiers.window.calendar, day)
        length = tiers.window.rolling_days or 0
        return day - (length - 1) * _DAY, day + length * _DAY

    def _look_at_tier(self, at: datetime) -> None:
        tiers = self.programme.tiers
        assert tiers is not None
        day = at.astimezone(self.programme.zone).date()
        first, _ = self._window(day - _DAY)
        spend = self._spend(first, day - _DAY)
        ids = [tier.id for tier in tiers.ladder]
        below = tiers.ladder[: ids.index(self.tier or ids[0]) + 1]
        kept = [t for t in below if (t.entry if t.keep is None else t.keep) <= spend][-1]
        lost = kept.id != self.tier
        self.tier = kept.id
        end = first_instant(self._window(day)[1], self.programme.zone)
        self.until = None if lost and kept.id == ids[0] else end

    def _upgrade(self, at: datetime) -> None:
        tiers = self.programme.tiers
        if tiers is None:
            return
        day = at.astimezone(self.programme.zone).date()
        first, end = self._window(day)
        ids = [tier.id for tier in tiers.ladder]
        best = [tier for tier in tiers.ladder if tier.entry <= self._spend(first, day)][-1]
        if ids.index(best.id) > ids.index(self.tier or ids[0]):
            self.tier, self.until = best.id, first_instant(end, self.programme.zone)

    # --- points ----------------------------------------------------------------------------------

    def spendable(self, at: datetime) -> list[SlowLot]:
        """Sort what can be spent, from scratch."""
        usable = [
            lot
            for lot in self.lots
            if lot.left and lot.active_at <= at and (lot.expires_at is None or at < lot.expires_at)
        ]
        return sorted(usable, key=_soonest)

    def available(self, at: datetime) -> int:
        return sum(lot.left for lot in self.spendable(at))

    def _open(self, cause: str, points: int, occurred: datetime, at: datetime) -> SlowLot | None:
        expiry, tz = self.programme.expiry, self.programme.zone
        day = occurred.astimezone(tz).date()
        active, expires = occurred, None
        if expiry.pending:
            active = first_instant(later(expiry.pending, day), tz)
        if expiry.after:
            expires = first_instant(next_first_day(expiry.end_of, later(expiry.after, day)), tz)
        if points <= 0 or (expires is not None and expires <= at):
            return None
        lot = SlowLot(len(self.lots) + 1, cause, points, occurred, active, expires, points)
        repaid = min(self.debt, points)
        lot.clawed, lot.left = repaid, points - repaid
        self.debt -= repaid
        self.lots.append(lot)
        return lot

    def buy(self, purchase: RecordPurchase, at: datetime) -> int:
        day = purchase.occurred_at.astimezone(self.programme.zone).date()
        lines = earn(self.programme, purchase)
        points = sum(line.points for line in lines.values())
        lot = self._open(f"order:{purchase.order}", points, purchase.occurred_at, at)
        if lot is None:
            for line in lines.values():
                line.points = 0
        self.orders[purchase.order] = day, lot, lines
        self.spends += [(day, line.spend) for line in lines.values()]
        self._upgrade(at)
        return lot.issued if lot else 0

    def behave(self, deed: RecordBehaviour, at: datetime) -> int:
        rule = next(b for b in self.programme.behaviours if b.id == deed.behaviour)
        day = deed.occurred_at.astimezone(self.programme.zone).date()
        for limit in rule.limits:
            same = [
                d
                for id_, d in self.deeds
                if id_ == rule.id and _period(limit.per, d) == _period(limit.per, day)
            ]
            if len(same) >= limit.times:
                return 0
        lot = self._open(f"deed:{deed.id}", rule.points, deed.occurred_at, at)
        if lot is None:
            return 0
        self.deeds.append((rule.id, day))
        return lot.issued

    def redeem(self, points: int, at: datetime) -> list[tuple[int, int]]:
        parts = []
        while points:
            lot = self.spendable(at)[0]
            taken = min(points, lot.left)
            lot.left, lot.spent, points = lot.left - taken, lot.spent + taken, points - taken
            parts.append((lot.id, taken))
        return parts

    def give_back(self, order: str, amounts: dict[str, tuple[int, Any]], at: datetime) -> int:
        """Take back by line (amount, pieces); the amounts are known to be left."""
        day, origin, lines = self.orders[order]
        claim = 0
        for id_, (amount, pieces) in amounts.items():
            line = lines[id_]
            line.back += amount
            line.pieces += Fraction(pieces)
            share_back = line.share_back()
            points, spend = floor(line.points * share_back), floor(line.spend * share_back)
            claim += points - line.points_back
            self.spends.append((day, line.spend_back - spend))
            line.points_back, line.spend_back = points, spend
        self.claimed += claim
        own = origin.id if origin else 0
        for _ in range(claim):
            left = [lot for lot in self.lots if lot.left]
            if not left:
                break
            lot = min(left, key=lambda x: (x.id != own, x.active_at <= at, _soonest(x)))
            lot.left, lot.clawed, claim = lot.left - 1, lot.clawed + 1, claim - 1
        if self.programme.shortfall is Shortfall.DEBT:
            self.debt += claim
        else:
            self.waived += claim
        return self.claimed


def _soonest(lot: SlowLot) -> tuple[bool, datetime, datetime, int]:
    return lot.expires_at is None, lot.expires_at or lot.earned_at, lot.earned_at, lot.id
