"""connect(): stores by URL, plug-ins by hook, and what is wrong with either, by name."""

import json
import tempfile
import types
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalcore import connect, hookimpl
from loyalcore.errors import (
    BrokenPlugin,
    CorruptEvent,
    InvalidDocument,
    InvalidValue,
    StoreUnusable,
    UnknownCalendar,
    UnknownStore,
)
from loyalcore.journal import MemoryStore, Store
from loyalcore.loyalty import (
    Condition,
    Enrol,
    Facts,
    Line,
    PublishProgramme,
    RecordPurchase,
)
from loyalcore.testing.rules import rule
from loyalcore.timing import BusinessCalendar, Week
from tests.host.shop import CLUB, CNY, START


class Drawer:
    """A plug-in with a store of its own."""

    def __init__(self) -> None:
        self.store = MemoryStore()

    @hookimpl
    def loyalcore_open_store(self, url: str) -> Store | None:
        return self.store if url == "drawer://" else None


def test_a_plugin_opens_its_own_urls_and_no_others() -> None:
    """The plug-in that knows a URL opens it; what nobody knows is named, with the known ways."""
    drawer = Drawer()
    assert connect("drawer://", plugins=[drawer]).store is drawer.store
    assert connect("memory://", plugins=[drawer]).store is not drawer.store
    with pytest.raises(UnknownStore, match=r"postgres://x.*sqlite:///FILE"):
        connect("postgres://x", plugins=[drawer])


class Shelf:
    """A plug-in that opens the URLs of one scheme."""

    def __init__(self, scheme: str) -> None:
        self.scheme, self.store = scheme, MemoryStore()

    @hookimpl
    def loyalcore_open_store(self, url: str) -> Store | None:
        return self.store if url == f"{self.scheme}://" else None


@rule("J10.1")
@given(st.lists(st.frozensets(st.sampled_from("abcd")), min_size=1, max_size=4))
def test_hosts_share_nothing(sets: list[frozenset[str]]) -> None:
    """A host knows the URLs of its own plug-ins, whatever other hosts were given before it."""
    for schemes in sets:
        shelves = {scheme: Shelf(scheme) for scheme in sorted(schemes)}
        for scheme in "abcd":
            if scheme in shelves:
                opened = connect(f"{scheme}://", plugins=shelves.values())
                assert opened.store is shelves[scheme].store
            else:
                with pytest.raises(UnknownStore):
                    connect(f"{scheme}://", plugins=shelves.values())


class Misspelt:
    @hookimpl
    def loyalcore_notifier(self) -> list[object]:
        return []


class WrongArgument:
    @hookimpl
    def loyalcore_open_store(self, uri: str) -> None:
        return None


class Nameless:
    @hookimpl
    def loyalcore_notifiers(self) -> list[object]:
        return [object()]


@attrs.define
class Unhashable:
    """A plug-in object that compares by value cannot be registered."""

    number: int = 1

    @hookimpl
    def loyalcore_notifiers(self) -> list[object]:
        return []


@pytest.mark.parametrize("plugin", [Misspelt(), WrongArgument(), Nameless()])
def test_a_plugin_that_breaks_a_contract_is_named(plugin: object) -> None:
    """An unknown hook, a wrong argument or a notifier without a name is refused when connecting."""
    with pytest.raises(BrokenPlugin):
        connect(plugins=[plugin])


def test_a_plugin_object_that_compares_by_value_works_or_is_named() -> None:
    """Releases of pluggy differ on unhashable plug-ins; here it is either taken or named."""
    try:
        assert connect(plugins=[Unhashable()]).notifiers == ()
    except BrokenPlugin as error:
        assert "Unhashable" in str(error)  # noqa: PT017 - either way is allowed


def test_two_notifiers_of_one_name_are_refused() -> None:
    """They would share a cursor and each hear half."""
    both = types.SimpleNamespace(name="mail", notify=print)

    class Twice:
        @hookimpl
        def loyalcore_notifiers(self) -> list[object]:
            return [both, both]

    with pytest.raises(BrokenPlugin, match="mail"):
        connect(plugins=[Twice()])


