"""Caps within periods count on when the programme changes (L3)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from loyalcore.loyalty import CLUB, PublishProgramme
from loyalcore.testing import rule
from loyalcore.timing import Cycle
from tests.loyalty.club import NOON, SHANGHAI, History, minor_line, shop
from tests.loyalty.slow_earning import period

Cap = tuple[int, str | None]


def some_caps() -> SearchStrategy[list[Cap]]:
    pers = st.sampled_from(("year", "year", "month", "week", "day", None))
    return st.just([]) | st.lists(st.tuples(st.integers(0, 900), pers), min_size=1, max_size=2)


def version(number: int, caps: Sequence[Cap]) -> Any:
    tables = [
        {"id": f"{number}-{n}", "points": points} | ({"per": per} if per else {})
        for n, (points, per) in enumerate(caps)
    ]
    return shop(caps=tables, late_facts_days=100 + number)


@attrs.frozen
class Step:
    """After so many hours a version is published, ahead or not, or an order is told, late or not.

    What is bought may come back at once.
    """

    wait: int
    caps: list[Cap] | None
    ahead: int
    price: int
    late: int
    back: bool


steps = st.lists(
    st.builds(
        Step,
        wait=st.integers(1, 200),
        caps=st.none() | some_caps(),
        ahead=st.sampled_from((0, 0, 24, 100)),
        price=st.integers(10_000, 40_000),
        late=st.sampled_from((0, 0, 30, 100)),
        back=st.booleans(),
    ),
    min_size=5,
    max_size=12,
)


@rule("L3.22")
@given(some_caps(), steps)
def test_a_cap_counts_what_was_earned_under_other_versions(
    first: list[Cap], steps: list[Step]
) -> None:
    """From the first version with such a cap on, whatever versions came between."""
    history, at = History.of(version(0, first), joined=NOON - timedelta(days=20)), NOON
    versions = [(NOON - timedelta(days=10**3), first)]
    earned: list[tuple[Any, int]] = []
    for number, step in enumerate(steps, 1):
        at += timedelta(hours=step.wait)
        if step.caps is not None:
            begins = at + timedelta(hours=step.ahead)
            if any(begins == other for other, _ in versions):
                continue
            publish = PublishProgramme(
                programme=version(number, step.caps), effective_from=begins, recorded_at=at
            )
            history.club = CLUB.fold(history.club, CLUB.decide(history.club, None, publish, None))
            versions.append((begins, step.caps))
            continue
        bought_at = at - timedelta(hours=step.late)
        day = bought_at.astimezone(SHANGHAI).date()
        begun = sorted((begins, caps) for begins, caps in versions if begins <= bought_at)
        counted = any(per for _, caps in begun for _, per in caps)
        room = min(
            (
                max(
                    0,
                    points
                    - sum(
                        n
                        for when, n in earned
                        if per and period(Cycle(per), when) == period(Cycle(per), day)
                    ),
                )
                for points, per in begun[-1][1]
            ),
            default=step.price,
        )
        bought = history.buy(str(number), minor_line(step.price), at=bought_at, told=at)
        assert bought.award.points == min(step.price // 100, room)
        if step.back:
            history.give_back(f"r{number}", str(number), at)
        elif counted:
            earned.append((day, bought.award.points))


@rule("L3.22")
@given(st.lists(st.integers(0, 900), min_size=2, max_size=2), st.lists(st.integers(0, 400)))
def test_what_is_earned_without_a_cap_counts_later(most: list[int], spent: list[int]) -> None:
    """Lifted and set again within its period, a cap counts what was earned between."""
    caps: list[list[Cap]] = [[(most[0], "year")], [], [(most[1], "year")]]
    history = History.of(version(0, caps[0]), joined=NOON)
    for number, new in enumerate(caps[1:], 1):
        publish = PublishProgramme(
            programme=version(number, new),
            effective_from=NOON + number * timedelta(days=9),
            recorded_at=NOON,
        )
        history.club = CLUB.fold(history.club, CLUB.decide(history.club, None, publish, None))
    earned = 0
    for number, points in enumerate(spent):
        at = NOON + number * timedelta(days=5)
        under = min(2, number * 5 // 9)
        room = max(0, caps[under][0][0] - earned) if caps[under] else points
        bought = history.buy(str(number), minor_line(points * 100), at=at)
        assert bought.award.points == min(points, room)
        earned += bought.award.points
