"""The obvious model of a referral, on both sides, beside that of a member."""

from datetime import datetime, timedelta

import attrs

from loyalcore.loyalty import Activity, RecordPurchase, ReferralWhen, ReturnedReferral
from tests.loyalty.slow_earning import DAY, first_instant, later
from tests.loyalty.slow_model import SlowMember


@attrs.define
class SlowReferral:
    """What somebody brought, and whom this one brings: words, and what the member gets."""

    slow: SlowMember
    said: str = ""
    until: datetime | None = None
    met: str = ""
    friends: list[str] = attrs.field(factory=list)

    @property
    def waits(self) -> bool:
        return self.said in {"open", "too_little", "too late, but not yet for good"}

    def answered(self, yes: bool) -> None:
        """Join, brought by Zoe, who says that she did or is not there."""
        rules, at = self.slow.programme.referral, self.slow.joined
        if rules is None:
            self.said = "not_offered"
        elif not yes:
            self.said = "not_a_member"
        elif rules.when is ReferralWhen.JOINING:
            self.said = "earned"
            self._give(rules.joiner, "referrer:zoe", at)
        else:
            self.said = "open"
            if rules.within is not None:
                tz = self.slow.programme.zone
                last = later(rules.within, at.astimezone(tz).date())
                self.until = first_instant(last + DAY, tz)

    def _give(self, behaviour: str | None, cause: str, at: datetime) -> None:
        for rule in self.slow.programme.behaviours:
            if rule.id == behaviour:
                self.slow.do(rule, cause, at, at, None)
                self.slow.does(Activity.BEHAVIOUR, at, at)

    def buy(self, order: RecordPurchase, at: datetime) -> None:
        """See whether an order is what was waited for."""
        programme = self.slow.programme
        rules = programme.referral
        if rules is None or not self.waits:
            return
        paid = sum(line.paid for line in order.lines if not line.reward)
        if self.until is not None and order.occurred_at >= self.until:
            over = at - self.until >= timedelta(days=programme.late_facts_days)
            self.said = "too_late" if over else "too late, but not yet for good"
        elif paid <= 0 or paid < rules.least * 10**programme.digits:
            self.said = "too_little"
        else:
            self.said, self.met = "earned", order.order
            self._give(rules.joiner, "referrer:zoe", at)

    def give_back(self, order: str, whole: bool, at: datetime) -> None:
        """Take the joiner's part back when the purchase that brought it has come back whole."""
        rules = self.slow.programme.referral
        lines = self.slow.orders[order][2].values()
        whole = whole or all(line.back == line.paid for line in lines)
        if rules is None or order != self.met or not whole or self.said == "returned":
            return
        if rules.returned is ReturnedReferral.CLAIMED:
            self.said = "returned"
            self.slow.undo_deed("referrer:zoe", at)

    def bring(self, friend: str, at: datetime) -> None:
        """Get what a friend's doing brings."""
        rules = self.slow.programme.referral
        self._give(rules.referrer if rules else None, f"friend:{friend}", at)
        self.friends.append(friend)
