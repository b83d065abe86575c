"""Read the outcome back from the store, and print what must add up."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from grocery.data import Basket
from grocery.figures import Figures, gather
from grocery.period import Period
from grocery.portrait import portray
from grocery.reconciliation import reconcile
from grocery.table import heading, row
from loyalcore import Host
from loyalcore.loyalty import Programme

CLUB = "loyalty/bluebird"
_COLUMNS = ("by data end", "after it")
_PARTS = {
    "spent": "spent",
    "expired": "expired",
    "clawed": "clawed back",
    "outstanding": "outstanding",
}
_SOURCES = {
    "data": "Points from the data",
    "invented": "Points moved by what is invented",
    "time": "Points lost to time",
}


def _standing(title: str, period: Period, ladder: list[str], claims: list[str]) -> list[str]:
    """Show how all members stood at the end of a stretch of time."""
    sums = period.standing
    total = sum(sums[part] for part in _PARTS)
    verdict = "adds up" if total == sums["issued"] else "DOES NOT ADD UP"
    lines = [heading(title), row("points earned since the year began", sums["issued"])]
    lines += [row(f"  points {words}", sums[part]) for part, words in _PARTS.items()]
    lines.append(row("  the four together", total) + f": {verdict}")
    lines.append(
        f"  returns claimed {sums['claimed']:,} points:"
        f" {sums['clawed']:,} clawed back, {sums['owed']:,} owed"
    )
    lines += claims
    tiers = ", ".join(f"{period.tiers[tier]:,} {tier}" for tier in ladder)
    lines.append(f"  {sums['members']:,} members: {tiers}")
    return lines


def _late_returns(after: Period) -> list[str]:
    if not after.returns:
        return []
    word = "return" if after.returns == 1 else "returns"
    points = after.points["invented", "taken back by returns"]
    return [f"    {points:,} of them by {after.returns:,} invented {word} after the data end"]


def _moves(figures: Figures, ladder: list[str]) -> list[str]:
    """Show who rose, stayed and fell, from the lowest tier upwards."""
    lines = [heading("Tiers reached, kept and lost", *_COLUMNS)]
    for before in ladder:
        for after in ladder:
            counts = figures.year.moves[before, after], figures.after.moves[before, after]
            label = f"{before} kept" if before == after else f"{before} to {after}"
            lines += [row(label, *counts)] if any(counts) else []
    return lines


def _sources(figures: Figures) -> list[str]:
    year, after = figures.year.points, figures.after.points
    lines = []
    for source, title in _SOURCES.items():
        keys = sorted(key for key in {*year, *after} if key[0] == source)
        if any(year[key] or after[key] for key in keys):
            lines.append(heading(title, *_COLUMNS))
            lines += [row(key[1], year[key], after[key]) for key in keys]
    return lines


def report(
    host: Host, baskets: Iterable[Basket], end: datetime, clock_end: datetime, refused: Counter[str]
) -> str:
    """Give the whole report as text.

    Args:
        host: over the filled store.
        baskets: those of the run, once more.
        end: of the data.
        clock_end: to where the clock ticked on.
        refused: what the run refused, by what was asked.
    """
    figures = gather(host, CLUB, end)
    programme: Programme = host.state(CLUB).at(end)
    ladder = [tier.id for tier in programme.tiers.ladder] if programme.tiers else []
    day, last = (f"{at.astimezone(programme.zone):%Y-%m-%d %H:%M}" for at in (end, clock_end))
    closing = f"At the data end, {day} in {programme.timezone}"
    ticking = f"After the data end: the clock ticked on to {last}"
    late = _late_returns(figures.after)
    lines = [f"{len(figures.orders):,} baskets of {figures.year.standing['members']:,} members"]
    lines += _standing(closing, figures.year, ladder, [])
    lines += _standing(ticking, figures.after, ladder, late)
    lines += _moves(figures, ladder)
    lines += _sources(figures)
    if refused:
        lines.append(heading("Refused, nothing written"))
        lines += [row(what, n) for what, n in sorted(refused.items())]
    lines += reconcile(baskets, figures)
    lines += portray(host, figures.shown, programme, end)
    return "\n".join(lines)
