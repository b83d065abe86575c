"""Figures that cannot be estimated from what is there."""

import attrs

from loyalcore.errors.base import LoyalcoreError


@attrs.define(eq=False)
class NotEstimable(LoyalcoreError):
    """A figure that the data at hand cannot give."""


@attrs.define(eq=False)
class TriangleTooSmall(NotEstimable):
    """A triangle of too few periods."""

    origins: int
    needed: int

    def message(self) -> str:
        return (
            f"a triangle of {self.origins} periods says too little: wait for {self.needed}, or "
            "take shorter periods"
        )


@attrs.define(eq=False)
class DegenerateTriangle(NotEstimable):
    """A triangle from which a factor, its variance or a row's end cannot be told.

    Attributes:
        age: at which it fails.
        reason: what is missing.
    """

    age: int
    reason: str

    def message(self) -> str:
        return f"from age {self.age} on nothing can be told: {self.reason}; take longer periods"


@attrs.define(eq=False)
class TailUnknown(NotEstimable):
    """A triangle that ends before the points do, with no word on what follows.

    Attributes:
        ages: how many the triangle has.
        life: how many points may live through; None when they never expire.
    """

    ages: int
    life: int | None

    def message(self) -> str:
        lives = "never expire" if self.life is None else f"live through {self.life} periods"
        return (
            f"the triangle has {self.ages} ages, points {lives}: say by which factor redemptions "
            "grow after the last age, tail=1 for not at all"
        )
