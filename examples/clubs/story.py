"""Tell what happens to a club's members, one sentence after the other."""

from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from loyalcore import Host, connect
from loyalcore.loyalty import Enrol, Line, Member, PublishProgramme, load_programme
from loyalcore.money import Currency

HERE = Path(__file__).parent


class Story:
    """A club in memory, under the programme of a file in this folder."""

    def __init__(self, file: str, opens: str) -> None:
        self.programme = load_programme(HERE / file)
        self.club = f"loyalty/{Path(file).stem}"
        self.money = Currency(self.programme.currency)
        self.host: Host = connect("memory://")
        self._keys = (str(number) for number in count(1))
        publish = PublishProgramme(programme=self.programme, recorded_at=self.at(opens))
        self.host.submit(self.club, publish, key=next(self._keys))

    def at(self, text: str) -> datetime:
        """Read `2026-03-08 12:00` as it stands on the club's clock."""
        zone = ZoneInfo(self.programme.timezone)
        return datetime.fromisoformat(text).replace(tzinfo=zone)

    def when(self, instant: datetime | None) -> str:
        """Write an instant as it stands on the club's clock."""
        assert instant is not None, "the story knows when"
        local = instant.astimezone(ZoneInfo(self.programme.timezone))
        return f"{local.day} {local:%B %Y, %H:%M}"

    def joins(self, name: str, on: str, referred_by: str | None = None) -> None:
        """Let a member join, perhaps brought by another."""
        self.tell(name, Enrol(referred_by=referred_by), on)

    def tell(self, name: str, command: Any, on: str) -> tuple[Any, ...]:
        """Send a member's command as recorded at an instant; give the events it brought."""
        recorded = attrs.evolve(command, recorded_at=self.at(on))
        stream = f"{self.club}/{name}"
        return self.host.submit(stream, recorded, key=next(self._keys)).events

    def line(self, price: str, category: str = "", quantity: int = 1, id_: str = "1") -> Line:
        """Give a line of an order."""
        categories = [category] if category else []
        return Line(id_, self.money(price), quantity=quantity, categories=categories)

    def member(self, name: str, on: str) -> Member:
        """Give a member's state at an instant, all that time has done by then included."""
        state: Member = self.host.state(f"{self.club}/{name}", at=self.at(on))
        return state
