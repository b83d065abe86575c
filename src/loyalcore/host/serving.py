"""The host: what serves streams over a store, put together from its parts."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from cattrs import Converter

from loyalcore.decider import Decider
from loyalcore.errors import UnknownCalendar
from loyalcore.forms import utc
from loyalcore.host.commands import Commands
from loyalcore.host.reads import Reads
from loyalcore.host.upkeep import Upkeep
from loyalcore.journal.codec import Codec
from loyalcore.journal.deciding import Deciding
from loyalcore.journal.relay import Notifier, Relay, RelayPolicy
from loyalcore.journal.store import Store
from loyalcore.journal.streams import Streams
from loyalcore.loyalty import (
    CLUB,
    CONDITIONS,
    MEMBER,
    STOCK,
    Condition,
    Programme,
    load_programme,
)
from loyalcore.loyalty.programme.vocabulary import register_conditions
from loyalcore.timing import BusinessCalendar

DECIDERS: tuple[Decider[Any, Any, Any], ...] = (CLUB, MEMBER, STOCK)


class Host(Commands, Upkeep, Reads):
    """Serve streams over a store; made by `connect()`.

    Args:
        store: where the events live.
        deciders: what its streams are.
        notifiers: who is told.
        clock: gives the time to a command that brings none.
        cache_size: how many states are kept in memory.
        snapshot_every: versions between two snapshots of a stream.
        relay: how patiently notifiers are told.
        holder: names this host among those that share the store; drawn at random by default.
        conditions: classes that programmes may name beside the library's.
        calendars: business calendars, each by a name of its own.
    """

    def __init__(
        self,
        store: Store,
        *,
        deciders: Sequence[Decider[Any, Any, Any]] = DECIDERS,
        notifiers: Sequence[Notifier] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        cache_size: int = 10_000,
        snapshot_every: int = 50,
        relay: RelayPolicy | None = None,
        holder: str = "",
        conditions: Sequence[type[Condition]] = (),
        calendars: Sequence[BusinessCalendar] = (),
    ) -> None:
        def in_utc() -> datetime:
            return utc(clock(), "clock")

        self.store = store
        self.conditions = tuple(conditions)
        self.calendars = {calendar.name: calendar for calendar in calendars}
        self.codec = Codec(deciders, self._teach if conditions else None)
        self._streams = Streams(store, self.codec, deciders, cache_size, snapshot_every)
        self._deciding = Deciding(store, self.codec, self._streams, in_utc)
        self._relay = Relay(
            store=store,
            codec=self.codec,
            notifiers=tuple(notifiers),
            clock=in_utc,
            holder=holder or uuid4().hex,
            policy=relay or RelayPolicy(),
        )

    def _teach(self, converter: Converter) -> None:
        register_conditions(converter, (*CONDITIONS, *self.conditions))

    def load_programme(self, path: str | Path) -> Programme:
        """Read a programme file that may name the conditions of the host's plug-ins.

        Raises:
            InvalidDocument: the file cannot be read, or has mistakes: all are listed.
        """
        return load_programme(path, self.conditions)

    def calendar(self, name: str) -> BusinessCalendar:
        """Give the business calendar that a plug-in has brought under a name.

        Raises:
            UnknownCalendar: none has.
        """
        found = self.calendars.get(name)
        if found is None:
            raise UnknownCalendar(name, tuple(sorted(self.calendars)))
        return found

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
