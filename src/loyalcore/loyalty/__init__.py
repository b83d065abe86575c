"""Points and tiers: programmes as data, earning, lots and expiry, redemption, returns, tiers."""

from loyalcore.loyalty.accounts.ages import ages_alive
from loyalcore.loyalty.accounts.breakage import Breakage, CohortBreakage, breakage
from loyalcore.loyalty.accounts.chain_ladder import ChainLadder, chain_ladder
from loyalcore.loyalty.accounts.deferrals import deferrals, deferred_cohorts
from loyalcore.loyalty.accounts.expectations import Expectations
from loyalcore.loyalty.accounts.liability import Liability, LiabilityBucket, liability, period_ends
from loyalcore.loyalty.accounts.price_allocation import (
    PriceAllocation,
    allocate_price,
    allocate_purchase,
)
from loyalcore.loyalty.accounts.revenue import DeferredRevenue, RevenueRow, revenue_row
from loyalcore.loyalty.accounts.reward_costs import RewardCost, reward_costs
from loyalcore.loyalty.accounts.roll_forward import RollForward, roll_forward
from loyalcore.loyalty.accounts.triangles import Cell, RedemptionTriangle, redemption_triangle
from loyalcore.loyalty.comparison.comparison import (
    Comparison,
    ProgrammeDifference,
    StepDifference,
    compare,
)
from loyalcore.loyalty.comparison.patterns import Basket, Habit, Pattern
from loyalcore.loyalty.comparison.profiles import Contender, Profile, TierProfile
from loyalcore.loyalty.comparison.valuation import Pick, Valuation
from loyalcore.loyalty.ledger.entitled import (
    Entitled,
    entitled,
)
from loyalcore.loyalty.ledger.ledger import CLUB, MEMBER
from loyalcore.loyalty.ledger.order_facts import payment_quotes
from loyalcore.loyalty.ledger.paying import Quote
from loyalcore.loyalty.ledger.stock import STOCK, Restock, Stock, StockMoved
from loyalcore.loyalty.member.award import Award, Reason, RuleOutcome
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.commands import (
    Enrol,
    Leave,
    PublishProgramme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    ReturnedLine,
)
from loyalcore.loyalty.member.entitlement_commands import (
    GrantEntitlement,
    ReleaseReservation,
    ReserveEntitlement,
    RevokeEntitlement,
    UndoUse,
    UseEntitlement,
)
from loyalcore.loyalty.member.entitlement_events import (
    EntitlementEnd,
    EntitlementEnded,
    EntitlementGranted,
    EntitlementReserved,
    EntitlementUsed,
    ReservationEnd,
    ReservationEnded,
    UseUndone,
)
from loyalcore.loyalty.member.entitlement_handing import (
    EntitlementGiven,
    EntitlementReceived,
    TransferEntitlement,
)
from loyalcore.loyalty.member.events import (
    BehaviourRecorded,
    LineEarned,
    LineReturned,
    MemberEnrolled,
    MemberEvent,
    MembershipEnded,
    ProgrammePublished,
    PurchaseRecorded,
    ReturnRecorded,
)
from loyalcore.loyalty.member.handing import PointsAdjusted, PointsReceived, PointsTransferred
from loyalcore.loyalty.member.held import Held
from loyalcore.loyalty.member.lapsing import (
    Expiring,
    ExpiryAhead,
    InactivityMoved,
    InactivityReached,
)
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.parts import Lot, Part
from loyalcore.loyalty.member.point_commands import (
    AdjustPoints,
    CaptureHold,
    CompensateOrder,
    PlaceHold,
    Redeem,
    RedeemReward,
    ReleaseHold,
    Transfer,
    UndoRedemption,
)
from loyalcore.loyalty.member.referral import ReferralReason, Referred
from loyalcore.loyalty.member.referral_events import FriendBrought, ReferralJudged, ReferralUndone
from loyalcore.loyalty.member.rights import (
    Reservation,
    Right,
)
from loyalcore.loyalty.member.spending import (
    HoldEnd,
    HoldEnded,
    PointsExpired,
    PointsHeld,
    PointsPaid,
    PointsRedeemed,
    RedemptionUndone,
    RewardTaken,
)
from loyalcore.loyalty.member.tallied import Tallied
from loyalcore.loyalty.member.tier_commands import BuyTier, CancelTier, LiftTier, RenewTier, SetTier
from loyalcore.loyalty.member.tier_events import (
    EarnedTierMoved,
    PeriodClosed,
    TierAtRisk,
    TierChanged,
    TierGraceBegan,
    TierKept,
    TierReason,
    TierSecured,
)
from loyalcore.loyalty.member.tier_terms import Closed, Rise, TierTerms
from loyalcore.loyalty.member.totals import Totals
from loyalcore.loyalty.member.warrant_events import TierBought, TierSet, WarrantEnd, WarrantEnded
from loyalcore.loyalty.member.warrants import Bought, PaidTerm, Warrant, WarrantKind
from loyalcore.loyalty.programme.allocation import Rounding
from loyalcore.loyalty.programme.benefits import Benefit, BenefitKind, benefits, member_price
from loyalcore.loyalty.programme.buying_conditions import (
    BasketFrom,
    FirstPurchase,
    InCategory,
    InChannel,
    InStore,
    InTier,
    OfSku,
)
from loyalcore.loyalty.programme.conditions import AllOf, AnyOf, Condition, Facts, Not
from loyalcore.loyalty.programme.entitlements import (
    Entitlement,
    EntitlementKind,
    Grant,
    Occasion,
)
from loyalcore.loyalty.programme.inactivity import Activity, Inactivity
from loyalcore.loyalty.programme.limits import Limit, LimitPeriod, PeriodLimit
from loyalcore.loyalty.programme.line import Line
from loyalcore.loyalty.programme.measures import Goal, Kind, Lack, Measure
from loyalcore.loyalty.programme.payments import Payment
from loyalcore.loyalty.programme.policies import (
    Counted,
    Discounts,
    Earning,
    ExpiredPoints,
    Expiry,
    Lapsed,
    Returns,
    Scope,
    Shortfall,
    Undo,
)
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.programme_files import load_programme, programme_from
from loyalcore.loyalty.programme.referral import (
    InvalidReferral,
    Referral,
    ReferralWhen,
    ReturnedReferral,
)
from loyalcore.loyalty.programme.rewards import Reward, RewardKind
from loyalcore.loyalty.programme.rules import (
    Base,
    Behaviour,
    Bonus,
    Cap,
    Clawback,
    Multiplier,
    Per,
    Stacking,
    Subject,
)
from loyalcore.loyalty.programme.sales import Sale
from loyalcore.loyalty.programme.schema import programme_schema
from loyalcore.loyalty.programme.tally import Tally
from loyalcore.loyalty.programme.tier_policies import Crossing, Fall, LateFacts, Undone
from loyalcore.loyalty.programme.tiers import Tier, Tiers
from loyalcore.loyalty.programme.time_conditions import (
    BirthdaySpan,
    During,
    InHours,
    OnAnniversary,
    OnBirthday,
    Recurs,
)
from loyalcore.loyalty.programme.vocabulary import CONDITIONS
from loyalcore.loyalty.programme.windows import Joined, Window
from loyalcore.loyalty.reports.cohorts import CohortRow, Cohorts, cohorts
from loyalcore.loyalty.reports.lot_flows import Fate, LotFlow, lot_flows
from loyalcore.loyalty.reports.points_by_rule import PointsByRule, RuleRow, points_by_rule
from loyalcore.loyalty.reports.programme_return import (
    Basis,
    CustomerValue,
    LeftOut,
    ProgrammeReturn,
    StratumEffect,
    programme_return,
)
from loyalcore.loyalty.reports.redemption_mix import RedemptionMix, RedemptionRow, redemption_mix
from loyalcore.loyalty.reports.standing import Standing, projected_tier, standing
from loyalcore.loyalty.reports.statement import Movement, Statement, statement
from loyalcore.loyalty.reports.strata import Uplift
from loyalcore.loyalty.reports.tier_paths import TierMoves, TierPaths, TierTime, tier_paths
from loyalcore.loyalty.reports.value_dates import as_of
from loyalcore.loyalty.simulation.difference import Difference, Touched
from loyalcore.loyalty.simulation.known_orders import KnownOrders, Orders, known_orders
from loyalcore.loyalty.simulation.rebuilding import facts_from
from loyalcore.loyalty.simulation.replayed import Prices, Redeemed, Replayed
from loyalcore.loyalty.simulation.replaying import club_of
from loyalcore.loyalty.simulation.simulation import MemberFacts, simulate

