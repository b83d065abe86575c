"""Writers and a reader that race on one store."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Barrier, Event, Thread

from loyalcore.errors import KeyTaken, StaleStream
from loyalcore.journal.store import Append, KeyRecord, NewEvent, Span, Store, StoredEvent
from loyalcore.testing.store_model import check_order, pages

STREAMS = ("race", "race/2")
PATIENCE_S = 60
_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def compete(store: Store, writer: int, each: int) -> None:
    """Append to streams that all write to: under keys of one's own, and under keys all want.

    Whoever is overtaken decides again; whoever finds a wanted key used lets it be.

    Args:
        store: shared by all writers.
        writer: tells this one from the others.
        each: how many keys of its own it uses, and how many it wants.
    """
    for number in range(each):
        for key in (f"{writer}:{number}", f"wanted:{number}"):
            while not used(store, key, writer):
                pass


def used(store: Store, key: str, writer: int) -> bool:
    """Try once to use a key up; say whether it is used now, by whomever."""
    heads = store.heads(STREAMS)
    event = NewEvent("test.raced", 1, json.dumps([writer, key]), _NOON)
    spans = tuple(Span(name, heads[name] + 1, heads[name] + 1) for name in STREAMS)
    try:
        store.append(
            [Append(name, heads[name], (event,)) for name in STREAMS],
            [KeyRecord(key, str(writer), spans)],
        )
    except StaleStream:
        return False
    except KeyTaken:
        return key.startswith("wanted")
    return True


def race(store: Store, writers: int, each: int) -> None:
    """Let threads compete while a reader follows the log; fail unless all that came of it is right.

    Args:
        store: shared by all threads.
        writers: how many threads write.
        each: as for `compete`.
    """
    errors: list[BaseException] = []
    start, over = Barrier(writers + 1), Event()
    seen: list[StoredEvent] = []

    def guarded(act: Callable[[], object]) -> Thread:
        def run() -> None:
            try:
                start.wait(PATIENCE_S)
                act()
            except BaseException as error:  # noqa: BLE001  # told by the caller's thread
                errors.append(error)

        return Thread(target=run, daemon=True)

    threads = [guarded(lambda n=n: compete(store, n, each)) for n in range(writers)]  # type: ignore[misc]
    reader = guarded(lambda: seen.extend(follow(store, over.is_set)))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # or a thread would mostly get through before the next one's turn
    try:
        for thread in (reader, *threads):
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        over.set()
        reader.join(PATIENCE_S)
    finally:
        sys.setswitchinterval(interval)
    assert not errors, f"a racing thread failed: {errors[0]!r}"
    alive = [thread for thread in (reader, *threads) if thread.is_alive()]
    assert not alive, f"{len(alive)} threads hang after {PATIENCE_S} s"
    check_race(store, competed(writers, each), seen)


def follow(store: Store, over: Callable[[], bool]) -> list[StoredEvent]:
    """Read the log on and on until it is over, and then to its end."""
    seen: list[StoredEvent] = []
    cursor = ""
    while not over():
        page = store.log(cursor, 3)
        seen.extend(page.events)
        cursor = page.cursor
    return [*seen, *(event for event, _ in pages(store, cursor))]


def competed(writers: int, each: int) -> list[str]:
    """Give the keys that are used when so many writers have competed."""
    own = [f"{writer}:{number}" for writer in range(writers) for number in range(each)]
    return [*own, *(f"wanted:{number}" for number in range(each))]


def check_race(store: Store, keys: Sequence[str], seen: Sequence[StoredEvent]) -> None:
    """Fail unless the keys were used once each, for the events that stand under them, all seen.

    Args:
        store: what the writers wrote to.
        keys: those that are used.
        seen: what somebody who followed the log saw.
    """
    records = store.keys(keys)
    unknown = [key for key in keys if key not in records]
    assert not unknown, f"keys that were used are not known: {unknown}"
    for name in STREAMS:
        stored = store.read(name)
        told = Counter(json.loads(event.data)[1] for event in stored)
        assert told == Counter(keys), (
            f"in {name!r} each of {len(keys)} keys should have one event: too many have "
            f"{dict(told - Counter(keys))}, too few {dict(Counter(keys) - told)}"
        )
        versions = [event.version for event in stored]
        assert versions == list(range(1, len(keys) + 1)), (
            f"the versions of {name!r} should be 1 to {len(keys)}, each once, and are {versions}"
        )
    for key, record in records.items():
        wanted = [json.dumps([int(record.fingerprint), key])]
        for span in record.spans:
            found = [event.data for event in store.read(span.stream, span.first - 1, span.last)]
            assert found == wanted, f"{span} of {key!r} should hold {wanted}, and holds {found}"
    check_order(seen)
    whole = [event for event, _ in pages(store)]
    assert list(seen) == whole, (
        f"who followed the log should have seen its {len(whole)} events, and saw {len(seen)}; "
        f"missed: {[event.position for event in whole if event not in seen]}"
    )
