"""What a programme says of the movements of tiers."""

from enum import Enum


class Fall(Enum):
    """How far a member falls who has not kept a tier."""

    EARNED = "earned"
    ONE_STEP = "one_step"


class Crossing(Enum):
    """At which tier's rates an order earns that reaches another: that before it, or the new one."""

    OLD = "old"
    NEW = "new"


class Undone(Enum):
    """When a tier is lost that a return leaves without what reached it."""

    PERIOD_END = "period_end"
    AT_ONCE = "at_once"


class LateFacts(Enum):
    """What a fact told late does to a period that has ended."""

    NOTHING = "nothing"
    REASSESS = "reassess"
