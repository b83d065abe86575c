"""What another programme would have brought: the grocery sample under bluebird.toml and a variant.

The same from the command line, without the redemptions:

    python -m loyalcore simulate examples/bluebird.toml examples/bluebird_simpler.toml \
        --facts examples/data/grocery_sample.csv.gz --timezone UTC --minor-units \
        --column member=household --column order=basket --column occurred_at=time \
        --column sku=product --column price=cents --column discount=coupon --point-value 0.01
"""

import argparse
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from grocery.data import Basket, baskets, sample_rows
from grocery.invented import follow_ups
from grocery_year import DATA_END, purchase
from loyalcore.errors import LoyalcoreError
from loyalcore.loyalty import Enrol, MemberFacts, Prices, load_programme, simulate
from loyalcore.loyalty.member.commands import MemberCommand

HERE = Path(__file__).parent


def members() -> Iterator[MemberFacts]:
    """Give each household's baskets, and what the grocery year invents on top of them."""
    by_household = sorted(baskets(sample_rows()), key=lambda basket: basket.household)
    for household, own in groupby(by_household, key=lambda basket: basket.household):
        yield MemberFacts(household, facts(list(own)))


def facts(own: list[Basket]) -> list[MemberCommand]:
    """Give one household's facts in the order of time."""
    told: list[Any] = [purchase(basket, facts_only=False) for basket in own]
    told += [command for basket in own for _, command in follow_ups(basket)]
    told.sort(key=lambda command: command.recorded_at)
    return [Enrol(recorded_at=own[0].at), *told]


def main(argv: list[str] | None = None) -> int:
    """Print the difference report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    variant = HERE / "bluebird_simpler.toml"
    parser.add_argument("new", nargs="?", default=variant, type=Path, help="a programme file")
    options = parser.parse_args(argv)
    try:
        old, new = load_programme(HERE / "bluebird.toml"), load_programme(options.new)
        found = simulate(members(), old, new, DATA_END, most=5)
    except LoyalcoreError as error:
        print(error, file=sys.stderr)
        return 1
    print(found.table(Prices("USD", "0.01")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
