"""Rules of loyalty programmes, complaints, customer metrics and segmentation, done right once."""

from loyalcore.errors import InvalidDocument, InvalidValue, LoyalcoreError, Refused
from loyalcore.hooks import hookimpl
from loyalcore.host import Host, connect
from loyalcore.journal.acts import BatchReport, BatchStep, Outcome, Refusal, Submission, Ticked
from loyalcore.journal.relay import RelayPolicy
from loyalcore.money import Currency, Money

__all__ = [
    "BatchReport",
    "BatchStep",
    "Currency",
    "Host",
    "InvalidDocument",
    "InvalidValue",
    "LoyalcoreError",
    "Money",
    "Outcome",
    "Refusal",
    "Refused",
    "RelayPolicy",
    "Submission",
    "Ticked",
    "connect",
    "hookimpl",
]
