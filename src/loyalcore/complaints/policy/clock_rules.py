"""Clocks as data: what starts, stops and pauses them, how long they have, who is told when."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs

from loyalcore import checks
from loyalcore.complaints.policy.subjects import Rule
from loyalcore.errors import InvalidDocument, Mistake
from loyalcore.forms import demand

_MOST_SHARE = 100
_none = attrs.validators.optional


def _named(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a tuple of names."""
    checks.each(str)(instance, attribute, value)
    for word in value if isinstance(value, tuple) else ():
        checks.name(instance, attribute, word)


@attrs.frozen
class Pause:
    """What pauses a clock, and what ends that pause.

    Attributes:
        on: the signal that begins it, such as `awaiting_customer`.
        until: the signals that end it.
    """

    on: str = attrs.field(validator=checks.name)
    until: tuple[str, ...] = attrs.field(converter=checks.listed, validator=_named)

    def __attrs_post_init__(self) -> None:
        demand(
            self,
            (bool(self.until), "until", "nothing would end it: name at least one signal"),
            (self.on not in self.until, "until", f"{self.on!r} cannot begin and end it"),
        )


@attrs.frozen
class Offset:
    """A length of time before or after a deadline, measured as the clock's target is.

    Attributes:
        minutes: of open or real time.
        hours: of open or real time, added to the minutes.
    """

    minutes: int = attrs.field(default=0, validator=checks.count)
    hours: int = attrs.field(default=0, validator=checks.count)

    def __attrs_post_init__(self) -> None:
        short = self.minutes // 60 + self.hours <= 24 * 3660
        demand(self, (short, "", "give no more than ten years"))

    @property
    def time(self) -> timedelta:
        """The same as one length of time."""
        return timedelta(minutes=self.minutes, hours=self.hours)

    def __str__(self) -> str:
        return f"{self.hours} h {self.minutes} min"


