"""Breakage: the share of points that nobody will ever redeem, with its uncertainty."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

import attrs

from loyalcore import checks
from loyalcore.errors import DegenerateTriangle, InvalidValue, TailUnknown
from loyalcore.loyalty.accounts.ages import ages_alive
from loyalcore.loyalty.accounts.chain_ladder import ChainLadder, chain_ladder
from loyalcore.loyalty.accounts.expectations import Expectations, Share, exact_number, share
from loyalcore.loyalty.accounts.triangles import Cell, RedemptionTriangle
from loyalcore.loyalty.programme.policies import Expiry
from loyalcore.timing import Cycle


@attrs.frozen
class CohortBreakage:
    """What the points earned in one period will come to.

    Attributes:
        origin: the first day of the period.
        issued: points, less what was clawed back and what moved to other members.
        redeemed: so far, less what was undone.
        outstanding: neither redeemed nor gone.
        ultimate: points redeemed in the end: at least those redeemed so far, at most those and
            all that are outstanding.
        error: its standard error by Mack; None where a prior took the place of the chain ladder.
        bounded: the method gave less or more than that.
    """

    origin: date
    issued: int
    redeemed: int
    outstanding: int
    ultimate: Fraction
    error: float | None
    bounded: bool

    @property
    def further(self) -> Fraction:
        """Points expected to be redeemed yet."""
        return self.ultimate - self.redeemed


@attrs.frozen
class Breakage:
    """The breakage of all points earned in a triangle's periods, and what it assumes.

    Attributes:
        cohorts: by earning period, the oldest first.
        error: the standard error of the points redeemed in the end; None with a prior.
        interval: for the breakage, lowest first, normal and cut to what is possible; None with a
            prior.
        level: how often such an interval holds the truth, if the chain ladder's assumptions hold.
        ladder: the factors behind it.
        closed: points live no longer than the triangle is old, so that its tail is exactly 1.
        prior: the share assumed for the young cohorts; None where there are none.
        young: how many of the newest cohorts rest on the prior.
        cycle, timezone: the triangle's.
    """

    cohorts: tuple[CohortBreakage, ...]
    error: float | None
    interval: tuple[float, float] | None
    level: Fraction
    ladder: ChainLadder
    closed: bool
    prior: Fraction | None
    young: int
    cycle: Cycle
    timezone: str

    @property
    def issued(self) -> int:
        """Points issued, less what was clawed back and what moved away."""
        return sum(cohort.issued for cohort in self.cohorts)

    @property
    def redemption(self) -> Fraction:
        """The ultimate redemption rate: the share of issued points that is redeemed in the end."""
        return sum((c.ultimate for c in self.cohorts), Fraction(0)) / self.issued

    @property
    def breakage(self) -> Fraction:
        """The share that nobody will ever redeem."""
        return 1 - self.redemption

    @property
    def expectations(self) -> Expectations:
        """The share of what is outstanding that will be redeemed, by earning period.

        Points of periods that the triangle does not hold are taken to be redeemed as all of it is.
        """
        shares = {c.origin: c.further / c.outstanding for c in self.cohorts if c.outstanding}
        return Expectations(self.redemption, shares, self.cycle, self.timezone)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What whoever signs it has to agree with, in words."""
        ages, first, last = len(self.cohorts), self.cohorts[0].origin, self.cohorts[-1].origin
        tail = "exactly 1, because points live no longer" if self.closed else str(self.ladder.tail)
        said = [
            f"{ages} cohorts by {self.cycle.value} of earning, {first} to {last}, {self.timezone}",
            f"ages 0 to {ages - 1}, in whole periods; the tail factor is {tail}",
            "all cohorts develop by the same factors, none depends on another (Mack 1993)",
            "shares are of points issued, less what was clawed back and what moved away",
        ]
        if self.prior is not None:
            said.append(
                f"the newest {self.young} follow Bornhuetter and Ferguson with "
                f"{float(self.prior):.4f} expected to be redeemed; no interval is given"
            )
        if any(cohort.bounded for cohort in self.cohorts):
            said.append("cohorts that left the possible were cut to it; errors were not")
        return tuple(said)

    def __str__(self) -> str:
        text = f"breakage {float(self.breakage):.2%}"
        if self.interval is not None:
            low, high = self.interval
            text += f", {float(self.level):.0%} interval {low:.2%} to {high:.2%}"
        return "\n".join([text, *(f"  {line}" for line in self.assumptions)])


