"""The hooks through which a host application brings in what is its own.

A hook is called once, when `connect()` assembles the host; what it returns is used by plain calls
from then on. Implement one with the marker `hookimpl`, in a module or a class of your own::

    from loyalcore.hooks import hookimpl

    @hookimpl
    def loyalcore_notifiers():
        return [MyMailer()]
"""

from collections.abc import Sequence

import pluggy

from loyalcore.journal.relay import Notifier
from loyalcore.journal.store import Store
from loyalcore.loyalty import Condition
from loyalcore.timing import BusinessCalendar

hookspec = pluggy.HookspecMarker("loyalcore")
hookimpl = pluggy.HookimplMarker("loyalcore")


@hookspec(firstresult=True)
def loyalcore_open_store(url: str) -> Store | None:
    """Open the store that a URL names, or return None to leave it to others.

    Raise a `loyalcore.errors.StoreUnusable` when the URL is yours but cannot be opened.
    """


@hookspec
def loyalcore_notifiers() -> Sequence[Notifier]:  # type: ignore[empty-body]
    """Give the notifiers that read the log, each with a name that is its own for ever."""


@hookspec
def loyalcore_conditions() -> Sequence[type[Condition]]:  # type: ignore[empty-body]
    """Give the classes of conditions that programmes may name beside the library's."""


@hookspec
def loyalcore_calendars() -> Sequence[BusinessCalendar]:  # type: ignore[empty-body]
    """Give business calendars, each with a name by which `host.calendar(name)` finds it."""