def test_entry_points_load_only_on_request_and_a_broken_one_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is loaded unless asked for; one that cannot be loaded is named with its reason."""
    points = [
        metadata.EntryPoint("broken", "no_such_module_anywhere", "loyalcore"),
        metadata.EntryPoint("good", "tests.host.test_plugins:DRAWER", "loyalcore"),
    ]
    monkeypatch.setattr(metadata, "entry_points", lambda group: points)
    assert connect().notifiers == ()
    assert connect("drawer://", entry_points=["good"]).store is DRAWER.store
    with pytest.raises(BrokenPlugin, match=r"broken.*no_such_module_anywhere"):
        connect(entry_points=True)
    with pytest.raises(BrokenPlugin, match=r"absent.*broken, good"):
        connect(entry_points=["absent"])


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("entry_points", "good"), ("entry_points", 7), ("plugins", "good"), ("plugins", 7)],
)
def test_a_word_is_no_list_of_plugins(field: str, wrong: object) -> None:
    """It is refused by the name of the argument, not letter by letter."""
    with pytest.raises(InvalidValue, match=rf"connect\.{field}: {wrong!r} is not allowed"):
        connect(**{field: wrong})


DRAWER = Drawer()


def test_a_store_by_url_is_a_file_where_the_url_says(tmp_path: Path) -> None:
    """Four slashes make an absolute path; a folder that is not there is named."""
    with connect(f"sqlite:///{tmp_path}/club.db"):
        assert (tmp_path / "club.db").exists()
    with pytest.raises(StoreUnusable, match="nowhere"):
        connect(f"sqlite:///{tmp_path}/nowhere/club.db")


@pytest.mark.parametrize("option", ["cache_size", "snapshot_every"])
def test_sizes_below_one_are_refused(option: str) -> None:
    """A cache or a snapshot distance of 0 makes no sense and is refused."""
    with pytest.raises(InvalidValue):
        connect(**{option: 0})  # type: ignore[arg-type]


@pytest.mark.parametrize("store", [Path("club.db"), 5, object(), None])
def test_what_is_no_store_is_refused_at_once(store: Any) -> None:
    """Neither a path nor anything else that keeps no contract is taken for a store."""
    with pytest.raises((InvalidValue, UnknownStore)):
        connect(store)


class NotAList:
    """Gives one notifier where a list is meant."""

    name = "one"

    @hookimpl
    def loyalcore_notifiers(self) -> Any:
        return self


class Raises:
    """Fails when it is asked."""

    @hookimpl
    def loyalcore_notifiers(self) -> Any:
        raise OSError("no such queue")


class Path2Store:
    """Opens a URL as something that is no store."""

    @hookimpl
    def loyalcore_open_store(self, url: str) -> Any:
        return url if url.startswith("mine://") else None


@pytest.mark.parametrize(
    ("plugin", "url"),
    [(NotAList(), "memory://"), (Raises(), "memory://"), (Path2Store(), "mine://x")],
)
def test_a_hook_that_breaks_its_promise_is_named(plugin: object, url: str) -> None:
    """What a hook raises, or gives in another form than promised, is the plug-in's fault."""
    with pytest.raises(BrokenPlugin):
        connect(url, plugins=[plugin])


@attrs.frozen
class FullMoon(Condition):
    """A condition of a plug-in's own: `{ moon = "full" }`, near enough."""

    key: ClassVar[str] = "moon"
    moon: str

    def holds(self, facts: Facts) -> bool:
        return facts.day.day == 15


class Moon:
    """Brings the condition in."""

    @hookimpl
    def loyalcore_conditions(self) -> list[type[Condition]]:
        return [FullMoon]


def moonlit(**when: Any) -> dict[str, Any]:
    rule_ = {"id": "moonlight", "factor": 3, "when": {"all": [{"moon": "full"}, {"not": when}]}}
    document = {"name": "Shop", "currency": "CNY", "timezone": "Asia/Shanghai"}
    return document | {"base": [{"id": "spend"}], "multipliers": [rule_]}


