"""Zones, instants and local days."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loyalcore.checks import argument, in_utc
from loyalcore.errors import InvalidValue

_MIDNIGHT = time()
_A_DAY = timedelta(days=1)
_GIVE_ZONE = "give a ZoneInfo, as zone() does"


def zone(name: str) -> ZoneInfo:
    """Give the IANA zone of that name.

    Raises:
        InvalidValue: no such zone is installed, or it is no name.

    >>> zone("Asia/Shanghai").key
    'Asia/Shanghai'
    """
    argument("timezone", name, str, "give an IANA zone such as Asia/Shanghai")
    return _zone(name)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fix = "give an IANA zone such as Asia/Shanghai (on a system without zones: install tzdata)"
        raise InvalidValue("timezone", name, fix) from None


def local_date(instant: datetime, tz: ZoneInfo) -> date:
    """Give the local date on which an instant falls: the one that began last.

    A clock that is set back over midnight shows the date before once more, but the new one has
    begun and goes on: St John's did so until 2011, at a minute past midnight.

    Raises:
        InvalidValue: the instant is naive, or the zone is none.

    >>> at = datetime(2010, 11, 7, 2, 40, tzinfo=UTC)
    >>> at.astimezone(zone("America/St_Johns")).isoformat()
    '2010-11-06T23:10:00-03:30'
    >>> local_date(at, zone("America/St_Johns")).isoformat()
    '2010-11-07'
    """
    argument("local_date.tz", tz, tzinfo, _GIVE_ZONE)
    wall = in_utc("instant", instant).astimezone(tz)
    day = wall.date()
    if wall.fold and instant >= start_of_day(day + _A_DAY, tz):
        return day + _A_DAY
    return day


def start_of_day(day: date, tz: ZoneInfo) -> datetime:
    """Give the UTC instant at which a local day begins.

    A midnight that the zone skips moves forward by the gap; an ambiguous one is the first.

    Raises:
        InvalidValue: it is no date, one at the end of all dates, or the zone is none.

    >>> start_of_day(date(2026, 3, 8), zone("Asia/Shanghai")).isoformat()
    '2026-03-07T16:00:00+00:00'
    """
    return _start("start_of_day", day, tz)


def day_interval(day: date, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """Give a local day as a half-open interval of UTC instants: 23, 24 or 25 hours as a rule.

    Raises:
        InvalidValue: it is no date, one at the end of all dates, or the zone is none.

    >>> start, end = day_interval(date(2026, 3, 8), zone("America/New_York"))
    >>> end - start
    datetime.timedelta(seconds=82800)
    """
    return _start("day_interval", day, tz), _start("day_interval", day, tz, after=1)


def _start(function: str, day: date, tz: ZoneInfo, after: int = 0) -> datetime:
    """Give the instant at which a date, or one so many behind it, begins."""
    argument(f"{function}.tz", tz, tzinfo, _GIVE_ZONE)
    argument(f"{function}.day", day, date, "give a date")
    try:
        later = day + after * _A_DAY if after else day
        return datetime.combine(later, _MIDNIGHT, tz).astimezone(UTC)
    except OverflowError:
        raise InvalidValue(
            f"{function}.day", day, "give a date away from year 1 and 9999"
        ) from None
