"""Compare programmes: ours and a competitor's, on the same purse."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import attrs

from loyalcore import checks
from loyalcore.decimals import exact, plain
from loyalcore.errors import InvalidValue
from loyalcore.loyalty.comparison.patterns import Pattern
from loyalcore.loyalty.comparison.profiles import Contender, Profile, TierProfile, profile
from loyalcore.loyalty.reports.sums import columns, written
from loyalcore.money import Money, minor_digits


@attrs.frozen
class StepDifference:
    """Theirs less ours, for tiers on the same step of their ladders.

    Attributes:
        step: 1 for the tier above the lowest.
        ours, theirs: the tiers' ids.
        reward_per_100: what each 100 spent brings in the tier.
        to_reach, to_keep: in major units of our currency; None where one of them has no figure.
    """

    step: int
    ours: str
    theirs: str
    reward_per_100: Fraction
    to_reach: Fraction | None
    to_keep: Fraction | None


@attrs.frozen
class ProgrammeDifference:
    """Another programme's figures less ours.

    Attributes:
        name: the other programme's.
        reward_per_100: more than 0 where theirs gives more.
        to_first_reward: in major units of our currency, more than 0 where theirs asks for more;
            None where one of them has no figure.
        steps: the tiers, as far as both ladders have them.
    """

    name: str
    reward_per_100: Fraction
    to_first_reward: Fraction | None
    steps: tuple[StepDifference, ...]


@attrs.frozen
class Comparison:
    """What programmes give and ask for, side by side.

    Attributes:
        profiles: ours first, each in its own currency.
        rates: what a unit of each currency is worth in ours.
    """

    profiles: tuple[Profile, ...]
    rates: Mapping[str, Fraction] = attrs.field(hash=False)

    def in_ours(self, money: Money) -> Fraction:
        """Give money in major units of our currency, exactly."""
        return Fraction(money.amount) * self.rates[money.currency]

    @property
    def differences(self) -> tuple[ProgrammeDifference, ...]:
        """Each other programme against ours."""
        ours = self.profiles[0]
        return tuple(
            ProgrammeDifference(
                theirs.name,
                theirs.reward_per_100 - ours.reward_per_100,
                self._less(theirs.to_first_reward, ours.to_first_reward),
                tuple(
                    self._step(step, mine, yours)
                    for step, (mine, yours) in enumerate(
                        zip(ours.tiers[1:], theirs.tiers[1:], strict=False), 1
                    )
                ),
            )
            for theirs in self.profiles[1:]
        )

    def _step(self, step: int, ours: TierProfile, theirs: TierProfile) -> StepDifference:
        return StepDifference(
            step,
            ours.tier,
            theirs.tier,
            theirs.reward_per_100 - ours.reward_per_100,
            self._less(theirs.to_reach, ours.to_reach),
            self._less(theirs.to_keep, ours.to_keep),
        )

    def _less(self, theirs: Money | None, ours: Money | None) -> Fraction | None:
        if theirs is None or ours is None:
            return None
        return self.in_ours(theirs) - self.in_ours(ours)

    def table(self) -> str:
        """Give the figures as text, sums of money in our currency, rounded to its minor unit."""
        currency = self.profiles[0].currency
        digits = minor_digits(currency)
        rows: list[tuple[str, ...]] = [
            ("value of a point", *(written(self._point(p), 6) for p in self.profiles)),
            ("reward per 100 spent", *(written(p.reward_per_100, 2) for p in self.profiles)),
            ("first reward", *(p.first_reward or "-" for p in self.profiles)),
            ("spend to it", *(self._money(p.to_first_reward, digits) for p in self.profiles)),
        ]
        most = max(len(p.tiers) for p in self.profiles)
        for step in range(1, most):
            tiers = [p.tiers[step] if step < len(p.tiers) else None for p in self.profiles]
            rows += [
                (f"tier {step}", *(t.tier if t else "-" for t in tiers)),
                ("  to reach", *(self._money(t.to_reach if t else None, digits) for t in tiers)),
                ("  to keep", *(self._money(t.to_keep if t else None, digits) for t in tiers)),
                *(
                    [("  off prices, %", *(plain(t.discount) if t else "-" for t in tiers))]
                    if any(t is not None and t.discount for t in tiers)
                    else []
                ),
                ("  per 100 in it", *(written(t.reward_per_100, 2) if t else "-" for t in tiers)),
            ]
        return columns((currency, *(p.name for p in self.profiles)), rows)

    def _point(self, one: Profile) -> Fraction:
        return one.value_of_point * self.rates[one.currency]

    def _money(self, money: Money | None, digits: int) -> str:
        return "-" if money is None else written(self.in_ours(money), digits)

    def __str__(self) -> str:
        return self.table()


def compare(
    ours: Contender,
    *theirs: Contender,
    pattern: Pattern,
    rates: Mapping[str, Decimal | int | str] = MappingProxyType({}),
) -> Comparison:
    """Compare what programmes give and ask for, each by its own rules, on the same purchases.

    A member is imagined who joins on the pattern's first day and buys as it says; reward for each
    100 spent is what the points earned are worth. The sums are the smallest, to the minor unit,
    that earn the first reward, reach a tier, and keep it for another period. Expiry counts where
    points would expire before they suffice; what members do not redeem does not.

    Args:
        ours: our programme, with what its points are worth.
        theirs: the others'; a competitor's programme is a programme file like ours.
        pattern: what is bought, in our currency; `Pattern.plain(day)` for a single purchase.
        rates: what one unit of each other currency is worth in ours; amounts are converted and
            rounded to the minor unit.

    Raises:
        InvalidValue: a currency has no rate, nothing says what a point is worth, or an argument is
            of another type.
    """
    fix = "give a Contender: Contender(programme, Valuation(per_point='0.01'))"
    checks.argument("compare.ours", ours, Contender, fix)
    for contender in theirs:
        checks.argument("compare.theirs", contender, Contender, fix)
    fix = "give a Pattern, such as Pattern.plain(date(2026, 3, 10))"
    checks.argument("compare.pattern", pattern, Pattern, fix)
    fix = "give what a unit of each currency is worth, such as {'EUR': '7.80'}"
    checks.argument("compare.rates", rates, Mapping, fix)
    home = ours.programme.currency
    known = {home: Fraction(1)}
    for code, rate in rates.items():
        minor_digits(code)
        known[code] = Fraction(exact(rate, f"compare.rates.{code}"))
        if known[code] <= 0 or (code == home and known[code] != 1):
            fix = f"give what 1 {code} is worth in {home}"
            raise InvalidValue(f"compare.rates.{code}", rate, fix)
    for contender in theirs:
        code = contender.programme.currency
        if code not in known:
            fix = f"give what 1 {code} is worth in {home}, as rates={{{code!r}: ...}}"
            raise InvalidValue("compare.rates", code, fix)
    profiles = tuple(
        profile(contender, pattern, known[contender.programme.currency])
        for contender in (ours, *theirs)
    )
    return Comparison(profiles, known)
