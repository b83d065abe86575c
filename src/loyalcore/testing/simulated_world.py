"""The simulated world: machines, a store, a clock, notifiers, and one seed that moves it all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import attrs

from loyalcore.decider import Command
from loyalcore.journal.store import Snapshot, Store
from loyalcore.loyalty import Enrol, PublishProgramme
from loyalcore.testing.simulated_answers import Answers
from loyalcore.testing.simulated_client import Client
from loyalcore.testing.simulated_demand import Demand
from loyalcore.testing.simulated_history import History
from loyalcore.testing.simulated_host import SKEW, Machine
from loyalcore.testing.simulated_notifier import POLICY, Ear, Line
from loyalcore.testing.simulated_shop import CLUB, PROGRAMMES, START

_TIMES = (
    timedelta(0),
    timedelta(0),
    timedelta(seconds=50),
    timedelta(minutes=3),
    timedelta(hours=5),
    timedelta(days=1),
    timedelta(days=4),
)


@attrs.define(eq=False)
class World:
    """All that there is in one run.

    Attributes:
        rng: the one source of chance.
        store: where everything is.
        now: the true time.
        demand: draws what is asked.
        client: knows what was asked and answered.
        history, answers: what the store has shown so far.
        ears: whom notifiers tell.
        machines: where hosts run.
        steps: how many there were.
        trace: a line for each step.
    """

    rng: Random
    store: Store
    now: datetime = START
    demand: Demand = attrs.field(init=False)
    client: Client = attrs.Factory(Client)
    history: History = attrs.Factory(History)
    answers: Answers = attrs.field(init=False)
    ears: tuple[Ear, ...] = attrs.Factory(
        lambda: (Ear("mail", POLICY.attempts), Ear("sms", POLICY.attempts))
    )
    machines: list[Machine] = attrs.Factory(list)
    steps: int = 0
    trace: list[str] = attrs.Factory(list)

    def __attrs_post_init__(self) -> None:
        self.demand = Demand(self.rng)
        self.answers = Answers(self.client, self.history)
        for number in range(1, self.rng.choice((2, 2, 3)) + 1):
            self.machines.append(self._machine(number))

    def _machine(self, number: int) -> Machine:
        rng = self.rng
        machine = Machine(
            number,
            self.store,
            lambda: self.now,
            cache_size=rng.randint(1, 3),
            snapshot_every=rng.randint(2, 4),
            release=rng.choice((0, 0, 1)),
        )
        machine.lines = [Line(ear.name, ear, rng, machine.die, self.dawdle) for ear in self.ears]
        return machine

    def open(self) -> None:
        """Publish the programme and let two members join."""
        publish = PublishProgramme(
            programme=PROGRAMMES[0], effective_from=START - timedelta(days=99), recorded_at=START
        )
        acts = ((CLUB, publish), *((name, Enrol()) for name in self.demand.members[:2]))
        sent = self.client.new(acts)
        with self.client.sending(sent):
            self.client.accepted(sent, self.machines[0].host.submit_all(sent.key, sent.acts))
        self.check()

    def machine(self, but: Machine | None = None) -> Machine:
        """Draw a machine, other than one."""
        return self.rng.choice([machine for machine in self.machines if machine is not but])

    def member(self) -> str:
        """Draw a member's stream, seldom one who was forgotten."""
        stream = self.rng.choice(self.demand.members)
        return self.rng.choice(self.demand.members) if stream in self.history.gone else stream

    def command(self, stream: str) -> Command:
        """Draw a command for a member."""
        states = self.history.states.get(stream)
        joined = states is not None and getattr(states[-1], "enrolled_at", None) is not None
        return self.demand.command(stream, self.now, joined=joined)

    def pass_time(self) -> timedelta:
        """Let time pass, or none of it."""
        passed = self.rng.choice(_TIMES)
        self.now += passed
        return passed

    def dawdle(self) -> None:
        """Let almost a lease pass."""
        self.now += POLICY.lease * 0.8

    def turn_clock(self, machine: Machine) -> None:
        """Set a machine's clock forward or back."""
        machine.skew = SKEW * self.rng.choice((-1, -0.5, 0, 0.2, 1))

    def spoiler(self) -> Callable[[Snapshot], Snapshot]:
        """Draw a way to spoil snapshots."""
        change: Callable[[Snapshot], Snapshot] = self.rng.choice(
            (
                lambda snapshot: attrs.evolve(snapshot, data=snapshot.data[:-1]),
                lambda snapshot: attrs.evolve(snapshot, data="[]"),
                lambda snapshot: attrs.evolve(snapshot, data="{}", fold=f"{snapshot.fold}1"),
            )
        )

        def spoil(snapshot: Snapshot) -> Snapshot:
            spoiled = change(snapshot)
            self.history.spoiled.add(spoiled)
            return spoiled

        return spoil

    def check(self) -> None:
        """Check every invariant, from the store alone.

        Raises:
            AssertionError: one does not hold.
        """
        new = self.history.read(self.store)
        self.answers.check(self.store, new)
        for ear in self.ears:
            ear.check(self.store, self.history)
        for machine in self.machines:
            machine.check_cache(self.history)
