"""A hypothetical member, whom the real rules judge."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from math import ceil
from typing import Any

import attrs

from loyalcore.errors import Refused
from loyalcore.loyalty.comparison.patterns import Basket, Pattern
from loyalcore.loyalty.ledger.ledger import decide
from loyalcore.loyalty.ledger.order_facts import payment_quotes
from loyalcore.loyalty.ledger.passing import advance
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.commands import Enrol, RecordPurchase
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.events import ProgrammePublished
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.parts import Lot
from loyalcore.loyalty.member.point_commands import RedeemReward
from loyalcore.loyalty.programme.buying_conditions import BasketFrom
from loyalcore.loyalty.programme.line import Line
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.tier_policies import Crossing
from loyalcore.money import Money
from loyalcore.timing import MonthDay, start_of_day

_EVER = datetime(1900, 1, 1, tzinfo=UTC)


@attrs.frozen
class Shopper:
    """A member of one programme, of whom nothing is ever recorded.

    Attributes:
        programme: which.
        club: with no other version.
        member: the state.
        birthday: the member's, if there is one.
        orders: told so far.
    """

    programme: Programme
    club: Club
    member: Member
    birthday: MonthDay | None = None
    orders: int = 0

    @classmethod
    def joining(cls, programme: Programme, pattern: Pattern) -> "Shopper":
        """Let somebody join at the start of a pattern's first day."""
        version = ProgrammePublished(
            recorded_at=_EVER,
            programme=programme,
            content_id=programme.content_id,
            effective_from=_EVER,
        )
        club, member = Club((version,)), Member()
        join = Enrol(recorded_at=start_of_day(pattern.first, programme.zone))
        for event in decide(member, Dossier(), join, club):
            member = evolve(member, event)
        if not pattern.newcomer:
            member = attrs.evolve(member, orders=1)
        return cls(programme, club, member, pattern.birthday)

    def order(self, basket: Basket, minor: int, day: date) -> RecordPurchase:
        """Give the order of a basket for so many minor units, on a local day."""
        at = datetime.combine(day, basket.at, self.programme.zone).astimezone(UTC)
        price = Money.from_minor(minor, self.programme.currency)
        return RecordPurchase(
            recorded_at=max(at, self.member.recorded_at or at),
            occurred_at=at,
            order=str(self.orders),
            lines=(Line("1", price, sku=basket.sku, categories=basket.categories),),
            channel=basket.channel,
            store=basket.store,
            birthday=self.birthday,
        )

    def buys(self, basket: Basket, minor: int, day: date) -> "Shopper":
        """Buy a basket for so many minor units, on a local day."""
        member = self.member
        for event in decide(member, Dossier(), self.order(basket, minor, day), self.club):
            member = evolve(member, event)
        return attrs.evolve(self, member=member, orders=self.orders + 1)

    def at(self, instant: datetime) -> "Shopper":
        """Let time pass."""
        member = self.member
        for event in advance(member, instant, self.club):
            member = evolve(member, event)
        return attrs.evolve(self, member=member)

    def holding(self, tier: str) -> "Shopper":
        """Let the member hold a tier that nothing takes away."""
        member = attrs.evolve(self.member, tier=tier, tier_until=None)
        return attrs.evolve(self, member=member)

    @property
    def rank(self) -> int:
        """The place of the member's tier in the ladder."""
        tiers, tier = self.programme.tiers, self.member.tier
        return 0 if tiers is None or tier is None else tiers.rank(tier)

    def rewards(self, basket: Basket, day: date) -> dict[str, int]:
        """Give the rewards that the member could have with points enough, and their points."""
        rich, at = self._rich(basket, day)
        found = {}
        for reward in self.programme.rewards:
            take = RedeemReward(recorded_at=at, redemption="1", reward=reward.id)
            try:
                decide(rich, Dossier(), take, self.club)
            except Refused:
                continue
            found[reward.id] = reward.points
        return found

    def offers(self, basket: Basket, minor: int, day: date) -> dict[str, int]:
        """Give the offers to pay for a basket with points, and the fewest points of each."""
        rich, at = self._rich(basket, day)
        order = self.order(basket, minor, day)
        told = payment_quotes(rich, order, self.programme, at)
        return {quote.offer: quote.fewest for quote in told}

    def _rich(self, basket: Basket, day: date) -> tuple[Member, datetime]:
        """Give the member, with more points than anything costs, at the time of a basket."""
        at = self.order(basket, 1, day).recorded_at
        assert at is not None, "an order that is recorded"
        points = 10**18 + max((reward.points for reward in self.programme.rewards), default=0)
        lot = Lot(self.member.opened + 1, "", points, _EVER, _EVER)
        return attrs.evolve(self.at(at).member, lots=(lot,), opened=lot.id), at


Reached = Callable[[Shopper], bool]


def least(shopper: Shopper, basket: Basket, day: date, most: int, reached: Reached) -> int | None:
    """Give the fewest minor units for a basket with which something is reached; None for none.

    Between the amounts at which a condition on the basket turns, and at which the order reaches a
    tier whose rates it earns by, more money never earns less: so each stretch between them is
    asked at its ends, and halved where the answers differ.
    """
    turns, tiers = _turns(shopper.programme), shopper.programme.tiers
    if tiers is not None and tiers.crossing is Crossing.NEW:
        rises = [
            _least(shopper, basket, day, most, turns, _is_in(rank))
            for rank in range(shopper.rank + 1, len(tiers.ladder))
        ]
        turns = {*turns, *(rise for rise in rises if rise is not None)}
    return _least(shopper, basket, day, most, turns, reached)


def _is_in(rank: int) -> Reached:
    return lambda shopper: shopper.rank >= rank


def _least(
    shopper: Shopper, basket: Basket, day: date, most: int, turns: set[int], reached: Reached
) -> int | None:
    def enough(minor: int) -> bool:
        return reached(shopper.buys(basket, minor, day))

    inner = sorted(turn for turn in turns if 1 < turn <= most)
    for first, following in zip((1, *inner), (*inner, most + 1), strict=True):
        if enough(first):
            return first
        if enough(following - 1):
            return _between(first, following - 1, enough)
    return None


def _between(short: int, long: int, enough: Callable[[int], bool]) -> int:
    """Give where an answer turns, between an amount that is not enough and one that is."""
    while long - short > 1:
        middle = (short + long) // 2
        short, long = (short, middle) if enough(middle) else (middle, long)
    return long


def _turns(programme: Programme) -> set[int]:
    """Give the amounts, in minor units, from which on a condition on the basket holds."""
    found = {condition.basket_from for condition in _basket_conditions(programme)}
    return {ceil(Fraction(amount) * 10**programme.digits) for amount in found}


def _basket_conditions(thing: Any) -> Iterator[BasketFrom]:
    if isinstance(thing, BasketFrom):
        yield thing
    elif isinstance(thing, tuple):
        for part in thing:
            yield from _basket_conditions(part)
    elif attrs.has(type(thing)):
        for field in attrs.fields(type(thing)):
            yield from _basket_conditions(getattr(thing, field.name))
