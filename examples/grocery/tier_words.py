"""A member's tier in words: since when, what keeps it, what reaches the next (rule L17)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from loyalcore.loyalty import Lack, Standing


def tier_words(standing: Standing | None, currency: str, tz: ZoneInfo) -> list[str]:
    """Say a standing in three lines."""
    if standing is None:
        return ["the programme has no tiers"]
    return [
        f"{standing.tier} since {_time(standing.since, tz)}",
        _keeping(standing, currency, tz),
        _reaching(standing, currency, tz),
    ]


def _keeping(standing: Standing, currency: str, tz: ZoneInfo) -> str:
    if standing.until is None:
        return "to keep it: nothing, it is the lowest tier"
    asked = f"to keep it past {_time(standing.until, tz)}:"
    if standing.to_keep is None:
        return f"{asked} {_ways(standing.keeping)} before then"
    if not standing.to_keep:
        return f"{asked} nothing more, the spend so far is enough"
    return f"{asked} spend {_money(standing.to_keep, currency)} more before then"


def _reaching(standing: Standing, currency: str, tz: ZoneInfo) -> str:
    if standing.next_tier is None:
        return "to rise: nothing, it is the highest tier"
    aim = f"to reach {standing.next_tier}:"
    if standing.to_next is None:
        return f"{aim} {_ways(standing.reaching)}"
    if not standing.to_next:
        return f"{aim} the next purchase will do"
    asked = f"{aim} spend {_money(standing.to_next, currency)}"
    if standing.next_by is None:
        return asked
    return f"{asked} more before {_time(standing.next_by, tz)}, when older spend stops counting"


def _ways(ways: Sequence[Sequence[Lack]]) -> str:
    """Say what is missing where no spend alone is enough."""
    each = (" and ".join(f"{lack.amount:,f} {lack.measure}" for lack in way) for way in ways)
    return f"{' or '.join(each)} more"


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.2f} {currency}"


def _time(instant: datetime, tz: ZoneInfo) -> str:
    return f"{instant.astimezone(tz):%Y-%m-%d %H:%M}"
