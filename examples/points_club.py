"""A teahouse: a yuan is a point; double, triple, shares, friends, discounts, keeping gold."""

from textwrap import indent
from zoneinfo import ZoneInfo

from clubs.story import Story
from loyalcore.loyalty import (
    BehaviourRecorded,
    Line,
    PurchaseRecorded,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    ReturnedLine,
    ReturnRecorded,
    Standing,
    benefits,
    member_price,
    standing,
    statement,
)
from loyalcore.timing import MonthDay


class Ann:
    """A member of the teahouse, born on 20 May."""

    def __init__(self) -> None:
        self.club = Story("jasmine.toml", opens="2025-01-01 00:00")
        self.club.joins("ann", "2025-01-02 10:00")

    def buys(self, order: str, price: str, on: str, points: int = 0) -> PurchaseRecorded:
        """Buy for a list price, which the tier's discount lowers."""
        club = self.club
        list_price = club.money(price)
        own = benefits(club.member("ann", on), club.programme, club.at(on))
        off = list_price - member_price(list_price, own)
        bought = RecordPurchase(
            order=order,
            occurred_at=club.at(on),
            lines=[Line("1", list_price, discount=off)],
            birthday=MonthDay(5, 20),
            points=points,
        )
        events = club.tell("ann", bought, on)
        return next(event for event in events if isinstance(event, PurchaseRecorded))

    def standing(self, on: str) -> Standing:
        """Tell the tier at an instant."""
        told = standing(self.club.member("ann", on), self.club.programme, self.club.at(on))
        assert told is not None
        return told

    def returns(self, order: str, amount: str, on: str) -> ReturnRecorded:
        """Send some of an order back."""
        back = RecordReturn(
            id=f"back {on}",
            order=order,
            occurred_at=self.club.at(on),
            lines=[ReturnedLine("1", self.club.money(amount))],
        )
        (event,) = self.club.tell("ann", back, on)
        assert isinstance(event, ReturnRecorded)
        return event

    def shares(self, times: int, on: str) -> list[int]:
        """Share so many times, a minute apart, and give the points of each."""
        points = []
        for minute in range(times):
            at = f"{on}:{minute:02}"
            share = RecordBehaviour(behaviour="share", id=at, occurred_at=self.club.at(at))
            points.append(self.club.tell("ann", share, at)[0].award.points)
        return points


def brings_a_friend(club: Story) -> None:
    """Let Ann bring Ben, whose first order is too small and whose second is not."""
    club.joins("ben", "2025-05-15 12:00", referred_by="ann")
    for order, price, day in (("X", "60.00", "2025-05-16"), ("Y", "120.00", "2025-05-18")):
        on = f"{day} 12:00"
        bought = RecordPurchase(order=order, occurred_at=club.at(on), lines=[club.line(price)])
        events = club.tell("ben", bought, on)
        given = [event for event in events if isinstance(event, BehaviourRecorded)]
        told = club.member("ben", on).referred
        assert told is not None
        print(f"  Ben buys for {price}: {told.words()}")
        for deed in given:
            print(f"    {deed.award.points} points for {deed.refs[0]}")


def main() -> None:
    """Tell two years of Ann's."""
    ann = Ann()
    print("An order of 128.00")
    for order, day, what in (
        ("A", "2025-02-20", "on a plain day"),
        ("B", "2025-04-08", "on the member day"),
        ("C", "2025-05-12", "in the birthday month"),
    ):
        print(f"  {what:<22}{ann.buys(order, '128.00', f'{day} 12:00').award.points:>5} points")
    print("\nWhy, in the birthday month:")
    award = ann.buys("D", "128.50", "2025-05-13 12:00").award
    print(indent(award.explain(), "  "))
    print(f"  {award.why_not('member-day')}")

    print("\nSharing four times on one day gives", ann.shares(4, "2025-05-14 12"))

    print("\nAnn brings a friend:")
    brings_a_friend(ann.club)

    back = ann.returns("D", "50.00", "2025-05-20 12:00")
    print(f"\n50.00 of the last order comes back: {back.points} points with it")

    ann.buys("E", "10000.00", "2025-06-01 12:00")
    told = ann.standing("2025-06-02 12:00")
    print(f"\nWith 10,000.00 in a year Ann is {told.tier} until {ann.club.when(told.until)}:")
    pot = ann.buys("F", "128.00", "2025-07-01 12:00")
    print(f"  a pot of 128.00 costs her {pot.lines[0].amount / 100:.2f}", end=" ")
    print(f"and earns {pot.award.points} points")

    free = ann.buys("G", "75.00", "2025-09-24 12:00", points=6000)
    print("\nIn the free-order week 6,000 points pay 60.00, all she has to pay of 75.00,")
    print(f"which earns {free.award.points} points")
    double = ann.buys("H", "125.00", "2025-10-08 12:00")
    print("\nDouble-points week and member day together are in one group, and count once:")
    print(indent(double.award.explain(), "  "))

    ann.buys("I", "8000.00", "2026-03-20 12:00")
    ann.club.host.tick(ann.club.at("2026-12-05 00:00"))
    told = ann.standing("2026-12-05 00:00")
    print(f"\nIn December 2026 she lacks {told.to_keep} to keep {told.tier}, and would fall to")
    print(f"{told.projected}. So the club has given her:")
    for right in ann.club.member("ann", "2026-12-05 00:00").entitlements:
        gift = ann.club.programme.entitlement(right.entitlement)
        assert gift is not None
        print(f"  {gift.name}, until {ann.club.when(right.valid_until)}")
    print(f"She does not come, and in January she is {ann.standing('2027-01-01 00:00').tier}.\n")
    zone = ZoneInfo(ann.club.programme.timezone)
    events = ann.club.host.events(f"{ann.club.club}/ann")
    print(statement(events, opens=ann.club.at("2025-09-01 00:00")).table(zone))


if __name__ == "__main__":
    main()
