"""How much of the points that are outstanding is expected to be redeemed yet."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from zoneinfo import ZoneInfo

import attrs

from loyalcore import checks
from loyalcore.decimals import exact
from loyalcore.errors import InvalidValue
from loyalcore.timing import Cycle, local_date, zone

Share = Decimal | Fraction | int | str


def exact_number(number: Share, field: str) -> Fraction:
    """Make an exact fraction of a Decimal, a Fraction, a whole number or a string, never a float.

    Raises:
        InvalidValue: it is none of these.
    """
    return number if isinstance(number, Fraction) else Fraction(exact(number, field))


def share(number: Share, field: str) -> Fraction:
    """Make an exact share, from 0 to 1.

    Raises:
        InvalidValue: it is no exact number, or lies outside.
    """
    fraction = exact_number(number, field)
    if not 0 <= fraction <= 1:
        raise InvalidValue(field, number, "give a share from 0 to 1")
    return fraction


def _share(number: Share) -> Fraction:
    return share(number, "Expectations.otherwise")


def _table(shares: Mapping[date, Share]) -> Mapping[date, Fraction]:
    return MappingProxyType(
        {
            origin: share(number, f"Expectations.by_origin[{origin}]")
            for origin, number in shares.items()
        }
    )


@attrs.frozen
class Expectations:
    """The share of outstanding points that will yet be redeemed, by when they were earned.

    Attributes:
        otherwise: for points of no period below.
        by_origin: for points earned in the period that begins on a date.
        cycle: what these periods are.
        timezone: the IANA zone of their days.

    >>> Expectations("0.95").of(datetime.fromisoformat("2026-03-08T12:00+08:00"))
    Fraction(19, 20)
    """

    otherwise: Fraction = attrs.field(converter=_share)
    by_origin: Mapping[date, Fraction] = attrs.field(factory=dict, converter=_table)
    cycle: Cycle = attrs.field(default=Cycle.MONTH, validator=checks.instance_of(Cycle))
    timezone: str = attrs.field(default="UTC", validator=checks.name)

    def __attrs_post_init__(self) -> None:
        zone(self.timezone)

    def of(self, earned_at: datetime) -> Fraction:
        """Give the share for points earned at an instant."""
        return self.by_origin.get(
            origin_of(earned_at, self.cycle, zone(self.timezone)), self.otherwise
        )


def expectations(given: Expectations | Share, field: str) -> Expectations:
    """Give what an argument says is expected: one share for all, or several.

    Raises:
        InvalidValue: it is neither.
    """
    return given if isinstance(given, Expectations) else Expectations(share(given, field))


def zone_of(name: str, cycle: Cycle, timezone: str) -> ZoneInfo:
    """Check what periods a function is asked for, and give their zone.

    Raises:
        InvalidValue: the cycle is none, or the zone unknown.
    """
    checks.argument(f"{name}.cycle", cycle, Cycle, "give a Cycle, such as Cycle.MONTH")
    fix = "give the name of an IANA zone, such as Asia/Shanghai"
    checks.argument(f"{name}.timezone", timezone, str, fix)
    return zone(timezone)


def origin_of(earned_at: datetime, cycle: Cycle, tz: ZoneInfo) -> date:
    """Give the first day of the local period in which points were earned."""
    return cycle.start(local_date(earned_at, tz))
