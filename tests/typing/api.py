"""The public API as its callers type it: read by mypy and pyright, never run."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar, assert_type

import loyalcore
from loyalcore import Host, Money, Outcome, connect, hookimpl
from loyalcore.decider import Command, Decider, Event
from loyalcore.errors import LoyalcoreError, StaleStream
from loyalcore.journal import MemoryStore, Notifier, SqliteStore, Store
from loyalcore.loyalty import CLUB, MEMBER, Club, Member, Programme, load_programme
from loyalcore.timing import Break, BusinessCalendar, HoursOn, Intervals, Week

S = TypeVar("S")
D = TypeVar("D")
P = TypeVar("P")


def money_is_made_of_text_and_whole_numbers() -> None:
    assert_type(Money("128.50", "CNY"), Money)
    assert_type(Money(128, "CNY").amount, Decimal)
    Money(128.5, "CNY")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def errors_carry_fields(error: StaleStream) -> LoyalcoreError:
    assert_type(error.expected, int)
    return error


def shipped_stores_are_stores(memory: MemoryStore, sqlite: SqliteStore) -> Sequence[Store]:
    return (memory, sqlite)


def deciders_know_their_states() -> None:
    assert_type(MEMBER.initial, Member)
    assert_type(CLUB.initial, Club)


def a_decider_takes_any_command(decider: Decider[S, D, P], command: Command) -> S:
    assert_type(decider.refs(command), tuple[str, ...])
    assert_type(decider.fold(decider.initial, []), S)
    return decider.initial


def a_host_is_a_context(command: Command) -> None:
    with connect("memory://") as host:
        assert_type(host, Host)
        assert_type(host.submit("loyalty/bluebird/ann", command, key="k"), Outcome)
        host.submit("loyalty/bluebird/ann", command)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def a_calendar_is_made_of_texts(at: datetime) -> None:
    calendar = BusinessCalendar(
        "Europe/London",
        Week(mon=["09:00-17:00"]),
        exceptions=[HoursOn(date(2026, 12, 24), ["09:00-13:00"])],
        breaks=[Break("12:00-13:00")],
    )
    assert_type(calendar.between(at, at), timedelta)
    assert_type(calendar.add(at, timedelta(hours=8)), datetime)
    assert_type(calendar.windows(at, at) - Intervals(), Intervals)
    assert_type(connect().calendar("support"), BusinessCalendar)
    calendar.between(at, 8)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def a_programme_is_loaded_from_a_file() -> None:
    assert_type(load_programme(Path("bluebird.toml")), Programme)


class Mailer:
    """A plug-in with one hook."""

    def __init__(self, notifier: Notifier) -> None:
        self.notifier = notifier

    @hookimpl
    def loyalcore_notifiers(self) -> list[Notifier]:
        return [self.notifier]


def every_event_names_its_refs(event: Event) -> None:
    assert_type(event.refs, tuple[str, ...])
    assert_type(loyalcore.__all__, list[str])
