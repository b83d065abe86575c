"""One member: the statement and the tier at an instant, and an award explained."""

from datetime import datetime

from grocery.table import heading
from grocery.tier_words import tier_words
from loyalcore import Host
from loyalcore.loyalty import (
    MEMBER,
    Member,
    Programme,
    PurchaseRecorded,
    Statement,
    standing,
    statement,
)

_SHOWN = 8


def portray(
    host: Host, shown: tuple[str, PurchaseRecorded] | None, programme: Programme, at: datetime
) -> list[str]:
    """Show what the member of an order is told at an instant, and why the order earned."""
    if shown is None:
        return ["\nNo basket was recorded, so there is no member to show."]
    stream, order = shown
    events = [event for event in host.events(stream) if event.recorded_at <= at]
    lines = [heading(f"Statement of {stream} to the data end")]
    lines += [f"  {line}" for line in _shortened(statement(events), programme)]
    member = MEMBER.fold(Member(), events)
    told = tier_words(standing(member, programme, at), programme.currency, programme.zone)
    lines += [heading(f"Tier of {stream} at the data end"), *(f"  {line}" for line in told)]
    lines.append(heading(f"Order {order.order} of the same member, {order.day}, explained"))
    lines += [f"  {line}" for line in order.award.explain().splitlines()]
    return lines


def _shortened(drawn: Statement, programme: Programme) -> list[str]:
    """Give the statement's table without the movements in its middle."""
    table = drawn.table(programme.zone).splitlines()
    cut = len(drawn.movements) - 2 * _SHOWN
    if cut < 2:
        return table
    dots = f"{'...':<18}{cut} movements not shown"
    return [*table[: 1 + _SHOWN], dots, *table[1 + _SHOWN + cut :]]
