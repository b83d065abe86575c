"""Planted mutants: each rule of referrals broken on purpose must fail its property."""

from typing import Any

import attrs
import pytest

from loyalcore.decider import Command
from loyalcore.loyalty.ledger import referring, unreferring
from loyalcore.loyalty.member import referral_folding
from loyalcore.loyalty.programme.referral import Referral
from tests.host import test_referrals as between
from tests.loyalty import test_referrals as own
from tests.loyalty.planted import Patch, property_must_fail

pytestmark = pytest.mark.slow


def never_too_late(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Referral, "ends", lambda self, joined, tz: None)


def todays_terms(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(referring, "_agreed", lambda member, club: club.at(member.recorded_at))


def any_part_is_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(unreferring, "came_back_whole", lambda past, event: True)


def limits_never_open_again(patch: pytest.MonkeyPatch) -> None:
    undo = referral_folding._undo
    patch.setattr(
        referral_folding, "_undo", lambda m, event: attrs.evolve(undo(m, event), ever=m.ever)
    )


def the_friend_pays_for_the_other(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(referring.EarnReferral, "instead", Command.instead)


def only_one_side(patch: pytest.MonkeyPatch) -> None:
    leads_to = referring.referral_leads_to

    def some(stream: str, event: Any) -> Any:
        led = leads_to(stream, event)
        return [each for each in led if not isinstance(each[1], referring.EarnReferral)]

    patch.setattr("loyalcore.loyalty.ledger.ledger.referral_leads_to", some)


PLANTED: list[tuple[Patch, Any]] = [
    (never_too_late, own.test_the_first_purchase),
    (todays_terms, own.test_what_was_promised_on_joining),
    (any_part_is_all, between.test_the_first_purchase_comes_back),
    (limits_never_open_again, own.test_what_is_claimed_back),
    (the_friend_pays_for_the_other, between.test_a_friend_buys_though_the_other_is_gone),
    (only_one_side, between.test_who_brings_whom),
]


@pytest.mark.parametrize(("mutant", "prop"), PLANTED, ids=lambda x: getattr(x, "__name__", ""))
def test_each_mutant_is_killed(mutant: Patch, prop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the mistake in place the property that carries the rule fails."""
    mutant(monkeypatch)
    property_must_fail(monkeypatch, prop)
