"""Calendars and earning done once more, by hand, for the obvious model of a member."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from zoneinfo import ZoneInfo

import attrs

from loyalcore.loyalty import (
    Benefit,
    BenefitKind,
    Clawback,
    Counted,
    Discounts,
    Facts,
    Line,
    Multiplier,
    Per,
    Programme,
    RecordBehaviour,
    RecordPurchase,
    Rounding,
    Scope,
    Stacking,
    Subject,
)
from loyalcore.timing import Cycle, Length

# --- calendars, by trying ------------------------------------------------------------------------

_HALF_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)


def first_instant(day: date, tz: ZoneInfo) -> datetime:
    """Give the first half hour whose local date is the day or, were it skipped, a later one."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    while at.astimezone(tz).date() < day:
        at += _HALF_HOUR
    return at


def period(cycle: Cycle, day: date) -> tuple[int, ...]:
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
    same = period(cycle, day)
    while period(cycle, day - DAY) == same:
        day -= DAY
    return day


def next_first_day(cycle: Cycle, day: date) -> date:
    """Walk on until the period is another."""
    same = period(cycle, day)
    while period(cycle, day) == same:
        day += DAY
    return day


def later(length: Length, day: date) -> date:
    """Count months on the fingers, cut to the month's last day, then add the days."""
    year, month = day.year + length.years, day.month
    for _ in range(length.months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, monthrange(year, month)[1])) + length.days * DAY


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


def worth(programme: Programme, facts: Facts, line: Line, basis: int) -> Fraction | None:
    """Give the points of a line: of the base rule that is worth most; None where none covers it."""
    own = attrs.evolve(facts, line=line)
    bases = [b for b in programme.base if b.when is None or b.when.holds(own)]
    aside = line.delivery and programme.earning.delivery is Counted.LEFT_OUT
    if line.reward or aside or not bases:
        return None
    held = [
        m
        for m in factors_of(programme, facts)
        if (m.when is None or m.when.holds(own))
        and not (isinstance(m, Multiplier) and m.subject is Subject.BEHAVIOURS)
    ]
    money, pieces = Fraction(basis, 10**programme.digits), Fraction(line.quantity)
    found = []
    for base in bases:
        amount = money
        if base.per is Per.PIECE:
            amount = pieces if basis > 0 else Fraction(0)
        factor = stacked(programme, held) if basis >= 0 else 1
        found.append(amount * Fraction(base.points_per_unit) * factor)
    return max(found)


def factors_of(programme: Programme, facts: Facts) -> list[Multiplier | Benefit]:
    """Give the multipliers, and those that the member's tier brings."""
    ladder = programme.tiers.ladder if programme.tiers else ()
    own = [benefit for tier in ladder if tier.id == facts.tier for benefit in tier.benefits]
    return [*programme.multipliers, *(b for b in own if b.kind is BenefitKind.MULTIPLIER)]


def _factor(rule: Multiplier | Benefit) -> Fraction:
    if isinstance(rule, Multiplier):
        return Fraction(rule.factor)
    assert rule.value is not None
    return Fraction(rule.value)


def stacked(programme: Programme, held: Sequence[Multiplier | Benefit]) -> Fraction:
    """Multiply the groups, each by what its factors come to."""
    value = Fraction(1)
    for group in {m.group for m in held}:
        factors = [_factor(m) for m in held if m.group == group]
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
class Again:
    """A bonus that is tested again: how often it was given, for what, and what it came to."""

    times: int
    every: Fraction
    most: int | None
    paid: Fraction
    shares: dict[str, Fraction]
    points: int = 0

    def lost(self, back: dict[str, Fraction]) -> int:
        """Give what the rest of the order would not have got."""
        kept = self.paid * sum(part * (1 - back[id_]) for id_, part in self.shares.items())
        times = 0
        while (times + 1) * self.every <= kept and times < self.times:
            times += 1
        return self.points - floor(Fraction(self.points * times, self.times))


