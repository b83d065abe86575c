"""Replay members' facts under two programmes, and say what differs."""

from collections.abc import Iterable
from datetime import datetime

import attrs

from loyalcore import checks
from loyalcore.decider import decided_at
from loyalcore.errors import LoyalcoreError, ProgrammesApart, RecordedBackwards, ReplayFailed
from loyalcore.forms import utc
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.commands import MemberCommand
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.simulation.difference import Difference, between
from loyalcore.loyalty.simulation.replaying import Replay, club_of


@attrs.frozen
class MemberFacts:
    """What was recorded of one member.

    Attributes:
        member: an id, given once in a simulation.
        facts: commands in the order in which they were recorded, each with its `recorded_at`; the
            first is an `Enrol`. They are walked once.
        joining_told: the `Enrol` is a fact; otherwise it was inferred, and is not counted as one.
    """

    member: str = attrs.field(validator=checks.name)
    facts: Iterable[MemberCommand]
    joining_told: bool = True


def simulate(
    members: Iterable[MemberFacts],
    old: Programme | Club,
    new: Programme | Club,
    until: datetime,
    *,
    most: int = 10,
) -> Difference:
    """Replay facts under two programmes side by side and say what differs.

    Every member begins with nothing. A fact that a programme refuses is counted there and changes
    nothing. One member is held at a time.

    Args:
        members: their facts; any order of members gives the same.
        old: a programme that has always been in force, or a club with its versions.
        new: the same.
        until: the end: time passes to this instant, and facts recorded later are left out.
        most: how many of the members most touched are named.

    Raises:
        ReplayFailed: a member's facts are out of order, or bring about what no programme refuses.
        ProgrammesApart: the programmes know different currencies.
        InvalidValue: `until` is naive, `most` is below 0, or an argument is of another type.

    >>> from datetime import UTC
    >>> from loyalcore import Money
    >>> from loyalcore.loyalty import Enrol, Line, RecordPurchase, programme_from
    >>> shop = {"name": "Shop", "currency": "CNY", "timezone": "Asia/Shanghai"}
    >>> old = programme_from(shop | {"base": [{"id": "spend"}]})
    >>> new = programme_from(shop | {"base": [{"id": "spend", "points_per_unit": 2}]})
    >>> noon = datetime(2026, 3, 8, 4, tzinfo=UTC)
    >>> bought = RecordPurchase(
    ...     order="A-1", occurred_at=noon, recorded_at=noon, lines=[Line("1", Money(100, "CNY"))]
    ... )
    >>> found = simulate([MemberFacts("ann", [Enrol(recorded_at=noon), bought])], old, new, noon)
    >>> found.old.totals.issued, found.new.totals.issued
    (100, 200)
    """
    until = utc(until, "simulate.until")
    clubs = club_of(old, "simulate.old"), club_of(new, "simulate.new")
    difference = Difference.none(_currency(clubs), until, most)
    fix = "give MemberFacts of each member"
    for member in checks.walked("simulate.members", members, MemberFacts, fix):
        difference += _replay(member, clubs, difference)
    return difference


def _currency(clubs: tuple[Club, Club]) -> str:
    """Give the one currency of all versions.

    Raises:
        ProgrammesApart: there are several.
    """
    known = [version.programme.currency for club in clubs for version in club.versions]
    for currency in known[1:]:
        if currency != known[0]:
            raise ProgrammesApart(known[0], currency)
    return known[0] if known else ""


def _refuse_backwards(last: datetime | None, at: datetime) -> None:
    if last is not None and at < last:
        raise RecordedBackwards(last, at)


def _replay(member: MemberFacts, clubs: tuple[Club, Club], like: Difference) -> Difference:
    """Replay one member under both.

    Raises:
        ReplayFailed: it cannot be.
    """
    replays = [Replay(club) for club in clubs]
    at, left_out = None, 0
    try:
        for place, fact in enumerate(member.facts):
            last, at = at, decided_at(fact)
            _refuse_backwards(last, at)
            if at > like.until:
                left_out += int(place > 0 or member.joining_told)
                continue
            for replay in replays:
                replay.tell(fact)
        old, new = (replay.end(like.until) for replay in replays)
    except LoyalcoreError as error:
        raise ReplayFailed(member.member, str(error)) from error
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise ReplayFailed(member.member, reason) from error
    tiers = [replay.state.tier or "" for replay in replays]
    return between(member.member, old, new, (tiers[0], tiers[1]), left_out, like)
