"""What an optional part of the library needs."""

import attrs

from loyalcore.errors.base import LoyalcoreError


@attrs.define(eq=False)
class ExtraMissing(LoyalcoreError, ImportError):
    """A package that an extra brings and that is not installed."""

    package: str
    extra: str

    def message(self) -> str:
        return f"{self.package} is not installed: pip install 'loyalcore[{self.extra}]'"