@rule("J10.2")
@given(day_=st.integers(1, 28))
def test_a_plugin_brings_its_own_conditions(day_: int) -> None:
    """A programme that names one is read, published, read back by other hosts, and judged by."""
    store = MemoryStore()
    host = connect(store, plugins=[Moon()])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "club.json"
        file.write_text(json.dumps(moonlit(channel=["web"])))
        programme = host.load_programme(file)
        with pytest.raises(InvalidDocument, match="unknown key"):
            connect().load_programme(file)
    at = datetime(2026, 3, day_, 4, tzinfo=UTC)
    publish = PublishProgramme(programme=programme, recorded_at=START)
    with pytest.raises(InvalidValue, match="loyalcore_conditions"):
        connect().submit(CLUB, publish, key="p")
    host.submit(CLUB, publish, key="p")
    other = connect(store, plugins=[Moon()])
    assert other.state(CLUB) == host.state(CLUB)
    other.submit(f"{CLUB}/ann", Enrol(recorded_at=START), key="e")
    order = RecordPurchase(
        order="A", occurred_at=at, recorded_at=at, lines=[Line("1", CNY("10.00"))]
    )
    (bought,) = other.submit(f"{CLUB}/ann", order, key="A").events
    assert bought.award.points == (30 if day_ == 15 else 10)
    with pytest.raises(CorruptEvent, match="moon"):
        connect(store).state(CLUB)


@attrs.frozen
class Category(Condition):
    """A condition whose word is taken."""

    key: ClassVar[str] = "category"
    category: str


@attrs.frozen
class Defaulted(Condition):
    """A condition whose word a file would leave out."""

    key: ClassVar[str] = "sunny"
    sunny: bool = True


@pytest.mark.parametrize(
    "given_", [["moon"], [Condition], [Category], [Defaulted], [FullMoon, FullMoon]]
)
def test_conditions_that_no_file_could_name_are_the_plugins_fault(given_: list[Any]) -> None:
    """Each is a class with a word of its own."""

    class Plugin:
        @hookimpl
        def loyalcore_conditions(self) -> list[Any]:
            return given_

    with pytest.raises(BrokenPlugin):
        connect(plugins=[Plugin()])


def shifts(*names: str) -> list[BusinessCalendar]:
    week = Week.same("09:00-17:00")
    return [BusinessCalendar("UTC", week, name=name) for name in names]


class Desks:
    """Brings calendars in."""

    def __init__(self, calendars: list[Any]) -> None:
        self.calendars = calendars

    @hookimpl
    def loyalcore_calendars(self) -> list[Any]:
        return self.calendars


@rule("J10.3")
@given(st.lists(st.sampled_from(("", "day", "night", "web")), max_size=4), st.integers(0, 4))
def test_a_plugin_brings_calendars_by_name(names: list[str], cut: int) -> None:
    """Each is found by its name; one without, or two of one name, are the plug-in's fault."""
    plugins = [Desks(shifts(*names[:cut])), Desks(shifts(*names[cut:]))]
    if "" in names or len(set(names)) < len(names):
        with pytest.raises(BrokenPlugin):
            connect(plugins=plugins)
        return
    host = connect(plugins=plugins)
    assert [host.calendar(name) for name in names] == shifts(*names)
    with pytest.raises(UnknownCalendar, match="loyalcore_calendars") as refused:
        host.calendar("holiday")
    assert refused.value.known == tuple(sorted(names))
    with pytest.raises(BrokenPlugin, match="BusinessCalendar"):
        connect(plugins=[Desks([*shifts(*names), "night"])])


@pytest.mark.parametrize("acts", [[], ["x"], [("loyalty/shop/a",)]])
def test_an_act_of_nothing_is_refused(acts: Any) -> None:
    """An act has at least one command, each with its stream."""
    with pytest.raises(InvalidValue, match="acts"):
        connect().submit_all("k", acts)
    with pytest.raises(InvalidValue, match="Submission"):
        connect().submit_many([("k", "loyalty/shop/a", None)])  # type: ignore[list-item]
