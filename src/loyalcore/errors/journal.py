"""What can be wrong with a store, a stream, a key, a stored form or a plug-in."""

from datetime import datetime

import attrs

from loyalcore.errors.base import LoyalcoreError, Refused, shown


class JournalError(LoyalcoreError):
    """The store, its file or its contents are at fault, not the command."""


@attrs.define(eq=False)
class StaleStream(JournalError):
    """Somebody else wrote to the stream first; load it and decide again."""

    stream: str
    expected: int
    actual: int

    def message(self) -> str:
        return (
            f"stream {self.stream!r} is at version {self.actual}, not {self.expected}: "
            "load it and decide again"
        )


@attrs.define(eq=False)
class KeyTaken(JournalError):
    """Somebody else used the command key first; look it up and compare."""

    key: str

    def message(self) -> str:
        return f"command key {self.key!r} has been used already: look up what came of it"


@attrs.define(eq=False)
class KeyReused(JournalError):
    """A command key was sent again with another payload."""

    key: str

    def message(self) -> str:
        return (
            f"command key {self.key!r} was used for something else: "
            "send the first payload, or a new key"
        )


@attrs.define(eq=False)
class Contention(JournalError):
    """A command was decided again and again, and each time another writer was first."""

    streams: tuple[str, ...]
    attempts: int

    def message(self) -> str:
        more = f" and {len(self.streams) - 5} more" if len(self.streams) > 5 else ""
        return (
            f"gave up on {', '.join(self.streams[:5])}{more} after {self.attempts} attempts: "
            "other writers were always first; nothing was written; send it again with the same key"
        )


@attrs.define(eq=False)
class UnknownEventType(JournalError):
    """A stored event has a type or schema version that no installed decider knows."""

    type: str
    schema: int

    def message(self) -> str:
        return (
            f"stored event type {self.type!r} in schema version {self.schema} is not known here: "
            "install the plug-in or the newer release that wrote it"
        )


@attrs.define(eq=False)
class CorruptEvent(JournalError):
    """A stored event cannot be read back.

    Attributes:
        place: `stream@version`, or the type when it is not in a stream.
        reason: what could not be read.
    """

    place: str
    reason: str

    def message(self) -> str:
        return f"stored event {self.place} cannot be read: {self.reason}; restore it from a backup"


@attrs.define(eq=False)
class UnknownStore(JournalError):
    """No plug-in opens this store URL."""

    url: str

    def message(self) -> str:
        return (
            f"no store opens {self.url!r}: "
            "use sqlite:///FILE, memory://, a Store object, or a plug-in that knows the URL"
        )


@attrs.define(eq=False)
class StoreUnusable(JournalError):
    """A store file that cannot be used: foreign, corrupt, or unreadable."""

    path: str
    reason: str

    def message(self) -> str:
        return f"{self.path}: {self.reason}"


@attrs.define(eq=False)
class StoreTooNew(JournalError):
    """A store file written by a later release."""

    path: str
    found: int
    supported: int

    def message(self) -> str:
        return (
            f"{self.path} has store version {self.found}; this release reads up to "
            f"{self.supported}: upgrade loyalcore; nothing was changed"
        )


@attrs.define(eq=False)
class UnknownStream(JournalError):
    """A stream name that no decider serves."""

    stream: str
    known: tuple[str, ...]

    def message(self) -> str:
        return (
            f"stream {shown(self.stream)} belongs to nothing known: "
            f"use a name such as {', '.join(self.known)}"
        )


@attrs.define(eq=False)
class Forgotten(Refused):
    """A stream that was forgotten: nothing is known of it any more, and nothing can be added.

    Attributes:
        stream: its name; "" where only its events were given.
        at: when.
    """

    stream: str
    at: datetime

    def message(self) -> str:
        if not self.stream:
            return (
                f"these events are all that is left of a member who was forgotten at "
                f"{self.at.isoformat()}: nothing can be told of them, leave them out"
            )
        return f"{self.stream!r} was forgotten at {self.at.isoformat()}: use a new name"


@attrs.define(eq=False)
class NotForgettable(Refused):
    """A stream that must stay, or that does not exist."""

    stream: str
    reason: str

    def message(self) -> str:
        return f"{self.stream!r} cannot be forgotten: {self.reason}"


@attrs.define(eq=False)
class UnknownNotifier(JournalError):
    """A notifier that the host was not given."""

    name: str
    known: tuple[str, ...]

    def message(self) -> str:
        return f"no notifier is named {self.name!r}: the host has {', '.join(self.known) or 'none'}"


@attrs.define(eq=False)
class NotParked(JournalError):
    """An event that is not parked, or no longer."""

    notifier: str
    position: int

    def message(self) -> str:
        return (
            f"nothing is parked for {self.notifier!r} at position {self.position}: "
            "list what is with host.parked()"
        )


@attrs.define(eq=False)
class UnknownCommand(JournalError):
    """A command sent to a stream that does not take it."""

    stream: str
    command: str
    known: tuple[str, ...]

    def message(self) -> str:
        return (
            f"stream {self.stream!r} does not take {self.command}: it takes {', '.join(self.known)}"
        )


@attrs.define(eq=False)
class BrokenPlugin(LoyalcoreError):
    """A plug-in that could not be loaded, or broke a hook's contract."""

    plugin: str
    reason: str

    def message(self) -> str:
        return f"plug-in {self.plugin!r}: {self.reason}"
