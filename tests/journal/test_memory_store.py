"""The store in memory."""

import sys
from types import FrameType

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore.journal.memory import MemoryStore
from loyalcore.journal.store import Append, KeyRecord
from loyalcore.testing import StoreSuite, batches, key_records, rule
from loyalcore.testing.store_model import StoreModel


class TestMemoryStore(StoreSuite):
    """The store in memory keeps the port's contract."""

    def make_store(self) -> MemoryStore:
        return MemoryStore()

    def settings(self) -> settings:
        base = super().settings()
        return settings(base, max_examples=max(1, base.max_examples // 2))


@rule("J9.1")
@given(batches(min_streams=2), batches(min_streams=2), key_records(), st.integers(1, 120))
def test_an_interrupt_at_any_line_leaves_all_or_nothing(
    first: list[Append], then: list[Append], record: KeyRecord, line: int
) -> None:
    """Whichever line of an append Ctrl-C falls on, the store is as it was, or all is done."""
    store, model = MemoryStore(), StoreModel()
    store.append(first)
    model.add(first)
    act = [attrs.evolve(a, stream=first[0].stream) if n == 0 else a for n, a in enumerate(then)]
    act = model.onto({a.stream: a for a in act}.values())
    left = line

    def interrupt(frame: FrameType, event: str, arg: object) -> object:
        nonlocal left
        left -= event == "line"
        if left == 0:
            sys.settrace(None)
            raise KeyboardInterrupt
        return interrupt

    def trace(frame: FrameType, event: str, arg: object) -> object:
        return interrupt if frame.f_code.co_name in {"append", "_write", "_set_due"} else None

    before = sys.gettrace()
    try:
        sys.settrace(trace)  # type: ignore[arg-type]
        store.append(act, [record])
        done = True
    except KeyboardInterrupt:
        done = bool(store.keys([record.key]))
    finally:
        sys.settrace(before)
    if done:
        model.add(act, [record])
    model.check(store)
    if not done:
        store.append(act, [record])
        model.add(act, [record])
        model.check(store)
