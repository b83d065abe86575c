"""A member's state: only what is open."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import attrs

from loyalcore.forms import utc
from loyalcore.loyalty.member.held import Held
from loyalcore.loyalty.member.lots import spendable, spending_order
from loyalcore.loyalty.member.parts import Lot
from loyalcore.loyalty.member.referral import Referred
from loyalcore.loyalty.member.rights import Right
from loyalcore.loyalty.member.tier_terms import TierTerms
from loyalcore.loyalty.member.totals import Totals
from loyalcore.loyalty.member.warrants import WarrantKind
from loyalcore.loyalty.programme.measures import BEHAVIOUR
from loyalcore.loyalty.programme.tally import Tally
from loyalcore.loyalty.programme.tiers import Tiers

SPEND, EARNED, JOINING, REWARD = "spend", "earned", "joining", "reward:"


def tally_name(measure: str) -> str:
    """Give the name of the tally that a measure of tiers is read from."""
    return measure if measure == SPEND or measure.startswith(BEHAVIOUR) else f"measure:{measure}"


def is_limited(tally: str) -> bool:
    """Say whether limits or caps by period may be read from a tally."""
    return tally == EARNED or tally.startswith((BEHAVIOUR, REWARD))


@attrs.frozen
class Member:
    """What is open for a member.

    Attributes:
        enrolled_at: None before the member joined.
        recorded_at: the last instant that the stream recorded.
        lots: the live ones, in spending order, less what is held of them.
        holds: the open ones, the soonest to lapse first.
        opened: how many lots were ever opened.
        orders: how many orders were recorded since the member joined.
        debt: points owed, repaid by the next lots.
        totals: sums since ever.
        tier: the one held, earned or not; None without tiers.
        tier_since: since when.
        tier_until: when it is looked at next; None when nothing is to be lost.
        terms: what else is open about the tier.
        tallies: qualifying spend (`spend`), counted behaviours (`behaviour:ID`), other measures of
            tiers (`measure:ID`) by local day.
        former: what former memberships counted, as far back: limits and caps by period see it.
        kept_days: how many days of both matter.
        entitlements: those of which something is open, in the order granted.
        ever: how often things with limits were had in all, over all memberships, and how often
            the member joined (`joining`).
        idle_at: when all points go unless something is done before; None for never.
        idled_at: when they last went so.
        idle_warn_at: when the member is to be told that they will.
        referred: who brought the member, and what became of that; None for nobody.
    """

    enrolled_at: datetime | None = None
    recorded_at: datetime | None = None
    lots: tuple[Lot, ...] = ()
    holds: tuple[Held, ...] = ()
    opened: int = 0
    orders: int = 0
    debt: int = 0
    totals: Totals = Totals()
    tier: str | None = None
    tier_since: datetime | None = None
    tier_until: datetime | None = None
    terms: TierTerms = TierTerms()
    tallies: Mapping[str, Tally] = MappingProxyType({})
    former: Mapping[str, Tally] = MappingProxyType({})
    kept_days: int = 0
    entitlements: tuple[Right, ...] = ()
    ever: Mapping[str, int] = MappingProxyType({})
    idle_at: datetime | None = None
    idled_at: datetime | None = None
    idle_warn_at: tuple[datetime, ...] = ()
    referred: Referred | None = None

    def available(self, at: datetime) -> int:
        """Points that can be spent at an instant."""
        at = utc(at)
        if self.idle_at is not None and self.idle_at <= at:
            return 0
        return sum(lot.points for lot in self.lots if spendable(lot, at))

    def pending(self, at: datetime) -> int:
        """Points that can be spent only later."""
        at = utc(at)
        if self.idle_at is not None and self.idle_at <= at:
            return 0
        return sum(lot.points for lot in self.lots if at < lot.active_at)

    @property
    def outstanding(self) -> int:
        """Points of all live lots, those held among them."""
        return sum(lot.points for lot in self.lots) + self.held

    @property
    def held(self) -> int:
        """Points set aside."""
        return sum(held.points for held in self.holds)

    def tier_in(self, tiers: Tiers | None) -> str:
        """Give the tier held; who joined before there were tiers holds the lowest of them."""
        return self.tier or (tiers.lowest if tiers is not None else "")

    @property
    def earned_tier(self) -> str | None:
        """The tier that is earned, whichever is held."""
        return self.terms.earned or self.tier

    def tally(self, name: str) -> Tally:
        """Give a tally, empty when nothing was counted."""
        return self.tallies.get(name, Tally())

    def had(self, name: str) -> Tally:
        """Give a tally with what former memberships added to it."""
        tally = self.tally(name)
        return tally.plus(self.former[name]) if name in self.former else tally

    def ever_plus(self, name: str, amount: int) -> Mapping[str, int]:
        """Give what was had in all, with so many more of one thing."""
        return {**self.ever, name: self.ever.get(name, 0) + amount}

    def check_invariants(self) -> None:
        """Assert what always holds (rule L13 and the order of the lots).

        Raises:
            AssertionError: it does not.
        """
        t = self.totals
        assert min(*attrs.astuple(t), self.debt) >= 0, "below zero"
        gone = t.spent + t.expired + t.clawed + t.moved
        assert t.issued == self.outstanding + gone, "points lost or made"
        assert t.claimed == t.clawed + self.debt + t.waived, "claims lost or made"
        assert all(lot.points > 0 for lot in self.lots), "an empty lot is kept"
        tallies = (*self.tallies.values(), *self.former.values())
        days = [list(tally.days) for tally in tallies]
        assert days == [sorted(each) for each in days], "a tally's days out of order"
        assert all(times >= 0 for times in self.ever.values()), "had less than never"
        assert list(self.lots) == sorted(self.lots, key=spending_order), "lots out of order"
        assert len({lot.id for lot in self.lots}) == len(self.lots), "a lot twice"
        assert all(0 < lot.id <= self.opened for lot in self.lots), "a lot never opened"
        assert all(held.points > 0 for held in self.holds), "an empty hold is kept"
        assert list(self.holds) == sorted(self.holds, key=soonest), "holds out of order"
        assert self.tier_until or not (self.terms.warn_at or self.terms.grace_from), "no look due"
        kinds = [warrant.kind for warrant in self.terms.warrants]
        assert len(set(kinds)) == len(kinds), "two warrants of a kind"
        assert (WarrantKind.BOUGHT in kinds) == (self.terms.bought is not None), (
            "bought for nothing"
        )
        ends = [warrant.until for warrant in self.terms.warrants]
        assert ends == sorted(ends), "warrants out of order"
        assert self.terms.earned is None or self.terms.earned != self.tier, "earned and held"
        assert len({held.id for held in self.holds}) == len(self.holds), "a hold twice"
        rights = {right.id for right in self.entitlements}
        assert len(rights) == len(self.entitlements), "an entitlement twice"
        for right in self.entitlements:
            right.check_invariants()


def soonest(held: Held) -> tuple[datetime, str]:
    """Sort key: the soonest to lapse, then by id."""
    return held.until, held.id
