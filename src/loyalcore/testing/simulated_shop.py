"""The shop of the simulation: its deciders, its programmes, and what its commands bring."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import attrs
from cattrs import Converter

from loyalcore.decider import Command, Decider, Event
from loyalcore.host.serving import DECIDERS
from loyalcore.journal.codec import Codec
from loyalcore.loyalty import (
    BehaviourRecorded,
    CaptureHold,
    Enrol,
    EntitlementEnd,
    EntitlementEnded,
    EntitlementGranted,
    EntitlementReserved,
    EntitlementUsed,
    GrantEntitlement,
    HoldEnd,
    HoldEnded,
    Leave,
    MemberEnrolled,
    MembershipEnded,
    PeriodClosed,
    PlaceHold,
    PointsExpired,
    PointsHeld,
    PointsReceived,
    PointsRedeemed,
    PointsTransferred,
    Programme,
    ProgrammePublished,
    PublishProgramme,
    PurchaseRecorded,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    RedemptionUndone,
    ReleaseHold,
    ReservationEnd,
    ReservationEnded,
    ReserveEntitlement,
    ReturnRecorded,
    TierAtRisk,
    TierChanged,
    TierGraceBegan,
    TierKept,
    TierSecured,
    Transfer,
    UndoRedemption,
    UndoUse,
    UseEntitlement,
    UseUndone,
    programme_from,
)
from loyalcore.loyalty.member.entitlement_commands import by_hand
from loyalcore.loyalty.member.point_commands import ReceivePoints

START = datetime(2026, 3, 1, tzinfo=UTC)
CLUB = "loyalty/shop"

# --- stored forms ---------------------------------------------------------------------------------


def _remember_programmes(converter: Converter) -> None:
    """Read a programme once: hosts with small caches do so at every other step, and it is dear."""
    read = converter.get_structure_hook(Programme)
    known = lru_cache(maxsize=64)(lambda text: read(json.loads(text), Programme))
    converter.register_structure_hook(Programme, lambda value, _: known(json.dumps(value)))


def _release(number: int) -> tuple[Decider[Any, Any, Any], ...]:
    def configure(converter: Converter) -> None:
        last.configure(converter)
        _remember_programmes(converter)

    *first, last = (attrs.evolve(decider, fold_version=number) for decider in DECIDERS)
    return (*first, attrs.evolve(last, configure=configure))


RELEASES = (_release(1), _release(2))
"""The deciders of two releases, which fold alike and do not trust each other's snapshots."""

CODEC = Codec(RELEASES[0])
FOLDS = frozenset(
    f"{decider.name}@{decider.fold_version}" for release in RELEASES for decider in release
)

# --- what commands bring --------------------------------------------------------------------------

BRINGS: Mapping[type[Command], type[Event]] = {
    Enrol: MemberEnrolled,
    Leave: MembershipEnded,
    RecordPurchase: PurchaseRecorded,
    RecordBehaviour: BehaviourRecorded,
    Redeem: PointsRedeemed,
    PlaceHold: PointsHeld,
    CaptureHold: HoldEnded,
    ReleaseHold: HoldEnded,
    UndoRedemption: RedemptionUndone,
    Transfer: PointsTransferred,
    ReceivePoints: PointsReceived,
    RecordReturn: ReturnRecorded,
    GrantEntitlement: EntitlementGranted,
    ReserveEntitlement: EntitlementReserved,
    UseEntitlement: EntitlementUsed,
    UndoUse: UseUndone,
    PublishProgramme: ProgrammePublished,
}
"""The one event of its own that a command brings, beside what time has done by then."""

_COMPANY = (
    PointsExpired,
    TierChanged,
    TierKept,
    TierGraceBegan,
    TierAtRisk,
    TierSecured,
    PeriodClosed,
    HoldEnded,
    EntitlementGranted,
    EntitlementEnded,
    ReservationEnded,
)

