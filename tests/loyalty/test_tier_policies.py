"""What a programme may say of tiers: grace, warnings, corrections, rates, benefits (L16)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalcore import InvalidDocument, Money
from loyalcore.errors import ProgrammeConflict
from loyalcore.loyalty import (
    CLUB,
    Benefit,
    BenefitKind,
    Club,
    EarnedTierMoved,
    Line,
    PointsExpired,
    Programme,
    PublishProgramme,
    Reason,
    RecordReturn,
    ReturnedLine,
    Rounding,
    TierAtRisk,
    TierChanged,
    TierGraceBegan,
    TierKept,
    TierReason,
    TierSecured,
    benefits,
    member_price,
    standing,
)
from loyalcore.testing import rule, scenario
from loyalcore.testing.loyalty import member_commands, programmes
from loyalcore.testing.programmes import measured_tiers, tiers
from loyalcore.timing import local_date, start_of_day
from tests.loyalty.club import CNY, SHANGHAI, History, line, minor_line, shop

pytestmark = pytest.mark.slow

DAY, HOUR, JUST = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)
SPRING = datetime(2026, 3, 10, 4, tzinfo=UTC)
GOLD = 300
LADDER: list[dict[str, Any]] = [
    {"id": "a"},
    {"id": "b", "entry": 100, "keep": 80},
    {"id": "c", "entry": GOLD},
]


def year(**more: Any) -> Programme:
    return shop(tiers={"window": {"calendar": "year"}, "ladder": LADDER, **more})


def new_year(number: int) -> datetime:
    return datetime(number, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)


def yuan(amount: int) -> Any:
    return line(f"{amount}.00")


@rule("L16.5")
@given(st.integers(1, 100), st.integers(0, 120), st.integers(0, 120), st.integers(0, 24 * 99))
def test_days_of_grace(grace: int, within: int, later: int, hours: int) -> None:
    """Within them the tier is held, and what is missing to keep it may still be made up."""
    history = History.of(year(grace_days=grace), joined=SPRING)
    history.buy("A", yuan(100), at=SPRING)
    end = new_year(2028)
    over, at = start_of_day(date(2028, 1, 1) + grace * DAY, SHANGHAI), end + hours * HOUR
    if within:
        history.buy("B", yuan(within), at=end - JUST)
    if later:
        history.buy("C", yuan(later), at=at)
    if at < over:
        assert history.at(max(at, over - JUST)).tier == "b"
    kept = within + (later if at < over else 0) >= 80
    again = at >= over and later >= 100
    state = history.at(max(at, over))
    assert state.tier == ("b" if kept or again else "a")
    if state.tier == "b":
        assert state.tier_until == new_year(2029)
    history.sweep(max(at, over))
    began = [event for event in history.events if isinstance(event, TierGraceBegan)]
    assert [event.recorded_at for event in began] == ([end] if within < 80 else [])
    for event in began:
        assert [[lack.amount for lack in way] for way in event.missing] == [[80 - within]]
        assert (event.until, event.falls_to) == (over, "a")


@rule("L16.6")
@given(st.integers(1, 300), st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60))))
def test_a_warning_comes_true(days: int, bought: list[tuple[int, int]]) -> None:
    """So many days before it is told whether the tier is at risk, with what is missing."""
    history = History.of(year(warn_days=days), joined=SPRING)
    history.buy("A", yuan(GOLD), at=SPRING)
    warning = start_of_day(date(2028, 1, 1) - days * DAY, SHANGHAI)
    begin, end = new_year(2027), new_year(2028)
    for place, (day, amount) in enumerate(sorted(bought)):
        history.buy(str(place), yuan(amount), at=begin + day * DAY)
    history.sweep(end - JUST)
    told = [e for e in history.events if isinstance(e, (TierAtRisk, TierSecured))]
    (event,) = [e for e in told if e.recorded_at == warning]
    assert (event.tier, event.until) == ("c", end)
    known = sum(amount for day, amount in bought if begin + day * DAY < warning)
    assert isinstance(event, TierSecured) == (known >= GOLD)
    assert len(told) == 1 + (start_of_day(date(2027, 1, 1) - days * DAY, SHANGHAI) > SPRING)
    if isinstance(event, TierAtRisk):
        assert [[lack.amount for lack in way] for way in event.missing] == [[GOLD - known]]
        plain = History.of(year(), joined=SPRING)
        plain.buy("A", yuan(GOLD), at=SPRING)
        if known:
            plain.buy("B", yuan(known), at=warning - JUST)
        assert plain.at(end).tier == event.falls_to


@rule("L16.7")
@given(
    st.tuples(st.integers(1, 320), st.integers(1, 320)),
    st.integers(0, 250),
    st.sampled_from((0, 1)),
    st.integers(0, 10_000),
    st.booleans(),
)
def test_a_return_that_undoes_an_upgrade(
    bought: tuple[int, int], more: int, which: int, share: int, once: bool
) -> None:
    """The tiers are lost at once, where the programme says so, and else when the period ends."""
    history = History.of(year(undone="at_once" if once else "period_end"), joined=SPRING)
    for place, amount in enumerate(bought):
        history.buy(str(place), yuan(amount), at=SPRING + place * DAY)
    if more:
        history.buy("C", yuan(more), at=SPRING + 2 * DAY)
    top, back = history.state.tier, bought[which] * share // 100
    if back:
        history.tell(_back("R", str(which), back, SPRING + 3 * DAY))
    left = (sum(bought) + more) * 100 - back
    reached = "c" if left >= GOLD * 100 else "b" if left >= 10_000 else "a"
    assert history.state.tier == (reached if once else top)
    if once and reached != top:
        last = history.events[-1]
        assert isinstance(last, TierChanged)
        assert (last.reason, last.before) == (TierReason.UNDONE, top)
        until = None if reached == "a" else new_year(2027)
        assert history.state.tier_until == until
        rest = [order for order in (0, 1) if order != which]
        for order in rest:
            history.give_back(f"S{order}", str(order), SPRING + 4 * DAY)
        left -= bought[rest[0]] * 100
        reached = "c" if left >= GOLD * 100 else "b" if left >= 10_000 else "a"
        assert history.state.tier == reached


def _back(id_: str, order: str, minor: int, at: datetime) -> Any:
    lines = [ReturnedLine("1", Money.from_minor(minor, "CNY"))]
    return RecordReturn(recorded_at=at, id=id_, order=order, occurred_at=at, lines=lines)


@rule("L16.7")
@given(st.integers(100, 290), st.integers(1, 99))
def test_what_a_period_has_kept_no_return_undoes(amount: int, back: int) -> None:
    """A tier that stood at a period's end is no upgrade any more."""
    history = History.of(year(undone="at_once"), joined=SPRING)
    history.buy("A", yuan(amount), at=SPRING)
    history.tell(_back("R", "A", back * 100, new_year(2027) + DAY))
    assert history.state.tier == "b"


