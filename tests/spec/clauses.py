"""Read the clauses of the specification, and the tests that claim to carry them."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs

CLAUSE = re.compile(r"- \*\*(?P<rule>[A-Z]+\d+)\.(?P<number>[1-9]\d*)\*\* \S")
LOOKS_LIKE_CLAUSE = re.compile(r"\s*[-*+]\s+\*\*[A-Z]+\d+\.")
SCENARIO = re.compile(r"\|\s*(?P<number>\d+)\s*\|.*\|\s*(?P<mark>[^|]*?)\s*\|\s*$")
EXECUTED = "executed"

# The methods of what descends from the one, and of what the other is made of or makes, are drawn.
MACHINE, SUITE = "RuleBasedStateMachine", "StoreSuite"
DRAWING_DECORATORS = frozenset({"given", "for_all"})
NEVER_CARRIES = frozenset({"skip", "xfail"})


@attrs.frozen
class Clause:
    """A numbered clause of the specification, and the line where it stands."""

    rule: str
    number: int
    line: int

    def __str__(self) -> str:
        return f"{self.rule}.{self.number}"


@attrs.frozen
class Carrier:
    """A test (or a method of a suite or state machine) that names clauses or scenarios.

    Attributes:
        names: itself, last, behind the classes and functions around it.
        problems: why it cannot count.
        property_based: whether its inputs are drawn.
    """

    path: Path
    line: int
    names: tuple[str, ...]
    clauses: tuple[str, ...] = ()
    scenarios: tuple[int, ...] = ()
    property_based: bool = False
    problems: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {'.'.join(self.names)}"


def read_clauses(text: str) -> tuple[list[Clause], list[str]]:
    """Give the clauses of a specification in its order, and what is wrong with them."""
    clauses: list[Clause] = []
    problems: list[str] = []
    last: dict[str, int] = {}
    for line, written in enumerate(text.splitlines(), 1):
        found = CLAUSE.match(written)
        if found is None:
            if LOOKS_LIKE_CLAUSE.match(written):
                problems.append(f"line {line}: write a clause as '- **L12.1** text': {written!r}")
            continue
        clause = Clause(found["rule"], int(found["number"]), line)
        before = last.get(clause.rule, 0)
        if clause.number == before or clause in clauses:
            problems.append(f"line {line}: {clause} is listed twice")
        elif clause.number < before:
            problems.append(f"line {line}: {clause} stands behind {clause.rule}.{before}")
        last[clause.rule] = max(before, clause.number)
        clauses.append(clause)
    return clauses, problems


def read_scenarios(text: str) -> dict[int, bool]:
    """Give each scenario's number, and whether its row says that a test executes it."""
    rows = filter(None, (SCENARIO.match(line) for line in text.splitlines()))
    return {int(row["number"]): row["mark"].lower() == EXECUTED for row in rows}


# --- the tests, read without importing them -------------------------------------------------------


@attrs.frozen
class Sources:
    """Parsed test files: pytest collects those of `run`; what is `shipped` runs if they use it."""

    run: Mapping[Path, ast.Module]
    shipped: Mapping[Path, ast.Module]

    @classmethod
    def read(cls, tests: Path, shipped: Path) -> "Sources":
        """Parse all Python files under two folders."""
        return cls(_parse_all(tests), _parse_all(shipped))


def _parse_all(folder: Path) -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text(encoding="utf-8"), str(path))
        for path in sorted(folder.rglob("*.py"))
    }