def bonuses(
    programme: Programme,
    facts: Facts,
    lines: tuple[Line, ...],
    basis: list[int],
    covers: list[bool],
) -> list[tuple[Fraction, list[Fraction], Again | None]]:
    """Give the points of each bonus that an order gets, what each line has of its amount, and
    what is needed to test it again.
    """
    found = []
    for bonus in programme.bonuses:
        own = [attrs.evolve(facts, line=line) for line in lines]
        holds = [bonus.when is None or bonus.when.holds(each) for each in own]
        paid = [
            Fraction(b) if b > 0 and c and h else Fraction(0)
            for b, c, h in zip(basis, covers, holds, strict=True)
        ]
        times, net = (
            1,
            sum(Fraction(b) for b, c, h in zip(basis, covers, holds, strict=True) if c and h),
        )
        if bonus.every is not None:
            times = floor(net / 10**programme.digits / Fraction(bonus.every))
            if bonus.most is not None and times > bonus.most:
                times = bonus.most
        if net <= 0 or not times:
            continue
        held = [
            m
            for m in programme.multipliers
            if m.subject in (Subject.BASE_AND_BONUSES, Subject.EVERYTHING)
            and all(
                m.when is None or m.when.holds(each) for each, p in zip(own, paid, strict=True) if p
            )
        ]
        again = None
        if bonus.returns is Clawback.RETESTED:
            each = Fraction(bonus.every) * 10**programme.digits
            shares = {line.id: p / sum(paid) for line, p in zip(lines, paid, strict=True)}
            again = Again(times, each, bonus.most, net, shares)
        found.append((bonus.points * times * stacked(programme, held), paid, again))
    return found


def deed_worth(
    programme: Programme,
    points: int,
    local: datetime,
    joined: datetime,
    tier: str,
    told: RecordBehaviour | None,
) -> int:
    """Give what something that is worth so many points earns at a local time."""
    facts = Facts(
        day=local.date(),
        leap_day=programme.leap_day_birthday,
        birthday=told.birthday if told else None,
        channel=told.channel if told else "",
        store=told.store if told else "",
        clock=local.time(),
        joined=joined.astimezone(programme.zone).date(),
        tier=tier,
    )
    held = [
        m
        for m in programme.multipliers
        if m.subject in (Subject.BEHAVIOURS, Subject.EVERYTHING)
        and (m.when is None or (not m.when.per_line and m.when.holds(facts)))
    ]
    return ROUND[programme.earning.rounding](points * stacked(programme, held))


@attrs.define
class Earned:
    """What a line is recorded to have earned, and what came back of it."""

    paid: int
    quantity: Fraction
    points: int
    spend: int
    worth: int = 0
    cost: int = 0
    back: int = 0
    pieces: Fraction = Fraction(0)
    points_back: int = 0
    spend_back: int = 0
    worth_back: int = 0
    cost_back: int = 0
    measured: frozenset[str] = frozenset()
    qualifying: int = 0
    named: bool = False

    def share_back(self) -> Fraction:
        """Give the share of the line that came back: of money, or of pieces if it was free."""
        if self.paid:
            return Fraction(self.back, self.paid)
        return self.pieces / self.quantity if self.quantity else Fraction(1)

    def gone(self) -> Fraction:
        """Give the share that came back; nothing where no return named the line."""
        return self.share_back() if self.named else Fraction(0)


def pay(
    programme: Programme, facts: Facts, purchase: RecordPurchase
) -> tuple[str, list[int], list[int]] | None:
    """Try each offer: what so many points pay of each line, and how many of them; None for no."""
    found = []
    owed = [0 if line.reward else line.paid for line in purchase.lines]
    for offer in programme.payments:
        own = [attrs.evolve(facts, line=line) for line in purchase.lines]
        covered = [
            Fraction(max(0, amount))
            if offer.when is None or offer.when.holds(each)
            else Fraction(0)
            for each, amount in zip(own, owed, strict=True)
        ]
        most = min(sum(covered), floor(Fraction(offer.largest_share) * max(0, sum(owed))))
        rate = Fraction(offer.points_per_unit) / 10**programme.digits
        worth, one_less = floor(purchase.points / rate), floor((purchase.points - 1) / rate)
        in_vain = one_less >= most
        fits = purchase.points >= offer.smallest and purchase.points % offer.steps == 0
        if fits and 0 < worth <= most and not in_vain:
            found.append((-worth, -offer.priority, offer.id, covered))
    if not found:
        return None
    worth, _, id_, covered = min(found)
    worths = share(-worth, covered)
    return id_, worths, share(purchase.points, [Fraction(part) for part in worths])


