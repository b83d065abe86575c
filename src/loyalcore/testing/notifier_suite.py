"""The suite that every notifier must pass: subclass it, say how to make one, and run pytest."""

import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import FrameType
from typing import Any

import attrs
from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

from loyalcore.decider import Event
from loyalcore.host import Host
from loyalcore.journal.memory import MemoryStore
from loyalcore.journal.relay import Delivery, Notifier, RelayPolicy
from loyalcore.testing.faults import END, START, Crash, Faulty, Story, stories
from loyalcore.testing.properties import for_all
from loyalcore.testing.rules import rule
from loyalcore.testing.store_case import SuiteCase


@attrs.frozen(kw_only=True)
class SomethingElse(Event):
    """An event that no notifier has heard of: of a plug-in, or of a later release."""


class _Death(BaseException):
    """The end of the process, at a line."""


def _die_at(step: int, module: str, act: Callable[[], object]) -> int:
    """Run an act and let its process die at a line of a module.

    Args:
        step: at which of the lines run and returns made, from 1; 0 for none.
        module: whose lines count.
        act: what is run.

    Returns:
        How many of them there were until then.
    """
    done = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal done
        if frame.f_globals.get("__name__") != module:
            return None
        if event in {"line", "return"}:
            done += 1
            if done == step:
                raise _Death
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with suppress(_Death):
            act()
    finally:
        sys.settrace(before)
    return done


def _log(story: Story) -> list[Delivery]:
    """Give what a host that was told a story has in its log."""
    host = Host(MemoryStore())
    story.tell(host)
    return [
        Delivery(stored.position, stored.stream, stored.version, host.codec.decode(stored))
        for stored in host.store.log("", 10_000).events
    ]


