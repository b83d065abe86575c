"""The demo's programme with as many rules as are asked for, all of which find something to do."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from loyalcore.loyalty import Programme, programme_from

DEMO = Path(__file__).parents[1] / "examples" / "bluebird.toml"
_REASONS: tuple[dict[str, Any], ...] = (
    {"category": ["SOFT DRINKS", "YOGURT", "SOUP"]},
    {"recurrence": "FREQ=WEEKLY;BYDAY=TU"},
    {"hours": "16:00-20:00"},
    {"all": [{"category": ["CHEESE", "BEEF"]}, {"basket_from": 30}]},
    {"store": ["31862", "323", "317"]},
    {"basket_from": 50},
    {"tier": ["silver", "gold"]},
    {"not": {"category": ["FROZEN PIZZA", "BAG SNACKS"]}},
)


def demo_with(rules: int) -> Programme:
    """Give the demo's programme with further multipliers and bonuses, up to so many rules.

    Base rates, multipliers and bonuses count as rules; every fourth that is added is a bonus, and
    the multipliers stand in groups of their own beside those of the demo.
    """
    data = tomllib.loads(DEMO.read_text(encoding="utf-8"), parse_float=Decimal)
    multipliers, bonuses = data["multipliers"], data.setdefault("bonuses", [])
    for number in range(rules - len(data["base"]) - len(multipliers)):
        rule = {"id": f"more-{number}", "when": _REASONS[number % len(_REASONS)]}
        if number % 4 == 3:
            bonuses.append({**rule, "points": 5, "every": 20 + number})
        else:
            factor = Decimal(100 + 5 * (number % 7 + 1)) / 100
            multipliers.append({**rule, "factor": factor, "group": f"group-{number % 3}"})
    return programme_from(data)
