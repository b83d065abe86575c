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
        ages: how many the triangle shows, the first of which is 0.
        life: the last age at which points can be spent; None when they never expire, or when no
            expiry was given.
    """

    ages: int
    life: int | None

    @property
    def missing(self) -> int | None:
        """How many more periods would show every age; None when none would."""
        return None if self.life is None else self.life + 1 - self.ages

    def message(self) -> str:
        fix = "say by which factor redemptions grow after the last age shown, tail=1 for not at all"
        shows = f"the triangle shows ages 0 to {self.ages - 1}"
        if self.life is None:
            return f"{shows}, and points never expire, or no expiry was given: {fix}"
        missing = f"{self.missing} more period{'' if self.missing == 1 else 's'}"
        return f"{shows}, and points can be spent up to age {self.life}: wait {missing}, or {fix}"
