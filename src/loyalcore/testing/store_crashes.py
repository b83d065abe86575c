"""Hosts over a store that fails them: nothing but whole commands, and again completes it."""

from contextlib import suppress

import attrs
from hypothesis import strategies as st

from loyalcore.host import Host
from loyalcore.journal.memory import MemoryStore
from loyalcore.journal.relay import Delivery
from loyalcore.journal.store import Store
from loyalcore.testing.faults import END, Crash, Faulty, Story, stories
from loyalcore.testing.properties import for_all
from loyalcore.testing.rules import rule
from loyalcore.testing.store_case import StoreCase
from loyalcore.testing.store_model import contents, pages, same

_EVERY = 3  # versions between two snapshots, so that stories have some


@attrs.frozen
class Undisturbed:
    """What a story comes to when nothing fails.

    Attributes:
        results: of each command.
        moments: what the store held before the first step and after each.
        calls: how often the host called its store.
    """

    results: list[object]
    moments: list[dict[str, object]]
    calls: int


def undisturbed(story: Story) -> Undisturbed:
    """Tell a story to a host over a store that never fails."""
    store = MemoryStore()
    faulty = Faulty(store)
    moments = [contents(store, story.keys)]
    host = Host(faulty.as_store(), snapshot_every=_EVERY)
    results = story.tell(host, lambda: moments.append(contents(store, story.keys)))
    return Undisturbed(results, moments, faulty.calls)


def whole(store: Store, story: Story, wanted: Undisturbed, when: str) -> None:
    """Fail unless the store holds what it may hold between two steps of a story."""
    found = contents(store, story.keys)
    if found in wanted.moments:
        return
    streams = [moment["streams"] for moment in wanted.moments]
    raise AssertionError(
        f"{when}: a part of a command is there, or one without its key. The store holds\n"
        f"  {found}\nand between two commands its streams' versions can only be\n  {streams}"
    )


@attrs.define
class _Listener:
    """A notifier that remembers which positions it was told of."""

    heard: list[int] = attrs.Factory(list)
    name: str = "listener"

    def notify(self, delivery: Delivery) -> None:
        self.heard.append(delivery.position)


class CrashTests(StoreCase):
    """Hold a store to J9 under a host."""

    @rule("J9.8", "J9.10")
    @for_all(
        story=stories(),
        fault=st.sampled_from(("before", "after", "batch")),
        place=st.integers(0, 999),
        reopens=st.booleans(),
    )
    def test_a_fault_between_any_two_calls_leaves_whole_commands(
        self, store: Store, story: Story, fault: str, place: int, reopens: bool
    ) -> None:
        """Whatever call fails, whole commands are there, and sent again all ends as undisturbed."""
        wanted = undisturbed(story)
        cut = place % (len(story.acts) + 1) if fault == "batch" else None
        at = 0 if fault == "batch" else 1 + place % wanted.calls
        faulty = Faulty(store, at, lost=fault == "after")
        with suppress(Crash):
            host = Host(faulty.as_store(), snapshot_every=_EVERY)
            story.tell(host, lambda: whole(store, story, wanted, "before any fault"), cut)
        whole(store, story, wanted, "after the fault")
        if self.durable and reopens:
            store = self.reopen(store)
            whole(store, story, wanted, "after opening it again")
        results = story.tell(Host(store, snapshot_every=_EVERY))
        same(wanted.moments[-1], contents(store, story.keys), "what an undisturbed store does")
        if story.forgotten is None:
            assert results == wanted.results, "sent again, a command came to something else"
        store.close()

    @rule("J9.8")
    @for_all(story=stories(4), place=st.integers(0, 999), lost=st.booleans())
    def test_a_fault_keeps_no_event_from_a_notifier(
        self, store: Store, story: Story, place: int, lost: bool
    ) -> None:
        """Whatever call of a relay fails, a notifier is told of every event, in order."""
        story.tell(Host(store))
        positions = [event.position for event, _ in pages(store)]
        listener = _Listener()
        faulty = Faulty(store, 1 + place % 7, lost=lost)
        first = Host(faulty.as_store(), notifiers=[listener], clock=lambda: END)
        with suppress(Crash):
            first.relay()
        told = len(listener.heard)
        assert listener.heard == positions[:told]
        later = END.replace(year=END.year + 1)  # the lease of the first has ended
        Host(store, notifiers=[listener], clock=lambda: later).relay()
        again = listener.heard[told:]
        assert again == positions[len(positions) - len(again) :], "told out of order"
        assert set(listener.heard) == set(positions), "an event was never told"
