"""What keeps a history from being replayed."""

import attrs

from loyalcore.errors.base import LoyalcoreError


@attrs.define(eq=False)
class ReplayFailed(LoyalcoreError):
    """A member whose facts cannot be replayed.

    Attributes:
        member: whose.
        reason: what went wrong there.
    """

    member: str
    reason: str

    def message(self) -> str:
        return f"member {self.member!r} cannot be replayed: {self.reason}"


@attrs.define(eq=False)
class FactsMissing(LoyalcoreError):
    """What another programme would ask for and the events of a store do not hold.

    Attributes:
        what: which part of the programme asks, or which event does not tell enough.
        fact: what is not known.
    """

    what: str
    fact: str

    def message(self) -> str:
        return (
            f"{self.what}: the events do not hold {self.fact}: "
            "give a function that looks the order up, or replay a file of purchases"
        )


@attrs.define(eq=False)
class ProgrammesApart(LoyalcoreError):
    """Two programmes whose figures cannot stand side by side."""

    old: str
    new: str

    def message(self) -> str:
        return f"one programme knows {self.old}, the other {self.new}: give both one currency"


@attrs.define(eq=False)
class WorkerFailed(LoyalcoreError):
    """A process that ended in the middle of its work, or failed over what no member explains.

    Attributes:
        reason: its exit status (below 0 the signal that ended it), or the error.
    """

    reason: str

    def message(self) -> str:
        return (
            f"a worker process failed: {self.reason}: it may have been short of memory or room; "
            "start again, perhaps with fewer processes"
        )
