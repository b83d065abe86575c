"""What each rule and each campaign gave, and what was claimed back of it all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import attrs

from loyalcore.loyalty.member.award import Award
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.events import (
    BehaviourRecorded,
    MemberEvent,
    PurchaseRecorded,
    ReturnRecorded,
)
from loyalcore.loyalty.member.handing import PointsAdjusted, PointsReceived
from loyalcore.loyalty.member.member import Member
from loyalcore.loyalty.member.spending import RedemptionUndone
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.programme_mistakes import AnyRule
from loyalcore.loyalty.programme.rules import Multiplier
from loyalcore.loyalty.reports.begun import Histories, each_history
from loyalcore.loyalty.reports.histories import Span, lived, same_span, span
from loyalcore.loyalty.reports.sums import Sums, columns

_Key = tuple[str, str, str]

# What brings points without a rule.
_OTHERWISE: Mapping[type[MemberEvent], str] = {
    PointsAdjusted: "by hand",
    PointsReceived: "received",
    RedemptionUndone: "reissued",
    ReturnRecorded: "reissued",
}
OTHER = "other"


@attrs.frozen
class RuleRow:
    """What one rule gave.

    Attributes:
        kind: "base", "bonus", "multiplier", "cap" or "behaviour"; "by hand", "received",
            "reissued" or "other" for what no rule gave.
        group: a multiplier's stacking group; "" for others.
        rule: its id; "" for what no rule gave.
        times: how often it changed what was given.
        points: added; taken off when negative, as caps do.
    """

    kind: str
    group: str
    rule: str
    times: int = 0
    points: int = 0


@attrs.frozen
class PointsByRule:
    """What each rule gave, when it was given; what came back is told apart.

    A return claims by line, not by rule: so `claimed` stands beside the rows and is taken off
    none of them.

    Attributes:
        since, until: what was recorded from the one (None: ever) to just before the other counts.
        rows: by kind, group and rule.
        claimed: claimed back within that time, by returns and by hand.
        members: whose histories were read.
        left_out: histories without a beginning, of members who were forgotten.
    """

    since: datetime | None
    until: datetime
    rows: tuple[RuleRow, ...] = ()
    claimed: int = 0
    members: int = 0
    left_out: int = 0

    @property
    def issued(self) -> int:
        """Points that came in, by rules or otherwise."""
        return sum(row.points for row in self.rows)

    @property
    def by_campaign(self) -> Mapping[str, int]:
        """Points that multipliers added, by their stacking group."""
        found: dict[str, int] = {}
        for row in self.rows:
            if row.kind == "multiplier":
                found[row.group] = found.get(row.group, 0) + row.points
        return found

    def __add__(self, other: "PointsByRule") -> "PointsByRule":
        """Join the reports of different members.

        Raises:
            InvalidValue: they do not cover the same time.
        """
        mine, yours = (self.since, self.until), (other.since, other.until)
        same_span("PointsByRule.since, until", mine, yours)
        sums: Sums[_Key] = Sums(
            ((row.kind, row.group, row.rule), (row.times, row.points))
            for row in (*self.rows, *other.rows)
        )
        return PointsByRule(
            self.since,
            self.until,
            _rows(sums),
            self.claimed + other.claimed,
            self.members + other.members,
            self.left_out + other.left_out,
        )

    def table(self) -> str:
        """Give the report as text."""
        rows = [attrs.astuple(row) for row in self.rows]
        ends = (("in all", "", "", "", self.issued), ("claimed back", "", "", "", -self.claimed))
        return columns(("kind", "group", "rule", "times", "points"), [*rows, *ends], words=3)

    def __str__(self) -> str:
        return self.table()


def _rows(sums: Sums[_Key]) -> tuple[RuleRow, ...]:
    return tuple(RuleRow(*key, times, points) for key, (times, points) in sums)


def _keys(programme: Programme) -> dict[str, _Key]:
    """Give the kind and group of each rule."""
    kinds: Mapping[str, Sequence[AnyRule]] = {
        "base": programme.base,
        "bonus": programme.bonuses,
        "multiplier": programme.all_multipliers,
        "cap": programme.caps,
        "behaviour": programme.behaviours,
    }
    return {
        rule.id: (kind, rule.group if isinstance(rule, Multiplier) else "", rule.id)
        for kind, rules in kinds.items()
        for rule in rules
    }


def points_by_rule(
    histories: Histories, club: Club, *, until: datetime, since: datetime | None = None
) -> PointsByRule:
    """Report what each rule and campaign gave, and what was claimed back.

    Args:
        histories: (stream, events) of each member, once, as `loyalcore.host.histories` gives them.
        club: the state of the club's stream.
        until: what was recorded before it counts.
        since: and from here on; None for all.

    Raises:
        InvalidValue: an instant is naive, or they are in the wrong order.
        CorruptEvent: events contradict one another.
    """
    over = span("points_by_rule", club, since, until)
    known = {version.content_id: _keys(version.programme) for version in club.versions}
    sums: Sums[_Key] = Sums()
    members = left_out = claimed = 0
    for events in each_history(histories, "points_by_rule.histories"):
        back = _add_member(events or (), over, known, sums)
        if back is None:
            left_out += 1
        else:
            members, claimed = members + 1, claimed + back
    return PointsByRule(over.since, over.until, _rows(sums), claimed, members, left_out)


def _add_member(
    events: Iterable[MemberEvent],
    over: Span,
    known: Mapping[str, Mapping[str, _Key]],
    sums: Sums[_Key],
) -> int | None:
    """Add what a member was given; what was claimed back, or None without a beginning."""
    claimed, before = None, Member().totals
    for event, member in lived(events, over):
        totals, counts = member.totals, over.counts(event.recorded_at)
        claimed = (claimed or 0) + counts * (totals.claimed - before.claimed)
        issued, before = totals.issued - before.issued, totals
        if not counts:
            continue
        if isinstance(event, PurchaseRecorded | BehaviourRecorded):
            issued -= _add_award(event.award, known, sums)
        if issued:
            sums.add((_OTHERWISE.get(type(event), OTHER), "", ""), 1, issued)
    return claimed


def _add_award(award: Award, known: Mapping[str, Mapping[str, _Key]], sums: Sums[_Key]) -> int:
    """Add what each rule made of an award, and give their sum."""
    rules = known.get(award.programme, {})
    for outcome in award.rules:
        if outcome.points:
            key = rules.get(outcome.rule, (OTHER, "", outcome.rule))
            sums.add(key, 1, outcome.points)
    return sum(outcome.points for outcome in award.rules)