_MARKS: Mapping[type[Event], Callable[[Any], tuple[str, ...]]] = {
    PurchaseRecorded: lambda fact: (f"order {fact.order}",),
    BehaviourRecorded: lambda fact: (f"deed {fact.id}",),
    PointsRedeemed: lambda fact: (f"redemption {fact.redemption}",),
    PointsHeld: lambda fact: (f"hold {fact.hold}",),
    HoldEnded: lambda fact: (
        f"end of hold {fact.hold}",
        *([f"redemption {fact.redemption}"] if getattr(fact, "redemption", "") else []),
    ),
    RedemptionUndone: lambda fact: (f"undoing {fact.id}",),
    PointsTransferred: lambda fact: (f"transfer {fact.transfer}",),
    PointsReceived: lambda fact: (f"receipt of {fact.transfer}",),
    ReturnRecorded: lambda fact: (f"return {fact.id}",),
    EntitlementGranted: lambda fact: (
        f"right {by_hand(fact.entitlement, fact.cause)}"
        if isinstance(fact, GrantEntitlement)
        else f"right {fact.right.id}",
    ),
    EntitlementReserved: lambda fact: (f"reservation {fact.reservation}",),
    EntitlementUsed: lambda fact: (f"use {fact.use}",),
    UseUndone: lambda fact: (f"undoing of use {fact.use}",),
    ReservationEnded: lambda fact: (f"end of reservation {fact.reservation}",),
    EntitlementEnded: lambda fact: (f"end of right {fact.right}: {fact.how.value}",),
    ProgrammePublished: lambda fact: (f"programme {fact.programme.content_id}",),
}


def marks(fact: Command | Event) -> tuple[str, ...]:
    """Give what may happen once in a stream: what a command brings has the command's marks."""
    kind = BRINGS[type(fact)] if isinstance(fact, Command) else type(fact)
    return _MARKS[kind](fact) if kind in _MARKS else ()


def is_own(event: Event, command: Command) -> bool:
    """Say whether an event is the one of its own that a command brings."""
    return type(event) is BRINGS[type(command)] and marks(event) == marks(command)


def with_consequences(acts: Iterable[tuple[str, Command]]) -> tuple[tuple[str, Command], ...]:
    """Give acts, each with what it makes other streams do in the same act."""
    whole: list[tuple[str, Command]] = []
    for stream, command in acts:
        whole.append((stream, command))
        if isinstance(command, Transfer):
            club, _, sender = stream.rpartition("/")
            receipt = ReceivePoints(transfer=command.transfer, sender=sender, parts=())
            whole.append((f"{club}/{command.to}", receipt))
    return tuple(whole)


def may_come_along(event: Event) -> bool:
    """Say whether an event may stand beside a command's own, or end a forgotten stream."""
    return isinstance(event, _COMPANY)


def is_by_time(event: Event) -> bool:
    """Say whether an event can happen without a command."""
    match event:
        case HoldEnded():
            return event.how is HoldEnd.LAPSED
        case ReservationEnded():
            return event.how is ReservationEnd.LAPSED
        case EntitlementEnded():
            return event.how is EntitlementEnd.EXPIRED
        case EntitlementGranted():
            return event.right.cause.startswith("kept:")
        case _:
            pass
    return isinstance(event, _COMPANY)


# --- programmes -----------------------------------------------------------------------------------


def _programme(rate: int, days: int, shares: int) -> Programme:
    """Give a programme in which something falls due every few days."""
    document = {
        "name": "Shop",
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "base": [{"id": "spend", "points_per_unit": rate}],
        "behaviours": [{"id": "share", "points": 50, "limits": [{"times": shares}]}],
        "entitlements": [{"id": "gift", "lasts": {"days": days}, "uses": shares}],
        "grants": [
            {"id": "big", "entitlement": "gift", "on": "order", "when": {"basket_from": 200}},
            {"id": "kept", "entitlement": "gift", "on": "tier_kept"},
        ],
        "expiry": {"after": {"days": days}},
        "tiers": {
            "window": {"rolling_days": 3},
            "grace_days": 1,
            "warn_days": 2,
            "late_facts": "reassess",
            "undone": "at_once",
            "ladder": [{"id": "bronze"}, {"id": "silver", "entry": 300}],
        },
    }
    return programme_from(document)


PROGRAMMES = (_programme(1, 5, 2), _programme(2, 2, 1), _programme(1, 9, 3))
