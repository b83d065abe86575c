"""What a host does at its own pace: time's work, and telling the notifiers."""

from collections.abc import Callable, Sequence
from datetime import datetime

import attrs

from loyalcore.errors import InvalidValue
from loyalcore.forms import utc
from loyalcore.journal.acts import Ticked
from loyalcore.journal.deciding import Deciding
from loyalcore.journal.relay import Notifier, Relay, Relayed
from loyalcore.journal.store import DueStream, Parked, Store

_TICK_PAGE = 200


class Upkeep:
    """What a host does when it is called now and then."""

    store: Store
    _deciding: Deciding
    _relay: Relay

    @property
    def notifiers(self) -> tuple[Notifier, ...]:
        """Those who are told."""
        return self._relay.notifiers

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
