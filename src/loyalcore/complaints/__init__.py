"""Complaints and their clocks: SLA policies as data, deadlines that pause, warn and explain."""

from loyalcore.complaints.clocks.cycles import Alarm, Clocks, Cycle, End, Schedule
from loyalcore.complaints.clocks.events import (
    Basis,
    ClockBreached,
    ClockEnded,
    ClockEscalated,
    ClockEvent,
    ClockMerged,
    ClockPaused,
    ClockReopened,
    ClockResumed,
    ClockRetargeted,
    ClockScheduled,
    ClocksEvent,
    ClocksReviewed,
    ClockStarted,
    ClockWarned,
    Waiting,
)
from loyalcore.complaints.clocks.explaining import (
    CountedDate,
    Explanation,
    Standstill,
    Window,
    explain,
)
from loyalcore.complaints.clocks.folding import evolve, folded
from loyalcore.complaints.clocks.merging import merge
from loyalcore.complaints.clocks.passing import advance, due
from loyalcore.complaints.clocks.retargeting import retarget
from loyalcore.complaints.clocks.signalling import end_all, signal
from loyalcore.complaints.policy.clock_rules import ClockPolicy, Offset, Pause, Reopening, Step
from loyalcore.complaints.policy.house import house_rules
from loyalcore.complaints.policy.known_clocks import (
    acknowledgement,
    first_action,
    first_response,
    follow_up,
    next_response,
    preliminary_plan,
    progress_update,
    resolution,
    stage,
)
from loyalcore.complaints.policy.regulators import (
    asic_rg_271,
    cfpb,
    china_12315,
    china_banking,
    fca_disp,
    psd2,
)
from loyalcore.complaints.policy.signals import Signal
from loyalcore.complaints.policy.sla_files import Preset, load_sla_policy, sla_policy_from
from loyalcore.complaints.policy.sla_policy import (
    Choice,
    Considered,
    Policies,
    SlaPolicy,
    Version,
    sla_data,
)
from loyalcore.complaints.policy.subjects import Rule, Subject
from loyalcore.complaints.policy.targets import Counting, Target

__all__ = [
    "Alarm",
    "Basis",
    "Choice",
    "ClockBreached",
    "ClockEnded",
    "ClockEscalated",
    "ClockEvent",
    "ClockMerged",
    "ClockPaused",
    "ClockPolicy",
    "ClockReopened",
    "ClockResumed",
    "ClockRetargeted",
    "ClockScheduled",
    "ClockStarted",
    "ClockWarned",
    "Clocks",
    "ClocksEvent",
    "ClocksReviewed",
    "Considered",
    "CountedDate",
    "Counting",
    "Cycle",
    "End",
    "Explanation",
    "Offset",
    "Pause",
    "Policies",
    "Preset",
    "Reopening",
    "Rule",
    "Schedule",
    "Signal",
    "SlaPolicy",
    "Standstill",
    "Step",
    "Subject",
    "Target",
    "Version",
    "Waiting",
    "Window",
    "acknowledgement",
    "advance",
    "asic_rg_271",
    "cfpb",
    "china_12315",
    "china_banking",
    "due",
    "end_all",
    "evolve",
    "explain",
    "fca_disp",
    "first_action",
    "first_response",
    "folded",
    "follow_up",
    "house_rules",
    "load_sla_policy",
    "merge",
    "next_response",
    "preliminary_plan",
    "progress_update",
    "psd2",
    "resolution",
    "retarget",
    "signal",
    "sla_data",
    "sla_policy_from",
    "stage",
]
