"""A club: the versions of its programme, and which is in force when."""

from datetime import datetime
from functools import cached_property

import attrs

from loyalcore.decider import decided_at
from loyalcore.errors import NoProgramme, ProgrammeConflict, RecordedBackwards
from loyalcore.forms import utc
from loyalcore.loyalty.member.commands import PublishProgramme
from loyalcore.loyalty.member.events import ProgrammePublished
from loyalcore.loyalty.programme.programme import Programme
from loyalcore.loyalty.programme.tier_conflicts import refuse_tier_conflicts


@attrs.frozen
class Club:
    """The published versions of a club's programme.

    Attributes:
        versions: by the instant they take effect; of several that would at one instant, the last.
        recorded_at: when the last was published.
    """

    versions: tuple[ProgrammePublished, ...] = ()
    recorded_at: datetime | None = None

    def at(self, instant: datetime) -> Programme:
        """Give the programme in force at an instant.

        Raises:
            NoProgramme: none is.
            InvalidValue: the instant is naive.
        """
        instant = utc(instant)
        for version in reversed(self.versions):
            if version.effective_from <= instant:
                return version.programme
        raise NoProgramme(instant)

    @cached_property
    def capped_from(self) -> datetime | None:
        """The instant from which what orders earn is counted towards caps within periods."""
        instants = (
            version.effective_from
            for version in self.versions
            if any(cap.per is not None for cap in version.programme.caps)
        )
        return min(instants, default=None)


def publish(
    club: Club, _: None, command: PublishProgramme, __: None
) -> tuple[ProgrammePublished, ...]:
    """Decide whether a version may be published.

    A version that is not in force yet gives way to one that takes effect at the same instant.

    Raises:
        RecordedBackwards: recorded before the version published last.
        ProgrammeConflict: it would take effect in the past although another is in force; or it
            and a neighbour differ in currency or zone, or in the order of the tiers they share,
            or the later one drops a tier, or puts one below the lowest, lets a measure count
            something else, or takes tiers held for life.
    """
    at = decided_at(command)
    effective_from = at if command.effective_from is None else utc(command.effective_from)
    if club.recorded_at is not None and at < club.recorded_at:
        raise RecordedBackwards(club.recorded_at, at)
    begun = [version for version in club.versions if version.effective_from <= at]
    if begun and effective_from < at:
        raise ProgrammeConflict(
            "effective_from", f"{effective_from.isoformat()} is past: what was earned stays earned"
        )
    if begun and effective_from == begun[-1].effective_from:
        raise ProgrammeConflict(
            "effective_from",
            f"a version is in force since {effective_from.isoformat()}: give later",
        )
    before = [v.programme for v in club.versions if v.effective_from < effective_from]
    after = [v.programme for v in club.versions if v.effective_from > effective_from]
    if before:
        _refuse_conflicts(before[-1], command.programme)
    if after:
        _refuse_conflicts(command.programme, after[0])
    for place in range(len(after) + 1):
        versions = [*before, command.programme, *after]
        refuse_tier_conflicts(versions[: len(before) + place], versions[len(before) + place])
    return (
        ProgrammePublished(
            recorded_at=at,
            source=command.source,
            programme=command.programme,
            content_id=command.programme.content_id,
            effective_from=effective_from,
        ),
    )


def _refuse_conflicts(old: Programme, new: Programme) -> None:
    """Refuse what members' ledgers, kept under the old version, could not go on with."""
    for field in ("currency", "timezone"):
        if getattr(new, field) != getattr(old, field):
            raise ProgrammeConflict(field, f"members' ledgers are kept in {getattr(old, field)}")
    if old.tiers is None:
        return
    held = [tier.id for tier in old.tiers.ladder]
    ladder = [tier.id for tier in new.tiers.ladder] if new.tiers else []
    gone = [tier for tier in held if tier not in ladder]
    if gone:
        raise ProgrammeConflict("tiers.ladder", f"members may hold {', '.join(gone)}: keep it")
    if [tier for tier in ladder if tier in held] != held or ladder[0] != held[0]:
        fix = f"keep {' < '.join(held)} in this order, with {held[0]} the lowest"
        raise ProgrammeConflict("tiers.ladder", fix)


def evolve_club(club: Club, event: ProgrammePublished) -> Club:
    """Fold a published version in."""
    others = [v for v in club.versions if v.effective_from != event.effective_from]
    versions = sorted([*others, event], key=lambda version: version.effective_from)
    return Club(tuple(versions), event.recorded_at)
