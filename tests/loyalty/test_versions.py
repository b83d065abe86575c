"""What a new version of the programme means for those already in (L19)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.errors import RewardNotAvailable
from loyalcore.loyalty import Club, Enrol, RedeemReward
from loyalcore.testing import rule
from loyalcore.timing import local_date, start_of_day
from tests.loyalty.club import NOON, History, minor_line, published, shop

DAY = timedelta(days=1)


@rule("L19.13")
@given(st.integers(20, 400), st.integers(20, 400), st.integers(1, 3), st.integers(1, 3))
def test_what_was_had_before_a_new_version(old: int, new: int, took: int, limit: int) -> None:
    """Lots keep their life, and what was taken counts towards the limits of the new version."""
    first, second = (
        shop(
            expiry={"after": {"days": life}},
            rewards=[{"id": "mug", "points": 1, "limits": [{"times": times, "per": "year"}]}],
        )
        for life, times in ((old, took), (new, limit))
    )
    history = History(Club((published(first), published(second, NOON + 5 * DAY))))
    history.tell(Enrol(recorded_at=NOON))
    history.buy("A", minor_line(100_000), at=NOON)
    for number in range(took):
        history.tell(RedeemReward(recorded_at=NOON, redemption=str(number), reward="mug"))
    later = NOON + 6 * DAY
    history.buy("B", minor_line(100_000), at=later)
    day = local_date(NOON, first.zone)
    ends = {lot.cause: lot.expires_at for lot in history.state.lots}
    assert ends["order:A"] == start_of_day(day + (old + 1) * DAY, first.zone)
    assert ends["order:B"] == start_of_day(day + (6 + new + 1) * DAY, first.zone)
    more = RedeemReward(recorded_at=later, redemption="more", reward="mug")
    if took < limit:
        assert history.tell(more).points == 1
    else:
        with pytest.raises(RewardNotAvailable):
            history.decide(more)
