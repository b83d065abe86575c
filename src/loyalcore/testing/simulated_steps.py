"""What can happen in the simulated world, one step at a time."""

from collections.abc import Callable, Mapping

from loyalcore.errors import Forgotten, LoyalcoreError, NotForgettable, NotParked
from loyalcore.journal.acts import BatchStep, Outcome, Refusal, Submission
from loyalcore.loyalty import PublishProgramme
from loyalcore.testing.simulated_client import Sent
from loyalcore.testing.simulated_demand import altered
from loyalcore.testing.simulated_host import SKEW, TROUBLES, Machine
from loyalcore.testing.simulated_notifier import EarShut
from loyalcore.testing.simulated_shop import CLUB
from loyalcore.testing.simulated_store import WRITES, HostDied, Trouble
from loyalcore.testing.simulated_world import World

Step = Callable[[World, Machine], str]

MARGIN = 3 * SKEW
"""How long before it takes effect a programme version is published at the latest: all clocks
must be behind that instant by then, or what happens meanwhile is judged by the version before."""


def ripe(world: World, sent: Sent) -> bool:
    """Whether something can be sent now, and no version takes effect too soon after it."""
    return not any(
        isinstance(command, PublishProgramme)
        and command.effective_from is not None
        and -MARGIN < command.effective_from - world.now < MARGIN
        for _, command in sent.acts
    )


# --- commands -------------------------------------------------------------------------------------


def send(world: World, machine: Machine, sent: Sent) -> str:
    """Send what is asked, in one of the ways there are, and note the answer."""
    host, acts = machine.host, sent.acts
    with world.client.sending(sent):
        try:
            if len(acts) == 1 and world.rng.random() < 0.8:
                outcome = host.submit(*acts[0], key=sent.key)
            else:
                outcome = host.submit_all(sent.key, acts)
        except TROUBLES:
            raise
        except LoyalcoreError as error:
            world.client.refused(sent, error)
            return f"{sent} refused: {type(error).__name__}"
        world.client.accepted(sent, outcome)
    return f"{sent} {'again ' if outcome.replayed else ''}brought {len(outcome.events)}"


def submit(world: World, machine: Machine) -> str:
    """Send one new command."""
    stream = world.member()
    command = world.command(stream)
    return send(world, machine, world.client.new(((stream, command),)))


def submit_all(world: World, machine: Machine) -> str:
    """Send an act on several streams, or several times on one."""
    streams = [world.member() for _ in range(world.rng.randint(2, 3))]
    acts = tuple((stream, world.command(stream)) for stream in streams)
    return send(world, machine, world.client.new(acts))


def publish(world: World, machine: Machine) -> str:
    """Publish a version of the programme."""
    acts = ((CLUB, world.demand.publication(world.now, MARGIN)),)
    return send(world, machine, world.client.new(acts))


def submit_many(world: World, machine: Machine) -> str:
    """Send a batch, with some that were sent before."""
    rng, client, batch = world.rng, world.client, list[Sent]()
    known = [sent for sent in client.sent.values() if len(sent.acts) == 1 and ripe(world, sent)]
    for _ in range(rng.randint(2, 4)):
        if known and rng.random() < 0.3:
            batch.append(rng.choice(known))
        else:
            stream = world.member()
            batch.append(client.new(((stream, world.command(stream)),)))
    done: list[Outcome | Refusal] = []

    def keep(step: BatchStep) -> None:
        for result in step.outcomes:
            sent = batch[len(done)]
            done.append(result)
            if isinstance(result, Outcome):
                client.accepted(sent, result)
            else:
                client.refused(sent, result.error)

    submissions = [Submission(sent.key, *sent.acts[0]) for sent in batch]
    with client.sending(*batch):
        machine.host.submit_many(submissions, chunk=rng.randint(1, 3), progress=keep)
    assert len(done) == len(batch), f"of {len(batch)} commands {len(done)} were answered"
    return "; ".join(map(str, batch))


def resend(world: World, machine: Machine) -> str:
    """Send an earlier command with its key again, most often the last one or an open one."""
    known = [sent for sent in world.client.sent.values() if ripe(world, sent)]
    unanswered = [sent for sent in known if sent.unanswered]
    if not known:
        return "nothing to send"
    some = world.rng.choice((known, known[-1:], unanswered or known))
    return send(world, machine, world.rng.choice(some))


def resend_altered(world: World, machine: Machine) -> str:
    """Send a used key with another payload."""
    gone = world.client.forgetting
    used = [
        sent
        for sent in world.client.sent.values()
        if sent.events is not None and not sent.streams & gone
    ]
    sent = world.rng.choice(used) if used else None
    if sent is None:
        return "no key is used"
    (stream, command), *rest = sent.acts
    try:
        outcome = machine.host.submit_all(sent.key, [(stream, altered(command)), *rest])
    except TROUBLES:
        raise
    except LoyalcoreError as error:
        world.client.rejected(sent, error)
        return f"{sent} with another payload: {type(error).__name__}"
    raise AssertionError(f"{sent}: another payload was taken, and brought {outcome}")


# --- time, notifiers, forgetting, reading ---------------------------------------------------------