def carriers(sources: Sources) -> list[Carrier]:
    """Give everything decorated with `@rule("L12.1", ...)` or `@scenario(2, ...)`."""
    trees = {**sources.run, **sources.shipped}
    drawing = _drawing_classes(trees.values())
    used = _used(sources)
    found: list[Carrier] = []
    for path, tree in trees.items():
        for chain in _definitions(tree):
            carrier = _carrier(path, chain, drawing)
            if carrier is None:
                continue
            if path in sources.shipped and used.isdisjoint(carrier.names):
                carrier = attrs.evolve(carrier, problems=(*carrier.problems, "no test uses it"))
            found.append(carrier)
    return found


Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _definitions(
    node: ast.AST, around: tuple[Definition, ...] = ()
) -> Iterator[tuple[Definition, ...]]:
    """Give each class and function behind those around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            yield (*around, child)
            yield from _definitions(child, (*around, child))
        else:
            yield from _definitions(child, around)


def _last_name(node: ast.expr) -> str:
    """Give `given` for `given(...)`, `hypothesis.given`, `Suite` for `Suite[int]`."""
    match node:
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return _last_name(inner)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _drawing_classes(trees: Iterable[ast.Module]) -> set[str]:
    """Give the names of the state machines, of the suite, its parts and its subclasses."""
    bases = [
        (node.name, _last_name(base))
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    ]
    parts = _closure({SUITE}, bases)
    return parts | _closure({MACHINE, SUITE}, [(base, name) for name, base in bases])


def _closure(start: Iterable[str], steps: Iterable[tuple[str, str]]) -> set[str]:
    """Give all that can be reached, the start included."""
    reached = set(start)
    steps = list(steps)
    while more := {there for here, there in steps if here in reached} - reached:
        reached |= more
    return reached


def _used(sources: Sources) -> set[str]:
    """Give the names that the tests mention, and those that the shipped code so used mentions."""
    shipped = [
        (definition.name, name)
        for tree in sources.shipped.values()
        for definition in tree.body
        if isinstance(definition, Definition)
        for name in _mentions(definition)
    ]
    return _closure((name for tree in sources.run.values() for name in _mentions(tree)), shipped)


def _mentions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name


def _carrier(path: Path, chain: tuple[Definition, ...], drawing: set[str]) -> Carrier | None:
    definition = chain[-1]
    clauses: list[object] = []
    scenarios: list[object] = []
    for decorator in definition.decorator_list:
        # Hypothesis' own @rule takes keywords only: what has positional arguments is ours.
        if isinstance(decorator, ast.Call) and decorator.args:
            if _last_name(decorator) == "rule":
                clauses += map(_literal, decorator.args)
            elif _last_name(decorator) == "scenario":
                scenarios += map(_literal, decorator.args)
    if not clauses and not scenarios:
        return None
    return Carrier(
        path,
        definition.lineno,
        tuple(d.name for d in chain),
        clauses=tuple(clause for clause in clauses if isinstance(clause, str)),
        scenarios=tuple(number for number in scenarios if isinstance(number, int)),
        property_based=_is_drawn(chain, drawing),
        problems=tuple(_why_not(chain, drawing, clauses, scenarios)),
    )


def _literal(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _is_drawn(chain: tuple[Definition, ...], drawing: set[str]) -> bool:
    if any(isinstance(d, ast.ClassDef) and d.name in drawing for d in chain):
        return True
    # A class that carries a clause as a whole does so by any property in it.
    return any(
        _last_name(decorator) in DRAWING_DECORATORS
        for node in ast.walk(chain[-1])
        if isinstance(node, Definition)
        for decorator in node.decorator_list
    )


def _why_not(
    chain: tuple[Definition, ...],
    drawing: set[str],
    clauses: list[object],
    scenarios: list[object],
) -> Iterator[str]:
    if not all(isinstance(clause, str) for clause in clauses):
        yield "give the clauses as plain strings"
    if not all(isinstance(number, int) for number in scenarios):
        yield "give the scenarios as plain numbers"
    names = {_last_name(decorator) for d in chain for decorator in d.decorator_list}
    yield from (f"@{name}: it never holds" for name in sorted(names & NEVER_CARRIES))
    in_machine = any(isinstance(d, ast.ClassDef) and d.name in drawing for d in chain)
    function = chain[-1]
    if not (in_machine or isinstance(function, ast.ClassDef) or function.name.startswith("test")):
        yield "pytest does not collect it: name it test_..."


# --- the two compared -----------------------------------------------------------------------------


def compare(clauses: Iterable[Clause], found: Iterable[Carrier]) -> list[str]:
    """List clauses without a property, properties without a clause, and useless carriers."""
    known = {str(clause): clause for clause in clauses}
    found = list(found)
    named: Counter[str] = Counter()
    drawn: Counter[str] = Counter()
    problems = [f"{carrier}: {problem}" for carrier in found for problem in carrier.problems]
    for carrier in found:
        problems += [
            f"{carrier}: names {clause}, which the specification does not have"
            for clause in carrier.clauses
            if clause not in known
        ]
        if not carrier.problems:
            named.update(carrier.clauses)
            drawn.update(carrier.clauses if carrier.property_based else ())
    for name, clause in known.items():
        if not named[name]:
            problems.append(f"line {clause.line}: {name} has no property")
        elif not drawn[name]:
            problems.append(f"line {clause.line}: {name} has examples only: give it a property")
    return problems


def compare_scenarios(rows: Mapping[int, bool], found: Iterable[Carrier]) -> list[str]:
    """List rows that say `executed` without a test, and tests whose row does not say so."""
    found = list(found)
    executed = {n for carrier in found if not carrier.problems for n in carrier.scenarios}
    problems = [
        f"scenario {number} says {EXECUTED}, but no test executes it"
        for number, marked in rows.items()
        if marked and number not in executed
    ]
    for carrier in found:
        problems += [
            f"{carrier}: "
            + (f"scenario {n} has no row" if n not in rows else f"row {n} does not say {EXECUTED}")
            for n in carrier.scenarios
            if not rows.get(n)
        ]
    return problems
