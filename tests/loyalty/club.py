"""Two ways to run a member: the decider by itself, and a club over a host that reads as a tale."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from loyalcore import Currency, connect
from loyalcore.errors import Refused
from loyalcore.loyalty import (
    MEMBER,
    Club,
    CompensateOrder,
    Enrol,
    EntitlementEnded,
    EntitlementGranted,
    GrantEntitlement,
    Line,
    Member,
    MemberEvent,
    Programme,
    ProgrammePublished,
    PublishProgramme,
    PurchaseRecorded,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    ReferralUndone,
    ReturnedLine,
    ReturnRecorded,
    programme_from,
)
from loyalcore.timing import MonthDay, zone

CNY = Currency("CNY")
SHANGHAI = zone("Asia/Shanghai")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)


def published(programme: Programme, since: datetime = LONG_AGO) -> ProgrammePublished:
    return ProgrammePublished(
        recorded_at=since,
        programme=programme,
        content_id=programme.content_id,
        effective_from=since,
    )


def shop(**changes: Any) -> Programme:
    """A point per yuan, in Shanghai."""
    data = {"name": "Shop", "currency": "CNY", "timezone": "Asia/Shanghai"}
    return programme_from(data | {"base": [{"id": "spend"}]} | changes)


@attrs.define
class History:
    """A member's whole history, decided and folded by the decider alone."""

    club: Club
    state: Member = Member()
    events: list[MemberEvent] = attrs.field(factory=list)

    @classmethod
    def of(cls, *programmes: Programme, joined: datetime | None = None) -> "History":
        history = cls(Club(tuple(published(programme) for programme in programmes)))
        if joined is not None:
            history.tell(Enrol(recorded_at=joined))
        return history

    def decide(self, command: Any) -> Sequence[MemberEvent]:
        wanted = set(MEMBER.refs(command))
        file = MEMBER.dossier(e for e in self.events if wanted & set(e.refs))
        return MEMBER.decide(self.state, file, command, self.club)

    def keep(self, events: Iterable[MemberEvent]) -> None:
        for event in events:
            self.events.append(event)
            self.state = MEMBER.evolve(self.state, event)
            self.state.check_invariants()

    def tell(self, command: Any) -> Any:
        """Decide, keep what comes of it, and give the last event of the command's own kind.

        What comes and goes with something else, entitlements and referrals, is not what is meant.
        """
        made = self.decide(command)
        self.keep(made)
        own = [e for e in made if set(MEMBER.refs(command)) & set(e.refs)]
        with_it = EntitlementGranted, EntitlementEnded, ReferralUndone
        meant = [e for e in own if not isinstance(e, with_it) and not getattr(e, "referral", "")]
        return (meant or own or [None])[-1]

    def try_all(self, commands: Iterable[Any], sweep: bool = False) -> None:
        """Tell what is not refused."""
        for command in commands:
            if sweep:
                self.sweep(command.recorded_at)
            try:
                self.tell(command)
            except Refused:
                continue

    def sweep(self, now: datetime) -> None:
        self.keep(MEMBER.advance(self.state, now, self.club))

    def at(self, now: datetime) -> Member:
        return MEMBER.fold(self.state, MEMBER.advance(self.state, now, self.club))

    # --- short ways to tell ----------------------------------------------------------------------

    def buy(
        self, order: str, *lines: Line, at: datetime, told: datetime | None = None, **more: Any
    ) -> PurchaseRecorded:
        return self.tell(
            RecordPurchase(recorded_at=told or at, order=order, occurred_at=at, lines=lines, **more)
        )

    def give_back(self, id_: str, order: str, at: datetime, *lines: ReturnedLine) -> ReturnRecorded:
        return self.tell(
            RecordReturn(recorded_at=at, id=id_, order=order, occurred_at=at, lines=lines or None)
        )


def line(amount: str, id_: str = "1", **more: Any) -> Line:
    return Line(id_, CNY(amount), **more)