class NotifierSuite(SuiteCase):
    """Hold a notifier to the contract of `Notifier`.

    Override `make_notifier` and `effects`. Override `restart` if it remembers anything in memory,
    and `histories` if it listens to events that a loyalty club does not have. A new notifier is
    made for each drawn history, each before a world of its own.
    """

    def make_notifier(self) -> Notifier:
        """Make a notifier before a world that has seen nothing of it."""
        raise NotImplementedError

    def effects(self, notifier: Notifier) -> Sequence[Hashable]:
        """Give what the world has seen of a notifier so far, in order."""
        raise NotImplementedError

    def restart(self, notifier: Notifier) -> Notifier:
        """Make a notifier anew, before the same world, as the next process does after a crash."""
        return notifier

    def histories(self) -> SearchStrategy[list[Delivery]]:
        """Draw what happens, in log order; by default what happens in a loyalty club."""
        return stories(6).map(_log)

    @contextmanager
    def fresh(self) -> Iterator[Notifier]:
        """Make a notifier."""
        yield self.make_notifier()

    @rule("J3.20")
    @for_all(data=st.data())
    def test_the_name_is_for_ever(self, notifier: Notifier, data: st.DataObject) -> None:
        """The name is printable, not empty, and the same in each process, whatever it hears."""
        name = notifier.name
        assert isinstance(name, str), f"the name must be a string, and is {name!r}"
        assert name and name.isprintable(), f"the name must be printable, and is {name!r}"
        self._tell(notifier, data.draw(self.histories()))
        for other in (notifier, self.make_notifier(), self.restart(notifier)):
            assert other.name == name, f"the name was {name!r}, and now it is {other.name!r}"

    @rule("J3.21")
    @for_all(data=st.data())
    def test_told_again_it_does_nothing(self, notifier: Notifier, data: st.DataObject) -> None:
        """A position told again, at once or later, by this process or the next, has no effect."""
        history = data.draw(self.histories())
        told: list[Delivery] = []
        for delivery in history:
            notifier.notify(delivery)
            told.append(delivery)
            seen = list(self.effects(notifier))
            if data.draw(st.booleans()):
                notifier = self.restart(notifier)
            for again in data.draw(st.lists(st.sampled_from(told), max_size=3)):
                notifier.notify(again)
                self._demand(notifier, seen, f"position {again.position} was told again")

    @rule("J3.22")
    @for_all(data=st.data())
    def test_order_is_kept(self, notifier: Notifier, data: st.DataObject) -> None:
        """When it returns, the world has seen what this event brings, behind all before it."""
        wanted: list[Hashable] = []
        for delivery in data.draw(self.histories()):
            notifier.notify(delivery)
            wanted += self._alone(delivery)
            self._demand(notifier, wanted, f"position {delivery.position} was told")

    @rule("J3.22")
    @for_all(data=st.data())
    def test_what_was_parked_has_its_effect_later(
        self, notifier: Notifier, data: st.DataObject
    ) -> None:
        """Events that were left out and are told behind later ones have the effect they had."""
        history = data.draw(self.histories())
        late = data.draw(st.lists(st.sampled_from(history), max_size=2, unique_by=id))
        order = [delivery for delivery in history if delivery not in late] + late
        self._tell(notifier, order)
        wanted = [effect for delivery in order for effect in self._alone(delivery)]
        self._demand(notifier, wanted, f"positions {[d.position for d in late]} were told last")

    @rule("J3.23")
    @for_all(data=st.data(), step=st.integers(0, 999))
    def test_a_crash_at_any_line_is_survived(
        self, notifier: Notifier, data: st.DataObject, step: int
    ) -> None:
        """A crash at any line of `notify`, and the same event again: the world sees it once."""
        history = data.draw(self.histories())
        place = data.draw(st.integers(0, len(history) - 1))
        delivery, module = history[place], type(notifier).__module__
        twin = self.make_notifier()
        self._tell(twin, history[:place])
        steps = _die_at(0, module, lambda: twin.notify(delivery))
        self._tell(notifier, history[:place])
        line = 1 + step % max(1, steps)
        _die_at(line, module, lambda: notifier.notify(delivery))
        notifier = self.restart(notifier)
        self._tell(notifier, history[place:])
        wanted = [effect for delivery in history for effect in self._alone(delivery)]
        self._demand(notifier, wanted, f"it died at line {line} of position {delivery.position}")

    @rule("J3.24")
    @for_all(data=st.data())
    def test_other_events_are_taken(self, notifier: Notifier, data: st.DataObject) -> None:
        """An event of a kind that it does not know is taken, and changes nothing for others."""
        history = data.draw(self.histories())
        place = data.draw(st.integers(0, len(history)))
        other = SomethingElse(recorded_at=END)
        strange = Delivery(history[-1].position + 1, "something/else", 1, other)
        wanted = [
            effect
            for delivery in (*history[:place], strange, *history[place:])
            for effect in self._alone(delivery)
        ]
        self._tell(notifier, history[:place])
        self._tell(notifier, [strange])
        self._tell(notifier, history[place:])
        self._demand(notifier, wanted, "an event of another kind was among the others")

    @rule("J3.25")
    @for_all(
        story=stories(4), faults=st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=4)
    )
    def test_behind_a_relay_that_crashes_the_world_sees_everything_once(
        self, notifier: Notifier, story: Story, faults: list[tuple[int, bool]]
    ) -> None:
        """Relayed by hosts whose store fails them again and again, each event is seen once."""
        store = MemoryStore()
        story.tell(Host(store))
        wanted = [effect for delivery in _log(story) for effect in self._alone(delivery)]
        for number, (call, lost) in enumerate([*faults, (0, False)]):
            faulty = Faulty(store, call, lost=lost).as_store()
            now = START + timedelta(days=number)  # the lease of the one before has ended
            policy = RelayPolicy(page=2)
            host = Host(faulty, notifiers=[notifier], clock=lambda at=now: at, relay=policy)  # type: ignore[misc]
            with suppress(Crash):
                host.relay()
            notifier = self.restart(notifier)
        self._demand(notifier, wanted, "the relay crashed and went on")

    def test_the_world_sees_something(self) -> None:
        """Of all that can happen, something has an effect: or nothing was tested here."""

        def seen(history: list[Delivery]) -> bool:
            return any(self._alone(delivery) for delivery in history)

        quick = settings(self.settings(), database=None, phases=[Phase.generate])
        try:
            find(self.histories(), seen, settings=quick)
        except NoSuchExample:
            raise AssertionError(
                "no event had an effect: override histories() with events that have"
            ) from None

    def _tell(self, notifier: Notifier, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            notifier.notify(delivery)

    def _alone(self, delivery: Delivery) -> list[Hashable]:
        """Give what the world sees of an event that is the only one it hears of."""
        notifier = self.make_notifier()
        notifier.notify(delivery)
        return list(self.effects(notifier))

    def _demand(self, notifier: Notifier, wanted: list[Hashable], when: str) -> None:
        found = list(self.effects(notifier))
        assert found == wanted, (
            f"{when}: the world should have seen\n  {wanted}\nand has seen\n  {found}"
        )
