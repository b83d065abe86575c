"""Friends brought by members: both sides, once, and why not (L4)."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore import Host, Refused, connect
from loyalcore.errors import AlreadyEnrolled, ReferralRefused, UnknownCommand
from loyalcore.loyalty import (
    BehaviourRecorded,
    Enrol,
    FriendBrought,
    Leave,
    Line,
    PublishProgramme,
    RecordPurchase,
    RecordReturn,
    ReferralReason,
    ReturnedLine,
    Transfer,
    programme_from,
)
from loyalcore.loyalty.member.referral_commands import AnswerReferral, EarnReferral
from loyalcore.testing import rule
from tests.host.shop import CLUB, CNY, START, day, history
from tests.host.test_commands import Raced

NAMES = ("ann", "ben", "cat", "dan")
INVITE, WELCOME = 50, 20


def shop(when: str = "joining", limit: int = 9, **policies: Any) -> Any:
    """A shop that thanks who brings a friend, and the friend."""
    limits = [{"times": limit, "per": "month"}]
    return programme_from(
        {
            "name": "Shop",
            "currency": "CNY",
            "timezone": "Asia/Shanghai",
            "base": [{"id": "spend"}],
            "behaviours": [
                {"id": "invite", "points": INVITE, "limits": limits},
                {"id": "invited", "points": WELCOME},
            ],
            "referral": {"referrer": "invite", "joiner": "invited", "when": when, **policies},
        }
    )


def opened(store: Any = "memory://", **how: Any) -> Host:
    host = connect(store)
    publish = PublishProgramme(programme=shop(**how), recorded_at=START)
    host.submit(CLUB, publish, key="programme")
    return host


def joins(host: Host, name: str, by: str | None = None, at: Any = None) -> Any:
    enrol = Enrol(recorded_at=at or day(1), referred_by=by)
    return host.submit(f"{CLUB}/{name}", enrol, key=f"{name} joins").events


def buys(host: Host, name: str, paid: Any, number: float = 2) -> Any:
    at = day(number)
    order = RecordPurchase(
        order=f"O{number}", occurred_at=at, recorded_at=at, lines=[Line("1", CNY(paid))]
    )
    return host.submit(f"{CLUB}/{name}", order, key=f"{name} {number}").events


def points(host: Host, name: str) -> int:
    """What a member has, not counting what orders earned."""
    lots = host.state(f"{CLUB}/{name}").lots
    return sum(lot.points for lot in lots if not lot.cause.startswith("order:"))


def reason(host: Host, name: str) -> Any:
    told = host.state(f"{CLUB}/{name}").referred
    return None if told is None else told.reason


class Town:
    """Who was, is and never was a member, and what each ought to have."""

    def __init__(self) -> None:
        self.host = opened()
        self.there, self.been, self.gone = set[str](), set[str](), set[str]()
        self.had: Counter[str] = Counter()
        self.number = 1

    def lives(self, name: str, by: str, what: str) -> None:
        self.number += 1
        if name in self.gone:
            return
        if what == "joins":
            self.joins(name, by)
        elif what == "leaves" and name in self.there:
            command = Leave(recorded_at=day(self.number))
            self.host.submit(f"{CLUB}/{name}", command, key=str(self.number))
            self.there, self.had[name] = self.there - {name}, 0
        elif what == "is forgotten" and name in self.been:
            self.host.forget(f"{CLUB}/{name}", day(self.number))
            self.there, self.gone = self.there - {name}, self.gone | {name}

    def joins(self, name: str, by: str) -> None:
        command = Enrol(recorded_at=day(self.number), referred_by=by or None)
        if name in self.there:
            with pytest.raises(AlreadyEnrolled):
                self.host.submit(f"{CLUB}/{name}", command, key=str(self.number))
            return
        self.host.submit(f"{CLUB}/{name}", command, key=str(self.number))
        told = self.told(name, by) if by else None
        assert reason(self.host, name) is told
        self.there, self.been = self.there | {name}, self.been | {name}
        if told is ReferralReason.EARNED:
            self.had[name] += WELCOME
            self.had[by] += INVITE

    def told(self, name: str, by: str) -> ReferralReason:
        if name in self.been:
            return ReferralReason.JOINED_BEFORE
        if by == name:
            return ReferralReason.ONESELF
        return ReferralReason.EARNED if by in self.there else ReferralReason.NOT_A_MEMBER


@rule("L4.10", "L4.11", "J1.16")
@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.sampled_from(("", *NAMES, "nobody", "a/b")),
            st.sampled_from(("joins", "joins", "joins", "leaves", "is forgotten")),
        ),
        max_size=12,
    )
)
def test_who_brings_whom(steps: list[tuple[str, str, str]]) -> None:
    """Once for each who joins for the first time, brought by another who is a member then."""
    town = Town()
    for step in steps:
        town.lives(*step)
        for each in town.there:
            town.host.state(f"{CLUB}/{each}").check_invariants()
            assert points(town.host, each) == town.had[each]
    for name in town.been - town.gone:
        events = town.host.events(f"{CLUB}/{name}")
        brought = [event.friend for event in events if isinstance(event, FriendBrought)]
        assert len(set(brought)) == len(brought)
    assert set(town.host.streams(f"{CLUB}/")) == {f"{CLUB}/{name}" for name in town.been}


@rule("L4.11")
@given(st.sampled_from(("ann", "nobody", "ben", "again")), st.sampled_from(("noted", "refused")))
def test_a_referral_that_does_not_count(by: str, invalid: str) -> None:
    """It is noted with its reason or, where the programme says so, the joining is refused."""
    host = opened(invalid=invalid)
    joins(host, "ann")
    if by == "again":
        joins(host, "ben")
        host.submit(f"{CLUB}/ben", Leave(recorded_at=day(1)), key="leaves")
    before = history(host)
    enrol = Enrol(recorded_at=day(2), referred_by="ann" if by == "again" else by)
    why = {
        "nobody": ReferralReason.NOT_A_MEMBER,
        "ben": ReferralReason.ONESELF,
        "again": ReferralReason.JOINED_BEFORE,
    }.get(by)
    if why is not None and invalid == "refused":
        with pytest.raises(ReferralRefused, match="join without a referral"):
            host.submit(f"{CLUB}/ben", enrol, key="ben")
        assert history(host) == before
        return
    host.submit(f"{CLUB}/ben", enrol, key="ben")
    told = host.state(f"{CLUB}/ben").referred
    assert told.reason is (why or ReferralReason.EARNED)
    assert points(host, "ben") == (0 if why else WELCOME)
    assert told.words().startswith(f"brought by {enrol.referred_by}: ")


def test_nothing_is_offered() -> None:
    """A programme without referrals notes who is said to have brought one, and asks nobody."""
    host = connect("memory://")
    plain = programme_from(
        {"name": "Shop", "currency": "CNY", "timezone": "Asia/Shanghai", "base": [{"id": "spend"}]}
    )
    host.submit(CLUB, PublishProgramme(programme=plain, recorded_at=START), key="p")
    joins(host, "ann")
    joins(host, "ben", "ann")
    assert reason(host, "ben") is ReferralReason.NOT_OFFERED
    assert len(list(host.events(f"{CLUB}/ann"))) == 1


@rule("L4.10", "J1.16")
@given(st.integers(1, 16), st.sampled_from(("same", "other", "leaves", "joins")), st.booleans())
def test_two_hosts_at_once(call: int, twin: str, buying: bool) -> None:
    """Whatever another host does before whichever store call, each side earns once or not."""
    store = Raced()
    host = opened(store, when="first_purchase" if buying else "joining")
    if twin != "joins":
        joins(host, "ann")
    other = Host(store)

    def somebody() -> None:
        match twin:
            case "same":
                joins(other, "ben", "ann")
            case "other":
                joins(other, "cat", "ann")
                if buying:
                    buys(other, "cat", 5)
            case "leaves":
                other.submit(f"{CLUB}/ann", Leave(recorded_at=day(3)), key="leaves")
            case _:
                joins(other, "ann")

    store.somebody, store.at = somebody, call
    racing = Host(store)
    told = joins(racing, "ben", "ann")
    if buying:
        buys(racing, "ben", 5)
    assert joins(host, "ben", "ann") == told
    earned = {
        name: [e for e in host.events(f"{CLUB}/{name}") if isinstance(e, BehaviourRecorded)]
        for name in ("ann", "ben", "cat")
    }
    friends = len(earned["ben"]) + len(earned["cat"])
    left = twin == "leaves" and store.at <= 0
    assert friends - left <= len(earned["ann"]) <= friends
    assert reason(host, "ben") in {ReferralReason.EARNED, ReferralReason.NOT_A_MEMBER}
    assert len(earned["ben"]) == (reason(host, "ben") is ReferralReason.EARNED)
    if reason(host, "ben") is ReferralReason.NOT_A_MEMBER:
        # Who is refused was not there when the answer was written down.
        first = [s.position for s in store.read(f"{CLUB}/ann")][:1]
        mine = store.read(f"{CLUB}/ben")[0].position
        assert twin == "leaves" or not first or mine < first[0]


@rule("L4.10")
@given(st.integers(1, 80), st.booleans())
def test_in_one_act_with_a_transfer(gift: int, enough: bool) -> None:
    """What a referral brings can be given away in the same act; refused, nothing has happened."""
    host = opened()
    joins(host, "ann")
    before = history(host)
    given_ = Transfer(transfer="T", to="ben", points=gift if enough else INVITE + 1)
    acts = [
        (f"{CLUB}/ben", Enrol(recorded_at=day(2), referred_by="ann")),
        (f"{CLUB}/ann", given_),
    ]
    if not enough or gift > INVITE:
        with pytest.raises(Refused):
            host.submit_all("both", acts)
        assert history(host) == before
        return
    host.submit_all("both", acts)
    assert points(host, "ann") == INVITE - gift
    assert points(host, "ben") == WELCOME + gift


@rule("L4.14")
@given(st.integers(0, 4), st.integers(1, 3), st.booleans())
def test_the_limits_of_who_brings(friends: int, limit: int, buying: bool) -> None:
    """Beyond them who brings earns 0, with the limit named; the friends earn all the same."""
    host = opened(when="first_purchase" if buying else "joining", limit=limit)
    joins(host, "ann")
    for number in range(friends):
        joins(host, f"friend{number}", "ann")
        if buying:
            buys(host, f"friend{number}", 1)
        assert points(host, f"friend{number}") == WELCOME
    earned = [e for e in host.events(f"{CLUB}/ann") if isinstance(e, BehaviourRecorded)]
    assert [e.award.points for e in earned] == [
        INVITE if number < limit else 0 for number in range(friends)
    ]
    for event in earned[limit:]:
        why = event.award.why_not("invite")
        assert why == f"invite: 0, the limit of {limit} per month is reached"


def becomes(host: Host, ann: str, at: Any) -> None:
    """Let Ann leave, come again, be forgotten, or give away what she has."""
    stream = f"{CLUB}/ann"
    if ann in {"leaves", "comes again"}:
        host.submit(stream, Leave(recorded_at=at), key="leaves")
    if ann == "comes again":
        host.submit(stream, Enrol(recorded_at=at), key="comes")
    if ann == "is forgotten":
        host.forget(stream, at)
    if ann == "gives" and points(host, "ann"):
        joins(host, "eve")
        gift = Transfer(recorded_at=at, transfer="T", to="eve", points=INVITE)
        host.submit(stream, gift, key="gives")


@rule("L4.13", "L4.15")
@settings(max_examples=settings().max_examples * 4)
@given(
    st.sampled_from(("claimed", "kept")),
    st.sampled_from(("", "leaves", "is forgotten", "comes again", "gives")),
    st.booleans(),
    st.booleans(),
)
def test_the_first_purchase_comes_back(returned: str, ann: str, later: bool, parts: bool) -> None:
    """Both sides' points are claimed back, or kept; whoever is gone neither earns nor owes."""
    host = opened(when="first_purchase", returned=returned)
    joins(host, "ann")
    joins(host, "ben", "ann")
    if not later:
        becomes(host, ann, day(3))
    buys(host, "ben", 100, 4)
    there = ann in {"", "gives"} or (ann == "comes again" and not later)
    if there:
        assert points(host, "ann") == INVITE
    if later:
        becomes(host, ann, day(5))
    assert points(host, "ben") == WELCOME
    at = day(6)
    if parts:
        half = [ReturnedLine("1", CNY(50))]
        some = RecordReturn(id="S", order="O4", occurred_at=at, recorded_at=at, lines=half)
        host.submit(f"{CLUB}/ben", some, key="some")
        assert points(host, "ben") == WELCOME
    back = RecordReturn(id="R", order="O4", occurred_at=at, recorded_at=at)
    host.submit(f"{CLUB}/ben", back, key="back")
    claimed = returned == "claimed"
    end = ReferralReason.RETURNED if claimed else ReferralReason.EARNED
    assert points(host, "ben") == (0 if claimed else WELCOME)
    assert reason(host, "ben") is end
    if there:
        state, given_ = host.state(f"{CLUB}/ann"), ann == "gives" and later
        assert state.debt == (INVITE if claimed and given_ else 0)
        assert state.outstanding == (0 if claimed or given_ else INVITE)
    elif ann == "comes again":
        assert host.state(f"{CLUB}/ann").debt == 0
    buys(host, "ben", 100, 7)
    assert reason(host, "ben") is end


