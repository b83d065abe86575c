"""What a fact earned, rule by rule, and the words for it."""

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from fractions import Fraction

import attrs


class Reason(Enum):
    """Why a rule that was considered gave no points."""

    EARNED = "earned"
    NOT_MET = "condition_not_met"
    OUTBID = "outbid"
    LIMIT_REACHED = "limit_reached"
    NOTHING_TO_EARN_ON = "nothing_to_earn_on"
    LESS_THAN_A_POINT = "less_than_a_point"
    NOT_REACHED = "not_reached"
    EXPIRED_ON_ARRIVAL = "expired_on_arrival"


_WORDS = {
    Reason.NOT_MET: "its condition does not hold",
    Reason.OUTBID: "lost to {by}",
    Reason.LIMIT_REACHED: "the limit of {by} is reached",
    Reason.NOTHING_TO_EARN_ON: "nothing to earn on",
    Reason.LESS_THAN_A_POINT: "came to less than a point",
    Reason.NOT_REACHED: "not reached",
    Reason.EXPIRED_ON_ARRIVAL: "told so late that the points would have expired",
}


@attrs.frozen
class RuleOutcome:
    """What one rule came to.

    Attributes:
        rule: its id.
        points: what it added.
        reason: `EARNED`, or why it added nothing.
        by: the rule that won, or the limit that was reached.
    """

    rule: str
    points: int = 0
    reason: Reason = Reason.EARNED
    by: str = ""

    def words(self) -> str:
        """Say it in words.

        >>> RuleOutcome("member-day", 0, Reason.OUTBID, "birthday-month").words()
        'member-day: 0, lost to birthday-month'
        """
        if self.reason is Reason.EARNED:
            return f"{self.rule}: {self.points:+d}"
        return f"{self.rule}: {self.points}, {_WORDS[self.reason].format(by=self.by)}"


@attrs.frozen
class Retested:
    """A bonus that a return may take away: what of it the rest of the order would get.

    Attributes:
        rule: its id.
        points: what it came to.
        times: how often it was given.
        every, most: an amount in minor units earns it once, at most so often.
        paid: in minor units, what it was given for.
        shares: each line's part of that, in proportion.
    """

    rule: str
    points: int
    times: int
    every: Decimal
    most: int | None
    paid: int
    shares: tuple[int, ...]

    def left(self, back: Sequence[Fraction]) -> int:
        """Give the points that are left once such a share of each line has come back."""
        kept = sum(share * (1 - gone) for share, gone in zip(self.shares, back, strict=True))
        times = int(self.paid * Fraction(kept) / sum(self.shares) / Fraction(self.every))
        times = min(times, self.times if self.most is None else self.most)
        return self.points * min(times, self.times) // self.times


@attrs.frozen
class Award:
    """What a fact earned.

    Attributes:
        points: the whole.
        rules: every rule considered; their points sum to the whole.
        programme: the content id of the version that judged.
        retested: the bonuses in it that returns test again.
    """

    points: int
    rules: tuple[RuleOutcome, ...]
    programme: str
    retested: tuple[Retested, ...] = ()

    def explain(self) -> str:
        """Say in words how the points came about, a line for each rule."""
        lines = [f"{self.points} points", *(f"  {rule.words()}" for rule in self.rules)]
        return "\n".join(lines)

    def why_not(self, rule: str) -> str | None:
        """Say why a rule gave nothing; None when it gave points.

        Raises:
            KeyError: the rule was not considered.
        """
        outcome = {outcome.rule: outcome for outcome in self.rules}[rule]
        return None if outcome.reason is Reason.EARNED else outcome.words()

    def lapsed(self) -> "Award":
        """Give the award of a fact told so late that its points would have expired."""
        rules = tuple(
            RuleOutcome(r.rule, 0, Reason.EXPIRED_ON_ARRIVAL) if r.points else r for r in self.rules
        )
        return Award(0, rules, self.programme)
