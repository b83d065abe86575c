"""The words for a member's tier say what the standing says."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from grocery.tier_words import tier_words
from loyalcore.loyalty import Lack, Standing

NEW_YORK = ZoneInfo("America/New_York")
SINCE = datetime(2017, 3, 2, 4, 30, tzinfo=UTC)
UNTIL = datetime(2018, 2, 13, 5, tzinfo=UTC)


def words(standing: Standing | None) -> str:
    """Give the words in one string."""
    return "\n".join(tier_words(standing, "USD", NEW_YORK))


def test_who_may_lose_the_tier_hears_what_keeps_it_and_by_when() -> None:
    """Times are told in the programme's zone, sums in its currency."""
    said = words(Standing("silver", SINCE, UNTIL, Decimal("12.3"), "gold", Decimal(1345), UNTIL))
    assert "silver since 2017-03-01 23:30" in said
    assert "keep it past 2018-02-13 00:00: spend 12.30 USD more" in said
    assert "gold" in said
    assert "spend 1,345.00 USD more before 2018-02-13 00:00" in said


def test_who_has_spent_enough_hears_so() -> None:
    """Nothing is asked of a member whose spend keeps the tier."""
    said = words(Standing("gold", SINCE, UNTIL, Decimal(0)))
    assert "2018-02-13 00:00" in said
    assert "enough" in said
    assert "highest" in said
    assert "USD" not in said


def test_at_the_bottom_there_is_nothing_to_lose() -> None:
    """The lowest tier has no date; with no earlier spend, the next has none either."""
    said = words(Standing("bronze", SINCE, None, Decimal(0), "silver", Decimal(300)))
    assert "lowest" in said
    assert "spend 300.00 USD" in said
    assert "before" not in said


def test_who_needs_no_sum_to_rise_hears_that_any_purchase_will_do() -> None:
    """A lowered threshold may be reached already, and takes effect with the next purchase."""
    said = words(Standing("silver", SINCE, UNTIL, Decimal(0), "gold", Decimal(0), UNTIL))
    assert "to reach gold: the next purchase will do" in said


def test_without_tiers_it_says_so() -> None:
    """A programme may have no tiers."""
    assert "no tiers" in words(None)


@given(st.integers(1, 99), st.integers(1, 99))
def test_ways_that_no_spend_alone_goes(orders: int, points: int) -> None:
    """Where other measures count, each way is said with what is missing to it."""
    ways = ((Lack("orders", Decimal(orders)),), (Lack("points", Decimal(points)),))
    said = words(Standing("silver", SINCE, UNTIL, None, "gold", None, UNTIL, ways, ways[:1]))
    assert f"{orders} orders or {points} points more before then" in said
    assert f"to reach gold: {orders} orders more" in said
