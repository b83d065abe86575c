"""What became of the points earned in each period: the figures observed, and no estimate."""

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction

import attrs

from loyalcore import checks
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.events import MemberEvent
from loyalcore.loyalty.reports.begun import Histories, each_history
from loyalcore.loyalty.reports.histories import Span, lived, same_span, span
from loyalcore.loyalty.reports.lot_flows import Fate, lot_flows
from loyalcore.loyalty.reports.sums import Sums, columns
from loyalcore.timing import Cycle, local_date

_PLACES = {fate: place for place, fate in enumerate(Fate)}


@attrs.frozen
class CohortRow:
    """What became of the points that were earned in one period.

    Attributes:
        period: its first local day; points given to others stay in the period of their earning.
        issued: earned by facts, given by hand, issued anew.
        received: from other members.
        redeemed: less what was given back.
        expired: by time, or with the membership.
        clawed: claimed back, also where a debt was repaid.
        moved: given to others.
    """

    period: date
    issued: int = 0
    received: int = 0
    redeemed: int = 0
    expired: int = 0
    clawed: int = 0
    moved: int = 0

    @property
    def outstanding(self) -> int:
        """What is left, held points among it."""
        came = self.issued + self.received
        return came - self.redeemed - self.expired - self.clawed - self.moved

    @property
    def kept(self) -> int:
        """What came and neither went to others nor was claimed back."""
        return self.issued + self.received - self.moved - self.clawed

    @property
    def breakage(self) -> Fraction | None:
        """The share of what was kept that has expired so far; None where nothing was."""
        return Fraction(self.expired, self.kept) if self.kept else None


@attrs.frozen
class Cohorts:
    """Points by the period of their earning.

    Attributes:
        until: what was recorded before it counts.
        per: the length of the periods.
        rows: the earliest period first.
        members: whose histories were read.
        left_out: histories without a beginning, of members who were forgotten.
    """

    until: datetime
    per: Cycle
    rows: tuple[CohortRow, ...] = ()
    members: int = 0
    left_out: int = 0

    @property
    def total(self) -> CohortRow:
        """All periods together, under the first of them."""
        rows = [attrs.astuple(row) for row in self.rows]
        first = self.rows[0].period if self.rows else self.until.date()
        return CohortRow(first, *(sum(row[place] for row in rows) for place in range(1, 7)))

    def __add__(self, other: "Cohorts") -> "Cohorts":
        """Join the reports of different members.

        Raises:
            InvalidValue: they do not cover the same time, or periods of another length.
        """
        same_span("Cohorts.until, per", (self.until, self.per), (other.until, other.per))
        rows = [attrs.astuple(row) for row in (*self.rows, *other.rows)]
        return Cohorts(
            self.until,
            self.per,
            _rows(Sums((row[:1], row[1:]) for row in rows)),
            self.members + other.members,
            self.left_out + other.left_out,
        )

    def table(self) -> str:
        """Give the report as text."""
        heads = (self.per.value, *(fate.value for fate in Fate), "left", "expired %")
        named = [(str(row.period), row) for row in self.rows] + [("in all", self.total)]
        rows = [
            (name, *attrs.astuple(row)[1:], row.outstanding, _percent(row.breakage))
            for name, row in named
        ]
        return columns(heads, rows)

    def __str__(self) -> str:
        return self.table()


def _percent(share: Fraction | None) -> str:
    return "-" if share is None else f"{float(share):.1%}"


def _rows(sums: Sums[tuple[date]]) -> tuple[CohortRow, ...]:
    return tuple(CohortRow(period, *amounts) for (period,), amounts in sums)


def cohorts(
    histories: Histories, club: Club, *, until: datetime, per: Cycle = Cycle.MONTH
) -> Cohorts:
    """Report what became of the points earned in each period, as it was observed.

    Args:
        histories: (stream, events) of each member, once, as `loyalcore.host.histories` gives them.
        club: the state of the club's stream.
        until: what was recorded before it counts, with what time has done by then.
        per: cohorts by day, week, month, quarter or year, in the programme's zone.

    Raises:
        InvalidValue: `until` is naive.
        NoProgramme: none is in force then.
        CorruptEvent: events contradict one another.
    """
    over = span("cohorts", club, None, until)
    checks.argument("cohorts.per", per, Cycle, "give a Cycle, such as Cycle.MONTH")
    sums: Sums[tuple[date]] = Sums()
    members = left_out = 0
    for events in each_history(histories, "cohorts.histories"):
        begun = _add_member(events or (), over, per, sums)
        members, left_out = members + begun, left_out + (not begun)
    return Cohorts(over.until, per, _rows(sums), members, left_out)


def _add_member(
    events: Iterable[MemberEvent], over: Span, per: Cycle, sums: Sums[tuple[date]]
) -> bool:
    """Add what became of a member's lots, and say whether the history has a beginning."""
    told, tz = [event for event, _ in lived(events, over)], over.programme.zone
    for flow in lot_flows(told):
        amounts = [0] * len(_PLACES)
        amounts[_PLACES[flow.fate]] = flow.points
        sums.add((per.start(local_date(flow.earned_at, tz)),), *amounts)
    return bool(told)
