"""Strategies for entitlements: what a programme may grant, when it does, and their commands."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from loyalcore.loyalty import (
    Condition,
    Entitlement,
    EntitlementKind,
    Grant,
    GrantEntitlement,
    Occasion,
    PeriodLimit,
    ReleaseReservation,
    ReserveEntitlement,
    RevokeEntitlement,
    TransferEntitlement,
    UndoUse,
    UseEntitlement,
)
from loyalcore.loyalty.member.entitlement_commands import EntitlementCommand, by_hand
from loyalcore.timing import Cycle, Length

ENTITLEMENTS = ("gift", "delivery", "lounge")
CAUSES = ("complaint:1", "complaint:2", "order:O-1")
ROLES = ("", "clerk", "manager")


def entitlements() -> SearchStrategy[Entitlement]:
    """Draw what may be granted: once, some times or as often as one likes; for ever or not."""
    lives = st.none() | st.builds(Length, days=st.integers(20, 60), months=st.integers(0, 13))
    dates = st.none() | st.dates(date(2011, 1, 1), date(2013, 12, 31))
    limits = st.builds(PeriodLimit, times=st.integers(1, 2), per=st.sampled_from(Cycle))

    def build(first: date | None, last: date | None, **values: Any) -> Entitlement:
        in_order = first is None or last is None or first <= last
        return Entitlement(first=first, last=last if in_order else None, **values)

    return st.builds(
        build,
        id=st.sampled_from(ENTITLEMENTS),
        name=st.sampled_from(("", "Tea for two")),
        kind=st.sampled_from(EntitlementKind),
        lasts=lives,
        pending=st.just(Length()) | st.integers(1, 20).map(lambda n: Length(days=n)),
        first=st.none() | dates,
        last=st.none() | st.none() | dates,
        uses=st.sampled_from((1, 1, 2, 3, 0)),
        limits=st.lists(limits, max_size=2).map(tuple),
        roles=st.sampled_from(((), (), ("manager",))),
        transferable=st.booleans(),
    )


def grants(
    there: Sequence[Entitlement],
    known: Mapping[Occasion, Sequence[str]],
    conditions: SearchStrategy[Condition],
) -> SearchStrategy[tuple[Grant, ...]]:
    """Draw what a programme itself grants of what is there.

    Args:
        there: the entitlements.
        known: the ids of behaviours, rewards and tiers, by occasion.
        conditions: of orders.
    """
    if not there:
        return st.just(())

    def one(on: Occasion) -> SearchStrategy[Grant]:
        some = st.lists(st.sampled_from(sorted(known.get(on) or ("",))), max_size=2, unique=True)
        of = some.map(tuple) if known.get(on) else st.just(())
        return st.builds(
            Grant,
            id=st.sampled_from(("grant-1", "grant-2", "grant-3")),
            entitlement=st.sampled_from([entitlement.id for entitlement in there]),
            on=st.just(on),
            of=of,
            when=st.none() | conditions if on is Occasion.ORDER else st.none(),
        )

    drawn = st.sampled_from(Occasion).flatmap(one)
    return st.lists(drawn, max_size=3, unique_by=lambda grant: grant.id).map(tuple)


def entitlement_command(
    draw: DrawFn,
    there: Sequence[Entitlement],
    rights: Sequence[str],
    told: Mapping[str, list[str]],
    id_: str,
    at: datetime,
) -> EntitlementCommand | TransferEntitlement:
    """Draw a command of entitlements; some are refused.

    Args:
        draw: given by hypothesis.
        there: what the programme may grant.
        rights: ids that may have been granted by the programme.
        told: the ids of the uses and reservations so far, to which the drawn one is added.
        id_: for what is new.
        at: when it is recorded.
    """
    names = [entitlement.id for entitlement in there]
    right = st.sampled_from([*(by_hand(name, c) for name in names for c in CAUSES), *rights])
    kind = draw(
        st.sampled_from(
            ("grant", "grant", "use", "use", "reserve", "end", "undo", "revoke", "give")
        )
    )
    if kind == "grant":
        return GrantEntitlement(
            recorded_at=at,
            entitlement=draw(st.sampled_from(names)),
            cause=draw(st.sampled_from(CAUSES)),
            actor="joe",
            role=draw(st.sampled_from(ROLES)),
        )
    if kind == "reserve":
        told["reservation"].append(id_)
        until = at + draw(st.sampled_from((timedelta(minutes=20), timedelta(days=30))))
        return ReserveEntitlement(recorded_at=at, right=draw(right), reservation=id_, until=until)
    if kind == "end" and told["reservation"]:
        return ReleaseReservation(
            recorded_at=at, reservation=draw(st.sampled_from(told["reservation"]))
        )
    if kind == "undo" and told["use"]:
        use = draw(st.sampled_from(told["use"]))
        return UndoUse(recorded_at=at, right=draw(right), use=use)
    if kind == "give":
        return TransferEntitlement(recorded_at=at, right=draw(right), transfer=id_, to="z")
    if kind == "revoke":
        role = draw(st.sampled_from(ROLES))
        return RevokeEntitlement(
            recorded_at=at, right=draw(right), actor="joe", reason="fraud", role=role
        )
    told["use"].append(id_)
    reservation = draw(st.sampled_from(["", "", *told["reservation"]]))
    return UseEntitlement(recorded_at=at, right=draw(right), use=id_, reservation=reservation)
