"""What a programme brings: members against like non-members, less what it costs."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.errors import InvalidValue, NothingComparable
from loyalcore.forms import demand
from loyalcore.loyalty.reports.strata import Uplift, Values, mean, uplift
from loyalcore.loyalty.reports.sums import columns, written

WARNING = (
    "not causal: members chose to join, and may differ from like non-members in ways that no "
    "stratum shows; only drawing by lot who may join tells what the programme itself brings"
)

_Stratum = tuple[str, ...]


def _after(number: Decimal | int | str) -> Decimal:
    return exact(number, "CustomerValue.after")


def _before(number: Decimal | int | str) -> Decimal:
    return exact(number, "CustomerValue.before")


def _margin(number: Decimal | int | str) -> Decimal:
    return exact(number, "CustomerValue.margin")


def _names(names: Any) -> Any:
    return (names,) if isinstance(names, str) else checks.listed(names)


@attrs.frozen
class CustomerValue:
    """What a customer was worth in the period that is looked at, and in the one before.

    Attributes:
        customer: an id, once in all.
        after: spend, or lifetime value, in the period; negative where more came back.
        before: the same in the period before; None where it is not known.
        strata: what makes customers alike, such as ("joined 2024", "web").
        margin: the part of the value that is margin; 1 where the value is net already.
    """

    customer: str = attrs.field(validator=checks.name)
    after: Decimal = attrs.field(converter=_after)
    before: Decimal | None = attrs.field(default=None, converter=attrs.converters.optional(_before))
    strata: _Stratum = attrs.field(default=(), converter=_names)
    margin: Decimal = attrs.field(default=Decimal(1), converter=_margin)

    def __attrs_post_init__(self) -> None:
        words = _are_words(self.strata)
        demand(
            self,
            (words, "strata", "give a list of strings"),
            (self.margin <= 1, "margin", f"{self.margin}: give a share, at most 1"),
        )


def _are_words(strata: object) -> bool:
    return isinstance(strata, tuple) and all(isinstance(word, str) for word in strata)


class Basis(Enum):
    """What is compared: the values of the period, or how they changed from the one before."""

    DIFFERENCE = "difference"
    CHANGE = "difference_in_differences"


@attrs.frozen
class StratumEffect:
    """One stratum.

    Attributes:
        stratum: what its customers share.
        members, others: how many of each.
        of_members, of_others: the means of the margin on the basis that is used.
    """

    stratum: _Stratum
    members: int
    others: int
    of_members: Fraction
    of_others: Fraction

    @property
    def difference(self) -> Fraction:
        """How much more a member brought."""
        return self.of_members - self.of_others


@attrs.frozen
class LeftOut:
    """A stratum with too few members or too few others to be compared."""

    stratum: _Stratum
    members: int
    others: int


@attrs.frozen
class ProgrammeReturn:
    """What a programme brings for what it costs.

    Attributes:
        strata: those compared, in order.
        left_out: those with too few of either group; their members bring nothing to the gain.
        smallest: how many of each group a stratum needs.
        basis: the change where the period before is known, the difference otherwise.
        value: the uplift of the value in the period.
        change: the uplift of its change from the period before; None where that is not known.
        margin: the uplift of the margin, on the basis.
        gain: the margin's uplift times the members compared.
        cost: the programme's, in the same money.
        causal: who may join was drawn by lot.
    """

    strata: tuple[StratumEffect, ...]
    left_out: tuple[LeftOut, ...]
    smallest: int
    basis: Basis
    value: Uplift
    change: Uplift | None
    margin: Uplift
    gain: Fraction
    cost: Decimal
    causal: bool

    @property
    def members(self) -> int:
        """Members compared."""
        return sum(stratum.members for stratum in self.strata)

    @property
    def others(self) -> int:
        """Non-members compared."""
        return sum(stratum.others for stratum in self.strata)

    @property
    def warning(self) -> str | None:
        """What the figures do not say; None where who may join was drawn by lot."""
        return None if self.causal else WARNING

    @property
    def return_on_cost(self) -> Fraction:
        """The gain less the cost, for each unit of cost."""
        return (self.gain - Fraction(self.cost)) / Fraction(self.cost)

    @property
    def return_interval(self) -> tuple[float, float]:
        """The return on cost at the ends of the margin's interval."""
        cost = float(self.cost)
        low, high = (self.members * end for end in (self.margin.low, self.margin.high))
        return (low - cost) / cost, (high - cost) / cost

    def table(self) -> str:
        """Give the figures as text."""
        rows = [
            (
                ", ".join(s.stratum) or "all",
                s.members,
                s.others,
                *(written(x, 2) for x in (s.of_members, s.of_others, s.difference)),
            )
            for s in self.strata
        ]
        rows += [
            (", ".join(s.stratum) or "all", s.members, s.others, "-", "-", "too few")
            for s in self.left_out
        ]
        low, high = self.return_interval
        name = f"margin, {self.basis.value.replace('_', ' ')}"
        lines = [
            columns(("stratum", "members", "others", "of members", "of others", "more"), rows),
            f"{name}: {_told(self.margin)} for each member",
            f"gain {written(self.gain, 2)}, cost {self.cost:,}",
            f"return on cost {float(self.return_on_cost):.1%} ({low:.1%} to {high:.1%})",
        ]
        return "\n".join([*lines, self.warning] if self.warning else lines)

    def __str__(self) -> str:
        return self.table()


