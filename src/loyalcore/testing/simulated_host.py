"""A host of the simulation: it crashes, starts again, and its clock is a little wrong."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs

from loyalcore.errors import StoreUnusable
from loyalcore.host.serving import Host
from loyalcore.journal.store import Store
from loyalcore.testing.simulated_history import History, decider_of
from loyalcore.testing.simulated_notifier import POLICY, Line
from loyalcore.testing.simulated_shop import RELEASES
from loyalcore.testing.simulated_store import FaultyStore, StoreFailed

SKEW = timedelta(minutes=5)
"""How wrong a host's clock is at most, either way."""


def unusable(words: str) -> Exception:
    """Make the error by which the stores of this package say that a file failed them."""
    return StoreUnusable("simulated", words)


TROUBLES = (StoreFailed, StoreUnusable)


@attrs.define(eq=False)
class Machine:
    """A machine on which one host runs at a time.

    Attributes:
        number: from 1.
        store: shared with the other machines.
        true_time: gives the world's time.
        lines: its notifiers.
        cache_size, snapshot_every, release: of its host.
        skew: how far its clock is ahead.
        starts: how often a host was started.
    """

    number: int
    store: Store
    true_time: Callable[[], datetime]
    cache_size: int
    snapshot_every: int
    release: int
    lines: Sequence[Line] = ()
    skew: timedelta = timedelta(0)
    starts: int = 0
    _faulty: FaultyStore | None = None
    _host: Host | None = None
    _checked: dict[str, Any] = attrs.Factory(dict)

    @property
    def name(self) -> str:
        """Such as `h1`."""
        return f"h{self.number}"

    @property
    def faulty(self) -> FaultyStore:
        """What stands before the store for the host that runs now."""
        if self._faulty is None or self._faulty.dead:
            self._faulty = FaultyStore(self.store, unusable if self.number % 2 else StoreFailed)
            self._host = None
        return self._faulty

    @property
    def host(self) -> Host:
        """The host that runs now; one that died is replaced by a new one."""
        faulty = self.faulty
        if self._host is None:
            self.starts += 1
            self._checked = {}
            self._host = Host(
                faulty,
                deciders=RELEASES[self.release],
                notifiers=self.lines,
                clock=self.clock,
                cache_size=self.cache_size,
                snapshot_every=self.snapshot_every,
                relay=POLICY,
                holder=f"{self.name}.{self.starts}",
            )
        return self._host

    def clock(self) -> datetime:
        """Give the time as this machine knows it."""
        return self.true_time() + self.skew

    def resend(self, name: str, position: int) -> None:
        """Tell a notifier of a parked event once more."""
        for line in self.lines:
            line.resending = True
        try:
            self.host.resend(name, position)
        finally:
            for line in self.lines:
                line.resending = False

    def die(self) -> None:
        """End the process, between two calls of the store."""
        self.faulty.dead = True

    def check_reads(self, history: History) -> None:
        """Fail unless the host, if one runs, reads each stream as it is."""
        if self._host is None or self.faulty.dead:
            return
        for name in history.open_streams():
            state, wanted = self._host.state(name), history.states[name][-1]
            assert state == wanted, f"{self.name} reads {name} as {state}, and it is {wanted}"

    def check_cache(self, history: History) -> None:
        """Fail unless each state that the host remembers is the fold of its stream."""
        if self._host is None:
            return
        cache = vars(vars(self._host)["_streams"])["_cache"]
        for name, loaded in cache.items():
            if self._checked.get(name) is loaded:
                continue
            self._checked[name] = loaded
            version, state = loaded.version, loaded.state
            states = history.states.get(name) or [decider_of(name).initial]
            where = f"{self.name} remembers {name}@{version}"
            assert version < len(states), f"{where}, which is not stored"
            assert state == states[version], f"{where} as {state}, and it is {states[version]}"
