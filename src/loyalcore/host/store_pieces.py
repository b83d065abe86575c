"""A club's members in a store, in pieces that processes can share."""

from collections.abc import Iterator, Sequence
from itertools import islice

import attrs

from loyalcore import checks
from loyalcore.errors import InvalidValue
from loyalcore.host.assembly import connect
from loyalcore.host.club_members import member_facts, member_streams
from loyalcore.loyalty import MemberFacts, Orders


@attrs.frozen
class StorePiece:
    """Some members of a store, as another process can be told of them.

    Attributes:
        url: of the store.
        streams: the members'.
        orders: gives an order as it was told; sent to the process, so a function of a module.
        entry_points: installed plug-ins to load, as for `connect`.
    """

    url: str
    streams: tuple[str, ...]
    orders: Orders
    entry_points: bool | tuple[str, ...] = False

    @property
    def size(self) -> int:
        """How many members, those who were forgotten among them."""
        return len(self.streams)

    def members(self) -> Iterator[MemberFacts]:
        """Give each member's facts, one member at a time."""
        with connect(self.url, entry_points=self.entry_points) as host:
            yield from member_facts(host, iter(self.streams), self.orders)


def store_pieces(
    url: str,
    club: str,
    orders: Orders,
    *,
    size: int = 500,
    entry_points: bool | Sequence[str] = False,
) -> Sequence[StorePiece]:
    """Part a club's members into pieces that processes can share.

    Args:
        url: of a store that several processes can open, such as `sqlite:///club.db`.
        club: the club's stream, such as `loyalty/bluebird`.
        orders: as for `store_members`; a function of a module, or `known_orders(...)`.
        size: members of a piece.
        entry_points: installed plug-ins to load, as for `connect`.

    Raises:
        UnknownStore, StoreUnusable, StoreTooNew: as `connect`.
        UnknownClub: nothing was published to it, or it is no club's stream.
        InvalidValue: no members of a piece.
    """
    if size < 1:
        raise InvalidValue("store_pieces.size", size, "give 1 or more")
    fix = "give True for all, False for none, or a list of names"
    names = (
        entry_points
        if isinstance(entry_points, bool)
        else checks.unpacked("store_pieces.entry_points", entry_points, fix)
    )
    found = []
    with connect(url, entry_points=names) as host:
        streams = member_streams(host, club)
        while chunk := tuple(islice(streams, size)):
            found.append(StorePiece(url, chunk, orders, names))
    return found