def tick(world: World, machine: Machine) -> str:
    """Do what time has made due, on all streams or on a few."""
    limit = world.rng.choice((None, None, 1, 2))
    ticked = machine.host.tick(machine.clock(), limit=limit)
    wrong = [failed for failed in ticked.failed if not isinstance(failed[1], TROUBLES)]
    assert not wrong, f"time could not pass: {wrong}"
    return f"limit {limit}, {ticked.streams} streams, {ticked.events} events"


def relay(world: World, machine: Machine) -> str:
    """Tell the notifiers, which may be in a bad mood."""
    for ear in world.ears:
        ear.mood = world.rng.choice((0.0, 0.0, 0.3, 1.0))
    told = machine.host.relay()
    return ", ".join(f"{one.notifier} {one.delivered} and {one.parked} parked" for one in told)


def resend_parked(world: World, machine: Machine) -> str:
    """Tell once more of an event that is parked."""
    ear = world.rng.choice(world.ears)
    ear.mood = world.rng.choice((0.0, 0.5))
    parked = machine.host.parked(ear.name)
    if not parked:
        return f"nothing is parked for {ear.name}"
    position = world.rng.choice(parked).position
    try:
        machine.resend(ear.name, position)
    except (EarShut, NotParked) as error:
        return f"{ear.name} {position}: {type(error).__name__}"
    return f"{ear.name} {position}"


def forget(world: World, machine: Machine) -> str:
    """Forget a member, now and then; another one takes the place."""
    stream, client = world.member() if world.rng.random() < 0.9 else CLUB, world.client
    asked, before = stream in client.forgetting, stream in client.forgotten
    exists = stream != CLUB and world.history.head(stream) > 0
    if exists and not asked:
        world.demand.newcomer()
    client.forgetting.add(stream)
    try:
        erased = machine.host.forget(stream)
    except NotForgettable:
        assert not exists, f"{stream} is said to be not forgettable"
        if not asked:
            client.forgetting.discard(stream)
        return f"{stream}: not forgettable"
    except Forgotten:
        return f"{stream}: forgotten before"
    assert not before, f"{stream} was forgotten twice"
    client.forgotten.add(stream)
    return f"{stream}: {erased.events} events"


def read(world: World, machine: Machine) -> str:
    """Read a stream's state, which must be that of its last version."""
    stream = world.rng.choice((CLUB, *world.demand.members))
    before = world.history.head(stream)
    try:
        state = machine.host.state(stream)
    except Forgotten:
        assert stream in world.client.forgetting, f"{stream} is forgotten, nobody asked for it"
        return f"{stream}: forgotten"
    states = world.history.states.get(stream)
    if states is not None and stream not in world.client.forgetting:
        late = states[before:]
        assert state in late, f"{stream} reads as {state}, and is {states[-1]}"
    return stream


def turn_clock(world: World, machine: Machine) -> str:
    """Set the machine's clock forward or back."""
    world.turn_clock(machine)
    return str(machine.skew)


STEPS: Mapping[Step, int] = {
    submit: 30,
    submit_all: 8,
    submit_many: 8,
    publish: 3,
    resend: 12,
    resend_altered: 2,
    tick: 10,
    relay: 13,
    resend_parked: 2,
    forget: 2,
    read: 4,
    turn_clock: 3,
}
_STEPS, _WEIGHTS = tuple(STEPS), tuple(STEPS.values())
_MEANWHILE = (submit, submit, submit_many, resend, resend, tick, relay, forget)


# --- one step, and what goes wrong with it --------------------------------------------------------


def take_step(world: World) -> None:
    """Draw a step and what goes wrong with it, take it, and check everything.

    Raises:
        AssertionError: something does not hold.
    """
    world.steps += 1
    passed = world.pass_time()
    (step,) = world.rng.choices(_STEPS, _WEIGHTS)
    machine = world.machine()
    if world.rng.random() < 0.2:
        _plan(world, machine, lambda: _interfere(world, machine))
    _take(world, machine, step, f"+{passed} " if passed else "")


def _plan(world: World, machine: Machine, trouble: Trouble | Callable[[], object]) -> None:
    """Plan something for one of a step's first calls, or for one that changes something."""
    if world.rng.random() < 0.5:
        machine.faulty.plan(1, trouble, WRITES)
    else:
        machine.faulty.plan(world.rng.randint(1, 6), trouble)


def _interfere(world: World, machine: Machine) -> None:
    """Let another machine act between two calls of this one."""
    world.check()
    step = world.rng.choice(_MEANWHILE)
    _take(world, world.machine(but=machine), step, "meanwhile ")


def _take(world: World, machine: Machine, step: Step, when: str) -> None:
    rng, place, planned = world.rng, len(world.trace), ""
    what = f"{world.steps}. {when}{machine.name} {step.__name__}"
    world.trace.append(f"{what}: did not end")
    if rng.random() < 0.22:
        trouble = rng.choice(tuple(Trouble))
        _plan(world, machine, trouble)
        planned = f" [{trouble.value}]"
    if rng.random() < 0.1:
        machine.faulty.spoil(world.spoiler())
    try:
        said = step(world, machine)
    except HostDied as death:
        said = f"died at {death}"
    except TROUBLES as error:
        said = f"failed at {error}"
    finally:
        machine.faulty.heal()
    world.trace[place] = f"{what}{planned}: {said}"
    world.check()
