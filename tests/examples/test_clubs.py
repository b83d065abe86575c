"""The short examples tell what the rules say, to the point and to the day."""

from types import ModuleType

import pytest

import airline
import household
import points_club
import stamp_card

TOLD = [
    (
        points_club,
        [
            "  on a plain day          128 points",
            "  on the member day       256 points",
            "  in the birthday month   384 points",
            "Sharing four times on one day gives [50, 50, 50, 0]",
            "  Ben buys for 60.00: brought by ann: too little was paid for X",
            "  Ben buys for 120.00: brought by ann: it earned",
            "    200 points for referrer:ann",
            "    500 points for friend:ben",
            "50.00 of the last order comes back: 149 points with it",
            "With 10,000.00 in a year Ann is gold until 1 January 2026, 00:00:",
            "  a pot of 128.00 costs her 102.40 and earns 102 points",
            "which earns 0 points",
            "    member-day: 0, lost to double-week",
            "In December 2026 she lacks 3600.00 to keep gold, and would fall to",
            "  A tin of spring tea with the next order, until 2 January 2027, 00:00",
            "She does not come, and in January she is silver.",
        ],
    ),
    (
        airline,
        [
            "    flights: +2500",
            "  5800 miles, and still blue",
            "With 6,000.00 flown Kim is gold, until 15 March 2025, 00:00:",
            "    gold-miles: +250",
            "  gold now, to be silver; missing are 4100.00 flown or 29 trips",
            "  2026-03-20: gold",
            "  2026-04-20: silver",
            "  2027-04-20: blue",
        ],
    ),
    (
        stamp_card,
        [
            "cups 6, cakes 0, stamps 4 (a-day: -2)",
            (
                "A free cup? 9 points asked, 7 can be spent: ask for no more than that, or later, "
                "when there are more"
            ),
            "A free cup on the 15th; 0 left",
            "and three cups later the card has 1",
        ],
    ),
    (
        household,
        [
            "The pool has 520 points:",
            "   310 until 1 January 2027, 00:00",
            "    90 until 1 January 2028, 00:00",
            "2027-01-01 00:00  430 points expire unless spent before",
        ],
    ),
]


@pytest.mark.parametrize(("example", "lines"), TOLD, ids=lambda x: getattr(x, "__name__", ""))
def test_the_story_is_told(
    example: ModuleType, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of these lines is printed, in this order."""
    example.main()
    printed = iter(capsys.readouterr().out.splitlines())
    missing = [line for line in lines if line not in printed]
    assert not missing
