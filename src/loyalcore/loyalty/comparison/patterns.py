"""Patterns of spending: what is bought, and on which days."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.forms import demand
from loyalcore.timing import MonthDay, Recurrence

_NOON = time(12)
_MOST_DAYS = 3660


def _amount(number: Decimal | int | str) -> Decimal:
    return exact(number, "Basket.amount")


@attrs.frozen
class Basket:
    """What is bought at once: one line, without a discount.

    Attributes:
        amount: what it costs, in major units of the money that the pattern is stated in.
        sku, categories: of the line, as for an order's.
        channel, store: where it is bought.
        at: the local wall time.
    """

    amount: Decimal = attrs.field(converter=_amount)
    sku: str = attrs.field(default="", validator=checks.text)
    categories: tuple[str, ...] = attrs.field(default=(), converter=checks.listed)
    channel: str = attrs.field(default="", validator=checks.text)
    store: str = attrs.field(default="", validator=checks.text)
    at: time = attrs.field(default=_NOON, validator=checks.instance_of(time))

    def __attrs_post_init__(self) -> None:
        demand(self, (self.amount > 0, "amount", f"{self.amount}: give more than 0"))


def _recurrence(when: Any) -> Any:
    return Recurrence(when) if isinstance(when, str) else when


@attrs.frozen
class Habit:
    """A basket that is bought again and again.

    Attributes:
        basket: what is bought.
        when: the days, as an RFC 5545 rule such as "FREQ=MONTHLY;BYMONTHDAY=5".
    """

    basket: Basket = attrs.field(validator=checks.instance_of(Basket))
    when: Recurrence = attrs.field(converter=_recurrence, validator=checks.instance_of(Recurrence))


@attrs.frozen
class Pattern:
    """How a hypothetical member spends, from joining on.

    Attributes:
        first: the local day of joining, and the first on which anything may be bought.
        last: the last day, included.
        habits: what is bought when.
        birthday: the member's, if there is to be one.
        newcomer: the first purchase is the first ever; otherwise another went before it.
        growing: the first purchase of a stretch may be as large as need be, where a sum is sought;
            otherwise the pattern is followed, and only the last basket cut to what it takes.

    >>> Pattern.plain(date(2026, 3, 10), 100).habits[0].basket.amount
    Decimal('100')
    """

    first: date = attrs.field(validator=checks.day)
    last: date = attrs.field(validator=checks.day)
    habits: tuple[Habit, ...] = attrs.field(converter=checks.listed, validator=checks.each(Habit))
    birthday: MonthDay | None = attrs.field(
        default=None, validator=attrs.validators.optional(checks.instance_of(MonthDay))
    )
    newcomer: bool = attrs.field(default=False, validator=checks.instance_of(bool))
    growing: bool = attrs.field(default=False, validator=checks.instance_of(bool))

    def __attrs_post_init__(self) -> None:
        days = (self.last - self.first).days
        demand(
            self,
            (days >= 0, "last", f"{self.last} lies before {self.first}"),
            (days < _MOST_DAYS, "last", f"give at most {_MOST_DAYS} days"),
            (bool(self.habits), "habits", "give at least one habit"),
        )
        bought = next(self.between(self.first, self.last), None)
        demand(self, (bought is not None, "habits", "nothing is bought from first to last"))

    @classmethod
    def plain(cls, day: date, amount: Decimal | int | str = 100, **basket: Any) -> "Pattern":
        """Give the pattern of one basket on one day, of whatever amount where a sum is sought.

        Args:
            day: choose one on which no campaign runs, unless it is meant.
            amount: the basket by which reward for each 100 spent is told.
            basket: its other fields.
        """
        habit = Habit(Basket(amount, **basket), "FREQ=DAILY")
        return cls(day, day, (habit,), growing=True)

    def between(self, first: date, last: date) -> Iterator[tuple[date, Basket]]:
        """Give what is bought on which day, in order; a growing pattern buys once.

        That is on the day of the month on which it begins or, where none is, at once.
        """
        if self.growing:
            day = first
            while day.day != self.first.day and day < last:
                day += timedelta(days=1)
            yield day if day.day == self.first.day else first, self.habits[0].basket
            return
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            baskets = [habit.basket for habit in self.habits if habit.when.falls_on(day)]
            for basket in sorted(baskets, key=lambda basket: basket.at):
                yield day, basket
