"""Zones, instants and local days."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loyalcore.checks import in_utc
from loyalcore.errors import InvalidValue

_MIDNIGHT = time()


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """Give the IANA zone of that name.

    Raises:
        InvalidValue: no such zone is installed.

    >>> zone("Asia/Shanghai").key
    'Asia/Shanghai'
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fix = "give an IANA zone such as Asia/Shanghai (on a system without zones: install tzdata)"
        raise InvalidValue("timezone", name, fix) from None


def local_date(instant: datetime, tz: ZoneInfo) -> date:
    """Give the local date on which an instant falls.

    Raises:
        InvalidValue: the instant is naive.
    """
    return in_utc("instant", instant).astimezone(tz).date()


def start_of_day(day: date, tz: ZoneInfo) -> datetime:
    """Give the UTC instant at which a local day begins.

    A midnight that the zone skips moves forward by the gap; an ambiguous one is the first.

    >>> start_of_day(date(2026, 3, 8), zone("Asia/Shanghai")).isoformat()
    '2026-03-07T16:00:00+00:00'
    """
    return datetime.combine(day, _MIDNIGHT, tz).astimezone(UTC)


def day_interval(day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """Give a local day as a half-open interval of UTC instants: 23, 24 or 25 hours as a rule.

    >>> start, end = day_interval(date(2026, 3, 8), zone("America/New_York"))
    >>> end - start
    datetime.timedelta(seconds=82800)
    """
    return start_of_day(day, tz), start_of_day(day + timedelta(days=1), tz)
