"""What points are spent on: rewards by kind, orders, or nothing in particular."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import attrs

from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.events import MemberEvent, PurchaseRecorded, ReturnRecorded
from loyalcore.loyalty.member.parts import points_of
from loyalcore.loyalty.member.spending import (
    HoldEnded,
    PointsPaid,
    PointsRedeemed,
    RedemptionUndone,
    RewardTaken,
)
from loyalcore.loyalty.reports.begun import Histories, each_history
from loyalcore.loyalty.reports.histories import Span, lived, same_span, span
from loyalcore.loyalty.reports.sums import Sums, columns

PLAIN, PAYMENT, OTHER = "plain", "payment", "other"
_Key = tuple[str, str]


@attrs.frozen
class RedemptionRow:
    """What was spent on one thing.

    Attributes:
        kind: a reward's kind by the version that offered it, "other" if no version of the club
            did; "payment" for points that paid for orders; "plain" for what was spent otherwise.
        of: the reward's id, or that of the offer to pay with points; "" for what is plain.
        redemptions: how many, less those that were undone whole.
        pieces: how many of the reward, likewise; 0 for others.
        points: spent, less what was given back.
        undone: given back.
    """

    kind: str
    of: str
    redemptions: int = 0
    pieces: int = 0
    points: int = 0
    undone: int = 0


@attrs.frozen
class RedemptionMix:
    """What members spent their points on.

    Attributes:
        since, until: redemptions recorded from the one (None: ever) to just before the other
            count, less what was undone of them by then.
        rows: by kind, then by what they are of.
        members: whose histories were read.
        left_out: histories without a beginning, of members who were forgotten.
    """

    since: datetime | None
    until: datetime
    rows: tuple[RedemptionRow, ...] = ()
    members: int = 0
    left_out: int = 0

    @property
    def points(self) -> int:
        """Points spent in all, less what was given back."""
        return sum(row.points for row in self.rows)

    @property
    def redemptions(self) -> int:
        """Redemptions in all, less those undone whole."""
        return sum(row.redemptions for row in self.rows)

    def __add__(self, other: "RedemptionMix") -> "RedemptionMix":
        """Join the reports of different members.

        Raises:
            InvalidValue: they do not cover the same time.
        """
        mine, yours = (self.since, self.until), (other.since, other.until)
        same_span("RedemptionMix.since, until", mine, yours)
        sums: Sums[_Key] = Sums(_parted(row) for row in (*self.rows, *other.rows))
        return RedemptionMix(
            self.since,
            self.until,
            _rows(sums),
            self.members + other.members,
            self.left_out + other.left_out,
        )

    def table(self) -> str:
        """Give the report as text."""
        heads = ("kind", "of", "redemptions", "pieces", "points", "undone")
        rows = [attrs.astuple(row) for row in self.rows]
        total = [sum(row[place] for row in rows) for place in range(2, len(heads))]
        return columns(heads, [*rows, ("in all", "", *total)], words=2)

    def __str__(self) -> str:
        return self.table()


def _parted(row: RedemptionRow) -> tuple[_Key, tuple[int, ...]]:
    return (row.kind, row.of), (row.redemptions, row.pieces, row.points, row.undone)


def _rows(sums: Sums[_Key]) -> tuple[RedemptionRow, ...]:
    return tuple(RedemptionRow(*key, *amounts) for key, amounts in sums)


def redemption_mix(
    histories: Histories, club: Club, *, until: datetime, since: datetime | None = None
) -> RedemptionMix:
    """Report what members spent their points on; what was undone is taken off.

    Args:
        histories: (stream, events) of each member, once, as `loyalcore.host.histories` gives them.
        club: the state of the club's stream.
        until: redemptions recorded before it count.
        since: and from here on; None for all. An undoing belongs to its redemption.

    Raises:
        InvalidValue: an instant is naive, or they are in the wrong order.
        CorruptEvent: events contradict one another.
    """
    over = span("redemption_mix", club, since, until)
    kinds = {
        (version.content_id, reward.id): reward.kind.value
        for version in club.versions
        for reward in version.programme.rewards
    }
    sums: Sums[_Key] = Sums()
    members = left_out = 0
    for events in each_history(histories, "redemption_mix.histories"):
        begun = _add_member(events or (), over, kinds, sums)
        members, left_out = members + begun, left_out + (not begun)
    return RedemptionMix(over.since, over.until, _rows(sums), members, left_out)


@attrs.define
class _Open:
    """A redemption, as long as something of it can be undone."""

    key: _Key
    left: int
    pieces: int = 0


def _add_member(
    events: Iterable[MemberEvent],
    over: Span,
    kinds: Mapping[_Key, str],
    sums: Sums[_Key],
) -> bool:
    """Add a member's redemptions, and say whether the history has a beginning."""
    begun, spent = False, dict[str, _Open]()
    for event, _ in lived(events, over):
        begun = True
        match event:
            case PointsRedeemed(taken=None):
                ref, new = f"redemption:{event.redemption}", _Open((PLAIN, ""), event.points)
            case PointsRedeemed(taken=RewardTaken() as taken):
                kind = kinds.get((taken.programme, taken.reward), OTHER)
                key = (kind, taken.reward)
                ref = f"redemption:{event.redemption}"
                new = _Open(key, event.points, taken.quantity)
            case HoldEnded() if event.redemption:
                points = points_of(event.spent)
                ref, new = f"redemption:{event.redemption}", _Open((PLAIN, ""), points)
            case PurchaseRecorded(paid=PointsPaid() as paid):
                ref, new = f"order:{event.order}", _Open((PAYMENT, paid.offer), paid.points)
            case RedemptionUndone() | ReturnRecorded():
                _undo(event, spent, sums)
                continue
            case _:
                continue
        if over.counts(event.recorded_at):
            spent[ref] = new
            sums.add(new.key, 1, new.pieces, new.left, 0)
    return begun


def _undo(
    event: RedemptionUndone | ReturnRecorded, spent: dict[str, _Open], sums: Sums[_Key]
) -> None:
    """Take off what is undone, or comes back with an order; whole, it never was."""
    points = points_of((*event.restored, *event.expired))
    redemption = spent.get(event.refs[0])
    if redemption is None or not points:  # None: of before the stretch that counts
        return
    redemption.left -= points
    whole = redemption.left == 0
    pieces = -redemption.pieces if whole else 0
    sums.add(redemption.key, -whole, pieces, -points, points)