@rule("L16.8")
@given(st.integers(0, 299), st.integers(1, 400), st.booleans())
def test_the_rate_of_an_order_that_crosses(before: int, amount: int, new: bool) -> None:
    """It earns at the old tier's rates or, where the programme says so, at the new one's."""
    ladder = [
        {**step, "benefits": [{"id": f"{step['id']}-x", "kind": "multiplier", "value": n + 1}]}
        for n, step in enumerate(LADDER)
    ]
    crossing = "new" if new else "old"
    programme = shop(tiers={"window": {"calendar": "year"}, "ladder": ladder, "crossing": crossing})
    history = History.of(programme, joined=SPRING)
    if before:
        history.buy("A", yuan(before), at=SPRING)
    old = 1 if before < 100 else 2
    reached = 3 if before + amount >= GOLD else 2 if before + amount >= 100 else 1
    earned = history.buy("B", yuan(amount), at=SPRING)
    assert earned.award.points == amount * (reached if new else old)


@rule("L16.9")
@given(st.integers(0, 200), st.integers(1, 200), st.integers(0, 100), st.booleans())
def test_a_late_fact_and_a_closed_period(spent: int, late: int, days: int, again: bool) -> None:
    """It changes what the period kept only where the programme says so, and in time."""
    history = History.of(year(late_facts="reassess" if again else "nothing"), joined=SPRING)
    history.buy("A", yuan(100), at=SPRING)
    end = new_year(2028)
    if spent:
        history.buy("B", yuan(spent), at=end - DAY)
    assume(history.state.tier == "b")
    at = end + timedelta(days=days, hours=1)
    kept = "b" if spent >= 80 else "a"
    assert history.at(at).tier == kept
    occurred = max(end - JUST, at - 90 * DAY)
    if occurred >= end:
        return
    history.buy("C", yuan(late), at=occurred, told=at)
    enough = spent + late >= 80
    assert history.state.tier == ("b" if (again and enough) or kept == "b" else "a")
    if again and enough and kept == "a":
        assert history.state.tier_until == new_year(2029)
    if spent and again and kept == "b":
        history.tell(_back("R", "C", late * 100, at))
        history.tell(_back("S", "B", spent * 100, at))
        assert history.state.tier == "a"


