"""Decide tiers that are set by hand or bought, and their end."""

from datetime import date, datetime, timedelta

import attrs

from loyalcore.errors import (
    DeadlinePassed,
    FeeDiffers,
    MayNotSetTiers,
    RenewalTooEarly,
    TierNotForSale,
    TierStillBought,
    UnknownTier,
    WarrantOver,
)
from loyalcore.forms import utc
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.events import MemberEvent
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.tier_commands import BuyTier, CancelTier, LiftTier, RenewTier, SetTier
from loyalcore.loyalty.member.tier_events import TierChanged, TierReason
from loyalcore.loyalty.member.warrant_events import TierBought, TierSet, WarrantEnd, WarrantEnded
from loyalcore.loyalty.member.warrants import Bought, PaidTerm, Warrant, WarrantKind, held_tier
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.sales import Sale
from loyalcore.loyalty.programme.tiers import Tier
from loyalcore.money import Money
from loyalcore.timing import Length, local_date, start_of_day

_DAY = timedelta(days=1)
_LONGEST_DAYS = 30_000


def _settled(
    member: Member, events: tuple[MemberEvent, ...], programme: Programme, reason: TierReason
) -> tuple[MemberEvent, ...]:
    """Add how the tier that is held changes by what happens to warrants."""
    for event in events:
        member = evolve(member, event)
    tiers, at = programme.tiers, member.recorded_at
    assert tiers is not None, "a warrant without a ladder"
    assert at is not None, "nothing happened"
    before, earned = member.tier_in(tiers), member.earned_tier or tiers.lowest
    after = held_tier(tiers, earned, member.terms.warrants)
    if after == before:
        return events
    changed = TierChanged(
        recorded_at=at,
        before=before,
        after=after,
        reason=reason,
        spend=0,
        until=member.tier_until,
        programme=programme.content_id,
        warn_at=member.terms.warn_at,
        earned=None if earned == after else earned,
    )
    return (*events, changed)


def _tier(programme: Programme, id_: str) -> Tier:
    """Give a tier of the programme.

    Raises:
        UnknownTier: it has none of that id.
    """
    ladder = programme.tiers.ladder if programme.tiers else ()
    for tier in ladder:
        if tier.id == id_:
            return tier
    raise UnknownTier(id_, tuple(tier.id for tier in ladder))


def _refuse_role(role: str, programme: Programme) -> None:
    allowed = programme.tiers.set_by if programme.tiers else ()
    if role not in allowed:
        raise MayNotSetTiers(role, allowed)


def set_tier(
    member: Member, past: Dossier, command: SetTier, club: Club, at: datetime
) -> tuple[MemberEvent, ...]:
    """Let a member hold a tier until a date.

    Raises:
        AlreadyRecorded, MayNotSetTiers, UnknownTier, DeadlinePassed: see these.
    """
    past.refuse_known(f"tier:{command.id}")
    programme, until = club.at(at), utc(command.until)
    _refuse_role(command.role, programme)
    tier = _tier(programme, command.tier)
    if until <= at:
        raise DeadlinePassed(until, at)
    told = TierSet(
        recorded_at=at,
        source=command.source,
        id=command.id,
        tier=tier.id,
        kind=command.kind,
        until=until,
        actor=command.actor,
        role=command.role,
        reason=command.reason,
        programme=programme.content_id,
    )
    return _settled(member, (told,), programme, TierReason.SET)


def lift_tier(
    member: Member, _: Dossier, command: LiftTier, club: Club, at: datetime
) -> tuple[MemberEvent, ...]:
    """End a tier set by hand.

    Raises:
        MayNotSetTiers, WarrantOver: see these.
    """
    programme = club.at(at)
    _refuse_role(command.role, programme)
    for warrant in member.terms.warrants:
        if warrant.id == command.id and warrant.kind is not WarrantKind.BOUGHT:
            ended = WarrantEnded(
                recorded_at=at,
                source=command.source,
                id=warrant.id,
                kind=warrant.kind,
                tier=warrant.tier,
                how=WarrantEnd.LIFTED,
                actor=command.actor,
                role=command.role,
                reason=command.reason,
            )
            return _settled(member, (ended,), programme, TierReason.ENDED)
    raise WarrantOver(f"tier:{command.id}")


def buy_tier(
    member: Member, past: Dossier, command: BuyTier, club: Club, at: datetime
) -> tuple[MemberEvent, ...]:
    """Sell a tier for a first term.

    Raises:
        AlreadyRecorded, UnknownTier, TierNotForSale, FeeDiffers, TierStillBought: see these.
    """
    past.refuse_known(f"membership:{command.id}")
    programme = club.at(at)
    sale = _sale(programme, command.tier, command.fee)
    running = _bought(member)
    if running is not None:
        raise TierStillBought(running.tier, running.until)
    today = local_date(at, programme.zone)
    bought = Bought(today, Length(), ())
    told = _term(command.id, command.tier, sale, bought, programme, at)
    told = attrs.evolve(told, source=command.source)
    return _settled(member, (told,), programme, TierReason.BOUGHT)


