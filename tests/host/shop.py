"""A small shop for the tests of the host: a programme, members, commands in few words."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from loyalcore import Currency, Host, Submission, connect
from loyalcore.decider import Command
from loyalcore.errors import Refused
from loyalcore.loyalty import (
    Enrol,
    Line,
    Programme,
    PublishProgramme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    programme_from,
)

CNY = Currency("CNY")
START = datetime(2026, 3, 1, tzinfo=UTC)
CLUB = "loyalty/shop"
DRAWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5), st.integers(0, 400)), max_size=25)
"""Members, kinds and amounts, for `commands`."""


def programme(**changes: object) -> Programme:
    """Give the shop's programme, with some keys changed."""
    document = {
        "name": "Shop",
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "base": [{"id": "spend"}],
        "multipliers": [
            {"id": "member-day", "factor": 2, "when": {"recurrence": "FREQ=MONTHLY;BYMONTHDAY=8"}}
        ],
        "behaviours": [{"id": "share", "points": 50, "limits": [{"times": 2}]}],
        "payments": [{"id": "points", "points_per_unit": 100}],
        "entitlements": [
            {"id": "gift", "lasts": {"days": 10}, "uses": 3, "limits": [{"times": 2}]},
            {"id": "delivery", "kind": "delivery"},
            {"id": "lounge", "kind": "service", "transferable": True},
        ],
        "grants": [{"id": "kept", "entitlement": "gift", "on": "tier_kept"}],
        "authorities": {"clerk": 50, "manager": 900},
        "expiry": {"after": {"days": 30}, "end_of": "month"},
        "tiers": {
            "window": {"rolling_days": 20},
            "ladder": [{"id": "bronze"}, {"id": "silver", "entry": 300}],
        },
    }
    return programme_from(document | changes)


def day(number: float) -> datetime:
    """Give the instant so many days after the start."""
    return START + timedelta(days=number)


def opened(store: object = "memory://", **options: object) -> Host:
    """Give a host whose club has its programme."""
    host = connect(store, **options)  # type: ignore[arg-type]
    publish = PublishProgramme(programme=programme(), effective_from=START, recorded_at=START)
    host.submit(CLUB, publish, key="programme")
    return host


def commands(draws: list[tuple[int, int, int]]) -> list[Submission]:
    """Turn (member, kind, amount) into commands, one an hour; some of them will be refused."""
    sent: list[Submission] = []
    for place, (member, kind, amount) in enumerate(draws):
        at = day(place * 2.5)
        command: Command
        match kind:
            case 0:
                command = Enrol(recorded_at=at)
            case 1 | 2:
                lines = [Line("1", CNY(amount)), Line("2", CNY("0.50"))]
                command = RecordPurchase(
                    order=f"O{place}", occurred_at=at, recorded_at=at, lines=lines
                )
            case 3:
                command = Redeem(redemption=f"R{place}", points=amount + 1, recorded_at=at)
            case 4:
                command = RecordBehaviour(
                    behaviour="share", id=f"S{place}", occurred_at=at, recorded_at=at
                )
            case _:
                command = RecordReturn(
                    id=f"T{place}", order=f"O{place - amount % 5}", occurred_at=at, recorded_at=at
                )
        sent.append(Submission(f"key {place}", f"{CLUB}/{'ab'[member]}", command))
    return sent


def send_each(host: Host, sent: list[Submission]) -> list[object]:
    """Submit one by one; give the events of each, or the class of its refusal."""
    results: list[object] = []
    for one in sent:
        try:
            results.append(host.submit(one.stream, one.command, key=one.key).events)
        except Refused as error:
            results.append(type(error))
    return results


def history(host: Host) -> dict[str, list[object]]:
    """Give all events of all streams."""
    return {stream: list(host.events(stream)) for stream in host.streams("")}
