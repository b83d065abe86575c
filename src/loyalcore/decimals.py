"""Exact decimals: no figure hangs on the decimal context that the host has set."""

from decimal import Context, Decimal, Inexact, InvalidOperation

from loyalcore.errors import InvalidValue

_WHOLE_DIGITS = _BROKEN_DIGITS = 15
# Whatever does not come out exactly in so many digits raises instead of being rounded.
_EXACTLY = Context(prec=100, traps=[Inexact, InvalidOperation])


def exact(number: Decimal | int | str, field: str = "number") -> Decimal:
    """Make a Decimal of a whole number, a string or a Decimal, never of a float.

    Args:
        number: below 1e15, with at most 15 digits behind the point.
        field: named when the number is refused.

    Raises:
        InvalidValue: it is none of these.
    """
    if isinstance(number, bool) or not isinstance(number, (Decimal, int, str)):
        raise InvalidValue(field, number, "give a Decimal, a whole number or a string")
    try:
        decimal = Decimal(number)
        fine = decimal.is_finite() and (
            not decimal
            or (
                decimal.adjusted() < _WHOLE_DIGITS
                and whole_units(decimal, _BROKEN_DIGITS) is not None
            )
        )
    except (InvalidOperation, ValueError):
        raise InvalidValue(field, number, 'give a number such as "1.5"') from None
    if not fine:
        fix = f"give a number below 1e{_WHOLE_DIGITS} with at most {_BROKEN_DIGITS} decimals"
        raise InvalidValue(field, number, fix)
    return decimal


def plain(number: Decimal) -> str:
    """Write a number one way only: no exponent, no zeros that mean nothing.

    >>> plain(Decimal("2.50")), plain(Decimal("1E+2"))
    ('2.5', '100')
    """
    if not number:
        return "0"
    text = str(number)
    if "E" in text:
        text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def whole_units(number: Decimal, digits: int) -> int | None:
    """Give a number in units of its `digits`-th decimal, None when it is finer than that.

    >>> whole_units(Decimal("1.5"), 2), whole_units(Decimal("1.005"), 2)
    (150, None)
    """
    try:
        scaled = number.scaleb(digits, _EXACTLY)
    except Inexact:
        return None
    whole = int(scaled)
    return whole if whole == scaled else None


def of_units(units: int, digits: int) -> Decimal:
    """Give so many units of the `digits`-th decimal as a number.

    >>> of_units(150, 2)
    Decimal('1.50')
    """
    return Decimal(units).scaleb(-digits, _EXACTLY)


def in_units(number: Decimal, digits: int) -> Decimal:
    """Give a number in units of its `digits`-th decimal, however fine it is.

    >>> in_units(Decimal("1.005"), 2)
    Decimal('100.5')
    """
    return number.scaleb(digits, _EXACTLY)


def plus(one: Decimal, other: Decimal) -> Decimal:
    """Add exactly."""
    return _EXACTLY.add(one, other)


def minus(one: Decimal, other: Decimal) -> Decimal:
    """Subtract exactly."""
    return _EXACTLY.subtract(one, other)


def times(number: Decimal, count: int) -> Decimal:
    """Multiply exactly."""
    return _EXACTLY.multiply(number, count)
