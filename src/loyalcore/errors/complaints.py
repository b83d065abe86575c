"""What the rules of complaints and their clocks refuse."""

import attrs

from loyalcore.errors.base import LoyalcoreError


@attrs.define(eq=False)
class UnknownSlaVersion(LoyalcoreError):
    """A version of the SLA policy that a clock names and that was not given.

    Attributes:
        version: its content id.
        known: those that were given.
    """

    version: str
    known: tuple[str, ...]

    def message(self) -> str:
        known = ", ".join(self.known)
        return (
            f"no SLA policy has the content id {self.version!r}: given are {known}; keep every "
            "version under which a clock still runs"
        )
