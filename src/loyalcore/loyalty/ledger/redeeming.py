"""Spending points: at once, by a hold, and undoing it."""

from collections.abc import Sequence
from datetime import date, datetime

import attrs

from loyalcore.decider import Command
from loyalcore.errors import (
    DeadlinePassed,
    FormerMembership,
    HoldOver,
    HoldTooSmall,
    InsufficientPoints,
    RewardNotAvailable,
    UndoExceedsRedemption,
    UnknownHold,
    UnknownRedemption,
    UnknownReward,
)
from loyalcore.forms import utc
from loyalcore.loyalty.ledger.stock import MoveStock
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.giving_back import give_back
from loyalcore.loyalty.member.held import Held
from loyalcore.loyalty.member.lots import part_of, spendable, split, take
from loyalcore.loyalty.member.member import REWARD, Member
from loyalcore.loyalty.member.parts import Part, points_of
from loyalcore.loyalty.member.point_commands import (
    CaptureHold,
    PlaceHold,
    Redeem,
    RedeemReward,
    ReleaseHold,
    UndoRedemption,
)
from loyalcore.loyalty.member.spending import (
    HoldEnd,
    HoldEnded,
    PointsHeld,
    PointsRedeemed,
    RedemptionUndone,
    RewardTaken,
)
from loyalcore.loyalty.programme.limits import limit_reached
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.rewards import Reward
from loyalcore.timing import local_date


def redeem(
    member: Member, past: Dossier, command: Redeem, _: Club, at: datetime
) -> tuple[PointsRedeemed]:
    """Spend points at once.

    Raises:
        AlreadyRecorded, InsufficientPoints: see these.
    """
    past.refuse_known(f"redemption:{command.redemption}")
    return (
        PointsRedeemed(
            recorded_at=at,
            source=command.source,
            redemption=command.redemption,
            points=command.points,
            parts=taken(member, command.points, at),
        ),
    )


def redeem_reward(
    member: Member, past: Dossier, command: RedeemReward, club: Club, at: datetime
) -> tuple[PointsRedeemed]:
    """Take a reward for points.

    Raises:
        AlreadyRecorded, UnknownReward, RewardNotAvailable, InsufficientPoints: see these.
    """
    past.refuse_known(f"redemption:{command.redemption}")
    programme = club.at(at)
    reward = programme.reward(command.reward)
    if reward is None:
        raise UnknownReward(command.reward, tuple(r.id for r in programme.rewards))
    day = local_date(at, programme.zone)
    why_not = _why_not(member, reward, programme, day, command.quantity)
    if why_not:
        raise RewardNotAvailable(reward.id, why_not)
    points = reward.points * command.quantity
    return (
        PointsRedeemed(
            recorded_at=at,
            source=command.source,
            redemption=command.redemption,
            points=points,
            parts=taken(member, points, at),
            taken=RewardTaken(
                reward=reward.id,
                quantity=command.quantity,
                day=day,
                stocked=reward.stocked,
                kept_days=programme.kept_days,
                programme=programme.content_id,
            ),
        ),
    )


def _why_not(
    member: Member, reward: Reward, programme: Programme, day: date, quantity: int
) -> str | None:
    """Say why a member cannot have a reward today."""
    if reward.first is not None and day < reward.first:
        return f"it can be had from {reward.first} on"
    if reward.last is not None and day > reward.last:
        return f"it could be had until {reward.last}"
    tiers = programme.tiers
    if reward.from_tier is not None and tiers is not None:
        rank = tiers.rank(member.tier_in(tiers))
        if rank < tiers.rank(reward.from_tier):
            return f"it is for members from tier {reward.from_tier} on"
    name = f"{REWARD}{reward.id}"
    ever = member.ever.get(name, 0)
    limit = limit_reached(reward.limits, member.had(name), ever, day, quantity)
    return None if limit is None else f"a member may have {limit.words}"


def taken(member: Member, points: int, at: datetime) -> tuple[Part, ...]:
    """Take points from what can be spent, with all that brings them back.

    Raises:
        InsufficientPoints: there are not so many.
    """
    parts = take((lot for lot in member.lots if spendable(lot, at)), points, part_of)
    if points_of(parts) < points:
        raise InsufficientPoints(points, member.available(at))
    return parts


def place_hold(
    member: Member, past: Dossier, command: PlaceHold, _: Club, at: datetime
) -> tuple[PointsHeld]:
    """Set points aside until a deadline.

    Raises:
        AlreadyRecorded, InsufficientPoints, DeadlinePassed: see these.
    """
    past.refuse_known(f"hold:{command.hold}")
    until = utc(command.until)
    if until <= at:
        raise DeadlinePassed(until, at)
    return (
        PointsHeld(
            recorded_at=at,
            source=command.source,
            hold=command.hold,
            points=command.points,
            parts=taken(member, command.points, at),
            until=until,
        ),
    )


