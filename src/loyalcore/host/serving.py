"""The host: load, decide, append; tick; relay; forget; read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import attrs
from cattrs import Converter

from loyalcore.decider import Command, Decider
from loyalcore.errors import InvalidValue, UnknownCalendar
from loyalcore.forms import utc
from loyalcore.journal.acts import Ask, BatchReport, BatchStep, Outcome, Refusal, Submission, Ticked
from loyalcore.journal.codec import Codec
from loyalcore.journal.deciding import Deciding
from loyalcore.journal.forgetting import present
from loyalcore.journal.relay import Notifier, Relay, Relayed, RelayPolicy
from loyalcore.journal.store import DueStream, Erased, Parked, Store
from loyalcore.journal.streams import Streams, pass_time
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
_TICK_PAGE = 200


def _is_pair(act: object) -> bool:
    return isinstance(act, tuple) and len(act) == 2


def _is_submission(one: object) -> bool:
    return isinstance(one, Submission)


class Host:
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

    @property
    def notifiers(self) -> tuple[Notifier, ...]:
        """Those who are told."""
        return self._relay.notifiers

    # --- writing -------------------------------------------------------------------------------

    def submit(self, stream: str, command: Command, *, key: str) -> Outcome:
        """Decide a command and write what comes of it.

        Args:
            stream: such as `loyalty/bluebird/ann`.
            command: what is asked.
            key: unique in the store; the same key with the same command again gives the first
                outcome back and writes nothing.

        Raises:
            Refused: the rules forbid it; nothing is written and the key stays free.
            KeyReused: the key was used for another command.
            Contention: other writers were always first.
        """
        return self.submit_all(key, [(stream, command)])

    def submit_all(self, key: str, acts: Sequence[tuple[str, Command]]) -> Outcome:
        """Decide several commands on several streams as one act: all of it or none.

        Raises:
            Refused: one of them is refused, so all are.
            InvalidValue: there is none.
            KeyReused, Contention: as for `submit`.
        """
        pairs = tuple(acts)
        if not pairs or not all(_is_pair(pair) for pair in pairs):
            raise InvalidValue("submit_all.acts", acts, "give at least one (stream, command)")
        (result,) = self._deciding.act([Ask(key, pairs)])
        if isinstance(result, Refusal):
            raise result.error
        return result

    def submit_many(
        self,
        submissions: Iterable[Submission],
        *,
        chunk: int = 500,
        progress: Callable[[BatchStep], None] | None = None,
    ) -> BatchReport:
        """Decide many commands, a transaction a chunk, grouped by stream within it.

        The commands of one stream are decided in the order given. A refused one is its own
        result and leaves the rest of its chunk alone; an error of the store ends the batch, and
        sending it again goes on where it stopped.

        Args:
            submissions: read as they are needed, never all at once.
            chunk: how many commands a transaction holds.
            progress: called after each chunk is stored.
        """
        if chunk < 1:
            raise InvalidValue("submit_many.chunk", chunk, "give 1 or more")
        source = iter(submissions)
        done = replayed = 0
        refused: list[Refusal] = []
        while batch := list(islice(source, chunk)):
            strange = [one for one in batch if not _is_submission(one)]
            if strange:
                raise InvalidValue("submit_many", strange[0], "give a Submission for each command")
            results = self._deciding.act([Ask(s.key, ((s.stream, s.command),)) for s in batch])
            done += len(batch)
            replayed += sum(isinstance(r, Outcome) and r.replayed for r in results)
            refused += [r for r in results if isinstance(r, Refusal)]
            if progress is not None:
                progress(BatchStep(done, tuple(results)))
        return BatchReport(done, replayed, tuple(refused))

    def tick(
        self,
        now: datetime,
        *,
        limit: int | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Ticked:
        """Do what time has made due by now, on the streams where anything is.

        Args:
            now: the instant up to which time has passed.
            limit: at most so many streams, not counting those that fail; None for all. What is
                left is due at the next tick.
            progress: called with the number of streams done so far, after each transaction.

        Raises:
            InvalidValue: `now` is naive, or `limit` below 1.
            Contention: other writers were always first.
        """
        now, ticked = utc(now, "tick.now"), Ticked()
        if limit is not None and limit < 1:
            raise InvalidValue("tick.limit", limit, "give 1 or more, or None for all")
        after: DueStream | None = None
        while True:
            # Whatever fails stays due: it must not take the place of those behind it.
            done_so_far = ticked.streams - len(ticked.failed)
            room = _TICK_PAGE if limit is None else min(_TICK_PAGE, limit - done_so_far)
            due = self.store.due(now, max(1, room), after)
            if not due or not room:
                return attrs.evolve(ticked, more=bool(due))
            done = self._deciding.advance(tuple(entry.stream for entry in due), now)
            ticked = Ticked(
                ticked.streams + len(due),
                ticked.events + done.written,
                (*ticked.failed, *done.failed),
            )
            after = due[-1]
            if progress is not None:
                progress(ticked.streams)

    def relay(self) -> tuple[Relayed, ...]:
        """Tell every notifier what it has not heard yet; one that raises stops no other.

        Of the hosts that share a store one at a time reads for a notifier, under a lease. An
        event at which a notifier raises is tried again at a later relay, and after some attempts
        it is parked.
        """
        return self._relay()

    def parked(self, notifier: str, after: int = 0, limit: int = 1000) -> Sequence[Parked]:
        """List the events that a notifier did not take, by position.

        Raises:
            UnknownNotifier: the host has none of that name.
        """
        return self._relay.parked(notifier, after, limit)

    def resend(self, notifier: str, position: int) -> None:
        """Tell a notifier of a parked event once more; what it raises now is raised here.

        Raises:
            UnknownNotifier: the host has none of that name.
            NotParked: nothing is parked there.
        """
        self._relay.resend(notifier, position)

    def forget(self, stream: str, at: datetime | None = None) -> Erased:
        """Forget a stream: close what is open on it, erase all else, and leave a tombstone.

        Its events, texts, snapshot, command keys and parked events go; what stays are the events
        by which it ended. From then on whatever is sent to it is refused.

        Args:
            stream: such as `loyalty/bluebird/ann`.
            at: when; the host's clock by default.

        Returns:
            How much was erased.

        Raises:
            Forgotten: that has been done.
            NotForgettable: the stream does not exist, or must stay.
            Contention: other writers were always first.
        """
        return self._deciding.forget(stream, at)

    # --- reading -------------------------------------------------------------------------------

    def state(self, stream: str, at: datetime | None = None) -> Any:
        """Give a stream's state; nothing is written.

        Args:
            stream: such as `loyalty/bluebird/ann`.
            at: advance the state to this instant, not before the last recorded one; None gives it
                as it was recorded.

        Raises:
            InvalidValue: `at` is naive, or lies before what was recorded last.
            Forgotten: the stream was.
        """
        state = present(stream, self._streams.load(stream).state)
        if at is None:
            return state
        decider = self._streams.decider(stream)
        last = decider.last(state)
        if last is not None and utc(at, "state.at") < last:
            fix = f"give {last.isoformat()} or later, or ask state_as_known()"
            raise InvalidValue("state.at", at, fix)
        policy = self._deciding.policy(decider, stream)
        state, _ = pass_time(decider, stream, state, utc(at, "state.at"), policy)
        return state

    def past_state(self, stream: str, version: int) -> Any:
        """Give a stream's state as it was after so many events.

        Args:
            stream: such as `loyalty/bluebird/ann`.
            version: how many events; 0 for the state before the first.

        Raises:
            InvalidValue: the stream never had that version.
            Forgotten: the stream was.
        """
        head = self.store.heads([stream])[stream]
        if not 0 <= version <= head:
            raise InvalidValue("version", version, f"give 0 to {head}, the stream's version")
        present(stream, self._streams.load(stream, head).state)
        return present(stream, self._streams.at_version(stream, version))

    def state_as_known(self, stream: str, at: datetime) -> Any:
        """Give a stream's state as it was known at an instant: what had been recorded by then.

        Raises:
            InvalidValue: the instant is naive.
            Forgotten: the stream was.
        """
        at = utc(at, "at")
        decider = self._streams.decider(stream)
        state = present(stream, self._streams.known_at(stream, at))
        state, _ = pass_time(decider, stream, state, at, self._deciding.policy(decider, stream))
        return state

    def events(self, stream: str) -> Iterator[Any]:
        """Give a stream's events, in order."""
        return (self.codec.decode(stored) for stored in self.store.read(stream))

    def text(self, stream: str, ref: str) -> str | None:
        """Give the words kept for a stream under a ref; None when there are none, or no more."""
        return self.store.texts(stream, [ref]).get(ref)

    def streams(self, prefix: str) -> Iterator[str]:
        """Give the names of the streams that begin so, in order, forgotten ones among them."""
        after = ""
        while names := self.store.streams(prefix, after):
            yield from names
            after = names[-1]

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
