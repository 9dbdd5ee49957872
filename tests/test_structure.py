"""Structure of the code: import order, light start, small files, no names of one machine."""

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import TypeGuard

import pytest
from conftest import missing
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rich.console import Console

import tunewright

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "tunewright"
MODULES = sorted(SOURCE.rglob("*.py"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FOLDERS = sorted({path.parent for path in MODULES})

# Each part may import itself and those before it.
ORDER = [
    "errors", "cores", "files", "locks", "options", "checksums", "progress", "notebook", "notation", "acceptor",
    "corpus", "model", "training", "sampling", "rendering", "analysis", "study", "report", "studio", "cli",
]  # fmt: skip
# Each of these can be deleted, with its commands, and the rest goes on; the studio shows reports too.
LEAVES = {"report", "studio", "cli"}

# What does not yet stand as planned. These may only shrink: take out what you mend.
FILE_NAMES_OFTEN_USED = {"config", "loop"}
MOST_CIRCLES_THROUGH_LATE_IMPORTS = 1
"""Modules that import one another, one of them inside a function."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def part_of(path: Path) -> str:
    """``corpus`` for ``corpus/tune.py``, ``errors`` for ``errors.py``, ``tunewright`` for the package's own file."""
    first = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    return {"__init__": "tunewright", "__main__": "cli"}.get(first, first)


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, anywhere in it, with the line; ``from a import b`` counts as ``a.b``."""
    package = ["tunewright", *path.relative_to(SOURCE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}"


def module_name(path: Path) -> str:
    parts = ["tunewright", *path.relative_to(SOURCE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_type_checking(node: ast.AST) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def lines_run_late(path: Path) -> set[int]:
    """Lines of a file that do not run when it is imported: those of functions, and those for the type checker alone."""
    bodies = [range(function.lineno, (function.end_lineno or 0) + 1) for function in functions_of(path)]
    return lines_for_types(path).union(*bodies)


def lines_for_types(path: Path) -> set[int]:
    return {
        line
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if is_type_checking(node)
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    }


def import_graph(left_out: Callable[[Path], set[int]]) -> dict[str, set[str]]:
    """The modules of ours that each module imports, but for imports on the lines that are left out."""
    modules = {module_name(path) for path in MODULES}
    graph = {}
    for path in MODULES:
        skipped = left_out(path)
        names = [name for line, name in imports_of(path) if line not in skipped]
        found = {name if name in modules else name.rpartition(".")[0] for name in names}
        graph[module_name(path)] = (found & modules) - {module_name(path)}
    return graph


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules each of which imports all others of its group, directly or through others."""
    reached = {}
    for module in graph:
        seen, open_ends = set(), [module]
        while open_ends:
            new = graph[open_ends.pop()] - seen
            seen |= new
            open_ends += new
        reached[module] = seen
    groups = {frozenset(other for other in reached[module] if module in reached[other]) for module in graph}
    return sorted(sorted(group) for group in groups if group)


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def committed_files() -> list[Path]:
    """Files that git holds or would take in, without those that are removed but not yet recorded so."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True, text=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        missing("a git checkout", remedy="clone the repository to check what it holds")
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def test_the_order_names_every_part():
    parts = {part_of(path) for path in MODULES} - {"tunewright"}
    assert parts <= set(ORDER), f"not in ORDER: {sorted(parts - set(ORDER))}"


def test_imports_point_only_one_way():
    wrong = []
    for path in MODULES:
        importer = part_of(path)
        for line, module in imports_of(path):
            top, _, rest = module.partition(".")
            if top != "tunewright" or rest == "__version__" or importer == "tunewright":
                continue
            imported = rest.partition(".")[0]
            later = imported not in ORDER or ORDER.index(imported) > ORDER.index(importer)
            may_hang = {imported, "cli"} | ({"studio"} if imported == "report" else set())
            hangs_on_leaf = imported in LEAVES and importer not in may_hang
            if later or hangs_on_leaf:
                wrong.append(f"{name_of(path)}:{line} imports {module}")
    assert wrong == []


def test_a_circle_is_found():
    assert circles({"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": {"e"}, "e": set()}) == [["a", "b", "c"]]


def test_no_modules_import_one_another():
    assert circles(import_graph(lines_run_late)) == []


def test_hardly_any_modules_import_one_another_inside_functions():
    found = circles(import_graph(lines_for_types))
    assert len(found) <= MOST_CIRCLES_THROUGH_LATE_IMPORTS, found


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_every_folder_can_be_named_from_memory(folder):
    files = len(list(folder.glob("*.py")))
    assert files <= 16, f"{files} Python files: a folder is missing"


def test_public_classes_have_names_of_their_own():
    homes = defaultdict(list)
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(module_name(path))
    often = {name: places for name, places in homes.items() if len(places) > 1}
    assert often == {}


def test_files_have_names_of_their_own():
    homes = defaultdict(list)
    for path in MODULES:
        if path.stem != "__init__" and part_of(path) != "cli":
            homes[path.stem].append(name_of(path))
    often = {name: places for name, places in homes.items() if len(places) > 1}
    assert {name: often[name] for name in often.keys() - FILE_NAMES_OFTEN_USED} == {}


def test_docstrings_say_what_is_there():
    def first_line(path):
        return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]

    asking = [name_of(path) for path in MODULES if first_line(path).endswith("?")]
    assert asking == [], "begin a module's docstring with what is there, not with a question"


def test_notation_needs_the_standard_library_only():
    allowed = sys.stdlib_module_names | {"tunewright"}
    wrong = [
        f"{name_of(path)}:{line} imports {module}"
        for path in (SOURCE / "notation").glob("*.py")
        for line, module in imports_of(path)
        if module.partition(".")[0] not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "program",
    [
        "import tunewright",
        "import tunewright.notation",
        "import tunewright.cli.main",
        "import sys; sys.argv = ['tunewright', '--help']; from tunewright.cli.main import main; main()",
    ],
)
def test_starts_without_the_heavy_packages(program):
    heavy = ["matplotlib", "music21", "numpy", "py_mini_racer", "scipy", "torch", "typst"]
    code = f"try:\n    {program}\nexcept SystemExit as end:\n    assert not end.code\n"
    code += f"import sys\nprint('loaded:', *(name for name in {heavy} if name in sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "loaded:"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_is_small_and_says_what_it_is_for(path):
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    assert lines <= 330, f"{lines} lines: split it"
    assert lines <= 5 or ast.get_docstring(ast.parse(text)), "no docstring"
    assert path.stem not in {"utils", "util", "common", "helpers", "misc"}, "a name that says nothing"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_function_fits_a_screen(path):
    too_long = []
    for function in functions_of(path):
        body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
        lines = (function.end_lineno or 0) - body[0].lineno + 1
        if lines > 50:
            too_long.append(f"{function.name}: {lines} lines without its docstring")
    assert too_long == []


def test_only_the_console_of_the_command_line_prints():
    """What others have written goes to a terminal through `cli.console` and `cli.safe_console` alone."""
    wrong = [
        f"{name_of(path)}:{node.lineno}"
        for path in MODULES
        if path != SOURCE / "cli" / "console.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "Console")
    ]
    assert wrong == []


def test_nothing_committed_names_a_registry_host_or_a_place_on_one_machine():
    hosts = [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"),
             ("deb", "debian", "org"), ("download", "pytorch", "org")]  # fmt: skip
    places = [("work", ""), ("root", ""), ("opt", "wheels"), ("opt", "pypi")]
    forbidden = [re.escape(".".join(host)) for host in hosts]
    forbidden += [r"(?<![\w.~*-])" + re.escape("/" + "/".join(place)) for place in places]
    forbidden += [re.escape("../" + "shared")]
    pattern = re.compile("|".join(forbidden).encode())
    wrong = [
        f"{name_of(path)}: {found.group().decode()}"
        for path in committed_files()
        if (found := pattern.search(path.read_bytes()))
    ]
    assert wrong == []


def test_the_version_and_the_licence_stand_alike_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    said = dict(re.findall(r"^([a-z-]+): (\S.*)$", citation, re.MULTILINE))
    assert said["cff-version"] == "1.2.0"
    assert (said["title"], said["abstract"]) == ("Tunewright", project["description"])
    assert project["version"] == tunewright.__version__ == said["version"]
    assert project["license"] == said["license"] == (ROOT / "LICENSE").read_text(encoding="utf-8").split()[0]


def test_the_page_of_the_tree_names_every_part_in_order():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    (tree,) = re.findall(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    shown = re.findall(r"^(\w+)(?:/|\.py) ", tree, re.MULTILINE)
    assert shown == [part for part in ORDER if (SOURCE / part).is_dir() or (SOURCE / f"{part}.py").is_file()]
    inner = {folder.name for folder in FOLDERS if folder.parent.parent == SOURCE}
    assert set(re.findall(r"(?<= )(\w+)/", tree)) == inner


@pytest.mark.parametrize(
    "page", [ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name
)
def test_pages_for_developers_name_what_is_there(page):
    paths = re.findall(r"`([\w./-]+(?:/|\.py|\.toml|\.js))`", page.read_text(encoding="utf-8"))
    assert paths
    roots = [ROOT, SOURCE, ROOT / "tests"]
    assert [path for path in paths if not any((root / path).exists() for root in roots)] == []


def test_every_dependency_is_pinned_within_its_range():
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE))
    pins = {canonicalize_name(name): version for name, version in pins.items()}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*settings["project"]["dependencies"], *settings["build-system"]["requires"]]
    asked += [line for extra in settings["project"]["optional-dependencies"].values() for line in extra]
    for requirement in map(Requirement, asked):
        if requirement.name != "tunewright":
            pin = pins.get(canonicalize_name(requirement.name))
            assert pin and pin in requirement.specifier, f"constraints.txt has {pin} for {requirement}"


def test_every_public_name_resolves_and_is_explained():
    assert sorted(set(tunewright.__all__)) == sorted(tunewright.__all__)
    for name in tunewright.__all__:
        getattr(tunewright, name)  # imports its home, which may put a package of the same name in its place
        value = getattr(tunewright, name)
        assert not inspect.ismodule(value), f"tunewright.{name} becomes a package as soon as that is imported"
        explained = not (inspect.isclass(value) or inspect.isroutine(value)) or inspect.getdoc(value)
        assert explained, f"tunewright.{name} has no docstring"
        assert name in dir(tunewright)
    with pytest.raises(AttributeError, match="no_such_name"):
        tunewright.no_such_name  # noqa: B018


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_use_public_names_only(page):
    text = page.read_text(encoding="utf-8")
    deep = re.findall(r"(?:from|import) tunewright\.\S+", text)
    given = {name for names in re.findall(r"from tunewright import ([\w, ]+)", text) for name in names.split(", ")}
    used = given | set(re.findall(r"(?<![\w.])tw\.(\w+)", text))
    assert (deep, sorted(used - {*tunewright.__all__, "__version__"})) == ([], [])


def test_every_command_has_help_and_is_documented():
    from tunewright.cli.main import app

    pages = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    commands = {name: app[name] for name in app if not name.startswith("-")}
    assert commands, "no command is registered"
    for name, command in commands.items():
        assert command.help, f"tunewright {name} has no help"
        assert re.search(rf"tunewright {re.escape(name)}\b", pages), f"tunewright {name} is in no page"
        app([name, "--help"], console=Console(file=StringIO()), result_action="return_value")  # its file loads
