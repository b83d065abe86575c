"""Pieces that processes are told of, some of which go wrong."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from loyalcore.loyalty import Condition, Enrol, Facts, MemberFacts
from tests.loyalty.club import NOON


@attrs.frozen
class Told:
    """Members held in memory, as (id, facts)."""

    told: list[tuple[str, list[Any]]]

    @property
    def size(self) -> int:
        return len(self.told)

    def members(self) -> Iterator[MemberFacts]:
        for id_, facts in self.told:
            yield MemberFacts(id_, facts)


@attrs.frozen
class Broken(Told):
    """A member whose facts fail."""

    def members(self) -> Iterator[MemberFacts]:
        yield from super().members()
        yield MemberFacts("bad", self.facts())

    def facts(self) -> Iterator[Any]:
        yield Enrol(recorded_at=NOON)
        raise ZeroDivisionError("of a source")


@attrs.frozen
class Late(Broken):
    """The same, later than others are done."""

    def facts(self) -> Iterator[Any]:
        time.sleep(1)
        yield from super().facts()


@attrs.frozen
class Unreadable(Told):
    """Whose members cannot be come by."""

    def members(self) -> Iterator[MemberFacts]:
        raise OSError("the disk is gone")


@attrs.frozen
class Deadly(Told):
    """Which ends the process."""

    def members(self) -> Iterator[MemberFacts]:
        os._exit(3)


@attrs.frozen
class Slow(Told):
    """Which says that it has begun, and takes for ever."""

    folder: Path = Path()

    def members(self) -> Iterator[MemberFacts]:
        (self.folder / str(os.getpid())).touch()
        time.sleep(600)
        yield from super().members()


@attrs.frozen
class OnSunny(Condition):
    """A condition of one's own: holds in the store Sunny."""

    key = "sunny"
    sunny: bool

    def holds(self, facts: Facts) -> bool:
        return (facts.store == "Sunny") == self.sunny
