"""Walk through the members of a club: their events, their states, their facts."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from loyalcore.decider import StreamForgotten
from loyalcore.errors import Forgotten, UnknownClub
from loyalcore.forms import utc
from loyalcore.host.serving import Host
from loyalcore.loyalty import Club, Member, MemberFacts, Orders, facts_from


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
    return _states(host, member_streams(host, club), utc(at, "members.at"))


def _states(host: Host, streams: Iterator[str], at: datetime) -> Iterator[Member]:
    for stream in streams:
        try:
            last = host.state(stream).recorded_at
            later = last is not None and last > at
            state = host.state_as_known(stream, at) if later else host.state(stream, at)
        except Forgotten:
            continue
        if state.recorded_at is not None:
            yield state


def store_members(host: Host, club: str, orders: Orders) -> Iterator[MemberFacts]:
    """Give the facts of every member of a club, out of the events in the host's store.

    Forgotten members are left out. What was refused once is in no event and is not asked again.

    Args:
        host: over the store.
        club: the club's stream, such as `loyalty/bluebird`.
        orders: gives an order as it was told, by the member's id and the order's event:
            `known_orders(...)`, or a function that looks it up.

    Raises:
        UnknownClub: nothing was published to it, or it is no club's stream.
    """
    return member_facts(host, member_streams(host, club), orders)


def member_facts(host: Host, streams: Iterator[str], orders: Orders) -> Iterator[MemberFacts]:
    """Give the facts of the members of these streams, save those who were forgotten."""
    for stream in streams:
        events = list(host.events(stream))
        if not any(isinstance(event, StreamForgotten) for event in events):
            member = stream.rpartition("/")[2]
            yield MemberFacts(member, facts_from(member, events, orders))
