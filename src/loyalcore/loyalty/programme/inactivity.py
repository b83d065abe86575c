"""Expiry by inactivity as data: how long, and what keeps a member's points alive."""

from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

import attrs

from loyalcore import checks
from loyalcore.forms import demand_each
from loyalcore.timing import Cycle, Length, start_of_day


class Activity(Enum):
    """What a member does that may keep points alive."""

    PURCHASE = "purchase"
    BEHAVIOUR = "behaviour"
    REDEMPTION = "redemption"
    TRANSFER = "transfer"


@attrs.frozen
class Inactivity:
    """When all points of a member who does nothing go, whatever life their lots have left.

    Attributes:
        after: so long after the local day of the last activity; joining is one.
        end_of: to the end of the local day, month, quarter or year in which that ends.
        activities: which count; a transfer is one of who gives.
        behaviours: these behaviours count, too, whether or not they earn.
    """

    after: Length = attrs.field(validator=checks.instance_of(Length))
    end_of: Cycle = attrs.field(default=Cycle.DAY, validator=checks.instance_of(Cycle))
    activities: tuple[Activity, ...] = attrs.field(
        default=(Activity.PURCHASE, Activity.REDEMPTION),
        converter=checks.listed,
        validator=checks.each(Activity),
    )
    behaviours: tuple[str, ...] = attrs.field(
        default=(), converter=checks.listed, validator=checks.each(str)
    )

    def __attrs_post_init__(self) -> None:
        demand_each(
            self,
            ("after", lambda: bool(self.after) or "give some time, such as { months = 12 }"),
            (
                "activities",
                lambda: (
                    bool(self.activities or self.behaviours)
                    or "nothing would keep points alive: name at least one"
                ),
            ),
        )

    def ends(self, day: date, tz: ZoneInfo) -> datetime:
        """Give the instant at which points go when nothing is done after a local day."""
        return start_of_day(self.end_of.next_start(self.after.after(day)), tz)
