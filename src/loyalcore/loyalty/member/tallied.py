"""What a fact counted towards a measure."""

import attrs


@attrs.frozen
class Tallied:
    """What a fact counted towards a measure of tiers, or what a return takes back of it.

    Attributes:
        measure: its id.
        amount: minor units of money, points, or orders.
        lines: an order's lines in their order, each with its share, or its weight in `once`.
        once: the order counts once, until all that its lines weigh has come back.
    """

    measure: str
    amount: int
    lines: tuple[int, ...] = ()
    once: bool = False