@rule("L16.10")
@given(st.sampled_from(("calendar", "rolling_days", "lifetime")), st.integers(0, 400))
def test_more_days_than_a_period_has_are_refused(window: str, days: int) -> None:
    """Grace and warnings fit into a period; for life there are none."""
    least = {"calendar": 28, "rolling_days": 200, "lifetime": 0}[window]
    value: Any = {"calendar": "month", "rolling_days": 200, "lifetime": True}[window]
    for field in ("grace_days", "warn_days"):
        table = {"window": {window: value}, "ladder": LADDER, field: days}
        if days and days >= least:
            with pytest.raises(InvalidDocument) as refused:
                shop(tiers=table)
            assert [m.path for m in refused.value.mistakes] == [f"tiers.{field}"]
        else:
            assert shop(tiers=table).tiers


# --- benefits ------------------------------------------------------------------------------------


@rule("L15.12")
@given(st.data(), programmes(tiers=tiers(), grants=st.just(())))
def test_a_member_has_the_benefits_of_the_tier_held(data: Any, programme: Programme) -> None:
    """Those that the tier lists, and no others."""
    assert programme.tiers is not None
    history = History.of(programme)
    history.try_all(data.draw(member_commands(programme)))
    held = {tier.id: tier.benefits for tier in programme.tiers.ladder}
    state, at = history.state, history.state.recorded_at
    assert at is not None
    assert benefits(state, programme, at) == held[state.tier or ""]
    assert benefits(attrs.evolve(state, enrolled_at=None), programme, at) == ()
    assert (
        benefits(state, attrs.evolve(programme, tiers=None, earning=_no_groups(programme)), at)
        == ()
    )


def _no_groups(programme: Programme) -> Any:
    return attrs.evolve(programme.earning, stacking={})


@rule("L15.13")
@given(
    st.integers(0, 10**9),
    st.lists(st.integers(1, 10_000), max_size=3),
    st.sampled_from(Rounding),
    st.sampled_from(("CNY", "JPY", "KWD")),
)
def test_the_highest_discount_counts(
    minor: int, hundredths: list[int], rounding: Rounding, currency: str
) -> None:
    """What is left is exact, rounded once to the minor unit as asked."""
    drawn = [
        Benefit(str(n), BenefitKind.DISCOUNT, Decimal(h) / 100) for n, h in enumerate(hundredths)
    ]
    service = Benefit("wifi", BenefitKind.SERVICE)
    price = member_price(Money.from_minor(minor, currency), [*drawn, service], rounding)
    exact = Fraction(minor * (10_000 - max(hundredths, default=0)), 10_000)
    assert price == Money.from_minor(rounding(exact), currency)


@scenario(6)
@pytest.mark.parametrize(("tier", "price"), [("gold", "102.40"), ("silver", "115.20")])
def test_the_members_price(tier: str, price: str) -> None:
    """Of 128.00 gold pays 80 %, silver 90 %."""
    percent = {"gold": 20, "silver": 10}[tier]
    discount = Benefit(f"{tier}-price", BenefitKind.DISCOUNT, Decimal(percent))
    assert member_price(CNY("128.00"), [discount]) == CNY(price)


