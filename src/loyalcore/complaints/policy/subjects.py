"""Whom a complaint concerns and how much it weighs, and the rules that give it its time."""

from typing import Any

import attrs

from loyalcore import checks
from loyalcore.complaints.policy.targets import Target

FACETS = ("channel", "severity", "value", "jurisdiction", "kind")


@attrs.frozen
class Subject:
    """What is known of a complaint that decides on the time it is given; "" for not known.

    Attributes:
        channel: by which it came, such as `online` or `counter`.
        severity: such as `urgent`.
        value: the customer's, such as `high_value_loyal` or `gold`.
        jurisdiction: whose law it falls under, such as `UK`.
        kind: what it is about, such as `payment_services` or `hardship`.
    """

    channel: str = attrs.field(default="", validator=checks.text)
    severity: str = attrs.field(default="", validator=checks.text)
    value: str = attrs.field(default="", validator=checks.text)
    jurisdiction: str = attrs.field(default="", validator=checks.text)
    kind: str = attrs.field(default="", validator=checks.text)


def _names(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Demand a tuple of names; an empty name fits a subject of which that is not known."""
    checks.each(str)(instance, attribute, value)


@attrs.frozen
class Rule:
    """How long a clock gives to those complaints that it fits.

    Attributes:
        id: names it in explanations.
        target: the time given.
        calendar: the name of the calendar that it is counted by, unless it is the policy's own;
            `always` is one in UTC that never closes.
        channel: fits these channels; none listed fits all, here and below.
        severity: fits these severities.
        value: fits customers of these values.
        jurisdiction: fits these jurisdictions.
        kind: fits complaints about these.
    """

    id: str = attrs.field(validator=checks.name)
    target: Target = attrs.field(validator=checks.instance_of(Target))
    calendar: str = attrs.field(default="", validator=checks.text)
    channel: tuple[str, ...] = attrs.field(default=(), converter=checks.listed, validator=_names)
    severity: tuple[str, ...] = attrs.field(default=(), converter=checks.listed, validator=_names)
    value: tuple[str, ...] = attrs.field(default=(), converter=checks.listed, validator=_names)
    jurisdiction: tuple[str, ...] = attrs.field(
        default=(), converter=checks.listed, validator=_names
    )
    kind: tuple[str, ...] = attrs.field(default=(), converter=checks.listed, validator=_names)

    @property
    def takes_all(self) -> bool:
        """Whether it fits every complaint."""
        return not any(getattr(self, facet) for facet in FACETS)

    def misfit(self, subject: Subject) -> str | None:
        """Say why it does not fit a complaint; None when it does.

        >>> rule = Rule("web", Target(hours=1), channel=["online"])
        >>> rule.misfit(Subject(channel="counter"))
        "channel is 'counter', not 'online'"
        """
        for facet in FACETS:
            wanted, found = getattr(self, facet), getattr(subject, facet)
            if wanted and found not in wanted:
                return f"{facet} is {found!r}, not {' or '.join(map(repr, wanted))}"
        return None
