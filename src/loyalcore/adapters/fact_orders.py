"""Make one member's facts of the rows that are about the member."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from loyalcore.adapters.fact_rows import instant_of, is_true
from loyalcore.errors import InvalidDocument, InvalidValue, Mistake
from loyalcore.loyalty import (
    Enrol,
    Line,
    MemberFacts,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    RedeemReward,
    ReturnedLine,
)
from loyalcore.loyalty.member.commands import MemberCommand
from loyalcore.money import Money
from loyalcore.timing import MonthDay


class FactRow(NamedTuple):
    """A row as the table holds it: its number, and the values of FIELDS."""

    number: int
    member: str
    order: str
    occurred_at: int
    kind: str
    line: str
    price: int | None
    discount: int | None
    quantity: str | None
    sku: str
    category: str
    channel: str
    store: str
    birthday: str | None
    reward: str
    tax: int | None
    delivery: str
    points: int | None
    behaviour: str


class Source(NamedTuple):
    """Where rows come from, for messages, and the currency of their money."""

    name: str
    unit: str
    currency: str


_money = lru_cache(maxsize=16_384)(Money.from_minor)


def member_facts(member: str, rows: Iterable[FactRow], source: Source) -> MemberFacts:
    """Give a member's facts in the order of time; at one instant joining, then as the rows stand.

    Rows of one order are one purchase; those of one order's return at one instant are one return.
    Without a row of kind `enrol` the member joins with the first fact, which is then inferred.

    Raises:
        InvalidDocument: rows of one order contradict one another.
    """
    groups: dict[tuple[Any, ...], list[FactRow]] = {}
    for row in rows:
        key: tuple[Any, ...] = (row.kind, row.order)
        if row.kind == "return":
            key = (row.kind, row.order, row.occurred_at)
        elif row.kind != "purchase":
            key = (row.kind, row.number)
        groups.setdefault(key, []).append(row)
    facts = [
        (group[0].occurred_at, group[0].number, _MAKERS[key[0]](group, source))
        for key, group in groups.items()
    ]
    facts.sort(key=lambda fact: (fact[0], not isinstance(fact[2], Enrol), fact[1]))
    told = any(isinstance(command, Enrol) for _, _, command in facts)
    if not told:
        facts.insert(0, (0, 0, Enrol(recorded_at=instant_of(facts[0][0]))))
    return MemberFacts(member, [command for _, _, command in facts], joining_told=told)


def _enrol(rows: list[FactRow], _: Source) -> Enrol:
    return Enrol(recorded_at=instant_of(rows[0].occurred_at))


def _purchase(rows: list[FactRow], source: Source) -> RecordPurchase:
    first = rows[0]
    told = _of_order(first)
    for row in rows[1:]:
        if _of_order(row) != told:
            what = "gives the order another time, channel, store, birthday or points"
            raise _contradiction(row, source, f"{what} than {source.unit} {first.number} does")
    at, currency = instant_of(first.occurred_at), source.currency
    try:
        return RecordPurchase(
            order=first.order,
            occurred_at=at,
            recorded_at=at,
            lines=[
                Line(
                    row.line or str(place),
                    _money(row.price, currency),
                    discount=_money(row.discount, currency) if row.discount is not None else None,
                    quantity=1 if row.quantity is None else Decimal(row.quantity),
                    sku=row.sku,
                    categories=tuple(row.category.split("|")) if row.category else (),
                    reward=is_true(row.reward),
                    tax=_money(row.tax, currency) if row.tax is not None else None,
                    delivery=is_true(row.delivery),
                )
                for place, row in enumerate(rows, 1)
            ],
            birthday=_month_day(first.birthday),
            channel=first.channel,
            store=first.store,
            points=first.points or 0,
        )
    except InvalidValue as error:
        raise _contradiction(first, source, f"its order: {error}") from None


def _of_order(row: FactRow) -> tuple[Any, ...]:
    """Give what all rows of an order say alike."""
    return row.occurred_at, row.channel, row.store, row.birthday, row.points


def _month_day(text: str | None) -> MonthDay | None:
    return None if text is None else MonthDay(*(int(part) for part in text.split("-")))


def _return(rows: list[FactRow], source: Source) -> RecordReturn:
    first, at = rows[0], instant_of(rows[0].occurred_at)
    whole = [row for row in rows if not row.line]
    if whole and len(rows) > 1:
        raise _contradiction(whole[0], source, "returns the whole order, other rows parts of it")
    try:
        lines = [
            ReturnedLine(row.line, quantity=Decimal(row.quantity))
            if row.quantity is not None
            else ReturnedLine(row.line, amount=_money(row.price, source.currency))
            for row in rows
            if row.line
        ]
        return RecordReturn(
            id=f"{source.unit} {first.number}",
            order=first.order,
            occurred_at=at,
            recorded_at=at,
            lines=lines or None,
        )
    except InvalidValue as error:
        raise _contradiction(first, source, f"its return: {error}") from None


def _redemption(rows: list[FactRow], _: Source) -> Redeem | RedeemReward:
    row, at = rows[0], instant_of(rows[0].occurred_at)
    if row.reward:
        pieces = 1 if row.quantity is None else int(row.quantity)
        return RedeemReward(
            redemption=row.order, reward=row.reward, quantity=pieces, recorded_at=at
        )
    assert row.points is not None, "the row was checked"
    return Redeem(redemption=row.order, points=row.points, recorded_at=at)


def _behaviour(rows: list[FactRow], _: Source) -> RecordBehaviour:
    row, at = rows[0], instant_of(rows[0].occurred_at)
    return RecordBehaviour(
        behaviour=row.behaviour,
        id=row.order,
        occurred_at=at,
        recorded_at=at,
        birthday=_month_day(row.birthday),
        channel=row.channel,
        store=row.store,
    )


_MAKERS: Mapping[str, Callable[[list[FactRow], Source], MemberCommand]] = {
    "purchase": _purchase,
    "return": _return,
    "redemption": _redemption,
    "behaviour": _behaviour,
    "enrol": _enrol,
}


def _contradiction(row: FactRow, source: Source, text: str) -> InvalidDocument:
    return InvalidDocument(source.name, [Mistake(f"{source.unit} {row.number}", text)])
