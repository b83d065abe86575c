"""Warnings of points that will expire (L8)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import connect, hookimpl
from loyalcore.errors import InvalidDocument
from loyalcore.loyalty import (
    Enrol,
    Expiring,
    ExpiryAhead,
    Line,
    PublishProgramme,
    RecordPurchase,
    Redeem,
    UndoRedemption,
)
from loyalcore.testing import rule
from tests.loyalty.club import CNY, NOON, SHANGHAI, History, line, shop
from tests.loyalty.slow_earning import first_instant

DAY = timedelta(days=1)
LIFE = 40


def midnight(at: datetime, days: int) -> datetime:
    return first_instant(at.astimezone(SHANGHAI).date() + days * DAY, SHANGHAI)


def club(*warn_days: int) -> Any:
    return shop(expiry={"after": {"days": LIFE}}, warn_days=list(warn_days))


def warned(history: History) -> list[tuple[datetime, Expiring]]:
    return [
        (event.recorded_at, each)
        for event in history.events
        if isinstance(event, ExpiryAhead)
        for each in event.expiring
    ]


BUYS = st.lists(st.integers(0, 12), min_size=1, max_size=4)


@rule("L8.13")
@given(BUYS, st.sets(st.integers(1, 60), max_size=3), st.booleans())
def test_each_expiry_is_told_beforehand(gaps: list[int], days: set[int], swept: bool) -> None:
    """At the first instant of the local day so many days before, once, with when and how many."""
    history, at = History.of(club(*days), joined=NOON), NOON
    points: dict[datetime, int] = {}
    for number, gap in enumerate(gaps):
        at += gap * DAY
        history.buy(str(number), line("10.00"), at=at)
        points[midnight(at, LIFE + 1)] = points.get(midnight(at, LIFE + 1), 0) + 10
        if swept:
            history.sweep(at + DAY / 3)
    expected = [
        (midnight(end, -before), Expiring(end, some))
        for end, some in points.items()
        for before in days
        if midnight(end, -before) > midnight(end, -LIFE - 1) + timedelta(hours=12)
    ]
    for instant in sorted(instant for instant, _ in expected):
        if swept and instant > at:
            history.sweep(instant)
            history.sweep(instant)
    history.sweep(at + 400 * DAY)
    assert warned(history) == sorted(expected, key=lambda each: (each[0], each[1].at))


@rule("L8.14")
@given(
    st.integers(0, 45),
    st.integers(0, 45),
    st.integers(1, 10),
    st.integers(1, 39),
)
def test_only_what_is_there_and_lies_ahead(
    spent_on: int, back_after: int, spent: int, before: int
) -> None:
    """Spent points are not warned of; those that come back after the day are not either."""
    history = History.of(club(before), joined=NOON)
    history.buy("A", line("10.00"), at=NOON)
    end = midnight(NOON, LIFE + 1)
    day, at = midnight(end, -before), NOON + spent_on * DAY
    back = at + back_after * DAY
    if at < end:
        history.tell(Redeem(recorded_at=at, redemption="r", points=spent))
        history.tell(UndoRedemption(recorded_at=back, id="u", redemption="r"))
    history.sweep(end + DAY)
    there = 10 if day <= at or back < day else 10 - spent
    if day <= at < end:
        there = 10
    assert warned(history) == ([(day, Expiring(end, there))] if there else [])


@rule("L8.15")
@given(st.integers(0, 35), st.sampled_from((None, 25, 60)), st.integers(1, 15))
def test_inactivity_is_told_too(buys_again: int, life: int | None, before: int) -> None:
    """Of the date that holds on the day of the warning, with what it will take."""
    more = {} if life is None else {"expiry": {"after": {"days": life}}}
    rules = {"after": {"days": 30}}
    history = History.of(shop(inactivity=rules, warn_days=[before], **more), joined=NOON)
    history.buy("A", line("10.00"), at=NOON)
    again = NOON + buys_again * DAY
    history.buy("B", line("5.00"), at=again)
    history.sweep(again + 200 * DAY)
    lots = [(NOON, 10), (again, 5)]
    idles = [midnight(NOON, 31)] if again >= midnight(NOON, 31) else []
    idles.append(midnight(again, 31))
    expected: dict[tuple[datetime, datetime, bool], int] = {}
    for bought, points in lots:
        own = None if life is None else midnight(bought, life + 1)
        for idle, known_from, known_to in (
            (midnight(NOON, 31), NOON, again),
            (midnight(again, 31), again, again + 400 * DAY),
        ):
            end = idle if own is None or own > idle else own
            day = midnight(end, -before)
            alive = bought < day and (bought >= again or idles[0] > day)
            if known_from < day <= known_to and day < end and alive and bought <= known_to:
                key = (day, end, end != own)
                expected[key] = expected.get(key, 0) + points
    assert warned(history) == sorted(
        ((day, Expiring(end, points, idle)) for (day, end, idle), points in expected.items()),
        key=lambda each: (each[0], each[1].at, each[1].inactive),
    )


def test_points_that_never_expire_are_not_warned_of() -> None:
    """Nothing falls due."""
    history = History.of(shop(warn_days=[30]), joined=NOON)
    history.buy("A", line("10.00"), at=NOON)
    history.sweep(NOON + 4000 * DAY)
    assert warned(history) == []


@rule("L8.16")
@given(st.integers(1, 39), st.integers(0, 3))
def test_notifiers_hear_of_it_once(before: int, ticks: int) -> None:
    """A tick writes it down, and whoever reads the log hears it once."""
    heard: list[ExpiryAhead] = []

    class Mailer:
        name = "mailer"

        @hookimpl
        def loyalcore_notifiers(self) -> list[Any]:
            return [self]

        def notify(self, delivery: Any) -> None:
            if isinstance(delivery.event, ExpiryAhead):
                heard.append(delivery.event)

    host = connect("memory://", plugins=[Mailer()])
    publish = PublishProgramme(programme=club(before), recorded_at=NOON)
    host.submit("loyalty/shop", publish, key="p")
    host.submit("loyalty/shop/ann", Enrol(recorded_at=NOON), key="e")
    order = RecordPurchase(
        order="A", occurred_at=NOON, recorded_at=NOON, lines=[Line("1", CNY("10"))]
    )
    host.submit("loyalty/shop/ann", order, key="o")
    end = midnight(NOON, LIFE + 1)
    for number in range(ticks + 1):
        host.tick(midnight(end, -before) + number * DAY)
        host.relay()
    assert [(e.recorded_at, e.points) for e in heard] == [(midnight(end, -before), 10)]


@pytest.mark.parametrize("days", [[0], [400], [7, 7], ["7"], [True]])
def test_mistakes(days: list[Any]) -> None:
    """Days that cannot be, or stand twice, are told by their place."""
    with pytest.raises(InvalidDocument, match="warn_days"):
        shop(warn_days=days)
