"""The public API as a caller types it: read by the type checkers, never run."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_type

from loyalcore import BatchReport, Host, Money, Outcome, Submission, connect
from loyalcore.adapters import Layout, read_csv
from loyalcore.host import simulate_pieces
from loyalcore.loyalty import (
    Base,
    BirthdaySpan,
    Breakage,
    Difference,
    Liability,
    Line,
    Member,
    MemberFacts,
    Multiplier,
    OnBirthday,
    Programme,
    RecordPurchase,
    RecordReturn,
    Recurs,
    RedemptionTriangle,
    ReturnedLine,
    RollForward,
    Statement,
    breakage,
    liability,
    load_programme,
    redemption_triangle,
    roll_forward,
    simulate,
    statement,
)
from loyalcore.timing import Cycle

host = connect("memory://")
assert_type(host, Host)
at = datetime(2026, 3, 8, tzinfo=UTC)
line = Line("1", Money("128.00", "CNY"), quantity=2, categories=["tea"])
buy = RecordPurchase(order="A", occurred_at=at, lines=[line])
assert_type(host.submit("loyalty/c/m", buy, key="k"), Outcome)
assert_type(host.submit_many([Submission("k", "loyalty/c/m", buy)]), BatchReport)
back = RecordReturn(id="R", order="A", occurred_at=at, lines=[ReturnedLine("1", quantity=1)])
assert_type(load_programme("club.toml"), Programme)
assert_type(statement([]), Statement)
assert_type(Member().available(at), int)
assert_type(liability([Member()], at, fair_value="0.01", currency="CNY"), Liability)
assert_type(roll_forward([("ann", [])], at, at), RollForward)
triangle = redemption_triangle([], Cycle.MONTH, at, "Asia/Shanghai")
assert_type(triangle, RedemptionTriangle)
assert_type(breakage(triangle, tail=1), Breakage)
programme = Programme(
    name="Club",
    currency="CNY",
    timezone="Asia/Shanghai",
    base=(Base("spend", Decimal(1)),),
    multipliers=(
        Multiplier("member-day", 2, when=Recurs("FREQ=MONTHLY;BYMONTHDAY=8")),
        Multiplier("birthday", Decimal(3), when=OnBirthday(BirthdaySpan.MONTH)),
    ),
)
assert_type(simulate([MemberFacts("m", [buy])], programme, programme, at), Difference)
with read_csv("purchases.csv", Layout("CNY")) as facts:
    found = simulate_pieces(facts.pieces(4), programme, programme, at, processes=2)
    assert_type(found, Difference)
