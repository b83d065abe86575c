"""Money as the full data hold it, in whole cents."""

from math import isfinite

# Of a cent: doubles of such amounts are off by a tenth of this at most.
_NOISE = 1e-6


def cents(amount: float | None) -> int:
    """Turn an amount of dollars into cents.

    Raises:
        ValueError: it is no whole number of cents, beyond what doubles are off by.
    """
    if amount is not None and isfinite(amount):
        whole = round(amount * 100)
        if abs(amount * 100 - whole) <= _NOISE:
            return whole
    raise ValueError(f"{amount} is not a whole number of cents")
