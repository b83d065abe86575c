"""A household that saves together: points keep their expiry, and nobody's are lost."""

from zoneinfo import ZoneInfo

from clubs.story import Story
from loyalcore.loyalty import RecordPurchase, RedeemReward, Transfer, UndoRedemption, statement


def main() -> None:
    """Tell how the Weber family comes by a hamper."""
    club = Story("household.toml", opens="2025-01-01 00:00")
    zone = ZoneInfo(club.programme.timezone)
    for name in ("anna", "ben", "webers"):
        club.joins(name, "2025-02-01 09:00")

    def buys(name: str, price: str, on: str) -> None:
        order = RecordPurchase(
            order=f"{name} {on}", occurred_at=club.at(on), lines=[club.line(price)]
        )
        club.tell(name, order, on)

    buys("anna", "310.00", "2025-03-01 12:00")
    buys("ben", "150.00", "2025-12-20 12:00")
    buys("anna", "90.00", "2026-01-05 12:00")

    # The pool is a member of its own; a transfer is recorded for both or for neither.
    for number, (name, points) in enumerate((("anna", 400), ("ben", 120))):
        give = Transfer(transfer=f"T{number}", to="webers", points=points)
        club.tell(name, give, "2026-02-01 10:00")
    pool = club.member("webers", "2026-02-01 11:00")
    print(f"The pool has {pool.available(club.at('2026-02-01 11:00'))} points:")
    for lot in pool.lots:
        print(f"  {lot.points:>4} until {club.when(lot.expires_at)}")

    hamper = RedeemReward(redemption="hamper", reward="hamper")
    club.tell("webers", hamper, "2026-02-02 10:00")
    club.tell("webers", UndoRedemption(id="sold out", redemption="hamper"), "2026-02-03 10:00")
    print("\nThe hamper was sold out, and its points are where they were:")
    print(statement(club.host.events(f"{club.club}/webers")).table(zone))


if __name__ == "__main__":
    main()
