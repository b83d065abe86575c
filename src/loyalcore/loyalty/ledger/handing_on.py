"""Decide transfers of entitlements between members."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from loyalcore.decider import Command
from loyalcore.errors import InvalidValue, RightNotTransferable, RightOver, RightReserved
from loyalcore.loyalty.ledger.entitling import open_right
from loyalcore.loyalty.member.club import Club
from loyalcore.loyalty.member.dossier import Dossier
from loyalcore.loyalty.member.entitlement_events import EntitlementEnd
from loyalcore.loyalty.member.entitlement_handing import (
    EntitlementGiven,
    EntitlementReceived,
    ReceiveEntitlement,
    TransferEntitlement,
)
from loyalcore.loyalty.member.member import Member


def give_right(
    member: Member, past: Dossier, command: TransferEntitlement, _: Club, at: datetime
) -> tuple[EntitlementGiven]:
    """Take an entitlement out, to be received by another member in the same act.

    Raises:
        AlreadyRecorded, UnknownRight, RightOver, RightNotTransferable, RightReserved: see these.
    """
    past.refuse_known(f"transfer:{command.transfer}")
    right = open_right(member, past, command.right)
    if not right.transferable:
        raise RightNotTransferable(right.id)
    if right.expired and right.valid_until is not None:
        raise RightOver(right.id, EntitlementEnd.EXPIRED.value, right.valid_until)
    if right.reserved:
        raise RightReserved(right.id, tuple(each.id for each in right.reserved))
    given = EntitlementGiven(
        recorded_at=at,
        source=command.source,
        right=right,
        transfer=command.transfer,
        to=command.to,
    )
    return (given,)


def receive_right(
    _: Member, past: Dossier, command: ReceiveEntitlement, __: Club, at: datetime
) -> tuple[EntitlementReceived]:
    """Have an entitlement with the terms, the validity and the uses left that it had.

    Raises:
        AlreadyRecorded: see this.
    """
    past.refuse_known(f"transfer:{command.transfer}")
    cause, given = f"transfer:{command.transfer}", command.right
    right = attrs.evolve(
        given, id=f"{given.entitlement}/{cause}", cause=cause, rule="", granted_at=at
    )
    received = EntitlementReceived(
        recorded_at=at,
        source=command.source,
        right=right,
        transfer=command.transfer,
        sender=command.sender,
        expired=right.valid_until is not None and right.valid_until <= at,
    )
    return (received,)


def right_leads_to(stream: str, event: object) -> Sequence[tuple[str, Command]]:
    """Give what an event makes other members do: who is given an entitlement receives it.

    Raises:
        InvalidValue: a member would give one to itself.
    """
    if not isinstance(event, EntitlementGiven):
        return ()
    club, _, sender = stream.rpartition("/")
    if event.to == sender:
        raise InvalidValue("TransferEntitlement.to", event.to, "give it to another member")
    command = ReceiveEntitlement(
        recorded_at=event.recorded_at,
        source=event.source,
        transfer=event.transfer,
        sender=sender,
        right=event.right,
    )
    return ((f"{club}/{event.to}", command),)
