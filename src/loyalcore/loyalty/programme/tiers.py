"""Tiers as data: a ladder of goals over what a member's window counts."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidDocument, Mistake
from loyalcore.forms import demand_each, found_by, readable, where_known
from loyalcore.loyalty.programme.benefits import Benefit, BenefitKind, as_multiplier
from loyalcore.loyalty.programme.measures import ALWAYS, BEHAVIOUR, Goal, Kind, Measure
from loyalcore.loyalty.programme.rules import Multiplier
from loyalcore.loyalty.programme.sales import Sale
from loyalcore.loyalty.programme.tier_policies import Crossing, Fall, LateFacts, Undone
from loyalcore.loyalty.programme.windows import Window

Counts = Mapping[str, Decimal]


def _entry(value: Any) -> Goal:
    return Goal.of(value, "Tier.entry")


def _keep(value: Any) -> Goal:
    return Goal.of(value, "Tier.keep")


@attrs.frozen
class Tier:
    """One step of the ladder.

    Attributes:
        id: such as "gold".
        entry: what must be counted within the window to reach it, itself included; a number is
            spend in major units.
        keep: what keeps it at a period's end; no harder to reach than `entry`, by default the
            same.
        benefits: what its members have; a higher tier has those that it lists itself.
        sale: on which terms it can be bought; None for not at all.
    """

    id: str = attrs.field(validator=checks.name)
    entry: Goal = attrs.field(default=Goal({"spend": Decimal(0)}), converter=_entry)
    keep: Goal | None = attrs.field(default=None, converter=attrs.converters.optional(_keep))
    benefits: tuple[Benefit, ...] = attrs.field(
        default=(), kw_only=True, converter=checks.listed, validator=checks.each(Benefit)
    )
    sale: Sale | None = attrs.field(
        default=None, kw_only=True, validator=attrs.validators.optional(checks.instance_of(Sale))
    )

    def __attrs_post_init__(self) -> None:
        ids = readable(lambda: self.benefits, lambda benefit: benefit.id)
        demand_each(
            self,
            (
                "keep",
                lambda: (
                    self.entry.implies(self.kept_by)
                    or f"{self.kept_by}: give nothing harder to reach than entry, {self.entry}"
                ),
            ),
            (
                "benefits",
                lambda: len(set(ids)) == len(ids) or "give each benefit of a tier its own id",
            ),
        )

    @property
    def kept_by(self) -> Goal:
        """What keeps the tier."""
        return self.entry if self.keep is None else self.keep


_roles = attrs.validators.deep_iterable(checks.name, checks.instance_of(tuple))


@attrs.frozen
class Tiers:
    """A ladder of tiers, from the one that everybody has upwards.

    Attributes:
        window: the days that count.
        ladder: the first starts at 0; each later one harder to reach than the one before.
        fall: to what the period's counts keep, or one step at most (a soft landing).
        measures: what thresholds may name beside `spend`, `points`, `orders`, `behaviour:ID`.
        grace_days: how many days after a period's end a tier is still held, within which what is
            missing to keep it may be made up; what is counted then counts for the period that
            has ended and for the new one.
        warn_days: how many days before a tier is looked at it is told whether it is at risk;
            0 for never.
        crossing: whether an order that reaches a tier earns at the rates of the tier before it,
            or of the new one.
        undone: whether a tier that a return leaves without what reached it is lost when the
            period ends, or at once.
        late_facts: whether a fact told late changes what the period that ended last has kept.
        set_by: the roles that may set a member's tier by hand.
    """

    window: Window = attrs.field(validator=checks.instance_of(Window))
    ladder: tuple[Tier, ...] = attrs.field(converter=checks.listed, validator=checks.each(Tier))
    fall: Fall = attrs.field(default=Fall.EARNED, validator=checks.instance_of(Fall))
    measures: tuple[Measure, ...] = attrs.field(
        default=(), kw_only=True, converter=checks.listed, validator=checks.each(Measure)
    )
    grace_days: int = attrs.field(default=0, kw_only=True, validator=checks.count)
    warn_days: int = attrs.field(default=0, kw_only=True, validator=checks.count)
    crossing: Crossing = attrs.field(
        default=Crossing.OLD, kw_only=True, validator=checks.instance_of(Crossing)
    )
    undone: Undone = attrs.field(
        default=Undone.PERIOD_END, kw_only=True, validator=checks.instance_of(Undone)
    )
    late_facts: LateFacts = attrs.field(
        default=LateFacts.NOTHING, kw_only=True, validator=checks.instance_of(LateFacts)
    )
    set_by: tuple[str, ...] = attrs.field(
        default=(), kw_only=True, converter=checks.listed, validator=_roles
    )

    def __attrs_post_init__(self) -> None:
        mistakes = found_by(
            lambda: ladder_mistakes(self.ladder),
            lambda: _measures_twice(self.measures),
            lambda: self._too_long("grace_days", self.grace_days),
            lambda: self._too_long("warn_days", self.warn_days),
        )
        if mistakes:
            raise InvalidDocument("Tiers", mistakes)

    def _too_long(self, field: str, days: int) -> list[Mistake]:
        if not days or days < (least := self.window.least_days):
            return []
        text = f"{days}: give fewer days than a period has, {least}"
        text = text if least else "a tier for life is never looked at: leave it out"
        return [Mistake(field, text)]

    @property
    def most_days(self) -> int:
        """The most days back that a member's days may be counted."""
        days = self.window.most_days
        both = self.undone is Undone.AT_ONCE and self.window.rolling_days is not None
        return days + self.grace_days + (days if both else 0)

    @cached_property
    def measured(self) -> tuple[str, ...]:
        """The measures that thresholds name, and those that the programme adds."""
        named = (
            m for tier in self.ladder for goal in (tier.entry, tier.kept_by) for m in goal.measures
        )
        return tuple(dict.fromkeys(["spend", *named, *(measure.id for measure in self.measures)]))

    @cached_property
    def recorded(self) -> tuple[Measure, ...]:
        """The measures that facts are to be counted by, beside spend and behaviours."""
        known = {**ALWAYS, **{measure.id: measure for measure in self.measures}}
        return tuple(known[m] for m in self.measured if m in known and m != "spend")

    def is_money(self, measure: str) -> bool:
        """Say whether a measure is counted in minor units of money."""
        if measure in ALWAYS:
            return ALWAYS[measure].of is Kind.SPEND
        return {found.id: found.of for found in self.measures}.get(measure) is Kind.SPEND

    @cached_property
    def multipliers(self) -> tuple[Multiplier, ...]:
        """The rules that benefits bring."""
        return tuple(
            as_multiplier(tier.id, benefit)
            for tier in self.ladder
            for benefit in tier.benefits
            if benefit.kind is BenefitKind.MULTIPLIER
        )

    def moved_by(self, behaviour: str) -> bool:
        """Say whether a behaviour can reach a tier."""
        moved = {Kind.POINTS.value, BEHAVIOUR + behaviour}
        moved |= {m.id for m in self.measures if m.of is Kind.POINTS and m.when is None}
        return not moved.isdisjoint(self.measured)

    @property
    def lowest(self) -> str:
        """The tier of who has reached no other, or joined before there were tiers."""
        return self.ladder[0].id

    def rank(self, tier: str) -> int:
        """Give a tier's place in the ladder, 0 for the lowest."""
        return next(place for place, step in enumerate(self.ladder) if step.id == tier)

    def reached_by(self, counts: Counts) -> Tier:
        """Give the highest tier that these counts enter."""
        return next(tier for tier in reversed(self.ladder) if tier.entry.met(counts))

    def kept_with(self, tier: str, counts: Counts) -> Tier:
        """Give the tier that a member of `tier` has after a period with these counts."""
        steps = self.ladder[: self.rank(tier) + 1]
        kept = next(place for place in range(len(steps))[::-1] if steps[place].kept_by.met(counts))
        if self.fall is Fall.ONE_STEP:
            kept = max(kept, len(steps) - 2)
        return steps[kept]


