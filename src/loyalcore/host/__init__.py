"""The host: what serves streams over a store, and how it is assembled."""

from loyalcore.host.assembly import connect
from loyalcore.host.club_members import histories, members, store_members
from loyalcore.host.processes import Piece, simulate_pieces
from loyalcore.host.serving import DECIDERS, Host
from loyalcore.host.store_pieces import StorePiece, store_pieces

__all__ = [
    "DECIDERS",
    "Host",
    "Piece",
    "StorePiece",
    "connect",
    "histories",
    "members",
    "simulate_pieces",
    "store_members",
    "store_pieces",
]
