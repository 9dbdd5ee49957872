"""Mutation testing: how many small faults, planted in a package, do its own tests notice?

    python benchmarks/mutation.py [--package notation] [--sample 100] [--seed 0] [--out FILE]

A mutant is the package with one operator, constant, condition or result changed. First every test runs once on the
package as it is; the lines that it runs and the processor time that it takes are noted. Then each mutant of a random
sample meets the tests that run its line, the quickest first, until one fails: it is killed. A mutant that takes
`MOST_SECONDS` of processor time is killed too. Those that survive are listed, with file and line; some of them change
nothing that could be seen.

Every mutant runs in a forked copy of this process, which replaces the code of one module as it is imported: no file is
changed.
"""

import argparse
import ast
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).parent.parent
MOST_SECONDS = 60
SURVIVED = 0
FUNCTIONS = (ast.FunctionDef, ast.Lambda)
QUIET = "ignore::pytest.PytestAssertRewriteWarning"  # hypothesis is imported before pytest begins
OPTIONS = [
    "-q", "--no-header", "-p", "no:cacheprovider", "--hypothesis-profile=mutants", "--hypothesis-seed=0", "-W", QUIET,
]  # fmt: skip
FINDING = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
"""What hypothesis does: it looks for a failure, and does not make it smaller."""
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "//", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*", ast.Pow: "*",
    ast.BitOr: "&", ast.BitAnd: "|",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change of one file."""

    path: str
    """Relative to the root of the repository."""
    line: int
    late: bool
    """Whether it runs in a function, not when the module is imported."""
    start: int
    """In bytes."""
    end: int
    before: str
    after: str


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    flags.add_argument("--package", default="notation")
    flags.add_argument("--sample", type=int, default=100)
    flags.add_argument("--seed", type=int, default=0)
    flags.add_argument("--out", type=Path, help="a file for all mutants and their ends, one JSON object a line")
    asked = flags.parse_args()
    hypothesis.settings.register_profile("mutants", database=None, deadline=None, phases=FINDING)
    files = sorted((ROOT / "src" / "tunewright" / asked.package).rglob("*.py"))
    mutants = [mutant for file in files for mutant in mutants_of(file)]
    chosen = random.Random(asked.seed).sample(mutants, min(asked.sample, len(mutants)))
    runs = covered(ROOT / "tests" / asked.package, files)
    print(f"{len(chosen)} of {len(mutants):,} mutants of {asked.package}; {len(runs)} tests", flush=True)
    killed = 0
    for mutant in chosen:
        tests = tests_of(mutant, runs)
        end = in_a_fork(partial(run_mutant, mutant, tests)) if tests else SURVIVED
        killed += end != SURVIVED
        if asked.out:
            with asked.out.open("a") as file:
                file.write(json.dumps({**asdict(mutant), "tests": len(tests), "killed": end != SURVIVED}) + "\n")
        if end == SURVIVED:
            told = f"{mutant.path}:{mutant.line}: {mutant.before!r} -> {mutant.after!r}"
            print(f"survived {len(tests)} tests: {told}", flush=True)
    print(f"killed: {killed} of {len(chosen)}, {killed / max(1, len(chosen)):.1%}")


def mutants_of(file: Path) -> Iterator[Mutant]:
    """Every change of a file."""
    source = file.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    tree = ast.parse(source)
    late = {id(inner) for node in ast.walk(tree) if isinstance(node, FUNCTIONS) for inner in ast.walk(node)}
    for node, after in changes(tree):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        name = file.relative_to(ROOT).as_posix()
        yield Mutant(name, node.lineno, id(node) in late, start, end, source[start:end].decode(), after)


def changes(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Expressions of a module, and what may stand in their places; docstrings and annotations stay."""
    left = {id(inner) for node in ast.walk(tree) for inner in untouched(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and id(node) not in left:
            for after in replacements(node):
                yield node, f"({after})"


def untouched(node: ast.AST) -> Iterator[ast.AST]:
    """What of a node says nothing to the machine, or stands within an f-string."""
    roots: list[ast.AST | None] = []
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        roots.append(node.value)
    elif isinstance(node, ast.arg | ast.AnnAssign):
        roots.append(node.annotation)
    elif isinstance(node, ast.FunctionDef):
        roots += [node.returns, *node.decorator_list]
    elif isinstance(node, ast.ClassDef):
        roots += node.decorator_list
    elif isinstance(node, ast.JoinedStr):
        roots += node.values
    elif isinstance(node, ast.MatchValue):
        roots.append(node.value)
    for root in filter(None, roots):
        yield from ast.walk(root)


def replacements(node: ast.expr) -> Iterator[str]:
    """What an expression becomes."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
        yield f"({left}) {COMPARISONS[type(node.ops[0])]} ({right})"
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield f"({ast.unparse(node.left)}) {OPERATORS[type(node.op)]} ({ast.unparse(node.right)})"
    elif isinstance(node, ast.BoolOp):
        word = " or " if isinstance(node.op, ast.And) else " and "
        yield word.join(f"({ast.unparse(value)})" for value in node.values)
    elif isinstance(node, ast.UnaryOp):
        yield ast.unparse(node.operand)
    elif isinstance(node, ast.IfExp):
        yield ast.unparse(node.body)
        yield ast.unparse(node.orelse)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield str(not node.value)
        elif isinstance(node.value, int):
            yield str(node.value + 1)
        elif isinstance(node.value, str):
            yield repr("" if node.value else "mutant")


@dataclass(frozen=True)
class TestRun:
    """A test of the package as it is."""

    __test__ = False
    name: str
    seconds: float
    """Of processor time."""
    lines: frozenset[tuple[str, int]]
    """Files and lines of the package that it ran."""


class Recorder:
    """A plugin of pytest that notes which lines each test runs."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = {str(file): file.relative_to(ROOT).as_posix() for file in files}
        self.found: list[tuple[str, float, list[tuple[str, int]]]] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        """Note lines and time of one test, its fixtures included."""
        lines: set[tuple[str, int]] = set()

        def local(name: str) -> Callable[..., Any]:
            def note(frame: Any, _event: str, _argument: object) -> Any:
                lines.add((name, frame.f_lineno))
                return note

            return note

        def entering(frame: Any, _event: str, _argument: object) -> Any:
            name = self._files.get(frame.f_code.co_filename)
            return local(name) if name else None

        began = time.process_time()
        sys.settrace(entering)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.found.append((item.nodeid, time.process_time() - began, sorted(lines)))


def covered(folder: Path, files: Sequence[Path]) -> list[TestRun]:
    """Every test of a folder with the lines that it runs, the quickest first."""
    reader, writer = os.pipe()

    def run() -> int:
        os.close(reader)
        recorder = Recorder(files)
        status = pytest.main([*OPTIONS, str(folder)], plugins=[recorder])
        with os.fdopen(writer, "w") as file:
            json.dump(recorder.found, file)
        return int(status)

    child = os.fork()
    if not child:
        quietly()
        os._exit(run())
    os.close(writer)
    with os.fdopen(reader) as file:
        found = json.load(file)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        sys.exit(f"the tests in {folder} fail on the package as it is")
    runs = [TestRun(name, seconds, frozenset((file, line) for file, line in lines)) for name, seconds, lines in found]
    return sorted(runs, key=lambda run: run.seconds)


def tests_of(mutant: Mutant, runs: Sequence[TestRun]) -> list[str]:
    """The tests that run a mutant's line; all tests, those of its file first, if that runs when it is imported."""
    if mutant.late:
        return [run.name for run in runs if (mutant.path, mutant.line) in run.lines]
    return [run.name for run in sorted(runs, key=lambda run: mutant.path not in {path for path, _ in run.lines})]


def run_mutant(mutant: Mutant, tests: Sequence[str]) -> int:
    """Run tests on a mutant; in a fork, for the mutant stays."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    plant(mutant)
    return int(pytest.main(["-x", *OPTIONS, *tests]))


def plant(mutant: Mutant) -> None:
    """Let the mutant's module be made of its changed source when it is imported."""
    path = str(ROOT / mutant.path)
    source = Path(path).read_bytes()
    changed = source[: mutant.start] + mutant.after.encode() + source[mutant.end :]
    of_file = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        return compile(changed, path, "exec") if self.path == path else of_file(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


def in_a_fork(work: Callable[[], int]) -> int:
    """The exit status of some work in a copy of this process; below zero if a signal ended it."""
    child = os.fork()
    if not child:
        quietly()
        os._exit(work())
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def quietly() -> None:
    """Let nothing of this process be shown any more but its errors."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)


if __name__ == "__main__":
    main()
