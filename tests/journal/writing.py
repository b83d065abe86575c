"""A process that writes: python -m tests.journal.writing FILE NUMBER sends its batch."""

import sys
from pathlib import Path

from loyalcore import BatchReport, Host, Submission
from loyalcore.errors import Contention
from loyalcore.journal import SqliteStore
from tests.host.shop import CLUB, commands, opened

CHUNK = 4


def batch(writer: int, size: int = 150) -> list[Submission]:
    """Give what a writer sends: to the members whom all send the same, and to one of its own."""
    draws = [(place % 2, (place * 7) % 6, (place * 37) % 400) for place in range(1, size)]
    shared = commands([(0, 0, 0), (1, 0, 0), *draws])
    own = [
        Submission(f"{writer} {one.key}", f"{CLUB}/own {writer}", one.command)
        for one in commands([(0, 0, 0), *draws])
    ]
    return [one for both in zip(shared, own, strict=False) for one in both]


def send(host: Host, sent: list[Submission]) -> BatchReport:
    """Send a batch, and again when others were always first."""
    while True:
        try:
            return host.submit_many(sent, chunk=CHUNK)
        except Contention:
            continue


def main() -> None:
    """Write until the batch is done, or somebody kills this process."""
    path, writer = Path(sys.argv[1]), int(sys.argv[2])
    host = opened(SqliteStore(path))
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    send(host, batch(writer))


if __name__ == "__main__":
    main()
