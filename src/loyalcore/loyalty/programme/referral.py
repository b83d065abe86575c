"""Referrals as data: what who brings a friend earns, and the friend, and when."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from zoneinfo import ZoneInfo

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.errors import Mistake
from loyalcore.forms import demand_each, where_known
from loyalcore.loyalty.programme.programme_mistakes import too_fine
from loyalcore.loyalty.programme.rules import Behaviour
from loyalcore.timing import Length, start_of_day


class ReferralWhen(Enum):
    """When a referral earns: as the friend joins, or with the friend's first purchase."""

    JOINING = "joining"
    FIRST_PURCHASE = "first_purchase"


class InvalidReferral(Enum):
    """What becomes of a joining whose referral does not count."""

    NOTED = "noted"
    REFUSED = "refused"


class ReturnedReferral(Enum):
    """What becomes of a referral when the first purchase comes back whole."""

    CLAIMED = "claimed"
    KEPT = "kept"


_side = attrs.validators.optional(checks.name)


def _amount(number: Decimal | int | str) -> Decimal:
    return exact(number, "Referral.least")


@attrs.frozen
class Referral:
    """What a member earns who brings a friend, and the friend.

    Both are behaviours of the programme, with their points, limits and multipliers; they are given
    by themselves, and not told.

    Attributes:
        referrer: the behaviour of who brings; None for nothing.
        joiner: the behaviour of the friend; None for nothing.
        when: they are given as the friend joins, or with the first purchase.
        least: the first order of which so much is paid is the purchase, in major units; only with
            "first_purchase".
        within: it must be made by the end of the local day that lies so long after the one of
            joining, of that day itself for no days; only with "first_purchase". Left out for no
            end.
        invalid: who names a referrer that does not count joins all the same, and the reason is
            noted; or is refused.
        returned: when the first purchase has come back whole, both sides' points are claimed
            back, or kept.
    """

    referrer: str | None = attrs.field(default=None, validator=_side)
    joiner: str | None = attrs.field(default=None, validator=_side)
    when: ReferralWhen = attrs.field(
        default=ReferralWhen.JOINING, validator=checks.instance_of(ReferralWhen)
    )
    least: Decimal = attrs.field(default=Decimal(0), converter=_amount)
    within: Length | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.instance_of(Length))
    )
    invalid: InvalidReferral = attrs.field(
        default=InvalidReferral.NOTED, validator=checks.instance_of(InvalidReferral)
    )
    returned: ReturnedReferral = attrs.field(
        default=ReturnedReferral.CLAIMED, validator=checks.instance_of(ReturnedReferral)
    )

    def __attrs_post_init__(self) -> None:
        only = 'only with when = "first_purchase"'
        demand_each(
            self,
            (
                "referrer",
                lambda: (
                    bool(self.sides) or "nobody would earn: name a behaviour here, or as joiner"
                ),
            ),
            (
                "joiner",
                lambda: (
                    not self.sides
                    or self.referrer != self.joiner
                    or "give each side a behaviour of its own"
                ),
            ),
            ("least", lambda: self.least >= 0 or f"{self.least} is negative: give 0 or more"),
            ("least", lambda: self.least <= 0 or self._by_purchase or only),
            ("within", lambda: self.within is None or self._by_purchase or only),
        )

    @property
    def _by_purchase(self) -> bool:
        return self.when is ReferralWhen.FIRST_PURCHASE

    @property
    def sides(self) -> tuple[str, ...]:
        """The behaviours that it gives."""
        return tuple(side for side in (self.referrer, self.joiner) if side is not None)

    def ends(self, joined: date, tz: ZoneInfo) -> datetime | None:
        """Give the instant from which a first purchase comes too late; None for never."""
        if self.within is None:
            return None
        last = self.within.after(joined)
        return start_of_day(date.fromordinal(last.toordinal() + 1), tz)


def unknown_sides(
    referral: Referral | None, behaviours: Callable[[], Sequence[Behaviour]]
) -> list[Mistake]:
    """Find behaviours that there are not, or that joining gives."""
    mistakes = []
    for field in ("referrer", "joiner") if referral is not None else ():
        with where_known():
            id_ = getattr(referral, field)
            if id_ is None:
                continue
            found = next((rule for rule in behaviours() if rule.id == id_), None)
            if found is None:
                mistakes.append(Mistake(f"referral.{field}", f"there is no behaviour {id_!r}"))
            elif found.on_joining:
                text = f"{id_!r} is given on joining: name another behaviour"
                mistakes.append(Mistake(f"referral.{field}", text))
    return mistakes


def least_too_fine(referral: Referral | None, currency: Callable[[], str]) -> list[Mistake]:
    """Find an amount that is finer than money is."""
    text = too_fine(referral.least, currency()) if referral is not None else ""
    return [Mistake("referral.least", text)] if text else []
