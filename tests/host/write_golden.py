"""Write the golden history: python -m tests.host.write_golden, once per release that changes it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from loyalcore import Host
from loyalcore.decider import Command
from loyalcore.loyalty import (
    AdjustPoints,
    BuyTier,
    CancelTier,
    CaptureHold,
    CompensateOrder,
    Enrol,
    GrantEntitlement,
    Leave,
    LiftTier,
    Line,
    PlaceHold,
    PublishProgramme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    RenewTier,
    ReserveEntitlement,
    ReturnedLine,
    RevokeEntitlement,
    SetTier,
    Transfer,
    TransferEntitlement,
    UndoRedemption,
    UndoUse,
    UseEntitlement,
    WarrantKind,
)
from loyalcore.timing import MonthDay
from tests.host.shop import CLUB, CNY, day, opened, programme

GIFT, DELIVERY = "gift/by hand/late", "delivery/by hand/late"


def quiet(host: Host) -> list[str]:
    """Run a club whose members' points go when they do nothing, and name its streams."""
    club, cat = "loyalty/quiet", "loyalty/quiet/cat"
    inactivity = {"after": {"days": 10}, "behaviours": ["share"]}
    publish = PublishProgramme(
        programme=programme(inactivity=inactivity, warn_days=[3]), recorded_at=day(0)
    )
    host.submit(club, publish, key="quiet")
    host.submit(cat, Enrol(recorded_at=day(1)), key="cat joins")
    deed = RecordBehaviour(behaviour="share", id="S", occurred_at=day(2), recorded_at=day(2))
    host.submit(cat, deed, key="cat shares")
    host.tick(day(20))
    return [club, cat]


