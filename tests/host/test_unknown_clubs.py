"""A club that is not there has no members to tell of (L23)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import Host, InvalidValue, connect
from loyalcore.errors import NoProgramme, UnknownClub, UnknownStream
from loyalcore.host import histories, members, store_members, store_pieces
from loyalcore.loyalty import (
    Club,
    RecordPurchase,
    cohorts,
    known_orders,
    points_by_rule,
    redemption_mix,
    tier_paths,
)
from loyalcore.testing import rule
from tests.host.shop import CLUB, START, commands, day, opened, programme
from tests.host.test_commands import DRAWS, send_each

READ: list[Callable[[Host, str], Any]] = [
    histories,
    lambda host, club: members(host, club, START),
    lambda host, club: store_members(host, club, orders_of),
]


def orders_of(_: str, event: Any) -> RecordPurchase:
    raise AssertionError(event)


@rule("L23.15")
@given(DRAWS, st.text("shop/x", min_size=1, max_size=3), st.sampled_from(READ))
def test_a_club_that_is_not_there_is_refused(
    draws: list[tuple[int, int, int]], name: str, read: Callable[[Host, str], Any]
) -> None:
    """At once, before anything is read, and by its name; whoever is there is read."""
    host = opened()
    send_each(host, commands([(0, 0, 0), *draws]))
    assert read(host, CLUB) is not None
    for club in (f"loyalty/{name}", f"{CLUB}/a", f"stock/shop/{name}", name):
        with pytest.raises((UnknownClub, UnknownStream)) as refused:
            read(host, club)
        assert club in str(refused.value)


def test_a_store_without_the_club_has_no_pieces(tmp_path: Path) -> None:
    """Nothing is simulated in silence."""
    url = f"sqlite:///{tmp_path / 'club.db'}"
    with connect(url):
        pass
    orders = known_orders(programme(), programme())
    with pytest.raises(UnknownClub, match="'loyalty/nope'"):
        store_pieces(url, "loyalty/nope", orders)


@rule("L23.15")
@given(st.sampled_from((cohorts, points_by_rule, redemption_mix, tier_paths)), st.integers(-5, 5))
def test_a_report_needs_a_programme(report: Any, days: int) -> None:
    """A club's state of which none is in force at the end, and what is no club's state."""
    host = opened()
    club, until = host.state(CLUB), day(days)
    with pytest.raises(NoProgramme):
        report([], Club(), until=until)
    with pytest.raises(InvalidValue, match=rf"{report.__name__}\.club"):
        report([], CLUB, until=until)
    if until <= START:
        with pytest.raises(NoProgramme) as refused:
            report([], club, until=until)
        assert refused.value.at == until - timedelta(microseconds=1)
    else:
        assert report([], club, until=until).members == 0
