"""Assemble a host: the only module that calls pluggy."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

import attrs
import pluggy

from loyalcore import checks, hooks
from loyalcore.errors import BrokenPlugin, InvalidValue, UnknownStore
from loyalcore.host.serving import Host
from loyalcore.journal.memory import MemoryStore
from loyalcore.journal.relay import RelayPolicy
from loyalcore.journal.sqlite import open_sqlite
from loyalcore.journal.store import Store
from loyalcore.loyalty import CONDITIONS, Condition
from loyalcore.timing import BusinessCalendar

_STORE_METHODS = tuple(name for name in vars(Store) if not name.startswith("_"))


class _OwnStores:
    """The stores that come with the library, opened through the same hook as anybody's."""

    @hooks.hookimpl
    def loyalcore_open_store(self, url: str) -> Store | None:
        if url == "memory://":
            return MemoryStore()
        return open_sqlite(url) if url.startswith("sqlite://") else None


def connect(
    store: str | Store = "memory://",
    *,
    plugins: Iterable[object] = (),
    entry_points: bool | Sequence[str] = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    cache_size: int = 10_000,
    snapshot_every: int = 50,
    relay: RelayPolicy | None = None,
) -> Host:
    """Assemble a host over a store.

    Args:
        store: `sqlite:///FILE`, `memory://`, a plug-in's URL, or a Store.
        plugins: modules or objects with hooks (see `loyalcore.hooks`).
        entry_points: load the installed plug-ins of the group `loyalcore`: True for all, or their
            names; none by default.
        clock: gives the time to a command that brings no `recorded_at`.
        cache_size: how many states are kept in memory.
        snapshot_every: versions between two snapshots of a stream.
        relay: how patiently notifiers are told.

    Raises:
        UnknownStore: nobody opens this URL.
        StoreUnusable, StoreTooNew: the store cannot be used.
        BrokenPlugin: a plug-in cannot be loaded or breaks a hook's contract.
        InvalidValue: a setting that cannot be, such as a name where a list of names is meant.

    >>> host = connect("memory://")
    >>> list(host.streams("loyalty/"))
    []
    """
    if cache_size < 1 or snapshot_every < 1:
        raise InvalidValue("connect", (cache_size, snapshot_every), "give 1 or more of each")
    manager = pluggy.PluginManager("loyalcore")
    manager.add_hookspecs(hooks)
    given = checks.unpacked("connect.plugins", plugins, "give a list of modules or objects")
    for plugin in (_OwnStores(), *given, *_installed(entry_points)):
        _register(manager, plugin)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise BrokenPlugin(str(error.plugin), f"{error}: see loyalcore.hooks") from error
    notifiers = [notifier for _, notifier in _gathered(manager.hook.loyalcore_notifiers)]
    for notifier in notifiers:
        if not isinstance(getattr(notifier, "name", None), str) or not callable(
            getattr(notifier, "notify", None)
        ):
            raise BrokenPlugin(repr(notifier), "a notifier has a name and a method notify")
    names = [notifier.name for notifier in notifiers]
    for name in names:
        if names.count(name) > 1:
            raise BrokenPlugin(name, "two notifiers of this name would share a cursor")
    opened = _opened(manager, store)
    return Host(
        opened,
        notifiers=notifiers,
        clock=clock,
        cache_size=cache_size,
        snapshot_every=snapshot_every,
        relay=relay,
        conditions=_conditions(manager),
        calendars=_calendars(manager),
    )


def _gathered(caller: pluggy.HookCaller) -> Iterator[tuple[str, Any]]:
    """Call a hook that gives a list; give each item with the plug-in that it comes from."""
    for hook in caller.get_hookimpls():
        try:
            given: Any = hook.function()
            items = [] if given is None else list(given)
        except Exception as error:
            reason = f"{caller.name} must return a list: {error!r}"
            raise BrokenPlugin(hook.plugin_name, reason) from error
        for item in items:
            yield hook.plugin_name, item


def _is_condition(cls: object) -> bool:
    return isinstance(cls, type) and issubclass(cls, Condition) and attrs.has(cls)


def _needed(cls: type[Condition]) -> set[str]:
    """Give the fields that must be given; what has a default a file would leave out."""
    return {field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING}


def _conditions(manager: pluggy.PluginManager) -> list[type[Condition]]:
    """Gather the conditions of all plug-ins, each with a key of its own."""
    taken = {cls.key for cls in CONDITIONS}
    found = []
    for plugin, cls in _gathered(manager.hook.loyalcore_conditions):
        if not _is_condition(cls) or cls.key not in _needed(cls):
            reason = f"{cls!r} must be an attrs class of Condition whose key is a required field"
            raise BrokenPlugin(plugin, reason)
        if cls.key in taken:
            raise BrokenPlugin(plugin, f"there is a condition {cls.key!r} already")
        taken.add(cls.key)
        found.append(cls)
    return found


def _calendars(manager: pluggy.PluginManager) -> list[BusinessCalendar]:
    """Gather the business calendars of all plug-ins, each with a name of its own."""
    found: dict[str, BusinessCalendar] = {}
    for plugin, calendar in _gathered(manager.hook.loyalcore_calendars):
        if not isinstance(calendar, BusinessCalendar) or not calendar.name:
            raise BrokenPlugin(plugin, f"{calendar!r} must be a BusinessCalendar with a name")
        if calendar.name in found:
            raise BrokenPlugin(plugin, f"there is a calendar {calendar.name!r} already")
        found[calendar.name] = calendar
    return list(found.values())


def _opened(manager: pluggy.PluginManager, store: str | Store) -> Store:
    """Open the store that a URL names, or take the one that is given."""
    opened = manager.hook.loyalcore_open_store(url=store) if isinstance(store, str) else store
    if opened is None:
        raise UnknownStore(str(store))
    missing = [name for name in _STORE_METHODS if not callable(getattr(opened, name, None))]
    if missing and isinstance(store, str):
        reason = f"loyalcore_open_store gave no store for {store!r}: it has no {missing[0]}()"
        raise BrokenPlugin("loyalcore_open_store", reason)
    if missing:
        fix = f'give a URL such as "sqlite:///club.db", or a Store: this has no {missing[0]}()'
        raise InvalidValue("connect.store", store, fix)
    return opened


def _register(manager: pluggy.PluginManager, plugin: object) -> None:
    try:
        manager.register(plugin)
    except (pluggy.PluginValidationError, ValueError, TypeError) as error:
        raise BrokenPlugin(repr(plugin), f"{error}: see loyalcore.hooks") from error


def _installed(wanted: bool | Sequence[str]) -> Iterator[object]:
    """Load plug-ins by entry point, one by one, naming one that is broken or missing."""
    if wanted is False:
        return
    found = {point.name: point for point in metadata.entry_points(group="loyalcore")}
    fix = "give True for all, False for none, or a list of names"
    names = sorted(found) if wanted is True else wanted
    for name in checks.unpacked("connect.entry_points", names, fix):
        if name not in found:
            raise BrokenPlugin(name, f"not installed; installed are: {', '.join(sorted(found))}")
        try:
            yield found[name].load()
        except Exception as error:
            raise BrokenPlugin(name, f"cannot be loaded: {error!r}") from error
