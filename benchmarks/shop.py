"""The demo's programme, and orders of nine lines under it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from loyalcore import Host, Money, Submission
from loyalcore.loyalty import Enrol, Line, PublishProgramme, RecordPurchase, load_programme

PROGRAMME = load_programme(Path(__file__).parents[1] / "examples" / "bluebird.toml")
START = datetime(2017, 1, 1, 5, tzinfo=UTC)
CLUB = "loyalty/club"
LINES = [Line(str(n), Money(f"{n}.49", "USD"), categories=("grocery",)) for n in range(9)]


def order(id_: str, at: datetime) -> RecordPurchase:
    """Make an order of nine lines."""
    return RecordPurchase(order=id_, occurred_at=at, recorded_at=at, lines=LINES)


def orders(count: int, members: int) -> list[Submission]:
    """Make orders, one an hour, spread over the members."""
    at = [START + timedelta(hours=n) for n in range(count)]
    return [
        Submission(f"k{n}", f"{CLUB}/{n % members}", order(f"O{n}", at[n])) for n in range(count)
    ]


def open_club(host: Host, members: int) -> None:
    """Publish the programme and let members join."""
    publish = PublishProgramme(programme=PROGRAMME, effective_from=START, recorded_at=START)
    host.submit(CLUB, publish, key="programme")
    join = Enrol(recorded_at=START)
    host.submit_many(Submission(f"join {n}", f"{CLUB}/{n}", join) for n in range(members))