def main() -> None:
    """Run a short life with every kind of event in it and write it down."""
    host = opened()
    sale = {"fee": 99, "term": {"days": 10}, "pro_rata": True, "whole_days": 2}
    tiers = {
        "window": {"rolling_days": 20}, "grace_days": 2, "warn_days": 3, "late_facts": "reassess",
        "set_by": ["manager"],
        "ladder": [
            {"id": "bronze"},
            {"id": "silver", "entry": {"any": {"spend": 300, "orders": 3}}, "sale": sale},
        ],
    }  # fmt: skip
    behaviours = [
        {"id": "share", "points": 50, "limits": [{"times": 2}]},
        {"id": "invite", "points": 60},
        {"id": "invited", "points": 20},
    ]
    referral = {"referrer": "invite", "joiner": "invited", "when": "first_purchase"}
    thanks = {"behaviours": behaviours, "referral": referral}
    second = PublishProgramme(programme=programme(tiers=tiers, **thanks), recorded_at=day(0.5))
    host.submit(CLUB, second, key="second programme")
    ann = f"{CLUB}/ann"
    lines = [
        Line("1", CNY("128.50"), sku="tea", categories=["drinks"]),
        Line("2", CNY("300.00"), discount=CNY("20.00"), quantity=3),
    ]
    first, later = day(7), datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
    life: list[Command] = [
        Enrol(recorded_at=day(1), source="counter"),
        RecordPurchase(order="A", occurred_at=first, recorded_at=first, lines=lines,
                       birthday=MonthDay(2, 29), channel="web", store="Bund 1"),
        RecordBehaviour(behaviour="share", id="S", occurred_at=day(8), recorded_at=day(8)),
        Redeem(redemption="R", points=300, recorded_at=day(9)),
        RecordReturn(id="T", order="A", occurred_at=later, recorded_at=later,
                     lines=[ReturnedLine("2", quantity=1)]),
        RecordPurchase(order="B", occurred_at=later, recorded_at=later, lines=lines),
        PlaceHold(hold="H", points=20, until=day(30), recorded_at=day(21)),
        CaptureHold(hold="H", redemption="R2", points=5, recorded_at=day(22)),
        UndoRedemption(id="U", redemption="R2", points=2, recorded_at=day(23)),
        AdjustPoints(id="A1", points=30, actor="joe", role="clerk", reason="sorry",
                     recorded_at=day(24)),
        Transfer(transfer="T1", to="ben", points=20, recorded_at=day(25)),
        RecordPurchase(order="C", occurred_at=day(26), recorded_at=day(26), points=40,
                       lines=[Line("1", CNY("2.00"), tax=CNY("0.10"))]),
        RecordReturn(id="T2", order="C", occurred_at=day(27), recorded_at=day(27)),
        CompensateOrder(id="late", order="B", actor="joe", role="manager", reason="late",
                        recorded_at=day(28)),
        GrantEntitlement(entitlement="gift", cause="late", actor="joe", role="clerk",
                         reason="sorry", recorded_at=day(28)),
        GrantEntitlement(entitlement="delivery", cause="late", actor="joe", recorded_at=day(28)),
        GrantEntitlement(entitlement="delivery", cause="later", actor="joe", recorded_at=day(28)),
        ReserveEntitlement(right=GIFT, reservation="E1", until=day(29), recorded_at=day(28)),
        ReserveEntitlement(right=GIFT, reservation="E2", until=day(40), recorded_at=day(28)),
        UseEntitlement(right=GIFT, use="E3", reservation="E1", order="D", recorded_at=day(28)),
        UseEntitlement(right=DELIVERY, use="E4", order="D", recorded_at=day(28)),
        UndoUse(right=DELIVERY, use="E4", recorded_at=day(28)),
        RevokeEntitlement(right="delivery/by hand/later", actor="joe", reason="mistake",
                          recorded_at=day(28)),
        Leave(recorded_at=day(70), source="web"),
    ]  # fmt: skip
    ben = f"{CLUB}/ben"
    host.submit(ben, Enrol(recorded_at=day(2)), key="ben joins")
    who = {"actor": "joe", "role": "manager", "reason": "sorry"}
    silver, fee = "silver", CNY("99.00")
    bens: list[Command] = [
        BuyTier(id="M", tier=silver, fee=fee, recorded_at=day(3)),
        RenewTier(id="N", purchase="M", fee=fee, recorded_at=day(4)),
        RecordPurchase(order="A", occurred_at=day(5), recorded_at=day(5), lines=lines),
        SetTier(id="P", tier="bronze", kind=WarrantKind.PIN, until=day(8), recorded_at=day(6),
                **who),
        SetTier(id="F", tier=silver, kind=WarrantKind.FLOOR, until=day(90), recorded_at=day(7),
                **who),
        LiftTier(id="F", recorded_at=day(9), **who),
        CancelTier(purchase="M", recorded_at=day(10)),
        GrantEntitlement(entitlement="lounge", cause="birthday", actor="joe", recorded_at=day(10)),
    ]  # fmt: skip
    for key, command in enumerate(bens):
        host.submit(ben, command, key=f"ben {key}")
    for key, command in enumerate(life):
        if isinstance(command, Leave):
            host.tick(day(69))
        host.submit(ann, command, key=str(key))
    dan, at = f"{CLUB}/dan", day(11)
    dans: list[Command] = [
        Enrol(referred_by="ben", recorded_at=at),
        RecordPurchase(order="D", occurred_at=at, recorded_at=at, lines=lines),
        RecordReturn(id="T", order="D", occurred_at=day(12), recorded_at=day(12)),
    ]
    for key, command in enumerate(dans):
        host.submit(dan, command, key=f"dan {key}")
    lounge = TransferEntitlement(
        right="lounge/by hand/birthday", transfer="T2", to="dan", recorded_at=day(69)
    )
    host.submit(ben, lounge, key="ben gives")
    names = [CLUB, ann, ben, dan, *quiet(host)]
    events = [
        {"stream": e.stream, "version": e.version, "type": e.type, "schema": e.schema,
         "data": json.loads(e.data)}
        for name in names for e in host.store.read(name)
    ]  # fmt: skip
    states = {name: json.loads(host.codec.encode_state(host.state(name))) for name in names}
    text = json.dumps({"events": events, "states": states}, indent=1, sort_keys=True)
    (Path(__file__).parent / "golden" / "history.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
