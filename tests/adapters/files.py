"""Files of purchases, written from facts."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from loyalcore.adapters import Layout
from loyalcore.adapters.fact_layout import FIELDS
from loyalcore.loyalty import (
    Enrol,
    Line,
    MemberFacts,
    Programme,
    RecordBehaviour,
    RecordPurchase,
    RecordReturn,
    Redeem,
)
from loyalcore.testing.loyalty import member_commands
from loyalcore.timing import MonthDay

HEADER = tuple(FIELDS)
Written = dict[str, Any]


def rows_of(member: str, commands: Iterable[Any]) -> list[Written]:
    """Write facts as rows, a row for each line."""
    rows: list[Written] = []
    for command in commands:
        match command:
            case Enrol():
                rows.append({"order": "-", "occurred_at": command.recorded_at, "kind": "enrol"})
            case RecordPurchase():
                rows += [_line(command, line) for line in command.lines]
            case RecordReturn():
                rows += _returned(command)
            case RecordBehaviour():
                told: Written = {"order": command.id, "behaviour": command.behaviour}
                told |= {"channel": command.channel, "store": command.store}
                told |= {"birthday": _birthday(command.birthday)}
                rows.append(told | {"occurred_at": command.occurred_at, "kind": "behaviour"})
            case Redeem():
                told = {"order": command.redemption, "points": command.points}
                rows.append(told | {"occurred_at": command.recorded_at, "kind": "redemption"})
    return [{"member": member} | row for row in rows]


def _birthday(birthday: MonthDay | None) -> str | None:
    return f"{birthday.month:02}-{birthday.day:02}" if birthday else None


def _line(command: RecordPurchase, line: Line) -> Written:
    return {
        "order": command.order,
        "occurred_at": command.occurred_at,
        "line": line.id,
        "price": line.price.amount,
        "discount": line.discount.amount if line.discount else None,
        "quantity": line.quantity,
        "sku": line.sku,
        "category": list(line.categories),
        "channel": command.channel,
        "store": command.store,
        "birthday": _birthday(command.birthday),
        "reward": line.reward,
        "tax": line.tax.amount if line.tax else None,
        "delivery": line.delivery,
        "points": command.points or None,
    }


def _returned(command: RecordReturn) -> list[Written]:
    told = {"order": command.order, "occurred_at": command.occurred_at, "kind": "return"}
    if command.lines is None:
        return [told]
    return [
        told
        | {
            "line": line.line,
            "price": line.amount.amount if line.amount else None,
            "quantity": line.quantity,
        }
        for line in command.lines
    ]


def text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat()
        case list():
            return "|".join(value)
        case _:
            return str(value)


def write_csv(path: Path, rows: Sequence[Written], header: Sequence[str] = HEADER) -> Path:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([text(row.get(name)) for name in header] for row in rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    return path


def layout(programme: Programme, **more: Any) -> Layout:
    return Layout(programme.currency, **more)


def at_once(commands: list[Any]) -> list[Any]:
    """Keep what a file can hold, told when it occurs, each fact at an instant of its own."""
    kept: list[Any] = []
    for place, command in enumerate(commands):
        if isinstance(command, Enrol | RecordPurchase | RecordReturn | RecordBehaviour | Redeem):
            at = command.recorded_at + timedelta(microseconds=place)
            when: dict[str, Any] = {"occurred_at": at}
            if isinstance(command, RecordPurchase):
                when["hold"] = ""
            elif isinstance(command, Enrol):
                when = {"referred_by": None}
            elif isinstance(command, Redeem):
                when = {}
            kept.append(attrs.evolve(command, recorded_at=at, **when))
    return kept


@st.composite
def clubs(draw: DrawFn, programme: Programme, most: int = 4) -> list[MemberFacts]:
    """Draw members whose facts a file can hold; names sort in another order than they come."""
    names = draw(st.lists(st.text("ab/é ", min_size=1, max_size=3), max_size=most, unique=True))
    return [MemberFacts(name, at_once(draw(member_commands(programme)))) for name in names]
