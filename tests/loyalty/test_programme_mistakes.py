"""Mistakes in programme files: all of them at once, wherever they stand (P1)."""

import re
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore import InvalidDocument
from loyalcore.forms import new_converter
from loyalcore.loyalty import Programme, programme_from
from loyalcore.loyalty.programme.programme import configure
from loyalcore.testing import rule
from loyalcore.testing.loyalty import programmes
from tests.loyalty.wrong import Plant, between, plants

CONVERTER = new_converter()
configure(CONVERTER)


@rule("P1.9")
@settings(max_examples=settings().max_examples * 4)
@given(programmes(), st.data())
def test_mistakes_hide_no_others(programme: Programme, data: Any) -> None:
    """In nested tables, beside each other, or between parts: each under its path, and no others."""
    written = CONVERTER.unstructure(programme)
    found = [*plants(written), *between(written), *between(written), *between(written)]
    planted: list[Plant] = []
    for plant in data.draw(st.lists(st.sampled_from(found), min_size=1, max_size=6)):
        if not any(plant.overlaps(other) for other in planted):
            planted.append(plant)
    wrong = deepcopy(written)
    for plant in planted:
        plant.put(wrong)
    with pytest.raises(InvalidDocument) as refused:
        programme_from(wrong)
    told = [mistake.path for mistake in refused.value.mistakes]
    assert len(refused.value.mistakes) == len(set(refused.value.mistakes))
    keys = [*wrong]
    places = [keys.index(top) for top in (re.split(r"[.\[]", p)[0] for p in told) if top in keys]
    assert places == sorted(places)
    knowable = [p for p in planted if not any(p.hidden_by(other) for other in planted)]
    assert {path for plant in knowable for path in plant.paths} <= set(told)
    assert set(told) <= {path for plant in planted for path in plant.paths}
