"""Load, decide, append: all of an act or none, again when another writer was first."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import attrs

from loyalcore.decider import Command, Decider, StreamForgotten
from loyalcore.errors import (
    Contention,
    CorruptEvent,
    InvalidValue,
    KeyReused,
    KeyTaken,
    LoyalcoreError,
    NotForgettable,
    Refused,
    StaleStream,
    UnknownCommand,
    UnknownStream,
)
from loyalcore.forms import utc
from loyalcore.journal.acts import ITS_OWN_FAULT, MAX_KEY, Advanced, Ask, Outcome, Refusal, is_key
from loyalcore.journal.codec import Codec
from loyalcore.journal.drafts import Draft, Reading
from loyalcore.journal.forgetting import Gone, present
from loyalcore.journal.store import Append, Erased, KeyRecord, Span, Store, Text
from loyalcore.journal.streams import Loaded, Streams, named, named_in, pass_time

_ATTEMPTS = 8
# Before what goes together is taken apart.
_ATTEMPTS_TOGETHER = 2
_MOST_LED = 1000

T = TypeVar("T")


class Deciding:
    """Turn what is asked into events in the store.

    Args:
        store: where they go.
        codec: how they are written.
        streams: where states come from.
        clock: gives the time, in UTC, to a command that brings none.
    """

    def __init__(
        self, store: Store, codec: Codec, streams: Streams, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._codec = codec
        self._streams = streams
        self._clock = clock

    def policy(self, decider: Decider[Any, Any, Any], stream: str) -> Any:
        """Give the policy of a stream: the state of the stream that holds it."""
        source = decider.policy_stream(stream)
        return None if source is None else present(source, self._streams.load(source).state)

    def _again(
        self, streams: tuple[str, ...], attempt: Callable[[], T], attempts: int = _ATTEMPTS
    ) -> T:
        """Try, and try again when another writer was first, a bounded number of times."""
        for _ in range(attempts):
            try:
                return attempt()
            except StaleStream as error:
                self._streams.forget(error.stream)
            except KeyTaken:
                pass  # the next attempt finds the key, and what came of it
        raise Contention(streams, attempts)

    def act(self, asks: list[Ask]) -> list[Outcome | Refusal]:
        """Decide what is asked and append what comes of it; a result for each, in order."""
        streams = named_in(asks)
        if len(asks) == 1:
            return self._again(streams, lambda: self._attempt(asks, streams))
        try:
            return self._again(streams, lambda: self._attempt(asks, streams), _ATTEMPTS_TOGETHER)
        except Contention:  # the fewer at once, the sooner they get through
            half = len(asks) // 2
            return self.act(asks[:half]) + self.act(asks[half:])

    def _attempt(self, asks: list[Ask], streams: tuple[str, ...]) -> list[Outcome | Refusal]:
        """Decide a chunk over one reading of the store, and append all that comes of it."""
        # Heads first: whoever uses one of the keys after that is seen by the keys, or makes the
        # heads stale. The other way round, a command sent twice at once could be refused.
        reading = Reading(self._store.heads(streams))
        known = self._store.keys(ask.key for ask in asks if is_key(ask.key))
        reading.known = known
        for ask in asks:
            fresh_key = is_key(ask.key) and ask.key not in known
            for stream, command in ask.acts if fresh_key else ():
                refs = getattr(command, "refs", ())
                reading.refs.setdefault(named(stream), set()).update(refs)
        drafts: dict[str, Draft] = {}
        fresh: dict[str, tuple[KeyRecord, Outcome]] = {}
        results: list[Outcome | Refusal] = []
        for ask in asks:
            try:
                fingerprint = self._fingerprint(ask)
                record = fresh[ask.key][0] if ask.key in fresh else known.get(ask.key)
                if record is None:
                    outcome, spans = self._decide(ask, drafts, reading)
                    fresh[ask.key] = (KeyRecord(ask.key, fingerprint, spans), outcome)
                    results.append(outcome)
                elif record.fingerprint != fingerprint:
                    raise KeyReused(ask.key)
                elif ask.key in fresh:
                    results.append(attrs.evolve(fresh[ask.key][1], replayed=True))
                else:
                    results.append(self._replay(record))
            except ITS_OWN_FAULT as error:
                # A kept traceback would keep every command and state of the chunk alive.
                results.append(Refusal(ask.key, error.with_traceback(None)))
        self._judged_in_time(asks, results, reading)
        self._append(drafts, [record for record, _ in fresh.values()], reading.asked)
        return results

    def _judged_in_time(
        self, asks: Sequence[Ask], results: Sequence[Outcome | Refusal], reading: Reading
    ) -> None:
        """Decide again what was refused while others wrote, for it is not appended, nor compared.

        What is read later than heads and keys may show what a twin of the command has just done,
        or nothing of what was there.

        Raises:
            KeyTaken: a twin was first.
            StaleStream: somebody else was.
        """
        refused = [
            ask for ask, result in zip(asks, results, strict=True) if isinstance(result, Refusal)
        ]
        if not refused:
            return
        for key in self._store.keys(ask.key for ask in refused if is_key(ask.key)):
            if key not in reading.known:
                raise KeyTaken(key)
        for stream, head in self._store.heads(named_in(refused)).items():
            if head != reading.heads[stream]:
                raise StaleStream(stream, reading.heads[stream], head)

    def _fingerprint(self, ask: Ask) -> str:
        if not is_key(ask.key):
            fix = f"give a string of 1 to {MAX_KEY} printable characters"
            raise InvalidValue("key", ask.key, fix)
        for stream, command in ask.acts:
            decider = self._streams.decider(stream)
            if type(command) not in decider.commands.values():
                takes = tuple(cls.__name__ for cls in decider.commands.values())
                raise UnknownCommand(stream, type(command).__name__, takes)
        return self._codec.fingerprint(ask.acts)

    def _decide(
        self, ask: Ask, drafts: dict[str, Draft], reading: Reading
    ) -> tuple[Outcome, tuple[Span, ...]]:
        """Decide one key's acts on the drafts; a refusal leaves the drafts as they were."""
        touched: dict[str, tuple[Any, int, dict[str, str]]] = {}
        made: list[Any] = []
        spans: list[Span] = []
        try:
            todo = [(stream, command, "") for stream, command in reversed(ask.acts)]
            while todo:
                stream, command, leader = todo.pop()
                try:
                    draft = self._draft(stream, drafts, reading)
                    touched.setdefault(stream, (draft.state, len(draft.events), dict(draft.texts)))
                    before = draft.version
                    events = self._decide_one(draft, command, drafts, reading, bool(leader))
                except (Refused, UnknownStream) as error:
                    told = command.instead(error) if leader else None
                    if told is None:
                        raise
                    # What was answered stands on the version of who was asked.
                    reading.asked.add(stream)
                    todo += [(leader, other, leader) for other in reversed(told)]
                    continue
                spans.append(Span(stream, before + 1, draft.version))
                made += events
                assert len(spans) - len(ask.acts) < _MOST_LED, f"it never ends, now at {stream}"
                led = [act for event in events for act in draft.decider.leads_to(stream, event)]
                todo += [(*act, stream) for act in reversed(led)]
        except BaseException:
            for stream, (state, count, texts) in touched.items():
                drafts[stream].roll_back(state, count, texts)
            raise
        return Outcome(ask.key, tuple(made)), tuple(spans)

    def _draft(self, stream: str, drafts: dict[str, Draft], reading: Reading) -> Draft:
        """Give the draft of a stream; one that nobody named is read now."""
        if stream not in drafts:
            head = reading.heads.get(stream)
            loaded = self._streams.load(stream, head)
            decider = self._streams.decider(stream)
            drafts[stream] = Draft(stream, decider, loaded.version, loaded.state, [])
        return drafts[stream]

    def _decide_one(
        self,
        draft: Draft,
        command: Command,
        drafts: dict[str, Draft],
        reading: Reading,
        follows: bool,
    ) -> Sequence[Any]:
        decider = draft.decider
        present(draft.stream, draft.state)
        if command.recorded_at is None or follows:
            last = decider.last(draft.state)
            now = utc(command.recorded_at) if command.recorded_at else self._clock()
            command = attrs.evolve(command, recorded_at=max(now, last) if last else now)
        past = self._past(draft, decider.refs(command), reading)
        source = decider.policy_stream(draft.stream)
        if source is not None and source in drafts:
            policy = drafts[source].state
        elif source is not None and source in reading.policies:
            policy = reading.policies[source]
        else:
            policy = self.policy(decider, draft.stream)
            if source is not None:
                reading.policies[source] = policy
        try:
            events = decider.decide(draft.state, decider.dossier(past), command, policy)
            draft.add(events, command.texts if events else {})
        except AssertionError as error:
            reason = f"its events contradict one another: {error!r}"
            raise CorruptEvent(draft.stream, reason) from error
        return events

    def _past(self, draft: Draft, refs: Sequence[str], reading: Reading) -> list[Any]:
        """Give the stream's events that bear one of the refs, stored and drafted, in order."""
        if not refs:
            return []
        wanted = set(refs)
        read, events = reading.past.get(draft.stream, (set(), []))
        if not wanted <= read:
            read = wanted | reading.refs.get(draft.stream, set())
            stored = self._store.read_refs(draft.stream, sorted(read)) if draft.expected else ()
            events = [
                self._codec.decode(event) for event in stored if event.version <= draft.expected
            ]
            reading.past[draft.stream] = read, events
        found = [event for event in events if not wanted.isdisjoint(event.refs)]
        return found + draft.bearing(refs)

    def _replay(self, record: KeyRecord) -> Outcome:
        """Give the first outcome back, rebuilt from its events."""
        events: list[Any] = []
        for span in record.spans:
            found = self._store.read(span.stream, span.first - 1, span.last)
            if len(found) <= span.last - span.first:  # forgotten since the key was read
                present(span.stream, self._streams.load(span.stream).state)
            events += [self._codec.decode(stored) for stored in found]
        return Outcome(record.key, tuple(events), replayed=True)

    def _append(
        self, drafts: dict[str, Draft], keys: Sequence[KeyRecord], asked: Iterable[str] = ()
    ) -> None:
        """Write what the drafts add, and then remember it."""
        added = [draft for _, draft in sorted(drafts.items()) if draft.events]
        if added or keys:
            # A key that brought nothing to a stream stands on its version all the same.
            idle = {s.stream for record in keys for s in record.spans if s.last < s.first}
            idle.update(name for name in asked if name in drafts)
            quiet = [drafts[name] for name in sorted(idle) if not drafts[name].events]
            checked = [Append(draft.stream, draft.expected, ()) for draft in quiet]
            self._store.append([*map(self._append_of, added), *checked], keys)
        for draft in added:
            self._streams.remember(draft.stream, Loaded(draft.version, draft.state))

    def _append_of(self, draft: Draft) -> Append:
        loaded = Loaded(draft.version, draft.state)
        return Append(
            draft.stream,
            draft.expected,
            tuple(self._codec.encode(event) for event in draft.events),
            draft.decider.due(draft.state),
            self._streams.snapshot(draft.stream, draft.expected, loaded),
            tuple(Text(ref, text) for ref, text in draft.texts.items()),
        )

    def advance(self, streams: tuple[str, ...], now: datetime) -> Advanced:
        """Append what time has done on some streams by now; one that fails stops no other."""
        if len(streams) == 1:
            return self._again(streams, lambda: self._advance(streams, now))
        try:
            return self._again(streams, lambda: self._advance(streams, now), _ATTEMPTS_TOGETHER)
        except Contention:
            half = len(streams) // 2
            first, second = self.advance(streams[:half], now), self.advance(streams[half:], now)
            return Advanced(first.written + second.written, (*first.failed, *second.failed))

    def _advance(self, streams: tuple[str, ...], now: datetime) -> Advanced:
        heads = self._store.heads(streams)
        drafts: dict[str, Draft] = {}
        failed: list[tuple[str, LoyalcoreError]] = []
        for stream in streams:
            try:
                drafts[stream] = self._passed(stream, heads[stream], now)
            except LoyalcoreError as error:
                failed.append((stream, error.with_traceback(None)))
        self._append(drafts, ())
        written = sum(len(draft.events) for draft in drafts.values())
        return Advanced(written, tuple(failed))

    def _passed(self, stream: str, head: int, now: datetime) -> Draft:
        """Give what time has done on a stream by now."""
        loaded = self._streams.load(stream, head)
        decider = self._streams.decider(stream)
        draft = Draft(stream, decider, loaded.version, loaded.state, [])
        if not isinstance(loaded.state, Gone):
            policy = self.policy(decider, stream)
            _, passed = pass_time(decider, stream, loaded.state, now, policy)
            draft.add(passed, {})
        return draft

    def forget(self, stream: str, at: datetime | None) -> Erased:
        """Close what is open on a stream, and erase all that was known of it.

        Raises:
            Forgotten: that has been done.
            NotForgettable: the stream does not exist, or must stay.
            InvalidValue: `at` lies before what the stream recorded last.
        """
        return self._again((stream,), lambda: self._forget(stream, at))

    def _forget(self, stream: str, at: datetime | None) -> Erased:
        decider = self._streams.decider(stream)
        head = self._store.heads([stream])[stream]
        if decider.close is None:
            raise NotForgettable(stream, "others are judged by it, and it tells of no person")
        if not head:
            raise NotForgettable(stream, "there is no such stream")
        state = present(stream, self._streams.load(stream, head).state)
        last = decider.last(state)
        now = self._clock() if at is None else utc(at, "forget.at")
        if last is not None and now < last:
            if at is not None:
                raise InvalidValue("forget.at", at, f"give {last.isoformat()} or later")
            now = last
        draft = self._passed(stream, head, now)
        policy = self.policy(decider, stream)
        ending = (*decider.close(draft.state, now, policy), StreamForgotten(recorded_at=now))
        events = tuple(self._codec.encode(event) for event in (*draft.events, *ending))
        erased = self._store.erase(Append(stream, head, events))
        self._streams.remember(stream, Loaded(head + len(events), Gone(now)))
        return erased
