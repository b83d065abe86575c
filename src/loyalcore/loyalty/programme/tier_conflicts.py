"""What tiers of a later version members' ledgers could not go on with."""

from collections.abc import Sequence

from loyalcore.errors import ProgrammeConflict
from loyalcore.loyalty.programme.programme import Programme


def refuse_tier_conflicts(earlier: Sequence[Programme], new: Programme) -> None:
    """Refuse tiers that would misread what is counted or held already.

    Args:
        earlier: the versions that take effect before, in order.
        new: the version in question.

    Raises:
        ProgrammeConflict: a measure counts something else than it did, or tiers held for life
            would have to end on a date that nobody knows.
    """
    if new.tiers is None:
        return
    mine = {measure.id: measure for measure in new.tiers.measures}
    for version in earlier:
        for measure in version.tiers.measures if version.tiers else ():
            if mine.get(measure.id, measure) != measure:
                fix = f"{measure.id!r} has counted something else: give the new one its own id"
                raise ProgrammeConflict("tiers.measures", fix)
    last = earlier[-1].tiers if earlier else None
    if last is not None and last.window.lifetime and not new.tiers.window.lifetime:
        raise ProgrammeConflict("tiers.window", "members hold tiers for life: keep it so")
