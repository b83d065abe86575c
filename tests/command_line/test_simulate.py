"""`python -m loyalcore simulate` (L22)."""

import io
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalcore.__main__ import main
from loyalcore.adapters import Layout, read_csv
from loyalcore.adapters.fact_layout import FIELDS
from loyalcore.command_line import simulate as command
from loyalcore.errors import InvalidValue
from loyalcore.host import simulate_pieces
from loyalcore.loyalty import MemberFacts, Prices, Programme, load_programme, programme_from
from loyalcore.testing import rule
from loyalcore.testing.loyalty import programmes
from tests.adapters.files import clubs, rows_of, write_csv
from tests.adapters.test_fact_files import scratch
from tests.loyalty.test_programme_files import written
from tests.loyalty.test_replays import MUCH

DEAR = settings(max_examples=max(4, settings().max_examples // 5), suppress_health_check=MUCH)
CNY = st.just("CNY")
SHOP: dict[str, Any] = {
    "name": "Shop",
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "base": [{"id": "spend"}],
}
BOUGHT = {"member": "ann", "order": "A", "occurred_at": datetime(2026, 3, 8, 12), "price": "70"}  # noqa: DTZ001


def programme_file(path: Path, **changes: Any) -> str:
    path.write_text(json.dumps(SHOP | changes), encoding="utf-8")
    return str(path)


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    """One purchase of 70 under a point and under two."""
    old = programme_file(tmp_path / "old.json", expiry={"after": {"days": 30}})
    twice = [{"id": "spend", "points_per_unit": 2}]
    new = programme_file(tmp_path / "new.json", base=twice)
    facts = write_csv(tmp_path / "facts.csv", [BOUGHT])
    return ["simulate", old, new, "--facts", str(facts)]


@rule("L22.14")
@DEAR
@given(st.data(), programmes(currency=CNY), programmes(currency=CNY))
def test_it_prints_the_report(data: st.DataObject, old: Programme, new: Programme) -> None:
    """The same as the functions give, as a table and as data."""
    members: list[MemberFacts] = data.draw(clubs(old).filter(bool))
    rows = [row for member in members for row in rows_of(member.member, member.facts)]
    with scratch() as folder, pytest.MonkeyPatch.context() as patch:
        out: list[str] = []
        patch.setattr("builtins.print", lambda *words, **_: out.append(" ".join(map(str, words))))
        facts = write_csv(folder / "f.csv", rows)
        for name, programme in (("old.json", old), ("new.json", new)):
            (folder / name).write_text(json.dumps(written(programme)), encoding="utf-8")
        words = ["simulate", str(folder / "old.json"), str(folder / "new.json")]
        words += ["--facts", str(facts), "--most", "2"]
        assert main(words) == 0
        assert main([*words, "--json"]) == 0
        with read_csv(facts, Layout("CNY")) as file:
            until = file.last_at
            assert until is not None
            sides = [load_programme(folder / name) for name in ("old.json", "new.json")]
            wanted = simulate_pieces(file.pieces(3), *sides, until, most=2)
    assert out[0] == wanted.table()
    assert json.loads(out[1]) == wanted.as_data()
    assert wanted.members == len(members)


def test_it_tells_money_and_more(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What points are worth, and the end, are options; times are the programmes' own."""
    programme_file(
        Path(asked[1]),
        expiry={"after": {"days": 30}},
        rewards=[{"id": "mug", "points": 50}],
    )
    until = ["--until", "2026-05-01", "--point-value", "0.01", "--reward-cost", "mug=3"]
    assert main([*asked, *until]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "1 member, to 2026-04-30T16:00:00+00:00" in told
    assert "expired 70 0 -70" in told
    assert "liability for what is outstanding 0.00 1.40 +1.40" in told
    assert main([*asked, "--until", "2026-03-08T12:00", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["until"] == "2026-03-08T04:00:00+00:00"


@rule("L22.19")
@given(*[st.lists(st.sampled_from("abcd"), unique=True, max_size=3) for _ in range(3)])
def test_a_price_is_of_a_reward_that_there_is(
    ours: list[str], theirs: list[str], priced: list[str]
) -> None:
    """One that neither programme has is refused, naming those there are; nothing is replayed."""
    sides = [
        programme_from(SHOP | {"rewards": [{"id": id_, "points": 9} for id_ in ids]})
        for ids in (ours, theirs)
    ]
    prices = Prices("CNY", 1, dict.fromkeys(priced, 3))
    strange = [id_ for id_ in priced if id_ not in ours + theirs]
    with scratch() as folder, pytest.MonkeyPatch.context() as patch:
        err = io.StringIO()
        patch.setattr("sys.stderr", err)
        words = ["simulate", "--facts", str(folder / "none.csv")]
        words += [
            programme_file(folder / f"{place}.json", rewards=written(side).get("rewards", []))
            for place, side in enumerate(sides)
        ]
        words += [word for id_ in priced for word in ("--reward-cost", f"{id_}=3")]
        assert main(words) == (2 if strange else 1)  # 1: there is no such file
    if not strange:
        assert prices.known_to(*sides) == prices
        return
    with pytest.raises(InvalidValue) as caught:
        prices.known_to(*sides)
    assert caught.value.value == strange[0]
    assert str(caught.value) == err.getvalue().strip()
    told = err.getvalue().partition("have ")[2].strip()
    assert set(told.split(", ")) == {*ours, *theirs} or told == "no rewards"


def test_mistakes_of_both_programmes_are_printed(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With their paths; nothing is read of the facts."""
    for file in asked[1:3]:
        programme_file(Path(file), base=[{"id": "spend", "points_per_unit": -1}])
    assert main(asked) == 1
    told = capsys.readouterr()
    assert not told.out
    assert told.err.count("base[0].points_per_unit") == 2


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (BOUGHT | {"price": "x"}, "line 2, column price: "),
        (BOUGHT | {"kind": "return", "price": "", "line": "1", "quantity": 1}, ""),
    ],
)
def test_mistakes_of_the_facts_are_printed(
    row: dict[str, Any], words: str, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With line and column; a fact that is refused is none."""
    write_csv(Path(asked[-1]), [row])
    assert main(asked) == (1 if words else 0)
    told = capsys.readouterr()
    assert words in told.err
    assert words or "RecordReturn: UnknownOrder" in told.out


def test_a_file_of_no_facts_is_told(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A report on nobody, to some instant or other, would say nothing."""
    write_csv(Path(asked[-1]), [])
    assert main(asked) == 1
    assert "no facts: there is nothing to replay" in capsys.readouterr().err


def test_the_help_tells_the_columns(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["simulate", "--help"])
    told = capsys.readouterr().out
    assert all(f"\n  {field} " in told for field in FIELDS)


def test_contradictions_are_printed(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """In whichever process they are found."""
    ben = BOUGHT | {"member": "ben"}
    write_csv(Path(asked[-1]), [BOUGHT, BOUGHT | {"store": "B"}, ben, ben])
    assert main([*asked, "--processes", "2"]) == 1
    assert "line 3" in capsys.readouterr().err


def test_two_zones_are_not_guessed_between(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Times without an offset need a zone when the programmes have two."""
    programme_file(Path(asked[2]), timezone="Europe/London")
    assert main(asked) == 1
    assert "column occurred_at: '2026-03-08T12:00:00' has no offset" in capsys.readouterr().err
    assert main([*asked, "--timezone", "Europe/London"]) == 0


def test_two_currencies_are_refused(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    programme_file(Path(asked[2]), currency="JPY")
    assert main(asked) == 1
    assert "one programme knows CNY, the other JPY" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        ["--timezone", "Mars/Sea"],
        ["--column", "prise=price"],
        ["--point-value", "cheap"],
        ["--reward-cost", "mug=cheap"],
        ["--facts", "purchases.xls"],
    ],
)
def test_wrong_use_is_told(
    wrong: list[str], asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*asked, *wrong]) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [["--column", "price"], ["--until", "soon"], ["--most", "-1"], ["--processes", "0"]],
)
def test_words_that_cannot_be_read_are_told(wrong: list[str], asked: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*asked, *wrong])
    assert caught.value.code == 2


def test_ctrl_c_ends_quietly(
    asked: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "simulate_pieces", interrupted)
    assert main(asked) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_progress_is_shown_on_a_terminal(
    asked: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(asked) == 0
    assert not capsys.readouterr().err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main(asked) == 0
    assert re.search(r"\r1 of 1 member\n$", capsys.readouterr().err)
