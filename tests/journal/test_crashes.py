"""Writer processes that are killed: of each command all or nothing, and again completes it."""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore import Host, connect
from loyalcore.journal import MemoryStore, SqliteStore, Store
from loyalcore.testing import rule
from loyalcore.testing.store_model import contents, pages
from tests.host.shop import opened
from tests.journal.writing import batch, send

ROOT = Path(__file__).parents[2]
WRITERS = 3


def started(path: Path) -> list["subprocess.Popen[str]"]:
    """Start all writers on a file."""
    return [
        subprocess.Popen(
            [sys.executable, "-m", "tests.journal.writing", str(path), str(writer)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for writer in range(WRITERS)
    ]


def keys() -> list[str]:
    """Give all keys that are used in the end."""
    sent = [one for writer in range(WRITERS) for one in batch(writer)]
    return ["programme", *dict.fromkeys(one.key for one in sent)]


@pytest.fixture(scope="module")
def undisturbed() -> Store:
    """Give a store to which everything was sent without a fault."""
    host = opened(MemoryStore())
    for writer in range(WRITERS):
        send(host, batch(writer))
    return host.store


def check_whole(store: Store, undisturbed: Store) -> int:
    """Fail unless each used key stands at its events, each event under a key; count the keys."""
    wanted, found = undisturbed.keys(keys()), store.keys(keys())
    told: list[tuple[str, int]] = []
    for key, record in found.items():
        assert record == wanted[key], f"{key!r} came to something else"
        for span in record.spans:
            events = store.read(span.stream, span.first - 1, span.last)
            assert [(e.version, e.data) for e in events] == [
                (e.version, e.data)
                for e in undisturbed.read(span.stream, span.first - 1, span.last)
            ], f"a part of {key!r} is there"
            told += [(e.stream, e.version) for e in events]
    log = [(event.stream, event.version) for event, _ in pages(store)]
    assert sorted(log) == sorted(told), "there are events without a key"
    return len(found)


@rule("J9.12")
@settings(max_examples=max(1, settings().max_examples // 50))
@given(st.tuples(*[st.integers(0, 199).map(lambda ms: (ms + 70) % 200)] * 3))
def test_killed_writers_leave_whole_commands_and_again_completes_them(
    tmp_path_factory: pytest.TempPathFactory, undisturbed: Store, moments_ms: tuple[int, ...]
) -> None:
    """Whenever writers are killed, whole commands are there; sent again, all is as undisturbed."""
    path = tmp_path_factory.mktemp("killed") / "journal.db"
    counts: list[int] = []
    for moment_ms in moments_ms:
        processes = started(path)
        try:
            assert processes[0].stdout is not None
            processes[0].stdout.readline()
            time.sleep(moment_ms / 1000)
        finally:
            for process in processes:
                process.kill()
            for process in processes:
                process.communicate()
        with closing(SqliteStore(path)) as store:
            counts.append(check_whole(store, undisturbed))
    assert counts == sorted(counts), f"commands that were stored are lost: {counts}"
    with connect(f"sqlite:///{path}") as host:
        for writer in range(WRITERS):
            send(host, batch(writer))
        whole, wanted = contents(host.store, keys()), contents(undisturbed, keys())
        assert {**whole, "snapshots": 0} == {**wanted, "snapshots": 0}
        for stream in host.streams("loyalty/shop/"):
            assert host.state(stream) == Host(undisturbed).state(stream)
            host.state(stream).check_invariants()
