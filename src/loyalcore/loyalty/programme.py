"""A programme: everything a club promises, as data."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from cattrs import Converter

from loyalcore import checks
from loyalcore.decimals import of_units, whole_units
from loyalcore.errors import InvalidDocument, InvalidValue, LoyalcoreError, Mistake
from loyalcore.forms import new_converter, read_document, structure
from loyalcore.loyalty.conditions import Condition
from loyalcore.loyalty.policies import Earning, Expiry, Shortfall, Undo, frozen_table
from loyalcore.loyalty.rewards import Reward
from loyalcore.loyalty.rules import Base, Behaviour, Bonus, Cap, Multiplier
from loyalcore.loyalty.tiers import Tier, Tiers, ladder_mistakes
from loyalcore.loyalty.vocabulary import CONDITIONS, register_conditions
from loyalcore.money import minor_digits
from loyalcore.timing import LeapDay, zone

_Rule = Base | Bonus | Multiplier | Cap | Behaviour


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
        rewards: what points buy.
        earning: rounding, basis and stacking.
        expiry: how long points live.
        tiers: the ladder, if there is one.
        shortfall: what becomes of points claimed back that are no longer there.
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
    rewards: tuple[Reward, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Reward)
    )
    earning: Earning = attrs.field(default=Earning(), validator=checks.instance_of(Earning))
    expiry: Expiry = attrs.field(default=Expiry(), validator=checks.instance_of(Expiry))
    tiers: Tiers | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.instance_of(Tiers))
    )
    shortfall: Shortfall = attrs.field(
        default=Shortfall.DEBT, validator=checks.instance_of(Shortfall)
    )
    authorities: Mapping[str, int] = attrs.field(
        default=MappingProxyType({}),
        converter=frozen_table,
        validator=attrs.validators.deep_mapping(
            checks.name, checks.count, checks.instance_of(MappingProxyType)
        ),
        hash=False,
    )
    undo: Undo = attrs.field(default=Undo(), validator=checks.instance_of(Undo))
    leap_day_birthday: LeapDay = attrs.field(
        default=LeapDay.FEBRUARY_28, validator=checks.instance_of(LeapDay)
    )
    late_facts_days: int = attrs.field(default=90, validator=checks.count)

    def __attrs_post_init__(self) -> None:
        rules: dict[str, Sequence[_Rule]] = {
            "base": self.base,
            "bonuses": self.bonuses,
            "multipliers": self.multipliers,
            "caps": self.caps,
            "behaviours": self.behaviours,
        }
        mistakes = [*self._unknown_names(), *_taken_ids(rules), *self._too_fine_thresholds()]
        mistakes += _reward_mistakes(self.rewards, self.tiers)
        days = self.late_facts_days
        if days > 3660:
            mistakes.append(Mistake("late_facts_days", f"{days}: give 0 to 3660 days"))
        groups = {multiplier.group for multiplier in self.multipliers}
        for group in self.earning.stacking.keys() - groups:
            text = f"no multiplier is in group {group!r}"
            mistakes.append(Mistake(f"earning.stacking.{group}", text))
        if mistakes:
            raise InvalidDocument("Programme", mistakes)

    def _unknown_names(self) -> list[Mistake]:
        return _unknown_names({"currency": self.currency, "timezone": self.timezone})

    def _too_fine_thresholds(self) -> list[Mistake]:
        if self.tiers is None or self._unknown_names():
            return []
        digits = self.digits
        return [
            Mistake(f"tiers.ladder[{place}].{field}", f"{value} is finer than {self.currency} is")
            for place, tier in enumerate(self.tiers.ladder)
            for field, value in (("entry", tier.entry), ("keep", tier.keep))
            if value is not None and whole_units(value, digits) is None
        ]

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
        window = self.tiers.window.most_days if self.tiers else 0
        return max(window, 366) + self.late_facts_days

    @cached_property
    def content_id(self) -> str:
        """A digest of what the programme says: equal for equal programmes."""
        document = _WRITER.unstructure(self)
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def behaviour(self, id_: str) -> Behaviour | None:
        """Give the behaviour of that id, if the programme has it."""
        return next((rule for rule in self.behaviours if rule.id == id_), None)

    def reward(self, id_: str) -> Reward | None:
        """Give the reward of that id, if the programme has it."""
        return next((reward for reward in self.rewards if reward.id == id_), None)

    def money(self, minor: int) -> Decimal:
        """Give minor units of its currency in major ones."""
        return of_units(minor, self.digits)


def _unknown_names(data: dict[str, Any]) -> list[Mistake]:
    """Find a currency or zone that does not exist; what is no string is found elsewhere."""
    mistakes = []
    for field, check in (("currency", minor_digits), ("timezone", zone)):
        value = data.get(field)
        try:
            if isinstance(value, str):
                check(value)
        except InvalidValue as error:
            mistakes.append(Mistake(field, f"{value!r} is not allowed: {error.fix}"))
    return mistakes


def _reward_mistakes(rewards: Sequence[Reward], tiers: Tiers | None) -> list[Mistake]:
    """Find rewards of one id, and tiers that there are not."""
    ids = [reward.id for reward in rewards]
    ladder = [tier.id for tier in tiers.ladder] if tiers else []
    return [
        *(
            Mistake("rewards", f"the id {id_!r} stands {ids.count(id_)} times")
            for id_ in dict.fromkeys(ids)
            if ids.count(id_) > 1
        ),
        *(
            Mistake(f"rewards[{place}].from_tier", f"there is no tier {reward.from_tier!r}")
            for place, reward in enumerate(rewards)
            if reward.from_tier is not None and reward.from_tier not in ladder
        ),
    ]


def _taken_ids(
    rules: Mapping[str, Sequence[_Rule]],
) -> list[Mistake]:
    """Find ids that more than one rule has."""
    ids = [(table, rule.id) for table, found in rules.items() for rule in found]
    taken = Counter(id_ for _, id_ in ids)
    return [
        Mistake(table, f"the id {id_!r} stands {taken[id_]} times: give each rule its own")
        for table, id_ in dict.fromkeys(ids)
        if taken[id_] > 1
    ]


def _mistakes_between(converter: Converter, data: dict[str, Any]) -> list[Mistake]:
    """Find what is wrong between those parts of a document that can be read."""

    def readable(rows: Any, kind: Any) -> Any:
        found = []
        for row in rows if isinstance(rows, list) else ():
            with suppress(ExceptionGroup, LoyalcoreError, ValueError, TypeError, AttributeError):
                found.append(converter.structure(row, kind))
        return found

    kinds = {
        "base": Base,
        "bonuses": Bonus,
        "multipliers": Multiplier,
        "caps": Cap,
        "behaviours": Behaviour,
    }
    rules = {key: readable(data.get(key), kind) for key, kind in kinds.items()}
    tiers = data.get("tiers")
    rows = tiers.get("ladder") if isinstance(tiers, dict) else None
    ladder = readable(rows, Tier)
    # With a step missing the others would be misjudged.
    whole = isinstance(rows, list) and rows and len(ladder) == len(rows)
    steps = ladder_mistakes(ladder) if whole else []
    return [
        *_unknown_names(data),
        *_taken_ids(rules),
        *(Mistake(f"tiers.{mistake.path}", mistake.text) for mistake in steps),
    ]


def _without(data: Any, paths: Collection[str], here: str = "") -> Any:
    """Copy a document, leaving out the keys at some paths."""
    if isinstance(data, dict):
        inner = {key: (f"{here}.{key}".lstrip("."), value) for key, value in data.items()}
        return {
            key: _without(value, paths, path)
            for key, (path, value) in inner.items()
            if path not in paths
        }
    if isinstance(data, list):
        return [_without(item, paths, f"{here}[{n}]") for n, item in enumerate(data)]
    return data


def configure(converter: Converter) -> None:
    """Teach a converter to read and write programmes."""
    register_conditions(converter)


def _reader(conditions: Sequence[type[Condition]]) -> Converter:
    converter = new_converter()
    register_conditions(converter, (*CONDITIONS, *conditions))
    return converter


_CONVERTER = _reader(())
_WRITER = new_converter()
register_conditions(_WRITER, all_=True)


def programme_from(
    data: Any, source: str = "programme", conditions: Sequence[type[Condition]] = ()
) -> Programme:
    """Build a programme from plain data (as TOML or JSON gives it).

    Args:
        data: what the file holds.
        source: named when there are mistakes.
        conditions: classes of one's own, beside the library's; a host that is to publish the
            programme needs them by its hook.

    Raises:
        InvalidDocument: with every mistake and its path.

    >>> shop = {"name": "Shop", "currency": "CNY", "timezone": "Asia/Shanghai"}
    >>> programme_from(shop | {"base": [{"id": "spend"}]}).base[0].points_per_unit
    Decimal('1')
    """
    if not isinstance(data, dict):
        raise InvalidDocument(source, [Mistake("", "expected a table of keys and values")])
    converter = _reader(conditions) if conditions else _CONVERTER
    try:
        return structure(converter, data, Programme, source)
    except InvalidDocument as error:
        raise InvalidDocument(source, _all_mistakes(converter, data, error)) from None


def _all_mistakes(
    converter: Converter, data: dict[str, Any], error: InvalidDocument
) -> list[Mistake]:
    """Give the mistakes found, and those that they hid.

    A class is not built while a part of it is wrong, so its own checks have not run yet.
    """
    found = list(error.mistakes)
    unknown = {m.path for m in found if m.text.startswith("unknown key")}
    known = _without(data, unknown)
    try:
        structure(converter, known, Programme, error.source)
    except InvalidDocument as more:
        parents = {path.rpartition(".")[0] for path in unknown}
        found += [m for m in more.mistakes if m not in found and m.path not in parents]
    return [*(m for m in _mistakes_between(converter, known) if m not in found), *found]


def load_programme(path: str | Path, conditions: Sequence[type[Condition]] = ()) -> Programme:
    """Read a programme from a TOML or JSON file; `conditions` as for `programme_from`.

    Raises:
        InvalidDocument: the file cannot be read, or has mistakes: all are listed with their paths.
    """
    return programme_from(read_document(path), str(path), conditions)