@attrs.frozen
class Step:
    """A threshold at which a clock makes itself heard, once a cycle.

    Attributes:
        id: names it in events.
        share: of the time that the target gives, such as 0.75.
        before: so long before the deadline; instead of a share.
        after: so long after the deadline has passed, nothing for at once; instead of a share.
        to: the role or team that it is escalated to; none for a mere warning.
    """

    id: str = attrs.field(validator=checks.name)
    share: Decimal | None = attrs.field(default=None, validator=_none(checks.not_negative))
    before: Offset | None = attrs.field(default=None, validator=_none(checks.instance_of(Offset)))
    after: Offset | None = attrs.field(default=None, validator=_none(checks.instance_of(Offset)))
    to: str = attrs.field(default="", validator=checks.text)

    def __attrs_post_init__(self) -> None:
        given = [each for each in (self.share, self.before, self.after) if each is not None]
        share_fits = self.share is None or 0 < self.share <= _MOST_SHARE
        late = self.after is not None or (self.share is not None and self.share > 1)
        demand(
            self,
            (len(given) == 1, "", "give one of share, before, after"),
            (share_fits, "share", f"{self.share}: give a share above 0, up to {_MOST_SHARE}"),
            (not late or bool(self.to), "to", "behind the deadline it escalates: say to whom"),
        )

    def position(self, allowed: timedelta) -> timedelta:
        """Give the time used at which it is reached, where so much is allowed in all."""
        if self.share is not None:
            numerator, denominator = self.share.as_integer_ratio()
            micros = allowed // timedelta(microseconds=1)
            return timedelta(microseconds=micros * numerator // denominator)
        if self.before is not None:
            return allowed - self.before.time
        assert self.after is not None
        return allowed + self.after.time

    def __str__(self) -> str:
        if self.share is not None:
            return f"{self.share:%} of the target"
        return f"{self.before} before due" if self.before is not None else f"{self.after} after due"


class Reopening(Enum):
    """What becomes of a clock that had ended when its complaint is opened again."""

    CONTINUE = "continue"
    """Its last cycle goes on; the time in between is a pause."""
    NEW_CYCLE = "new_cycle"
    """A new cycle begins."""
    IGNORE = "ignore"
    """Nothing."""


@attrs.frozen
class ClockPolicy:
    """A clock: the signals that it hears, and how long it gives to whom.

    A signal is a word of the host's for what happens, such as `received`. One that is named for
    several things does the first that it can of: cancel, stop, restart, end a pause, begin one.

    Attributes:
        id: names it in events.
        rules: how long it gives; the first that fits is taken. If none does, it does not start.
        starts: signals that start it; those that come while it runs change nothing.
        stops: signals that stop it, in time or late; none of them starts it.
        restarts: signals that end a cycle as a stop does and begin the next.
        cancels: signals that end it with neither praise nor blame.
        pauses: what pauses it; while any pause is on, it stands.
        repeats: whether a start behind its end begins a new cycle.
        reopens: signals that open again what had ended.
        reopening: what they do then.
        steps: the thresholds at which it warns or escalates.
        source: document, section and date that it is taken from.
    """

    id: str = attrs.field(validator=checks.name)
    rules: tuple[Rule, ...] = attrs.field(converter=checks.listed, validator=checks.each(Rule))
    starts: tuple[str, ...] = attrs.field(converter=checks.listed, validator=_named)
    stops: tuple[str, ...] = attrs.field(default=(), converter=checks.listed, validator=_named)
    restarts: tuple[str, ...] = attrs.field(default=(), converter=checks.listed, validator=_named)
    cancels: tuple[str, ...] = attrs.field(default=(), converter=checks.listed, validator=_named)
    pauses: tuple[Pause, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Pause)
    )
    repeats: bool = attrs.field(default=False, validator=checks.instance_of(bool))
    reopens: tuple[str, ...] = attrs.field(default=(), converter=checks.listed, validator=_named)
    reopening: Reopening = attrs.field(
        default=Reopening.CONTINUE, validator=checks.instance_of(Reopening)
    )
    steps: tuple[Step, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(Step)
    )
    source: str = attrs.field(default="", validator=checks.text)

    def __attrs_post_init__(self) -> None:
        mistakes = [
            *(Mistake(field, text) for field, text in self._missing()),
            *twice("rules", [rule.id for rule in self.rules]),
            *twice("steps", [step.id for step in self.steps]),
            *twice("pauses", [pause.on for pause in self.pauses]),
            *self._clashing(),
        ]
        if mistakes:
            raise InvalidDocument("ClockPolicy", mistakes)

    def _missing(self) -> Iterator[tuple[str, str]]:
        if not self.rules:
            yield "rules", "it would never start: give at least one"
        if not self.starts:
            yield "starts", "nothing would start it: name at least one signal"
        if not self.stops:
            yield "stops", "nothing would stop it: name at least one signal"
        for place, rule in enumerate(self.rules[:-1]):
            if rule.takes_all:
                yield f"rules[{place}]", "it takes all, so that those behind it never count"
                break

    def _clashing(self) -> Iterator[Mistake]:
        """Find signals that start and end it, or end it in two ways; a start may restart it."""
        for way, words in (("stops", self.stops), ("cancels", self.cancels)):
            for word in dict.fromkeys(words):
                if word in self.starts:
                    yield Mistake(way, f"{word!r} starts it, too: a signal cannot start and end it")
        ways = {"stops": self.stops, "restarts": self.restarts, "cancels": self.cancels}
        first: dict[str, str] = {}
        for way, words in ways.items():
            for word in dict.fromkeys(words):
                if word in first:
                    yield Mistake(way, f"{word!r} stands in {first[word]} already: keep one")
                first.setdefault(word, way)

    @property
    def words(self) -> Iterator[tuple[str, str]]:
        """The signals that it names, each with the field in which it stands."""
        for field in ("starts", "stops", "restarts", "cancels", "reopens"):
            yield from ((field, word) for word in getattr(self, field))
        for place, pause in enumerate(self.pauses):
            yield f"pauses[{place}].on", pause.on
            yield from ((f"pauses[{place}].until", word) for word in pause.until)

    def step(self, id_: str) -> Step | None:
        """Give the step of that id, if it has one."""
        return next((step for step in self.steps if step.id == id_), None)


def twice(field: str, ids: Sequence[str]) -> Iterator[Mistake]:
    """Find ids that stand more than once in a table."""
    for id_ in dict.fromkeys(ids):
        if ids.count(id_) > 1:
            yield Mistake(field, f"{id_!r} stands {ids.count(id_)} times: give each its own")