def open_hold(member: Member, past: Dossier, id_: str) -> Held:
    """Give a hold that is open.

    Raises:
        UnknownHold, HoldOver: it is not.
    """
    for held in member.holds:
        if held.id == id_:
            return held
    if id_ in past.holds:
        over = past.holds[id_]
        raise HoldOver(id_, over.how.value, over.recorded_at)
    raise UnknownHold(id_)


def capture_hold(
    member: Member, past: Dossier, command: CaptureHold, _: Club, at: datetime
) -> tuple[HoldEnded]:
    """Spend what is held, or a part of it, and let go of the rest.

    Raises:
        UnknownHold, HoldOver, AlreadyRecorded, HoldTooSmall: see these.
    """
    open_hold(member, past, command.hold)
    past.refuse_known(f"redemption:{command.redemption}")
    ended = capture(member, past, command.hold, command.points, at, command.source)
    return (attrs.evolve(ended, redemption=command.redemption),)


def capture(
    member: Member, past: Dossier, hold: str, points: int | None, at: datetime, source: str
) -> HoldEnded:
    """Take so many points of a hold, all by default, and give the rest back to its lots.

    Raises:
        UnknownHold, HoldOver, HoldTooSmall: see these.
    """
    held = open_hold(member, past, hold)
    points = held.points if points is None else points
    if points > held.points:
        raise HoldTooSmall(hold, points, held.points)
    spent, rest = split(held.parts, points)
    ended = end_hold(attrs.evolve(held, parts=rest), HoldEnd.CAPTURED, at, member.debt, source)
    return attrs.evolve(ended, spent=spent)


def release_hold(
    member: Member, past: Dossier, command: ReleaseHold, _: Club, at: datetime
) -> tuple[HoldEnded]:
    """Let go of what is held.

    Raises:
        UnknownHold, HoldOver: see these.
    """
    held = open_hold(member, past, command.hold)
    return (end_hold(held, HoldEnd.RELEASED, at, member.debt, command.source),)


def end_hold(held: Held, how: HoldEnd, at: datetime, debt: int, source: str = "") -> HoldEnded:
    """Give what is held back to its lots, debt first; what has expired meanwhile is gone."""
    restored = tuple(part for part in held.parts if not part.expired(at))
    return HoldEnded(
        recorded_at=at,
        source=source,
        hold=held.id,
        how=how,
        restored=restored,
        expired=tuple(part for part in held.parts if part.expired(at)),
        repaid=min(debt, points_of(restored)),
    )


def undo_redemption(
    member: Member, past: Dossier, command: UndoRedemption, club: Club, at: datetime
) -> tuple[RedemptionUndone]:
    """Give spent points back to the lots they came from, those taken last first.

    Raises:
        UnknownRedemption, FormerMembership, UndoExceedsRedemption, AlreadyRecorded: see these.
    """
    past.refuse_known(f"undo:{command.id}")
    if command.redemption not in past.spent:
        raise UnknownRedemption(command.redemption)
    if member.enrolled_at is not None and past.redeemed_at[command.redemption] < member.enrolled_at:
        raise FormerMembership(f"redemption:{command.redemption}", member.enrolled_at)
    spent = past.spent[command.redemption]
    left = points_of(spent)
    points = left if command.points is None else command.points
    if points > left or not left:
        raise UndoExceedsRedemption(command.redemption, points, left)
    _, back = split(spent, left - points)
    taken_at = past.redeemed_at[command.redemption]
    given = give_back(member, club.at(at), f"undo:{command.id}", back, taken_at, at)
    return (
        RedemptionUndone(
            recorded_at=at,
            source=command.source,
            id=command.id,
            redemption=command.redemption,
            points=points,
            restored=given.restored,
            expired=given.expired,
            reissued=given.reissued,
            repaid=given.repaid,
            given_back=past.taken.get(command.redemption) if points == left else None,
        ),
    )


def reward_leads_to(stream: str, event: object) -> Sequence[tuple[str, Command]]:
    """Give what a redemption, or its undoing, makes of the reward's stock."""
    if isinstance(event, PointsRedeemed):
        taken, sign = event.taken, -1
    elif isinstance(event, RedemptionUndone):
        taken, sign = event.given_back, 1
    else:
        return ()
    if taken is None or not taken.stocked:
        return ()
    _, club, member = stream.split("/")
    command = MoveStock(
        recorded_at=event.recorded_at,
        source=event.source,
        redemption=event.redemption,
        member=member,
        quantity=sign * taken.quantity,
    )
    return ((f"stock/{club}/{taken.reward}", command),)
