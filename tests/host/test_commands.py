"""One command at a time, and several streams in one act."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import Host, Refusal, Submission
from loyalcore.decider import Command
from loyalcore.errors import (
    Contention,
    InvalidValue,
    KeyReused,
    Refused,
    StaleStream,
    UnknownCommand,
    UnknownStream,
)
from loyalcore.journal import Append, KeyRecord, MemoryStore
from loyalcore.loyalty import Enrol, RecordBehaviour, Redeem
from loyalcore.testing.rules import rule
from tests.host.raced import Raced
from tests.host.shop import CLUB, DRAWS, START, commands, day, history, opened, send_each


@rule("J2.10")
@given(DRAWS)
def test_a_repeated_command_gives_the_first_outcome_and_writes_nothing(
    draws: list[tuple[int, int, int]],
) -> None:
    """The same keys with the same commands give the same events, and the store stays as it was."""
    host = opened()
    sent = commands(draws)
    first = send_each(host, sent)
    before = history(host)
    for one, result in zip(sent, first, strict=True):
        if isinstance(result, tuple):
            again = host.submit(one.stream, one.command, key=one.key)
            assert again.replayed
            assert again.events == result
    assert history(host) == before


@rule("J2.11")
@given(DRAWS, st.integers(1, 400))
def test_a_key_used_for_something_else_is_refused(
    draws: list[tuple[int, int, int]], points: int
) -> None:
    """A used key with another payload raises and writes nothing; when it is sent does not count."""
    host = opened()
    host.submit(f"{CLUB}/a", Enrol(recorded_at=START), key="k")
    before = history(host)
    with pytest.raises(KeyReused):
        host.submit(f"{CLUB}/a", Redeem(redemption="r", points=points), key="k")
    with pytest.raises(KeyReused):
        host.submit(f"{CLUB}/b", Enrol(recorded_at=START), key="k")
    assert host.submit(f"{CLUB}/a", Enrol(recorded_at=day(9)), key="k").replayed
    assert history(host) == before


@rule("J2.12")
@given(st.integers(1, 1000))
def test_a_refusal_writes_nothing_and_leaves_the_key_free(points: int) -> None:
    """After a refusal the store is as before and the key serves another command."""
    host = opened()
    host.submit(f"{CLUB}/a", Enrol(recorded_at=START), key="enrol")
    before = history(host)
    with pytest.raises(Refused):
        host.submit(f"{CLUB}/a", Redeem(redemption="r", points=points, recorded_at=START), key="k")
    assert history(host) == before
    share = RecordBehaviour(behaviour="share", id="s", occurred_at=START, recorded_at=START)
    assert not host.submit(f"{CLUB}/a", share, key="k").replayed


@rule("J1.10")
@given(st.permutations(["a", "b", "c"]), st.integers(0, 3))
def test_an_act_on_several_streams_is_all_or_nothing(order: list[str], bad: int) -> None:
    """One refused command refuses the whole act, on every stream."""
    host = opened()
    if bad < 3:
        host.submit(f"{CLUB}/{order[bad]}", Enrol(recorded_at=START), key="before")
    before = history(host)
    acts = [(f"{CLUB}/{name}", Enrol(recorded_at=day(1))) for name in order]
    if bad < 3:
        with pytest.raises(Refused):
            host.submit_all("all", acts)
        assert history(host) == before
    else:
        assert len(host.submit_all("all", acts).events) == 3
        assert host.submit_all("all", acts).replayed


@rule("J2.15")
@given(st.lists(st.sampled_from("cab"), min_size=1, max_size=6))
def test_the_events_of_an_act_come_in_its_order(order: list[str]) -> None:
    """Told and told again, the events stand in the order of the commands that brought them."""
    host = opened()
    acts: list[tuple[str, Command]] = [
        (f"{CLUB}/{name}", Enrol(recorded_at=START)) for name in sorted(set(order))
    ]
    acts += [
        (
            f"{CLUB}/{name}",
            RecordBehaviour(behaviour="share", id=str(n), occurred_at=START, recorded_at=START),
        )
        for n, name in enumerate(order)
    ]
    told = host.submit_all("all", acts).events
    assert [event.id for event in told[len(set(order)) :]] == [str(n) for n in range(len(order))]
    assert host.submit_all("all", acts).events == told


@rule("J2.13")
@given(st.permutations(["good", "", "x" * 501, "a\nb", None, 7, "other"]))
def test_a_key_that_cannot_be_kept_is_its_own_refusal(keys: list[Any]) -> None:
    """In a batch it refuses its command by name and leaves the rest of the chunk alone."""
    host = opened()
    sent = [
        Submission(key, f"{CLUB}/member-{place}", Enrol(recorded_at=START))
        for place, key in enumerate(keys)
    ]
    report = host.submit_many(sent)
    assert {str(refusal.key) for refusal in report.refused} == {
        str(key) for key in keys if key not in {"good", "other"}
    }
    assert all(getattr(refusal.error, "field", None) == "key" for refusal in report.refused)
    assert len(list(host.streams(f"{CLUB}/"))) == 2


@rule("J2.13")
@given(st.sampled_from([None, 7, "", "loyalty", b"loyalty/shop/a", f"{CLUB}/a/b"]))
def test_a_stream_that_is_none_is_its_own_refusal(stream: Any) -> None:
    """So does a stream that nothing serves, whatever stands in its place."""
    host = opened()
    good = Submission("good", f"{CLUB}/a", Enrol(recorded_at=START))
    report = host.submit_many([Submission("bad", stream, Enrol(recorded_at=START)), good])
    assert [type(refusal.error) for refusal in report.refused] == [UnknownStream]
    assert len(list(host.events(f"{CLUB}/a"))) == 1


class Busy(MemoryStore):
    """A store in which another writer is first, a number of times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def append(self, appends: list[Append], keys: list[KeyRecord] = ()) -> None:  # type: ignore[override,assignment]
        if self.times and appends and appends[0].stream != CLUB:
            self.times -= 1
            raise StaleStream(appends[0].stream, appends[0].expected, appends[0].expected + 1)
        super().append(appends, keys)


