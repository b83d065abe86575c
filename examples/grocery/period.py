"""A stretch of time: what happened in it, and how all members stood when it ended."""

from collections import Counter

import attrs

from loyalcore.loyalty import (
    BehaviourRecorded,
    Member,
    MemberEvent,
    PointsExpired,
    PointsRedeemed,
    PurchaseRecorded,
    ReturnRecorded,
    TierChanged,
    TierKept,
)


@attrs.define
class Period:
    """Sums over all members.

    Attributes:
        standing: points since the year began, by what became of them.
        tiers: members at the end, by tier.
        points: moved in this stretch, by (source, what moved them).
        moves: tiers changed and kept in this stretch, by (tier before, tier after).
        returns: how many there were in this stretch.
    """

    standing: Counter[str] = attrs.Factory(Counter)
    tiers: Counter[str | None] = attrs.Factory(Counter)
    points: Counter[tuple[str, str]] = attrs.Factory(Counter)
    moves: Counter[tuple[str, str]] = attrs.Factory(Counter)
    returns: int = 0

    def see(self, event: MemberEvent) -> None:
        """Count what one event says."""
        match event:
            case PurchaseRecorded():
                for outcome in event.award.rules:
                    birthday = outcome.rule == "birthday-month"
                    source = "invented" if birthday else "data"
                    self.points[source, f"earned by {outcome.rule}"] += outcome.points
            case BehaviourRecorded():
                self.points["invented", f"earned by {event.behaviour}"] += event.award.points
            case PointsRedeemed():
                self.points["invented", "spent"] += event.points
            case ReturnRecorded():
                self.points["invented", "taken back by returns"] += event.points
                self.returns += 1
            case PointsExpired():
                self.points["time", "expired"] += event.points
            case TierChanged():
                self.moves[event.before, event.after] += 1
            case TierKept():
                self.moves[event.tier, event.tier] += 1
            case _:
                pass

    def close(self, member: Member) -> None:
        """Count a member in, as he stands when the stretch ends."""
        member.check_invariants()
        self.standing["members"] += 1
        self.standing["outstanding"] += member.outstanding
        self.standing["owed"] += member.debt
        for name, points in attrs.asdict(member.totals, recurse=False).items():
            self.standing[name] += points
        self.tiers[member.tier] += 1
