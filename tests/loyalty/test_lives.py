"""What the strategies draw: a kind of command that is never drawn is a kind never tried."""

from collections.abc import Sequence
from typing import get_args

from hypothesis import HealthCheck, Phase, given, seed, settings

from loyalcore.decider import Command
from loyalcore.loyalty import Leave, programme_from
from loyalcore.loyalty.member.commands import MemberCommand
from loyalcore.loyalty.member.entitlement_handing import ReceiveEntitlement
from loyalcore.loyalty.member.point_commands import ReceivePoints
from loyalcore.testing.loyalty import member_commands

WHOLE = programme_from(
    {
        "name": "Shop",
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "base": [{"id": "spend"}],
        "behaviours": [{"id": "share", "points": 50}, {"id": "invite", "points": 50}],
        "referral": {"referrer": "invite"},
        "rewards": [{"id": "mug", "points": 10}],
        "entitlements": [{"id": "gift"}],
        "tiers": {
            "window": {"calendar": "year"},
            "ladder": [
                {"id": "bronze"},
                {"id": "silver", "entry": 100, "sale": {"fee": 10, "term": {"months": 12}}},
            ],
        },
    }
)
# Where a membership ends its life is over, and what comes from others belongs to transfers.
ELSEWHERE = {Leave, ReceivePoints, ReceiveEntitlement}
QUIETLY = settings(
    max_examples=30,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_each_kind_of_command_is_drawn() -> None:
    """In some life it is asked for."""
    wanted, drawn = {*get_args(MemberCommand)} - ELSEWHERE, set[type]()

    for number in range(20):

        @seed(number)
        @QUIETLY
        @given(member_commands(WHOLE, max_size=60))
        def live(asked: Sequence[Command]) -> None:
            drawn.update(map(type, asked))

        live()
        if wanted <= drawn:
            break
    assert drawn == wanted