def ladder_mistakes(ladder: Sequence[Tier]) -> Iterator[Mistake]:
    """Find what is wrong between the steps of a ladder."""
    with where_known():
        if not ladder or not ladder[0].entry.met({}):
            yield Mistake("ladder[0].entry", "the first tier must start at 0")
    ids = list[str]()
    for place, (lower, upper) in enumerate(pairwise(ladder), 1):
        with where_known():
            ids.append(lower.id)
        with where_known():
            if not _harder(upper.entry, lower.entry):
                text = f"{upper.entry} must be more than {lower.entry}, the entry of {_name(lower)}"
                yield Mistake(f"ladder[{place}].entry", text)
        with where_known():
            if not _harder(upper.kept_by, lower.kept_by):
                text = (
                    f"{upper.kept_by} must be more than {lower.kept_by}, what keeps {_name(lower)}"
                )
                yield Mistake(f"ladder[{place}].keep", text)
        with where_known():
            if upper.id in ids:
                yield Mistake(f"ladder[{place}].id", f"{upper.id!r} is taken already")


def _name(tier: Tier) -> str:
    with where_known():
        return tier.id
    return "the tier below"


def _harder(upper: Goal, lower: Goal) -> bool:
    return upper.implies(lower) and not lower.implies(upper)


def _measures_twice(measures: Sequence[Measure]) -> Iterator[Mistake]:
    ids = list[str]()
    for place, measure in enumerate(measures):
        with where_known():
            if measure.taken or measure.id in ids:
                yield Mistake(f"measures[{place}].id", f"{measure.id!r} is taken already")
            ids.append(measure.id)
