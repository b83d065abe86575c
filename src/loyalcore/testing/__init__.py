"""For authors of plug-ins: strategies, and the suites that hold a plug-in to the rules."""

from loyalcore.testing.notifier_suite import NotifierSuite
from loyalcore.testing.properties import for_all
from loyalcore.testing.rules import rule, scenario
from loyalcore.testing.store_suite import StoreSuite
from loyalcore.testing.strategies import (
    appends,
    batches,
    instants,
    json_texts,
    key_records,
    keys,
    names,
    new_events,
    refs,
    snapshots,
    stream_names,
)

__all__ = [
    "NotifierSuite",
    "StoreSuite",
    "appends",
    "batches",
    "for_all",
    "instants",
    "json_texts",
    "key_records",
    "keys",
    "names",
    "new_events",
    "refs",
    "rule",
    "scenario",
    "snapshots",
    "stream_names",
]
