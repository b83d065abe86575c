"""Policies from files: what is written comes back, and every mistake is told with its path (C5)."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore.complaints import (
    ClockPolicy,
    Preset,
    Signal,
    SlaPolicy,
    Subject,
    load_sla_policy,
    sla_data,
    sla_policy_from,
)
from loyalcore.errors import InvalidDocument
from loyalcore.testing import rule
from loyalcore.testing.calendars import business_calendars
from loyalcore.testing.slas import clock_policies, desk
from loyalcore.timing import BusinessCalendar, Week
from tests.complaints.desks import OFFICE

GOOD: dict[str, Any] = {
    "name": "Desk",
    "calendars": [{"name": "desk", "timezone": "Asia/Shanghai", "week": {"mon": ["09:00-18:00"]}}],
    "clocks": [
        {
            "id": "reply",
            "starts": ["received"],
            "stops": ["public_reply"],
            "rules": [
                {"id": "vip", "value": ["gold"], "calendar": "desk", "target": {"minutes": 30}},
                {"id": "rest", "calendar": "desk", "target": {"hours": 4}},
            ],
            "steps": [{"id": "most", "share": "0.75"}],
        }
    ],
}


@rule("C5.4")
@given(clock_policies("desk"), business_calendars())
def test_written_and_read(clock: ClockPolicy, calendar: BusinessCalendar) -> None:
    """A policy comes back from its data equal, with its content id, which any change changes."""
    policy = desk(clock, calendar)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sla.json"
        file.write_text(json.dumps(sla_data(policy)), encoding="utf-8")
        read = load_sla_policy(file)
    assert read == policy and read.content_id == policy.content_id
    other = SlaPolicy(policy.name, policy.clocks, policy.calendars, policy.review_hours + 1, "desk")
    assert other.content_id != policy.content_id


MISTAKES: list[tuple[tuple[Any, ...], Any, str]] = [
    (("name",), 3, "name"),
    (("review_hours",), 0, "review_hours"),
    (("review_hours",), 99_999, "review_hours"),
    (("colour",), "red", "colour"),
    (("clocks", 0, "starts"), [], "clocks[0].starts"),
    (("clocks", 0, "stops"), "received", "clocks[0].stops"),
    (("clocks", 0, "rules", 1, "calendar"), "moon", "clocks[0].rules[1].calendar"),
    (("clocks", 0, "rules", 0, "id"), "rest", "clocks[0].rules"),
    (("clocks", 0, "rules", 0, "value"), [], "clocks[0].rules[0]"),
    (("clocks", 0, "rules", 0, "target"), {"minutes": -5}, "clocks[0].rules[0].target.minutes"),
    (("clocks", 0, "rules", 0, "target"), {"days": 2}, "clocks[0].rules[0].target.counted"),
    (("clocks", 0, "rules", 1, "target", "unit"), "h", "clocks[0].rules[1].target.unit"),
    (("clocks", 0, "steps", 0, "share"), "0", "clocks[0].steps[0].share"),
    (("clocks", 0, "steps", 0, "share"), "1.5", "clocks[0].steps[0].to"),
    (("clocks", 0, "cancels"), ["public_reply"], "clocks[0].cancels"),
    (("clocks", 0, "pauses"), [{"on": "x", "until": []}], "clocks[0].pauses[0].until"),
    (("calendars", 0, "timezone"), "Mars/Olympus", "calendars[0].timezone"),
    (("calendars", 0, "week", "mon"), ["9-5"], "calendars[0].week.mon[0]"),
    (("calendars", 0, "name"), "always", "calendars[0].name"),
    (("clocks", 0, "rules", 1, "calendar"), "", "clocks[0].rules[1].calendar"),
    (("calendar",), "moon", "calendar"),
    (("presets",), [{"preset": "fca_disp", "calendar": "moon"}], "presets[0].calendar"),
    (("presets",), [{"preset": "fca_disp"}], "presets[0].calendar"),
    (("presets",), [{"preset": "fca"}], "presets[0].preset"),
    (("presets",), [{"preset": "cfpb", "calendar": "desk"}] * 2, "presets"),
]


def _with(data: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = value


@rule("C5.5")
@given(st.lists(st.sampled_from(MISTAKES), min_size=1, max_size=2, unique_by=lambda m: m[0][:2]))
def test_mistakes(mistakes: list[tuple[tuple[Any, ...], Any, str]]) -> None:
    """Every mistake in a file is told, each with its path, and none that is not there."""
    data = json.loads(json.dumps(GOOD))
    for path, value, _ in mistakes:
        _with(data, path, value)
    with pytest.raises(InvalidDocument) as refused:
        sla_policy_from(data)
    told = [mistake.path for mistake in refused.value.mistakes]
    for _, _, place in mistakes:
        assert place in told
    assert sla_policy_from(GOOD).clock("reply") is not None


@rule("C5.5")
@given(st.sampled_from((None, 3, [], "x", {}, {"name": "Desk"}, {"name": "Desk", "clocks": []})))
def test_no_policy(data: Any) -> None:
    """What is no policy at all is refused by the same error."""
    with pytest.raises(InvalidDocument):
        sla_policy_from(data)


@rule("C5.11")
@given(
    st.lists(st.sampled_from("abc"), min_size=1, unique=True),
    st.lists(st.sampled_from("cde"), min_size=1, unique=True),
    st.lists(st.sampled_from("bf"), unique=True),
)
def test_no_signal_starts_and_ends_a_clock(
    starts: list[str], stops: list[str], cancels: list[str]
) -> None:
    """One that would do both is refused where it ends, whatever else stands beside it."""
    data = json.loads(json.dumps(GOOD))
    data["clocks"][0] |= {"starts": starts, "stops": stops, "cancels": cancels}
    wrong = {"stops": {*starts} & {*stops}, "cancels": {*starts} & {*cancels}}
    expected = [f"clocks[0].{way}" for way, words in wrong.items() for _ in words]
    if not expected:
        sla_policy_from(data)
        return
    with pytest.raises(InvalidDocument) as refused:
        sla_policy_from(data)
    assert [mistake.path for mistake in refused.value.mistakes] == expected
    told = " ".join(mistake.text for mistake in refused.value.mistakes)
    assert all(repr(word) in told for words in wrong.values() for word in words)


def _resolved(row: dict[str, Any], default: str, counted: str) -> str | None:
    """The calendar that a rule is counted by; None where nothing names it and it needs one."""
    named = row.get("calendar") or default
    return named or ("always" if counted == "elapsed" else None)


@rule("C5.10")
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("", "desk", "always")),
            st.sampled_from(("business", "elapsed", "working_days", "calendar_days")),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(("", "desk", "always")),
    st.sampled_from((None, "", "desk")),
)
def test_what_counts_by_a_calendar_names_it(
    drawn: list[tuple[str, str]], default: str, preset: str | None
) -> None:
    """By the rule or the policy; a rule without either is refused unless it counts real time."""
    rows = []
    for number, (calendar, counted) in enumerate(drawn):
        target = {"days" if "days" in counted else "hours": 2, "counted": counted}
        row = {"id": f"r{number}", "severity": [f"s{number}"], "target": target}
        rows.append({**row, "calendar": calendar} if calendar else row)
    data = json.loads(json.dumps(GOOD))
    data["clocks"][0]["rules"] = rows
    if default:
        data["calendar"] = default
    if preset is not None:
        data["presets"] = [{"preset": "house", "calendar": preset}]
    named = [_resolved(row, default, each[1]) for row, each in zip(rows, drawn, strict=True)]
    paths = [f"clocks[0].rules[{n}].calendar" for n, name in enumerate(named) if name is None]
    if preset == "" and not default:
        paths.append("presets[0].calendar")
    if paths:
        with pytest.raises(InvalidDocument) as refused:
            sla_policy_from(data)
        assert sorted(mistake.path for mistake in refused.value.mistakes) == paths
        assert all("missing" in mistake.text for mistake in refused.value.mistakes)
        return
    policy = sla_policy_from(data)
    clock = policy.clock("reply")
    assert clock is not None
    chosen = [policy.choose(clock, Subject(severity=f"s{n}")).rule for n in range(len(rows))]
    assert [each.calendar for each in chosen if each] == named
    assert sla_policy_from(sla_data(policy)) == policy


@rule("C5.7")
@given(st.lists(st.sampled_from(Preset), min_size=1, unique=True))
def test_presets(presets: list[Preset]) -> None:
    """Presets go together, hear known signals, name their sources, give way to one's own."""
    own: dict[str, Any] = {
        "id": "first_response",
        "starts": ["received"],
        "stops": ["public_reply"],
        "rules": [{"id": "own", "calendar": "always", "target": {"minutes": 5}}],
    }
    document = {
        "name": "All",
        "clocks": [own],
        "presets": [{"preset": each.value, "calendar": "office"} for each in presets],
    }
    policy = sla_policy_from(document, calendars=[OFFICE, _other()])
    assert policy.calendars == (OFFICE,), "only what is named is taken"
    known = {signal.value for signal in Signal}
    for clock in policy.clocks:
        heard = {*clock.starts, *clock.stops, *clock.restarts, *clock.cancels, *clock.reopens}
        assert heard <= known
        assert clock.source or clock.rules[0].id == "own"
    first = policy.clock("first_response")
    assert first is not None and first.rules[0].id == "own"


def _other() -> BusinessCalendar:
    return BusinessCalendar("UTC", Week.same("10:00-11:00"), name="other")
