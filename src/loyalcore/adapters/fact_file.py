"""Rows of purchases, gathered by member in a temporary SQLite file rather than in memory."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Self

import attrs

from loyalcore.adapters.fact_layout import FIELDS
from loyalcore.adapters.fact_orders import FactRow, Source, member_facts
from loyalcore.adapters.fact_rows import Values, instant_of
from loyalcore.errors import InvalidDocument, InvalidValue, Mistake
from loyalcore.loyalty import MemberFacts

_COLUMNS = ", ".join(f'"{field}"' for field in FIELDS)
_CREATE = f"CREATE TABLE rows (number INTEGER PRIMARY KEY, {_COLUMNS})"
_INSERT = f"INSERT INTO rows VALUES (?{', ?' * len(FIELDS)})"  # noqa: S608 - fixed names
_INDEX = "CREATE INDEX by_member ON rows (member)"
_READ = "SELECT * FROM rows WHERE member >= ? AND member <= ? ORDER BY member, number"
_SIZES = "SELECT member, count(*) FROM rows GROUP BY member ORDER BY member"
_CHUNK = 10_000


@contextmanager
def _reading(path: str, source: Source) -> Iterator[sqlite3.Connection]:
    """Open gathered rows.

    Raises:
        InvalidDocument: they are gone, or cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        gone = "its rows are gone: use them within the with"
        text = f"its rows cannot be read: {error}" if Path(path).exists() else gone
        raise InvalidDocument(source.name, [Mistake("", text)]) from error


@attrs.frozen
class FactPiece:
    """Some members of a fact file, as another process can be told of them.

    Attributes:
        path: the SQLite file.
        source: where its rows come from.
        first, last: the members, both included, in the order of their ids.
        size: how many members.
    """

    path: str
    source: Source
    first: str
    last: str
    size: int

    def members(self) -> Iterator[MemberFacts]:
        """Give each member's facts, one member at a time.

        Raises:
            InvalidDocument: rows of one order contradict one another, or all are gone with the
                `with` of their file.
        """
        with _reading(self.path, self.source) as connection:
            rows = map(FactRow._make, connection.execute(_READ, (self.first, self.last)))
            for member, own in groupby(rows, key=lambda row: row.member):
                yield member_facts(member, own, self.source)


@attrs.define
class FactFile:
    """Rows gathered by member; used in a `with`, at whose end the file is gone.

    Attributes:
        source: where its rows come from.
        rows: how many there are.
        last_at: when the last fact occurred; None without rows.
    """

    source: Source
    rows: int = 0
    last_at: datetime | None = None
    _folder: "tempfile.TemporaryDirectory[str]" = attrs.field(
        factory=lambda: tempfile.TemporaryDirectory(prefix="loyalcore-")
    )

    @classmethod
    def of(cls, source: Source, rows: Iterable[tuple[int, *Values]]) -> "FactFile":
        """Gather rows, each with its number before its values.

        Raises:
            InvalidDocument: the reader of the rows found mistakes, or the temporary file cannot
                be written.
        """
        file = cls(source)
        try:
            file._fill(iter(rows))
        except sqlite3.Error as error:
            file.close()
            text = f"it cannot be gathered by member in {tempfile.gettempdir()}: {error}"
            raise InvalidDocument(source.name, [Mistake("", text)]) from error
        except BaseException:
            file.close()
            raise
        return file

    @property
    def _path(self) -> str:
        return str(Path(self._folder.name) / "facts.db")

    def _fill(self, rows: Iterator[tuple[int, *Values]]) -> None:
        connection = sqlite3.connect(self._path)
        try:
            # What a crash leaves of this file nobody wants.
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            connection.execute(_CREATE)
            while chunk := list(islice(rows, _CHUNK)):
                connection.executemany(_INSERT, chunk)
                self.rows += len(chunk)
            connection.execute(_INDEX)
            (last,) = connection.execute("SELECT max(occurred_at) FROM rows").fetchone()
            self.last_at = None if last is None else instant_of(last)
            connection.commit()
        finally:
            connection.close()

    def pieces(self, count: int = 1) -> Sequence[FactPiece]:
        """Part the members into about so many pieces of about as many rows each.

        Raises:
            InvalidValue: fewer than one.
            InvalidDocument: the file is used after its `with`.
        """
        if count < 1:
            raise InvalidValue("FactFile.pieces", count, "give 1 or more")
        found: list[FactPiece] = []
        with _reading(self._path, self.source) as connection:
            aim, size, rows, first, member = self.rows / count, 0, 0, "", ""
            for member, own in connection.execute(_SIZES):
                first = first if size else member
                size, rows = size + 1, rows + own
                if rows >= aim:
                    found.append(FactPiece(self._path, self.source, first, member, size))
                    size, rows = 0, 0
            if size:
                found.append(FactPiece(self._path, self.source, first, member, size))
        return found

    def close(self) -> None:
        """Delete the temporary file; closing twice is allowed."""
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
