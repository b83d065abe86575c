"""The log is the outbox: each notifier reads it behind its own cursor, under a lease."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Protocol

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue, NotParked, UnknownNotifier
from loyalcore.journal.codec import Codec
from loyalcore.journal.store import LogPage, Parked, Reader, Store, StoredEvent

_REASON_LENGTH = 500


@attrs.frozen
class Delivery:
    """An event as a notifier gets it, at least once.

    Attributes:
        position: its place in the log; the key by which a repeat is known.
        stream: whose event it is.
        version: its place in that stream.
        event: what happened.
    """

    position: int
    stream: str
    version: int
    event: Any


class Notifier(Protocol):
    """Take events and tell the world.

    `name` is for ever: the cursor is kept under it. `notify` is called in log order; it may be
    called again with the same position after a crash. When it raises, the same event comes first
    at a later relay, and after some attempts it is parked.
    """

    name: str

    def notify(self, delivery: Delivery) -> None:
        """Tell the world of one event."""
        ...


@attrs.frozen
class RelayPolicy:
    """How patiently events are told.

    Attributes:
        attempts: how often an event is tried before it is parked.
        first_wait: after the first attempt; it doubles with each further one.
        longest_wait: and grows no further than this.
        lease: for how long a host may read before another one takes over; renewed while it does.
        page: how many events are read at once.
    """

    attempts: int = attrs.field(default=8, validator=checks.positive)
    first_wait: timedelta = attrs.field(
        default=timedelta(seconds=1), validator=checks.instance_of(timedelta)
    )
    longest_wait: timedelta = attrs.field(
        default=timedelta(hours=1), validator=checks.instance_of(timedelta)
    )
    lease: timedelta = attrs.field(
        default=timedelta(minutes=1), validator=checks.instance_of(timedelta)
    )
    page: int = attrs.field(default=100, validator=checks.positive)

    def __attrs_post_init__(self) -> None:
        nothing = timedelta(0)
        for field in ("first_wait", "longest_wait"):
            if getattr(self, field) < nothing:
                raise InvalidValue(f"RelayPolicy.{field}", getattr(self, field), "give 0 or more")
        if self.lease <= nothing:
            raise InvalidValue("RelayPolicy.lease", self.lease, "give more than 0")

    def wait(self, attempts: int) -> timedelta:
        """Give how long to wait after so many attempts in vain.

        >>> RelayPolicy().wait(3)
        datetime.timedelta(seconds=4)
        """
        doublings = min(attempts - 1, 40)
        longest = self.longest_wait
        return min(longest, self.first_wait * 2**doublings) if self.first_wait else timedelta(0)


@attrs.frozen
class Relayed:
    """What a relay did for one notifier.

    Attributes:
        notifier: its name.
        delivered: how many events it took.
        parked: how many were set aside after their last attempt.
        error: what it raised, if it stopped at one or set one aside.
        retry_at: when the event at which it stands is tried again.
        held_by: the host that reads for it now, if another one does.
    """

    notifier: str
    delivered: int = 0
    parked: int = 0
    error: Exception | None = None
    retry_at: datetime | None = None
    held_by: str = ""


@attrs.frozen
class Relay:
    """Bring notifiers up to the end of the log, one host at a time for each.

    Args:
        store: whose log.
        codec: reads it.
        notifiers: who is told.
        clock: gives the time in UTC, for leases and waits.
        holder: names this host among those that share the store.
        policy: how patiently.

    Threads that ask at once take turns: a notifier hears events in order.
    """

    store: Store
    codec: Codec
    notifiers: tuple[Notifier, ...]
    clock: Callable[[], datetime]
    holder: str
    policy: RelayPolicy
    _turn: Lock = attrs.field(factory=Lock, init=False, eq=False, repr=False)

    def __call__(self) -> tuple[Relayed, ...]:
        """Tell every notifier what it has not heard; one that raises stops no other."""
        with self._turn:
            return tuple(_Reading(self, notifier).run() for notifier in self.notifiers)

    def parked(self, name: str, after: int, limit: int) -> Sequence[Parked]:
        """Give events that a notifier's readers have set aside.

        Raises:
            UnknownNotifier: the host has none of that name.
        """
        self._notifier(name)
        return self.store.parked(_reader(name), after, limit)

    def resend(self, name: str, position: int) -> None:
        """Tell a notifier of a parked event once more; whatever it raises is raised here.

        Raises:
            UnknownNotifier: the host has none of that name.
            NotParked: nothing is parked there.
        """
        notifier, reader = self._notifier(name), _reader(name)
        found = [p for p in self.store.parked(reader, position - 1, 1) if p.position == position]
        if not found:
            raise NotParked(name, position)
        for stored in self.store.read(found[0].stream, found[0].version - 1, found[0].version):
            notifier.notify(self.delivery(stored))
        self.store.unpark(reader, position)

    def delivery(self, stored: StoredEvent) -> Delivery:
        """Decode a stored event."""
        event = self.codec.decode(stored)
        return Delivery(stored.position, stored.stream, stored.version, event)

    def _notifier(self, name: str) -> Notifier:
        for notifier in self.notifiers:
            if notifier.name == name:
                return notifier
        raise UnknownNotifier(name, tuple(notifier.name for notifier in self.notifiers))


def _reader(name: str) -> str:
    return f"notifier:{name}"


class _Reading:
    """One turn at the log for one notifier."""

    def __init__(self, relay: Relay, notifier: Notifier) -> None:
        self._relay = relay
        self._notifier = notifier
        self._name = _reader(notifier.name)
        self._told = Relayed(notifier.name)
        self._saved = Reader()

    def run(self) -> Relayed:
        """Read until the end, a wait, or the loss of the lease."""
        while (page := self._take()) is not None:
            try:
                going = self._tell(page)
            except BaseException:
                with suppress(Exception):  # the lease ends by itself if this fails
                    self._move(attrs.evolve(self._saved, holder="", until=None))
                raise
            if not going:
                break
        return self._told

    def _take(self) -> LogPage | None:
        """Take the lease, or renew it, and read on; None when there is nothing to do now."""
        relay = self._relay
        now, found = relay.clock(), relay.store.reader(self._name)
        if found.holder not in {"", relay.holder} and found.until and found.until > now:
            self._told = attrs.evolve(self._told, held_by=found.holder)
            return None
        if found.retry_at is not None and found.retry_at > now:
            self._told = attrs.evolve(self._told, retry_at=found.retry_at)
            return None
        self._saved = found
        page = relay.store.log(found.cursor, relay.policy.page)
        if page.events:
            return page if self._move(self._held(found)) else None
        if found.holder:
            self._move(attrs.evolve(found, holder="", until=None))
        return None

    def _held(self, reader: Reader) -> Reader:
        until = self._relay.clock() + self._relay.policy.lease
        return attrs.evolve(reader, holder=self._relay.holder, until=until)

    def _move(self, new: Reader, park: Parked | None = None) -> bool:
        """Save the reader; whoever lost the lease finds another one saved, and stops."""
        moved = self._relay.store.move_reader(self._name, self._saved, new, park)
        if moved:
            self._saved = new
        return moved

    def _tell(self, page: LogPage) -> bool:
        """Tell a page of events; say whether to read on."""
        relay, begun = self._relay, self._relay.clock()
        for place, stored in enumerate(page.events):
            # Behind whatever was told; nothing that came to the log meanwhile is passed over.
            here = Reader(page.cursors[place - 1]) if place else self._saved
            if relay.clock() - begun > relay.policy.lease / 2:
                return self._move(self._held(here))
            try:
                self._notifier.notify(relay.delivery(stored))
            except Exception as error:  # noqa: BLE001 - whatever a notifier raises is its own
                behind = page.cursors[place]
                return self._failed(stored, here, behind, error.with_traceback(None))
            self._told = attrs.evolve(self._told, delivered=self._told.delivered + 1)
        return self._move(self._held(Reader(page.cursor)))

    def _failed(self, stored: StoredEvent, here: Reader, behind: str, error: Exception) -> bool:
        """Wait before the next attempt, or set the event aside after the last one."""
        policy, now = self._relay.policy, self._relay.clock()
        if not self._relay.store.read(stored.stream, stored.version - 1, stored.version):
            return self._move(self._held(Reader(behind)))  # forgotten meanwhile: nothing to tell
        attempts = here.attempts + 1
        self._told = attrs.evolve(self._told, error=error)
        if attempts < policy.attempts:
            retry_at = now + policy.wait(attempts)
            self._told = attrs.evolve(self._told, retry_at=retry_at)
            self._move(Reader(here.cursor, attempts=attempts, retry_at=retry_at))
            return False
        park = Parked(
            reader=self._name,
            position=stored.position,
            stream=stored.stream,
            version=stored.version,
            attempts=attempts,
            reason=_reason(error),
            at=now,
        )
        if not self._move(self._held(Reader(behind)), park):
            return False
        self._told = attrs.evolve(self._told, parked=self._told.parked + 1)
        return True


def _reason(error: Exception) -> str:
    """Put an error into words that any store can hold."""
    words = f"{type(error).__name__}: {error}"[:_REASON_LENGTH]
    return words.encode("utf-8", "replace").decode("utf-8")
