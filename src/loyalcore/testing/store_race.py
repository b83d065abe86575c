"""Writers and a reader that race on one store."""

from datetime import UTC, datetime
from threading import Event, Thread

from loyalcore.errors import StaleStream
from loyalcore.journal.store import Append, NewEvent, Store, StoredEvent
from loyalcore.testing.store_model import pages

STREAM = "race"
PATIENCE_S = 60
_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def race(store: Store, writers: int, each: int) -> list[StoredEvent]:
    """Let writers append to one stream, each deciding again when another was first.

    Args:
        store: shared by all threads.
        writers: how many threads append.
        each: how many events each of them appends, with data of their own.

    Returns:
        What a reader of the log saw meanwhile and afterwards, in its order.
    """
    seen: list[StoredEvent] = []
    errors: list[BaseException] = []
    over = Event()

    def write(writer: int) -> None:
        try:
            for number in range(each):
                event = NewEvent("test.raced", 1, f"[{writer}, {number}]", _NOON)
                while not _appended(store, event):
                    pass
        except BaseException as error:  # noqa: BLE001  # told by the caller's thread
            errors.append(error)

    def read() -> None:
        try:
            cursor = ""
            while not over.is_set():
                page = store.log(cursor, 3)
                seen.extend(page.events)
                cursor = page.cursor
            seen.extend(event for event, _ in pages(store, cursor))
        except BaseException as error:  # noqa: BLE001  # told by the caller's thread
            errors.append(error)

    reader = Thread(target=read, daemon=True)
    threads = [Thread(target=write, args=(n,), daemon=True) for n in range(writers)]
    for thread in (reader, *threads):
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    over.set()
    reader.join(PATIENCE_S)
    assert not errors, f"a racing thread failed: {errors[0]!r}"
    alive = [thread for thread in (reader, *threads) if thread.is_alive()]
    assert not alive, f"{len(alive)} threads hang after {PATIENCE_S} s"
    return seen


def _appended(store: Store, event: NewEvent) -> bool:
    head = store.heads([STREAM])[STREAM]
    try:
        store.append([Append(STREAM, head, (event,))])
    except StaleStream:
        return False
    return True
