"""The worked scenarios of docs/scenarios.md, each told as its row tells it."""

from datetime import UTC, datetime

import pytest

from loyalcore.errors import AlreadyGranted, AlreadyRecorded
from loyalcore.loyalty import GrantEntitlement, Reason, UseEntitlement
from loyalcore.testing import scenario
from tests.loyalty.club import IN_MARCH, IN_MAY, Bluebird, shanghai

PLAIN_DAY, MEMBER_DAY = "2026-03-20 12:00", "2026-03-08 12:00"


@scenario(1)
def test_a_purchase_of_128_yuan() -> None:
    """On a plain day 128 points, on the member day twice, in the birthday month three times."""
    assert Bluebird(IN_MAY).buys("128.00", PLAIN_DAY).award.points == 128
    assert Bluebird(IN_MAY).buys("128.00", MEMBER_DAY).award.points == 256
    assert Bluebird(IN_MARCH).buys("128.00", PLAIN_DAY).award.points == 384


@scenario(2)
def test_member_day_in_the_birthday_month() -> None:
    """The better multiplier counts, and the explanation says which one it beat."""
    award = Bluebird(IN_MARCH).buys("128.00", MEMBER_DAY).award
    assert award.points == 384
    assert award.why_not("member-day") == "member-day: 0, lost to birthday-month"
    assert award.why_not("birthday-month") is None


@scenario(2)
@pytest.mark.parametrize(("stacking", "points"), [("best", 384), ("sum", 512), ("product", 768)])
def test_the_ways_to_stack(stacking: str, points: int) -> None:
    """Two and three times come to three, to four, or to six, as the programme says."""
    club = Bluebird(IN_MARCH, earning={"stacking": {"campaigns": stacking}})
    assert club.buys("128.00", MEMBER_DAY).award.points == points


@scenario(3)
def test_half_a_yuan_counts_before_the_points_are_rounded() -> None:
    """128.50 three times over is 385.5: 385, and not three times 128."""
    assert Bluebird(IN_MARCH).buys("128.50", PLAIN_DAY).award.points == 385


@scenario(4)
@pytest.mark.parametrize(
    ("instant", "points"),
    [
        (datetime(2026, 3, 7, 15, 59, 59, tzinfo=UTC), 100),
        (datetime(2026, 3, 7, 16, tzinfo=UTC), 200),
        (datetime(2026, 3, 8, 15, 59, 59, tzinfo=UTC), 200),
        (datetime(2026, 3, 8, 16, tzinfo=UTC), 100),
    ],
)
def test_the_member_day_is_the_shops_own_day(instant: datetime, points: int) -> None:
    """The 8th begins at midnight in Shanghai, wherever the buyer's clock stands."""
    assert Bluebird(IN_MAY).buys("100.00", instant).award.points == points


@scenario(5)
def test_three_shares_a_day() -> None:
    """No multiplier touches a share; the fourth of a day gives nothing and says why."""
    club = Bluebird(IN_MARCH)
    times = ("09:00", "12:00", "15:00", "18:00")
    *three, fourth = [club.shares(f"2026-03-08 {time}") for time in times]
    assert [award.points for award in three] == [50, 50, 50]
    assert fourth.points == 0
    assert fourth.rules[0].reason is Reason.LIMIT_REACHED
    assert fourth.why_not("share") == "share: 0, the limit of 3 per day is reached"
    assert club.ann("2026-03-08 20:00").outstanding == 150
    assert club.shares("2026-03-09 00:00").points == 50


@scenario(6)
def test_points_come_from_what_is_paid() -> None:
    """Gold pays 80 % and earns 102, silver 90 % and 115; three times 102.40 is 307."""
    assert Bluebird(IN_MAY).buys("128.00", PLAIN_DAY, discount="25.60").award.points == 102
    assert Bluebird(IN_MAY).buys("128.00", PLAIN_DAY, discount="12.80").award.points == 115
    assert Bluebird(IN_MARCH).buys("128.00", PLAIN_DAY, discount="25.60").award.points == 307


@scenario(7)
@pytest.mark.parametrize(
    "returns", [[("50.00", -149), ("78.50", -236)], [("78.50", -235), ("50.00", -150)]]
)
def test_an_order_returned_in_two_parts(returns: list[tuple[str, int]]) -> None:
    """Whichever part comes back first, all 385 points have gone in the end."""
    club = Bluebird(IN_MARCH)
    club.buys("128.50", PLAIN_DAY, order="A-1")
    assert [club.returns("A-1", part, "2026-03-21 12:00") for part, _ in returns] == [
        points for _, points in returns
    ]
    assert club.ann("2026-03-22 12:00").outstanding == 0


def gold_since_2025() -> Bluebird:
    club = Bluebird()
    club.buys("10000.00", "2025-06-01 12:00")
    assert club.ann("2025-06-02 12:00").tier == "gold"
    return club


@scenario(8)
def test_gold_is_kept_with_ten_thousand() -> None:
    """Net spend of exactly 10,000.00 in 2026 keeps gold through 2027."""
    club = gold_since_2025()
    club.buys("10000.00", "2026-06-01 12:00")
    ann = club.ann("2027-12-31 23:59:59")
    assert (ann.tier, ann.tier_until) == ("gold", shanghai("2028-01-01 00:00"))