def facts_of(
    programme: Programme, purchase: RecordPurchase, joined: datetime, tier: str, first: bool
) -> Facts:
    local = purchase.occurred_at.astimezone(programme.zone)
    net = sum(line.paid for line in purchase.lines if not line.reward)
    return Facts(
        day=local.date(),
        leap_day=programme.leap_day_birthday,
        birthday=purchase.birthday,
        channel=purchase.channel,
        store=purchase.store,
        clock=local.time(),
        joined=joined.astimezone(programme.zone).date(),
        tier=tier,
        first_purchase=first,
        basket=Decimal(net).scaleb(-programme.digits),
    )


def amounts(
    programme: Programme, purchase: RecordPurchase, worths: list[int]
) -> tuple[list[int], list[int], list[int]]:
    """Give what was paid for each line, what of it counts, and what it earns on."""
    earning = programme.earning
    full = [
        line.price.minor - (line.discount.minor if line.discount else 0) for line in purchase.lines
    ]
    paid, basis = [], []
    for line, amount, worth_ in zip(purchase.lines, full, worths, strict=True):
        less = 0
        tax = line.tax.minor if line.tax and earning.tax is Counted.LEFT_OUT else 0
        if earning.points_paid is Counted.LEFT_OUT:
            less = worth_
        if tax:
            less += floor(Fraction(tax * (amount - less), amount))
        paid.append(amount - less)
        before = earning.discounts is Discounts.BEFORE
        basis.append((line.price.minor if before else amount) - less)
    return full, paid, basis


def earn(
    programme: Programme,
    purchase: RecordPurchase,
    facts: Facts,
    worths: list[int],
    costs: list[int],
) -> tuple[dict[str, Earned], list[Again]]:
    """Work an order out line by line; beside it what is tested again."""
    earning = programme.earning
    full, paid, basis = amounts(programme, purchase, worths)
    values = [
        worth(programme, facts, line, b) for line, b in zip(purchase.lines, basis, strict=True)
    ]
    covers = [value is not None for value in values]
    exact = [value or Fraction(0) for value in values]
    weights = [max(Fraction(0), part) for part in exact]
    given = bonuses(programme, facts, purchase.lines, basis, covers)
    if earning.scope is Scope.LINE:
        points = [ROUND[earning.rounding](part) for part in weights]
        for more, paid_for, again in given:
            if again is not None:
                again.points = ROUND[earning.rounding](more)
                continue
            parts = share(ROUND[earning.rounding](more), paid_for)
            points = [one + part for one, part in zip(points, parts, strict=True)]
    else:
        sum_ = sum(exact, Fraction(0)) + sum((more for more, _, _ in given), Fraction(0))
        total = ROUND[earning.rounding](max(Fraction(0), sum_))
        apart = [(floor(more), again) for more, _, again in given if again is not None]
        theirs = [points for points, _ in apart]
        if sum(theirs) > total:
            theirs = share(total, [Fraction(points) for points in theirs])
        for (_, again), part in zip(apart, theirs, strict=True):
            again.points = part
        for more, paid_for, again in given:
            if again is None:
                extra = [more * p / sum(paid_for) for p in paid_for]
                weights = [w + e for w, e in zip(weights, extra, strict=True)]
        points = share(total - sum(theirs), weights)
    counted = [p if c else 0 for p, c in zip(paid, covers, strict=True)]
    spend = share(max(0, sum(counted)), [Fraction(max(0, c)) for c in counted])
    own = programme.tiers.measures if programme.tiers else ()
    earned = {
        line.id: Earned(
            max(0, p),
            Fraction(line.quantity),
            n,
            s,
            w,
            c,
            measured=frozenset(
                m.id for m in own if m.when is None or m.when.holds(attrs.evolve(facts, line=line))
            ),
        )
        for line, p, n, s, w, c in zip(
            purchase.lines, full, points, spend, worths, costs, strict=True
        )
    }
    return earned, [again for _, _, again in given if again is not None]


def spread(lines: dict[str, Earned], agains: list[Again]) -> dict[str, int]:
    """Give each line's points with its part of what is tested again."""
    found = {id_: line.points for id_, line in lines.items()}
    for again in agains:
        parts = share(again.points, list(again.shares.values()))
        for id_, part in zip(again.shares, parts, strict=True):
            found[id_] += part
    return found
