"""Whoever sends commands in the simulation, and remembers what was answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs

from loyalcore.decider import Command
from loyalcore.errors import Forgotten, KeyReused, LoyalcoreError, Refused
from loyalcore.journal.acts import Outcome
from loyalcore.testing.simulated_shop import with_consequences

Acts = tuple[tuple[str, Command], ...]


@attrs.define(eq=False)
class Sent:
    """What was asked under one key, and what is known of it.

    Attributes:
        key: the command key.
        acts: what is asked, and of which streams.
        tried: how often it was sent.
        tries: for each host that is at it now, the number of the last one, and whether the
            outcome was known before.
        refused: the last answer was a refusal, and it was not sent again since.
        events: of the outcome that was acknowledged; None before.
    """

    key: str
    acts: Acts
    tried: int = 0
    tries: list[tuple[int, bool]] = attrs.Factory(list)
    refused: bool = False
    events: tuple[Any, ...] | None = None

    @property
    def whole(self) -> Acts:
        """The acts, with what they make other streams do."""
        return with_consequences(self.acts)

    @property
    def unanswered(self) -> bool:
        """Whether nobody knows what came of it."""
        return self.events is None and not self.refused

    @property
    def streams(self) -> set[str]:
        """Those that it changes."""
        return {stream for stream, _ in self.whole}

    def __str__(self) -> str:
        said = [
            f"{type(command).__name__} {stream.rpartition('/')[2]}" for stream, command in self.acts
        ]
        return f"{self.key} {', '.join(said)}"


@attrs.define(eq=False)
class Client:
    """Keep what was sent.

    Attributes:
        sent: by key, in the order of sending.
        answered: outcomes acknowledged since the last look.
        forgetting: streams that somebody was asked to forget.
        forgotten: streams that were acknowledged to be.
    """

    sent: dict[str, Sent] = attrs.Factory(dict)
    answered: list[Sent] = attrs.Factory(list)
    forgetting: set[str] = attrs.Factory(set)
    forgotten: set[str] = attrs.Factory(set)

    def new(self, acts: Acts) -> Sent:
        """Give what is asked a key of its own."""
        sent = Sent(f"k{len(self.sent) + 1}", acts)
        self.sent[sent.key] = sent
        return sent

    @contextmanager
    def sending(self, *some: Sent) -> Iterator[None]:
        """Note what is on its way, and is no more when this ends."""
        distinct = set(some)
        for sent in some:
            sent.tried += 1
        for sent in distinct:
            sent.refused = False
            sent.tries.append((sent.tried, sent.events is not None))
        try:
            yield
        finally:
            for sent in distinct:
                sent.tries.pop()

    def accepted(self, sent: Sent, outcome: Outcome) -> None:
        """Note an outcome, which must be what was said before.

        Raises:
            AssertionError: it is not.
        """
        assert outcome.key == sent.key, f"{sent}: the outcome is that of {outcome.key!r}"
        again = sent.tried > 1
        assert again or not outcome.replayed, f"{sent}: replayed, and never sent before"
        if sent.events is None:
            sent.events, sent.refused = outcome.events, False
            self.answered.append(sent)
            return
        assert outcome.replayed, f"{sent}: had its outcome, and took effect again"
        if not sent.streams & self.forgetting:
            assert outcome.events == sent.events, f"{sent}: now has another outcome"

    def refused(self, sent: Sent, error: LoyalcoreError) -> None:
        """Note a refusal, which must be one that the command can meet.

        Raises:
            AssertionError: it is not.
        """
        assert isinstance(error, Refused), f"{sent}: {type(error).__name__}: {error}"
        last, answered = sent.tries[-1]
        if isinstance(error, Forgotten):
            known = error.stream in self.forgetting
            assert known, f"{sent}: {error.stream} is forgotten, and nobody asked for it"
        else:
            free = not answered or sent.streams & self.forgetting
            assert free, f"{sent}: had its outcome, and was refused: {error}"
        # What another host made of it meanwhile, this one could not know.
        alone = len(sent.tries) == 1 and sent.tried == last
        sent.refused = alone and sent.events is None

    def rejected(self, sent: Sent, error: LoyalcoreError) -> None:
        """Note how another payload under a used key was turned away.

        Raises:
            AssertionError: for another reason than the key.
        """
        forgotten = bool(sent.streams & self.forgetting)
        legal = isinstance(error, KeyReused) or (forgotten and isinstance(error, Refused))
        assert legal, f"{sent}: another payload met {type(error).__name__}: {error}"

    def unanswered(self) -> Iterator[Sent]:
        """Give what must be sent again."""
        return (sent for sent in list(self.sent.values()) if sent.unanswered)
