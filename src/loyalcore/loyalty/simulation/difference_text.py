"""A difference report for people and for programs."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from loyalcore.loyalty.simulation.replayed import Prices, Replayed
from loyalcore.money import Money

if TYPE_CHECKING:
    from loyalcore.loyalty.simulation.difference import Difference

_LABEL, _CELL = 38, 16
_POINTS: Mapping[str, Callable[[Replayed], int]] = {
    "issued": lambda side: side.totals.issued,
    "redeemed": lambda side: side.totals.spent,
    "expired": lambda side: side.totals.expired,
    "clawed back": lambda side: side.totals.clawed,
    "given away": lambda side: side.totals.moved,
    "outstanding": lambda side: side.outstanding,
    "owed by members": lambda side: side.debt,
}


def counted(number: int, noun: str) -> str:
    """Write so many of something: "1 member", "2,000 members"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _heading(title: str) -> str:
    return f"{title:<{_LABEL}}{'old':>{_CELL}}{'new':>{_CELL}}{'difference':>{_CELL}}"


def _row(label: str, old: int, new: int) -> str:
    return f"  {label:<{_LABEL - 2}}{old:>{_CELL},}{new:>{_CELL},}{new - old:>+{_CELL},}"


def _money_row(label: str, old: Money, new: Money) -> str:
    change = (new - old).amount
    return f"  {label:<{_LABEL - 2}}{old.amount:>{_CELL},}{new.amount:>{_CELL},}{change:>+{_CELL},}"


def _counts(title: str, old: Mapping[str, int], new: Mapping[str, int]) -> list[str]:
    """Show two tables of counts side by side, the old one's order first."""
    keys = dict.fromkeys([*sorted(old), *sorted(new)])
    rows = [_row(key, old.get(key, 0), new.get(key, 0)) for key in keys]
    return ["", _heading(title), *rows] if rows else []


def _tiers(side: Replayed) -> dict[str, int]:
    return {tier or "no tier": count for tier, count in side.tiers.items()}


def _months(side: Replayed) -> dict[str, int]:
    return {f"{month:%Y-%m}" if month else "never": n for month, n in side.expiring.items()}


def _refused(side: Replayed) -> dict[str, int]:
    return {": ".join(key): count for key, count in side.refused.items()}


def _redeemed(side: Replayed) -> dict[str, int]:
    kinds = ((what.replace(":", " ", 1) or "other", count) for what, count in side.redeemed.items())
    return {what: count.points for what, count in kinds}


def table(difference: "Difference", prices: Prices | None) -> str:
    """Write a report as lines of text."""
    old, new = difference.old, difference.new
    lines = [f"{counted(difference.members, 'member')}, to {difference.until.isoformat()}"]
    if difference.left_out:
        lines.append(f"{counted(difference.left_out, 'fact')} recorded later, left out")
    lines += ["", _heading("points")]
    lines += [_row(label, of(old), of(new)) for label, of in _POINTS.items()]
    if prices is not None:
        lines += ["", _heading(f"money, in {prices.currency}")]
        lines.append(_money_row("cost of what was redeemed", old.cost(prices), new.cost(prices)))
        what = "liability for what is outstanding"
        lines.append(_money_row(what, old.liability(prices), new.liability(prices)))
    lines += _counts("members at the end", _tiers(old), _tiers(new))
    lines += ["", _heading("tier moves")]
    lines += [_row("up", old.rises, new.rises), _row("down", old.falls, new.falls)]
    lines += _counts("outstanding, by month of expiry", _months(old), _months(new))
    lines += _counts("points redeemed for", _redeemed(old), _redeemed(new))
    lines += _counts("facts refused", _refused(old), _refused(new))
    return "\n".join([*lines, "", *_touched(difference)])


def _touched(difference: "Difference") -> list[str]:
    """Show who is touched."""
    of = f"touched {difference.touched:,} of {counted(difference.members, 'member')}"
    lines = [f"{of}: {difference.gained:,} with more points, {difference.lost:,} with fewer"]
    if difference.most_touched:
        lines.append(_heading("points spent, given away or left"))
    for member in difference.most_touched:
        moved = member.old_tier != member.new_tier
        tier = (
            f"  {member.old_tier or 'no tier'} -> {member.new_tier or 'no tier'}" if moved else ""
        )
        lines.append(_row(member.member, member.old, member.new) + tier)
    return lines


def _side(side: Replayed, prices: Prices | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "points": {label.replace(" ", "_"): of(side) for label, of in _POINTS.items()},
        "tiers": dict(sorted(side.tiers.items())),
        "rises": side.rises,
        "falls": side.falls,
        "expiring": dict(sorted(_months(side).items())),
        "redeemed": {
            what: {"quantity": count.quantity, "points": count.points}
            for what, count in sorted(side.redeemed.items())
        },
        "refused": dict(sorted(_refused(side).items())),
    }
    if prices is not None:
        data["cost"] = str(side.cost(prices).amount)
        data["liability"] = str(side.liability(prices).amount)
    return data


def as_data(difference: "Difference", prices: Prices | None) -> dict[str, Any]:
    """Write a report as plain data."""
    return {
        "until": difference.until.isoformat(),
        "currency": difference.currency,
        "members": difference.members,
        "left_out": difference.left_out,
        "old": _side(difference.old, prices),
        "new": _side(difference.new, prices),
        "touched": difference.touched,
        "gained": difference.gained,
        "lost": difference.lost,
        "tiers": [
            {"old": old, "new": new, "members": count}
            for (old, new), count in sorted(difference.tiers.items())
        ],
        "most_touched": [attrs.asdict(member) for member in difference.most_touched],
    }
