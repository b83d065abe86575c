"""The SQLite file that a run fills."""

from pathlib import Path
from urllib.parse import quote

from loyalcore import connect


def url_of(path: Path) -> str:
    """Give the URL under which the library opens the file."""
    return f"sqlite:///{quote(str(path))}"


def begin_anew(path: Path) -> None:
    """Delete the file and what SQLite keeps beside it.

    Raises:
        StoreUnusable, StoreTooNew: it is not a store that this library can use; it stays.
    """
    if not path.exists():
        return
    connect(url_of(path)).close()  # opening it refuses what is no store
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
