"""Planted mutants: each rule broken on purpose must fail the property that carries it."""

from fractions import Fraction
from math import floor
from typing import Any

import attrs
import pytest

from loyalcore.loyalty import (
    LineEarned,
    LineReturned,
    Multiplier,
    Rounding,
    Stacking,
    Tier,
    TierChanged,
    TierReason,
    Tiers,
)
from loyalcore.loyalty.ledger import claiming, earning, facts, ledger, redeeming, returns
from loyalcore.loyalty.member import lots, member
from loyalcore.loyalty.programme import allocation, rules
from loyalcore.loyalty.reports import statement
from loyalcore.timing import Cycle
from tests.loyalty import (
    test_earning,
    test_lots,
    test_returns,
    test_stateful,
    test_statement,
    test_tiers,
)
from tests.loyalty.planted import Patch, machine_must_fail, property_must_fail

pytestmark = pytest.mark.slow


def reverse_spending(patch: pytest.MonkeyPatch) -> None:
    take = lots.take
    patch.setattr(redeeming, "take", lambda some, *more: take(reversed(list(some)), *more))


def half_up_for_floor(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(allocation._ROUND, Rounding.FLOOR, lambda exact: floor(exact + Fraction(1, 2)))


def claw_each_return_anew(patch: pytest.MonkeyPatch) -> None:
    def anew(line: LineEarned, already: LineReturned, amount: int, pieces: Any) -> LineReturned:
        points = line.points * amount // line.amount if line.amount else 0
        spend = line.spend * amount // line.amount if line.amount else 0
        return LineReturned(line.line, amount, pieces, points, spend)

    patch.setattr(returns, "_line_back", anew)


def exclusive_threshold(patch: pytest.MonkeyPatch) -> None:
    def reached(self: Tiers, counts: Any) -> Tier:
        spend = counts["spend"]
        return next(t for t in reversed(self.ladder) if not t.entry.spend or t.entry.spend < spend)

    patch.setattr(Tiers, "reached_by", reached)


def exclusive_keeping(patch: pytest.MonkeyPatch) -> None:
    def kept(self: Tiers, tier: str, counts: Any) -> Tier:
        steps, spend = self.ladder[: self.rank(tier) + 1], counts["spend"]
        return next(t for t in reversed(steps) if not t.entry.spend or t.kept_by.spend < spend)

    patch.setattr(Tiers, "kept_with", kept)


def down_at_once(patch: pytest.MonkeyPatch) -> None:
    def either_way(state: member.Member, programme: Any, at: Any) -> Any:
        tiers, lowest = programme.tiers, programme.tiers.ladder[0].id
        up = upgrade(state, programme, at)
        from_below = upgrade(attrs.evolve(state, tier=lowest), programme, at)
        if up or (state.tier == (from_below[0].after if from_below else lowest)):
            return up
        after = from_below[0].after if from_below else lowest
        until = from_below[0].until if from_below else None
        return (
            TierChanged(
                recorded_at=at,
                before=state.tier or lowest,
                after=after,
                reason=TierReason.NOT_KEPT,
                spend=0,
                until=until if tiers.rank(after) else None,
                programme=programme.content_id,
            ),
        )

    upgrade = vars(facts)["upgrade"]
    patch.setattr(facts, "upgrade", lambda s, p, at: either_way(s, p, at) if p.tiers else ())


def spend_last_instant_too(patch: pytest.MonkeyPatch) -> None:
    def late(lot: Any, at: Any) -> bool:
        return lot.active_at <= at

    patch.setattr(redeeming, "spendable", late)
    patch.setattr(member, "spendable", late)
    patch.setattr(ledger, "advance", lambda state, now, club: ())


def forget_the_debt(patch: pytest.MonkeyPatch) -> None:
    lot_for = facts.lot_for
    patch.setattr(facts, "lot_for", lambda *a: (*lot_for(*a)[:2], 0))


def any_lot_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(claiming, "_claw_order", lambda some, origin, at: list(some))


def last_multiplier_wins(patch: pytest.MonkeyPatch) -> None:
    def last(held: Any) -> list[tuple[Multiplier, Fraction]]:
        return [(held[-1], Fraction(held[-1].factor))]

    patch.setitem(rules._STACK, Stacking.BEST, last)


def sum_of_factors(patch: pytest.MonkeyPatch) -> None:
    def added(held: Any) -> list[tuple[Multiplier, Fraction]]:
        return [(m, Fraction(sum(x.factor for x in held[: n + 1]))) for n, m in enumerate(held)]

    patch.setitem(rules._STACK, Stacking.SUM, added)


def rewards_earn(patch: pytest.MonkeyPatch) -> None:
    judge = earning.judge

    def all_lines(purchase: Any, *rest: Any) -> Any:
        lines = tuple(attrs.evolve(line, reward=False) for line in purchase.lines)
        return judge(attrs.evolve(purchase, lines=lines), *rest)

    patch.setattr(facts, "judge", all_lines)


def lots_from_now(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Cycle, "next_start", lambda self, day: day)


def statement_without_expiry(patch: pytest.MonkeyPatch) -> None:
    moves = statement.moved_by
    patch.setattr(statement, "moved_by", lambda e: [m for m in moves(e) if m[0] != "expired"])


MUTANTS: list[tuple[Patch, Any]] = [
    (reverse_spending, test_lots.test_the_soonest_to_expire_goes_first),
    (half_up_for_floor, test_earning.test_rounded_once),
    (claw_each_return_anew, test_returns.test_partial_returns_in_any_order),
    (exclusive_threshold, test_tiers.test_thresholds_are_inclusive),
    (exclusive_keeping, test_tiers.test_kept_with_less_than_entered),
    (down_at_once, test_tiers.test_down_only_when_the_period_ends),
    (
        spend_last_instant_too,
        test_lots.test_spendable_from_its_first_instant_to_just_before_its_last,
    ),
    (forget_the_debt, test_returns.test_what_is_no_longer_there),
    (any_lot_first, test_returns.test_the_originating_lot_pays_first),
    (last_multiplier_wins, test_earning.test_stacking),
    (sum_of_factors, test_earning.test_stacking),
    (rewards_earn, test_earning.test_rewards_never_earn),
    (lots_from_now, test_lots.test_a_lot_lasts_to_the_end_of_its_period),
    (statement_without_expiry, test_statement.test_it_adds_up),
]


@pytest.mark.parametrize(("mutant", "prop"), MUTANTS, ids=lambda x: getattr(x, "__name__", ""))
def test_each_mutant_is_killed(monkeypatch: pytest.MonkeyPatch, mutant: Patch, prop: Any) -> None:
    """The rule broken, its property fails."""
    mutant(monkeypatch)
    property_must_fail(monkeypatch, prop)


@pytest.mark.parametrize(
    "mutant",
    [reverse_spending, forget_the_debt, any_lot_first],
    ids=lambda x: x.__name__,
)
def test_the_machine_kills_them_too(monkeypatch: pytest.MonkeyPatch, mutant: Patch) -> None:
    """The obvious model disagrees with a broken member within a few histories."""
    mutant(monkeypatch)
    machine_must_fail(test_stateful.MemberMachine)
