"""A programme: everything a club promises, as data."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

import attrs
from cattrs import Converter

from loyalcore import checks
from loyalcore.decimals import of_units
from loyalcore.errors import InvalidDocument, Mistake
from loyalcore.forms import found_by, new_converter
from loyalcore.loyalty.programme.entitlements import Entitlement, Grant
from loyalcore.loyalty.programme.inactivity import Inactivity
from loyalcore.loyalty.programme.measures import register_goals
from loyalcore.loyalty.programme.payments import Payment
from loyalcore.loyalty.programme.policies import (
    Earning,
    Expiry,
    Returns,
    Shortfall,
    Undo,
    frozen_table,
)
from loyalcore.loyalty.programme.programme_mistakes import (
    AnyRule,
    Ids,
    brought_by,
    entitlement_mistakes,
    grant_mistakes,
    groups_of,
    idle_behaviours,
    idle_too_soon,
    ladder_of,
    reward_mistakes,
    stacking_mistakes,
    taken_ids,
    threshold_mistakes,
    unknown_name,
    warning_mistakes,
)
from loyalcore.loyalty.programme.referral import Referral, least_too_fine, unknown_sides
from loyalcore.loyalty.programme.rewards import Reward
from loyalcore.loyalty.programme.rules import Base, Behaviour, Bonus, Cap, Multiplier
from loyalcore.loyalty.programme.tiers import Tiers
from loyalcore.loyalty.programme.vocabulary import register_conditions
from loyalcore.money import minor_digits
from loyalcore.timing import LeapDay, zone


@attrs.frozen
class Programme:
    """A loyalty programme.

    Attributes:
        name: shown to people.
        currency: the ISO 4217 code of the money it knows.
        timezone: the IANA zone of its days.
        base: rates at which spending earns; empty where only behaviours do.
        bonuses: points for orders that meet a condition.
        multipliers: factors on base points, and on bonuses where they say so.
        caps: the most that orders earn.
        behaviours: points for what members do other than buying.
        referral: which behaviours bringing a friend gives; left out for none.
        rewards: what points buy.
        payments: the offers to pay for orders with points; without any they pay for none.
        entitlements: what members may be granted besides points.
        grants: which of them the programme itself grants, and when.
        earning: rounding, basis and stacking.
        expiry: how long points live.
        warn_days: so many local days before points expire their member is to be told, for each of
            these; none for no warning.
        inactivity: when the points of a member who does nothing go; left out for never.
        tiers: the ladder, if there is one.
        shortfall: what becomes of points claimed back that are no longer there.
        returns: what a return claims of points that expired unspent.
        authorities: how many points each role may give or take by hand at once.
        undo: what comes back when a redemption is undone.
        leap_day_birthday: when a 29 February birthday is kept.
        late_facts_days: how many days late a purchase, behaviour or return may be told.

    Raises:
        InvalidDocument: with all its mistakes.
    """

    name: str = attrs.field(validator=checks.name)
    currency: str = attrs.field(validator=checks.name)
    timezone: str = attrs.field(validator=checks.name)
    base: tuple[Base, ...] = attrs.field(converter=checks.listed, validator=checks.each(Base))
    bonuses: tuple[Bonus, ...] = attrs.field(
        default=(), kw_only=True, converter=checks.listed, validator=checks.each(Bonus)
    )
    multipliers: tuple[Multiplier, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Multiplier)
    )
    caps: tuple[Cap, ...] = attrs.field(
        default=(), kw_only=True, converter=checks.listed, validator=checks.each(Cap)
    )
    behaviours: tuple[Behaviour, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Behaviour)
    )
    referral: Referral | None = attrs.field(
        default=None,
        kw_only=True,
        validator=attrs.validators.optional(checks.instance_of(Referral)),
    )
    rewards: tuple[Reward, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Reward)
    )
    entitlements: tuple[Entitlement, ...] = attrs.field(
        default=(), kw_only=True, converter=checks.listed, validator=checks.each(Entitlement)
    )
    grants: tuple[Grant, ...] = attrs.field(
        default=(), kw_only=True, converter=checks.listed, validator=checks.each(Grant)
    )
    earning: Earning = attrs.field(default=Earning(), validator=checks.instance_of(Earning))
    expiry: Expiry = attrs.field(default=Expiry(), validator=checks.instance_of(Expiry))
    warn_days: tuple[int, ...] = attrs.field(
        default=(), kw_only=True, converter=checks.listed, validator=checks.each(int)
    )
    inactivity: Inactivity | None = attrs.field(
        default=None,
        kw_only=True,
        validator=attrs.validators.optional(checks.instance_of(Inactivity)),
    )
    tiers: Tiers | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.instance_of(Tiers))
    )
    shortfall: Shortfall = attrs.field(
        default=Shortfall.DEBT, validator=checks.instance_of(Shortfall)
    )
    returns: Returns = attrs.field(
        default=Returns(), kw_only=True, validator=checks.instance_of(Returns)
    )
    authorities: Mapping[str, int] = attrs.field(
        default=MappingProxyType({}),
        converter=frozen_table,
        validator=attrs.validators.deep_mapping(
            checks.name, checks.count, checks.instance_of(MappingProxyType)
        ),
        hash=False,
    )
    payments: tuple[Payment, ...] = attrs.field(
        default=(), kw_only=True, converter=checks.listed, validator=checks.each(Payment)
    )
    undo: Undo = attrs.field(default=Undo(), validator=checks.instance_of(Undo))
    leap_day_birthday: LeapDay = attrs.field(
        default=LeapDay.FEBRUARY_28, validator=checks.instance_of(LeapDay)
    )
    late_facts_days: int = attrs.field(default=90, validator=checks.count)

    def __attrs_post_init__(self) -> None:
        rules: dict[str, Callable[[], Sequence[AnyRule]]] = {
            "base": lambda: self.base,
            "bonuses": lambda: self.bonuses,
            "multipliers": lambda: self.multipliers,
            "caps": lambda: self.caps,
            "behaviours": lambda: self.behaviours,
            "payments": lambda: self.payments,
        }
        ids: dict[str, Ids] = {
            "entitlements": lambda: [each.id for each in self.entitlements],
            "behaviours": lambda: [rule.id for rule in self.behaviours],
            "rewards": lambda: [reward.id for reward in self.rewards],
            "tiers": lambda: [tier.id for tier in ladder_of(self.tiers)],
        }
        mistakes = found_by(
            lambda: unknown_name("currency", self.currency, minor_digits),
            lambda: unknown_name("timezone", self.timezone, zone),
            lambda: taken_ids(rules, lambda: brought_by(self.tiers)),
            lambda: reward_mistakes(self.rewards, ids["tiers"]),
            lambda: threshold_mistakes(self.tiers, ids["behaviours"], lambda: self.currency),
            lambda: entitlement_mistakes(self.entitlements),
            lambda: grant_mistakes(self.grants, ids),
            lambda: warning_mistakes(self.warn_days),
            lambda: idle_behaviours(self.inactivity, ids["behaviours"]),
            lambda: idle_too_soon(self.inactivity, self.expiry),
            lambda: unknown_sides(self.referral, lambda: self.behaviours),
            lambda: least_too_fine(self.referral, lambda: self.currency),
            self._too_late,
            lambda: stacking_mistakes(
                self.earning.stacking, lambda: groups_of(self.multipliers, self.tiers)
            ),
        )
        if mistakes:
            raise InvalidDocument("Programme", mistakes)

    def _too_late(self) -> list[Mistake]:
        days = self.late_facts_days
        text = f"{days}: give 0 to 3660 days"
        return [Mistake("late_facts_days", text)] if days > 3660 else []

    @property
    def digits(self) -> int:
        """Digits of the currency's minor unit."""
        return minor_digits(self.currency)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of its days."""
        return zone(self.timezone)

    @cached_property
    def kept_days(self) -> int:
        """For how many days a member's daily tallies must be kept."""
        window = self.tiers.most_days if self.tiers else 0
        return max(window, 366) + self.late_facts_days

    @cached_property
    def content_id(self) -> str:
        """A digest of what the programme says: equal for equal programmes."""
        document = _WRITER.unstructure(self)
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def all_multipliers(self) -> tuple[Multiplier, ...]:
        """The multipliers, and those that are benefits of tiers."""
        return (*self.multipliers, *(self.tiers.multipliers if self.tiers else ()))

    @cached_property
    def multipliers_in_order(self) -> tuple[Multiplier, ...]:
        """All multipliers by group, in the order in which they count."""
        return tuple(
            sorted(self.all_multipliers, key=lambda rule: (rule.group, -rule.priority, rule.id))
        )

    def behaviour(self, id_: str) -> Behaviour | None:
        """Give the behaviour of that id, if the programme has it."""
        return next((rule for rule in self.behaviours if rule.id == id_), None)

    def gives(self, rule: Behaviour) -> bool:
        """Say whether a behaviour is given by itself: on joining, or for a referral."""
        return rule.on_joining or (self.referral is not None and rule.id in self.referral.sides)

    def reward(self, id_: str) -> Reward | None:
        """Give the reward of that id, if the programme has it."""
        return next((reward for reward in self.rewards if reward.id == id_), None)

    def entitlement(self, id_: str) -> Entitlement | None:
        """Give the entitlement of that id, if the programme has it."""
        return next((each for each in self.entitlements if each.id == id_), None)

    def money(self, minor: int) -> Decimal:
        """Give minor units of its currency in major ones."""
        return of_units(minor, self.digits)


def configure(converter: Converter) -> None:
    """Teach a converter to read and write programmes."""
    register_conditions(converter)
    register_goals(converter)


_WRITER = new_converter()
register_conditions(_WRITER, all_=True)
register_goals(_WRITER)
