"""A look-up of orders that processes can be sent."""

import attrs

from loyalcore.loyalty import PurchaseRecorded, RecordPurchase


@attrs.frozen
class LookUp:
    """Orders held in memory, by member and id."""

    orders: dict[tuple[str, str], RecordPurchase]

    def __call__(self, member: str, event: PurchaseRecorded) -> RecordPurchase:
        return self.orders[member, event.order]
