"""What the event of an order tells of the order: enough for programmes that look at little else."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from loyalcore.errors import FactsMissing
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.commands import RecordPurchase
from loyalcore.loyalty.member.events import PurchaseRecorded
from loyalcore.loyalty.programme.buying_conditions import BasketFrom, FirstPurchase, InTier
from loyalcore.loyalty.programme.conditions import AllOf, AnyOf, Condition, Not
from loyalcore.loyalty.programme.line import Line
from loyalcore.loyalty.programme.policies import Counted, Earning
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.time_conditions import During, InHours, OnAnniversary, Recurs
from loyalcore.money import Money

Orders = Callable[[str, PurchaseRecorded], RecordPurchase]
"""Gives a member's order as it was told, by the member's id and the order's event."""

_ANSWERED = (
    AllOf, AnyOf, BasketFrom, During, FirstPurchase, InHours, InTier, Not, OnAnniversary, Recurs,
)  # fmt: skip
_EARNING: Mapping[str, str] = {
    "discounts": "prices before discounts",
    "tax": "the tax in a line",
}


@attrs.frozen
class KnownOrders:
    """Takes orders from their events; made by `known_orders`.

    Attributes:
        points_paid: whether the part that points pay earns, under every programme.
    """

    points_paid: Counted

    def __call__(self, member: str, event: PurchaseRecorded) -> RecordPurchase:
        """Give the order.

        Raises:
            FactsMissing: a part of it did not earn, and the event does not say why.
        """
        for line in event.lines:
            paid = line.paid_worth if self.points_paid is Counted.LEFT_OUT else 0
            if line.amount != line.spend + paid:
                what = f"order {event.order!r}, line {line.line!r}"
                raise FactsMissing(what, "why a part of it did not earn")
        return RecordPurchase(
            order=event.order,
            occurred_at=event.occurred_at,
            lines=[
                Line(
                    line.line,
                    Money.from_minor(line.amount, event.currency),
                    quantity=line.quantity,
                )
                for line in event.lines
            ],
        )


def known_orders(*programmes: Programme | Club) -> KnownOrders:
    """Take orders from their events, where programmes look at nothing that events do not hold.

    An event holds what was paid for each line, its pieces, and when; not the article, the
    category, the channel, the store, the birthday, the price before discounts, the tax, or which
    line was a reward or a delivery. An order of which a part did not earn is refused when it is
    met.

    Args:
        programmes: all that are replayed, and the club's own, under which the events were made.

    Raises:
        FactsMissing: one looks at something else: it is named.
    """
    all_ = [programme for each in programmes for programme in _versions(each)]
    for programme in all_:
        for path, condition in _conditions(programme, programme.name):
            if not isinstance(condition, _ANSWERED):
                raise FactsMissing(f"{path}: {condition.key}", "what it looks at")
        for field, fact in _EARNING.items():
            usual = attrs.fields_dict(Earning)[field].default
            if getattr(programme.earning, field) is not usual:
                raise FactsMissing(f"{programme.name}.earning.{field}", fact)
    for field, fact in (
        ("delivery", "which lines are a delivery"),
        ("points_paid", "which part was paid with points"),
    ):
        stated = {getattr(programme.earning, field) for programme in all_}
        if len(stated) > 1:
            raise FactsMissing(f"earning.{field}, which is not the same everywhere", fact)
    points_paid = all_[0].earning.points_paid if all_ else Counted.LEFT_OUT
    return KnownOrders(points_paid)


def _versions(programme: Programme | Club) -> Iterable[Programme]:
    if isinstance(programme, Club):
        return [version.programme for version in programme.versions]
    return [programme]


def _conditions(form: object, path: str) -> Iterator[tuple[str, Condition]]:
    """Walk a programme and give every condition in it, with its path."""
    if isinstance(form, Condition):
        yield path, form
    if isinstance(form, tuple | list):
        for place, item in enumerate(form):
            yield from _conditions(item, f"{path}[{place}]")
    elif isinstance(form, Mapping):
        for key, item in form.items():
            yield from _conditions(item, f"{path}.{key}")
    elif attrs.has(kind := type(form)):
        for field in attrs.fields(kind):
            yield from _conditions(getattr(form, field.name), f"{path}.{field.name}")
