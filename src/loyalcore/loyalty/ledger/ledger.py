"""Decide a member's commands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from loyalcore.decider import Command, Decider, EventType, decided_at
from loyalcore.errors import (
    NotEnrolled,
    ReceiverNotEnrolled,
    RecordedBackwards,
)
from loyalcore.loyalty.ledger.compensating import compensate
from loyalcore.loyalty.ledger.deeds import record_behaviour
from loyalcore.loyalty.ledger.entitling import grant, release, reserve, revoke, undo_use, use
from loyalcore.loyalty.ledger.facts import record_purchase, refuse_untimely
from loyalcore.loyalty.ledger.granting import with_grants
from loyalcore.loyalty.ledger.handing_on import give_right, receive_right, right_leads_to
from loyalcore.loyalty.ledger.idling import move_inactivity
from loyalcore.loyalty.ledger.joining import close, enrol, leave
from loyalcore.loyalty.ledger.passing import advance, due
from loyalcore.loyalty.ledger.redeeming import (
    capture_hold,
    place_hold,
    redeem,
    redeem_reward,
    release_hold,
    reward_leads_to,
    undo_redemption,
)
from loyalcore.loyalty.ledger.referring import (
    answer_referral,
    bring_friend,
    earn_referral,
    meet_referral,
    referral_leads_to,
)
from loyalcore.loyalty.ledger.returns import decide_return, told_before
from loyalcore.loyalty.ledger.tier_corrections import undone_by_return, with_corrections
from loyalcore.loyalty.ledger.transfers import adjust, receive, transfer, transfer_leads_to
from loyalcore.loyalty.ledger.unreferring import undo_referral, undone_by_order
from loyalcore.loyalty.ledger.warranting import (
    buy_tier,
    cancel_tier,
    lift_tier,
    renew_tier,
    set_tier,
)
from loyalcore.loyalty.member import events as e
from loyalcore.loyalty.member.club import Club, evolve_club, publish
from loyalcore.loyalty.member.commands import (
    Enrol,
    Leave,
    MemberCommand,
    PublishProgramme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
)
from loyalcore.loyalty.member.dossier import Dossier, dossier
from loyalcore.loyalty.member.entitlement_commands import (
    GrantEntitlement,
    ReleaseReservation,
    ReserveEntitlement,
    RevokeEntitlement,
    UndoUse,
    UseEntitlement,
)
from loyalcore.loyalty.member.entitlement_events import (
    EntitlementEnded,
    EntitlementGranted,
    EntitlementReserved,
    EntitlementUsed,
    ReservationEnded,
    UseUndone,
)
from loyalcore.loyalty.member.entitlement_handing import (
    EntitlementGiven,
    EntitlementReceived,
    ReceiveEntitlement,
    TransferEntitlement,
)
from loyalcore.loyalty.member.folding import evolve
from loyalcore.loyalty.member.handing import PointsAdjusted, PointsReceived, PointsTransferred
from loyalcore.loyalty.member.lapsing import ExpiryAhead, InactivityMoved, InactivityReached
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.point_commands import (
    AdjustPoints,
    CaptureHold,
    CompensateOrder,
    PlaceHold,
    ReceivePoints,
    Redeem,
    RedeemReward,
    ReleaseHold,
    Transfer,
    UndoRedemption,
)
from loyalcore.loyalty.member.referral_commands import (
    AnswerReferral,
    BringFriend,
    EarnReferral,
    UndoReferral,
)
from loyalcore.loyalty.member.referral_events import FriendBrought, ReferralJudged, ReferralUndone
from loyalcore.loyalty.member.spending import (
    HoldEnded,
    PointsExpired,
    PointsHeld,
    PointsRedeemed,
    RedemptionUndone,
)
from loyalcore.loyalty.member.tier_commands import BuyTier, CancelTier, LiftTier, RenewTier, SetTier
from loyalcore.loyalty.member.tier_events import (
    EarnedTierMoved,
    PeriodClosed,
    TierAtRisk,
    TierChanged,
    TierGraceBegan,
    TierKept,
    TierSecured,
)
from loyalcore.loyalty.member.warrant_events import TierBought, TierSet, WarrantEnded
from loyalcore.loyalty.programme.programme import configure


def decide(
    member: Member, past: Dossier, command: MemberCommand, club: Club
) -> tuple[e.MemberEvent, ...]:
    """Decide a member's command: first what time has done by then, then what it brings.

    Raises:
        Refused: a rule forbids it; nothing has changed.
    """
    at = decided_at(command)
    if member.recorded_at is not None and at < member.recorded_at:
        raise RecordedBackwards(member.recorded_at, at)
    passed = advance(member, at, club)
    for event in passed:
        member = evolve(member, event)
    past = past.knowing(passed)
    if member.enrolled_at is None and not isinstance(command, Enrol):
        if isinstance(command, ReceivePoints | ReceiveEntitlement):
            raise ReceiverNotEnrolled(command.transfer, command.sender)
        raise NotEnrolled
    made = _DECIDERS[type(command)](member, past, command, club, at)
    if not made:
        return ()
    granted = with_grants(member, past, made, club)
    return (*passed, *granted, *move_inactivity(member, granted, club, at))


def _purchase(
    member: Member, past: Dossier, command: RecordPurchase, club: Club, at: datetime
) -> tuple[e.MemberEvent, ...]:
    made = record_purchase(member, past, command, club, at)
    if member.referred is None or not member.referred.open:
        return made
    return (*made, *meet_referral(MEMBER.fold(member, made), command, club, at))


def _return(
    member: Member, past: Dossier, command: RecordReturn, club: Club, at: datetime
) -> tuple[e.MemberEvent, ...]:
    if told_before(past, command):
        return ()
    programme = club.at(at)
    refuse_untimely(member, command.occurred_at, at, programme)
    (returned,) = decide_return(member, past, command, programme, at)
    after = evolve(member, returned)
    undone = undone_by_return(member, after, programme, at)
    member, made = with_corrections(member, (returned, *undone), programme, at, returned.day)
    return (*made, *undone_by_order(member, past, returned, club))


def _leads_to(stream: str, event: e.MemberEvent) -> Sequence[tuple[str, Command]]:
    """Give what an event makes other streams do: another member's, and the stock's."""
    return (
        *transfer_leads_to(stream, event),
        *reward_leads_to(stream, event),
        *referral_leads_to(stream, event),
        *right_leads_to(stream, event),
    )


_Decide = Callable[[Member, Dossier, Any, Club, datetime], tuple[e.MemberEvent, ...]]
_DECIDERS: Mapping[type[Command], _Decide] = {
    Enrol: enrol,
    Leave: leave,
    RecordPurchase: _purchase,
    RecordBehaviour: record_behaviour,
    RecordReturn: _return,
    SetTier: set_tier,
    LiftTier: lift_tier,
    BuyTier: buy_tier,
    RenewTier: renew_tier,
    CancelTier: cancel_tier,
    Redeem: redeem,
    PlaceHold: place_hold,
    CaptureHold: capture_hold,
    ReleaseHold: release_hold,
    RedeemReward: redeem_reward,
    UndoRedemption: undo_redemption,
    Transfer: transfer,
    ReceivePoints: receive,
    AdjustPoints: adjust,
    CompensateOrder: compensate,
    GrantEntitlement: grant,
    ReserveEntitlement: reserve,
    ReleaseReservation: release,
    UseEntitlement: use,
    UndoUse: undo_use,
    RevokeEntitlement: revoke,
    TransferEntitlement: give_right,
    ReceiveEntitlement: receive_right,
    BringFriend: bring_friend,
    AnswerReferral: answer_referral,
    EarnReferral: earn_referral,
    UndoReferral: undo_referral,
}


MEMBER: Decider[Member, Dossier, Club] = Decider(
    name="loyalty.member",
    pattern="loyalty/*/*",
    fold_version=4,
    state_type=Member,
    initial=Member(),
    decide=decide,
    evolve=evolve,
    last=lambda member: member.recorded_at,
    due=due,
    advance=advance,
    refs=lambda command: command.refs,
    dossier=dossier,
    policy_stream=lambda stream: stream.rpartition("/")[0],
    commands={
        "enrol": Enrol,
        "leave": Leave,
        "record_purchase": RecordPurchase,
        "record_behaviour": RecordBehaviour,
        "redeem": Redeem,
        "redeem_reward": RedeemReward,
        "place_hold": PlaceHold,
        "capture_hold": CaptureHold,
        "release_hold": ReleaseHold,
        "undo_redemption": UndoRedemption,
        "transfer": Transfer,
        "adjust_points": AdjustPoints,
        "compensate_order": CompensateOrder,
        "record_return": RecordReturn,
        "set_tier": SetTier,
        "lift_tier": LiftTier,
        "buy_tier": BuyTier,
        "renew_tier": RenewTier,
        "cancel_tier": CancelTier,
        "grant_entitlement": GrantEntitlement,
        "reserve_entitlement": ReserveEntitlement,
        "release_reservation": ReleaseReservation,
        "use_entitlement": UseEntitlement,
        "undo_use": UndoUse,
        "revoke_entitlement": RevokeEntitlement,
        "transfer_entitlement": TransferEntitlement,
    },
    events=(
        EventType("loyalty.member_enrolled", e.MemberEnrolled),
        EventType("loyalty.membership_ended", e.MembershipEnded),
        EventType("loyalty.purchase_recorded", e.PurchaseRecorded),
        EventType("loyalty.behaviour_recorded", e.BehaviourRecorded),
        EventType("loyalty.points_redeemed", PointsRedeemed),
        EventType("loyalty.points_held", PointsHeld),
        EventType("loyalty.hold_ended", HoldEnded),
        EventType("loyalty.redemption_undone", RedemptionUndone),
        EventType("loyalty.points_transferred", PointsTransferred),
        EventType("loyalty.points_received", PointsReceived),
        EventType("loyalty.points_adjusted", PointsAdjusted),
        EventType("loyalty.return_recorded", e.ReturnRecorded),
        EventType("loyalty.points_expired", PointsExpired),
        EventType("loyalty.tier_changed", TierChanged),
        EventType("loyalty.tier_kept", TierKept),
        EventType("loyalty.tier_grace_began", TierGraceBegan),
        EventType("loyalty.tier_at_risk", TierAtRisk),
        EventType("loyalty.tier_secured", TierSecured),
        EventType("loyalty.period_closed", PeriodClosed),
        EventType("loyalty.earned_tier_moved", EarnedTierMoved),
        EventType("loyalty.tier_set", TierSet),
        EventType("loyalty.tier_bought", TierBought),
        EventType("loyalty.warrant_ended", WarrantEnded),
        EventType("loyalty.entitlement_granted", EntitlementGranted),
        EventType("loyalty.entitlement_reserved", EntitlementReserved),
        EventType("loyalty.reservation_ended", ReservationEnded),
        EventType("loyalty.entitlement_used", EntitlementUsed),
        EventType("loyalty.use_undone", UseUndone),
        EventType("loyalty.entitlement_ended", EntitlementEnded),
        EventType("loyalty.entitlement_given", EntitlementGiven),
        EventType("loyalty.entitlement_received", EntitlementReceived),
        EventType("loyalty.inactivity_moved", InactivityMoved),
        EventType("loyalty.inactivity_reached", InactivityReached),
        EventType("loyalty.expiry_ahead", ExpiryAhead),
        EventType("loyalty.referral_judged", ReferralJudged),
        EventType("loyalty.friend_brought", FriendBrought),
        EventType("loyalty.referral_undone", ReferralUndone),
    ),
    configure=configure,
    leads_to=_leads_to,
    close=close,
)
"""How a member's stream, `loyalty/CLUB/MEMBER`, lives."""

CLUB: Decider[Club, None, None] = Decider(
    name="loyalty.club",
    pattern="loyalty/*",
    fold_version=1,
    state_type=Club,
    initial=Club(),
    decide=publish,
    evolve=evolve_club,
    last=lambda club: club.recorded_at,
    due=lambda club: None,
    advance=lambda club, now, policy: (),
    refs=lambda command: (),
    dossier=lambda events: None,
    policy_stream=lambda stream: None,
    commands={"publish_programme": PublishProgramme},
    events=(EventType("loyalty.programme_published", e.ProgrammePublished),),
    configure=configure,
)
"""How a club's stream, `loyalty/CLUB`, lives."""
