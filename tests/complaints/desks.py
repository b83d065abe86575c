"""A complaint's clocks in few words."""

from datetime import UTC, datetime, timedelta
from typing import Any

from loyalcore.complaints import (
    ClockPolicy,
    Clocks,
    Cycle,
    Policies,
    Rule,
    SlaPolicy,
    Subject,
    Target,
    advance,
    folded,
    retarget,
    signal,
)
from loyalcore.timing import BusinessCalendar, Week, Weekday

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAILY = BusinessCalendar("Asia/Shanghai", Week.same("09:00-18:00", on=Weekday), name="daily")
OFFICE = BusinessCalendar("UTC", Week.same("09:00-17:00"), name="office")
TICK = timedelta(microseconds=1)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant of March 2026, whose second is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def hours(number: int, calendar: str = "office", **more: Any) -> Rule:
    """A rule that gives so many open hours."""
    return Rule(f"{number}h", Target(hours=number), calendar, **more)


def plain(rules: tuple[Rule, ...] = (hours(8),), **more: Any) -> ClockPolicy:
    """A clock from `go` to `done`."""
    return ClockPolicy("work", rules, starts=("go",), stops=("done",), **more)


def policies(*clocks: ClockPolicy, **more: Any) -> Policies:
    """The one version of these clocks."""
    return Policies.of(SlaPolicy("Desk", clocks, (OFFICE, DAILY), **more))


class Life:
    """One complaint."""

    def __init__(self, versions: Policies, **subject: str):
        self.policies, self.subject = versions, Subject(**subject)
        self.clocks = Clocks()
        self.events: list[Any] = []

    def _happen(self, events: list[Any]) -> list[Any]:
        self.clocks = folded(self.clocks, events)
        self.clocks.check_invariants()
        self.events += events
        return events

    def hear(self, what: str, when: datetime, **more: Any) -> list[Any]:
        return self._happen(signal(self.clocks, what, when, self.subject, self.policies, **more))

    def retarget(self, when: datetime, **more: Any) -> list[Any]:
        return self._happen(retarget(self.clocks, when, self.subject, self.policies, **more))

    def wait(self, until: datetime) -> list[Any]:
        return self._happen(advance(self.clocks, until, self.policies))

    def cycle(self, clock: str = "work") -> Cycle:
        found = self.clocks.latest(clock)
        assert found is not None
        return found


def kinds(events: list[Any]) -> list[str]:
    """The names of events."""
    return [type(event).__name__ for event in events]
