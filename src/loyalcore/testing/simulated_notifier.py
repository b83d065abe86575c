"""The outside world of the simulation: what notifiers tell it, and how it may fail them."""

from collections.abc import Callable
from random import Random

import attrs

from loyalcore.journal.relay import Delivery, RelayPolicy
from loyalcore.journal.store import Store
from loyalcore.testing.simulated_history import History
from loyalcore.testing.simulated_store import HostDied


class EarShut(ConnectionError):
    """The outside world did not take an event, or says so."""


@attrs.define(eq=False)
class Ear:
    """One place outside that all hosts tell of events, under one name.

    Attributes:
        name: the notifier's.
        patience: how often an event is tried before it is parked.
        mood: how likely a call goes wrong.
        heard: positions.
        top: the highest one heard in the ordinary way.
        late: those first heard behind a higher one.
        refusals: what was raised, by position.
        parked: positions that were ever seen parked.
        leftover: positions first seen parked when the event was no more: it was being told of.
        fresh: deliveries since the last check.
    """

    name: str
    patience: int
    mood: float = 0.0
    heard: set[int] = attrs.Factory(set)
    top: int = 0
    late: set[int] = attrs.Factory(set)
    refusals: dict[int, list[str]] = attrs.Factory(dict)
    parked: set[int] = attrs.Factory(set)
    leftover: set[int] = attrs.Factory(set)
    fresh: list[Delivery] = attrs.Factory(list)

    @property
    def reader(self) -> str:
        """The name of its reader in the store."""
        return f"notifier:{self.name}"

    def hear(self, delivery: Delivery, *, resent: bool) -> None:
        """Take an event in."""
        self.fresh.append(delivery)
        position = delivery.position
        if position not in self.heard and not resent:
            if position < self.top:
                self.late.add(position)
            self.top = max(self.top, position)
        self.heard.add(position)

    def refuse(self, position: int) -> None:
        """Raise, and remember what was raised.

        Raises:
            EarShut: always.
        """
        told = self.refusals.setdefault(position, [])
        error = EarShut(f"{self.name} at {position}, {len(told) + 1}")
        told.append(f"{type(error).__name__}: {error}")
        raise error

    def check(self, store: Store, history: History) -> None:
        """Fail unless it heard what happened, in order, and what it did not hear is parked."""
        for delivery in self.fresh:
            wanted = history.events.get(delivery.position)
            told = (delivery.stream, delivery.version, delivery.event)
            assert told == wanted, f"{self.name} heard {told}, not {wanted}"
        self.fresh.clear()
        self._check_parked(store, history)
        settled = self.heard | self.parked
        early = self.late - self.parked
        assert not early, f"{self.name} first heard {sorted(early)} behind later events"
        missed = [p for p in history.positions if p <= self.top and p not in settled]
        assert not missed, f"{self.name} heard {self.top} and was never told of {missed}"
        left = [event.position for event in history.behind(store, store.reader(self.reader).cursor)]
        done = len(history.positions) - len(left)
        assert history.positions[done:] == left, f"the cursor of {self.name} leaves only {left}"
        lost = [p for p in history.positions[:done] if p not in settled]
        assert not lost, f"the cursor of {self.name} passed {lost}, neither told nor parked"

    def _check_parked(self, store: Store, history: History) -> None:
        found = {parked.position: parked for parked in store.parked(self.reader, limit=10_000)}
        for position, parked in found.items():
            if position in self.parked:
                continue
            event = history.events.get(position)
            assert event is not None and event[:2] == (parked.stream, parked.version), (
                f"{self.name} parked {parked}, and at {position} stands {event}"
            )
            reasons = self.refusals.get(position, [])
            assert parked.reason in reasons, f"{self.name} parked {parked}, and raised {reasons}"
            # A reader counts on when the event at which it stood was erased meanwhile.
            tried = len(reasons) + sum(
                len(some) for place, some in self.refusals.items() if place not in history.present
            )
            enough = tried >= parked.attempts == self.patience
            assert enough, f"{self.name} parked {parked} of {reasons}"
        self.leftover |= found.keys() - history.present - self.parked
        gone = sorted(found.keys() - history.present - self.leftover)
        assert not gone, f"{self.name} keeps {gone} parked, which were erased"
        taken = [p for p in self.parked - found.keys() if p in history.present]
        unheard = [position for position in taken if position not in self.heard]
        assert not unheard, f"{self.name} no longer has {unheard} parked, and never heard them"
        self.parked |= found.keys()


@attrs.define(eq=False)
class Line:
    """A host's notifier: tells an ear, which may be shut, or slow, or the host's death.

    Attributes:
        name: the ear's.
        ear: whom it tells.
        rng: decides what goes wrong.
        dies: lets the host die.
        dawdles: lets time pass.
        resending: a parked event is being told once more.
    """

    name: str
    ear: Ear
    rng: Random
    dies: Callable[[], object]
    dawdles: Callable[[], object]
    resending: bool = False

    def notify(self, delivery: Delivery) -> None:
        """Tell the ear, unless something goes wrong before, or behind it."""
        wrong = ""
        if self.ear.mood and self.rng.random() < self.ear.mood:
            wrong = self.rng.choice(("deaf", "deaf", "deaf", "lost", "dead", "died", "slow"))
        if wrong == "deaf":
            self.ear.refuse(delivery.position)
        if wrong == "dead":
            self._die()
        if wrong == "slow":
            self.dawdles()
        self.ear.hear(delivery, resent=self.resending)
        if wrong == "lost":
            self.ear.refuse(delivery.position)
        if wrong == "died":
            self._die()

    def _die(self) -> None:
        self.dies()
        raise HostDied("while telling")


POLICY = RelayPolicy(attempts=2, page=3)
