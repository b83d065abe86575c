"""What one programme gives and asks for, to be compared with others."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs

from loyalcore import checks
from loyalcore.loyalty.comparison.patterns import Basket, Pattern
from loyalcore.loyalty.comparison.shopper import Reached, Shopper, least
from loyalcore.loyalty.comparison.valuation import Valuation
from loyalcore.loyalty.programme.benefits import BenefitKind
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.tiers import Tier
from loyalcore.money import Money
from loyalcore.timing import local_date

_DAY = timedelta(days=1)
_LARGEST = 10**15  # no sum of money has so many major units
# A day, what is bought, and its minor units.
_Visits = Sequence[tuple[date, Basket, int]]


@attrs.frozen
class Contender:
    """A programme to be compared, and what its points are worth."""

    programme: Programme = attrs.field(validator=checks.instance_of(Programme))
    valuation: Valuation = attrs.field(default=Valuation(), validator=checks.instance_of(Valuation))


@attrs.frozen
class TierProfile:
    """What a tier asks for and gives.

    Attributes:
        tier: its id.
        reward_per_100: what the pattern earns for each 100 spent, by a member who is in the tier
            when it begins.
        discount: the percentage that it takes off prices; not a part of the reward.
        to_reach: the least spend that reaches it; None where none does.
        to_keep: the least spend within one period that keeps it at the period's end; 0 where it is
            not lost; None where no spend keeps it, or none reaches it.
    """

    tier: str
    reward_per_100: Fraction
    discount: Decimal
    to_reach: Money | None
    to_keep: Money | None


@attrs.frozen
class Profile:
    """What a programme gives and asks for, in its own currency.

    Attributes:
        name: the programme's.
        currency: the programme's.
        value_of_point: in major units.
        spent: the pattern in all.
        points: what that earned.
        reward_per_100: what those points are worth, for each 100 spent.
        first_reward: the cheapest reward that a new member can have or, in a programme without,
            the offer to pay with the fewest points; "" where there is neither.
        to_first_reward: the least spend that earns its points; None where none does.
        tiers: the lowest first.
    """

    name: str
    currency: str
    value_of_point: Fraction
    spent: Money
    points: int
    reward_per_100: Fraction
    first_reward: str
    to_first_reward: Money | None
    tiers: tuple[TierProfile, ...]


def profile(contender: Contender, pattern: Pattern, rate: Fraction) -> Profile:
    """Find out what a programme gives and asks for, by its own rules.

    Args:
        contender: the programme, and what its points are worth.
        pattern: how a member spends.
        rate: what one unit of the programme's currency is worth in that of the pattern.

    Raises:
        InvalidValue: nothing says what a point is worth.
    """
    programme = contender.programme
    new = Shopper.joining(programme, pattern)
    run = _Run(new, pattern, rate)
    day, basket, minor = run.visits(pattern.first, pattern.last)[0]
    rewards, offers = new.rewards(basket, day), new.offers(basket, minor, day)
    value = contender.valuation.of_point(programme, rewards, offers)
    spent, points = run.earned(new)
    first, price = _cheapest(rewards or offers)
    to_first = None
    if first:
        to_first = run.least(new, pattern.first, pattern.last, _has_earned(price))
    tiers = programme.tiers.ladder if programme.tiers is not None else ()
    return Profile(
        name=programme.name,
        currency=programme.currency,
        value_of_point=value,
        spent=Money.from_minor(spent, programme.currency),
        points=points,
        reward_per_100=_per_100(programme, points * value, spent),
        first_reward=first,
        to_first_reward=_money(to_first, programme),
        tiers=tuple(
            TierProfile(
                tier.id,
                _per_100(programme, run.earned(new.holding(tier.id))[1] * value, spent),
                _discount(tier),
                _money(run.to_reach(rank), programme),
                _money(run.to_keep(rank), programme),
            )
            for rank, tier in enumerate(tiers)
        ),
    )


def _cheapest(prices: dict[str, int]) -> tuple[str, int]:
    return min(prices.items(), key=lambda priced: (priced[1], priced[0]), default=("", 0))


def _has_earned(points: int) -> Reached:
    """Ask for points that are there, pending ones among them."""
    return lambda shopper: shopper.member.outstanding >= points


def _money(minor: int | None, programme: Programme) -> Money | None:
    return None if minor is None else Money.from_minor(minor, programme.currency)


def _per_100(programme: Programme, worth: Fraction, minor: int) -> Fraction:
    return 100 * worth * 10**programme.digits / minor if minor else Fraction(0)


@attrs.frozen
class _Run:
    """A member who lives by a pattern."""

    new: Shopper
    pattern: Pattern
    rate: Fraction

    @property
    def most(self) -> int:
        """The largest sum of money, in minor units."""
        unit: int = 10**self.new.programme.digits
        return _LARGEST * unit - 1

    def visits(self, first: date, last: date) -> _Visits:
        """Give what is bought on which day, in minor units of the programme's currency."""
        unit = 10**self.new.programme.digits
        return [
            (day, basket, round(Fraction(basket.amount) / self.rate * unit))
            for day, basket in self.pattern.between(first, last)
        ]

    def earned(self, shopper: Shopper) -> tuple[int, int]:
        """Give what the whole pattern spends and earns."""
        spent, before = 0, shopper.member.totals.issued
        for day, basket, minor in self.visits(self.pattern.first, self.pattern.last):
            shopper, spent = shopper.buys(basket, minor, day), spent + minor
        return spent, shopper.member.totals.issued - before

    def least(self, shopper: Shopper, first: date, last: date, reached: Reached) -> int | None:
        """Give the least spend, along the pattern, by which something is reached."""
        if reached(shopper):
            return 0
        return self._along(shopper, self.visits(first, last), reached)[0]

    def _along(
        self, shopper: Shopper, visits: Iterable[tuple[date, Basket, int]], reached: Reached
    ) -> tuple[int | None, Shopper]:
        """Give the least spend, and the shopper who has just spent it."""
        spent = 0
        for day, basket, minor in visits:
            most = self.most if self.pattern.growing else minor
            part = least(shopper, basket, day, most, reached)
            if part is not None:
                return spent + part, shopper.buys(basket, part, day)
            shopper, spent = shopper.buys(basket, minor, day), spent + minor
        return None, shopper

    def to_reach(self, rank: int) -> int | None:
        """Give the least spend that reaches a tier."""
        pattern = self.pattern
        return self.least(self.new, pattern.first, pattern.last, lambda s: s.rank >= rank)

    def to_keep(self, rank: int) -> int | None:
        """Give the least spend within a period that keeps a tier at the period's end."""
        holder = self._holder(rank)
        begins = holder.member.tier_until if holder is not None else None
        if holder is None or begins is None:
            return None if holder is None else 0
        holder = holder.at(begins)  # kept, by the spend that reached it
        ends = holder.member.tier_until
        if not _is_safe(holder, rank):
            return None
        if ends is None:
            return 0
        tz = self.new.programme.zone
        first, last = local_date(begins, tz), local_date(ends, tz) - _DAY
        return self.least(holder, first, last, _keeps(rank, ends))

    def _holder(self, rank: int) -> Shopper | None:
        """Give a member who has just reached a tier: by one purchase or along the pattern."""
        if self.new.rank >= rank:
            return self.new
        first, last = self.pattern.first, self.pattern.last
        once = attrs.evolve(self, pattern=attrs.evolve(self.pattern, growing=True))
        for run in (once, self):
            spend, shopper = run._along(  # noqa: SLF001 - its own class
                self.new, run.visits(first, last), lambda s: s.rank >= rank
            )
            if spend is not None:
                return shopper
        return None


def _keeps(rank: int, ends: datetime) -> Reached:
    return lambda shopper: _is_safe(shopper.at(ends), rank)


def _is_safe(shopper: Shopper, rank: int) -> bool:
    """Say whether a tier is held, and not in days of grace only."""
    return shopper.rank >= rank and shopper.member.terms.grace_from is None


def _discount(tier: Tier) -> Decimal:
    """Give the highest percentage that a tier takes off prices."""
    found = [b.value for b in tier.benefits if b.kind is BenefitKind.DISCOUNT]
    return max((value for value in found if value is not None), default=Decimal(0))
