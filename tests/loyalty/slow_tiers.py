"""The obvious model of a member's tier: every fact that counted, counted again each time."""

from calendar import isleap
from datetime import date, datetime, timedelta
from fractions import Fraction

import attrs

from loyalcore.loyalty import (
    Fall,
    Goal,
    Kind,
    LateFacts,
    Programme,
    Tier,
    Undone,
    WarrantKind,
)
from loyalcore.timing import LeapDay, Length
from tests.loyalty.slow_earning import DAY, Earned, first_day, first_instant, later, next_first_day


@attrs.define
class SlowPeriod:
    """A period that ended, with the tier before and the one kept."""

    tier: str
    kept: str
    first: date
    last: date
    next: datetime | None
    until: datetime


@attrs.define
class SlowTiers:
    """What counts towards a member's tier, and the tier."""

    programme: Programme
    joined: date
    counted: list[tuple[str, date, int]] = attrs.field(factory=list)
    tier: str | None = None
    until: datetime | None = None
    grace: date | None = None
    rises: list[tuple[str, str, date]] = attrs.field(factory=list)
    closed: "SlowPeriod | None" = None
    warrants: dict[WarrantKind, tuple[str, str, datetime]] = attrs.field(factory=dict)
    paid: list[tuple[int, date, date, datetime | None, bool]] = attrs.field(factory=list)
    bought: date | None = None
    months: int = 0
    days: int = 0

    def __attrs_post_init__(self) -> None:
        if self.programme.tiers and self.tier is None:
            self.tier = self.programme.tiers.ladder[0].id

    # --- what counts -----------------------------------------------------------------------------

    def _kinds(self) -> dict[str, Kind]:
        own = self.programme.tiers.measures if self.programme.tiers else ()
        return {kind.value: kind for kind in Kind} | {measure.id: measure.of for measure in own}

    def _holds(self, measure: str, line: Earned) -> bool:
        return measure in {kind.value for kind in Kind} or measure in line.measured

    def count_order(self, day: date, lines: list[Earned]) -> None:
        """Count an order; each line has its points as awarded under `qualifying`."""
        for measure, kind in self._kinds().items():
            own = [line for line in lines if self._holds(measure, line)]
            amount = sum(line.qualifying if kind is Kind.POINTS else line.spend for line in own)
            self.counted.append((measure, day, min(1, amount) if kind is Kind.ORDERS else amount))

    def count_deed(self, behaviour: str, day: date, points: int, earned: int) -> None:
        """Count a behaviour: its points as awarded, and one time if it earned any."""
        own = self.programme.tiers.measures if self.programme.tiers else ()
        wide = [m.id for m in own if m.of is Kind.POINTS and m.when is None]
        for measure in ("points", *wide):
            self.counted.append((measure, day, points))
        self.counted.append((f"behaviour:{behaviour}", day, int(earned > 0)))

    def count_back(self, day: date, lines: list[Earned], before: list[Fraction | int]) -> None:
        """Count what came back: each line by its share now, less its share before."""
        for measure, kind in self._kinds().items():
            pairs = [
                (line, had)
                for line, had in zip(lines, before, strict=True)
                if self._holds(measure, line)
            ]
            if kind is Kind.ORDERS:
                left = [
                    sum(line.spend - int(line.spend * had) for line, had in pairs),
                    sum(line.spend - int(line.spend * line.gone()) for line, _ in pairs),
                ]
                amount = int(bool(left[0]) and not left[1])
            else:
                amount = 0
                for line, had in pairs:
                    weight = line.qualifying if kind is Kind.POINTS else line.spend
                    amount += int(weight * line.gone()) - int(weight * had)
            self.counted.append((measure, day, -amount))

    def amount(self, measure: str, first: date, last: date) -> Fraction:
        """Sum a measure over days, in major units if it is money."""
        same = [n for name, day, n in self.counted if name == measure and first <= day <= last]
        kind = self._kinds().get(measure)
        return Fraction(max(0, sum(same)), 10**self.programme.digits if kind is Kind.SPEND else 1)

    def met(self, goal: Goal, first: date, last: date) -> bool:
        def reached(measure: str, amount: object) -> bool:
            return self.amount(measure, first, last) >= Fraction(str(amount))

        every = all(reached(*each) for each in goal.all.items())
        return every and (not goal.any or any(reached(*each) for each in goal.any.items()))

    # --- when ------------------------------------------------------------------------------------

    def _kept_in(self, year: int) -> date:
        if (self.joined.month, self.joined.day) == (2, 29) and not isleap(year):
            early = self.programme.leap_day_birthday is LeapDay.FEBRUARY_28
            return date(year, 2, 28) if early else date(year, 3, 1)
        return date(year, self.joined.month, self.joined.day)

    def window(self, day: date) -> tuple[date, date | None]:
        """Give the first day that counts on a day, and the day at which a tier is looked at."""
        tiers = self.programme.tiers
        assert tiers is not None
        window = tiers.window
        if window.calendar:
            return first_day(window.calendar, day), next_first_day(window.calendar, day)
        if window.rolling_days:
            length = timedelta(days=window.rolling_days)
            return day - length + DAY, day + length
        if window.lifetime:
            return self.joined, None
        years = [self._kept_in(day.year + n) for n in (-1, 0, 1)]
        return max(y for y in years if y <= day), min(y for y in years if y > day)

    def _ids(self) -> list[str]:
        assert self.programme.tiers is not None
        return [tier.id for tier in self.programme.tiers.ladder]

    def _kept(self, tier: str, first: date, last: date) -> str:
        """Say what the days from first to last keep of a tier."""
        tiers, ids = self.programme.tiers, self._ids()
        assert tiers is not None
        below = tiers.ladder[: ids.index(tier) + 1]
        kept = [t.id for t in below if self.met(_keep(t), first, last)][-1]
        if tiers.fall is Fall.ONE_STEP and ids.index(kept) < len(below) - 2:
            return below[-2].id
        return kept

    def look(self, at: datetime) -> None:
        """Look at the tier whose period, or whose days of grace, end."""
        tiers = self.programme.tiers
        assert tiers is not None
        assert self.tier is not None
        day = at.astimezone(self.programme.zone).date()
        ended = self.grace or day
        first, _ = self.window(ended - DAY)
        kept, held = self._kept(self.tier, first, day - DAY), self.tier
        self.rises = []
        if kept != held and tiers.grace_days and self.grace is None:
            self.grace = day
            self.until = first_instant(day + tiers.grace_days * DAY, self.programme.zone)
            return
        end = self._end(ended)
        if end is not None and end <= at:
            end = self._end(day)
        self.grace, self.tier = None, kept
        self.until = None if kept != held and kept == self._ids()[0] else end
        late = at + self.programme.late_facts_days * DAY
        late = late if end is None else min(late, end)
        self.closed = SlowPeriod(held, kept, first, day - DAY, end, late)

    def _end(self, day: date) -> datetime | None:
        end = self.window(day)[1]
        return None if end is None else first_instant(end, self.programme.zone)

    def upgrade(self, at: datetime) -> None:
        """Rise to what the running window reaches."""
        tiers = self.programme.tiers
        if tiers is None:
            return
        day = at.astimezone(self.programme.zone).date()
        first, _ = self.window(day)
        ids = self._ids()
        best = [tier for tier in tiers.ladder if self.met(tier.entry, first, day)][-1]
        held = self.tier or ids[0]
        if ids.index(best.id) > ids.index(held):
            self.rises.append((held, best.id, first))
            self.tier, self.until, self.grace = best.id, self._end(day), None

    # --- tiers set and bought --------------------------------------------------------------------

    @property
    def held(self) -> str | None:
        """Give the tier that is held, earned or not."""
        if WarrantKind.PIN in self.warrants:
            return self.warrants[WarrantKind.PIN][1]
        if self.tier is None:
            return None
        others = [tier for _, tier, _ in self.warrants.values()]
        return max([self.tier, *others], key=self._ids().index)

    def end(self, kind: WarrantKind) -> None:
        """End what was set or bought."""
        del self.warrants[kind]
        if kind is WarrantKind.BOUGHT:
            self.paid, self.bought, self.months, self.days = [], None, 0, 0

    def pay(self, id_: str, tier: str, at: datetime) -> bool:
        """Buy a term of a tier, the first or the next; say whether it is time for that."""
        assert self.programme.tiers is not None
        today = at.astimezone(self.programme.zone).date()
        sale = next(step.sale for step in self.programme.tiers.ladder if step.id == tier)
        assert sale is not None
        start = self.bought or today
        if self.paid:
            _, first, last, _, _ = self.paid[-1]
            opens = last + DAY - (sale.renew_days or 10_000) * DAY
            if today < max(first, opens):
                return False
        begin = later(Length(days=self.days, months=self.months), start)
        self.months += sale.term.months
        self.days += sale.term.days
        end = later(Length(days=self.days, months=self.months), start)
        self.bought = start
        whole = None
        if sale.whole_days:
            whole = first_instant(today + (sale.whole_days + 1) * DAY, self.programme.zone)
        fee = int(sale.fee * 10**self.programme.digits)
        self.paid.append((fee, begin, end - DAY, whole, sale.pro_rata))
        until = first_instant(end, self.programme.zone)
        self.warrants[WarrantKind.BOUGHT] = id_, tier, until
        return True

    def refund(self, at: datetime) -> int:
        """Give what comes back of the fees when a bought tier is cancelled."""
        today, total = at.astimezone(self.programme.zone).date(), 0
        for fee, first, last, whole, pro_rata in self.paid:
            days = [first + n * DAY for n in range((last - first).days + 1)]
            if last < today:
                continue
            if whole is not None and at < whole:
                total += fee
            elif pro_rata:
                total += fee * len([day for day in days if day > today]) // len(days)
        return total

    # --- corrections -----------------------------------------------------------------------------

    def standing(self, at: datetime) -> list[bool]:
        """Say of each tier reached since whether its days and all days since still reach it."""
        if self.programme.tiers is None:
            return []
        day = at.astimezone(self.programme.zone).date()
        ladder = {tier.id: tier for tier in self.programme.tiers.ladder}
        return [self.met(ladder[tier].entry, first, day) for _, tier, first in self.rises]

    def undo(self, at: datetime, before: list[bool]) -> None:
        """Lose at once what a return leaves without what reached it."""
        tiers = self.programme.tiers
        if tiers is None or tiers.undone is Undone.PERIOD_END:
            return
        pairs = list(zip(before, self.standing(at), strict=True))
        for place, (had, has) in enumerate(pairs):
            if had and not has:
                self._lose(place, at.astimezone(self.programme.zone).date())
                return

    def _lose(self, place: int, day: date) -> None:
        """Fall to what is left of a tier reached: the one before, or what is still reached."""
        assert self.programme.tiers is not None
        before, _, first = self.rises[place]
        still = [t.id for t in self.programme.tiers.ladder if self.met(t.entry, first, day)][-1]
        ids, base = self._ids(), self.rises[0][0]
        left = max(before, base, still, key=ids.index)
        if ids.index(left) < ids.index(self.tier or ids[0]):
            rises = self.rises[:place]
            if left not in {before, base}:
                rises.append((before, left, first))
            self._move(left)
            self.rises = rises

    def _move(self, tier: str) -> None:
        ids, lowest = self._ids(), self.tier == self._ids()[0]
        self.tier = tier
        if tier == ids[0]:
            self.until = self.grace = None
        elif lowest and self.until is None:
            self.until = self.closed.next if self.closed else None
        reached = [rise[1] for rise in self.rises]
        self.rises = self.rises[: reached.index(tier) + 1] if tier in reached else []

    def reassess(self, at: datetime, day: date) -> None:
        """Look at the last period again when a fact of one of its days comes late."""
        tiers, closed = self.programme.tiers, self.closed
        if tiers is None or closed is None or tiers.late_facts is LateFacts.NOTHING:
            return
        if at >= closed.until or not closed.first <= day <= closed.last:
            return
        kept = self._kept(closed.tier, closed.first, closed.last)
        if kept == closed.kept:
            return
        closed.kept = kept
        if self.rises:
            self.rises[0] = (kept, *self.rises[0][1:])
        ids = self._ids()
        top = self.rises[-1][1] if self.rises else kept
        after = max(kept, top, key=ids.index)
        if after != self.tier:
            self._move(after)


def _keep(tier: Tier) -> Goal:
    return tier.entry if tier.keep is None else tier.keep
