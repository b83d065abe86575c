"""The simulated history once more: one fresh host, one stream after the other."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

import attrs

from loyalcore.host.serving import Host
from loyalcore.journal.acts import Submission
from loyalcore.journal.memory import MemoryStore
from loyalcore.journal.store import StoredEvent
from loyalcore.loyalty.member.point_commands import ReceivePoints
from loyalcore.testing.simulated_answers import Answers
from loyalcore.testing.simulated_shop import RELEASES

_Act = tuple[str, int]  # the key, and the number among its acts


def check_replay(answers: Answers, now: datetime) -> None:
    """Fail unless the commands that took effect bring the very same events again.

    Each is given to a fresh host, recorded when it was recorded, stream by stream in the order of
    their events; one that changed two streams when both have come so far. Streams that were
    forgotten are left out, those that points reached later than they were given, and those that
    points came from or went to.

    Args:
        answers: what took effect.
        now: up to when time has passed everywhere.
    """
    lines, places = _lines(answers)
    out = _left_out(answers, places)
    whole = [stream for stream in answers.history.open_streams() if stream not in out]
    acts = _in_order({stream: lines.get(stream, deque()) for stream in whole}, places)
    host = Host(MemoryStore(), deciders=RELEASES[0])
    report = host.submit_many(_submission(answers, act, places[act]) for act in acts)
    assert not report.refused, f"replayed by hand, {report.refused[0]} is refused"
    host.tick(now)
    for stream in whole:
        found = [_row(event) for event in host.store.read(stream)]
        wanted = [_row(event) for event in answers.history.log if event.stream == stream]
        assert found == wanted, f"{stream}, replayed by hand, has {found}, and had {wanted}"


def _lines(
    answers: Answers,
) -> tuple[dict[str, deque[_Act]], dict[_Act, dict[str, int]]]:
    """Give each stream's acts in order, and for each act its events: a version by stream."""
    lines: dict[str, deque[_Act]] = {}
    places: dict[_Act, dict[str, int]] = {}
    for stream, version in sorted(answers.effects):
        sent, number = answers.effects[stream, version]
        if isinstance(sent.whole[number][1], ReceivePoints):
            number -= 1  # the transfer that led to it
        lines.setdefault(stream, deque()).append((sent.key, number))
        places.setdefault((sent.key, number), {})[stream] = version
    return lines, places


def _left_out(answers: Answers, places: dict[_Act, dict[str, int]]) -> set[str]:
    """Give the streams that cannot be replayed alone, and all that an act connects with them.

    Those are the forgotten, and those that points came to at a later instant than they went: time
    had passed there that the command does not know of.
    """
    at, out, before = answers.history.at, set(answers.history.gone), -1
    for place in places.values():
        if len({at[stream, version].recorded_at for stream, version in place.items()}) > 1:
            out.update(place)
    while len(out) > before:
        before = len(out)
        for streams in places.values():
            if not out.isdisjoint(streams):
                out.update(streams)
    return out


def _in_order(lines: dict[str, deque[_Act]], places: dict[_Act, dict[str, int]]) -> Iterator[_Act]:
    """Give the acts so that each stream has them in its order.

    Raises:
        AssertionError: there is no such order.
    """
    going = True
    while going:
        going = False
        for line in lines.values():
            while line and all(lines[other][0] == line[0] for other in places[line[0]]):
                going, act = True, line[0]
                for other in places[act]:
                    lines[other].popleft()
                yield act
    left = {stream: list(line) for stream, line in lines.items() if line}
    assert not left, f"no order of the commands explains what is stored: {left}"


def _submission(answers: Answers, act: _Act, place: dict[str, int]) -> Submission:
    """Give an act's command once more, recorded when it was."""
    key, number = act
    stream, command = answers.client.sent[key].whole[number]
    event = answers.history.at[stream, place[stream]]
    command = attrs.evolve(command, recorded_at=event.recorded_at)
    return Submission(f"again {key} {number}", stream, command)


def _row(event: StoredEvent) -> tuple[str, int, str, datetime]:
    return event.type, event.version, event.data, event.recorded_at
