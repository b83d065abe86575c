"""An airline: miles to spend and status apart from them, years of one's own, a soft landing."""

from textwrap import indent

from clubs.story import Story
from loyalcore.loyalty import Line, PurchaseRecorded, RecordPurchase, Standing, Transfer, standing


def trip(club: Story, order: str, fare: str, tax: str, on: str) -> PurchaseRecorded:
    """Fly: the fare with its airport tax in one line."""
    line = Line("1", club.money(fare), tax=club.money(tax), categories=["flight"])
    return _bought(club, RecordPurchase(order=order, occurred_at=club.at(on), lines=[line]), on)


def night(club: Story, order: str, price: str, on: str) -> PurchaseRecorded:
    """Stay at a partner's hotel."""
    line = club.line(price, "hotel")
    return _bought(club, RecordPurchase(order=order, occurred_at=club.at(on), lines=[line]), on)


def _bought(club: Story, order: RecordPurchase, on: str) -> PurchaseRecorded:
    events = club.tell("kim", order, on)
    return next(event for event in events if isinstance(event, PurchaseRecorded))


def told(club: Story, on: str) -> Standing:
    """Tell Kim's status on a day."""
    found = standing(club.member("kim", on), club.programme, club.at(on))
    assert found is not None
    return found


def main() -> None:
    """Tell three years of Kim's."""
    club = Story("skylark.toml", opens="2024-01-01 00:00")
    club.joins("kim", "2024-03-15 09:00")

    print("A flight for 620.00, of which 120.00 is tax:")
    print(indent(trip(club, "A", "620.00", "120.00", "2024-04-10 07:00").award.explain(), "  "))
    print("Three nights for 5,800.00 at a partner's hotel bring miles and no status:")
    miles = night(club, "B", "5800.00", "2024-04-13 10:00").award.points
    print(f"  {miles} miles, and still {told(club, '2024-04-13 12:00').tier}")

    trip(club, "C", "5600.00", "100.00", "2024-06-01 07:00")
    status = told(club, "2024-06-02 12:00")
    print(f"\nWith 6,000.00 flown Kim is {status.tier}, until {club.when(status.until)}:")
    print("a year of her own, from the day she joined")
    award = trip(club, "D", "100.00", "0.00", "2024-06-03 07:00").award
    print(indent(award.explain(), "  "))

    print("\nMiles given to a friend change nothing of that:")
    club.joins("lee", "2024-06-05 09:00")
    club.tell("kim", Transfer(transfer="T", to="lee", points=1000), "2024-06-05 10:00")
    print(f"  {told(club, '2024-06-06 12:00').tier}")

    print("\nThe next year she flies little. As things stand:")
    trip(club, "E", "900.00", "0.00", "2025-09-01 07:00")
    status = told(club, "2025-09-02 12:00")
    ways = [" and ".join(f"{lack.amount} {lack.measure}" for lack in way) for way in status.keeping]
    print(f"  {status.tier} now, to be {status.projected}; missing are {' or '.join(ways)}")
    for day in ("2026-03-20", "2026-04-20", "2027-04-20"):
        print(f"  {day}: {told(club, f'{day} 12:00').tier}")


if __name__ == "__main__":
    main()
