"""An account of a member's points, booked from the events alone."""

from typing import Any

import attrs

from loyalcore.loyalty import Lot, PointsAdjusted, ReferralUndone, ReturnRecorded


@attrs.define
class Account:
    """Which lots there were, how much of each is gone, and what became of claims."""

    lots: dict[int, Lot] = attrs.Factory(dict)
    gone: dict[int, int] = attrs.Factory(dict)
    claimed: int = 0
    clawed: int = 0
    debt: int = 0
    waived: int = 0

    def book(self, event: Any) -> None:
        """Book one event: lots opened, debt repaid, parts taken and given back, claims."""
        opened = [lot for name in ("lot", "reissued") if (lot := getattr(event, name, None))]
        back = rest = getattr(event, "repaid", 0)
        self.clawed, self.debt = self.clawed + rest, self.debt - rest
        rest -= min(rest, sum(part.points for part in getattr(event, "restored", ())))
        for lot in (*opened, *getattr(event, "lots", ())):
            self.lots[lot.id], self.gone[lot.id] = lot, min(rest, lot.points)
            rest -= self.gone[lot.id]
        taken, paid = getattr(event, "parts", ()), getattr(event, "paid", None)
        for part in (*taken, *(paid.parts if paid is not None and not paid.hold else ())):
            self.gone[part.lot] += part.points
        for part in getattr(event, "restored", ()):
            paid = min(back, part.points)
            back -= paid
            self.gone[part.lot] -= part.points - paid
        if isinstance(event, ReturnRecorded | ReferralUndone):
            self.claimed += event.points
            self.debt, self.waived = self.debt + event.debt, self.waived + event.waived
        if isinstance(event, ReturnRecorded | ReferralUndone | PointsAdjusted):
            self.clawed += sum(part.points for part in taken)
        if isinstance(event, PointsAdjusted):
            self.claimed += sum(part.points for part in taken)