def renew_tier(
    member: Member, past: Dossier, command: RenewTier, club: Club, at: datetime
) -> tuple[MemberEvent, ...]:
    """Sell a further term of a bought tier, to follow the running one.

    Raises:
        AlreadyRecorded, WarrantOver, UnknownTier, TierNotForSale, FeeDiffers, RenewalTooEarly:
            see these.
    """
    past.refuse_known(f"renewal:{command.id}")
    programme, running, bought = club.at(at), _bought(member), member.terms.bought
    if running is None or running.id != command.purchase or bought is None:
        raise WarrantOver(f"membership:{command.purchase}")
    sale = _sale(programme, running.tier, command.fee)
    last, today = bought.terms[-1], local_date(at, programme.zone)
    opens = last.first
    if sale.renew_days is not None:
        opens = max(opens, last.last + _DAY - sale.renew_days * _DAY)
    if today < opens:
        raise RenewalTooEarly(running.tier, start_of_day(opens, programme.zone))
    told = _term(running.id, running.tier, sale, bought, programme, at)
    return (attrs.evolve(told, source=command.source, renewal=command.id),)


def cancel_tier(
    member: Member, _: Dossier, command: CancelTier, club: Club, at: datetime
) -> tuple[MemberEvent, ...]:
    """End a bought tier, and say what of its fees comes back.

    Raises:
        WarrantOver: see this.
    """
    programme, running, bought = club.at(at), _bought(member), member.terms.bought
    if running is None or running.id != command.purchase or bought is None:
        raise WarrantOver(f"membership:{command.purchase}")
    today = local_date(at, programme.zone)
    refund = sum(_refund(term, at, today) for term in bought.terms if at < term.until)
    ended = WarrantEnded(
        recorded_at=at,
        source=command.source,
        id=running.id,
        kind=running.kind,
        tier=running.tier,
        how=WarrantEnd.CANCELLED,
        refund=refund,
        currency=programme.currency if refund else "",
    )
    return _settled(member, (ended,), programme, TierReason.ENDED)


def lapse_warrant(member: Member, at: datetime, programme: Programme) -> tuple[MemberEvent, ...]:
    """End the warrant whose date has come."""
    warrant = member.terms.warrants[0]
    ended = WarrantEnded(
        recorded_at=at,
        id=warrant.id,
        kind=warrant.kind,
        tier=warrant.tier,
        how=WarrantEnd.LAPSED,
    )
    return _settled(member, (ended,), programme, TierReason.ENDED)


def _bought(member: Member) -> Warrant | None:
    kinds = {warrant.kind: warrant for warrant in member.terms.warrants}
    return kinds.get(WarrantKind.BOUGHT)


def _sale(programme: Programme, id_: str, fee: Money) -> Sale:
    """Give the terms on which a tier is sold for a fee.

    Raises:
        UnknownTier, TierNotForSale, FeeDiffers: see these.
    """
    sale = _tier(programme, id_).sale
    if sale is None:
        raise TierNotForSale(id_)
    asked = Money(sale.fee, programme.currency)
    if fee != asked:
        raise FeeDiffers(id_, str(asked), str(fee))
    return sale


def _term(
    id_: str, tier: str, sale: Sale, bought: Bought, programme: Programme, at: datetime
) -> TierBought:
    """Add a term to those there are; months count from the day of buying."""
    start, length = bought.start, bought.length
    if length.most_days + sale.term.most_days > _LONGEST_DAYS:
        start, length = length.after(start), Length()
    whole = Length(
        length.days + sale.term.days,
        length.months + sale.term.months,
        length.years + sale.term.years,
    )
    first, end = length.after(start), whole.after(start)
    today = local_date(at, programme.zone)
    back = start_of_day(today + (sale.whole_days + 1) * _DAY, programme.zone)
    return TierBought(
        recorded_at=at,
        id=id_,
        tier=tier,
        fee=Money(sale.fee, programme.currency).minor,
        currency=programme.currency,
        start=start,
        days=whole.days,
        months=whole.months,
        years=whole.years,
        first=first,
        last=end - _DAY,
        until=start_of_day(end, programme.zone),
        whole_until=back if sale.whole_days else None,
        pro_rata=sale.pro_rata,
        programme=programme.content_id,
    )


def _refund(term: PaidTerm, at: datetime, today: date) -> int:
    """Give what of a term's fee comes back, in minor units."""
    if term.whole_until is not None and at < term.whole_until:
        return term.fee
    if not term.pro_rata:
        return 0
    left = term.last - max(term.first, today + _DAY) + _DAY
    return term.fee * max(0, left.days) // (term.last - term.first + _DAY).days
