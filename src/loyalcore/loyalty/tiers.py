"""Tiers as data: a ladder of thresholds over spend in a window."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from itertools import pairwise

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.errors import InvalidDocument, Mistake
from loyalcore.forms import demand
from loyalcore.timing import Cycle


def _entry(number: Decimal | int | str) -> Decimal:
    return exact(number, "Tier.entry")


def _keep(number: Decimal | int | str) -> Decimal:
    return exact(number, "Tier.keep")


@attrs.frozen
class Tier:
    """One step of the ladder.

    Attributes:
        id: such as "gold".
        entry: the spend within the window that reaches it, itself included, in major units.
        keep: the spend that keeps it at a period's end; at most `entry`, by default the same.
    """

    id: str = attrs.field(validator=checks.name)
    entry: Decimal = attrs.field(default=Decimal(0), converter=_entry)
    keep: Decimal | None = attrs.field(default=None, converter=attrs.converters.optional(_keep))

    def __attrs_post_init__(self) -> None:
        kept = self.entry if self.keep is None else self.keep
        demand(
            self,
            (self.entry >= 0, "entry", f"{self.entry} is negative: give 0 or more"),
            (0 <= kept <= self.entry, "keep", f"{kept}: give between 0 and entry, {self.entry}"),
        )

    @property
    def kept_by(self) -> Decimal:
        """The spend that keeps the tier."""
        return self.entry if self.keep is None else self.keep


@attrs.frozen
class Window:
    """The days whose spend counts, and how long a tier lasts before it is looked at again.

    Either a calendar period (`{ calendar = "year" }`), at whose end the tier is kept or lost; or
    a rolling number of days (`{ rolling_days = 90 }`), which a tier also lasts once reached.
    """

    calendar: Cycle | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.instance_of(Cycle))
    )
    rolling_days: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.whole)
    )

    def __attrs_post_init__(self) -> None:
        one = (self.calendar is None) != (self.rolling_days is None)
        days = 1 if self.rolling_days is None else self.rolling_days
        demand(
            self,
            (one, "", "give either calendar or rolling_days"),
            (1 <= days <= 1100, "rolling_days", f"{days}: give 1 to 1100 days"),
        )

    @property
    def most_days(self) -> int:
        """The most days that the window can span."""
        return self.rolling_days or 366

    def days_up_to(self, day: date) -> tuple[date, date]:
        """Give the first and last day that count on a day, both included."""
        if self.calendar is not None:
            return self.calendar.start(day), day
        return day - timedelta(days=self.most_days - 1), day

    def ends_after(self, day: date) -> date:
        """Give the day at whose start a tier reached or kept on a day is looked at again."""
        if self.calendar is not None:
            return self.calendar.next_start(day)
        return day + timedelta(days=self.most_days)


class Fall(Enum):
    """How far a member falls who has not kept a tier."""

    EARNED = "earned"
    ONE_STEP = "one_step"


@attrs.frozen
class Tiers:
    """A ladder of tiers, from the one that everybody has upwards.

    Attributes:
        window: the days that count.
        ladder: the first starts at 0; each later one higher than the one before.
        fall: to what the period's spend keeps, or one step at most (a soft landing).
    """

    window: Window = attrs.field(validator=checks.instance_of(Window))
    ladder: tuple[Tier, ...] = attrs.field(converter=checks.listed, validator=checks.each(Tier))
    fall: Fall = attrs.field(default=Fall.EARNED, validator=checks.instance_of(Fall))

    def __attrs_post_init__(self) -> None:
        mistakes = ladder_mistakes(self.ladder)
        if mistakes:
            raise InvalidDocument("Tiers", mistakes)

    def rank(self, tier: str) -> int:
        """Give a tier's place in the ladder, 0 for the lowest."""
        return next(place for place, step in enumerate(self.ladder) if step.id == tier)

    def reached_by(self, spend: Decimal) -> Tier:
        """Give the highest tier that this spend enters."""
        return next(tier for tier in reversed(self.ladder) if tier.entry <= spend)

    def kept_with(self, tier: str, spend: Decimal) -> Tier:
        """Give the tier that a member of `tier` has after a period with this spend."""
        steps = self.ladder[: self.rank(tier) + 1]
        kept = next(place for place in range(len(steps))[::-1] if steps[place].kept_by <= spend)
        if self.fall is Fall.ONE_STEP:
            kept = max(kept, len(steps) - 2)
        return steps[kept]


def ladder_mistakes(ladder: Sequence[Tier]) -> list[Mistake]:
    """Find what is wrong between the steps of a ladder."""
    mistakes = []
    if not ladder or ladder[0].entry != 0:
        mistakes.append(Mistake("ladder[0].entry", "the first tier must start at 0"))
    for place, (lower, upper) in enumerate(pairwise(ladder), 1):
        if upper.entry <= lower.entry:
            text = f"{upper.entry} must be more than {lower.entry}, the entry of {lower.id}"
            mistakes.append(Mistake(f"ladder[{place}].entry", text))
        if upper.kept_by <= lower.kept_by:
            text = f"{upper.kept_by} must be more than {lower.kept_by}, what keeps {lower.id}"
            mistakes.append(Mistake(f"ladder[{place}].keep", text))
        if upper.id in {tier.id for tier in ladder[:place]}:
            mistakes.append(Mistake(f"ladder[{place}].id", f"{upper.id!r} is taken already"))
    return mistakes
