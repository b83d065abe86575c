"""The members of a club as of an instant."""

from collections.abc import Iterator
from datetime import datetime

from loyalcore.errors import Forgotten
from loyalcore.forms import utc
from loyalcore.host.reading import member_streams
from loyalcore.host.serving import Host
from loyalcore.loyalty import Member


def members(host: Host, club: str, at: datetime) -> Iterator[Member]:
    """Give the states of a club's members as known at an instant, one after the other.

    Members who were forgotten since, or had not joined by then, are left out.

    Args:
        host: which serves them.
        club: the club's stream, such as `loyalty/bluebird`.
        at: the instant, past or not.

    Raises:
        InvalidValue: the instant is naive.
        UnknownClub: nothing was published to it, or it is no club's stream.
        UnknownStream: it is no stream's name.
    """
    return _members(host, member_streams(host, club), utc(at, "members.at"))


def _members(host: Host, streams: Iterator[str], at: datetime) -> Iterator[Member]:
    for stream in streams:
        try:
            last = host.state(stream).recorded_at
            later = last is not None and last > at
            state = host.state_as_known(stream, at) if later else host.state(stream, at)
        except Forgotten:
            continue
        if state.recorded_at is not None:
            yield state