@rule("J1.11")
@given(st.integers(0, 12))
def test_a_stale_stream_is_decided_again_a_bounded_number_of_times(times: int) -> None:
    """Seven overtakings are retried; after the eighth attempt the host gives up, typed."""
    host = opened(Busy(times))
    if times < 8:
        assert host.submit(f"{CLUB}/a", Enrol(recorded_at=START), key="k").events
    else:
        with pytest.raises(Contention):
            host.submit(f"{CLUB}/a", Enrol(recorded_at=START), key="k")
        assert not list(host.events(f"{CLUB}/a"))


class Rival(MemoryStore):
    """A store at which somebody is first at every append of more than some streams."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def append(self, appends: Sequence[Append], keys: Sequence[KeyRecord] = ()) -> None:
        if len(appends) > self.most:
            raise StaleStream(appends[0].stream, appends[0].expected, appends[0].expected + 1)
        super().append(appends, keys)


@rule("J1.14")
@given(st.integers(1, 40), st.integers(1, 8))
def test_a_batch_gets_through_though_others_write(members: int, most: int) -> None:
    """What goes together is taken apart until it gets through; each command comes out as alone."""
    store = Rival(most)
    host = opened(store)
    sent = [
        Submission(f"k{n}", f"{CLUB}/{n}", one.command)
        for n in range(members)
        for one in commands([(0, 0, 0)])
    ]
    assert not host.submit_many(sent).refused
    buys = commands([(0, 0, 0), (0, 1, 90)])[1].command
    host.submit_many([Submission(f"b{n}", f"{CLUB}/{n}", buys) for n in range(members)])
    ticked = host.tick(day(90))
    assert (ticked.streams, ticked.failed) == (members, ())
    assert not store.due(day(90), 1)


@rule("J2.14")
@given(DRAWS.filter(bool), st.integers(1, 6))
def test_the_same_command_sent_twice_at_once_is_one_command(
    draws: list[tuple[int, int, int]], call: int
) -> None:
    """A twin that wins the race at any store call makes the loser a repeat, with its outcome."""
    sent = commands(draws)
    store = Raced()
    host, twin = opened(store), Host(store)
    send_each(host, sent[:-1])
    last = sent[-1]
    won: list[object] = []
    store.somebody = lambda: won.extend(send_each(twin, [last]))
    store.at = call
    mine = send_each(host, [last])
    if won:
        assert mine == won


@rule("J1.12")
@given(DRAWS)
def test_two_hosts_on_one_store_decide_as_one(draws: list[tuple[int, int, int]]) -> None:
    """Hosts that take turns on a store, each with its cache, write what one host would."""
    one = opened()
    alone = send_each(one, commands(draws))
    store = MemoryStore()
    pair = [opened(store), opened(store)]
    shared = [
        result
        for place, sent in enumerate(commands(draws))
        for result in send_each(pair[place % 2], [sent])
    ]
    assert shared == alone
    assert history(pair[0]) == history(one)


@pytest.mark.parametrize(
    ("stream", "error"),
    [("nowhere", UnknownStream), ("loyalty//x", UnknownStream), (CLUB, UnknownCommand)],
)
def test_a_wrong_stream_or_command_is_named(stream: str, error: type[Exception]) -> None:
    """A stream that nothing serves, or a command that it does not take, is refused by name."""
    host = opened()
    with pytest.raises(error):
        host.submit(stream, Enrol(), key="k")


@pytest.mark.parametrize("key", ["", "a\nb", "x" * 501, "\ud800"])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    """A key is 1 to 500 printable characters."""
    with pytest.raises(InvalidValue, match="key"):
        opened().submit(f"{CLUB}/a", Enrol(), key=key)


def test_the_clock_fills_in_and_never_runs_backwards_within_a_stream() -> None:
    """Without recorded_at a command takes the clock, or the stream's last instant if later."""
    host = opened(clock=lambda: day(-5))
    host.submit(f"{CLUB}/a", Enrol(recorded_at=day(3)), key="1")
    share = RecordBehaviour(behaviour="share", id="s", occurred_at=day(3))
    (event,) = host.submit(f"{CLUB}/a", share, key="2").events
    assert event.recorded_at == day(3)


@rule("J2.13")
@given(DRAWS, st.integers(1, 30))
def test_a_batch_comes_to_what_single_commands_come_to(
    draws: list[tuple[int, int, int]], chunk: int
) -> None:
    """In a batch of any chunk size each command has the result that it has alone."""
    one, many = opened(), opened()
    sent = commands(draws)
    alone = send_each(one, sent)
    results: list[object] = []

    def keep(step: object) -> None:
        for outcome in step.outcomes:  # type: ignore[attr-defined]
            refused = isinstance(outcome, Refusal)
            results.append(type(outcome.error) if refused else outcome.events)

    report = many.submit_many(iter(sent), chunk=chunk, progress=keep)
    assert results == alone
    assert history(many) == history(one)
    assert (report.submitted, report.replayed) == (len(sent), 0)
    assert all(refusal.error.__traceback__ is None for refusal in report.refused)
    results.clear()
    again = many.submit_many(sent + sent, chunk=chunk, progress=keep)
    kept = len(sent) - len(report.refused)
    assert again.replayed == 2 * kept
    assert history(many) == history(one)
