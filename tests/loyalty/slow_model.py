"""The obvious model of a member: plain lists, everything worked out again each time.

It shares with the library the classes of programmes and commands and the answers of conditions;
arithmetic, calendars, lots, holds, returns and tiers are done once more, by hand.
"""

from datetime import date, datetime
from fractions import Fraction
from math import floor
from typing import Any

import attrs

from loyalcore.loyalty import (
    Activity,
    Behaviour,
    Crossing,
    ExpiredPoints,
    Lapsed,
    LimitPeriod,
    Programme,
    RecordBehaviour,
    RecordPurchase,
    Shortfall,
)
from loyalcore.timing import Cycle
from tests.loyalty.slow_earning import (
    DAY,
    Again,
    Earned,
    deed_worth,
    earn,
    facts_of,
    first_instant,
    later,
    next_first_day,
    pay,
    period,
    share,
    spread,
)
from tests.loyalty.slow_tiers import SlowTiers

# What a redemption or a hold took: the lot, how many, and the expiry that the lot had then.
Taken = tuple["SlowLot", int, datetime | None]


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
    held: int = 0
    spent: int = 0
    expired: int = 0
    clawed: int = 0
    moved: int = 0
    lapsed: int = 0


@attrs.define
class SlowMember:
    """A member of one programme."""

    programme: Programme
    joined: datetime
    lots: list[SlowLot] = attrs.field(factory=list)
    orders: dict[str, tuple[date, SlowLot | None, dict[str, Earned]]] = attrs.field(factory=dict)
    earned: list[tuple[date, int]] = attrs.field(factory=list)
    deeds: list[tuple[str, date]] = attrs.field(factory=list)
    holds: dict[str, tuple[datetime, list[Taken]]] = attrs.field(factory=dict)
    spent: dict[str, list[Taken]] = attrs.field(factory=dict)
    given: dict[str, tuple[str, date, int, int, SlowLot | None]] = attrs.field(factory=dict)
    agains: dict[str, list[Again]] = attrs.field(factory=dict)
    lost: dict[str, int] = attrs.field(factory=dict)
    claimed: int = 0
    debt: int = 0
    waived: int = 0
    idle_at: datetime | None = None
    passed: datetime | None = None
    warned: list[tuple[datetime, datetime, int, bool]] = attrs.field(factory=list)
    tiers: SlowTiers = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        joined = self.joined.astimezone(self.programme.zone).date()
        self.tiers = SlowTiers(self.programme, joined)
        self.active(self.joined)

    @property
    def tier(self) -> str | None:
        return self.tiers.held

    @property
    def until(self) -> datetime | None:
        return self.tiers.until

    # --- time ------------------------------------------------------------------------------------

    def pass_time(self, now: datetime) -> None:
        """Expire and look at tiers, one instant after the other."""
        while True:
            ahead = {at for at, *_ in self._warnings() if at > (self.passed or self.joined)}
            nearest = min(self._ends() | ahead, default=None)
            if nearest is None or nearest > now:
                self.passed = now
                return
            if nearest in ahead:
                these = [each for each in self._warnings() if each[0] == nearest]
                self.warned += sorted(these, key=lambda each: (each[1], each[3]))
            self.passed = nearest
            self._end(nearest)

    def _ends(self) -> set[datetime]:
        """Give each instant at which something ends."""
        ends = {lot.expires_at for lot in self.lots if lot.left and lot.expires_at}
        ends |= {until for until, _ in self.holds.values()}
        ends |= {until for _, _, until in self.tiers.warrants.values()}
        return ends | {at for at in (self.until, self.idle_at) if at}

    def _end(self, at: datetime) -> None:
        """End what ends at an instant."""
        for lot in self.lots:
            if at in (lot.expires_at, self.idle_at):
                lot.expired, lot.lapsed, lot.left = lot.expired + lot.left, lot.lapsed + lot.left, 0
        if self.idle_at == at:
            self._go_idle(at)
        for id_, (until, _) in sorted(self.holds.items()):
            if until == at:
                self.end_hold(id_, 0, until)
        if self.until == at:
            self.tiers.look(at)
        for kind, (_, _, until) in [*self.tiers.warrants.items()]:
            if until == at:
                self.tiers.end(kind)

    def _warnings(self) -> set[tuple[datetime, datetime, int, bool]]:
        """Give all warnings of what is there: when, of which end, how many, by inactivity."""
        found: set[tuple[datetime, datetime, int, bool]] = set()
        for lot in self.lots:
            ends = [at for at in (lot.expires_at, self.idle_at) if at]
            if lot.left and ends and self.programme.warn_days:
                end = min(ends)
                idle = end != lot.expires_at
                points = sum(
                    other.left
                    for other in self.lots
                    if (other.expires_at == end) != idle
                    and (not idle or other.expires_at is None or other.expires_at > end)
                )
                tz = self.programme.zone
                for days in self.programme.warn_days:
                    at = first_instant(end.astimezone(tz).date() - days * DAY, tz)
                    found.add((at, end, points, idle))
        return found

    def _go_idle(self, at: datetime) -> None:
        """End whatever was held or spent before, too, should it come back."""
        self.idle_at = None
        for taken in (*(parts for _, parts in self.holds.values()), *self.spent.values()):
            for place, (lot, count, ends) in enumerate(taken):
                taken[place] = lot, count, at if ends is None else min(ends, at)

    def active(self, occurred: datetime) -> None:
        """Count on from the day of something done, but never back."""
        rules = self.programme.inactivity
        if rules is not None:
            last = later(rules.after, occurred.astimezone(self.programme.zone).date())
            ends = first_instant(next_first_day(rules.end_of, last), self.programme.zone)
            self.idle_at = max(ends, self.idle_at or ends)

    def does(self, what: Activity, occurred: datetime, at: datetime) -> None:
        """Count an activity if it is one that counts; else points that came in begin the count."""
        rules = self.programme.inactivity
        if rules is None:
            return
        before = self.idle_at
        if what in rules.activities:
            self.active(occurred)
        if self.idle_at is not None and self.idle_at <= at:
            self.idle_at = before
        self.begin(at)

    def begin(self, at: datetime) -> None:
        if self.idle_at is None and any(lot.left or lot.held for lot in self.lots):
            self.active(at)

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

    def payable(self, purchase: RecordPurchase, at: datetime) -> str:
        """Say whether the points may pay for an order, or what forbids it."""
        facts = facts_of(self.programme, purchase, self.joined, self.tier or "", not self.orders)
        if pay(self.programme, facts, purchase) is None:
            return "no offer"
        if purchase.hold and purchase.hold not in self.holds:
            return "no hold"
        held = self.holds.get(purchase.hold, (at, []))[1]
        there = sum(n for _, n, _ in held) if purchase.hold else self.available(at)
        return "" if purchase.points <= there else "not enough"

    def buy(self, purchase: RecordPurchase, at: datetime) -> int:
        day = purchase.occurred_at.astimezone(self.programme.zone).date()
        facts = facts_of(self.programme, purchase, self.joined, self.tier or "", not self.orders)
        nothing = [0 for _ in purchase.lines]
        worths, costs = nothing, nothing
        if purchase.points:
            offer = pay(self.programme, facts, purchase)
            assert offer is not None
            _, worths, costs = offer
            ref = f"order:{purchase.order}"
            if purchase.hold:
                self.end_hold(purchase.hold, purchase.points, at, ref)
            else:
                self.redeem(ref, purchase.points, at)
        lines, agains = self._earned(purchase, facts, worths, costs, day)
        tiers = self.programme.tiers
        if tiers and tiers.crossing is Crossing.NEW:
            reached = self._reached(day, lines, at)
            again = self._earned(purchase, attrs.evolve(facts, tier=reached), worths, costs, day)
            if reached != self.tier and self._reached(day, again[0], at) == reached:
                lines, agains = again
        points = sum(line.qualifying for line in lines.values())
        lot = self._open(f"order:{purchase.order}", points, purchase.occurred_at, at)
        if lot is None:
            for earned in (*lines.values(), *agains):
                earned.points = 0
            points = 0
        self.orders[purchase.order] = day, lot, lines
        self.agains[purchase.order] = agains
        self.lost[purchase.order] = 0
        self.earned.append((day, points))
        self.tiers.count_order(day, list(lines.values()))
        self.tiers.reassess(at, day)
        self.tiers.upgrade(at)
        return lot.issued if lot else 0

    def _earned(
        self, purchase: RecordPurchase, facts: Any, worths: list[int], costs: list[int], day: date
    ) -> tuple[dict[str, Earned], list[Again]]:
        lines, agains = earn(self.programme, purchase, facts, worths, costs)
        self._cap(lines, agains, day)
        whole = spread(lines, agains)
        for line_id, line in lines.items():
            line.qualifying = whole[line_id]
        return lines, agains

    def _reached(self, day: date, lines: dict[str, Earned], at: datetime) -> str:
        """Try what tier an order would reach."""
        tiers = self.tiers
        tried = attrs.evolve(tiers, counted=[*tiers.counted], rises=[*tiers.rises])
        tried.count_order(day, list(lines.values()))
        tried.upgrade(at)
        return tried.held or ""

    def _cap(self, lines: dict[str, Earned], agains: list[Again], day: date) -> None:
        """Take off what is over any cap, by largest remainder of what each line earned."""
        earning: list[Any] = [*lines.values(), *agains]
        most = sum(part.points for part in earning)
        for cap in self.programme.caps:
            had = 0
            if cap.per is not None:
                same = [
                    n for when, n in self.earned if period(cap.per, when) == period(cap.per, day)
                ]
                had = sum(same)
            most = min(most, max(0, cap.points - had))
        parts = share(most, [Fraction(part.points) for part in earning])
        for earned, part in zip(earning, parts, strict=True):
            earned.points = part

    def behave(self, deed: RecordBehaviour, at: datetime) -> int:
        rule = next(b for b in self.programme.behaviours if b.id == deed.behaviour)
        return self.do(rule, f"deed:{deed.id}", deed.occurred_at, at, deed)

    def join(self) -> None:
        for rule in self.programme.behaviours:
            if rule.on_joining:
                self.do(rule, f"joining:{rule.id}", self.joined, self.joined, None)

    def do(
        self,
        rule: Behaviour,
        cause: str,
        occurred: datetime,
        at: datetime,
        told: RecordBehaviour | None,
    ) -> int:
        """Give a behaviour's points unless it earned too often before."""
        local = occurred.astimezone(self.programme.zone)
        for limit in rule.limits:
            same = [d for id_, d in self.deeds if id_ == rule.id]
            if limit.per is not LimitPeriod.PROGRAMME:
                cycle = Cycle(limit.per.value)
                same = [d for d in same if period(cycle, d) == period(cycle, local.date())]
            if len(same) >= limit.times:
                return 0
        points = deed_worth(self.programme, rule.points, local, self.joined, self.tier or "", told)
        lot = self._open(cause, points, occurred, at)
        earned = lot.issued if lot else 0
        if earned:
            self.deeds.append((rule.id, local.date()))
        self.given[cause] = rule.id, local.date(), points, earned, lot
        self.tiers.count_deed(rule.id, local.date(), points, earned)
        self.tiers.reassess(at, local.date())
        if self.programme.tiers and self.programme.tiers.moved_by(rule.id):
            self.tiers.upgrade(at)
        return earned

    def _take(self, points: int, at: datetime) -> list[Taken]:
        parts: list[Taken] = []
        while points:
            lot = self.spendable(at)[0]
            taken = min(points, lot.left)
            lot.left, points = lot.left - taken, points - taken
            parts.append((lot, taken, lot.expires_at))
        return parts

    def give(self, points: int, at: datetime) -> list[Taken]:
        parts = self._take(points, at)
        for lot, taken, _ in parts:
            lot.moved += taken
        return parts

    def receive(self, cause: str, parts: list[Taken]) -> None:
        for lot, taken, expires_at in parts:
            repaid = min(self.debt, taken)
            self.debt -= repaid
            self.lots.append(
                SlowLot(
                    len(self.lots) + 1,
                    cause,
                    taken,
                    lot.earned_at,
                    lot.active_at,
                    expires_at,
                    taken - repaid,
                    clawed=repaid,
                )
            )

    def adjust(self, id_: str, points: int, at: datetime) -> None:
        if points > 0:
            lot = self._open(f"adjustment:{id_}", points, at, at)
            assert lot is not None
            lot.active_at = at
        else:
            for lot, taken, _ in self._take(-points, at):
                lot.clawed += taken
                self.claimed += taken

    def redeem(self, id_: str, points: int, at: datetime) -> list[tuple[int, int]]:
        self.spent[id_] = self._take(points, at)
        for lot, taken, _ in self.spent[id_]:
            lot.spent += taken
        return [(lot.id, taken) for lot, taken, _ in self.spent[id_]]

    def hold(self, id_: str, points: int, until: datetime, at: datetime) -> None:
        self.holds[id_] = until, self._take(points, at)
        for lot, taken, _ in self.holds[id_][1]:
            lot.held += taken

    def end_hold(self, id_: str, captured: int, at: datetime, redemption: str = "") -> None:
        """Spend so many of the first points held, and give the rest back one by one."""
        _, parts = self.holds.pop(id_)
        spent = self.spent.setdefault(redemption, [])
        for lot, taken, expires_at in parts:
            for _ in range(taken):
                lot.held -= 1
                if captured:
                    captured, lot.spent = captured - 1, lot.spent + 1
                    spent.append((lot, 1, expires_at))
                elif expires_at is not None and expires_at <= at:
                    lot.expired += 1
                    lot.lapsed += 1
                else:
                    self._come_back(lot)

    def _come_back(self, lot: SlowLot) -> None:
        """Let one point come back, to repay a point of debt if there is one."""
        if self.debt:
            self.debt, lot.clawed = self.debt - 1, lot.clawed + 1
        else:
            lot.left += 1

    def undo(
        self, id_: str, redemption: str, points: int, at: datetime, cause: str = "undo"
    ) -> None:
        """Give points back one by one, those spent last first."""
        taken, reissued = self.spent[redemption], 0
        for _ in range(points):
            lot, count, expires_at = taken.pop()
            if count > 1:
                taken.append((lot, count - 1, expires_at))
            lot.spent -= 1
            if expires_at is None or at < expires_at:
                self._come_back(lot)
            else:
                lot.expired += 1
                reissued += not lot.cause.startswith(("undo:", "return:"))
                lot.lapsed += self.programme.undo.lapsed is Lapsed.EXPIRED
        policy = self.programme.undo
        if reissued and policy.lapsed is not Lapsed.EXPIRED:
            anew = self._open(f"{cause}:{id_}", reissued, at, at)
            assert anew is not None
            anew.active_at = at
            if policy.lapsed is Lapsed.GRACE:
                day = later(policy.grace, at.astimezone(self.programme.zone).date())
                anew.expires_at = first_instant(day + DAY, self.programme.zone)

    def give_back(
        self, id_: str, order: str, amounts: dict[str, tuple[int, Any]], at: datetime
    ) -> int:
        """Take back by line (amount, pieces); the amounts are known to be left."""
        day, origin, lines = self.orders[order]
        claim = cost = 0
        before = [line.gone() for line in lines.values()]
        for line_id, (amount, pieces) in amounts.items():
            line = attrs.evolve(lines[line_id])
            line.back, line.pieces = line.back + amount, line.pieces + Fraction(pieces)
            back = floor(line.cost * line.share_back())
            cost += back - line.cost_back
            lines[line_id].cost_back = back
            lines[line_id].worth_back = floor(line.worth * line.share_back())
        if cost:
            self.undo(id_, f"order:{order}", cost, at, cause="return")
        for line_id, (amount, pieces) in amounts.items():
            line = lines[line_id]
            line.back += amount
            line.pieces += Fraction(pieces)
            line.named = True
            share_back = line.share_back()
            points, spend = floor(line.points * share_back), floor(line.spend * share_back)
            claim += points - line.points_back
            self.earned.append((day, line.points_back - points))
            line.points_back, line.spend_back = points, spend
        standing = self.tiers.standing(at)
        self.tiers.count_back(day, list(lines.values()), before)
        self.tiers.undo(at, standing)
        self.tiers.reassess(at, day)
        gone = {line_id: line.gone() for line_id, line in lines.items()}
        lost = sum(again.lost(gone) for again in self.agains[order]) - self.lost[order]
        self.lost[order] += lost
        self.earned.append((day, -lost))
        claim += lost
        if origin and self.programme.returns.expired is ExpiredPoints.WAIVED:
            while claim and not origin.left and origin.lapsed:
                origin.lapsed -= 1
                claim, self.claimed, self.waived = claim - 1, self.claimed + 1, self.waived + 1
        self._claim(claim, origin, at)
        return self.claimed

    def undo_deed(self, cause: str, at: datetime) -> None:
        """Take back what a behaviour brought, and that it was done."""
        if cause not in self.given:
            return
        behaviour, day, points, earned, origin = self.given.pop(cause)
        if not earned:
            return
        standing = self.tiers.standing(at)
        self.deeds.remove((behaviour, day))
        self.tiers.count_deed(behaviour, day, -points, 0)
        self.tiers.counted.append((f"behaviour:{behaviour}", day, -1))
        self.tiers.undo(at, standing)
        self.tiers.reassess(at, day)
        self._claim(earned, origin, at)

    def _claim(self, claim: int, origin: SlowLot | None, at: datetime) -> None:
        """Claim points back one by one: from their own lot, pending ones, the soonest to expire."""
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


def _soonest(lot: SlowLot) -> tuple[bool, datetime, datetime, int]:
    return lot.expires_at is None, lot.expires_at or lot.earned_at, lot.earned_at, lot.id
