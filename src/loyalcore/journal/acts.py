"""What goes in and what comes out: submissions, outcomes, refusals, batches."""

from typing import Any

import attrs

from loyalcore.decider import Command
from loyalcore.errors import (
    CorruptEvent,
    InvalidValue,
    KeyReused,
    LoyalcoreError,
    Refused,
    UnknownCommand,
    UnknownEventType,
    UnknownStream,
)

MAX_KEY = 500

# What makes one command of a batch fail and leaves the rest of its chunk alone.
ITS_OWN_FAULT = (
    Refused,
    KeyReused,
    UnknownCommand,
    UnknownStream,
    InvalidValue,
    CorruptEvent,
    UnknownEventType,
)


def is_key(key: object) -> bool:
    """Say whether a command key can be kept."""
    return isinstance(key, str) and 0 < len(key) <= MAX_KEY and key.isprintable()


@attrs.frozen
class Submission:
    """A command on its way: its key, its stream, and what is asked."""

    key: str
    stream: str
    command: Command


@attrs.frozen
class Outcome:
    """What came of a command.

    Attributes:
        key: the command's key.
        events: in order of decision; those of a repeat are read back from the store.
        replayed: the key had been used before: nothing was written.
    """

    key: str
    events: tuple[Any, ...]
    replayed: bool = False


@attrs.frozen
class Refusal:
    """A command of a batch that was refused, and why."""

    key: str
    error: LoyalcoreError


@attrs.frozen
class BatchStep:
    """A chunk of a batch that is done: how many commands in all, and what came of the chunk's."""

    done: int
    outcomes: tuple[Outcome | Refusal, ...]


@attrs.frozen
class BatchReport:
    """What came of a batch.

    Attributes:
        submitted: how many commands.
        replayed: how many of them had been done before.
        refused: the refused ones, each with its reason.
    """

    submitted: int
    replayed: int
    refused: tuple[Refusal, ...]


@attrs.frozen
class Ticked:
    """What a tick did.

    Attributes:
        streams: how many had something due and were looked at.
        events: how many events were written.
        failed: streams at which that could not be done, each with its reason; they stay due.
        more: a limit was given, and more is due.
    """

    streams: int = 0
    events: int = 0
    failed: tuple[tuple[str, LoyalcoreError], ...] = ()
    more: bool = False


@attrs.frozen
class Ask:
    """One key and all that it asks."""

    key: str
    acts: tuple[tuple[str, Command], ...]


@attrs.frozen
class Advanced:
    """What time did: how many events it wrote, and the streams at which it could not."""

    written: int
    failed: tuple[tuple[str, LoyalcoreError], ...] = ()
