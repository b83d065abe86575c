"""Planted mutants of entitlements: each rule broken on purpose must fail its property."""

from typing import Any

import attrs
import pytest

from loyalcore.loyalty import Entitlement, EntitlementEnd, Right
from loyalcore.loyalty.ledger import entitling, granting, ledger, passing
from loyalcore.loyalty.member import dossier
from tests.loyalty import test_entitlement_stateful, test_entitlements
from tests.loyalty.planted import Patch, machine_must_fail, property_must_fail

pytestmark = pytest.mark.slow


def last_instant_too(patch: pytest.MonkeyPatch) -> None:
    until = Entitlement.valid_until

    def longer(self: Entitlement, at: Any, tz: Any) -> Any:
        ends = until(self, at, tz)
        return None if ends is None else ends + test_entitlements.TICK

    patch.setattr(Entitlement, "valid_until", longer)


def any_day_of_a_period(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Right, "left_on", lambda self, limit, day: limit.times - self.days.within(day, day)
    )


def reserved_is_free(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Right, "left", property(lambda self: self.uses - self.used if self.uses else None)
    )


def used_on_the_day_of_use(patch: pytest.MonkeyPatch) -> None:
    reserved = entitling._reserved

    def today(right: Any, past: Any, id_: str) -> Any:
        return attrs.evolve(reserved(right, past, id_), day=test_entitlements.date(2026, 3, 30))

    patch.setattr(entitling, "_reserved", today)


def expiry_takes_what_is_reserved(patch: pytest.MonkeyPatch) -> None:
    end = entitling.end

    def revoked(right: Any, how: Any, *rest: Any) -> Any:
        gone = how is EntitlementEnd.EXPIRED
        return end(right, EntitlementEnd.REVOKED if gone else how, *rest)

    patch.setattr(entitling, "end", revoked)


def undone_comes_back_always(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(entitling, "_reopens", lambda member, ended, at: True)


def once_a_cause_while_open(patch: pytest.MonkeyPatch) -> None:
    def again(member: Any, past: Any, *rest: Any) -> Any:
        open_ = {f"right:{right.id}" for right in member.entitlements}
        return grant(member, attrs.evolve(past, refs=past.refs & open_), *rest)

    grant = entitling.grant
    patch.setitem(ledger._DECIDERS, test_entitlements.GrantEntitlement, again)


def whole_with_any_return(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(granting, "came_back_whole", lambda past, event: True)


def used_up_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    undone = granting._undone

    def of_what_is_open(member: Any, past: Any, cause: str, event: Any) -> Any:
        return undone(member, attrs.evolve(past, entitled=()), cause, event)

    patch.setattr(granting, "_undone", of_what_is_open)


def time_grants_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(passing, "grants_of_time", lambda event, club: ())


def what_time_ended_is_unknown(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dossier.Dossier, "knowing", lambda self, passed: self)


MUTANTS: list[tuple[Patch, Any]] = [
    (last_instant_too, test_entitlements.test_valid_from_and_until),
    (any_day_of_a_period, test_entitlements.test_so_often_in_all_and_so_often_a_period),
    (reserved_is_free, test_entitlements.test_what_is_reserved_is_out_of_reach),
    (used_on_the_day_of_use, test_entitlements.test_a_reservation_counts_on_its_day),
    (expiry_takes_what_is_reserved, test_entitlements.test_it_expires_once),
    (undone_comes_back_always, test_entitlements.test_an_undone_use_comes_back),
    (once_a_cause_while_open, test_entitlements.test_a_cause_brings_it_once),
    (whole_with_any_return, test_entitlements.test_a_returned_order_takes_back_what_it_brought),
    (used_up_is_forgotten, test_entitlements.test_a_returned_order_takes_back_what_it_brought),
    (time_grants_nothing, test_entitlements.test_tiers_bring_it),
]


@pytest.mark.parametrize(("mutant", "prop"), MUTANTS, ids=lambda x: getattr(x, "__name__", ""))
def test_each_mutant_is_killed(monkeypatch: pytest.MonkeyPatch, mutant: Patch, prop: Any) -> None:
    """The rule broken, its property fails."""
    mutant(monkeypatch)
    property_must_fail(monkeypatch, prop)


@pytest.mark.parametrize(
    "mutant",
    [reserved_is_free, once_a_cause_while_open, what_time_ended_is_unknown],
    ids=lambda x: x.__name__,
)
def test_the_machine_kills_them_too(monkeypatch: pytest.MonkeyPatch, mutant: Patch) -> None:
    """The obvious model disagrees with broken entitlements within a few histories."""
    mutant(monkeypatch)
    machine_must_fail(test_entitlement_stateful.EntitlementMachine)
