"""A club of several members, who give each other points, take rewards, leave and come back."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from loyalcore.errors import Refused
from loyalcore.loyalty import (
    MEMBER,
    Base,
    Club,
    Enrol,
    Expiry,
    Leave,
    Member,
    Payment,
    Programme,
    Redeem,
    RedeemReward,
    Reward,
    RewardKind,
)
from loyalcore.testing.loyalty import gaps, member_commands, moments, programmes
from loyalcore.timing import Length
from tests.loyalty import busy
from tests.loyalty.club import History, published

JUST = timedelta(microseconds=1)
REWARDS = tuple(
    Reward(id_, points, kind=kind)
    for id_, points, kind in (
        ("mug", 20, RewardKind.GOODS),
        ("coupon", 7, RewardKind.VOUCHER),
        ("tea", 3, RewardKind.GOODS),
    )
)


@attrs.frozen
class Busy:
    """A step of a busy life."""

    recorded_at: datetime
    id: str
    step: busy.Step


class Members:
    """The histories of a club's members, by stream."""

    def __init__(self, club: Club) -> None:
        self.club = club
        self.histories: dict[str, History] = {}

    def __repr__(self) -> str:
        return "".join(
            f"\n{stream}: " + ", ".join(type(event).__name__ for event in history.events)
            for stream, history in self.histories.items()
        )

    def tell(self, stream: str, command: Any) -> None:
        """Tell a member something, and other members what it leads to; refused, it changes none."""
        history = self.histories.setdefault(stream, History(self.club))
        before = {to: (each.state, len(each.events)) for to, each in self.histories.items()}
        try:
            if isinstance(command, Busy):
                at, id_, step = command.recorded_at, command.id, command.step
                command = busy.command(history, at, id_, step)
                if command is None:
                    return
            self._act(stream, command)
        except (Refused, KeyError):
            for to, (state, count) in before.items():
                self.histories[to].state = state
                del self.histories[to].events[count:]

    def _act(self, stream: str, command: Any) -> None:
        todo = [(stream, command, "")]
        while todo:
            to, asked, leader = todo.pop()
            try:
                made = self.histories[to].decide(asked)
            except Refused as error:
                told = asked.instead(error) if leader else None
                if told is None:
                    raise
                todo += [(leader, more, leader) for more in reversed(told)]
                continue
            self.histories[to].keep(made)
            led = [pair for event in made for pair in MEMBER.leads_to(to, event)]
            todo += [(*pair, to) for pair in reversed(led)]

    def told(self, *names: str) -> list[tuple[str, Any]]:
        """Give (stream, events), of all or of some."""
        return [
            (stream, iter(history.events))
            for stream, history in self.histories.items()
            if not names or stream in names
        ]

    def at(self, until: datetime) -> list[Member]:
        """Give the members as they were just before an instant, once time has done its work."""
        return [history.at(until - JUST) for history in self.before(until)]

    def before(self, until: datetime) -> list[History]:
        """Give the histories up to just before an instant, of those who had joined."""
        cut = [History(self.club) for _ in self.histories]
        for short, history in zip(cut, self.histories.values(), strict=True):
            short.keep(event for event in history.events if event.recorded_at < until)
        return [short for short in cut if short.events]


@st.composite
def _lives(draw: DrawFn, programme: Programme) -> list[Any]:
    """Draw a member's commands: some take rewards, some leave and join again."""
    told = [
        RedeemReward(
            recorded_at=command.recorded_at,
            redemption=command.redemption,
            reward=draw(st.sampled_from(REWARDS)).id,
            quantity=draw(st.integers(1, 3)),
        )
        if isinstance(command, Redeem) and draw(st.booleans())
        else command
        for command in draw(member_commands(programme))
    ]
    if draw(st.booleans()):
        at = told[-1].recorded_at + draw(gaps())
        told.append(Leave(recorded_at=at))
        if draw(st.booleans()):
            again = at + draw(gaps())
            told.append(Enrol(recorded_at=again))
    return told


@st.composite
def _busy_lives(draw: DrawFn) -> list[Any]:
    """Draw a life in which much happens, mostly at short distance."""
    at = draw(moments(date(2015, 1, 1), date(2016, 1, 1)))
    life: list[Any] = [Enrol(recorded_at=at)]
    for place, step in enumerate(draw(busy.steps())):
        at += timedelta(days=draw(st.sampled_from((0, 0, 1, 3, 40, 90))), seconds=1)
        life.append(Busy(at, f"b{place}", step))
    return life


@st.composite
def clubs(draw: DrawFn, most: int = 3, **fixed: SearchStrategy[Any]) -> tuple[Members, datetime]:
    """Draw a club with its members, and an instant at which to look at it."""
    plain = draw(st.booleans())  # whatever is bought earns, and can be spent at once
    if plain:
        lives_of_lots = st.none() | st.integers(21, 60).map(lambda days: Length(days=days))
        pays = Payment("pay", Decimal(2))
        fixed = {
            "base": st.just((Base("spend"),)),
            "expiry": lives_of_lots.map(Expiry),
            "payments": st.just((pays,)),
            **fixed,
        }
    programme = draw(programmes(rewards=st.just(REWARDS), **fixed))
    kinds = st.one_of(_busy_lives(), _busy_lives(), _lives(programme))
    lives = [draw(kinds) for _ in range(draw(st.integers(1, most)))]
    lives.append([Enrol(recorded_at=min(life[0].recorded_at for life in lives))])
    acts = [
        (command.recorded_at, f"loyalty/club/{'zabc'[place]}", command)
        for place, life in enumerate(lives[::-1])
        for command in life
    ]
    first = min(act[0] for act in acts)
    versions = [published(programme)]
    if draw(st.booleans()):  # the club had no tiers at first
        plain_earning = attrs.evolve(programme.earning, stacking={})
        bare = attrs.evolve(programme, tiers=None, multipliers=(), grants=(), earning=plain_earning)
        since = first + timedelta(days=draw(st.integers(0, 400)))
        versions = [published(bare), published(programme, since)]
    members = Members(Club(tuple(versions)))
    for _, stream, command in sorted(acts, key=lambda act: act[0]):
        members.tell(stream, command)
    # Often just when something is recorded.
    moment = st.sampled_from([at for at, _, _ in acts])
    later = st.integers(0, 1200).map(lambda days: first + timedelta(days=days))
    until = draw(moment | later | st.just(first + timedelta(days=3000)))
    return members, until
