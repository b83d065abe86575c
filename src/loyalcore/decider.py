"""The one shape of every living thing: pure functions over frozen classes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import attrs
from cattrs import Converter

from loyalcore import checks
from loyalcore.checks import in_utc
from loyalcore.errors import LoyalcoreError

State = TypeVar("State")
Dossier = TypeVar("Dossier")
Policy = TypeVar("Policy")


@attrs.frozen(kw_only=True)
class Command:
    """Ask a stream to do something.

    Attributes:
        recorded_at: the instant at which the system learns of it; `None` lets the
            host fill in its clock. It is no part of what makes two commands the same.
        source: where the command came from, copied to its events ("" for the ordinary way).
    """

    recorded_at: datetime | None = attrs.field(default=None, validator=checks.aware_or_none)
    source: str = attrs.field(default="", validator=checks.text)

    @property
    def refs(self) -> tuple[str, ...]:
        """The things it is about, whose past its decision must know, as `kind:id`."""
        return ()

    @property
    def texts(self) -> Mapping[str, str]:
        """Words to be kept apart from the events, by ref, so that they can be forgotten."""
        return {}

    def instead(self, error: LoyalcoreError) -> "Sequence[Command] | None":
        """Say what the stream whose event led to it is asked when it is refused.

        None, the ordinary answer, lets the refusal stand for the whole act.
        """
        return None


@attrs.frozen(kw_only=True)
class Event:
    """Say that something happened; it holds outcomes, never formulas.

    Attributes:
        recorded_at: when it was recorded; for what time alone made happen, its due instant.
        source: copied from the command ("" when time made it happen).
    """

    recorded_at: datetime
    source: str = ""

    @property
    def refs(self) -> tuple[str, ...]:
        """The things this event is about, as `kind:id`; the store indexes them."""
        return ()


@attrs.frozen(kw_only=True)
class StreamForgotten(Event):
    """All that this stream held was erased; what was open had been closed just before."""


def decided_at(command: Command) -> datetime:
    """Give the instant at which a command is decided, in UTC.

    Raises:
        InvalidValue: it has none; a host fills it in, who calls a decider must.
    """
    return in_utc(f"{type(command).__name__}.recorded_at", command.recorded_at)


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


@attrs.frozen
class EventType:
    """Name an event's stored form.

    Attributes:
        name: stable for ever, such as `loyalty.purchase_recorded`.
        cls: the class that today's code uses.
        schema: the version of the stored form, from 1.
        upcasters: `upcasters[i]` lifts stored form `i + 1` to `i + 2`.
    """

    name: str
    cls: type[Event]
    schema: int = 1
    upcasters: tuple[Upcaster, ...] = ()

    def __attrs_post_init__(self) -> None:
        assert len(self.upcasters) == self.schema - 1, f"{self.name}: one upcaster a version"


@attrs.frozen(eq=False)
class Decider(Generic[State, Dossier, Policy]):
    """Bundle the pure functions by which one kind of stream lives.

    Attributes:
        name: such as `loyalty.member`.
        pattern: its streams' names, `*` for each free part, such as `loyalty/*/*`.
        fold_version: raised whenever `evolve` would fold an old history to another state;
            snapshots of another version are thrown away.
        state_type: the class of the state.
        initial: the state before the first event.
        decide: `(state, dossier, command, policy) -> events`; raises a `Refused`.
        evolve: `(state, event) -> state`.
        last: `(state) -> datetime | None`, when the stream last recorded anything.
        due: `(state) -> datetime | None`, the next instant at which time alone does something.
        advance: `(state, now, policy) -> events`, all that time alone has done by `now`,
            each event dated at its own due instant.
        refs: `(command) -> refs` whose past events make up the command's dossier.
        dossier: folds those events.
        policy_stream: the stream whose state is the policy, or None.
        commands: stored names of the commands, for keys.
        events: stored names of the events.
        configure: installs the (de)serialisation hooks that its classes need.
        leads_to: `(stream, event) -> (stream, command), ...`, what an event that a command brought
            makes other streams do in the same act; such commands need not be in `commands`.
        close: `(state, at, policy) -> events`, what ends all that is open, before the stream is
            forgotten; None where a stream must never be.
    """

    name: str
    pattern: str
    fold_version: int
    state_type: type[State]
    initial: State
    decide: Callable[[State, Dossier, Any, Policy], Sequence[Any]]
    evolve: Callable[[State, Any], State]
    last: Callable[[State], datetime | None]
    due: Callable[[State], datetime | None]
    advance: Callable[[State, datetime, Policy], Sequence[Any]]
    refs: Callable[[Any], tuple[str, ...]]
    dossier: Callable[[Iterable[Any]], Dossier]
    policy_stream: Callable[[str], str | None]
    commands: Mapping[str, type[Command]]
    events: tuple[EventType, ...]
    configure: Callable[[Converter], None] = lambda converter: None
    leads_to: Callable[[str, Any], Sequence[tuple[str, Command]]] = lambda stream, event: ()
    close: Callable[[State, datetime, Policy], Sequence[Any]] | None = None

    def fold(self, state: State, events: Iterable[Any]) -> State:
        """Fold events into a state, in order."""
        for event in events:
            state = self.evolve(state, event)
        return state