@scenario(8)
def test_gold_is_lost_with_a_fen_less() -> None:
    """9,999.99 in 2026 leaves silver, from the first instant of 2027 in Shanghai."""
    club = gold_since_2025()
    club.buys("9999.99", "2026-06-01 12:00")
    assert club.ann("2026-12-31 23:59:59.999999").tier == "gold"
    ann = club.ann("2027-01-01 00:00")
    assert (ann.tier, ann.tier_since) == ("silver", shanghai("2027-01-01 00:00"))


@scenario(8)
def test_what_comes_back_in_december_is_not_spent() -> None:
    """10,050 less 100 returned in December is 9,950: silver."""
    club = gold_since_2025()
    club.buys("10050.00", "2026-12-01 12:00", order="A-1")
    club.returns("A-1", "100.00", "2026-12-20 12:00")
    assert club.ann("2026-12-31 12:00").tier == "gold"
    assert club.ann("2027-01-01 00:00").tier == "silver"


@scenario(8)
def test_what_comes_back_in_january_leaves_the_year_be() -> None:
    """A December order returned in January takes neither gold away nor a day of 2027."""
    club = gold_since_2025()
    club.buys("10050.00", "2026-12-01 12:00", order="A-1")
    club.returns("A-1", "100.00", "2027-01-10 12:00")
    ann = club.ann("2027-12-31 12:00")
    assert (ann.tier, ann.tier_until) == ("gold", shanghai("2028-01-01 00:00"))


@scenario(9)
def test_double_week_in_the_birthday_month() -> None:
    """Both stand in one group, and three times is more than twice: 300."""
    award = Bluebird(IN_MARCH).buys("100.00", "2026-03-25 12:00").award
    assert award.points == 300
    assert award.why_not("double-week") == "double-week: 0, lost to birthday-month"


@scenario(10)
def test_points_for_a_free_order() -> None:
    """In a free-order campaign 6,000 points pay 60.00, which earns nothing."""
    half = {"id": "half", "points_per_unit": 100, "largest_share": "0.5"}
    week = {"first": "2026-03-23", "last": "2026-03-29"}
    free = {"id": "free-order", "points_per_unit": 100, "when": week}
    club = Bluebird(payments=[half, free])
    club.buys("6000.00", "2026-03-01 12:00")
    bought = club.buys("60.00", "2026-03-25 12:00", points=6000)
    assert (bought.paid.offer, bought.paid.points) == ("free-order", 6000)
    assert bought.award.points == 0
    assert club.ann("2026-03-25 12:00").outstanding == 0


@scenario(10)
def test_a_free_order_that_comes_back() -> None:
    """Its points come back, and no money is refunded for them."""
    club = Bluebird(payments=[{"id": "points", "points_per_unit": 100}])
    club.buys("6000.00", "2026-03-01 12:00")
    club.buys("60.00", "2026-03-25 12:00", order="A-1", points=6000)
    assert club.returns("A-1", "60.00", "2026-03-26 12:00") == 0
    assert club.ann("2026-03-26 12:00").outstanding == 6000


DELIVERY = {"id": "priority-delivery", "kind": "delivery", "lasts": {"days": 30}}


def remedied() -> Bluebird:
    """An order of 128.00 is late; the remedy is double points and priority delivery."""
    club = Bluebird(entitlements=[DELIVERY], authorities={"care": 500})
    assert club.buys("128.00", "2026-03-10 12:00", order="A-1").award.points == 128
    club.remedies("A-1", "complaint:77", "2026-03-12 10:00")
    return club


@scenario(11)
def test_double_points_and_priority_delivery() -> None:
    """128 more, 256 in all, and one delivery, which is used once."""
    club = remedied()
    ann = club.ann("2026-03-12 12:00")
    assert ann.outstanding == 256
    (delivery,) = ann.entitlements
    assert (delivery.entitlement, delivery.cause, delivery.left) == (
        "priority-delivery",
        "complaint:77",
        1,
    )
    at = shanghai("2026-03-20 12:00")
    use = UseEntitlement(right=delivery.id, use="A-2", order="A-2", recorded_at=at)
    club.host.submit(club.stream, use, key="use")
    assert club.ann("2026-03-20 12:00").entitlements == ()


@scenario(11)
def test_a_cause_is_remedied_once() -> None:
    """A second remedy for the complaint is refused, points and entitlement alike."""
    club = remedied()
    with pytest.raises(AlreadyRecorded):
        club.remedies("A-1", "complaint:77", "2026-03-13 10:00")
    with pytest.raises(AlreadyGranted):
        club.host.submit(
            club.stream,
            GrantEntitlement(
                entitlement="priority-delivery",
                cause="complaint:77",
                actor="joe",
                recorded_at=shanghai("2026-03-13 10:00"),
            ),
            key="again",
        )
    ann = club.ann("2026-03-13 12:00")
    assert (ann.outstanding, len(ann.entitlements)) == (256, 1)


@scenario(11)
def test_the_remedy_outlives_the_order() -> None:
    """The order comes back: its own 128 points go, the remedy stays."""
    club = remedied()
    assert club.returns("A-1", "128.00", "2026-03-14 12:00") == -128
    ann = club.ann("2026-03-14 12:00")
    assert (ann.outstanding, len(ann.entitlements)) == (128, 1)
