"""What the rules of behaviours refuse."""

import attrs

from loyalcore.errors.base import Refused


@attrs.define(eq=False)
class GivenByItself(Refused):
    """A behaviour told that the programme gives by itself, when a member joins."""

    behaviour: str

    def message(self) -> str:
        return (
            f"{self.behaviour!r} is given by itself when a member joins: tell of another "
            "behaviour, or let the programme not give it on joining"
        )