def breakage(
    triangle: RedemptionTriangle,
    *,
    expiry: Expiry | None = None,
    tail: Share | None = None,
    young: int = 0,
    prior: Share | None = None,
    level: Share = Decimal("0.95"),
) -> Breakage:
    """Estimate what share of points nobody will ever redeem.

    The chain ladder, on points redeemed by age, gives what each cohort comes to in the end, and
    Mack's formula how far off that may be. The newest cohorts, of which little is known, may rest
    on a prior instead (R. L. Bornhuetter and R. E. Ferguson, The actuary and IBNR, Proceedings of
    the Casualty Actuarial Society 59, 1972): what is redeemed so far, and of the prior the part
    that the factors say is still to come.

    Args:
        triangle: with at least four periods.
        expiry: the programme's; where the triangle is older than points become, nothing follows.
        tail: the factor after the last age, exact; needed where points live longer than that.
        young: how many of the newest cohorts rest on the prior.
        prior: the share of their points expected to be redeemed; by default what the data say,
            redeemed points over issued ones as far as developed (the Cape Cod rate).
        level: of the interval, between 0 and 1.

    Raises:
        TriangleTooSmall: it has fewer than four periods.
        DegenerateTriangle: a factor cannot be told, or nothing of a cohort is redeemed yet, of
            which the chain ladder would say that nothing ever will be.
        TailUnknown: points can be spent at a greater age than the triangle shows, and no tail is
            given.
        InvalidValue: an argument is not as above.
    """
    fix = "give a RedemptionTriangle, as redemption_triangle() makes it"
    checks.argument("breakage.triangle", triangle, RedemptionTriangle, fix)
    if expiry is not None:
        checks.argument("breakage.expiry", expiry, Expiry, "give a programme's expiry")
    checks.argument("breakage.young", young, int, "give a whole number")
    count = len(triangle.origins)
    if not 0 <= young < max(1, count):
        raise InvalidValue("breakage.young", young, f"give 0 to {count - 1}")
    if prior is not None and not young:
        raise InvalidValue("breakage.prior", prior, "say for how many young cohorts it is")
    certainty = share(level, "breakage.level")
    if certainty in {0, 1}:
        raise InvalidValue("breakage.level", level, "give a share between 0 and 1, such as 0.95")
    alive = ages_alive(expiry, triangle.cycle) if expiry is not None else None
    closed = alive is not None and alive < count
    ladder = chain_ladder(triangle.redeemed, _tail(tail, closed, count, alive))
    _refuse_silent(triangle, ladder, young)
    totals = triangle.totals
    assumed = None
    if young:
        assumed = _cape_cod(totals, ladder) if prior is None else share(prior, "breakage.prior")
    cohorts = tuple(
        _cohort(origin, total, ladder, place, assumed if place >= count - young else None)
        for place, (origin, total) in enumerate(zip(triangle.origins, totals, strict=True))
    )
    found = Breakage(
        cohorts=cohorts,
        error=None if young else ladder.total_error,
        interval=None,
        level=certainty,
        ladder=ladder,
        closed=closed,
        prior=assumed,
        young=young,
        cycle=triangle.cycle,
        timezone=triangle.timezone,
    )
    return found if young else attrs.evolve(found, interval=_interval(found))


def _tail(tail: Share | None, closed: bool, count: int, alive: int | None) -> Fraction:
    if closed:
        if tail is not None and exact_number(tail, "breakage.tail") != 1:
            fix = f"points can be spent up to age {alive}, and the triangle shows it: leave it out"
            raise InvalidValue("breakage.tail", tail, fix)
        return Fraction(1)
    if tail is None:
        raise TailUnknown(count, alive)
    return exact_number(tail, "breakage.tail")


def _refuse_silent(triangle: RedemptionTriangle, ladder: ChainLadder, young: int) -> None:
    """Refuse cohorts of which nothing is redeemed, though something may be."""
    count = len(triangle.origins)
    for place, total in enumerate(triangle.totals[: count - young]):
        if total.left and not ladder.latest[place]:
            reason = f"nothing of {triangle.origins[place]} is redeemed yet: let so young cohorts"
            raise DegenerateTriangle(count - 1 - place, f"{reason} rest on a prior (young=)")
    if not any(_net(total) for total in triangle.totals):
        raise DegenerateTriangle(0, "no points are issued")


def _net(total: Cell) -> int:
    return total.issued - total.clawed - total.moved


def _cape_cod(totals: tuple[Cell, ...], ladder: ChainLadder) -> Fraction:
    """Give redeemed points over issued ones, these as far as the factors say they have come."""
    developed = reversed(ladder.developed)
    used = sum(
        (_net(total) * part for total, part in zip(totals, developed, strict=True)),
        start=Fraction(0),
    )
    return min(Fraction(1), sum(ladder.latest) / used)


def _cohort(
    origin: date, total: Cell, ladder: ChainLadder, place: int, prior: Fraction | None
) -> CohortBreakage:
    """Give what one cohort comes to, within what is possible."""
    redeemed, most = total.redeemed, total.redeemed + total.left
    if prior is None:
        told = ladder.ultimates[place]
    else:
        age = len(ladder.latest) - 1 - place
        told = redeemed + prior * _net(total) * (1 - ladder.developed[age])
    ultimate = max(Fraction(redeemed), min(Fraction(most), told))
    return CohortBreakage(
        origin=origin,
        issued=_net(total),
        redeemed=redeemed,
        outstanding=total.left,
        ultimate=ultimate,
        error=ladder.errors[place] if prior is None else None,
        bounded=ultimate != told,
    )


def _interval(found: Breakage) -> tuple[float, float]:
    """Give the normal interval of the breakage, cut to what can still come about."""
    assert found.error is not None, "a prior has no error"
    so_far = sum(cohort.redeemed for cohort in found.cohorts)
    most = so_far + sum(cohort.outstanding for cohort in found.cohorts)
    half = NormalDist().inv_cdf((1 + float(found.level)) / 2) * found.error
    middle = float(found.redemption * found.issued)
    low, high = max(float(so_far), middle - half), min(float(most), middle + half)
    return 1 - high / found.issued, 1 - low / found.issued
