"""Words of policies, signals and complaints that look mistyped (C5)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalcore.complaints import (
    ClockPolicy,
    Clocks,
    Policies,
    Rule,
    Signal,
    SlaPolicy,
    Subject,
    Target,
    folded,
    retarget,
    signal,
    sla_policy_from,
)
from loyalcore.complaints.policy.words import CHANNELS, SIGNALS, mistyped
from loyalcore.errors import InvalidDocument, InvalidValue
from loyalcore.testing import rule
from tests.complaints.desks import at

LETTERS = "abcdefghijklmnopqrstuvwxyz"
FIELDS = ("starts", "stops", "restarts", "cancels", "reopens", "on", "until")


def slow_slips(word: str) -> set[str]:
    """All that one slip of the hand makes of a word."""
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    less = {a + b[1:] for a, b in parts if b}
    other = {a + letter + b[1:] for a, b in parts if b for letter in LETTERS}
    more = {a + letter + b for a, b in parts for letter in LETTERS}
    changed = {a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1}
    return (less | other | more | changed) - {word}


@st.composite
def slips_of(draw: st.DrawFn, words: Any) -> str:
    """A word with one slip in it, that is itself no known word."""
    word = draw(st.sampled_from([word for word in sorted(words) if len(word) > 5]))
    slips = sorted(slow_slips(word) | {word.upper(), word.title(), word.replace("_", "-")})
    found = draw(st.sampled_from(slips))
    assume(found not in words)
    return found


def clock(field: str = "starts", word: str = "received", **more: Any) -> dict[str, Any]:
    """A clock that names a word in a field."""
    fields: dict[str, Any] = {"starts": ["begin"], "stops": ["end"], "pauses": [], **more}
    if field in {"on", "until"}:
        fields["pauses"] = [{"on": "halt", "until": ["go_on"], field: [word]}]
        if field == "on":
            fields["pauses"][0]["on"] = word
    else:
        fields[field] = [word]
    rules = [{"id": "all", "target": {"hours": 1, "counted": "elapsed"}}]
    return {"id": "work", "rules": rules, **fields}


@rule("C5.12")
@given(st.sampled_from(FIELDS), slips_of(SIGNALS), st.booleans())
def test_a_mistyped_signal_of_a_policy_is_refused(field: str, slip: str, meant: bool) -> None:
    """By its path, with the word that was meant, unless the policy calls it a word of its own."""
    document: dict[str, Any] = {"name": "Desk", "clocks": [clock(field, slip)]}
    if meant:
        document["words"] = [slip]
        assert slip in sla_policy_from(document).heard
        return
    with pytest.raises(InvalidDocument) as caught:
        sla_policy_from(document)
    (mistake,) = caught.value.mistakes
    place = {"on": "pauses[0].on", "until": "pauses[0].until"}.get(field, field)
    assert mistake.path == f"clocks[0].{place}"
    assert mistyped(slip, SIGNALS) in SIGNALS
    assert repr(mistyped(slip, SIGNALS)) in mistake.text


@rule("C5.12")
@given(slips_of(CHANNELS), st.booleans())
def test_a_mistyped_channel_of_a_rule_is_refused(slip: str, meant: bool) -> None:
    """Nobody would ever fit it."""
    rows = [{"id": "net", "target": {"hours": 1, "counted": "elapsed"}, "channel": [slip]}]
    document = {"name": "Desk", "clocks": [clock(rules=rows)], "words": [slip] * meant}
    if meant:
        assert slip in sla_policy_from(document).facet_words["channel"]
        return
    with pytest.raises(InvalidDocument) as caught:
        sla_policy_from(document)
    assert [m.path for m in caught.value.mistakes] == ["clocks[0].rules[0].channel"]


@rule("C5.13")
@given(slips_of(SIGNALS), st.booleans())
def test_a_mistyped_signal_is_refused(slip: str, meant: bool) -> None:
    """What nothing hears is passed over only where it looks like nothing that is heard."""
    document = {"name": "Desk", "clocks": [clock()], "words": [slip] * meant}
    versions = Policies.of(sla_policy_from(document))
    if meant:
        assert signal(Clocks(), slip, at(2), Subject(), versions) == []
        return
    with pytest.raises(InvalidValue) as caught:
        signal(Clocks(), slip, at(2), Subject(), versions)
    assert caught.value.field == "signal.what"
    assert caught.value.value == slip


@rule("C5.13")
@given(st.sampled_from(sorted(SIGNALS)) | st.text("xyz_", min_size=1, max_size=9))
def test_known_and_foreign_signals_are_taken(word: str) -> None:
    """A known signal that this policy does not hear, and a word like no other, change nothing."""
    versions = Policies.of(sla_policy_from({"name": "Desk", "clocks": [clock(word="begin")]}))
    assert versions.heard == {"begin", "end"}
    assert signal(Clocks(), word, at(2), Subject(), versions) == []


@rule("C5.13")
@given(st.sampled_from(["channel", "severity", "value", "jurisdiction", "kind"]), st.data())
def test_a_mistyped_fact_is_refused_where_a_target_is_chosen(facet: str, data: Any) -> None:
    """A complaint whose facts fit no rule, by a slip, gets no clock in silence."""
    named = "platinum"
    slip = data.draw(slips_of({named}))
    given_ = {facet: [named]}
    every = Rule("one", Target(hours=1), "always", **given_)
    work = ClockPolicy("work", (every,), starts=("received",), stops=("resolved",))
    versions = Policies.of(SlaPolicy("Desk", (work,)))
    right, wrong = Subject(**{facet: named}), Subject(**{facet: slip})
    with pytest.raises(InvalidValue) as caught:
        signal(Clocks(), Signal.RECEIVED, at(2), wrong, versions)
    assert caught.value.field == f"Subject.{facet}"
    assert repr(named) in caught.value.fix
    clocks = folded(Clocks(), signal(Clocks(), Signal.RECEIVED, at(2), right, versions))
    with pytest.raises(InvalidValue):
        retarget(clocks, at(3), wrong, versions)
    assert signal(clocks, Signal.RESOLVED, at(3), wrong, versions), "no target is chosen here"


@rule("C5.12")
@given(st.sampled_from(sorted(SIGNALS)), st.text(LETTERS, min_size=1, max_size=12))
def test_near_is_one_slip(known: str, other: str) -> None:
    """As all slips that there are, made one by one, say."""
    assume(other != known)
    expected = min(len(known), len(other)) >= 5 and other in slow_slips(known)
    assert (mistyped(other, [known]) == known) == expected
    for slip in list(slow_slips(known))[:40]:
        assert (mistyped(slip, [known]) == known) == (len(slip) >= 5)


@rule("P1.11")
@given(
    st.sampled_from(["hours", "minutes", "days"]),
    st.decimals("0.1", "99", places=2, allow_nan=False) | st.dates() | st.datetimes(),
)
def test_what_is_wrong_is_shown_as_the_file_has_it(field: str, wrong: Any) -> None:
    """TOML has numbers with a point, dates and instants of its own."""
    rows = [{"id": "all", "target": {field: wrong}}]
    with pytest.raises(InvalidDocument) as caught:
        sla_policy_from({"name": "Desk", "calendar": "always", "clocks": [clock(rules=rows)]})
    (mistake,) = caught.value.mistakes
    assert mistake.path == f"clocks[0].rules[0].target.{field}"
    text = wrong.isoformat() if isinstance(wrong, date) else f"{wrong}"
    assert text in mistake.text
    assert f"{type(wrong).__name__}(" not in mistake.text
