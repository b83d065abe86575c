"""Read whole histories for reports."""

from collections.abc import Iterable, Iterator
from typing import Any

from loyalcore.host.serving import Host


def histories(host: Host, club: str) -> Iterator[tuple[str, Iterable[Any]]]:
    """Give the streams of a club's members, each with its events, one after the other.

    Args:
        host: which serves them.
        club: the club's stream, such as `loyalty/bluebird`.
    """
    for stream in host.streams(f"{club}/"):
        yield stream, host.events(stream)
