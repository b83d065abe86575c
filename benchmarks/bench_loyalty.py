"""A member's decisions beside the obvious model's: how the time grows with rules, lots and lines.

Each is decided and folded by the decider alone, without a store: an order under programmes of ever
more rules, a redemption over ever more open lots, the return of one line of ever longer orders and
over ever more lots. Goals: flat or logarithmic in lots and history; the obvious model of the tests,
which sorts all lots for each and adds fractions, shows what the plain way costs.
"""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from loyalcore.loyalty import (
    MEMBER,
    Club,
    Line,
    Lot,
    Member,
    Programme,
    ProgrammePublished,
    RecordPurchase,
    RecordReturn,
    Redeem,
    ReturnedLine,
    Totals,
    programme_from,
)
from loyalcore.money import Money
from tests.loyalty.slow_earning import earn, facts_of
from tests.loyalty.slow_model import SlowLot, SlowMember

START = datetime(2026, 1, 10, 4, tzinfo=UTC)
ROUNDS = 7
CATEGORIES = ("tea", "bread", "wine", "fruit")


def shop(rules: int) -> Programme:
    """A programme of so many rules: base rates, bonuses, multipliers with all kinds of reasons."""
    reasons: list[dict[str, Any]] = [
        {"category": [CATEGORIES[0]]},
        {"recurrence": "FREQ=MONTHLY;BYMONTHDAY=10"},
        {"channel": ["web"]},
        {"all": [{"category": [CATEGORIES[1]]}, {"basket_from": 50}]},
        {"birthday": "month"},
        {"hours": "08:00-18:00"},
    ]
    multipliers, bonuses = [], []
    for number in range(rules - 1):
        rule = {"id": f"r{number}", "when": reasons[number % len(reasons)]}
        if number % 4 == 3:
            bonuses.append({**rule, "points": 10, "every": 20 + number})
        else:
            factor = f"{1 + (number % 7) / 4:.2f}"
            multipliers.append({**rule, "factor": factor, "group": f"g{number % 3}"})
    return programme_from(
        {
            "name": "Shop",
            "currency": "EUR",
            "timezone": "Europe/Vienna",
            "base": [{"id": "spend"}],
            "multipliers": multipliers,
            "bonuses": bonuses,
            "expiry": {"after": {"months": 12}},
        }
    )


def club(programme: Programme) -> Club:
    """A club under one programme for ever."""
    published = ProgrammePublished(
        recorded_at=START,
        programme=programme,
        content_id=programme.content_id,
        effective_from=START,
    )
    return Club((published,))


def order(lines: int) -> RecordPurchase:
    """An order of so many lines."""
    bought = [
        Line(str(n), Money(f"{n % 40 + 1}.49", "EUR"), categories=[CATEGORIES[n % 4]])
        for n in range(lines)
    ]
    return RecordPurchase(
        order="A", occurred_at=START, recorded_at=START, lines=bought, channel="web"
    )


def rich(lots: int) -> Member:
    """A member with so many open lots of 100 points, each with a day of its own."""
    opened = tuple(
        Lot(n + 1, f"order:{n}", 100, START - timedelta(days=1), START - timedelta(days=1),
            START + timedelta(days=n + 2))
        for n in range(lots)
    )  # fmt: skip
    return Member(
        enrolled_at=START,
        recorded_at=START,
        lots=opened,
        opened=lots,
        totals=Totals(issued=100 * lots),
    )


def slow_rich(programme: Programme, lots: int) -> SlowMember:
    """The same member in the obvious model."""
    member = SlowMember(programme, START)
    member.lots = [
        SlowLot(lot.id, lot.cause, 100, lot.earned_at, lot.active_at, lot.expires_at, 100)
        for lot in rich(lots).lots
    ]
    return member


def microseconds(act: Callable[[], object], least: float = 0.02) -> float:
    """Give the median time of a call over some rounds, each long enough to be measured."""
    act()
    times = 1
    while True:
        begun = time.perf_counter()
        for _ in range(times):
            act()
        if time.perf_counter() - begun > least:
            break
        times *= 2
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(times):
            act()
        found.append((time.perf_counter() - begun) / times * 1e6)
    return median(found)


def done(member: Member, past: Any, command: Any, where: Club) -> Member:
    """Decide a command and fold what it brings."""
    return MEMBER.fold(member, MEMBER.decide(member, past, command, where))


def table(title: str, unit: str, rows: list[tuple[int, float, float | None]]) -> None:
    """Print a curve: the time at each size, beside the first, and beside the obvious model."""
    print(f"{title}\n  {unit:>8}{'us':>10}{'of first':>10}{'obvious us':>13}{'ratio':>8}")
    for size, ours, slow in rows:
        beside = f"{slow:>13,.0f}{slow / ours:>8.1f}" if slow is not None else ""
        print(f"  {size:>8,}{ours:>10,.0f}{ours / rows[0][1]:>10.2f}{beside}")
    print()


def judged(member: Member, past: Sequence[Any], command: Any, where: Club) -> Member:
    """Take a command with the events that it speaks of."""
    return done(member, MEMBER.dossier(past), command, where)


def by_rules() -> list[tuple[int, float, float | None]]:
    """Judge one order under ever more rules."""
    rows: list[tuple[int, float, float | None]] = []
    for rules in (1, 5, 20, 80):
        programme = shop(rules)
        where, member, bought = club(programme), rich(1), order(9)
        facts = facts_of(programme, bought, START, "", first=True)
        nothing = [0] * len(bought.lines)
        rows.append(
            (
                rules,
                microseconds(partial(judged, member, (), bought, where)),
                microseconds(partial(earn, programme, bought, facts, nothing, nothing)),
            )
        )
    return rows


def by_lots() -> list[tuple[int, float, float | None]]:
    """Spend 50 points out of ever more lots."""
    rows: list[tuple[int, float, float | None]] = []
    programme = shop(1)
    where = club(programme)
    for lots in (1, 10, 100, 1000, 10_000):
        member, spend = rich(lots), Redeem(redemption="R", points=50, recorded_at=START)
        slow = slow_rich(programme, lots)

        def both(slow: SlowMember = slow) -> None:
            slow.redeem("R", 50, START)
            slow.undo("U", "R", 50, START)

        ours = microseconds(partial(judged, member, (), spend, where))
        rows.append((lots, ours, microseconds(both) / 2 if lots <= 1000 else None))
    return rows


def by_lines(lots: int) -> list[tuple[int, float, float | None]]:
    """Return a part of one line of ever longer orders, by a member with so many lots."""
    rows: list[tuple[int, float, float | None]] = []
    where = club(shop(20))
    back = RecordReturn(
        id="R",
        order="A",
        occurred_at=START,
        recorded_at=START,
        lines=[ReturnedLine("0", Money("1.00", "EUR"))],
    )
    for lines in (1, 10, 50, 200):
        before = rich(lots)
        events = MEMBER.decide(before, MEMBER.dossier(()), order(lines), where)
        member = MEMBER.fold(before, events)
        ours = microseconds(partial(judged, member, events, back, where))
        rows.append((lines, ours, None))
    return rows


def main() -> None:
    """Print each curve."""
    table("An order of 9 lines, by rules of the programme", "rules", by_rules())
    table("A redemption, by open lots", "lots", by_lots())
    table("The return of a line, 1 open lot, by lines of the order", "lines", by_lines(1))
    table("The same over 1,000 open lots", "lines", by_lines(1000))


if __name__ == "__main__":
    main()
