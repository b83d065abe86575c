"""What a member is told of the entitlements at an instant."""

from datetime import datetime

import attrs

from loyalcore import checks
from loyalcore.forms import utc
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.rights import Right
from loyalcore.loyalty.programme.entitlements import EntitlementKind
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.timing import local_date, start_of_day


@attrs.frozen
class Entitled:
    """An entitlement that a member has.

    Attributes:
        right: the id by which it is used.
        entitlement: as the programme names it.
        kind: what kind of thing it is.
        cause: what it was granted for.
        valid_from: can be used from here.
        valid_until: until just before; None for ever.
        left: how many uses are left in all that nobody has reserved; None for any number.
        left_now: how many of them can be made at once; None for any number.
        again_at: when more can be made, where a period or a pending time allows none now.
        reserved: how many uses are set aside.
    """

    right: str
    entitlement: str
    kind: EntitlementKind
    cause: str
    valid_from: datetime
    valid_until: datetime | None
    left: int | None
    left_now: int | None
    again_at: datetime | None
    reserved: int


def entitled(member: Member, programme: Programme, at: datetime) -> tuple[Entitled, ...]:
    """Tell what entitlements a member has, how often each can be used, and until when.

    Args:
        member: the state, advanced to `at` (as `host.state(stream, at)` gives it).
        programme: the version in force at `at`.
        at: the instant at which it is told.
    """
    fix = "give a member's state, as host.state(stream, at) does"
    checks.argument("entitled.member", member, Member, fix)
    checks.argument("entitled.programme", programme, Programme, "give a Programme")
    instant = utc(at, "entitled.at")
    return tuple(_told(right, programme, instant) for right in member.entitlements)


def _told(right: Right, programme: Programme, at: datetime) -> Entitled:
    left = 0 if right.expired else right.left
    day = local_date(at, programme.zone)
    now = [right.left_on(limit, day) for limit in right.limits]
    again_at = None
    if at < right.valid_from:
        now, again_at = [0], right.valid_from
    elif left != 0 and not all(now):
        full = [limit for limit in right.limits if not right.left_on(limit, day)]
        opens = (start_of_day(limit.per.next_start(day), programme.zone) for limit in full)
        again_at = max(opens)
        if right.valid_until is not None and right.valid_until <= again_at:
            again_at = None
    return Entitled(
        right=right.id,
        entitlement=right.entitlement,
        kind=right.kind,
        cause=right.cause,
        valid_from=right.valid_from,
        valid_until=right.valid_until,
        left=left,
        left_now=min(now if left is None else [*now, left], default=None),
        again_at=again_at,
        reserved=len(right.reserved),
    )
