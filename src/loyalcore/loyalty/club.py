"""A club: the versions of its programme, and which is in force when."""

from datetime import datetime

import attrs

from loyalcore.errors import NoProgramme, ProgrammeConflict, RecordedBackwards
from loyalcore.forms import utc
from loyalcore.loyalty.commands import PublishProgramme
from loyalcore.loyalty.events import ProgrammePublished
from loyalcore.loyalty.programme import Programme


@attrs.frozen
class Club:
    """The published versions of a club's programme, by the instant they take effect."""

    versions: tuple[ProgrammePublished, ...] = ()

    def at(self, instant: datetime) -> Programme:
        """Give the programme in force at an instant.

        Raises:
            NoProgramme: none is.
        """
        for version in reversed(self.versions):
            if version.effective_from <= instant:
                return version.programme
        raise NoProgramme(instant)


def publish(
    club: Club, _: None, command: PublishProgramme, __: None
) -> tuple[ProgrammePublished, ...]:
    """Decide whether a version may be published.

    Raises:
        RecordedBackwards: recorded before the version published last.
        ProgrammeConflict: it would take effect in the past although another is in force, or
            before one already published; or it changes the currency or zone, or drops a tier.
    """
    recorded_at = _recorded(command)
    effective_from = utc(command.effective_from)
    if club.versions:
        last = club.versions[-1]
        if recorded_at < last.recorded_at:
            raise RecordedBackwards(last.recorded_at, recorded_at)
        _refuse_conflicts(last, command.programme, effective_from, recorded_at)
    return (
        ProgrammePublished(
            recorded_at=recorded_at,
            source=command.source,
            programme=command.programme,
            content_id=command.programme.content_id,
            effective_from=effective_from,
        ),
    )


def _recorded(command: PublishProgramme) -> datetime:
    assert command.recorded_at is not None, "the host fills recorded_at in"
    return utc(command.recorded_at)


def _refuse_conflicts(
    last: ProgrammePublished, new: Programme, effective_from: datetime, recorded_at: datetime
) -> None:
    old = last.programme
    if effective_from < recorded_at:
        raise ProgrammeConflict(
            "effective_from", f"{effective_from.isoformat()} is past: what was earned stays earned"
        )
    if effective_from <= last.effective_from:
        begins = last.effective_from.isoformat()
        raise ProgrammeConflict("effective_from", f"a version takes effect at {begins} already")
    for field in ("currency", "timezone"):
        if getattr(new, field) != getattr(old, field):
            raise ProgrammeConflict(field, f"members' ledgers are kept in {getattr(old, field)}")
    kept = {tier.id for tier in new.tiers.ladder} if new.tiers else set()
    gone = [tier.id for tier in old.tiers.ladder if tier.id not in kept] if old.tiers else []
    if gone:
        raise ProgrammeConflict("tiers.ladder", f"members may hold {', '.join(gone)}: keep it")


def evolve_club(club: Club, event: ProgrammePublished) -> Club:
    """Fold a published version in."""
    return Club((*club.versions, event))
