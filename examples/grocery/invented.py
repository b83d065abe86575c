"""What the data do not hold and the example invents: birthdays, shares, returns, redemptions.

All of it follows from a hash of the household or the basket, so every run invents the same, and
its commands say `source="invented"`.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

from grocery.data import Basket
from loyalcore.decider import Command
from loyalcore.loyalty import RecordBehaviour, RecordReturn, Redeem, ReturnedLine
from loyalcore.money import Money
from loyalcore.timing import MonthDay

SOURCE = "invented"


def draw(purpose: str, thing: str, below: int) -> int:
    """Give a number from 0 to below - 1 that hangs on the purpose and the thing alone."""
    digest = hashlib.sha256(f"{purpose}:{thing}".encode()).digest()
    return int.from_bytes(digest[:8]) % below


def birthday(household: str) -> MonthDay:
    """Give a household a birthday, some of them on 29 February."""
    day = date(2000, 1, 1) + timedelta(days=draw("birthday", household, 366))
    return MonthDay(day.month, day.day)


def follow_ups(basket: Basket) -> Iterator[tuple[str, Command]]:
    """Give (key, command) for what follows on a basket: a share, a redemption, a return."""
    if draw("share", basket.basket, 100) < 8:
        at = basket.at + timedelta(minutes=30)
        yield (
            f"share:{basket.basket}",
            RecordBehaviour(
                behaviour="share",
                id=basket.basket,
                occurred_at=at,
                recorded_at=at,
                source=SOURCE,
            ),
        )
    if draw("redeem", basket.basket, 100) < 6:
        points = 100 * (1 + draw("points", basket.basket, 5))
        at = basket.at + timedelta(hours=1)
        yield (
            f"redemption:{basket.basket}",
            Redeem(redemption=basket.basket, points=points, recorded_at=at, source=SOURCE),
        )
    paid = [place for place, item in enumerate(basket.items) if item.cents > item.coupon]
    if paid and draw("return", basket.basket, 100) < 3:
        place = paid[draw("line", basket.basket, len(paid))]
        item = basket.items[place]
        back = Money.from_minor(item.cents - item.coupon, "USD")
        at = basket.at + timedelta(days=1 + draw("days", basket.basket, 20))
        yield (
            f"return:{basket.basket}",
            RecordReturn(
                id=basket.basket,
                order=basket.basket,
                occurred_at=at,
                recorded_at=at,
                lines=[ReturnedLine(str(place), amount=back)],
                source=SOURCE,
            ),
        )
