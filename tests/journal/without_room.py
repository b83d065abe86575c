"""A process in trouble: python -m tests.journal.without_room full|locked FOLDER.

It stands apart because the limits and the rights are those of a whole process. It ends with an
AssertionError unless all that must hold does.
"""

import os
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from loyalcore import Host
from loyalcore.errors import StoreUnusable
from loyalcore.journal import MemoryStore, SqliteStore
from loyalcore.testing.store_model import contents, refused
from tests.host.shop import commands, history, opened

SENT = commands([(0, 0, 0), (1, 0, 0), *((n % 2, 1 + n % 4, 50 + n) for n in range(60))])
KEYS = ["programme", *(one.key for one in SENT)]
NOBODY = 65_534


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as on a disk that is full."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def full(folder: Path) -> None:
    """Run out of room again and again, at another place each time, and go on when there is some."""
    smooth = opened(MemoryStore())
    smooth.submit_many(SENT)
    for size in range(0, 120_000, 7_777):
        path = folder / f"{size}.db"
        with no_file_beyond(size):
            for _ in range(2):
                write_until_full(path)
        with Host(SqliteStore(path)) as host:
            opened(host.store).submit_many(SENT, chunk=5)
            assert history(host) == history(smooth), f"{size}: another history"
            with no_file_beyond(size):
                copy = folder / f"{size} copy.db"
                if size < path.stat().st_size:
                    refused(StoreUnusable, lambda to=copy: host.store.backup(to), "a full disk")  # type: ignore[attr-defined,misc]
                    assert not copy.exists(), "half a copy was left"


def write_until_full(path: Path) -> None:
    """Send everything to a file until that fails; nothing of what fails is there."""
    try:
        store = SqliteStore(path)
    except StoreUnusable:
        return  # not even an empty store has room
    try:
        before = contents(store, KEYS)

        def remember(_: object) -> None:
            nonlocal before
            before = contents(store, KEYS)

        try:
            host = opened(store)
            remember(None)
            host.submit_many(SENT, chunk=5, progress=remember)
        except StoreUnusable:
            assert contents(store, KEYS) == before, "a part of what failed is there"
    finally:
        store.close()


def locked(folder: Path) -> None:
    """Be denied the file, its folder, or both; be told so, change nothing, go on when allowed."""
    folder.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
    path = folder / "journal.db"
    with Host(SqliteStore(path)) as host:
        opened(host.store).submit_many(SENT[:9])
        before = contents(host.store, KEYS)
    kept = path.read_bytes()
    for file_mode, folder_mode in [(0o444, 0o755), (0o644, 0o555), (0o444, 0o555), (0, 0o755)]:
        path.chmod(file_mode)
        folder.chmod(folder_mode)
        try:
            error = refused(StoreUnusable, lambda: write_to(path), "a file that is denied")
            assert error.path == str(path)
            assert "let this program" in error.reason, error.reason
        finally:
            folder.chmod(0o755)
            for file in folder.iterdir():  # those beside it took over its rights
                file.chmod(0o644)
        assert path.read_bytes() == kept, f"{file_mode:o} in {folder_mode:o}: it was changed"
        with Host(SqliteStore(path)) as host:
            assert contents(host.store, KEYS) == before
    write_to(path)


def write_to(path: Path) -> None:
    with Host(SqliteStore(path)) as host:
        opened(host.store).submit_many(SENT)


ACTS: dict[str, Callable[[Path], None]] = {"full": full, "locked": locked}

if __name__ == "__main__":
    ACTS[sys.argv[1]](Path(sys.argv[2]))
