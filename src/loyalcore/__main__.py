"""The command line: `python -m loyalcore` check, schema and simulate."""

import argparse
import json
import os
import sys
from collections.abc import Sequence

from loyalcore.command_line.simulate import add_simulate, run_simulate
from loyalcore.errors import InvalidDocument
from loyalcore.loyalty import load_programme, programme_schema

_INTERRUPTED, _NOBODY_READS = 130, 141  # as shells say of SIGINT and SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; give the exit status.

    It is 0 for all well, 1 for mistakes, 2 for wrong use, 130 after Ctrl-C, and 141 where nobody
    reads the output to its end.
    """
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # Python writes what is left once more as it ends: let it go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NOBODY_READS


def _run(arguments: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="python -m loyalcore", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="find every mistake in programme files")
    check.add_argument("files", nargs="+", metavar="FILE", help="ends in .toml or .json")
    commands.add_parser("schema", help="print the JSON Schema of programme files, for editors")
    add_simulate(commands.add_parser("simulate", help="replay purchases under two programmes"))
    asked = parser.parse_args(arguments)
    if asked.command == "simulate":
        return run_simulate(asked)
    if asked.command == "schema":
        print(json.dumps(programme_schema(), indent=2, ensure_ascii=False))
        return 0
    return max(_check(file) for file in asked.files)


def _check(file: str) -> int:
    try:
        programme = load_programme(file)
    except InvalidDocument as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{file}: {programme.name} is sound, content id {programme.content_id}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
