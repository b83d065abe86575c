"""Every line of the input in one class, and the sums held against both ends."""

from collections import Counter
from collections.abc import Iterable

import attrs

from grocery.data import Basket
from grocery.figures import Figures
from grocery.table import heading, row

_CLASSES = {
    "earned": "earning",
    "coupon": "covered by coupons",
    "zero": "free of charge",
    "excluded": "gift cards, which earn nothing",
    "refused": "in baskets that were refused",
}


@attrs.define
class Reconciliation:
    """Lines and cents of the input, net of coupons.

    Attributes:
        lines, cents: by class.
        all_lines, all_cents: counted apart from the classes.
        lifted: cents by which coupons exceeded whole orders, whose spend counts as 0.
    """

    lines: Counter[str] = attrs.Factory(Counter)
    cents: Counter[str] = attrs.Factory(Counter)
    all_lines: int = 0
    all_cents: int = 0
    lifted: int = 0

    def add(self, basket: Basket, *, recorded: bool) -> None:
        """Sort a basket's lines."""
        qualifying = 0
        for item in basket.items:
            net = item.cents - item.coupon
            kind = item.kind if recorded else "refused"
            self.lines[kind] += 1
            self.cents[kind] += net
            qualifying += net if kind in {"earned", "coupon", "zero"} else 0
        self.all_lines += len(basket.items)
        self.all_cents += sum(item.cents - item.coupon for item in basket.items)
        self.lifted -= min(0, qualifying)

    @property
    def complete(self) -> bool:
        """Whether the classes sum to the input."""
        lines, cents = sum(self.lines.values()), sum(self.cents.values())
        return (lines, cents) == (self.all_lines, self.all_cents)

    @property
    def spend(self) -> int:
        """The qualifying spend that the events must hold."""
        return self.cents["earned"] + self.cents["coupon"] + self.cents["zero"] + self.lifted


def reconcile(baskets: Iterable[Basket], figures: Figures) -> list[str]:
    """Print the classes of the input, and what the events hold of it."""
    sums = Reconciliation()
    for basket in baskets:
        sums.add(basket, recorded=basket.basket in figures.orders)
    lines = [heading("Reconciliation of the input", "lines", "net USD")]
    lines += [
        row(words, sums.lines[kind], _usd(sums.cents[kind])) for kind, words in _CLASSES.items()
    ]
    total = row("the whole input, net of coupons", sums.all_lines, _usd(sums.all_cents))
    lines.append(f"{total}  {_verdict(sums.complete)}")
    lines.append(row("earning + covered + free", "", _usd(sums.spend - sums.lifted)))
    lines.append(row("orders below 0 by coupons, taken as 0", "", _usd(sums.lifted)))
    spend = row("qualifying spend in the events", "", _usd(figures.recorded_cents))
    lines.append(f"{spend}  {_verdict(sums.spend == figures.recorded_cents)}")
    return lines


def _usd(cents: int) -> str:
    return f"{cents / 100:,.2f}"


def _verdict(same: bool) -> str:
    return "meets" if same else "DOES NOT MEET"
