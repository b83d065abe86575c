"""Spoilt events, commands and programme files: a typed error or a right answer, nothing changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore import Host, InvalidDocument, LoyalcoreError, Money, Submission
from loyalcore.host import DECIDERS
from loyalcore.journal import Append, Codec, MemoryStore, NewEvent, StoredEvent
from loyalcore.loyalty import (
    Enrol,
    Line,
    Programme,
    RecordPurchase,
    RecordReturn,
    load_programme,
    programme_from,
    statement,
)
from loyalcore.testing import rule
from loyalcore.testing.store_model import contents
from tests.host.shop import CLUB, opened
from tests.journal.hostile import GOLDEN, NOON, anything, json_values, spoilt, texts_of

EVENTS: list[dict[str, Any]] = json.loads(GOLDEN.read_text(encoding="utf-8"))["events"]
ANN = f"{CLUB}/ann"
LATER = NOON.replace(year=2027)
COMMANDS = [command for decider in DECIDERS for command in decider.commands.values()]
PLACES = st.integers(0, len(EVENTS) - 1)


def share(part: int) -> settings:
    """Give a part of the profile's examples."""
    return settings(max_examples=max(1, settings().max_examples // part))


def typed(act: Callable[[], object]) -> object:
    """Give what an act answers, or its error, whose words can be read; let no other error out."""
    try:
        found = act()
    except LoyalcoreError as error:
        found = error
    assert str(found) or not isinstance(found, Exception), "an error without words"
    return found


@rule("J7.11")
@given(PLACES, st.data())
def test_a_spoilt_event_is_read_or_refused(place: int, data: st.DataObject) -> None:
    """Whatever its text, type and schema are, an event is refused as such, or read as it stands."""
    good = EVENTS[place]
    codec = Codec(DECIDERS)
    stored = StoredEvent(
        1,
        ANN,
        1,
        data.draw(st.just(good["type"]) | st.text(max_size=3)),
        data.draw(st.just(good["schema"]) | st.integers()),
        data.draw(texts_of(good["data"])),
        NOON,
    )
    event = typed(lambda: codec.decode(stored))
    if not isinstance(event, LoyalcoreError):
        new = codec.encode(event)  # type: ignore[arg-type]
        again = attrs.evolve(stored, type=new.type, schema=new.schema, data=new.data)
        assert codec.decode(again) == event


def golden_store(place: int, text: str) -> MemoryStore:
    """Give a store with the golden history, one of its events spoilt."""
    store, heads = MemoryStore(), dict.fromkeys((event["stream"] for event in EVENTS), 0)
    for number, event in enumerate(EVENTS):
        told = text if number == place else json.dumps(event["data"])
        new = NewEvent(event["type"], event["schema"], told, NOON)
        store.append([Append(event["stream"], heads[event["stream"]], (new,), NOON)])
        heads[event["stream"]] += 1
    return store


@rule("J7.11")
@given(PLACES, st.data())
def test_a_stream_with_a_spoilt_event_can_be_asked(place: int, data: st.DataObject) -> None:
    """Whoever reads it gets a typed error or an answer, and whatever he asks, nothing changes."""
    store = golden_store(place, data.draw(texts_of(EVENTS[place]["data"])))
    before = contents(store)
    host = Host(store, clock=lambda: LATER)
    asked: list[Callable[[], object]] = [
        lambda: list(host.events(ANN)),
        lambda: statement(list(host.events(ANN))),
        lambda: host.state(CLUB),
        lambda: host.state(ANN),
        lambda: host.state(ANN, LATER),
        lambda: host.past_state(ANN, 4),
        lambda: host.state_as_known(ANN, LATER),
        host.relay,
    ]
    for ask in asked:
        typed(ask)
    assert contents(store) == before


@rule("J7.11")
@share(2)
@given(PLACES, st.data())
def test_a_stream_with_a_spoilt_event_takes_a_command_or_refuses_it(
    place: int, data: st.DataObject
) -> None:
    """Sent to it, a command is done or refused by a typed error, and then nothing has changed."""
    store = golden_store(place, data.draw(texts_of(EVENTS[place]["data"])))
    host = Host(store, clock=lambda: LATER)
    buy = RecordPurchase(order="N", occurred_at=LATER, lines=[Line("1", Money(100, "CNY"))])
    asked: list[Callable[[], object]] = [
        lambda: host.submit(ANN, Enrol(), key="enrol"),
        lambda: host.submit(ANN, buy, key="buy"),
        lambda: host.submit(ANN, RecordReturn(id="N", order="A", occurred_at=LATER), key="back"),
        lambda: host.forget(ANN, LATER),
    ]
    for ask in asked:
        before = contents(store, ["enrol", "buy", "back"])
        if isinstance(typed(ask), Exception):
            assert contents(store, ["enrol", "buy", "back"]) == before


GOOD: dict[str, Any] = {
    "order": "A",
    "id": "new",
    "behaviour": "share",
    "redemption": "new",
    "points": 5,
    "occurred_at": NOON,
    "recorded_at": NOON,
}


@st.composite
def hostile_commands(draw: st.DrawFn) -> Callable[[], Any]:
    """Draw a command to be built, with good values in some fields and anything in others."""
    cls = draw(st.sampled_from(COMMANDS))
    values: dict[str, Any] = {}
    for field in attrs.fields(cls):
        if field.name in GOOD and draw(st.booleans()):
            values[field.name] = GOOD[field.name]
        elif field.default is attrs.NOTHING or draw(st.booleans()):
            values[field.name] = draw(anything())
    return lambda: cls(**values)


@rule("J2.16")
@given(hostile_commands(), st.just("k") | anything(), st.just(ANN) | st.just(CLUB) | anything())
def test_a_hostile_command_is_done_or_refused(build: Any, key: Any, stream: Any) -> None:
    """Whatever stands in its fields, its key or its stream, a typed error leaves all as it was."""
    command = typed(build)
    if isinstance(command, LoyalcoreError):
        return
    store = MemoryStore()
    host = opened(store, clock=lambda: NOON)
    buy = RecordPurchase(
        order="A", occurred_at=NOON, recorded_at=NOON, lines=[Line("1", Money(500, "CNY"))]
    )
    host.submit_all("joins", [(ANN, Enrol(recorded_at=NOON)), (ANN, buy)])
    before = contents(store)
    submission = Submission(key, stream, command)  # type: ignore[arg-type]
    if isinstance(typed(lambda: host.submit(stream, command, key=key)), LoyalcoreError):  # type: ignore[arg-type]
        assert contents(store) == before
        assert len(host.submit_many([submission]).refused) == 1
        assert contents(store) == before
    else:
        assert host.submit_many([submission]).replayed == 1
    fresh = Host(store)
    fresh.tick(LATER)
    fresh.state(ANN).check_invariants()
    statement(list(fresh.events(ANN)))


PROGRAMME: dict[str, Any] = {
    "name": "Shop",
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "base": [
        {"id": "spend", "points_per_unit": "1.5"},
        {"id": "wine", "priority": 1, "when": {"category": ["wine"]}},
    ],
    "multipliers": [
        {"id": "day", "factor": 2, "when": {"recurrence": "FREQ=MONTHLY;BYMONTHDAY=8"}},
        {
            "id": "some",
            "group": "g",
            "factor": "1.5",
            "when": {"all": [{"not": {"any": [{"channel": ["web"]}, {"birthday": "month"}]}}]},
        },
    ],
    "behaviours": [{"id": "share", "points": 5, "limits": [{"times": 3, "per": "week"}]}],
    "expiry": {"after": {"months": 12, "days": 3}, "end_of": "month", "pending": {"days": 7}},
    "tiers": {
        "window": {"calendar": "year"},
        "ladder": [{"id": "member"}, {"id": "silver", "entry": 10, "keep": 5}],
    },
    "earning": {"rounding": "floor", "scope": "order", "stacking": {"g": "sum"}},
    "late_facts_days": 30,
}


@rule("P1.5")
@given(spoilt(PROGRAMME) | json_values())
def test_a_spoilt_programme_is_read_or_refused(document: Any) -> None:
    """Whatever it holds, wherever, it is a programme or a list of mistakes."""
    found = typed(lambda: programme_from(document))
    if isinstance(found, InvalidDocument):
        assert found.mistakes
    else:
        assert isinstance(found, Programme)


@rule("P1.5")
@share(2)
@given(texts_of(PROGRAMME), st.sampled_from((".json", ".toml")), st.data())
def test_a_spoilt_programme_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str, ending: str, data: st.DataObject
) -> None:
    """Whatever bytes a file has, it is a programme or a list of mistakes."""
    raw = bytearray(text.encode("utf-8", "surrogatepass"))
    if raw and data.draw(st.booleans()):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path: Path = tmp_path_factory.getbasetemp() / f"club{ending}"
    path.write_bytes(raw)
    assert isinstance(typed(lambda: load_programme(path)), (Programme, InvalidDocument))
    assert path.read_bytes() == raw
