"""Members as of an instant, for figures over a whole club (L21)."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from loyalcore.errors import Forgotten
from loyalcore.host import members
from loyalcore.loyalty import liability, roll_forward
from loyalcore.testing.rules import rule
from tests.host.shop import CLUB, DRAWS, START, commands, day, opened, send_each


@rule("L21.3", "L21.5")
@given(DRAWS, st.integers(0, 60), st.booleans(), st.booleans())
def test_a_club_is_valued_as_of_any_instant(
    draws: list[tuple[int, int, int]], when: int, swept: bool, forgotten: bool
) -> None:
    """Past or not, swept or not: the states add up to the histories; who was forgotten is out."""
    host = opened(snapshot_every=3)
    sent = commands([(0, 0, 0), (1, 0, 0), *draws])
    send_each(host, sent)
    end = day(len(sent) * 2.5 + 1)
    if swept:
        host.tick(end)
    if forgotten:
        host.forget(f"{CLUB}/a", end)
    at = START + timedelta(days=when, hours=1)
    told = liability(members(host, CLUB, at), at, fair_value=1, currency="CNY")
    streams = [*host.streams(f"{CLUB}/")]
    rolled = roll_forward(((name, host.events(name)) for name in streams), START, at)
    assert (told.points, told.debt) == (rolled.closing, rolled.closing_debt)
    names = []
    for stream in streams:
        try:
            if host.state_as_known(stream, at).recorded_at is not None:
                names.append(stream)
        except Forgotten:
            assert forgotten
    assert told.members == len(names)
    assert rolled.left_out == forgotten
