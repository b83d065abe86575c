"""No room on the disk, or no right to write: told so, nothing changed, and on it goes."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalcore import Host
from loyalcore.errors import StoreUnusable
from loyalcore.journal import MemoryStore, SqliteStore
from loyalcore.testing import rule
from loyalcore.testing.store_model import contents
from tests.host.shop import DRAWS, commands, history, opened

ROOT = Path(__file__).parents[2]


@rule("J9.9")
@settings(
    max_examples=max(1, settings().max_examples // 4),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(DRAWS, st.integers(0, 6), st.integers(1, 9))
def test_a_command_without_room_is_not_begun(
    fresh: Callable[[], Path], draws: list[tuple[int, int, int]], room: int, chunk: int
) -> None:
    """Whichever command finds no page left, nothing of it is there; with room again all is done."""
    sent = commands([(0, 0, 0), *draws, *((0, 1 + n % 2, 100) for n in range(60))])
    smooth = opened(MemoryStore())
    smooth.submit_many(sent)
    keys = [one.key for one in sent]
    with closing(SqliteStore(fresh(), synchronous="normal")) as store:
        host = opened(store)
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages + room}")
        before = contents(store, keys)

        def remember(_: object) -> None:
            nonlocal before
            before = contents(store, keys)

        with pytest.raises(StoreUnusable, match="full"):
            host.submit_many(sent, chunk=chunk, progress=remember)
        assert contents(store, keys) == before
        store._connection.execute("PRAGMA max_page_count = 1000000")
        # The host that failed goes on, and so does a new one.
        host.submit_many(sent[: len(sent) // 2], chunk=chunk)
        Host(store).submit_many(sent, chunk=chunk)
        assert history(host) == history(smooth)


def run_apart(act: str, folder: Path) -> None:
    """Run an act in a process of its own, which ends badly unless all holds."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.journal.without_room", act, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr


@rule("J9.9")
@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are set otherwise there")
def test_a_full_disk_leaves_whole_commands(tmp_path: Path) -> None:
    """Wherever the disk is full, in the file, in its log or in a backup, nothing is half done."""
    run_apart("full", tmp_path)


@rule("J9.9")
@pytest.mark.skipif(sys.platform == "win32", reason="rights are given otherwise there")
def test_a_denied_file_is_told_and_not_changed() -> None:
    """Without the right to write, an error says what to allow; once allowed, all goes on."""
    with tempfile.TemporaryDirectory() as folder:
        ways = Path(folder).parents
        if os.geteuid() == 0 and not all(way.stat().st_mode & 0o001 for way in ways):
            pytest.skip("root is denied nothing, and others cannot reach the temporary folder")
        run_apart("locked", Path(folder))
