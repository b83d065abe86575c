"""What tiers measure, over which days, and which goals they set (L15)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidDocument
from loyalcore.loyalty import (
    Goal,
    Programme,
    RecordBehaviour,
    TierChanged,
    TierKept,
    Tiers,
    Window,
    standing,
)
from loyalcore.testing import rule
from loyalcore.testing.programmes import measured_ladders
from loyalcore.timing import LeapDay
from tests.loyalty.club import NOON, SHANGHAI, History, line, minor_line, shop

DAY, JUST = timedelta(days=1), timedelta(microseconds=1)
NAMES = ("spend", "points", "orders")
COUNTS = st.fixed_dictionaries({name: st.integers(0, 12).map(Decimal) for name in NAMES})
TABLES = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 12), max_size=3)
GOALS = st.tuples(TABLES, TABLES).filter(any).map(lambda two: Goal(*two))


def club(window: dict[str, Any], *steps: Any, **more: Any) -> Programme:
    """Give a shop with tiers a, b, c ... that these goals enter."""
    ladder: list[dict[str, Any]] = [{"id": "a"}]
    ladder += [{"id": name, "entry": goal} for name, goal in zip("bcd", steps, strict=False)]
    behaviours = more.pop("behaviours", [])
    return shop(tiers={"window": window, "ladder": ladder, **more}, behaviours=behaviours)


def shares(history: History, id_: str, at: datetime) -> None:
    history.tell(RecordBehaviour(recorded_at=at, occurred_at=at, behaviour="share", id=id_))


@rule("L15.8")
@given(GOALS, COUNTS)
def test_any_and_all(goal: Goal, counts: dict[str, Decimal]) -> None:
    """A goal is reached by each amount under all and one under any; it names those that did it."""
    every = all(counts[name] >= amount for name, amount in goal.all.items())
    some = [name for name, amount in goal.any.items() if counts[name] >= amount]
    met = every and bool(some or not goal.any)
    assert goal.met(counts) == met
    assert set(goal.met_by(counts)) == ({*goal.all, *some} if met else set())


@rule("L17.6")
@given(GOALS, COUNTS, st.data())
def test_each_way_told_is_enough(goal: Goal, counts: dict[str, Decimal], data: Any) -> None:
    """What is missing on one of the ways told reaches the goal; one less on each does not."""
    ways = goal.missing(counts)
    assert goal.met(counts) == (() in ways)
    way = data.draw(st.sampled_from(ways))
    more = {lack.measure: counts[lack.measure] + lack.amount for lack in way}
    assert goal.met({**counts, **more})
    assert all(lack.amount > 0 for lack in way)
    if not goal.met(counts):
        less = {lack.measure: counts[lack.measure] for other in ways for lack in other}
        assert not goal.met({**counts, **less})
        for lack in way:
            short = {**more, lack.measure: more[lack.measure] - 1}
            others = [o for o in ways if all(short.get(x.measure, 0) >= x.amount for x in o)]
            assert goal.met({**counts, **short}) == any(
                all({**counts, **short}[x.measure] >= counts[x.measure] + x.amount for x in o)
                for o in [*others, *ways]
            )


@rule("L15.11")
@given(GOALS, GOALS)
def test_a_ladder_gets_harder_step_by_step(lower: Goal, upper: Goal) -> None:
    """A step that somebody reaches without the one below, or all who reach that, is refused."""
    amounts = [Decimal(n) for n in range(13)]
    grid = [
        {"spend": one, "points": two, "orders": three}
        for one in amounts
        for two in amounts
        for three in amounts
    ]
    nested = all(lower.met(counts) for counts in grid if upper.met(counts))
    same = nested and all(upper.met(counts) for counts in grid if lower.met(counts))
    free = lower.met({})
    steps = [lower, upper] if not free else [upper]
    if free:
        nested, same = True, upper.met({})
    written = [{"all": dict(goal.all), "any": dict(goal.any)} for goal in steps]
    if nested and not same:
        assert club({"lifetime": True}, *written).tiers
    else:
        with pytest.raises(InvalidDocument) as refused:
            club({"lifetime": True}, *written)
        assert f"tiers.ladder[{len(steps)}].entry" in [m.path for m in refused.value.mistakes]


@rule("L15.11")
@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.booleans())
def test_keeping_is_no_harder_than_entering(spend: int, orders: int, entry: int, one: bool) -> None:
    """What keeps a tier is reached by whoever has entered it."""
    goal = {"all": {"spend": entry, "orders": entry}}
    keep = {"any" if one else "all": {"spend": spend, "orders": orders}}
    ladder = [{"id": "a"}, {"id": "b", "entry": goal, "keep": keep}]
    enough = min(spend, orders) if one else max(spend, orders)
    data = {"window": {"calendar": "year"}, "ladder": ladder}
    if enough <= entry and enough:
        assert shop(tiers=data).tiers
        return
    with pytest.raises(InvalidDocument) as refused:
        shop(tiers=data)
    assert [m.path for m in refused.value.mistakes] == ["tiers.ladder[1].keep"]


@rule("L15.11")
@given(st.sampled_from(("ordrs", "behaviour:nap", "miles")), st.sampled_from(("1.5", "10.005")))
def test_measures_that_there_are_not(name: str, fine: str) -> None:
    """A measure that nobody knows is named, and so is an amount finer than what is measured."""
    for goal in ({"any": {name: 3}}, {"any": {"orders": fine}}, {"all": {"spend": "0.001"}}):
        with pytest.raises(InvalidDocument) as refused:
            club({"lifetime": True}, goal)
        assert [m.path for m in refused.value.mistakes] == ["tiers.ladder[1].entry"]
    for taken in ("spend", "orders", "behaviour:share"):
        with pytest.raises(InvalidDocument) as refused:
            club({"lifetime": True}, measures=[{"id": taken, "of": "spend"}])
        assert [m.path for m in refused.value.mistakes] == ["tiers.measures[0].id"]


@rule("L15.7")
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=6), st.integers(1, 6), st.data())
def test_orders_count_until_they_are_back_whole(fen: list[int], asked: int, data: Any) -> None:
    """An order with something qualifying counts once; returned whole it counts no more."""
    programme = club({"lifetime": True}, {"all": {"orders": asked}})
    history = History.of(programme, joined=NOON)
    back = set[int]()
    for place, amount in enumerate(fen):
        history.buy(str(place), minor_line(amount), minor_line(700, "free", reward=True), at=NOON)
        if amount and data.draw(st.booleans()):
            back.add(place)
            history.give_back(f"r{place}", str(place), NOON)
        counting = sum(1 for n in range(place + 1) if fen[n] and n not in back)
        assert history.state.tally("measure:orders").total == counting
    standing_now = standing(history.state, programme, NOON)
    assert standing_now is not None
    if history.state.tier == "a":
        missing = asked - sum(1 for n, amount in enumerate(fen) if amount and n not in back)
        assert [lack.amount for lack in standing_now.reaching[0]] == [missing]


@rule("L15.7")
@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.integers(2, 60))
def test_points_count_as_they_are_awarded(yuan: list[int], asked: int) -> None:
    """Points of orders and behaviours count, also those that lapse on arrival, less claims."""
    programme = club({"lifetime": True}, {"all": {"points": asked}}, behaviours=[
        {"id": "share", "points": 7}
    ])  # fmt: skip
    history, total = History.of(programme, joined=NOON), 0
    for place, amount in enumerate(yuan):
        history.buy(str(place), line(f"{amount}.00"), at=NOON)
        shares(history, str(place), NOON)
        total += amount + 7
        if place % 2:
            history.give_back(str(place), str(place), NOON)
            total -= amount
    assert history.state.tally("measure:points").total == total
    highest = max(
        sum(yuan[: n + 1]) + 7 * (n + 1) - sum(yuan[1:n:2]) for n in range(len(yuan))
    )  # each order stands until its own return
    assert (history.state.tier == "b") == (highest >= asked)


@rule("L15.7")
@given(st.integers(1, 5), st.integers(1, 5))
def test_a_behaviour_counts_the_times_it_earned(times: int, asked: int) -> None:
    """Three shares may make a tier; beyond its limit a share counts no more than it earns."""
    behaviours = [{"id": "share", "points": 7, "limits": [{"times": 3}]}]
    goal = {"all": {"behaviour:share": asked}}
    history = History.of(club({"lifetime": True}, goal, behaviours=behaviours), joined=NOON)
    for n in range(times):
        shares(history, str(n), NOON)
        assert (history.state.tier == "b") == (min(3, n + 1) >= asked)


@rule("L15.9")
@given(st.lists(st.tuples(st.integers(0, 900), st.booleans()), min_size=1, max_size=5), st.data())
def test_qualifying_apart_from_redeemable(bought: list[tuple[int, bool]], data: Any) -> None:
    """A measure of a category counts its lines alone, while points come from all."""
    flights = [{"id": "flown", "of": "spend", "when": {"category": ["flight"]}}]
    programme = club({"calendar": "year"}, {"all": {"flown": 1000}}, measures=flights)
    history = History.of(programme, joined=NOON)
    lines = [
        minor_line(100 * yuan, str(n), categories=["flight" if flight else "hotel"])
        for n, (yuan, flight) in enumerate(bought)
    ]
    earned = history.buy("A", *lines, at=NOON)
    flown = sum(yuan for yuan, flight in bought if flight)
    assert earned.award.points == sum(yuan for yuan, _ in bought)
    assert history.state.tally("measure:flown").total == 100 * flown
    assert (history.state.tier == "b") == (flown >= 1000)
    if history.state.tier == "b":
        assert isinstance(history.events[-1], TierChanged)
        assert history.events[-1].met == ("flown",)
    history.give_back("R", "A", NOON)
    assert history.state.tally("measure:flown").total == 0


@rule("L15.5")
@given(
    st.dates(date(2011, 1, 1), date(2016, 12, 31)) | st.just(date(2012, 2, 29)),
    st.sampled_from(LeapDay),
    st.integers(0, 1500),
)
def test_years_from_the_day_of_joining(joined: date, leap_day: LeapDay, after: int) -> None:
    """A tier lasts to the day on which that of joining is kept next, and is kept by that year."""
    at = datetime(joined.year, joined.month, joined.day, 12, tzinfo=SHANGHAI).astimezone(UTC)
    window = {"anniversary": True}
    programme = shop(
        tiers={"window": window, "ladder": [{"id": "a"}, {"id": "b", "entry": 100}]},
        leap_day_birthday=leap_day.value,
    )
    history = History.of(programme, joined=at)
    bought = at + after * DAY
    history.buy("A", line("100.00"), at=bought)
    local = bought.astimezone(SHANGHAI).date()
    kept = [
        date(year, joined.month, joined.day)
        if (joined.month, joined.day) != (2, 29) or year % 4 == 0
        else date(year, *((2, 28) if leap_day is LeapDay.FEBRUARY_28 else (3, 1)))
        for year in range(joined.year, joined.year + 7)
    ]
    begin, end = max(k for k in kept if k <= local), min(k for k in kept if k > local)
    until = datetime(end.year, end.month, end.day, tzinfo=SHANGHAI)
    assert history.state.tier_until == until
    assert begin <= local
    history.buy("B", line("1.00"), at=max(bought, until - JUST))
    assert history.at(until).tier == "b"
    history.sweep(until)
    assert isinstance(history.events[-1], TierKept)
    assert history.events[-1].spend == 10_100


@rule("L15.6")
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 99)), min_size=1, max_size=8))
def test_for_life(bought: list[tuple[int, int]]) -> None:
    """All since joining counts, however long ago; what is reached is never looked at again."""
    programme = club({"lifetime": True}, 100, 300)
    history, at, total = History.of(programme, joined=NOON), NOON, 0
    for place, (days, yuan) in enumerate(bought):
        at, total = at + days * DAY, total + yuan
        history.buy(str(place), line(f"{yuan}.00"), at=at)
    reached = "a" if total < 100 else "b" if total < 300 else "c"
    later = history.at(at + 3000 * DAY)
    assert (later.tier, later.tier_until) == (reached, None)
    kept = later.tally("spend").days
    assert all(day >= at.date() - timedelta(days=366 + 90 + 3) for day in kept)


@rule("L15.8")
@given(measured_ladders(), COUNTS)
def test_the_highest_tier_reached_counts(ladder: tuple, counts: dict[str, Decimal]) -> None:
    """Whoever reaches a tier has reached all below; the highest is the one reached."""
    tiers = Tiers(Window(lifetime=True), ladder)
    met = [tier.entry.met(counts) for tier in ladder]
    assert met == sorted(met, reverse=True)
    assert tiers.reached_by(counts) == ladder[sum(met) - 1]
