"""Why a deadline is what it is: each window, pause, date and rule that made it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import attrs

from loyalcore import checks
from loyalcore.complaints.clocks.cycles import Alarm, Cycle
from loyalcore.complaints.clocks.reckoning import clock_of, counted, deadline_of, paused_time
from loyalcore.complaints.policy.sla_policy import Considered, Policies
from loyalcore.complaints.policy.subjects import Subject
from loyalcore.complaints.policy.targets import Counting
from loyalcore.errors import CalendarUnknown, InvalidValue, NeverOpens
from loyalcore.timing import (
    BusinessCalendar,
    BusinessDay,
    Interval,
    Intervals,
    local_date,
    zone,
)


@attrs.frozen
class Window:
    """Time that counted.

    Attributes:
        interval: from when to when.
        total: all that had counted by its end.
    """

    interval: Interval
    total: timedelta


@attrs.frozen
class Standstill:
    """A pause.

    Attributes:
        interval: from when to when.
        spared: the time it took that would have counted.
    """

    interval: Interval
    spared: timedelta


@attrs.frozen
class CountedDate:
    """A date on the way to the deadline.

    Attributes:
        day: the date, with what decided on its hours; None for a day of the bare calendar.
        date: the same.
        number: the how-manieth that counted it is; None for one that did not count.
    """

    date: date
    number: int | None
    day: BusinessDay | None


@attrs.frozen
class Explanation:
    """All that made a deadline.

    Attributes:
        cycle: as it stands.
        policy: the name of the policy that set it.
        source: where the clock's rules are taken from; "" when that is not stated.
        considered: the rules looked at, up to the one taken; only where the complaint was given.
        deadline: the latest instant in time; None while it stands, or when it is not known.
        windows: what counted, from where the target counts up to the deadline, or as far as known.
        pauses: those that moved it.
        dates: for a target in dates, each of them.
        special: dates on the way whose hours the week does not decide: holidays, days worked in
            their place, closures, exceptions.
        alarms: thresholds still to come.
        unknown: why there is no deadline; "" when there is one.
    """

    cycle: Cycle
    policy: str
    source: str
    considered: tuple[Considered, ...]
    deadline: datetime | None
    windows: tuple[Window, ...] = ()
    pauses: tuple[Standstill, ...] = ()
    dates: tuple[CountedDate, ...] = ()
    special: tuple[BusinessDay, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    unknown: str = ""

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def explain(cycle: Cycle, policies: Policies, subject: Subject | None = None) -> Explanation:
    """Explain a cycle's deadline, whether it is open or has ended.

    Args:
        cycle: as last recorded.
        policies: the versions of the policy.
        subject: the complaint by which its target was chosen; with it the rules are told that were
            looked at.

    Raises:
        UnknownSlaVersion: the version that set it is not given.
        InvalidValue: an argument is of another type.
    """
    checks.argument("explain.cycle", cycle, Cycle, "give a Cycle, such as clocks.latest(clock)")
    checks.argument(
        "explain.policies", policies, Policies, "give Policies, such as Policies.of(policy)"
    )
    if subject is not None:
        checks.argument("explain.subject", subject, Subject, "give a Subject, or None")
    policy, clock = policies.version(cycle.policy), clock_of(cycle, policies)
    calendar = policies.version(cycle.calendar_version).calendar_named(cycle.calendar)
    assert calendar is not None
    bare = Explanation(
        cycle=cycle,
        policy=policy.name,
        source=clock.source,
        considered=policy.choose(clock, subject).considered if subject else (),
        deadline=None,
        alarms=cycle.schedule.alarms if cycle.schedule else (),
    )
    try:
        return _filled(bare, calendar)
    except (CalendarUnknown, NeverOpens, InvalidValue) as error:
        return attrs.evolve(bare, unknown=str(error))


def _filled(bare: Explanation, calendar: BusinessCalendar) -> Explanation:
    cycle = bare.cycle
    measure, start = cycle.target.measure(calendar), cycle.counts_from
    deadline, _ = deadline_of(cycle, calendar)
    stands = cycle.paused_at is not None and cycle.paused_at <= deadline
    end = deadline
    if stands and cycle.paused_at is not None:
        end = cycle.paused_at
    if end <= start:
        return attrs.evolve(bare, deadline=None if stands else deadline)
    moved = [pause for pause in counted(cycle.pauses, start) if pause.start <= end]
    windows, total = [], timedelta()
    for part in measure.windows(start, end) - Intervals(moved):
        total += part.duration
        windows.append(Window(part, total))
    tz = zone(calendar.timezone)
    first, last = local_date(start, tz), local_date(end, tz)
    by_bare_days = measure is not calendar
    days = () if by_bare_days else calendar.days(first, last)
    return attrs.evolve(
        bare,
        deadline=None if stands else deadline,
        windows=tuple(windows),
        pauses=tuple(
            Standstill(pause, paused_time(measure, Intervals([pause]), start)) for pause in moved
        ),
        dates=tuple(_dates(cycle, calendar, first)) if cycle.target.by_dates else (),
        special=tuple(day for day in days if day.because.value != "week"),
        unknown="it stands while it is paused" if stands else "",
    )


def _dates(cycle: Cycle, calendar: BusinessCalendar, first: date) -> Iterator[CountedDate]:
    """Count the dates of a target, one by one."""
    number, day = 0, first
    while number < cycle.target.dates:
        day += timedelta(days=1)
        if cycle.target.counted is Counting.CALENDAR_DAYS:
            number += 1
            yield CountedDate(day, number, None)
            continue
        (known,) = calendar.days(day, day)
        number += known.working
        yield CountedDate(day, number if known.working else None, known)


def _lines(why: Explanation) -> Iterator[str]:
    """Write it for people, in UTC."""
    cycle = why.cycle
    yield f"{cycle.clock} {cycle.number}: {cycle.target}, calendar {cycle.calendar}"
    yield f"  rule {cycle.rule} of {why.policy}" + (f" ({why.source})" if why.source else "")
    for rule in why.considered:
        yield f"    {rule.rule}: {rule.misfit or 'fits'}"
    yield f"  counts from {cycle.counts_from.isoformat()}"
    for date_ in why.dates:
        count = f"{date_.number:>3}" if date_.number else "  -"
        yield f"  {count} {date_.day or date_.date}"
    if not why.dates:
        for day in why.special:
            yield f"    {day}"
        for window in why.windows:
            yield f"    {window.interval} counts {window.interval.duration}: {window.total}"
    for pause in why.pauses:
        yield f"    {pause.interval} paused, spares {pause.spared}"
    yield f"  due {why.deadline.isoformat()}" if why.deadline else f"  no deadline: {why.unknown}"
    if cycle.breached_at is not None:
        yield f"  breached {cycle.breached_at.isoformat()}"