@rule("L4.15")
@given(st.sampled_from(("leaves", "is forgotten")))
def test_a_friend_buys_though_the_other_is_gone(how: str) -> None:
    """Nothing that becomes of who brought a friend refuses what the friend does."""
    host = opened(when="first_purchase")
    joins(host, "ann")
    joins(host, "ben", "ann")
    if how == "leaves":
        host.submit(f"{CLUB}/ann", Leave(recorded_at=day(1)), key="leaves")
    else:
        host.forget(f"{CLUB}/ann", day(1))
    buys(host, "ben", 1)
    assert points(host, "ben") == WELCOME
    assert reason(host, "ben") is ReferralReason.EARNED


@rule("L4.16")
@given(st.integers(0, 40), st.integers(-40, 40))
def test_each_is_recorded_in_its_own_time(ahead: int, friend: int) -> None:
    """The friend's history does not run ahead to where that of who brought the friend stands."""
    host = opened()
    joins(host, "ann")
    buys(host, "ann", 1, 50 + ahead)
    at = day(50 + friend)
    joins(host, "ben", "ann", at)
    assert {e.recorded_at for e in host.events(f"{CLUB}/ben")} == {at}
    *_, earned = host.events(f"{CLUB}/ann")
    assert earned.recorded_at == max(at, day(50 + ahead))
    host.state(f"{CLUB}/ben", at + timedelta(days=1)).check_invariants()


def test_no_host_asks_what_the_sides_ask_each_other() -> None:
    """The commands between them are nobody's to send."""
    host = opened()
    joins(host, "ann")
    for command in (AnswerReferral(), EarnReferral(friend="ben", joined_at=START)):
        with pytest.raises(UnknownCommand):
            host.submit(f"{CLUB}/ann", command, key="x")
