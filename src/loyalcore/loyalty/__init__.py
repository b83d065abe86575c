"""Points and tiers: programmes as data, earning, lots and expiry, redemption, returns, tiers."""

from loyalcore.loyalty.ages import ages_alive
from loyalcore.loyalty.allocation import Rounding
from loyalcore.loyalty.award import Award, Reason, RuleOutcome
from loyalcore.loyalty.benefits import Benefit, BenefitKind, benefits, member_price
from loyalcore.loyalty.breakage import Breakage, CohortBreakage, breakage
from loyalcore.loyalty.buying_conditions import (
    BasketFrom,
    FirstPurchase,
    InCategory,
    InChannel,
    InStore,
    InTier,
    OfSku,
)
from loyalcore.loyalty.chain_ladder import ChainLadder, chain_ladder
from loyalcore.loyalty.club import Club
from loyalcore.loyalty.cohorts import CohortRow, Cohorts, cohorts
from loyalcore.loyalty.commands import (
    Enrol,
    Leave,
    PublishProgramme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    ReturnedLine,
)
from loyalcore.loyalty.comparison import Comparison, ProgrammeDifference, StepDifference, compare
from loyalcore.loyalty.conditions import AllOf, AnyOf, Condition, Facts, Not
from loyalcore.loyalty.deferrals import deferrals, deferred_cohorts
from loyalcore.loyalty.difference import Difference, Touched
from loyalcore.loyalty.entitled import (
    Entitled,
    entitled,
)
from loyalcore.loyalty.entitlement_commands import (
    GrantEntitlement,
    ReleaseReservation,
    ReserveEntitlement,
    RevokeEntitlement,
    UndoUse,
    UseEntitlement,
)
from loyalcore.loyalty.entitlement_events import (
    EntitlementEnd,
    EntitlementEnded,
    EntitlementGranted,
    EntitlementReserved,
    EntitlementUsed,
    ReservationEnd,
    ReservationEnded,
    UseUndone,
)
from loyalcore.loyalty.entitlements import (
    Entitlement,
    EntitlementKind,
    Grant,
    Occasion,
)
from loyalcore.loyalty.events import (
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
from loyalcore.loyalty.expectations import Expectations
from loyalcore.loyalty.handing import PointsAdjusted, PointsReceived, PointsTransferred
from loyalcore.loyalty.held import Held
from loyalcore.loyalty.inactivity import Activity, Inactivity
from loyalcore.loyalty.known_orders import KnownOrders, Orders, known_orders
from loyalcore.loyalty.lapsing import Expiring, ExpiryAhead, InactivityMoved, InactivityReached
from loyalcore.loyalty.ledger import CLUB, MEMBER
from loyalcore.loyalty.liability import Liability, LiabilityBucket, liability, period_ends
from loyalcore.loyalty.limits import Limit, LimitPeriod, PeriodLimit
from loyalcore.loyalty.line import Line
from loyalcore.loyalty.lot_flows import Fate, LotFlow, lot_flows
from loyalcore.loyalty.measures import Goal, Kind, Lack, Measure
from loyalcore.loyalty.member import Member
from loyalcore.loyalty.order_facts import payment_quotes
from loyalcore.loyalty.parts import Lot, Part
from loyalcore.loyalty.patterns import Basket, Habit, Pattern
from loyalcore.loyalty.paying import Quote
from loyalcore.loyalty.payments import Payment
from loyalcore.loyalty.point_commands import (
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
from loyalcore.loyalty.points_by_rule import PointsByRule, RuleRow, points_by_rule
from loyalcore.loyalty.policies import (
    Counted,
    Discounts,
    Earning,
    Expiry,
    Lapsed,
    Scope,
    Shortfall,
    Undo,
)
from loyalcore.loyalty.price_allocation import PriceAllocation, allocate_price, allocate_purchase
from loyalcore.loyalty.profiles import Contender, Profile, TierProfile
from loyalcore.loyalty.programme import Programme
from loyalcore.loyalty.programme_files import load_programme, programme_from
from loyalcore.loyalty.programme_return import (
    Basis,
    CustomerValue,
    LeftOut,
    ProgrammeReturn,
    StratumEffect,
    programme_return,
)
from loyalcore.loyalty.rebuilding import facts_from
from loyalcore.loyalty.redemption_mix import RedemptionMix, RedemptionRow, redemption_mix
from loyalcore.loyalty.replayed import Prices, Redeemed, Replayed
from loyalcore.loyalty.replaying import club_of
from loyalcore.loyalty.revenue import DeferredRevenue, RevenueRow, revenue_row
from loyalcore.loyalty.reward_costs import RewardCost, reward_costs
from loyalcore.loyalty.rewards import Reward, RewardKind
from loyalcore.loyalty.rights import (
    Reservation,
    Right,
)
from loyalcore.loyalty.roll_forward import RollForward, roll_forward
from loyalcore.loyalty.rules import (
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
from loyalcore.loyalty.sales import Sale
from loyalcore.loyalty.schema import programme_schema
from loyalcore.loyalty.simulation import MemberFacts, simulate
from loyalcore.loyalty.spending import (
    HoldEnd,
    HoldEnded,
    PointsExpired,
    PointsHeld,
    PointsPaid,
    PointsRedeemed,
    RedemptionUndone,
    RewardTaken,
)
from loyalcore.loyalty.standing import Standing, projected_tier, standing
from loyalcore.loyalty.statement import Movement, Statement, statement
from loyalcore.loyalty.stock import STOCK, Restock, Stock, StockMoved
from loyalcore.loyalty.strata import Uplift
from loyalcore.loyalty.tallied import Tallied
from loyalcore.loyalty.tally import Tally
from loyalcore.loyalty.tier_commands import BuyTier, CancelTier, LiftTier, RenewTier, SetTier
from loyalcore.loyalty.tier_events import (
    EarnedTierMoved,
    PeriodClosed,
    TierAtRisk,
    TierChanged,
    TierGraceBegan,
    TierKept,
    TierReason,
    TierSecured,
)
from loyalcore.loyalty.tier_paths import TierMoves, TierPaths, TierTime, tier_paths
from loyalcore.loyalty.tier_policies import Crossing, Fall, LateFacts, Undone
from loyalcore.loyalty.tier_terms import Closed, Rise, TierTerms
from loyalcore.loyalty.tiers import Tier, Tiers
from loyalcore.loyalty.time_conditions import (
    BirthdaySpan,
    During,
    InHours,
    OnAnniversary,
    OnBirthday,
    Recurs,
)
from loyalcore.loyalty.totals import Totals
from loyalcore.loyalty.triangles import Cell, RedemptionTriangle, redemption_triangle
from loyalcore.loyalty.valuation import Pick, Valuation
from loyalcore.loyalty.value_dates import as_of
from loyalcore.loyalty.vocabulary import CONDITIONS
from loyalcore.loyalty.warrant_events import TierBought, TierSet, WarrantEnd, WarrantEnded
from loyalcore.loyalty.warrants import Bought, PaidTerm, Warrant, WarrantKind
from loyalcore.loyalty.windows import Joined, Window

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
    "EntitlementGranted",
    "EntitlementKind",
    "EntitlementReserved",
    "EntitlementUsed",
    "Expectations",
    "Expiring",
    "Expiry",
    "ExpiryAhead",
    "Facts",
    "Fall",
    "Fate",
    "FirstPurchase",
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
