"""Refusals: typed, with fields that a program can read, and nothing changed (R1)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import InvalidValue, LoyalcoreError, Money, Refused
from loyalcore.errors import (
    AlreadyEnrolled,
    AlreadyRecorded,
    CurrencyNotAccepted,
    FactBeforeJoining,
    NoProgramme,
    NotEnrolled,
    ProgrammeConflict,
    UnknownBehaviour,
    UnknownLine,
    UnknownOrder,
)
from loyalcore.loyalty import (
    CLUB,
    MEMBER,
    Club,
    Enrol,
    Line,
    Programme,
    PublishProgramme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
    ReturnedLine,
)
from loyalcore.testing import rule
from loyalcore.testing.loyalty import member_commands, programmes
from loyalcore.timing import MonthDay
from tests.loyalty.club import (
    CNY,
    LONG_AGO,
    NOON,
    SHANGHAI,
    History,
    line,
    minor_line,
    published,
    shop,
)

HISTORIES = programmes().flatmap(lambda p: st.tuples(st.just(p), member_commands(p)))


@rule("R1.1")
@given(HISTORIES)
def test_a_refusal_is_typed_and_changes_nothing(drawn: tuple[Programme, list]) -> None:
    """A command is decided or refused by a `Refused`; decided again it comes out the same."""
    programme, commands = drawn
    history = History.of(programme)
    for command in commands:
        before = history.state
        outcomes: list[tuple[Any, Any]] = []
        for _ in range(2):
            try:
                outcomes.append((history.decide(command), None))
            except Refused as error:
                outcomes.append(((), (type(error), str(error))))
            assert history.state is before
        assert outcomes[0] == outcomes[1]
        history.keep(outcomes[0][0])


def buys(order: str = "A", *lines: Line, **more: Any) -> RecordPurchase:
    return RecordPurchase(
        recorded_at=NOON,
        occurred_at=NOON,
        order=order,
        lines=lines or (line("10.00"),),
        **more,
    )


def shares(behaviour: str) -> RecordBehaviour:
    return RecordBehaviour(recorded_at=NOON, occurred_at=NOON, behaviour=behaviour, id="d")


def returns(order: str, *lines: ReturnedLine, id_: str = "r") -> RecordReturn:
    return RecordReturn(
        recorded_at=NOON, occurred_at=NOON, id=id_, order=order, lines=lines or None
    )


OTHERS = st.text("xyz", min_size=1, max_size=3)


@rule("R1.2")
@given(OTHERS, st.sampled_from(("EUR", "JPY", "KWD")))
def test_what_a_member_cannot_do(name: str, currency: str) -> None:
    """Each refusal has its own class and says of what it speaks."""
    foreign = Money(1, currency)
    expected: list[tuple[Any, type[Refused], dict[str, Any]]] = [
        (Enrol(recorded_at=NOON), AlreadyEnrolled, {"since": NOON}),
        (buys(), AlreadyRecorded, {"ref": "order:A"}),
        (
            buys("B", Line("1", foreign)),
            CurrencyNotAccepted,
            {"field": "lines[0].price", "currency": currency, "accepted": "CNY"},
        ),
        (
            buys("B", line("1.00", discount=foreign)),
            CurrencyNotAccepted,
            {"field": "lines[0].discount", "currency": currency, "accepted": "CNY"},
        ),
        (shares(name), UnknownBehaviour, {"behaviour": name, "known": ("share",)}),
        (returns(name), UnknownOrder, {"order": name}),
        (
            returns("A", ReturnedLine(name, CNY("1.00"))),
            UnknownLine,
            {"order": "A", "line": name, "known": ("1",)},
        ),
        (
            returns("A", ReturnedLine("1", foreign)),
            CurrencyNotAccepted,
            {"field": "lines[0].amount", "currency": currency, "accepted": "CNY"},
        ),
    ]
    history = History.of(shop(behaviours=[{"id": "share", "points": 1}]), joined=NOON)
    history.tell(buys())
    before = history.state
    for command, error, fields in expected:
        with pytest.raises(error) as refused:
            history.decide(command)
        assert {key: getattr(refused.value, key) for key in fields} == fields
        assert str(refused.value)
        assert history.state is before


@rule("R1.2")
@given(st.sampled_from((buys(), shares("share"), returns("A"))))
def test_only_members(command: Any) -> None:
    """Who has not joined can do nothing else; without a programme nobody can join."""
    with pytest.raises(NotEnrolled):
        History.of(shop()).decide(command)
    with pytest.raises(NoProgramme) as refused:
        MEMBER.decide(MEMBER.initial, MEMBER.dossier(()), Enrol(recorded_at=NOON), Club())
    assert refused.value.at == NOON


@rule("R1.3")
@given(st.floats(), st.integers(1, 10**6))
def test_values_that_no_command_may_have(number: float, minor: int) -> None:
    """Floats, naive instants, negative amounts and doubled lines never become a command."""
    naive = datetime(2026, 3, 8)  # noqa: DTZ001
    negative = Money.from_minor(-minor, "CNY")
    refused: list[Callable[[], object]] = [
        lambda: Line("1", CNY("1.00"), quantity=number),  # type: ignore[arg-type]
        lambda: Line("1", number),  # type: ignore[arg-type]
        lambda: Line("1", negative),
        lambda: Line("1", CNY("1.00"), discount=negative),
        lambda: Line("1", CNY("1.00"), quantity=Decimal(-minor)),
        lambda: Line("", CNY("1.00")),
        lambda: Enrol(recorded_at=naive),
        lambda: RecordPurchase(order="A", occurred_at=naive, lines=[line("1.00")]),
        lambda: RecordPurchase(order="A", occurred_at=NOON, lines=[]),
        lambda: buys("A", line("1.00"), line("2.00")),
        lambda: Redeem(redemption="r", points=-minor),
        lambda: Redeem(redemption="r", points=0),
        lambda: Redeem(redemption="r", points=number),  # type: ignore[arg-type]
        lambda: ReturnedLine("1"),
        lambda: ReturnedLine("1", CNY("1.00"), Decimal(1)),
        lambda: ReturnedLine("1", negative),
        lambda: Line("1", CNY("1.00"), categories=None),  # type: ignore[arg-type]
        lambda: Line("1", CNY("1.00"), categories=[1]),  # type: ignore[list-item]
        lambda: Line("1", CNY("1.00"), categories="wine"),
        lambda: Line("1", CNY("1.00"), reward=1),  # type: ignore[arg-type]
        lambda: Line("1", CNY("1.00"), quantity="1." + "3" * 40),  # type: ignore[arg-type]
        lambda: RecordPurchase(order="A", occurred_at=NOON, lines=None),  # type: ignore[arg-type]
        lambda: RecordPurchase(order="A", occurred_at=NOON, lines="AB"),  # type: ignore[arg-type]
        lambda: RecordReturn(id="r", order="A", occurred_at=NOON, lines=5),  # type: ignore[arg-type]
        lambda: Enrol(recorded_at=NOON.replace(year=9998)),
        lambda: Enrol(recorded_at=NOON.replace(year=1899)),
    ]
    for build in refused:
        with pytest.raises(InvalidValue) as error:
            build()
        assert error.value.field and error.value.fix


@rule("R1.8")
@given(st.integers(1, 10**6), st.integers(0, 3), st.integers(0, 3))
def test_a_refusal_names_what_is_at_fault(minor: int, place: int, more: int) -> None:
    """A line stands by its place in the command, a value under its own field, with its own fix."""
    count = place + more + 1
    history = History.of(shop(), joined=NOON)
    history.tell(buys("A", *(minor_line(minor, f"line {n}") for n in range(count))))
    back = [ReturnedLine(f"line {n}", CNY("0.01")) for n in range(count)]
    back[place] = attrs.evolve(back[place], amount=Money(1, "EUR"))
    with pytest.raises(CurrencyNotAccepted) as told:
        history.decide(returns("A", *back))
    assert told.value.field == f"lines[{place}].amount"
    negative, pieces = Money.from_minor(-minor, "CNY"), Decimal(minor)
    wrong: list[tuple[Callable[[], object], str, object]] = [
        (lambda: ReturnedLine("1", negative), "ReturnedLine.amount", str(negative)),
        (lambda: ReturnedLine("1", CNY("1.00"), pieces), "ReturnedLine.quantity", pieces),
        (lambda: ReturnedLine("1"), "ReturnedLine.amount", None),
        (lambda: Line("1", CNY("1.00"), discount=negative), "Line.discount", str(negative)),
        (lambda: Line("1", CNY("1.00"), tax=negative), "Line.tax", str(negative)),
    ]
    for build, field, value in wrong:
        with pytest.raises(InvalidValue) as refused:
            build()
        assert (refused.value.field, refused.value.value) == (field, value)
        assert "command" not in refused.value.fix
    with pytest.raises(InvalidValue, match="a return has its own command"):
        Line("1", negative)


@rule("R1.4")
@given(st.integers(0, 10_000))
def test_nothing_is_a_legal_amount(minor: int) -> None:
    """Lines of quantity 0, of price 0, and returns of nothing are no mistakes."""
    history = History.of(shop(), joined=NOON)
    history.tell(buys("A", minor_line(minor, quantity=Decimal(0)), minor_line(0, "2")))
    told = history.tell(returns("A", ReturnedLine("1", quantity=Decimal(0)), id_="none"))
    assert (told.points, told.spend) == (0, 0)
    told = history.tell(returns("A", ReturnedLine("2", CNY("0.00")), id_="free"))
    assert (told.points, told.spend) == (0, 0)
    assert history.tell(returns("A", id_="all")).points == minor // 100


@rule("L19.11")
@given(st.integers(-72, 72), st.sampled_from(("buy", "share")))
def test_what_happened_before_joining_earns_nothing(hours: int, kind: str) -> None:
    """A fact of a local day before the member joined is refused; on the day itself it counts."""
    programme = shop(behaviours=[{"id": "share", "points": 1}])
    history = History.of(programme, joined=NOON)
    occurred = NOON + timedelta(hours=hours)
    command = attrs.evolve(
        buys() if kind == "buy" else shares("share"),
        occurred_at=occurred,
        recorded_at=NOON + timedelta(days=9),
    )
    if occurred.astimezone(SHANGHAI).date() < NOON.astimezone(SHANGHAI).date():
        with pytest.raises(FactBeforeJoining) as refused:
            history.decide(command)
        assert (refused.value.occurred_at, refused.value.enrolled_at) == (occurred, NOON)
    else:
        history.tell(command)


class Stamp(datetime):
    """An instant as frames have it, finer than a microsecond."""

    @property
    def nanosecond(self) -> int:
        return 7


@rule("R1.3")
@given(st.integers(1, 12), st.integers(0, 10**6))
def test_instants_of_frames_are_plain_inside(month: int, microsecond: int) -> None:
    """A subclass of datetime goes in as the plain instant; what is no instant is refused."""
    at = NOON.replace(month=month, microsecond=microsecond % 10**6)
    stamp = Stamp(at.year, at.month, at.day, at.hour, 0, 0, at.microsecond, tzinfo=UTC)
    history = History.of(shop(), joined=LONG_AGO)
    told = history.tell(attrs.evolve(buys(), recorded_at=stamp, occurred_at=stamp))
    assert type(told.recorded_at) is type(told.occurred_at) is datetime
    assert told.recorded_at == told.occurred_at == at

    class Number:
        """Stands for the whole numbers of arrays, which are none of Python's."""

        def __index__(self) -> int:
            return month

    with pytest.raises(InvalidValue):
        MonthDay(Number(), 1)  # type: ignore[arg-type]
    bare: Any = Enrol()
    with pytest.raises(InvalidValue, match=r"Enrol\.recorded_at"):
        History.of(shop()).decide(bare)


