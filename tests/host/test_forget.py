"""Forgetting a stream (J8)."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import Host, InvalidValue, Refused, RelayPolicy, connect
from loyalcore.decider import Command, Decider, Event, EventType
from loyalcore.errors import Forgotten, NotForgettable
from loyalcore.journal import MemoryStore, StreamForgotten
from loyalcore.loyalty import (
    Enrol,
    Leave,
    Line,
    MembershipEnded,
    RecordPurchase,
    RecordReturn,
    Redeem,
)
from loyalcore.testing.rules import rule
from loyalcore.testing.simulated_store import FaultyStore
from tests.host.listening import Listener
from tests.host.shop import CLUB, CNY, DRAWS, START, commands, day, history, opened, send_each

ANN, BEN = f"{CLUB}/a", f"{CLUB}/b"


@rule("J8.10")
@given(DRAWS, st.integers(0, 100))
def test_a_forgotten_stream_is_closed_and_gone(
    draws: list[tuple[int, int, int]], after: int
) -> None:
    """What is open is closed by an event, all before it is erased, and the others stay."""
    host, whole = opened(snapshot_every=3), opened()
    sent = commands([(0, 0, 0), (1, 0, 0), *draws])
    for one in (host, whole):
        send_each(one, sent)
    at = day(len(sent) * 2.5 + after)
    open_then = whole.state(ANN, at)
    erased = host.forget(ANN, at)
    assert erased.events == len(list(whole.events(ANN)))
    ended, forgotten = list(host.events(ANN))[-2:]
    assert isinstance(ended, MembershipEnded)
    assert (ended.points, ended.waived) == (open_then.outstanding, open_then.debt)
    assert forgotten == StreamForgotten(recorded_at=at)
    others = {name: events for name, events in history(whole).items() if name != ANN}
    assert {name: events for name, events in history(host).items() if name != ANN} == others
    assert host.tick(day(3000)).failed == ()


@rule("J8.11")
@given(DRAWS, st.booleans())
def test_whatever_is_sent_to_a_forgotten_stream_is_refused(
    draws: list[tuple[int, int, int]], cold: bool
) -> None:
    """Commands, old ones again and new ones, reads and forgetting again: all say Forgotten."""
    store = MemoryStore()
    host = opened(store)
    sent = commands([(0, 0, 0), (1, 0, 0), *draws])
    send_each(host, sent)
    other = Host(store)
    other.state(ANN)
    at = day(len(sent) * 2.5)
    host.forget(ANN, at)
    asked = Host(store) if cold else other
    before = history(asked)
    again = [(one.key, one) for one in sent]
    again += [(f"new {one.key}", one) for one in commands([(0, 0, 0), (0, 3, 9)])]
    for key, one in again:
        if one.stream == ANN:
            with pytest.raises(Forgotten) as refused:
                asked.submit(one.stream, one.command, key=key)
            assert (refused.value.stream, refused.value.at) == (ANN, at)
    for ask in (
        lambda: asked.state(ANN),
        lambda: asked.state(ANN, at),
        lambda: asked.past_state(ANN, 1),
        lambda: asked.state_as_known(ANN, at),
        lambda: asked.forget(ANN),
    ):
        with pytest.raises(Forgotten):
            ask()
    assert history(asked) == before
    both: list[tuple[str, Command]] = [(BEN, Leave(recorded_at=at)), (ANN, Enrol(recorded_at=at))]
    with pytest.raises(Forgotten):
        asked.submit_all("both", both)
    assert history(asked) == before


def test_what_cannot_be_forgotten() -> None:
    """A club stays, a stream that is not there cannot go, and nothing happens in the past."""
    host = opened()
    host.submit(ANN, Enrol(recorded_at=day(3)), key="k")
    for stream in (CLUB, f"{CLUB}/nobody"):
        with pytest.raises(NotForgettable):
            host.forget(stream)
    with pytest.raises(InvalidValue, match=r"forget\.at"):
        host.forget(ANN, day(2))
    assert isinstance(NotForgettable(CLUB, ""), Refused)
    assert len(list(host.events(ANN))) == 1


@rule("J8.12")
@given(DRAWS)
def test_notifiers_hear_the_end(draws: list[tuple[int, int, int]]) -> None:
    """A notifier that has not read on hears the events by which a stream ended, and all others."""
    listener = Listener()
    host = opened(plugins=[listener])
    sent = commands([(0, 0, 0), (1, 0, 0), *draws])
    half = len(sent) // 2
    send_each(host, sent[:half])
    host.relay()
    send_each(host, sent[half:])
    host.forget(ANN, day(len(sent) * 2.5))
    host.relay()
    kinds = [type(d.event) for d in listener.heard if d.stream == ANN]
    assert kinds[-2:] == [MembershipEnded, StreamForgotten]
    heard = [(d.stream, d.version) for d in listener.heard if d.stream != ANN]
    assert heard == [
        (e.stream, e.version) for e in host.store.log("", 9_999).events if e.stream != ANN
    ]


# --- a small kind of stream with words -----------------------------------------------------------


@attrs.frozen(kw_only=True)
class Say(Command):
    """Say something."""

    id: str
    words: str

    @property
    def texts(self) -> Mapping[str, str]:
        return {f"words:{self.id}": self.words}


@attrs.frozen(kw_only=True)
class Said(Event):
    """Something was said; what, is kept elsewhere."""

    id: str


def _say(state: int, _: None, command: Say, __: None) -> tuple[Said, ...]:
    if command.words == "nothing":
        return ()
    if command.words == "refused":
        raise Forgotten("somebody", START)
    assert command.recorded_at is not None
    return (Said(recorded_at=command.recorded_at, id=command.id),)


DIARY: Decider[int, None, None] = Decider(
    name="test.diary",
    pattern="diary/*",
    fold_version=1,
    state_type=int,
    initial=0,
    decide=_say,
    evolve=lambda state, event: state + 1,
    last=lambda state: None,
    due=lambda state: None,
    advance=lambda state, now, policy: (),
    refs=lambda command: (),
    dossier=lambda events: None,
    policy_stream=lambda stream: None,
    commands={"say": Say},
    events=(EventType("test.said", Said),),
    close=lambda state, at, policy: (),
)


@rule("J8.13")
@given(st.lists(st.tuples(st.integers(0, 3), st.text(max_size=5)), max_size=8), st.booleans())
def test_words_are_kept_apart_and_go_with_the_stream(
    said: list[tuple[int, str]], together: bool
) -> None:
    """The words of a command that came to something are found by ref, until they are forgotten."""
    host = Host(MemoryStore(), deciders=[DIARY])
    tricks = [(9, "nothing"), (8, "refused")]
    acts = [
        ("diary/ann", Say(recorded_at=START, id=str(id_), words=words))
        for id_, words in [*said, *tricks]
    ]
    if together and said:
        host.submit_all("all", acts[: len(said)])
        acts = acts[len(said) :]
    for number, (stream, command) in enumerate(acts):
        try:
            host.submit(stream, command, key=f"k{number}")
        except Forgotten:
            assert command.words == "refused"
    wanted: dict[int, str] = dict(said)
    for id_ in range(10):
        assert host.text("diary/ann", f"words:{id_}") == wanted.get(id_)
        assert host.text("diary/ben", f"words:{id_}") is None
    stored = "".join(event.data for event in host.store.log("", 99).events)
    assert not any(json.dumps(words)[1:-1] in stored for _, words in said if len(words) > 4)
    if said:
        erased = host.forget("diary/ann", START + timedelta(days=1))
        assert erased.texts == len(wanted)
    assert host.text("diary/ann", "words:1") is None


def test_a_member_may_leave_and_join_again() -> None:
    """Leaving lets go of points, debt and tier; whoever joins again begins anew."""
    host = opened()
    sent = commands([(0, 0, 0), (0, 1, 400)])
    send_each(host, sent)
    (ended,) = host.submit(ANN, Leave(recorded_at=day(9)), key="leave").events
    assert ended.points > 0
    member: Any = host.state(ANN)
    assert (member.outstanding, member.tier, member.enrolled_at) == (0, None, None)
    member.check_invariants()
    with pytest.raises(Refused):
        host.submit(ANN, Leave(recorded_at=day(9)), key="again")
    host.submit(ANN, Enrol(recorded_at=day(10)), key="join")
    assert host.state(ANN).tier == "bronze"
    assert connect(host.store).state(ANN) == host.state(ANN)


@rule("L12.10")
@given(st.integers(1, 300), st.integers(1, 300))
def test_a_former_membership_is_over(first: int, then: int) -> None:
    """What comes back of its orders claims nothing and lowers nothing of the present one."""
    host = opened()
    send_each(host, commands([(0, 0, 0), (0, 1, first)]))
    host.submit(ANN, Leave(recorded_at=day(9)), key="leave")
    host.submit(ANN, Enrol(recorded_at=day(10)), key="join")
    lines = [Line("1", CNY(then))]
    bought = RecordPurchase(order="N", occurred_at=day(11), recorded_at=day(11), lines=lines)
    host.submit(ANN, bought, key="N")
    before: Any = host.state(ANN)
    back = RecordReturn(id="R", order="O1", occurred_at=day(12), recorded_at=day(12))
    (event,) = host.submit(ANN, back, key="R").events[-1:]
    assert (event.points, event.spend, event.debt) == (0, 0, 0)
    after: Any = host.state(ANN)
    assert after.lots == before.lots
    assert after.tier == before.tier
    assert after.tally("spend").within(date.min, date.max) == then * 100


ASKS: list[tuple[str, Callable[[Host], object]]] = [
    ("state", lambda host: host.state(ANN)),
    ("past", lambda host: host.past_state(ANN, 1)),
    ("known", lambda host: host.state_as_known(ANN, day(9))),
    (
        "new",
        lambda host: host.submit(
            ANN, Redeem(redemption="r", points=1, recorded_at=day(9)), key="r"
        ),
    ),
    ("again", lambda host: host.submit(ANN, Enrol(recorded_at=START), key="key 0")),
]


@rule("J8.14")
@given(st.sampled_from(ASKS), st.integers(1, 8), st.booleans())
def test_a_stream_forgotten_between_two_calls_is_forgotten(
    asked: tuple[str, Callable[[Host], object]], call: int, warm: bool
) -> None:
    """Whatever is asked while another host forgets it: the answer of before, or Forgotten."""
    store = MemoryStore()
    host = opened(store)
    send_each(host, commands([(0, 0, 0), (0, 1, 99)]))
    faulty = FaultyStore(store)
    other = Host(faulty)
    if warm:
        other.state(ANN)
    _, ask = asked
    wanted = ask(Host(MemoryStoreCopy(store)))
    done: list[object] = []
    faulty.plan(call, lambda: done.append(host.forget(ANN, day(9))))
    try:
        assert ask(other) == wanted
    except Forgotten:
        assert done
    if done:
        with pytest.raises(Forgotten):
            other.state(ANN)
        with pytest.raises(Forgotten):
            other.submit(ANN, Enrol(recorded_at=START), key="key 0")


class MemoryStoreCopy(MemoryStore):
    """A copy of a store in memory, to see what would have come."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__()
        for name, value in vars(store).items():
            if name != "_lock":
                setattr(self, name, deepcopy(value))


@rule("J8.12")
@given(st.integers(1, 3))
def test_a_forgotten_event_is_not_parked(attempts: int) -> None:
    """An event that is forgotten while it is being told is told no more, and parked nowhere."""
    ear = Listener(hates=frozenset({2}))
    host = opened(MemoryStore(), plugins=[ear], relay=RelayPolicy(attempts=attempts))
    send_each(host, commands([(0, 0, 0)]))
    ear.before = lambda: host.forget(ANN, day(9)) if ear.calls == 1 else None
    host.relay()
    assert not host.parked("mail")
    assert isinstance(ear.heard[-1].event, StreamForgotten)
