"""Whole histories of members, as reports read them: up to an instant, swept or not."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.forms import utc
from loyalcore.loyalty.ledger.passing import advance
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.events import MemberEvent
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.reports.statement import folded

_JUST = timedelta(microseconds=1)


@attrs.frozen
class Span:
    """What a report covers.

    Attributes:
        club: the versions of the programme.
        since: what is recorded from here on counts; None for all.
        until: until just before here.
    """

    club: Club
    since: datetime | None
    until: datetime

    @property
    def last(self) -> datetime:
        """The last instant that counts."""
        return self.until - _JUST

    @property
    def programme(self) -> Programme:
        """The version in force in the end."""
        return self.club.at(self.last)

    def counts(self, at: datetime) -> bool:
        """Say whether what is recorded at an instant counts."""
        return self.since is None or at >= self.since


def span(name: str, club: Club, since: datetime | None, until: datetime) -> Span:
    """Check what a report is to cover.

    Raises:
        InvalidValue: an instant is naive, `until` lies before `since`, or there is no club.
        NoProgramme: none is in force in the end.
    """
    fix = "give the state of the club's stream, such as host.state('loyalty/bluebird')"
    checks.argument(f"{name}.club", club, Club, fix)
    until = utc(until, f"{name}.until")
    since = None if since is None else utc(since, f"{name}.since")
    if since is not None and until < since:
        raise InvalidValue(f"{name}.until", until, f"give {since.isoformat()} or later")
    found = Span(club, since, until)
    club.at(found.last)
    return found


def lived(events: Iterable[MemberEvent], over: Span) -> Iterator[tuple[MemberEvent, Member]]:
    """Give a member's events before an instant, each with the state behind it.

    What time has done by then is among them, whether or not anything has swept.

    Raises:
        CorruptEvent: the events contradict one another.
    """
    member = Member()
    for event in events:
        if event.recorded_at >= over.until:
            break
        member = folded(member, event)
        yield event, member
    if member.recorded_at is None:
        return
    for event in advance(member, over.last, over.club):
        member = folded(member, event)
        yield event, member


def same_span(name: str, one: object, other: object) -> None:
    """Demand that two reports can be one: made alike, of other members.

    Raises:
        InvalidValue: they cover different stretches of time, or periods of another length.
    """
    if one != other:
        raise InvalidValue(name, other, f"add reports that cover the same: {one}")
