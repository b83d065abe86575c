"""Read the outcome back from the store, and print what must add up."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs
from grocery.data import Basket

from loyalcore import Host
from loyalcore.loyalty import (
    MEMBER,
    BehaviourRecorded,
    Member,
    MemberEvent,
    PointsExpired,
    PointsRedeemed,
    PurchaseRecorded,
    Reason,
    ReturnRecorded,
    TierChanged,
    TierKept,
    statement,
)
from loyalcore.timing import zone

CLUB = "loyalty/bluebird"
_SHOWN = 8


@attrs.define
class Standings:
    """Sums over all members at one instant."""

    counts: Counter[str] = attrs.Factory(Counter)
    tiers: Counter[str] = attrs.Factory(Counter)

    def add(self, member: Member) -> None:
        """Count a member in."""
        member.check_invariants()
        self.counts["members"] += 1
        self.counts["outstanding"] += member.outstanding
        self.counts["owed"] += member.debt
        for name, points in attrs.asdict(member.totals, recurse=False).items():
            self.counts[name] += points
        self.tiers[member.tier or ""] += 1


@attrs.define
class Figures:
    """All that the report prints of the store."""

    at_end: Standings = attrs.Factory(Standings)
    after: Standings = attrs.Factory(Standings)
    moves: Counter[tuple[str, str]] = attrs.Factory(Counter)
    by_source: Counter[tuple[str, str]] = attrs.Factory(Counter)
    recorded_cents: int = 0
    orders: set[str] = attrs.Factory(set)
    shown: tuple[str, PurchaseRecorded] | None = None

    def see(self, stream: str, event: MemberEvent) -> None:
        """Take what one event says."""
        match event:
            case PurchaseRecorded():
                self.orders.add(event.order)
                self.recorded_cents += event.spend
                for outcome in event.award.rules:
                    birthday = outcome.rule == "birthday-month"
                    source = "invented" if birthday else "data"
                    self.by_source[source, f"earned by {outcome.rule}"] += outcome.points
                if self.shown is None and any(
                    outcome.reason is Reason.OUTBID for outcome in event.award.rules
                ):
                    self.shown = stream, event
            case BehaviourRecorded():
                self.by_source["invented", f"earned by {event.behaviour}"] += event.award.points
            case PointsRedeemed():
                self.by_source["invented", "spent"] += event.points
            case ReturnRecorded():
                self.by_source["invented", "claimed back by returns"] += event.points
            case PointsExpired():
                self.by_source["time", "expired"] += event.points
            case TierChanged():
                self.moves[f"{event.before} to {event.after}", event.reason.value] += 1
            case TierKept():
                self.moves[f"{event.tier} kept", "kept"] += 1
            case _:
                pass


def gather(host: Host, end: datetime) -> Figures:
    """Read every member's events once, one member at a time."""
    figures = Figures()
    for stream in host.streams(f"{CLUB}/"):
        member, ended = Member(), False
        for event in host.events(stream):
            if event.recorded_at > end and not ended:
                figures.at_end.add(member)
                ended = True
            member = MEMBER.evolve(member, event)
            figures.see(stream, event)
        if not ended:
            figures.at_end.add(member)
        figures.after.add(member)
    return figures


def _standings(title: str, standings: Standings) -> list[str]:
    c = standings.counts
    parts = ("spent", "expired", "clawed", "outstanding")
    total = sum(c[part] for part in parts)
    lines = [f"\n{title}", f"  points earned     {c['issued']:>12,}"]
    lines += [f"  points {part:<11}{c[part]:>12,}" for part in parts]
    verdict = "adds up" if total == c["issued"] else "DOES NOT ADD UP"
    lines.append(f"  {' + '.join(parts)} = {total:,}: {verdict}")
    lines.append(f"  claimed back {c['claimed']:,} = clawed {c['clawed']:,} + owed {c['owed']:,}")
    tiers = ", ".join(f"{tier} {standings.tiers[tier]:,}" for tier in ("bronze", "silver", "gold"))
    lines.append(f"  {c['members']:,} members by tier: {tiers}")
    return lines


