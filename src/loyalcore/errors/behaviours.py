"""What the rules of behaviours refuse."""

import attrs

from loyalcore.errors.base import Refused


@attrs.define(eq=False)
class GivenByItself(Refused):
    """A behaviour told that the programme gives by itself, on joining or for a referral."""

    behaviour: str

    def message(self) -> str:
        return (
            f"{self.behaviour!r} is given by itself, on joining or for a referral: tell of "
            "another behaviour, or let the programme not give it so"
        )


@attrs.define(eq=False)
class ReferralRefused(Refused):
    """A joining by a referral that does not count, where the programme refuses such."""

    by: str
    reason: str

    def message(self) -> str:
        return f"{self.reason}: join without a referral, or name another referrer than {self.by!r}"


@attrs.define(eq=False)
class UnknownBehaviour(Refused):
    """A behaviour that the programme does not name."""

    behaviour: str
    known: tuple[str, ...]

    def message(self) -> str:
        known = ", ".join(self.known) or "none"
        return f"the programme has no behaviour {self.behaviour!r}: it has {known}"
