"""Tell the mistakes that others hide, between those parts of a document that can be read."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from cattrs import Converter

from loyalcore.diagnosis import structure
from loyalcore.errors import InvalidDocument, LoyalcoreError, Mistake

T = TypeVar("T")


def structure_all(
    converter: Converter,
    data: Any,
    cls: type[T],
    source: str,
    between: Callable[[Converter, dict[str, Any]], Iterable[Mistake]],
) -> T:
    """Build a class from plain data, or report every mistake, with those that others hide.

    A class is not built while a part of it is wrong, so its own checks have not run then.

    Args:
        converter: by which it is built.
        data: what the document holds.
        cls: what is to be built.
        source: named when there are mistakes.
        between: finds what is wrong between those parts of the document that can be read.

    Raises:
        InvalidDocument: with all the mistakes.
    """
    if not isinstance(data, dict):
        raise InvalidDocument(source, [Mistake("", "expected a table of keys and values")])
    try:
        return structure(converter, data, cls, source)
    except InvalidDocument as error:
        found = list(error.mistakes)
    unknown = {mistake.path for mistake in found if mistake.text.startswith("unknown key")}
    known = _without(data, unknown)
    try:
        structure(converter, known, cls, source)
    except InvalidDocument as more:
        parents = {path.rpartition(".")[0] for path in unknown}
        found += [m for m in more.mistakes if m not in found and m.path not in parents]
    hidden = [mistake for mistake in between(converter, known) if mistake not in found]
    raise InvalidDocument(source, [*hidden, *found])


def readable(converter: Converter, rows: Any, kind: type[T]) -> list[T | None]:
    """Read each row of a list; None stands for one that cannot be read."""
    return [read_or_none(converter, row, kind) for row in rows] if isinstance(rows, list) else []


def read_or_none(converter: Converter, row: Any, kind: type[T]) -> T | None:
    """Read a part of a document, or give None."""
    try:
        return converter.structure(row, kind)
    except (ExceptionGroup, LoyalcoreError, ValueError, TypeError, AttributeError):
        return None


def _without(data: Any, paths: Collection[str], here: str = "") -> Any:
    """Copy a document, leaving out the keys at some paths."""
    if isinstance(data, dict):
        inner = {key: (f"{here}.{key}".lstrip("."), value) for key, value in data.items()}
        return {
            key: _without(value, paths, path)
            for key, (path, value) in inner.items()
            if path not in paths
        }
    if isinstance(data, list):
        return [_without(item, paths, f"{here}[{n}]") for n, item in enumerate(data)]
    return data
