"""A coffee shop's stamp card: a stamp a cup, the tenth cup is free."""

from clubs.story import Story
from loyalcore.errors import InsufficientPoints
from loyalcore.loyalty import PurchaseRecorded, RecordPurchase, RecordReturn, RedeemReward


def main() -> None:
    """Tell how a card fills."""
    club = Story("stamps.toml", opens="2026-01-01 00:00")
    club.joins("mia", "2026-01-07 08:00")

    def drinks(cups: int, cakes: int, day: int) -> PurchaseRecorded:
        on = f"2026-01-{day:02} 08:30"
        lines = [club.line(f"{cups * 3.9:.2f}", "coffee", cups)] if cups else []
        lines += [club.line(f"{cakes * 5:.2f}", "cake", cakes, "2")] if cakes else []
        order = RecordPurchase(order=str(day), occurred_at=club.at(on), lines=lines)
        (bought,) = club.tell("mia", order, on)
        assert isinstance(bought, PurchaseRecorded)
        return bought

    for day, cups, cakes in ((8, 1, 0), (9, 2, 1), (12, 6, 0)):
        award = drinks(cups, cakes, day).award
        print(f"cups {cups}, cakes {cakes}, stamps {award.points}", end="")
        print(f" ({award.rules[-1].words()})" if award.rules[-1].points else "")

    free = RedeemReward(redemption="free 1", reward="free-cup")
    try:
        club.tell("mia", free, "2026-01-13 08:30")
    except InsufficientPoints as error:
        print(f"\nA free cup? {error}")

    drinks(2, 0, 14)
    club.tell("mia", free, "2026-01-15 08:30")
    print(f"A free cup on the 15th; {club.member('mia', '2026-01-15 09:00').outstanding} left")

    spilt = RecordReturn(id="spilt", order="14", occurred_at=club.at("2026-01-15 10:00"))
    (back,) = club.tell("mia", spilt, "2026-01-15 10:00")
    print(f"An order that comes back takes its {back.points} stamps: {back.debt} are owed,")
    drinks(3, 0, 16)
    left = club.member("mia", "2026-01-16 09:00").outstanding
    print(f"and three cups later the card has {left}")


if __name__ == "__main__":
    main()
