"""Money: a Decimal amount with its currency, never a float."""

from decimal import Decimal

import attrs

from loyalcore.checks import is_text
from loyalcore.currencies import MINOR_DIGITS
from loyalcore.decimals import exact, of_units, whole_units
from loyalcore.errors import InvalidValue


def _decimal(amount: Decimal | int | str) -> Decimal:
    return exact(amount, "Money.amount")


def minor_digits(code: str) -> int:
    """Give the digits of a currency's minor unit, such as 2 for CNY.

    Raises:
        InvalidValue: the code is no ISO 4217 currency.

    >>> minor_digits("JPY")
    0
    """
    digits = MINOR_DIGITS.get(code) if is_text(code) else None
    if digits is None:
        raise InvalidValue("currency", code, "give an ISO 4217 code such as CNY, EUR or USD")
    return digits


@attrs.frozen(order=False)
class Money:
    """An exact amount of one currency, in its minor units at the finest.

    Attributes:
        amount: the amount in major units.
        currency: an ISO 4217 code.
        minor: the same amount in whole minor units (cents, fen).

    Raises:
        InvalidValue: a float, a number finer than the minor unit, or an unknown currency.

    >>> Money("128.50", "CNY").minor
    12850
    >>> Money("1.5", "CNY") + Money(2, "CNY")
    Money(amount=Decimal('3.50'), currency='CNY')
    """

    amount: Decimal = attrs.field(converter=_decimal)
    currency: str
    minor: int = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        digits = minor_digits(self.currency)
        minor = whole_units(self.amount, digits)
        if minor is None:
            fix = f"{self.currency} has {digits} digits behind the point: round it first"
            raise InvalidValue("Money.amount", self.amount, fix)
        object.__setattr__(self, "minor", minor)
        # 1.5 and 1.50 are one amount: they must look the same where they are stored, too.
        object.__setattr__(self, "amount", of_units(minor, digits))

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> "Money":
        """Build money from whole minor units.

        >>> str(Money.from_minor(12850, "CNY"))
        '128.50 CNY'
        """
        return cls(of_units(minor, minor_digits(currency)), currency)

    def _other(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise InvalidValue("Money.currency", other.currency, f"give {self.currency}")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money.from_minor(self.minor + self._other(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money.from_minor(self.minor - self._other(other), self.currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@attrs.frozen
class Currency:
    """A currency that makes money when called.

    >>> CNY = Currency("CNY")
    >>> CNY("128.00")
    Money(amount=Decimal('128.00'), currency='CNY')
    """

    code: str

    def __attrs_post_init__(self) -> None:
        minor_digits(self.code)

    def __call__(self, amount: Decimal | int | str) -> Money:
        return Money(amount, self.code)

    def of_minor(self, minor: int) -> Money:
        """Make money of whole minor units.

        >>> str(Currency("CNY").of_minor(12850))
        '128.50 CNY'
        """
        return Money.from_minor(minor, self.code)