__all__ = [
    "CLUB",
    "CONDITIONS",
    "MEMBER",
    "STOCK",
    "Activity",
    "AdjustPoints",
    "AllOf",
    "AnyOf",
    "Award",
    "Base",
    "Basis",
    "Basket",
    "BasketFrom",
    "Behaviour",
    "BehaviourRecorded",
    "Benefit",
    "BenefitKind",
    "BirthdaySpan",
    "Bonus",
    "Bought",
    "Breakage",
    "BuyTier",
    "CancelTier",
    "Cap",
    "CaptureHold",
    "Cell",
    "ChainLadder",
    "Clawback",
    "Closed",
    "Club",
    "CohortBreakage",
    "CohortRow",
    "Cohorts",
    "Comparison",
    "CompensateOrder",
    "Condition",
    "Contender",
    "Counted",
    "Crossing",
    "CustomerValue",
    "DeferredRevenue",
    "Difference",
    "Discounts",
    "During",
    "EarnedTierMoved",
    "Earning",
    "Enrol",
    "Entitled",
    "Entitlement",
    "EntitlementEnd",
    "EntitlementEnded",
    "EntitlementGiven",
    "EntitlementGranted",
    "EntitlementKind",
    "EntitlementReceived",
    "EntitlementReserved",
    "EntitlementUsed",
    "Expectations",
    "ExpiredPoints",
    "Expiring",
    "Expiry",
    "ExpiryAhead",
    "Facts",
    "Fall",
    "Fate",
    "FirstPurchase",
    "FriendBrought",
    "Goal",
    "Grant",
    "GrantEntitlement",
    "Habit",
    "Held",
    "HoldEnd",
    "HoldEnded",
    "InCategory",
    "InChannel",
    "InHours",
    "InStore",
    "InTier",
    "Inactivity",
    "InactivityMoved",
    "InactivityReached",
    "InvalidReferral",
    "Joined",
    "Kind",
    "KnownOrders",
    "Lack",
    "Lapsed",
    "LateFacts",
    "Leave",
    "LeftOut",
    "Liability",
    "LiabilityBucket",
    "LiftTier",
    "Limit",
    "LimitPeriod",
    "Line",
    "LineEarned",
    "LineReturned",
    "Lot",
    "LotFlow",
    "Measure",
    "Member",
    "MemberEnrolled",
    "MemberEvent",
    "MemberFacts",
    "MembershipEnded",
    "Movement",
    "Multiplier",
    "Not",
    "Occasion",
    "OfSku",
    "OnAnniversary",
    "OnBirthday",
    "Orders",
    "PaidTerm",
    "Part",
    "Pattern",
    "Payment",
    "Per",
    "PeriodClosed",
    "PeriodLimit",
    "Pick",
    "PlaceHold",
    "PointsAdjusted",
    "PointsByRule",
    "PointsExpired",
    "PointsHeld",
    "PointsPaid",
    "PointsReceived",
    "PointsRedeemed",
    "PointsTransferred",
    "PriceAllocation",
    "Prices",
    "Profile",
    "Programme",
    "ProgrammeDifference",
    "ProgrammePublished",
    "ProgrammeReturn",
    "PublishProgramme",
    "PurchaseRecorded",
    "Quote",
    "Reason",
    "RecordBehaviour",
    "RecordPurchase",
    "RecordReturn",
    "Recurs",
    "Redeem",
    "RedeemReward",
    "Redeemed",
    "RedemptionMix",
    "RedemptionRow",
    "RedemptionTriangle",
    "RedemptionUndone",
    "Referral",
    "ReferralJudged",
    "ReferralReason",
    "ReferralUndone",
    "ReferralWhen",
    "Referred",
    "ReleaseHold",
    "ReleaseReservation",
    "RenewTier",
    "Replayed",
    "Reservation",
    "ReservationEnd",
    "ReservationEnded",
    "ReserveEntitlement",
    "Restock",
    "ReturnRecorded",
    "ReturnedLine",
    "ReturnedReferral",
    "Returns",
    "RevenueRow",
    "RevokeEntitlement",
    "Reward",
    "RewardCost",
    "RewardKind",
    "RewardTaken",
    "Right",
    "Rise",
    "RollForward",
    "Rounding",
    "RuleOutcome",
    "RuleRow",
    "Sale",
    "Scope",
    "SetTier",
    "Shortfall",
    "Stacking",
    "Standing",
    "Statement",
    "StepDifference",
    "Stock",
    "StockMoved",
    "StratumEffect",
    "Subject",
    "Tallied",
    "Tally",
    "Tier",
    "TierAtRisk",
    "TierBought",
    "TierChanged",
    "TierGraceBegan",
    "TierKept",
    "TierMoves",
    "TierPaths",
    "TierProfile",
    "TierReason",
    "TierSecured",
    "TierSet",
    "TierTerms",
    "TierTime",
    "Tiers",
    "Totals",
    "Touched",
    "Transfer",
    "TransferEntitlement",
    "Undo",
    "UndoRedemption",
    "UndoUse",
    "Undone",
    "Uplift",
    "UseEntitlement",
    "UseUndone",
    "Valuation",
    "Warrant",
    "WarrantEnd",
    "WarrantEnded",
    "WarrantKind",
    "Window",
    "ages_alive",
    "allocate_price",
    "allocate_purchase",
    "as_of",
    "benefits",
    "breakage",
    "chain_ladder",
    "club_of",
    "cohorts",
    "compare",
    "deferrals",
    "deferred_cohorts",
    "entitled",
    "facts_from",
    "known_orders",
    "liability",
    "load_programme",
    "lot_flows",
    "member_price",
    "payment_quotes",
    "period_ends",
    "points_by_rule",
    "programme_from",
    "programme_return",
    "programme_schema",
    "projected_tier",
    "redemption_mix",
    "redemption_triangle",
    "revenue_row",
    "reward_costs",
    "roll_forward",
    "simulate",
    "standing",
    "statement",
    "tier_paths",
]
