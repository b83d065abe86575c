"""Strategies for what no honest program sends or stores."""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from loyalcore.loyalty import Line, ReturnedLine
from loyalcore.money import Money
from loyalcore.timing import MonthDay

GOLDEN = Path(__file__).parents[1] / "host" / "golden" / "history.json"
NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)

NUMBERS: tuple[Any, ...] = (
    0, -1, 1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 10**300, 0.5, -0.0, 1e308,
    float("nan"), float("inf"), True, False,
)  # fmt: skip
WORDS = (
    "", " ", "\0", "\n", "\ud800", "\ufeff", "é", "\u202e", "x" * 10_000, "0", "-1", "1e999", "NaN",
    "9" * 5_000, "null", "order:A", "CNY", "bronze", "Asia/Shanghai", "Etc/Nowhere", "../../etc",
    "2026-03-08", "2026-03-08T00:00:00+00:00", "2026-03-08T00:00:00", "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+14:00", "2026-02-30", "FREQ=SECONDLY", "FREQ=YEARLY;BYEASTER=0",
)  # fmt: skip


def json_values() -> SearchStrategy[Any]:
    """Draw anything that a JSON text can say, nested a little."""
    leaves = st.one_of(
        st.none(),
        st.sampled_from(NUMBERS),
        st.sampled_from(WORDS),
        st.integers(),
        st.floats(),
        st.text(max_size=4),
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
        ),
        max_leaves=4,
    )


def places(data: Any, behind: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of each value within a document."""
    inner: Any = ()
    if isinstance(data, dict):
        inner = data.items()
    elif isinstance(data, list):
        inner = enumerate(data)
    for step, value in inner:
        yield (*behind, step)
        yield from places(value, (*behind, step))


def _at(document: Any, place: Sequence[Any]) -> Any:
    for step in place:
        document = document[step]
    return document


def _changed(draw: DrawFn, document: Any, value: Any) -> Any:
    """Give a value much like the one before."""
    if isinstance(value, int):
        return draw(st.integers(-1, 1_000))
    if isinstance(value, str) and value.isdigit():
        return str(draw(st.integers(0, 4_000)) / 4)
    return draw(json_values())


# Each makes another value of the one that stands in a place of a document.
CHANGES: tuple[Callable[[DrawFn, Any, Any], Any], ...] = (
    lambda draw, document, value: draw(json_values()),
    _changed,
    lambda draw, document, value: copy.deepcopy(
        _at(document, draw(st.sampled_from(list(places(document)))))
    ),
    lambda draw, document, value: [value],
    lambda draw, document, value: {draw(st.sampled_from(("", "id", "all"))): value},
    lambda draw, document, value: (
        {**value, draw(st.sampled_from(("extra", "", "points"))): draw(json_values())}
        if isinstance(value, dict)
        else [*value, *value[-1:], draw(json_values())]
        if isinstance(value, list)
        else None
    ),
)


@st.composite
def spoilt(draw: DrawFn, document: Any) -> Any:
    """Draw a document with a few values replaced, changed, copied, wrapped, added or removed."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        left = list(places(document))
        if not left:
            break
        *way, last = draw(st.sampled_from(left))
        parent = _at(document, way)
        if draw(st.integers(0, len(CHANGES))) == len(CHANGES):
            del parent[last]
        else:
            parent[last] = draw(st.sampled_from(CHANGES))(draw, document, parent[last])
    return document


def texts_of(document: Any) -> SearchStrategy[str]:
    """Draw JSON texts: of a spoilt document mostly, else no JSON, or nested without end."""
    told = spoilt(document).map(json.dumps)
    text = json.dumps(document)
    return st.one_of(
        told,
        told,
        told,
        st.integers(0, len(text) - 1).map(lambda n: text[:n]),
        st.integers(0, len(text) - 1).map(lambda n: text[:n] + "\0" + text[n:]),
        st.sampled_from(("[", '{"a":')).map(lambda deeper: deeper * 100_000),
        st.integers(4_000, 5_000).map(lambda digits: text.replace(": 1", ": 1" + "0" * digits, 1)),
        st.sampled_from(("null", "", "NaN", "[]", "{}", "\ufeff{}")),
        st.just(text.replace('"recorded_at"', '"recorded_at": null, "recorded_at"', 1)),
    )


def anything() -> SearchStrategy[Any]:
    """Draw what a careless caller may give for any field of a command."""
    zones = st.sampled_from(
        (UTC, None, timezone(timedelta(hours=14)), timezone(-timedelta(hours=23)))
    )
    instants = st.builds(lambda at, zone: at.replace(tzinfo=zone), st.datetimes(), zones)
    moneys = st.builds(Money.from_minor, st.integers(-5, 10**12), st.sampled_from(("CNY", "JPY")))
    lines = st.builds(Line, st.sampled_from(("1", "2")), moneys.filter(lambda m: m.minor >= 0))
    returned = st.builds(ReturnedLine, st.sampled_from(("1", "2")), quantity=st.integers(0, 9))
    some = st.one_of(lines, returned, st.none(), st.text(max_size=2))
    decimals = st.sampled_from(("NaN", "sNaN", "Infinity", "-0", "1E+999999", "1E-999999", "0.5"))
    return st.one_of(
        json_values(),
        st.just(10**5000),
        instants,
        st.sampled_from((NOON, NOON.date(), date.min, datetime.max.replace(tzinfo=UTC))),
        moneys,
        decimals.map(Decimal),
        st.lists(some, max_size=3),
        st.lists(some, max_size=3).map(tuple),
        st.binary(max_size=3),
        st.sampled_from((Money, object(), iter(()), b"", frozenset({1}), 1j, MonthDay(2, 29))),
    )
