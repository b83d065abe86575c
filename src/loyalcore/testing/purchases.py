"""Strategies for what members buy, and when."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loyalcore.loyalty import (
    Line,
    RecordPurchase,
    ReturnedLine,
)
from loyalcore.money import Money
from loyalcore.testing.programmes import (
    CATEGORIES,
    CHANNELS,
    FIRST_DAY,
    LAST_DAY,
    SKUS,
    STORES,
    month_days,
)


def moments(first: date = FIRST_DAY, last: date = LAST_DAY) -> SearchStrategy[datetime]:
    """Draw instants in UTC, often at a whole hour."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    hours = st.integers(0, (last - first).days * 24)
    parts = st.sampled_from((0, 0, 1, 30 * 60 * 10**6, 3600 * 10**6 - 1))
    return st.builds(
        lambda hour, part: begin + timedelta(hours=hour, microseconds=part), hours, parts
    )


def money(
    currency: str = "CNY", smallest: int = 0, largest: int = 100_000
) -> SearchStrategy[Money]:
    """Draw money; the bounds are in minor units."""
    return st.integers(smallest, largest).map(lambda minor: Money.from_minor(minor, currency))


def lines(currency: str = "CNY", **fixed: SearchStrategy[Any]) -> SearchStrategy[Line]:
    """Draw lines; some are rewards, some have a coupon worth more than the article."""
    fields: dict[str, SearchStrategy[Any]] = {
        "id": st.sampled_from("123456789"),
        "price": money(currency),
        "discount": st.none() | money(currency, largest=20_000),
        "quantity": st.integers(0, 4).map(Decimal),
        "sku": st.sampled_from(("", *SKUS)),
        "categories": st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True),
        "reward": st.sampled_from((False, False, False, True)),
        "delivery": st.sampled_from((False, False, False, False, True)),
    }
    drawn = st.builds(Line, **(fields | fixed))
    return st.builds(_taxed, drawn, st.sampled_from((0, 0, 6, 25)))


def _taxed(line: Line, percent: int) -> Line:
    """Say that so much of what is paid for a line is tax on top of the rest."""
    tax = max(0, line.paid) * percent // (100 + percent)
    return attrs.evolve(line, tax=Money.from_minor(tax, line.price.currency)) if tax else line


def orders(
    currency: str = "CNY", max_size: int = 4, **fixed: SearchStrategy[Any]
) -> SearchStrategy[tuple[Line, ...]]:
    """Draw the lines of one order, each with an id of its own."""
    drawn = st.lists(
        lines(currency, **fixed), min_size=1, max_size=max_size, unique_by=lambda line: line.id
    )
    return drawn.map(tuple)


def purchases(
    currency: str = "CNY", occurred_at: SearchStrategy[datetime] | None = None, **fixed: Any
) -> SearchStrategy[RecordPurchase]:
    """Draw purchases that are recorded at once.

    Args:
        currency: of their money.
        occurred_at: when; `moments()` by default.
        fixed: strategies for other fields.
    """

    def build(at: datetime, values: dict[str, Any]) -> RecordPurchase:
        return RecordPurchase(recorded_at=at, occurred_at=at, **values)

    fields: dict[str, SearchStrategy[Any]] = {
        "order": st.just("A-1"),
        "lines": orders(currency),
        "birthday": st.none() | month_days(),
        "channel": st.sampled_from(CHANNELS),
        "store": st.sampled_from(STORES),
    }
    return st.builds(
        build,
        moments() if occurred_at is None else occurred_at,
        st.fixed_dictionaries(fields | fixed),
    )


def gaps() -> SearchStrategy[timedelta]:
    """Draw how much later something happens: at once, some hours, some days, some months."""
    return st.one_of(
        st.just(timedelta(0)),
        st.integers(1, 48).map(lambda n: timedelta(hours=n)),
        st.integers(1, 40).map(lambda n: timedelta(days=n)),
        st.integers(2, 14).map(lambda n: timedelta(days=30 * n, microseconds=1)),
    )


def returned_lines(bought: Sequence[Line]) -> SearchStrategy[tuple[ReturnedLine, ...]]:
    """Draw what comes back of an order: of some lines an amount or a quantity."""

    def one(line: Line) -> SearchStrategy[ReturnedLine]:
        paid = max(0, line.paid)
        amounts = st.just(paid) | st.integers(0, paid)
        pieces = st.integers(0, int(line.quantity)).map(Decimal)
        return amounts.map(
            lambda minor: ReturnedLine(line.id, Money.from_minor(minor, line.price.currency))
        ) | pieces.map(lambda count: ReturnedLine(line.id, quantity=count))

    some = st.lists(st.sampled_from(bought), min_size=1, max_size=3, unique_by=lambda line: line.id)
    return some.flatmap(lambda chosen: st.tuples(*(one(line) for line in chosen)))
