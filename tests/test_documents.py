"""Documentation: every example in README.md, CONTRIBUTING.md and docs/ is run, and every link is followed.

The blocks of one page run in order, in one empty folder: ``python`` blocks in one namespace; in ``console`` blocks the
lines that begin with ``$ tunewright``; in ``sh`` blocks, which have no ``$``, those that begin with ``tunewright``.
Comments on the line before a block change that:

    <!-- not run: why -->       the block is left alone
    <!-- output checked -->     what each command prints must be what the page shows
    <!-- file: NAME -->         the block is saved as this file too, as the page says

Running them takes minutes (a page trains, composes, studies), so that is marked slow:

    pytest -m slow tests/test_documents.py -k composing.md
"""

import re
import shlex
import subprocess
import sys
import tomllib
import traceback
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md", ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "course").glob("*.md")),
]  # fmt: skip
OTHER_PROGRAMS = {"apt", "cd", "git", "make", "pip"}
"""What a page may tell a person to type although no test here does it."""
LOOKS_RUNNABLE = {"bash", "doctest", "py", "pycon", "python3", "shell", "zsh"}
TIME_LIMIT_SECONDS = 900


@dataclass(frozen=True)
class Block:
    """A fenced block that is to be run."""

    language: str
    text: str
    line: int
    """The line of the page on which `text` begins, from 1."""
    output_checked: bool
    file: str | None = None
    """What it is saved as."""


@dataclass(frozen=True)
class Command:
    """One command line of a console block, and the output that the page shows for it."""

    words: list[str]
    output: str


def blocks_of(page: str) -> list[Block]:
    """All python and console blocks of a page, without those that say that they are not run."""
    blocks = []
    fence = re.compile(
        r"(?P<comments>(?:^<!--[^\n]*-->\n+)*)^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
    )
    for match in fence.finditer(page):
        language, comments, text = match["language"], match["comments"], match["text"]
        line = page.count("\n", 0, match.start("text")) + 1
        if re.search(r"<!-- not run: \S.*-->", comments):
            continue
        if language in LOOKS_RUNNABLE:
            raise ValueError(
                f"line {line - 1}: write ```python, ```console or ```sh for what is run, not ```{language}"
            )
        if language == "sh":
            language, text = "console", re.sub(r"^(?=\S)", "$ ", text, flags=re.MULTILINE)
        if language in ("python", "console"):
            file = re.search(r"<!-- file: (\S+) -->", comments)
            blocks.append(Block(language, text, line, "<!-- output checked -->" in comments, file[1] if file else None))
        elif "<!-- file: " in comments:
            name = re.search(r"<!-- file: (\S+) -->", comments)[1]
            blocks.append(Block("file", text, line, output_checked=False, file=name))
    return blocks


def commands_of(block: Block) -> list[Command]:
    """The ``$ tunewright`` lines of a console block; a line that ends with a backslash goes on in the next."""
    commands = []
    for part in re.split(r"^\$ ", block.text.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        words = shlex.split(line, comments=True)
        if words[0] == "tunewright":
            commands.append(Command(words[1:], output.rstrip()))
        elif words[0] not in OTHER_PROGRAMS:
            raise ValueError(f"line {block.line}: nothing runs '{words[0]}'; say <!-- not run: why --> or leave it out")
    return commands


def run_python(block: Block, page: Path, namespace: dict[str, object]) -> None:
    """Run a block so that an error names the page and the right line."""
    code = compile("\n" * (block.line - 1) + block.text, str(page), "exec")
    exec(code, namespace)  # noqa: S102 - our own pages


def run_console(block: Block, page: Path, folder: Path) -> None:
    program = Path(sys.executable).parent / "tunewright"
    for command in commands_of(block):
        result = subprocess.run(
            [program, *command.words],
            cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS,
        )  # fmt: skip
        place = f"{page.name}:{block.line}: tunewright {shlex.join(command.words)}"
        assert result.returncode == 0, f"{place}\n{result.stdout}{result.stderr}"
        if block.output_checked:
            assert result.stdout.rstrip() == command.output, place


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "__page__"}
    for block in blocks_of(page.read_text(encoding="utf-8")):
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        if block.language == "python":
            run_python(block, page, namespace)
        elif block.language == "console":
            run_console(block, page, tmp_path)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md", ROOT / "SECURITY.md"], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)[^)]*\)", text) + re.findall(r"(?:src|href)=\"([^\"]+)\"", text)
    files = [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
    assert [name for name in files if not (page.parent / name).exists()] == []


def named_pages(entries):
    """The files that a part of the site's navigation leads to."""
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for value in entry.values():
                yield from [value] if isinstance(value, str) else named_pages(value)


def test_the_navigation_of_the_site_names_every_page_once():
    site = tomllib.loads((ROOT / "website" / "zensical.toml").read_text(encoding="utf-8"))
    generated = ["index.md", "reference/command-line.md", "reference/library.md"]
    pages = [page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")]
    assert sorted(named_pages(site["project"]["nav"])) == sorted(generated + pages)


MADE_UP_PAGE = """\
# A page
```python
number = 6 * 7
```
Some words, and `code`.

<!-- output checked -->
```console
$ tunewright --version   # a comment
1.2.3
$ make demo
$ tunewright compose "a b" \\
      --seed 3
two
lines
```
<!-- not run: it takes an hour -->
```console
$ tunewright train everything
```
<!-- file: tune.abc -->
```abc
K:D
```
```abc
K:G
```
"""


def test_the_blocks_of_a_page_are_found():
    python, console, saved = blocks_of(MADE_UP_PAGE)
    assert saved == Block("file", "K:D\n", 23, output_checked=False, file="tune.abc")
    assert (python.language, python.text, python.line) == ("python", "number = 6 * 7\n", 3)
    assert (python.output_checked, console.output_checked) == (False, True)
    assert commands_of(console) == [
        Command(["--version"], "1.2.3"),
        Command(["compose", "a b", "--seed", "3"], "two\nlines"),
    ]


@pytest.mark.parametrize("text", ["```bash\n$ tunewright\n```\n", "```pycon\n>>> 1\n```\n"])
def test_a_block_that_looks_runnable_and_is_not_run_is_refused(text):
    with pytest.raises(ValueError, match="write ```python"):
        blocks_of(text)


def test_a_shell_block_holds_commands_without_a_prompt():
    (block,) = blocks_of("```sh\nmake demo   # two minutes\ntunewright compose runs \\\n    --seed 3\n```\n")
    assert commands_of(block) == [Command(["compose", "runs", "--seed", "3"], "")]


def test_a_command_that_nothing_runs_is_refused():
    (block,) = blocks_of("```console\n$ rm everything\n```\n")
    with pytest.raises(ValueError, match="nothing runs 'rm'"):
        commands_of(block)


def test_an_error_in_a_block_names_the_page_and_its_line():
    with pytest.raises(ZeroDivisionError) as error:
        run_python(Block("python", "\n1 / 0\n", 7, output_checked=False), Path("page.md"), {})
    last = traceback.extract_tb(error.tb)[-1]
    assert (last.filename, last.lineno) == ("page.md", 8)