def minor_line(minor: int, id_: str = "1", **more: Any) -> Line:
    return Line(id_, CNY(CNY("0.01").amount * minor), **more)


# --- the club of the scenarios --------------------------------------------------------------------

BLUEBIRD: dict[str, Any] = {
    "name": "Bluebird",
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "base": [{"id": "spend"}],
    "multipliers": [
        {
            "id": "member-day",
            "factor": 2,
            "when": {"recurrence": "FREQ=MONTHLY;BYMONTHDAY=8"},
        },
        {"id": "birthday-month", "factor": 3, "when": {"birthday": "month"}},
        {
            "id": "double-week",
            "factor": 2,
            "when": {"first": "2026-03-23", "last": "2026-03-29"},
        },
    ],
    "behaviours": [{"id": "share", "points": 50, "limits": [{"times": 3, "per": "day"}]}],
    "tiers": {
        "window": {"calendar": "year"},
        "ladder": [
            {"id": "member"},
            {"id": "silver", "entry": 2000},
            {"id": "gold", "entry": 10000},
        ],
    },
}

IN_MARCH, IN_MAY = MonthDay(3, 20), MonthDay(5, 20)


def shanghai(text: str) -> datetime:
    """Read `2026-03-08 12:00` as it stands on a clock in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


class Bluebird:
    """The club of the scenarios, with one member, Ann, over a host."""

    stream = "loyalty/bluebird/ann"

    def __init__(self, birthday: MonthDay = IN_MAY, **changes: Any) -> None:
        self.host = connect("memory://")
        self.birthday = birthday
        self._told = 0
        self._tell(
            "loyalty/bluebird",
            PublishProgramme(
                programme=programme_from(BLUEBIRD | changes),
                effective_from=LONG_AGO,
                recorded_at=LONG_AGO,
            ),
        )
        self._tell(self.stream, Enrol(recorded_at=LONG_AGO))

    def _tell(self, stream: str, command: Any) -> Any:
        self._told += 1
        return self.host.submit(stream, command, key=str(self._told)).events

    def buys(
        self,
        price: str,
        on: str | datetime,
        order: str = "",
        discount: str = "0",
        points: int = 0,
    ) -> PurchaseRecorded:
        at = shanghai(on) if isinstance(on, str) else on
        command = RecordPurchase(
            order=order or f"order {self._told}",
            occurred_at=at,
            recorded_at=at,
            lines=[line(price, discount=CNY(discount))],
            birthday=self.birthday,
            points=points,
        )
        return next(e for e in self._tell(self.stream, command) if isinstance(e, PurchaseRecorded))

    def shares(self, on: str) -> Any:
        at = shanghai(on)
        command = RecordBehaviour(
            behaviour="share", id=str(self._told), occurred_at=at, recorded_at=at
        )
        return self._tell(self.stream, command)[-1].award

    def returns(self, order: str, amount: str, on: str) -> int:
        """Send some of an order back and give the points that go with it."""
        at = shanghai(on)
        command = RecordReturn(
            id=f"return {self._told}",
            order=order,
            occurred_at=at,
            recorded_at=at,
            lines=[ReturnedLine("1", CNY(amount))],
        )
        return -self._tell(self.stream, command)[-1].points

    def remedies(self, order: str, cause: str, on: str) -> None:
        """Give an order's points once more, and priority delivery, in one act."""
        at = shanghai(on)
        points = CompensateOrder(
            id=cause, order=order, actor="joe", role="care", reason="late", recorded_at=at
        )
        delivery = GrantEntitlement(
            entitlement="priority-delivery", cause=cause, actor="joe", role="care", recorded_at=at
        )
        self.host.submit_all(f"{cause} {on}", [(self.stream, points), (self.stream, delivery)])

    def ann(self, on: str) -> Member:
        return self.host.state(self.stream, at=shanghai(on))


JUST_BEFORE = timedelta(microseconds=-1)
