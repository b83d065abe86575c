"""All that the report prints of the store."""

from datetime import datetime

import attrs

from grocery.period import Period
from loyalcore import Host
from loyalcore.loyalty import MEMBER, Member, MemberEvent, PurchaseRecorded, Reason


@attrs.define
class Figures:
    """What the members' events come to.

    Attributes:
        year: to the data end, itself included.
        after: from there on.
        recorded_cents: the qualifying spend of all orders.
        orders: their ids.
        shown: the stream and the order that explain most.
    """

    year: Period = attrs.Factory(Period)
    after: Period = attrs.Factory(Period)
    recorded_cents: int = 0
    orders: set[str] = attrs.Factory(set)
    shown: tuple[str, PurchaseRecorded] | None = None

    def see(self, stream: str, event: MemberEvent) -> None:
        """Take what one event says."""
        if not isinstance(event, PurchaseRecorded):
            return
        self.orders.add(event.order)
        self.recorded_cents += event.spend
        if self.shown is None or _told_by(event) > _told_by(self.shown[1]):
            self.shown = stream, event


def _told_by(event: PurchaseRecorded) -> tuple[bool, int]:
    """Rank an order by how much its explanation shows: rivals first, then rules that gave."""
    rules = event.award.rules
    rivals = any(rule.reason is Reason.OUTBID for rule in rules)
    return rivals, sum(rule.points > 0 for rule in rules)


def gather(host: Host, club: str, end: datetime) -> Figures:
    """Read every member's events once, one member at a time."""
    figures = Figures()
    for stream in host.streams(f"{club}/"):
        member, period = Member(), figures.year
        for event in host.events(stream):
            if period is figures.year and event.recorded_at > end:
                period.close(member)
                period = figures.after
            member = MEMBER.evolve(member, event)
            period.see(event)
            figures.see(stream, event)
        if period is figures.year:
            period.close(member)
        figures.after.close(member)
    return figures