@rule("L15.14")
@given(st.integers(100, 400), st.integers(100, 400), st.integers(0, 90_000), st.booleans())
def test_a_tier_multiplies_points(own: int, campaign: int, minor: int, member: bool) -> None:
    """Its factor multiplies base points of its members, times the campaigns', explained by id."""
    gold = {"id": "gold", "entry": 100}
    gold["benefits"] = [
        {"id": "gold-points", "kind": "multiplier", "value": str(Decimal(own) / 100)}
    ]
    programme = shop(
        tiers={"window": {"lifetime": True}, "ladder": [{"id": "plain"}, gold]},
        multipliers=[{"id": "week", "factor": str(Decimal(campaign) / 100)}],
    )
    history = History.of(programme, joined=SPRING)
    if member:
        history.buy("A", yuan(100), at=SPRING)
    award = history.buy("B", minor_line(minor), at=SPRING).award
    factor = Fraction(campaign, 100) * (Fraction(own, 100) if member else 1)
    assert award.points == minor * factor // 100
    (outcome,) = [outcome for outcome in award.rules if outcome.rule == "gold-points"]
    assert (outcome.reason is Reason.NOT_MET) == (not member)


@rule("L15.14")
@given(st.sampled_from(BenefitKind), st.none() | st.integers(-5, 200))
def test_values_that_a_benefit_may_have(kind: BenefitKind, value: int | None) -> None:
    """A discount has a percentage, a multiplier a factor, nothing else a value."""
    allowed = {
        BenefitKind.DISCOUNT: value is not None and 0 < value <= 100,
        BenefitKind.MULTIPLIER: value is not None and value >= 1,
    }.get(kind, value is None)
    number = None if value is None else Decimal(value)
    if allowed:
        assert Benefit("x", kind, number).value == number
    else:
        with pytest.raises(InvalidDocument) as refused:
            Benefit("x", kind, number)
        assert [m.path for m in refused.value.mistakes] == ["value"]


@rule("L17.7")
@given(st.data(), programmes(tiers=measured_tiers()))
def test_what_is_told_in_grace_too(data: Any, programme: Programme) -> None:
    """The tier is told to be kept if and only if nothing more is asked, days of grace or not."""
    assert programme.tiers is not None
    history = History.of(programme)
    commands = data.draw(member_commands(programme, max_size=10))
    history.try_all(commands)
    at = commands[-1].recorded_at
    history.buy("much", Line("1", Money.from_minor(10**9, programme.currency)), at=at)
    if data.draw(st.booleans()):
        at += data.draw(st.integers(1, 400)) * DAY
        history.sweep(at)
    state = history.state
    told = standing(history.at(at), programme, at)
    assert told is not None
    if told.until is None:  # the lowest tier, or held for life
        return
    after = [*history.events]
    history.sweep(told.until)
    news = [e for e in history.events[len(after) :] if e.recorded_at == told.until]
    # Under a tier set by hand the one held may stay, and only what is earned moves.
    looks = (TierKept, TierChanged, TierGraceBegan, EarnedTierMoved)
    looked = [e for e in news if isinstance(e, looks)]
    assert isinstance(looked[0], TierKept) == (() in told.keeping)
    assert local_date(told.until, programme.zone) > local_date(at, programme.zone)
    assert state.recorded_at is None or not any(
        isinstance(e, PointsExpired) and e.recorded_at < state.recorded_at for e in news
    )


FIRST, AT = datetime(2000, 1, 1, tzinfo=UTC), SPRING
KINDS, WINDOWS = ("spend", "points", "orders"), ({"lifetime": True}, {"calendar": "year"})


@rule("R1.6")
@given(
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=3),
    st.sampled_from(KINDS),
    st.sampled_from(WINDOWS),
    st.sampled_from(WINDOWS),
)
def test_versions_that_misread_what_is_counted(
    before: list[str], kind: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    """A measure keeps its meaning through all versions; what is held for life stays so."""

    def version(of: str, window: dict[str, Any], place: int) -> Programme:
        measures = [{"id": f"own-{of}", "of": of}, {"id": "own", "of": of}]
        table = {"window": window, "ladder": LADDER, "measures": measures[: 2 if place else 1]}
        return shop(tiers=table)

    club = Club()
    for place, of in enumerate(before):
        own = place == len(before) - 1
        published = PublishProgramme(
            programme=version(of, old, own), recorded_at=FIRST + place * DAY
        )
        club = CLUB.fold(club, CLUB.decide(club, None, published, None))
    command = PublishProgramme(programme=version(kind, new, 1), recorded_at=AT)
    if kind == before[-1] and (old == new or "calendar" in old):
        assert CLUB.decide(club, None, command, None)
        return
    with pytest.raises(ProgrammeConflict) as refused:
        CLUB.decide(club, None, command, None)
    assert refused.value.field == ("tiers.measures" if kind != before[-1] else "tiers.window")
