"""Entitlements as data: what a club may grant a member besides points, and when it does."""

from datetime import date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

import attrs

from loyalcore import checks
from loyalcore.forms import demand_each
from loyalcore.loyalty.programme.conditions import Condition, known
from loyalcore.loyalty.programme.limits import PeriodLimit, in_order
from loyalcore.timing import Length, local_date, start_of_day

_day = attrs.validators.optional(checks.day)


class EntitlementKind(Enum):
    """What kind of thing an entitlement is."""

    GIFT = "gift"
    CODE = "code"
    VOUCHER = "voucher"
    PRIORITY = "priority"
    PARTNER = "partner"
    ADVISER = "adviser"
    SERVICE = "service"
    DELIVERY = "delivery"


@attrs.frozen
class Entitlement:
    """Something that a member may be granted: a gift, a code, a right to be served first.

    Attributes:
        id: names it in grants, commands and events.
        name: shown to people.
        kind: a gift, code, voucher, priority, partner's right, adviser's hour, other service, or
            delivery.
        lasts: how long it can be used, from the local day on which it is granted to the end of
            the local day on which this length ends; None for ever.
        pending: how long from that day before it can be used.
        first: the first local day on which it can be used; None for at once.
        last: the last local day, included.
        uses: how often in all; 0 for as often as one likes, within its limits.
        limits: how often within a local calendar period.
        roles: who may grant it by hand, and revoke it; empty for everybody.
        transferable: members may give it to others.

    >>> gift = Entitlement("gift", lasts=Length(days=7))
    >>> granted = datetime.fromisoformat("2026-03-01T12:00+08:00")
    >>> gift.valid_until(granted, ZoneInfo("Asia/Shanghai")).isoformat()
    '2026-03-08T16:00:00+00:00'
    """

    id: str = attrs.field(validator=checks.name)
    name: str = attrs.field(default="", validator=checks.text)
    kind: EntitlementKind = attrs.field(
        default=EntitlementKind.GIFT, validator=checks.instance_of(EntitlementKind)
    )
    lasts: Length | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.instance_of(Length))
    )
    pending: Length = attrs.field(default=Length(), validator=checks.instance_of(Length))
    first: date | None = attrs.field(default=None, validator=_day)
    last: date | None = attrs.field(default=None, validator=_day)
    uses: int = attrs.field(default=1, validator=checks.count)
    limits: tuple[PeriodLimit, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(PeriodLimit)
    )
    roles: tuple[str, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(str)
    )

    transferable: bool = attrs.field(default=False, validator=checks.instance_of(bool))

    def __attrs_post_init__(self) -> None:
        demand_each(
            self,
            (
                "last",
                lambda: in_order(self.first, self.last) or f"{self.last} lies before {self.first}",
            ),
            (
                "lasts",
                lambda: (
                    self.lasts is None
                    or self.lasts.least_days >= self.pending.most_days
                    or "it would end before it can be used: give a longer life"
                ),
            ),
            (
                "id",
                lambda: "/" not in self.id or f"{self.id!r}: leave out the slash, it parts ids",
            ),
        )

    def valid_from(self, at: datetime, tz: ZoneInfo) -> datetime:
        """Give the first instant at which it can be used when it is granted at an instant."""
        begins = at
        if self.pending:
            begins = start_of_day(self.pending.after(local_date(at, tz)), tz)
        return begins if self.first is None else max(begins, start_of_day(self.first, tz))

    def valid_until(self, at: datetime, tz: ZoneInfo) -> datetime | None:
        """Give the instant from which it can be used no longer; None for never."""
        days = [self.last] if self.last is not None else []
        if self.lasts is not None:
            days.append(self.lasts.after(local_date(at, tz)))
        return start_of_day(min(days) + timedelta(days=1), tz) if days else None


class Occasion(Enum):
    """When the programme itself grants an entitlement."""

    ORDER = "order"
    BEHAVIOUR = "behaviour"
    REWARD = "reward"
    TIER_REACHED = "tier_reached"
    TIER_KEPT = "tier_kept"
    TIER_AT_RISK = "tier_at_risk"


@attrs.frozen
class Grant:
    """Let the programme grant an entitlement, once for what brings it about.

    Attributes:
        id: names the rule in the entitlement's event.
        entitlement: which is granted.
        on: an order that meets a condition, a behaviour that earns, a reward that is taken, a
            tier that is reached, kept, or at risk when its warning is due.
        of: which behaviours, rewards or tiers; empty for all.
        when: only for orders: holds for at least one line, rewards aside, and something is paid
            for those lines; None for every order.
    """

    id: str = attrs.field(validator=checks.name)
    entitlement: str = attrs.field(validator=checks.name)
    on: Occasion = attrs.field(validator=checks.instance_of(Occasion))
    of: tuple[str, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(str)
    )
    when: Condition | None = attrs.field(default=None, validator=attrs.validators.optional(known))

    def __attrs_post_init__(self) -> None:
        demand_each(
            self,
            (
                "when",
                lambda: self.on is Occasion.ORDER or self.when is None or 'only with on = "order"',
            ),
            (
                "of",
                lambda: (
                    self.on is not Occasion.ORDER
                    or not self.of
                    or "orders have conditions: give when instead"
                ),
            ),
        )
