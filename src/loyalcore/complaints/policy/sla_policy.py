"""An SLA policy: calendars, clocks, and the versions that follow one another."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Any

import attrs

from loyalcore import checks
from loyalcore.checks import in_utc
from loyalcore.complaints.policy.clock_rules import ClockPolicy, twice
from loyalcore.complaints.policy.subjects import FACETS, Rule, Subject
from loyalcore.complaints.policy.targets import ALWAYS
from loyalcore.complaints.policy.words import KNOWN, SIGNALS, mistyped
from loyalcore.errors import InvalidDocument, InvalidValue, Mistake, UnknownSlaVersion
from loyalcore.forms import new_converter
from loyalcore.timing import BusinessCalendar
from loyalcore.timing.hours import register_hours

_MOST_REVIEW = 366 * 24


@attrs.frozen
class Considered:
    """A rule that was looked at.

    Attributes:
        rule: its id.
        misfit: why it does not fit; "" for the one taken.
    """

    rule: str
    misfit: str = ""


@attrs.frozen
class Choice:
    """The rule that gives a complaint its time, and those looked at before it.

    Attributes:
        rule: the first that fits; None when none does.
        considered: the rules in order, up to the one taken.
    """

    rule: Rule | None
    considered: tuple[Considered, ...]


@attrs.frozen
class SlaPolicy:
    """What a house promises, and what its regulators demand: clocks, and calendars to count by.

    Attributes:
        name: shown to people.
        clocks: what is timed.
        calendars: those that the rules name; `always` needs none.
        review_hours: a complaint for which nothing else would fall due is looked at again when
            nothing has been recorded for so many hours.
        calendar: the name of the calendar for rules that name none; they must, without it, unless
            they count elapsed time.
        words: signals, channels and other words of the house's own that look like known ones
            mistyped, and are not.

    Raises:
        InvalidDocument: with all its mistakes.
    """

    name: str = attrs.field(validator=checks.name)
    clocks: tuple[ClockPolicy, ...] = attrs.field(
        converter=checks.listed, validator=checks.each(ClockPolicy)
    )
    calendars: tuple[BusinessCalendar, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(BusinessCalendar)
    )
    review_hours: int = attrs.field(default=24, validator=checks.whole)
    calendar: str = attrs.field(default="", validator=checks.text)
    words: tuple[str, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(str)
    )

    def __attrs_post_init__(self) -> None:
        names = [each.name for each in self.calendars]
        mistakes = list(policy_mistakes(self.clocks, names, self.calendar))
        mistakes += word_mistakes(self.clocks, self.words)
        mistakes += review_mistakes(self.review_hours)
        if mistakes:
            raise InvalidDocument("SlaPolicy", mistakes)

    @cached_property
    def content_id(self) -> str:
        """A digest of what it says: equal for equal policies."""
        document = sla_data(self)
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def review(self) -> timedelta:
        """The review interval."""
        return timedelta(hours=self.review_hours)

    @cached_property
    def heard(self) -> frozenset[str]:
        """The signals that its clocks hear."""
        return frozenset(word for clock in self.clocks for _, word in clock.words)

    @cached_property
    def facet_words(self) -> Mapping[str, frozenset[str]]:
        """The words that its rules name for channel, severity, value, jurisdiction and kind."""
        rules = [rule for clock in self.clocks for rule in clock.rules]
        named = {facet: [getattr(rule, facet) for rule in rules] for facet in FACETS}
        return {facet: frozenset(chain.from_iterable(words)) for facet, words in named.items()}

    def refuse_mistyped(self, subject: Subject) -> None:
        """Refuse what is known of a complaint where it looks like a word of the rules mistyped.

        Raises:
            InvalidValue: it does; a word that is meant stands in `words`.
        """
        for facet, named in self.facet_words.items():
            word = getattr(subject, facet)
            known = named | KNOWN.get(facet, frozenset())
            if word in known or word in self.words:
                continue
            meant = mistyped(word, known)
            if meant is not None:
                raise InvalidValue(f"Subject.{facet}", word, did_you_mean(meant))

    def clock(self, id_: str) -> ClockPolicy | None:
        """Give the clock of that id, if there is one."""
        return next((clock for clock in self.clocks if clock.id == id_), None)

    def calendar_named(self, name: str) -> BusinessCalendar | None:
        """Give the calendar of that name, if there is one; `always` there is."""
        known = (*self.calendars, ALWAYS)
        return next((each for each in known if each.name == name), None)

    def choose(self, clock: ClockPolicy, subject: Subject) -> Choice:
        """Give the first of a clock's rules that fits a complaint, and why those before do not.

        The rule that it gives names its calendar, be it the policy's.
        """
        considered: list[Considered] = []
        for rule in clock.rules:
            misfit = rule.misfit(subject)
            considered.append(Considered(rule.id, misfit or ""))
            if misfit is None:
                return Choice(self._with_calendar(rule), tuple(considered))
        return Choice(None, tuple(considered))

    def _with_calendar(self, rule: Rule) -> Rule:
        return rule if rule.calendar else attrs.evolve(rule, calendar=self.calendar or "always")


def policy_mistakes(
    clocks: Sequence[ClockPolicy | None], calendars: Sequence[str | None], default: str | None
) -> Iterator[Mistake]:
    """Find what is wrong between the parts of a policy; None stands for what cannot be read."""
    names = [name for name in calendars if name is not None]
    yield from twice("clocks", [clock.id for clock in clocks if clock])
    yield from twice("calendars", names)
    for place, name in enumerate(calendars):
        if name in {"", "always"}:
            fix = "give it a name of its own; `always` is the one that never closes"
            yield Mistake(f"calendars[{place}].name", f"{name!r} is not allowed: {fix}")
    if None in calendars:
        return
    if default:
        yield from no_calendar("calendar", default, names)
    for place, clock in enumerate(clocks):
        for number, rule in enumerate(clock.rules if clock else ()):
            path = f"clocks[{place}].rules[{number}].calendar"
            if rule.calendar:
                yield from no_calendar(path, rule.calendar, names)
            elif rule.target.needs_calendar and default == "":
                yield missing_calendar(path, f"{rule.target}", names)


def word_mistakes(clocks: Sequence[ClockPolicy | None], own: Sequence[object]) -> Iterator[Mistake]:
    """Find words that look like known ones mistyped."""
    for place, clock in enumerate(clocks):
        if clock is None:
            continue
        for field, word in clock.words:
            yield from _mistyped(f"clocks[{place}].{field}", word, SIGNALS, own)
        for number, rule in enumerate(clock.rules):
            for facet, known in KNOWN.items():
                for word in getattr(rule, facet):
                    path = f"clocks[{place}].rules[{number}].{facet}"
                    yield from _mistyped(path, word, known, own)


def _mistyped(
    path: str, word: str, known: frozenset[str], own: Sequence[object]
) -> Iterator[Mistake]:
    meant = None if word in known or word in own else mistyped(word, known)
    if meant is not None:
        yield Mistake(path, f"{word!r} is not known: {did_you_mean(meant)}")


def did_you_mean(word: str) -> str:
    """Say what was most likely meant, and how to keep a word that was not."""
    return f"did you mean {word!r}? A word of your own stands in the policy's `words`"


def no_calendar(path: str, name: str, names: Sequence[str]) -> Iterator[Mistake]:
    """Find the name of a calendar that there is not."""
    if name not in {*names, "always"}:
        known = ", ".join([*names, "always"])
        yield Mistake(path, f"there is no calendar {name!r}: known are {known}")


def missing_calendar(path: str, target: str, names: Sequence[str]) -> Mistake:
    """Say that nothing names the calendar by which something counts."""
    known = ", ".join([*names, "always (which never closes)"])
    return Mistake(
        path,
        f"missing: {target} must be counted by a calendar: name one here, or as the policy's own "
        f"by a top-level calendar; known are {known}",
    )


def review_mistakes(hours: object) -> Iterator[Mistake]:
    """Find a review interval that is none; what is no number is found elsewhere."""
    if isinstance(hours, int) and not 1 <= hours <= _MOST_REVIEW:
        yield Mistake("review_hours", f"{hours}: give 1 to {_MOST_REVIEW} hours, a year at most")


_WRITER = new_converter()
register_hours(_WRITER)


def sla_data(policy: SlaPolicy) -> dict[str, Any]:
    """Give a policy as plain data, from which `sla_policy_from` makes an equal one."""
    checks.argument("sla_data.policy", policy, SlaPolicy, "give an SlaPolicy")
    data: dict[str, Any] = _WRITER.unstructure(policy)
    return data


@attrs.frozen
class Version:
    """A policy, and from when on it is in force.

    Attributes:
        policy: what it says.
        effective_from: None for always.
    """

    policy: SlaPolicy = attrs.field(validator=checks.instance_of(SlaPolicy))
    effective_from: datetime | None = attrs.field(default=None, validator=checks.aware_or_none)


def _in_order(instance: object, attribute: object, value: tuple[Version, ...]) -> None:
    checks.each(Version)(instance, attribute, value)
    starts = [version.effective_from for version in value]
    later = [start for start in starts[1:] if start is not None]
    if not value or starts[0] is not None or len(later) < len(starts) - 1 or later != sorted(later):
        fix = "give at least one, the first without effective_from, the others in its order"
        raise InvalidValue("Policies.versions", starts, fix)


@attrs.frozen
class Policies:
    """The versions of a policy that follow one another.

    New cycles and retargets go by the version in force; a running clock keeps the one that it
    was set under, so give every version under which a clock still runs.

    Attributes:
        versions: in the order of their effective_from; the first has none.
    """

    versions: tuple[Version, ...] = attrs.field(converter=checks.listed, validator=_in_order)

    @classmethod
    def of(cls, policy: SlaPolicy) -> "Policies":
        """Give the one version that was always in force."""
        return cls((Version(policy),))

    def then(self, policy: SlaPolicy, effective_from: datetime) -> "Policies":
        """Add a version that follows on the last."""
        return Policies((*self.versions, Version(policy, effective_from)))

    @cached_property
    def heard(self) -> frozenset[str]:
        """The signals that any of the versions hears."""
        return frozenset(chain.from_iterable(version.policy.heard for version in self.versions))

    def refuse_mistyped(self, what: str) -> None:
        """Refuse a signal that nothing hears, where it looks like one that is heard or known.

        Raises:
            InvalidValue: it does; a word that is meant stands in a version's `words`.
        """
        if what in self.heard or what in SIGNALS:
            return
        own = chain.from_iterable(version.policy.words for version in self.versions)
        meant = None if what in own else mistyped(what, self.heard | SIGNALS)
        if meant is not None:
            raise InvalidValue("signal.what", what, did_you_mean(meant))

    def in_force(self, at: datetime) -> SlaPolicy:
        """Give the policy in force at an instant."""
        at = in_utc("Policies.in_force.at", at)
        started = (v for v in self.versions if v.effective_from is None or v.effective_from <= at)
        return list(started)[-1].policy

    def version(self, content_id: str) -> SlaPolicy:
        """Give a policy by its content id.

        Raises:
            UnknownSlaVersion: it is not among them.
        """
        for version in self.versions:
            if version.policy.content_id == content_id:
                return version.policy
        known = tuple(version.policy.content_id for version in self.versions)
        raise UnknownSlaVersion(content_id, known)
