"""The host: load, decide, append; tick; relay. The only module that calls pluggy."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import metadata
from itertools import islice
from types import TracebackType
from typing import Any, Self

import pluggy

from loyalcore import hooks
from loyalcore.decider import Command, Decider
from loyalcore.errors import (
    BrokenPlugin,
    InvalidValue,
    UnknownStore,
)
from loyalcore.forms import utc
from loyalcore.journal.acts import BatchReport, BatchStep, Outcome, Refusal, Submission
from loyalcore.journal.codec import Codec
from loyalcore.journal.deciding import Ask, Deciding
from loyalcore.journal.memory import MemoryStore
from loyalcore.journal.relay import Notifier, Relayed, relay
from loyalcore.journal.sqlite import open_sqlite
from loyalcore.journal.store import Store
from loyalcore.journal.streams import Streams
from loyalcore.loyalty import CLUB, MEMBER

DECIDERS: tuple[Decider[Any, Any, Any], ...] = (CLUB, MEMBER)
_TICK_PAGE = 200


class Host:
    """Serve streams over a store; made by `connect()`.

    Args:
        store: where the events live.
        deciders: what its streams are.
        notifiers: who is told.
        clock: gives the time to a command that brings none.
        cache_size: how many states are kept in memory.
        snapshot_every: versions between two snapshots of a stream.
    """

    def __init__(
        self,
        store: Store,
        *,
        deciders: Sequence[Decider[Any, Any, Any]] = DECIDERS,
        notifiers: Sequence[Notifier] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        cache_size: int = 10_000,
        snapshot_every: int = 200,
    ) -> None:
        self.store = store
        self.codec = Codec(deciders)
        self.notifiers = tuple(notifiers)
        self._streams = Streams(store, self.codec, deciders, cache_size, snapshot_every)
        self._deciding = Deciding(store, self.codec, self._streams, clock)

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
            KeyReused, Contention: as for `submit`.
        """
        (result,) = self._deciding.act([Ask(key, tuple(acts))])
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
            results = self._deciding.act([Ask(s.key, ((s.stream, s.command),)) for s in batch])
            done += len(batch)
            replayed += sum(isinstance(r, Outcome) and r.replayed for r in results)
            refused += [r for r in results if isinstance(r, Refusal)]
            if progress is not None:
                progress(BatchStep(done, tuple(results)))
        return BatchReport(done, replayed, tuple(refused))

    def tick(self, now: datetime, progress: Callable[[int], None] | None = None) -> int:
        """Do what time has made due by now, on the streams where anything is.

        Args:
            now: the instant up to which time has passed.
            progress: called with the number of streams done so far.

        Returns:
            How many events were written.
        """
        now, written, streams = utc(now, "tick.now"), 0, 0
        while due := self.store.due(now, _TICK_PAGE):
            names = tuple(entry.stream for entry in due)
            written += self._deciding.advance(names, now)
            streams += len(names)
            if progress is not None:
                progress(streams)
        return written

    def relay(self) -> tuple[Relayed, ...]:
        """Bring every notifier up to the end of the log; one that raises stops no other."""
        return relay(self.store, self.codec, self.notifiers)

    # --- reading -------------------------------------------------------------------------------

    def state(self, stream: str, at: datetime | None = None) -> Any:
        """Give a stream's state; nothing is written.

        Args:
            stream: such as `loyalty/bluebird/ann`.
            at: advance the state to this instant, not before the last recorded one; None gives it
                as it was recorded.
        """
        loaded = self._streams.load(stream)
        if at is None:
            return loaded.state
        decider = self._streams.decider(stream)
        policy = self._deciding.policy(decider, stream)
        return decider.fold(
            loaded.state, decider.advance(loaded.state, utc(at, "state.at"), policy)
        )

    def events(self, stream: str) -> Iterator[Any]:
        """Give a stream's events, in order."""
        return (self.codec.decode(stored) for stored in self.store.read(stream))

    def streams(self, prefix: str) -> Iterator[str]:
        """Give the names of the streams that begin so, in order."""
        after = ""
        while names := self.store.streams(prefix, after):
            yield from names
            after = names[-1]

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class _OwnStores:
    """The stores that come with the library, opened through the same hook as anybody's."""

    @hooks.hookimpl
    def loyalcore_open_store(self, url: str) -> Store | None:
        if url == "memory://":
            return MemoryStore()
        return open_sqlite(url) if url.startswith("sqlite://") else None


def connect(
    store: str | Store = "memory://",
    *,
    plugins: Iterable[object] = (),
    entry_points: bool | Sequence[str] = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    cache_size: int = 10_000,
    snapshot_every: int = 200,
) -> Host:
    """Assemble a host over a store.

    Args:
        store: `sqlite:///FILE`, `memory://`, a plug-in's URL, or a Store.
        plugins: modules or objects with hooks (see `loyalcore.hooks`).
        entry_points: load the installed plug-ins of the group `loyalcore`: True for all, or their
            names; none by default.
        clock: gives the time to a command that brings no `recorded_at`.
        cache_size: how many states are kept in memory.
        snapshot_every: versions between two snapshots of a stream.

    Raises:
        UnknownStore: nobody opens this URL.
        StoreUnusable, StoreTooNew: the store cannot be used.
        BrokenPlugin: a plug-in cannot be loaded or breaks a hook's contract.

    >>> host = connect("memory://")
    >>> list(host.streams("loyalty/"))
    []
    """
    if cache_size < 1 or snapshot_every < 1:
        raise InvalidValue("connect", (cache_size, snapshot_every), "give 1 or more of each")
    manager = pluggy.PluginManager("loyalcore")
    manager.add_hookspecs(hooks)
    for plugin in (_OwnStores(), *plugins, *_installed(entry_points)):
        _register(manager, plugin)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise BrokenPlugin(str(error.plugin), f"{error}: see loyalcore.hooks") from error
    notifiers = [one for many in manager.hook.loyalcore_notifiers() for one in many]
    for notifier in notifiers:
        if not isinstance(getattr(notifier, "name", None), str) or not callable(
            getattr(notifier, "notify", None)
        ):
            raise BrokenPlugin(repr(notifier), "a notifier has a name and a method notify")
    names = [notifier.name for notifier in notifiers]
    for name in names:
        if names.count(name) > 1:
            raise BrokenPlugin(name, "two notifiers of this name would share a cursor")
    opened = manager.hook.loyalcore_open_store(url=store) if isinstance(store, str) else store
    if opened is None:
        raise UnknownStore(str(store))
    return Host(
        opened,
        notifiers=notifiers,
        clock=clock,
        cache_size=cache_size,
        snapshot_every=snapshot_every,
    )


def _register(manager: pluggy.PluginManager, plugin: object) -> None:
    try:
        manager.register(plugin)
    except (pluggy.PluginValidationError, ValueError, TypeError) as error:
        raise BrokenPlugin(repr(plugin), f"{error}: see loyalcore.hooks") from error


def _installed(wanted: bool | Sequence[str]) -> Iterator[object]:
    """Load plug-ins by entry point, one by one, naming one that is broken or missing."""
    if wanted is False:
        return
    found = {point.name: point for point in metadata.entry_points(group="loyalcore")}
    for name in sorted(found) if wanted is True else wanted:
        if name not in found:
            raise BrokenPlugin(name, f"not installed; installed are: {', '.join(sorted(found))}")
        try:
            yield found[name].load()
        except Exception as error:
            raise BrokenPlugin(name, f"cannot be loaded: {error!r}") from error
