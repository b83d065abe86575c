"""Simulating in several processes (L22)."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore.errors import InvalidValue, ReplayFailed, WorkerFailed
from loyalcore.host import simulate_pieces
from loyalcore.loyalty import Enrol, RecordPurchase, programme_from
from loyalcore.testing import rule
from tests.host.pieces import Broken, Deadly, Late, OnSunny, Told, Unreadable
from tests.loyalty.club import NOON, line, shop
from tests.loyalty.test_replays import FEW, MUCH, Case, cases

# Each example starts processes.
DEAR = settings(max_examples=max(2, settings().max_examples // 10), suppress_health_check=MUCH)
ANN = [("ann", [Enrol(recorded_at=NOON)])]


def ran(pieces: list[Any], **more: Any) -> Any:
    return simulate_pieces(pieces, shop(), shop(), NOON, **more)


def parted(data: st.DataObject, members: list[Any]) -> list[Told]:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(members)), max_size=4)))
    ends = [0, *cuts, len(members)]
    return [Told(members[a:b]) for a, b in pairwise(ends)]


@rule("L22.12")
@DEAR
@given(st.data(), cases(most=4), st.integers(2, 3))
def test_any_number_of_processes_gives_one_report(
    data: st.DataObject, case: Case, processes: int
) -> None:
    """The same as in this process, whatever the pieces."""
    pieces, seen = parted(data, case.members), []
    found = simulate_pieces(
        pieces,
        case.old,
        case.new,
        case.until,
        most=3,
        processes=processes,
        progress=lambda done, of: seen.append((done, of)),
    )
    assert found == case.run(most=3)
    assert len(seen) == len(pieces)
    assert seen[-1] == (len(case.members), len(case.members))
    assert not multiprocessing.active_children()


@rule("L22.12")
@FEW
@given(st.data(), cases(most=4))
def test_any_pieces_give_one_report(data: st.DataObject, case: Case) -> None:
    """And progress comes to all members."""
    pieces, seen = parted(data, case.members), []
    found = simulate_pieces(
        pieces, case.old, case.new, case.until, progress=lambda *told: seen.append(told)
    )
    assert found == case.run()
    dones = [done for done, _ in seen]
    assert dones == sorted(dones)
    assert {of for _, of in seen} == {len(case.members)}


@rule("L22.13")
@DEAR
@given(st.integers(0, 3), st.sampled_from([1, 2]))
def test_an_error_is_told_with_its_member(before: int, processes: int) -> None:
    """Of the pieces that fail the first is told, and no process is left."""
    pieces = [Told(ANN)] * before + [Broken([]), Told(ANN), Unreadable([])]
    with pytest.raises(ReplayFailed, match="ZeroDivisionError: of a source") as caught:
        ran(pieces, processes=processes)
    assert caught.value.member == "bad"
    assert not multiprocessing.active_children()


def test_the_first_piece_that_fails_is_told() -> None:
    """Also where a later one fails sooner."""
    with pytest.raises(ReplayFailed):
        ran([Late([]), Unreadable([]), Told(ANN)], processes=2)


@pytest.mark.parametrize(
    ("piece", "words"), [(Unreadable([]), "the disk is gone"), (Deadly([]), "status 3")]
)
def test_a_process_that_fails_is_told(piece: Any, words: str) -> None:
    """Whether it can still say why or not; nothing waits for it."""
    with pytest.raises(WorkerFailed, match=words) as kept:
        ran([piece, Told(ANN)], processes=2)
    assert not multiprocessing.active_children(), kept


def test_what_cannot_be_sent_to_a_process_is_refused() -> None:
    """A piece with a lambda in it, or a condition of a function's own; with the fix."""

    class OnCloudy(OnSunny):
        pass

    pieces = [Told([("ann", [lambda: None])]), Told(ANN)]
    with pytest.raises(InvalidValue, match="a function of a module as look-up") as kept:
        ran(pieces, processes=2)
    assert kept.value.field == "simulate_pieces.pieces"
    with pytest.raises(InvalidValue, match=r"simulate_pieces\.conditions.*OnCloudy"):
        ran([Told(ANN)] * 2, processes=2, conditions=[OnCloudy])
    assert not multiprocessing.active_children(), kept


def test_a_callback_that_raises_ends_the_processes() -> None:
    """Also while its error is kept, and with it all that was going on."""

    def progress(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as kept:
        ran([Told(ANN)] * 4, processes=2, progress=progress)
    assert not multiprocessing.active_children(), kept


def test_conditions_of_ones_own_reach_the_processes() -> None:
    """The classes are named, as when the file is read."""
    data = {"name": "Shop", "currency": "CNY", "timezone": "Asia/Shanghai"}
    base = [{"id": "sun", "points_per_unit": 2, "when": {"sunny": True}}]
    sunny = programme_from(data | {"base": base}, conditions=[OnSunny])
    told = [
        Enrol(recorded_at=NOON),
        RecordPurchase(
            order="A", occurred_at=NOON, recorded_at=NOON, lines=[line("10")], store="Sunny"
        ),
    ]
    pieces = [Told([("ann", told)]), Told([("ben", told)])]
    found = simulate_pieces(pieces, shop(), sunny, NOON, processes=2, conditions=[OnSunny])
    assert (found.old.totals.issued, found.new.totals.issued) == (20, 40)
    with pytest.raises(InvalidValue, match="loyalcore_conditions"):
        simulate_pieces(pieces, shop(), sunny, NOON, processes=2)


def test_no_processes_are_refused() -> None:
    with pytest.raises(InvalidValue, match="processes"):
        ran([], processes=0)


SCRIPT = """
import signal
import sys
from pathlib import Path
from tests.host.pieces import Slow
from tests.host.test_processes import ran

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may be deaf
    try:
        ran([Slow([], Path(sys.argv[1]))] * 2, processes=2)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.mark.skipif(os.name != "posix", reason="a group is interrupted as a terminal does it")
def test_ctrl_c_ends_all_processes(tmp_path: Path) -> None:
    """Nothing is printed, and nobody is left."""
    script, folder = tmp_path / "script.py", tmp_path / "pids"
    script.write_text(SCRIPT)
    folder.mkdir()
    path = os.pathsep.join(entry for entry in sys.path if entry)
    run = subprocess.Popen(
        [sys.executable, str(script), str(folder)],
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    patience = time.monotonic() + 60
    while len(list(folder.iterdir())) < 2 and time.monotonic() < patience:
        time.sleep(0.05)
    workers = [int(file.name) for file in folder.iterdir()]
    os.killpg(run.pid, signal.SIGINT)
    try:
        _, told = run.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        raise
    assert (run.returncode, told) == (130, b"")
    assert len(workers) == 2
    for pid in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
