"""What conditions may know of an order."""

from datetime import datetime

from loyalcore.forms import utc
from loyalcore.loyalty.ledger.paying import Quote, quotes
from loyalcore.loyalty.member.commands import RecordPurchase
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.programme.conditions import Facts
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.timing import local_date


def order_facts(member: Member, order: RecordPurchase, programme: Programme) -> Facts:
    """Gather the facts of an order, as the programme in force when it occurred sees them."""
    occurred_at = utc(order.occurred_at)
    joined = member.enrolled_at
    paid = sum(line.paid for line in order.lines if not line.reward)
    return Facts(
        day=local_date(occurred_at, programme.zone),
        leap_day=programme.leap_day_birthday,
        birthday=order.birthday,
        channel=order.channel,
        store=order.store,
        clock=occurred_at.astimezone(programme.zone).time(),
        joined=None if joined is None else local_date(joined, programme.zone),
        tier=member.tier_in(programme.tiers),
        first_purchase=not member.orders,
        basket=programme.money(paid),
    )


def payment_quotes(
    member: Member, order: RecordPurchase, programme: Programme, at: datetime
) -> tuple[Quote, ...]:
    """Say how many points a member may pay for an order with, offer by offer.

    Args:
        member: the state, advanced to `at`.
        order: as it would be recorded; its own `points` are not looked at.
        programme: the version in force when the order occurs.
        at: when it would be recorded.
    """
    facts = order_facts(member, order, programme)
    return quotes(member.available(at), order.lines, facts, programme)
