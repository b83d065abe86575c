"""Intervals of time: half-open, in UTC, joined and cut by `|`, `&` and `-`."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from operator import attrgetter

import attrs

from loyalcore import checks
from loyalcore.checks import in_utc
from loyalcore.errors import InvalidValue
from loyalcore.timing import spans


def _start(value: datetime) -> datetime:
    return in_utc("Interval.start", value)


def _end(value: datetime) -> datetime:
    return in_utc("Interval.end", value)


@attrs.frozen(order=True)
class Interval:
    """The time from one instant to just before another.

    Attributes:
        start: the first instant; kept in UTC.
        end: the first instant that no longer belongs to it, later than the start.

    Raises:
        InvalidValue: an instant is naive, or the end does not lie behind the start.
    """

    start: datetime = attrs.field(converter=_start)
    end: datetime = attrs.field(converter=_end)

    def __attrs_post_init__(self) -> None:
        if self.start >= self.end:
            fix = f"give an instant later than the start, {self.start.isoformat()}"
            raise InvalidValue("Interval.end", self.end, fix)

    @property
    def duration(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    def __contains__(self, instant: object) -> bool:
        return self.start <= in_utc("instant", instant) < self.end

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def _parted(value: object) -> tuple[Interval, ...]:
    """Sort intervals and join those that touch or overlap."""
    fix = "give a list of Interval"
    items = checks.unpacked("Intervals.parts", value, fix)
    for item in items:
        if not isinstance(item, Interval):
            raise InvalidValue("Intervals.parts", item, fix)
    if len(items) < 2:
        return items
    return tuple(Interval(*span) for span in spans.merged(map(_span, items)))


_span = attrgetter("start", "end")


@attrs.frozen
class Intervals:
    """A set of instants, as intervals that neither touch nor overlap, in order.

    `a | b` is the time in either, `a & b` in both, `a - b` in the first alone.

    Attributes:
        parts: its intervals; given in any order, they are sorted and joined.

    Raises:
        InvalidValue: what is given are no intervals.

    >>> from datetime import UTC
    >>> hour = [datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in range(24)]
    >>> open_ = Intervals([Interval(hour[9], hour[12]), Interval(hour[13], hour[17])])
    >>> paused = Intervals([Interval(hour[11], hour[14])])
    >>> (open_ - paused).duration, (open_ & paused).duration
    (datetime.timedelta(seconds=18000), datetime.timedelta(seconds=7200))
    """

    parts: tuple[Interval, ...] = attrs.field(default=(), converter=_parted)

    @property
    def duration(self) -> timedelta:
        """How long its intervals are together."""
        return sum((part.duration for part in self.parts), timedelta())

    def __or__(self, other: "Intervals") -> "Intervals":
        return Intervals((*self.parts, *_other(other).parts))

    def __and__(self, other: "Intervals") -> "Intervals":
        return _of(spans.common(_spans(self), _spans(_other(other))))

    def __sub__(self, other: "Intervals") -> "Intervals":
        return _of(spans.without(_spans(self), _spans(_other(other))))

    def __contains__(self, instant: object) -> bool:
        at = in_utc("instant", instant)
        return any(part.start <= at < part.end for part in self.parts)

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)


def _other(value: Intervals) -> Intervals:
    checks.argument("Intervals.other", value, Intervals, "give Intervals")
    return value


def _spans(intervals: Intervals) -> list[tuple[datetime, datetime]]:
    return [_span(part) for part in intervals.parts]


def _of(pairs: Iterable[tuple[datetime, datetime]]) -> Intervals:
    return Intervals(Interval(*pair) for pair in pairs)
