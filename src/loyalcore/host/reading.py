"""Read the members of a club."""

from collections.abc import Iterable, Iterator
from typing import Any

from loyalcore.errors import UnknownClub
from loyalcore.host.serving import Host
from loyalcore.loyalty import Club


def member_streams(host: Host, club: str) -> Iterator[str]:
    """Give the names of the streams of a club's members, in order, forgotten ones among them.

    Raises:
        UnknownClub: nothing was published to it, or it is no club's stream.
        UnknownStream: it is no stream's name.
    """
    state = host.state(club)
    if not isinstance(state, Club) or not state.versions:
        raise UnknownClub(club)
    return host.streams(f"{club}/")


def histories(host: Host, club: str) -> Iterator[tuple[str, Iterable[Any]]]:
    """Give the streams of a club's members, each with its events, one after the other.

    Args:
        host: which serves them.
        club: the club's stream, such as `loyalty/bluebird`.

    Raises:
        UnknownClub: nothing was published to it, or it is no club's stream.
        UnknownStream: it is no stream's name.
    """
    return ((stream, host.events(stream)) for stream in member_streams(host, club))
