"""A reward's stock: filled up by hand, taken from by redemptions, never below nothing."""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

import attrs

from loyalcore import checks
from loyalcore.decider import Command, Decider, Event, EventType, decided_at
from loyalcore.errors import AlreadyRecorded, InvalidValue, OutOfStock, RecordedBackwards


@attrs.frozen(kw_only=True)
class Restock(Command):
    """Fill a stock up, or take off what is lost.

    Attributes:
        id: the delivery's own, once for each stock.
        quantity: how many, negative for what is lost.
    """

    id: str = attrs.field(validator=checks.name)
    quantity: int = attrs.field(validator=checks.whole)

    def __attrs_post_init__(self) -> None:
        if not self.quantity:
            raise InvalidValue("Restock.quantity", 0, "give how many came, or negative, were lost")

    @property
    def refs(self) -> tuple[str, ...]:
        """The delivery."""
        return (f"delivery:{self.id}",)


@attrs.frozen(kw_only=True)
class MoveStock(Command):
    """Take from a stock, or put back into it; what a redemption leads to, no command of its own."""

    redemption: str
    member: str
    quantity: int


@attrs.frozen(kw_only=True)
class StockMoved(Event):
    """Something came into a stock or went out of it.

    Attributes:
        quantity: how many came, negative for what went.
        delivery: the delivery that brought it; "" for others.
        redemption, member: the redemption that took it, or was undone; "" for others.
    """

    quantity: int
    delivery: str = ""
    redemption: str = ""
    member: str = ""

    @property
    def refs(self) -> tuple[str, ...]:
        """The delivery, if it was one."""
        return (f"delivery:{self.delivery}",) if self.delivery else ()


@attrs.frozen
class Stock:
    """How many there are."""

    left: int = 0
    recorded_at: datetime | None = None

    def check_invariants(self) -> None:
        """Assert what always holds.

        Raises:
            AssertionError: it does not.
        """
        assert self.left >= 0, "less than nothing"


def decide(
    stock: Stock, refs: frozenset[str], command: Restock | MoveStock, _: None
) -> tuple[StockMoved, ...]:
    """Decide whether something may come or go.

    Raises:
        AlreadyRecorded, OutOfStock, RecordedBackwards: see these.
    """
    at = decided_at(command)
    if stock.recorded_at is not None and at < stock.recorded_at:
        raise RecordedBackwards(stock.recorded_at, at)
    if isinstance(command, Restock) and f"delivery:{command.id}" in refs:
        raise AlreadyRecorded(f"delivery:{command.id}")
    if stock.left + command.quantity < 0:
        raise OutOfStock(-command.quantity, stock.left)
    match command:
        case Restock():
            moved = StockMoved(recorded_at=at, quantity=command.quantity, delivery=command.id)
        case MoveStock():
            moved = StockMoved(
                recorded_at=at,
                quantity=command.quantity,
                redemption=command.redemption,
                member=command.member,
            )
        case _:
            assert_never(command)
    return (attrs.evolve(moved, source=command.source),)


def evolve(stock: Stock, event: StockMoved) -> Stock:
    """Fold a movement in."""
    return Stock(stock.left + event.quantity, event.recorded_at)


def _refs(events: Iterable[StockMoved]) -> frozenset[str]:
    return frozenset(ref for event in events for ref in event.refs)


STOCK: Decider[Stock, frozenset[str], None] = Decider(
    name="loyalty.stock",
    pattern="stock/*/*",
    fold_version=1,
    state_type=Stock,
    initial=Stock(),
    decide=decide,
    evolve=evolve,
    last=lambda stock: stock.recorded_at,
    due=lambda stock: None,
    advance=lambda stock, now, policy: (),
    refs=lambda command: command.refs,
    dossier=_refs,
    policy_stream=lambda stream: None,
    commands={"restock": Restock},
    events=(EventType("loyalty.stock_moved", StockMoved),),
)
"""How a reward's stock, `stock/CLUB/REWARD`, lives."""