def _told(uplift: Uplift) -> str:
    ends = f"{uplift.level:.0%} interval {uplift.low:,.2f} to {uplift.high:,.2f}"
    return f"{written(uplift.per_member, 2)} ({ends})"


def programme_return(
    members: Iterable[CustomerValue],
    others: Iterable[CustomerValue],
    *,
    cost: Decimal | int | str,
    level: float = 0.95,
    smallest: int = 10,
    randomised: bool = False,
) -> ProgrammeReturn:
    """Compare members with like non-members, and set what they bring more against the cost.

    Within each stratum the means of both groups are compared; the differences are weighted by the
    stratum's members (direct standardisation to the members). Where all bring the value of the
    period before, its change is compared instead: difference in differences. Sums and means are
    exact; the interval is normal, from the variances within strata.

    Args:
        members: customers in the programme, for the period and, if known, the one before.
        others: customers who are not.
        cost: of the programme in the period: points, benefits, running it.
        level: of the intervals.
        smallest: a stratum with fewer of either group is left out, and told.
        randomised: who may join was drawn by lot, within strata; otherwise the result carries a
            warning that it is not causal.

    Raises:
        InvalidValue: a customer stands twice, or some bring the period before and others do not;
            or the cost is not above 0, the level not between 0 and 1, `smallest` below 2.
        NothingComparable: no stratum has enough of both.
    """
    spent = exact(cost, "programme_return.cost")
    _check(spent, level, smallest)
    fix = "give a CustomerValue of each customer"
    mine = tuple(checks.walked("programme_return.members", members, CustomerValue, fix))
    rest = tuple(checks.walked("programme_return.others", others, CustomerValue, fix))
    known = _before_is_known(mine, rest)
    strata = _by_stratum(mine, rest)
    sizes = {key: min(map(len, both)) for key, both in strata.items()}
    kept = [(key, strata[key]) for key in sorted(sizes) if sizes[key] >= smallest]
    if not kept:
        raise NothingComparable(smallest, max(sizes.values(), default=0))

    def compared(measure: _Measure) -> Uplift:
        return uplift((_valued(both, measure) for _, both in kept), level)

    margin = compared(_margin_of_change if known else _margin_of_value)
    return ProgrammeReturn(
        strata=tuple(_effect(key, both, known) for key, both in kept),
        left_out=tuple(
            LeftOut(key, len(strata[key][0]), len(strata[key][1]))
            for key in sorted(sizes)
            if sizes[key] < smallest
        ),
        smallest=smallest,
        basis=Basis.CHANGE if known else Basis.DIFFERENCE,
        value=compared(_value),
        change=compared(_change) if known else None,
        margin=margin,
        gain=margin.per_member * sum(len(group) for _, (group, _) in kept),
        cost=spent,
        causal=randomised,
    )


_Group = Sequence[CustomerValue]
_Measure = Callable[[CustomerValue], Fraction]


def _value(one: CustomerValue) -> Fraction:
    return Fraction(one.after)


def _change(one: CustomerValue) -> Fraction:
    assert one.before is not None, "a change from nothing that is known"
    return Fraction(one.after) - Fraction(one.before)


def _margin_of_value(one: CustomerValue) -> Fraction:
    return Fraction(one.margin) * _value(one)


def _margin_of_change(one: CustomerValue) -> Fraction:
    return Fraction(one.margin) * _change(one)


def _valued(both: tuple[_Group, _Group], measure: _Measure) -> tuple[Values, Values]:
    mine, rest = ([measure(one) for one in group] for group in both)
    return mine, rest


def _effect(key: _Stratum, both: tuple[_Group, _Group], known: bool) -> StratumEffect:
    mine, rest = _valued(both, _margin_of_change if known else _margin_of_value)
    return StratumEffect(key, len(mine), len(rest), mean(mine), mean(rest))


def _by_stratum(members: _Group, others: _Group) -> dict[_Stratum, tuple[_Group, _Group]]:
    """Sort customers into strata."""
    found: dict[_Stratum, tuple[list[CustomerValue], list[CustomerValue]]] = {}
    for place, group in enumerate((members, others)):
        for one in group:
            found.setdefault(one.strata, ([], []))[place].append(one)
    return dict(found)


def _before_is_known(members: _Group, others: _Group) -> bool:
    """Say whether all bring the period before.

    Raises:
        InvalidValue: some do and others do not, or a customer stands twice.
    """
    seen: set[str] = set()
    for one in (*members, *others):
        if one.customer in seen:
            fix = "give each customer once, as a member or as another"
            raise InvalidValue("CustomerValue.customer", one.customer, fix)
        seen.add(one.customer)
    without = [one.customer for one in (*members, *others) if one.before is None]
    if without and len(without) < len(seen):
        fix = f"give it for all customers or for none: {without[0]!r} has none"
        raise InvalidValue("CustomerValue.before", None, fix)
    return bool(seen) and not without


def _check(cost: Decimal, level: object, smallest: object) -> None:
    if cost <= 0:
        raise InvalidValue("programme_return.cost", cost, "give what it costs, more than 0")
    if not isinstance(level, float) or not 0 < level < 1:
        raise InvalidValue("programme_return.level", level, "give more than 0 and less than 1")
    if not isinstance(smallest, int) or smallest < 2:
        raise InvalidValue("programme_return.smallest", smallest, "give 2 or more")
