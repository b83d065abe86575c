"""Tiers set by hand (L16) and bought (L25): held until a date, whatever is earned beneath."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalcore import InvalidValue
from loyalcore.errors import (
    AlreadyRecorded,
    DeadlinePassed,
    FeeDiffers,
    MayNotSetTiers,
    Refused,
    RenewalTooEarly,
    TierNotForSale,
    TierStillBought,
    UnknownTier,
    WarrantOver,
)
from loyalcore.loyalty import (
    BuyTier,
    CancelTier,
    Leave,
    LiftTier,
    Programme,
    RenewTier,
    SetTier,
    TierBought,
    TierChanged,
    TierReason,
    WarrantEnd,
    WarrantEnded,
    WarrantKind,
    standing,
)
from loyalcore.testing import rule
from loyalcore.testing.loyalty import member_commands, programmes
from loyalcore.testing.programmes import measured_tiers
from loyalcore.timing import Length, start_of_day
from tests.loyalty.club import CNY, SHANGHAI, History, line, shop

DAY, JUST = timedelta(days=1), timedelta(microseconds=1)
SPRING = datetime(2026, 3, 10, 4, tzinfo=UTC)
IDS = ("a", "b", "c")
ENTRY = {"a": 0, "b": 100, "c": 300}
KINDS = st.sampled_from((WarrantKind.FLOOR, WarrantKind.PIN))


def club(sale: dict[str, Any] | None = None, **more: Any) -> Programme:
    ladder: list[dict[str, Any]] = [{"id": id_, "entry": ENTRY[id_]} for id_ in IDS]
    if sale is not None:
        ladder[1]["sale"] = sale
    return shop(
        tiers={
            "window": {"calendar": "year"},
            "ladder": ladder,
            "set_by": ["manager"],
            **more,
        }
    )


def sets(kind: WarrantKind, tier: str, until: datetime, **more: Any) -> SetTier:
    fields = {"recorded_at": SPRING, "id": "S", "actor": "joe", "role": "manager"}
    return SetTier(
        **(fields | {"kind": kind, "tier": tier, "until": until, "reason": "vip"} | more)
    )


def buys(at: datetime, **more: Any) -> BuyTier:
    fields = {"recorded_at": at, "id": "M", "tier": "b", "fee": CNY("99.00")}
    return BuyTier(**(fields | more))


def renews(at: datetime, id_: str = "R") -> RenewTier:
    return RenewTier(recorded_at=at, id=id_, purchase="M", fee=CNY("99.00"))


def cancels(at: datetime) -> CancelTier:
    return CancelTier(recorded_at=at, purchase="M")


def held(kind: WarrantKind, tier: str, earned: str) -> str:
    return tier if kind is WarrantKind.PIN else max(tier, earned)


@rule("L16.11")
@given(KINDS, st.sampled_from(IDS), st.integers(1, 900), st.integers(0, 400), st.integers(0, 99))
def test_a_floor_and_a_pin(kind: WarrantKind, tier: str, days: int, yuan: int, later: int) -> None:
    """Until the date a floor is the least that is held, a pin the only; then what is earned."""
    history = History.of(club(), joined=SPRING)
    until = SPRING + days * DAY
    history.tell(sets(kind, tier, until))
    assert history.state.tier == held(kind, tier, "a")
    at = SPRING + min(later, days - 1) * DAY
    if yuan:
        history.buy("A", line(f"{yuan}.00"), at=at)
    earned = max(id_ for id_ in IDS if ENTRY[id_] <= yuan)
    assert history.state.tier == held(kind, tier, earned)
    assert history.state.earned_tier == earned
    assert history.at(until - JUST).tier == held(kind, tier, history.at(until - JUST).earned_tier)
    plain = History.of(club(), joined=SPRING)
    if yuan:
        plain.buy("A", line(f"{yuan}.00"), at=at)
    after, other = history.at(until), plain.at(until)
    assert (after.tier, after.tier_until) == (other.tier, other.tier_until)
    assert after.terms.warrants == ()


@rule("L16.11")
@given(KINDS, st.sampled_from(IDS), st.integers(1, 20))
def test_a_set_tier_is_lifted(kind: WarrantKind, tier: str, days: int) -> None:
    """Lifted by hand it ends at once, and what is earned is held; it ends only once."""
    history = History.of(club(), joined=SPRING)
    history.tell(sets(kind, tier, SPRING + 20 * DAY))
    at = SPRING + (days - 1) * DAY
    lift = LiftTier(recorded_at=at, id="S", actor="ann", role="manager", reason="enough")
    ended = history.tell(lift)
    assert (ended.how, ended.actor, ended.reason) == (WarrantEnd.LIFTED, "ann", "enough")
    assert (history.state.tier, history.state.terms.warrants) == ("a", ())
    with pytest.raises(WarrantOver) as refused:
        history.decide(lift)
    assert refused.value.ref == "tier:S"


@rule("L16.12")
@given(st.sampled_from(("clerk", "manager", "guest")), st.integers(-5, 5), st.sampled_from("abz"))
def test_who_may_set_tiers(role: str, hours: int, tier: str) -> None:
    """Only a role that the programme names, for a tier that there is, until a later date."""
    history = History.of(club(), joined=SPRING)
    until = SPRING + timedelta(hours=hours)
    command = sets(WarrantKind.PIN, tier, until, role=role)
    expected: list[tuple[bool, type[Refused]]] = [
        (role != "manager", MayNotSetTiers),
        (tier == "z", UnknownTier),
        (hours <= 0, DeadlinePassed),
    ]
    wrong = [error for holds, error in expected if holds]
    if wrong:
        with pytest.raises(wrong[0]):
            history.decide(command)
        return
    told = history.tell(command)
    assert (told.actor, told.role, told.reason) == ("joe", "manager", "vip")
    with pytest.raises(AlreadyRecorded):
        history.decide(command)
    with pytest.raises(InvalidValue):
        sets(WarrantKind.BOUGHT, tier, until)


TERMS = st.builds(Length, days=st.integers(1, 60)) | st.builds(Length, months=st.integers(1, 14))


def _sale(term: Length, **more: Any) -> dict[str, Any]:
    return {"fee": 99, "term": {"days": term.days, "months": term.months}, **more}


@rule("L25.1")
@given(TERMS, st.integers(0, 400), st.integers(0, 3))
def test_a_bought_tier(term: Length, yuan: int, renewals: int) -> None:
    """It is held at least, for its terms counted from the day of buying; then what is earned."""
    history = History.of(club(_sale(term)), joined=SPRING)
    bought = history.tell(buys(SPRING))
    assert (bought.fee, bought.currency) == (9900, "CNY")
    assert history.state.tier == "b"
    if yuan:
        history.buy("A", line(f"{yuan}.00"), at=SPRING)
    earned = max(id_ for id_ in IDS if ENTRY[id_] <= yuan)
    assert (history.state.tier, history.state.earned_tier) == (max("b", earned), earned)
    at = SPRING
    for n in range(renewals):
        bought = history.tell(renews(max(at, SPRING + JUST), str(n)))
        at = start_of_day(bought.first, SHANGHAI)
    whole = Length(days=term.days * (1 + renewals), months=term.months * (1 + renewals))
    end = start_of_day(whole.after(date(2026, 3, 10)), SHANGHAI)
    assert bought.until == end
    before, after = history.at(end - JUST), history.at(end)
    assert before.tier == max("b", before.earned_tier or "")
    assert after.tier == after.earned_tier
    assert (after.terms.bought, after.terms.warrants) == (None, ())


@rule("L25.2")
@given(st.integers(0, 50), st.integers(1, 40), st.integers(1, 60))
def test_when_a_term_may_be_renewed(days: int, opens: int, length: int) -> None:
    """Within so many days before it ends; never twice ahead, never once it has lapsed."""
    term = Length(days=length)
    history = History.of(club(_sale(term, renew_days=opens)), joined=SPRING)
    history.tell(buys(SPRING))
    at = SPRING + days * DAY
    if days >= length:
        with pytest.raises(WarrantOver):
            history.decide(renews(at))
    elif days < length - opens:
        with pytest.raises(RenewalTooEarly) as refused:
            history.decide(renews(at))
        assert refused.value.opens == start_of_day(
            date(2026, 3, 10) + (length - opens) * DAY, SHANGHAI
        )
    else:
        history.tell(renews(at))
        with pytest.raises(AlreadyRecorded):
            history.decide(renews(at))
        with pytest.raises(RenewalTooEarly):
            history.decide(renews(at, "again"))


@rule("L25.3")
@given(
    st.integers(1, 60),
    st.integers(0, 60),
    st.integers(0, 20),
    st.booleans(),
    st.booleans(),
)
def test_what_comes_back(length: int, days: int, whole: int, pro_rata: bool, ahead: bool) -> None:
    """The fee whole until so many days after paying, then for days not begun, as stated."""
    sale = _sale(Length(days=length), whole_days=whole, pro_rata=pro_rata)
    history = History.of(club(sale), joined=SPRING)
    history.tell(buys(SPRING))
    terms = 1
    if ahead:
        history.tell(renews(SPRING))
        terms = 2
    assume(days < length * terms)
    ended = history.tell(cancels(SPRING + days * DAY))
    expected = 0
    for term in range(terms):
        first, end = term * length, (term + 1) * length
        if end <= days:
            continue
        if whole and days <= whole:
            expected += 9900
        elif pro_rata:
            expected += 9900 * (end - max(first, days + 1)) // length
    assert (ended.how, ended.refund) == (WarrantEnd.CANCELLED, expected)
    assert ended.currency == ("CNY" if expected else "")
    assert (history.state.tier, history.state.terms.bought) == ("a", None)
    with pytest.raises(WarrantOver):
        history.decide(cancels(SPRING + days * DAY))
    assert history.tell(buys(SPRING + days * DAY, id="M2")).tier == "b"


@rule("L25.4")
@given(st.integers(0, 400), st.integers(1, 50))
def test_the_fee_earns_nothing(yuan: int, days: int) -> None:
    """Buying, renewing and cancelling move no point and count towards no tier."""
    histories = []
    for buying in (False, True):
        history = History.of(club(_sale(Length(days=20))), joined=SPRING)
        if buying:
            history.tell(buys(SPRING))
            history.tell(renews(SPRING))
        if yuan:
            history.buy("A", line(f"{yuan}.00"), at=SPRING + DAY)
        if buying and days < 40:
            history.tell(cancels(SPRING + days * DAY))
        histories.append(history)
    without, bought = (history.at(SPRING + 60 * DAY) for history in histories)
    assert (bought.totals, bought.lots) == (without.totals, without.lots)
    assert (bought.tier, bought.tier_until) == (without.tier, without.tier_until)
    assert bought.tally("spend").total == without.tally("spend").total


@rule("L25.5")
@given(st.sampled_from("abcz"), st.sampled_from(("99.00", "98.99")))
def test_what_cannot_be_bought(tier: str, fee: str) -> None:
    """A tier that is not for sale, at another fee, or while one is bought, is refused."""
    history = History.of(club(_sale(Length(days=20))), joined=SPRING)
    command = buys(SPRING, tier=tier, fee=CNY(fee))
    expected: type[Refused] | None = {
        "z": UnknownTier, "a": TierNotForSale, "c": TierNotForSale
    }.get(tier, FeeDiffers if fee != "99.00" else None)  # fmt: skip
    if expected is not None:
        with pytest.raises(expected):
            history.decide(command)
        return
    history.tell(command)
    with pytest.raises(AlreadyRecorded):
        history.decide(command)
    with pytest.raises(TierStillBought) as refused:
        history.decide(buys(SPRING, id="M2"))
    assert refused.value.until == start_of_day(date(2026, 3, 30), SHANGHAI)


@rule("L25.1")
@given(st.integers(1, 30))
def test_leaving_ends_what_was_bought(days: int) -> None:
    """A membership that ends takes set and bought tiers with it."""
    history = History.of(club(_sale(Length(days=20))), joined=SPRING)
    history.tell(buys(SPRING))
    history.tell(sets(WarrantKind.PIN, "c", SPRING + 40 * DAY))
    history.keep(history.decide(Leave(recorded_at=SPRING + days * DAY)))
    assert (history.state.tier, history.state.terms.warrants) == (None, ())
    ended = [e for e in history.events if isinstance(e, WarrantEnded)]
    assert [e.how for e in ended] == [WarrantEnd.LAPSED] * (days >= 20)
    assert [e.fee for e in history.events if isinstance(e, TierBought)] == [9900]


@rule("L16.11")
@given(KINDS, st.sampled_from(IDS))
def test_each_change_of_the_tier_held_is_told(kind: WarrantKind, tier: str) -> None:
    """Setting and ending are followed by the change they make to the tier held, if any."""
    history = History.of(club(), joined=SPRING)
    history.tell(sets(kind, tier, SPRING + DAY))
    history.sweep(SPRING + DAY)
    changes = [e for e in history.events if isinstance(e, TierChanged)]
    expected = [("a", tier, TierReason.SET), (tier, "a", TierReason.ENDED)] if tier != "a" else []
    assert [(e.before, e.after, e.reason) for e in changes] == expected


@rule("L17.8")
@given(st.data(), programmes(tiers=measured_tiers()), KINDS, st.integers(1, 900))
def test_the_projected_tier_comes_true(
    data: Any, programme: Programme, kind: WarrantKind, days: int
) -> None:
    """If nothing more happens it is the tier held once the one earned has been looked at."""
    assert programme.tiers is not None
    history = History.of(programme)
    commands = data.draw(member_commands(programme, max_size=8, warrants=False))
    history.try_all(commands)
    at = commands[-1].recorded_at
    if data.draw(st.booleans()):
        tier = data.draw(st.sampled_from([tier.id for tier in programme.tiers.ladder]))
        until = at + days * DAY
        history.tell(sets(kind, tier, until, recorded_at=at))
        assert history.state.tier is not None
        told = standing(history.state, programme, at)
        assert told is not None
        assert told.assured_until == (until if told.tier == tier else None)
    state = history.at(at)
    told = standing(state, programme, at)
    assert told is not None
    assert (told.tier, told.earned or told.tier) == (state.tier, state.earned_tier)
    if state.tier_until is None:
        assert told.projected == state.tier
        return
    then = history.at(state.tier_until)
    if then.terms.grace_from is not None:
        assert then.tier_until is not None
        then = history.at(then.tier_until)
    assert told.projected == then.tier