@rule("L19.10")
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 12)), min_size=1, max_size=6),
    st.integers(-3, 40),
)
def test_versions_to_come_can_be_replaced(drawn: list[tuple[int, int]], asked: int) -> None:
    """The version in force is the last published of those that took effect last by then."""
    club, now, plan = CLUB.initial, NOON, dict[datetime, str]()
    for number, (later, ahead) in enumerate(drawn):
        now += timedelta(days=later)
        effective = now + timedelta(days=ahead)
        new = shop(name=str(number))
        command = PublishProgramme(
            programme=new, effective_from=effective if ahead else None, recorded_at=now
        )
        begun = [begin for begin in plan if begin <= now]
        if begun and (effective < now or effective == max(begun)):
            with pytest.raises(ProgrammeConflict):
                CLUB.decide(club, None, command, None)
            continue
        club = CLUB.fold(club, CLUB.decide(club, None, command, None))
        plan[effective] = new.name
    at = NOON + timedelta(days=asked)
    begun = [begin for begin in plan if begin <= at]
    if begun:
        assert club.at(at).name == plan[max(begun)]
    else:
        with pytest.raises(NoProgramme):
            club.at(at)


LADDERS = st.lists(st.sampled_from("abcd"), min_size=1, unique=True)


@rule("R1.5")
@given(LADDERS, LADDERS)
def test_a_ladder_keeps_its_order(old: list[str], new: list[str]) -> None:
    """A version may add steps above the lowest; it drops none, and swaps none."""
    versions = [
        shop(
            tiers={
                "window": {"calendar": "year"},
                "ladder": [{"id": id_, "entry": 10 * n} for n, id_ in enumerate(ladder)],
            }
        )
        for ladder in (old, new)
    ]
    club = Club((published(versions[0], LONG_AGO),), LONG_AGO)
    command = PublishProgramme(programme=versions[1], recorded_at=NOON)
    if [step for step in new if step in old] == old and new[0] == old[0]:
        assert CLUB.decide(club, None, command, None)
    else:
        with pytest.raises(ProgrammeConflict) as refused:
            CLUB.decide(club, None, command, None)
        assert refused.value.field == "tiers.ladder"


@rule("R1.5")
@given(st.integers(1, 10**12), st.sampled_from(("currency", "timezone", "tiers.ladder", "past")))
def test_versions_that_contradict(microseconds: int, what: str) -> None:
    """A version may not take effect in the past, nor change the money, the zone, or drop a tier."""
    ladder = {"window": {"calendar": "year"}, "ladder": [{"id": "member"}]}
    changes: dict[str, Any] = {
        "currency": {"currency": "EUR", "tiers": ladder},
        "timezone": {"timezone": "Asia/Tokyo", "tiers": ladder},
        "tiers.ladder": {},
        "past": {"tiers": ladder},
    }
    at = NOON - timedelta(microseconds=microseconds) if what == "past" else NOON
    command = PublishProgramme(programme=shop(**changes[what]), effective_from=at, recorded_at=NOON)
    club = Club((published(shop(tiers=ladder), LONG_AGO),))
    with pytest.raises(ProgrammeConflict) as refused:
        CLUB.decide(club, None, command, None)
    assert refused.value.field == ("effective_from" if what == "past" else what)
    assert isinstance(refused.value, LoyalcoreError)
