"""What reports, comparisons and simulations say to an argument of another type (R1.7)."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.errors import (
    InvalidDocument,
    InvalidValue,
    LoyalcoreError,
    NothingComparable,
    TailUnknown,
)
from loyalcore.loyalty import (
    Benefit,
    BenefitKind,
    Cell,
    Contender,
    CustomerValue,
    Enrol,
    Expiry,
    Member,
    MemberFacts,
    Pattern,
    RedemptionTriangle,
    Valuation,
    as_of,
    breakage,
    club_of,
    cohorts,
    compare,
    deferrals,
    entitled,
    liability,
    load_programme,
    member_price,
    period_ends,
    points_by_rule,
    programme_return,
    redemption_mix,
    redemption_triangle,
    reward_costs,
    roll_forward,
    simulate,
    standing,
    statement,
    tier_paths,
)
from loyalcore.testing import rule
from loyalcore.timing import Cycle
from tests.loyalty.club import CNY, NOON, SHANGHAI, History, line, shop

CLUB = Path(__file__).parents[2] / "examples" / "bluebird.toml"
HISTORY = History.of(shop(), joined=NOON)
for number in range(5):
    HISTORY.buy(str(number), line("100"), at=NOON + timedelta(days=31 * number))
HISTORIES = [("loyalty/shop/ann", HISTORY.events)]
LATER = NOON + timedelta(days=190)
TRIANGLE = RedemptionTriangle(
    Cycle.MONTH,
    "Asia/Shanghai",
    tuple(date(2026, 3 + place, 1) for place in range(5)),
    date(2026, 8, 1),
    tuple(
        tuple(Cell(0 if age else 100, 20 - 3 * age + place * age % 2) for age in range(5 - place))
        for place in range(5)
    ),
)
REPORT = {"histories": HISTORIES, "club": club_of(shop()), "until": LATER}
OURS = Contender(shop(), Valuation(per_point=1))

# Each with arguments that it takes; `theirs` is told by place.
CALLS: Mapping[Callable[..., Any], Mapping[str, Any]] = {
    redemption_mix: {**REPORT, "since": NOON},
    points_by_rule: {**REPORT, "since": NOON},
    tier_paths: {**REPORT, "per": Cycle.YEAR},
    cohorts: {**REPORT, "per": Cycle.YEAR},
    roll_forward: {"histories": HISTORIES, "opens": NOON, "closes": LATER},
    redemption_triangle: {
        "histories": HISTORIES,
        "cycle": Cycle.MONTH,
        "at": LATER,
        "timezone": "Asia/Shanghai",
    },
    reward_costs: {
        "histories": HISTORIES,
        "programmes": [shop()],
        "cycle": Cycle.MONTH,
        "timezone": "Asia/Shanghai",
        "until": LATER,
    },
    breakage: {"triangle": TRIANGLE, "expiry": Expiry(), "tail": 1, "young": 4, "prior": 1},
    deferrals: {
        "histories": HISTORIES,
        "triangle": TRIANGLE,
        "fair_value": Decimal("0.01"),
        "expected": 1,
    },
    liability: {
        "members": [HISTORY.state],
        "at": LATER,
        "fair_value": Decimal("0.01"),
        "currency": "CNY",
        "expected": 1,
        "ends": [],
    },
    simulate: {
        "members": [MemberFacts("ann", [Enrol(recorded_at=NOON)])],
        "old": shop(),
        "new": shop(),
        "until": LATER,
    },
    standing: {"member": Member(), "programme": shop(), "at": LATER},
    member_price: {
        "price": CNY("5.00"),
        "benefits": [Benefit("gold", BenefitKind.DISCOUNT, 20)],
    },
    entitled: {"member": Member(), "programme": shop(), "at": LATER},
    statement: {"events": HISTORY.events, "opens": NOON, "closes": LATER},
    as_of: {"events": HISTORY.events, "at": LATER},
    period_ends: {"at": LATER, "cycle": Cycle.MONTH, "count": 3, "tz": SHANGHAI},
    programme_return: {
        "members": [CustomerValue(f"m{number}", after=number) for number in range(10)],
        "others": [CustomerValue(f"o{number}", after=5) for number in range(10)],
        "cost": 5,
    },
    load_programme: {"path": CLUB},
    compare: {
        "ours": OURS,
        "theirs": OURS,
        "pattern": Pattern.plain(date(2026, 3, 10)),
        "rates": {"EUR": "7.80"},
    },
}
# What stands in the wrong place as often as not.
OTHERS: list[Any] = [
    None,
    5,
    5.0,
    object(),
    "month",
    "loyalty/shop",
    b"CNY",
    ["loyalty/shop"],
    [5],
    [None],
    {"name": "Shop"},
    date(2026, 3, 8),
    NOON.replace(tzinfo=None),
    SHANGHAI,
    shop(),
    club_of(shop()),
    Member(),
    Cycle,
    HISTORY.events,
    TRIANGLE,
    Expiry(),
]
ALSO = {"rates": ["currency"]}  # a code among them is refused as any currency is


def call(function: Callable[..., Any], arguments: Mapping[str, Any]) -> object:
    rest = dict(arguments)
    theirs = [rest.pop("theirs")] if "theirs" in rest else []
    ours = [rest.pop("ours")] if theirs else []
    return function(*ours, *theirs, **rest)


@pytest.mark.parametrize("function", CALLS, ids=lambda function: function.__name__)
def test_the_arguments_are_taken(function: Callable[..., Any]) -> None:
    """So that what is refused is refused for the one that is wrong."""
    call(function, CALLS[function])


@rule("R1.7")
@given(st.sampled_from(list(CALLS)), st.data())
def test_an_argument_of_another_type_is_named(
    function: Callable[..., Any], data: st.DataObject
) -> None:
    """Never a bare AttributeError or TypeError from deep inside."""
    arguments = CALLS[function]
    name = data.draw(st.sampled_from(list(arguments)), "argument")
    wrong = data.draw(st.sampled_from(OTHERS), "given")
    error = None
    try:
        call(function, {**arguments, name: wrong})
    except LoyalcoreError as refusal:
        error = refusal
    if type(error) in {InvalidDocument, TailUnknown, NothingComparable}:
        # Of the right type: a name, but of no programme's file; nobody to compare with.
        assert isinstance(wrong, str) if function is load_programme else name in {"tail", "cost"}
    elif error is not None:
        assert isinstance(error, InvalidValue)
        assert error.fix
        assert error.field in {f"{function.__name__}.{name}", name, *ALSO.get(name, ())}
        assert error.field in str(error)
