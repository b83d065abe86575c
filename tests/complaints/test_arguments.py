"""What functions over clocks and policies say to an argument of another type (R1.9)."""

from collections.abc import Callable, Mapping
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.complaints import (
    Basis,
    Clocks,
    Subject,
    acknowledgement,
    advance,
    asic_rg_271,
    cfpb,
    due,
    end_all,
    evolve,
    explain,
    fca_disp,
    first_action,
    first_response,
    folded,
    follow_up,
    house_rules,
    load_sla_policy,
    merge,
    next_response,
    preliminary_plan,
    progress_update,
    psd2,
    resolution,
    retarget,
    signal,
    sla_data,
    sla_policy_from,
    stage,
)
from loyalcore.errors import InvalidDocument, InvalidValue, LoyalcoreError, RecordedBackwards
from loyalcore.testing import rule
from loyalcore.timing import load_calendar
from tests.complaints.desks import OFFICE, Life, at, hours, plain, policies

LIFE = Life(policies(plain()))
LIFE.hear("go", at(2, 9))
NOW = at(2, 10)
RULES = {"rules": [hours(8)], "steps": []}
DOCUMENT = {"name": "Desk", "clocks": [], "presets": [{"preset": "psd2", "calendar": "always"}]}

# Each with arguments that it takes.
CALLS: Mapping[Callable[..., Any], Mapping[str, Any]] = {
    signal: {
        "clocks": LIFE.clocks,
        "what": "done",
        "at": NOW,
        "subject": Subject(),
        "policies": LIFE.policies,
        "since": NOW,
    },
    advance: {"clocks": LIFE.clocks, "now": NOW, "policies": LIFE.policies},
    due: {"clocks": LIFE.clocks},
    folded: {"clocks": Clocks(), "events": LIFE.events},
    evolve: {"clocks": Clocks(), "event": LIFE.events[0]},
    explain: {"cycle": LIFE.cycle(), "policies": LIFE.policies, "subject": Subject()},
    merge: {"clocks": LIFE.clocks, "other": Clocks(), "at": NOW, "policies": LIFE.policies},
    retarget: {
        "clocks": LIFE.clocks,
        "at": NOW,
        "subject": Subject(),
        "policies": LIFE.policies,
        "basis": Basis.CHANGE,
        "only": ["work"],
    },
    end_all: {"clocks": LIFE.clocks, "by": "closed", "at": NOW, "policies": LIFE.policies},
    sla_policy_from: {"data": DOCUMENT, "calendars": [OFFICE]},
    sla_data: {"policy": LIFE.policies.in_force(NOW)},
    house_rules: {"calendar": "always", "steps": []},
    fca_disp: {"calendar": "always", "steps": []},
    psd2: {"calendar": "always", "steps": []},
    cfpb: {"calendar": "always", "steps": []},
    asic_rg_271: {"calendar": "always", "steps": []},
    acknowledgement: RULES,
    first_response: RULES,
    next_response: RULES,
    progress_update: RULES,
    resolution: RULES,
    follow_up: RULES,
    preliminary_plan: RULES,
    first_action: RULES,
    stage: {"id_": "inspection", "rules": [hours(8)], "stops": ["inspected"], "starts": "received"},
}
OTHERS: list[Any] = [
    None,
    5,
    5.0,
    "",
    "office",
    [],
    [5],
    [None],
    {"name": "Shop"},
    object(),
    b"office",
    date(2026, 3, 8),
    NOW.replace(tzinfo=None),
    Clocks,
    Clocks(),
    Subject(),
    LIFE.policies,
]


@pytest.mark.parametrize("function", CALLS, ids=lambda function: function.__name__)
def test_the_arguments_are_taken(function: Callable[..., Any]) -> None:
    """So that what is refused is refused for the one that is wrong."""
    function(**CALLS[function])


@rule("R1.9")
@given(st.sampled_from(list(CALLS)))
def test_an_argument_of_another_type_is_named(function: Callable[..., Any]) -> None:
    """Never a bare AttributeError or TypeError from deep inside."""
    arguments = CALLS[function]
    for name, wrong in product(arguments, OTHERS):
        told = ""
        try:
            function(**{**arguments, name: wrong})
        except (InvalidValue, InvalidDocument, RecordedBackwards) as refusal:
            told = str(refusal)
        except Exception as error:
            raise AssertionError(f"{function.__name__}({name}={wrong!r})") from error
        assert told or wrong is None or not isinstance(wrong, float | bytes)


@rule("R1.9")
@given(st.sampled_from([load_sla_policy, load_calendar]), st.sampled_from(OTHERS))
def test_what_is_no_path_is_refused(load: Callable[..., Any], wrong: Any) -> None:
    """A file that is not there, too."""
    with pytest.raises(LoyalcoreError) as caught:
        load(wrong)
    assert type(caught.value) is (
        InvalidDocument if isinstance(wrong, str | Path) else InvalidValue
    )
