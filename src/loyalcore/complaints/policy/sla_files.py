"""Read SLA policies from files, and tell all of their mistakes at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs
from cattrs import Converter

from loyalcore import checks
from loyalcore.complaints.policy.clock_rules import ClockPolicy, Step
from loyalcore.complaints.policy.house import house_rules
from loyalcore.complaints.policy.regulators import (
    asic_rg_271,
    cfpb,
    china_12315,
    china_banking,
    fca_disp,
    psd2,
)
from loyalcore.complaints.policy.sla_policy import (
    SlaPolicy,
    missing_calendar,
    no_calendar,
    policy_mistakes,
    review_mistakes,
    word_mistakes,
)
from loyalcore.errors import InvalidDocument, Mistake
from loyalcore.forms import new_converter, read_document
from loyalcore.hidden_mistakes import readable, structure_all
from loyalcore.timing import BusinessCalendar, calendar_from
from loyalcore.timing.hours import register_hours


class Preset(Enum):
    """A set of clocks that the library brings."""

    HOUSE = "house"
    FCA_DISP = "fca_disp"
    PSD2 = "psd2"
    CFPB = "cfpb"
    ASIC_RG_271 = "asic_rg_271"
    CHINA_12315 = "china_12315"
    CHINA_BANKING = "china_banking"


_PRESETS: Mapping[Preset, Callable[[str, Sequence[Step]], tuple[ClockPolicy, ...]]] = (
    MappingProxyType(
        {
            Preset.HOUSE: house_rules,
            Preset.FCA_DISP: fca_disp,
            Preset.PSD2: psd2,
            Preset.CFPB: cfpb,
            Preset.ASIC_RG_271: asic_rg_271,
            Preset.CHINA_12315: china_12315,
            Preset.CHINA_BANKING: china_banking,
        }
    )
)


@attrs.frozen
class PresetUse:
    """A preset that a file takes over.

    Attributes:
        preset: which.
        calendar: the name of the calendar that its rules count by, unless it is the policy's own.
        steps: thresholds for all of its clocks.
    """

    preset: Preset = attrs.field(validator=checks.instance_of(Preset))
    calendar: str = attrs.field(default="", validator=checks.text)
    steps: tuple[Step, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Step)
    )

    @property
    def clocks(self) -> tuple[ClockPolicy, ...]:
        """Its clocks."""
        return _PRESETS[self.preset](self.calendar, self.steps)


@attrs.frozen
class SlaDocument:
    """What a file says: a policy, and the presets that it takes over.

    Attributes:
        name: shown to people.
        clocks: what is timed; one that a preset has, too, stands in its place.
        presets: clocks that the library brings, as they are when the file is read.
        calendars: those that the rules name; `always` needs none.
        review_hours: a complaint for which nothing else would fall due is looked at again when
            nothing has been recorded for so many hours.
        calendar: the name of the calendar for rules and presets that name none.
        words: words of the house's own that look like known ones mistyped, and are not.
    """

    name: str = attrs.field(validator=checks.name)
    clocks: tuple[ClockPolicy, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(ClockPolicy)
    )
    presets: tuple[PresetUse, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(PresetUse)
    )
    calendars: tuple[BusinessCalendar, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(BusinessCalendar)
    )
    review_hours: int = attrs.field(default=24, validator=checks.whole)
    calendar: str = attrs.field(default="", validator=checks.text)
    words: tuple[str, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(str)
    )

    def policy(self, calendars: Sequence[BusinessCalendar] = ()) -> SlaPolicy:
        """Make the policy, with those of other calendars that its rules name."""
        own = {clock.id for clock in self.clocks}
        taken = [clock for use in self.presets for clock in use.clocks if clock.id not in own]
        clocks = (*self.clocks, *taken)
        named = {rule.calendar for clock in clocks for rule in clock.rules}
        named |= {self.calendar}
        names = {calendar.name for calendar in self.calendars}
        more = [each for each in calendars if each.name in named - names]
        calendars = (*self.calendars, *more)
        return SlaPolicy(self.name, clocks, calendars, self.review_hours, self.calendar, self.words)


def _reader() -> Converter:
    converter = new_converter()
    register_hours(converter)
    return converter


_CONVERTER = _reader()


def sla_policy_from(
    data: Any, source: str = "SLA policy", calendars: Sequence[BusinessCalendar] = ()
) -> SlaPolicy:
    """Build an SLA policy from plain data (as TOML or JSON gives it).

    Args:
        data: what the file holds.
        source: named when there are mistakes.
        calendars: others that it may name beside its own.

    Raises:
        InvalidDocument: with every mistake and its path.
        InvalidValue: `calendars` are none.

    >>> desk = {"name": "Desk", "calendar": "always", "presets": [{"preset": "house"}]}
    >>> policy = sla_policy_from(desk)
    >>> [clock.id for clock in policy.clocks][:2]
    ['first_response', 'preliminary_plan']
    """
    fix = "give a list of BusinessCalendar"
    brought = checks.walked("sla_policy_from.calendars", calendars, BusinessCalendar, fix)
    calendars = tuple(brought)
    names = [calendar.name for calendar in calendars]
    document = structure_all(
        _CONVERTER, data, SlaDocument, source, lambda _, known: _between(known, names)
    )
    mistakes = list(_between(data, names))
    if mistakes:
        raise InvalidDocument(source, mistakes)
    return document.policy(calendars)


def load_sla_policy(path: str | Path, calendars: Sequence[BusinessCalendar] = ()) -> SlaPolicy:
    """Read an SLA policy from a TOML or JSON file; `calendars` as for `sla_policy_from`.

    Raises:
        InvalidDocument: the file cannot be read, or has mistakes: all are listed with their paths.
    """
    return sla_policy_from(read_document(path), str(path), calendars)


def _between(data: dict[str, Any], brought: Sequence[str]) -> Iterator[Mistake]:
    """Find what is wrong between those parts of a document that can be read."""
    calendars = data.get("calendars", [])
    rows = calendars if isinstance(calendars, list) else [None]
    given = [row.get("name", "") if isinstance(row, dict) else None for row in rows]
    names = [name if isinstance(name, str) else None for name in given]
    others = [name for name in brought if name not in names]
    clocks = readable(_CONVERTER, data.get("clocks"), ClockPolicy)
    default = data.get("calendar", "")
    default = default if isinstance(default, str) else None
    yield from policy_mistakes(clocks, [*names, *others], default)
    words = data.get("words", [])
    yield from word_mistakes(clocks, words if isinstance(words, list) else [])
    for place, row in enumerate(rows):
        yield from _calendar_mistakes(f"calendars[{place}]", row)
    uses = readable(_CONVERTER, data.get("presets"), PresetUse)
    for place, use in enumerate(uses):
        path, known = f"presets[{place}].calendar", [n for n in (*names, *others) if n is not None]
        if use and None not in names and use.calendar:
            yield from no_calendar(path, use.calendar, known)
        elif use and default == "":
            yield missing_calendar(path, "its rules", known)
    ids = [clock.id for use in uses if use for clock in use.clocks]
    for id_ in dict.fromkeys(ids):
        if ids.count(id_) > 1:
            yield Mistake("presets", f"{id_!r} comes from two of them: take one")
    yield from review_mistakes(data.get("review_hours", 24))
    if not data.get("clocks") and not data.get("presets"):
        yield Mistake("clocks", "there are none: give some, or presets")


def _calendar_mistakes(path: str, row: Any) -> Iterator[Mistake]:
    """Give all the mistakes of one calendar."""
    try:
        calendar_from(row)
    except InvalidDocument as error:
        for mistake in error.mistakes:
            yield Mistake(f"{path}.{mistake.path}".rstrip("."), mistake.text)