def _sources(figures: Figures) -> list[str]:
    titles = {
        "data": "from the data",
        "invented": "invented (birthdays, shares, redemptions, returns)",
        "time": "by time",
    }
    lines = []
    for source, title in titles.items():
        rows = sorted((what, n) for (of, what), n in figures.by_source.items() if of == source)
        if any(points for _, points in rows):
            lines.append(f"\nPoints {title}")
            lines += [f"  {what:<28}{points:>12,}" for what, points in rows]
    return lines


def reconcile(baskets: Iterable[Basket], figures: Figures) -> list[str]:
    """Sort every line of the input into one class, and hold the sums against both ends."""
    lines: Counter[str] = Counter()
    cents: Counter[str] = Counter()
    whole = [0, 0]
    floored = gone = 0
    for basket in baskets:
        recorded = basket.basket in figures.orders
        covered = 0
        for item in basket.items:
            net = item.cents - item.coupon
            kind = item.kind if recorded else "refused"
            lines[kind] += 1
            cents[kind] += net
            whole[0] += 1
            whole[1] += net
            covered += net if item.category != "gift card" else 0
        if recorded:
            floored += min(0, covered)
        else:
            gone += 1
    rows = ["\nReconciliation of the input (lines, and money after coupons)"]
    rows += [
        f"  {kind:<28}{lines[kind]:>12,}{cents[kind] / 100:>16,.2f}"
        for kind in ("earned", "coupon", "zero", "excluded", "refused")
    ]
    meets = sum(lines.values()) == whole[0] and sum(cents.values()) == whole[1]
    rows.append(f"  {'input':<28}{whole[0]:>12,}{whole[1] / 100:>16,.2f}"
                f"  {'meets' if meets else 'DOES NOT MEET'}")  # fmt: skip
    spend = cents["earned"] + cents["coupon"] + cents["zero"] - floored
    same = spend == figures.recorded_cents
    rows.append(
        f"  qualifying spend in the events {figures.recorded_cents / 100:,.2f} = earned + coupon"
        f" + {-floored / 100:,.2f} by which coupons exceeded whole orders:"
        f" {'meets' if same else 'DOES NOT MEET'}"
    )
    return rows


def _one_member(host: Host, figures: Figures) -> list[str]:
    """Show one member's statement, and one award explained."""
    if figures.shown is None:
        return ["\nNo award had two multipliers to choose from."]
    stream, event = figures.shown
    table = statement(host.events(stream)).table(zone("America/New_York")).splitlines()
    if len(table) > 2 * _SHOWN + 3:
        cut = len(table) - 2 * _SHOWN - 2
        dots = f"{'...':<18}{cut} movements not shown"
        table = [*table[: _SHOWN + 1], dots, *table[-_SHOWN - 1 :]]
    lines = [f"\nStatement of {stream}", *(f"  {row}" for row in table)]
    explained = event.award.explain().splitlines()
    lines += [f"\nWhy order {event.order} of {event.day} earned", *(f"  {x}" for x in explained)]
    return lines


def report(host: Host, baskets: Iterable[Basket], end: datetime, run: Any) -> str:
    """Give the whole report as text; `run` counts what the run refused."""
    figures = gather(host, end)
    lines = [f"{len(figures.orders):,} baskets of {figures.after.counts['members']:,} members"]
    lines += _standings("At the data end, 2018-01-01 in New York", figures.at_end)
    lines += _standings("After the data end: the clock ticked on to 2018-04-30", figures.after)
    lines += ["\nMovements between tiers"]
    lines += [f"  {move:<28}{n:>12,}" for (move, _), n in sorted(figures.moves.items())]
    lines += _sources(figures)
    if run:
        lines.append("\nRefused, nothing written")
        lines += [f"  {what:<43}{n:>6,}" for what, n in sorted(run.items())]
    lines += reconcile(baskets, figures)
    lines += _one_member(host, figures)
    return "\n".join(lines)
