"""The documentation as a site: docs/, a start page from the README, and two pages of reference made from the code.

    python website/build.py OUT ZENSICAL     writes the site's files into OUT/site, by the program at ZENSICAL

A line ``<!-- player: tunewright compose ... -->`` in a page becomes the tune that this command composes, with its score
and a player. A link to a page that does not exist, or anything that a page would load from elsewhere, ends it with
status 1.
"""

import ast
import inspect
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import tunewright
from tunewright.cli.examples import examples_of
from tunewright.cli.main import app

ROOT = Path(__file__).parents[1]
OUTSIDE = re.compile(r"<(?:script|link|img|iframe|source|audio|video)\b[^>]*?\b(?:src|href)=[\"']?(?:https?:)?//[^>]*>")
WIDTH = 90
"""Of a signature on one line, in characters."""
USAGE = re.compile(r"^#+ tunewright ([a-z ]+)\n\n```console\n[^`]*```\n", re.MULTILINE)
"""The heading of a command on the page of all commands, and its usage."""
PLAYER = re.compile(r"<!-- player: tunewright (compose .*) -->")
FRAME = 'style="width: 100%; height: 44rem; border: thin solid #8888"'
SECTION = re.compile(r"^(\w[\w ,]*)\n-{3,}\n", re.MULTILINE)


def command_line() -> str:
    """The page of all commands, with their examples and options."""
    text = app.generate_docs(output_format="markdown", recursive=True).replace("# tunewright", "# Command line", 1)
    return USAGE.sub(lambda found: f"{found[0]}\n```sh\n{chr(10).join(examples_of(found[1]))}\n```\n", text)


def library() -> str:
    """The page of all public names: signature and docstring of each."""
    described = "\n".join(entry for name in tunewright.__all__ for entry in _entry(name))
    return (
        "# Library\n\nEvery public name of `import tunewright as tw`. The [overview](../library.md) is shorter.\n\n"
        + described
    )


def _entry(name: str) -> Iterator[str]:
    value = getattr(tunewright, name)
    yield f"## {name}\n"
    if not callable(value):
        module = import_module(f"tunewright.{tunewright._HOMES[name]}")
        yield _said(inspect.getsource(module)).get(name, "") + "\n"
        return
    with suppress(ValueError):  # built-in classes have none
        yield f"```text\n{_signature(name, value)}\n```\n"
    yield _markdown(inspect.getdoc(value) or "")
    if inspect.isclass(value):
        fields = _said(inspect.getsource(value))
        yield from (f"- `{field}`: {text}" for field, text in fields.items())
        for member, function in vars(value).items():
            text = inspect.getdoc(function)
            if not member.startswith("_") and text and (inspect.isfunction(function) or isinstance(function, property)):
                yield f"- `{member}{'' if isinstance(function, property) else '()'}`: {_one_line(text)}"
        yield ""


def _signature(name: str, value: Callable[..., object]) -> str:
    """On one line if it fits, else a line for each parameter."""
    signature = inspect.signature(value)
    line = f"{name}{signature}"
    if len(line) < WIDTH:
        return re.sub(r"tunewright\.[\w.]*\.", "", line)
    result = "" if signature.return_annotation is inspect.Signature.empty else f" -> {_type(signature)}"
    inside = "".join(f"    {parameter},\n" for parameter in signature.parameters.values())
    return re.sub(r"tunewright\.[\w.]*\.", "", f"{name}(\n{inside}){result}")


def _type(signature: inspect.Signature) -> str:
    """What is returned."""
    return inspect.formatannotation(signature.return_annotation)


def _said(source: str) -> dict[str, str]:
    """The text below each assignment to a name, by the name."""
    tree = ast.parse(textwrap.dedent(source))
    body = tree.body[0].body if len(tree.body) == 1 and isinstance(tree.body[0], ast.ClassDef) else tree.body
    found: dict[str, str] = {}
    for statement, below in pairwise(body):
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
            found |= {target.id: _one_line(below.value.value) for target in targets if isinstance(target, ast.Name)}
    return found


def _one_line(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split()).replace("<", "&lt;")


def _markdown(docstring: str) -> str:
    """A docstring in numpy's style as Markdown."""
    text = SECTION.sub(r"**\1**\n\n", docstring)
    lines = [
        f"- `{line}`" if re.fullmatch(r"[\w, ]+", line) and following.startswith("    ") else line
        for line, following in zip(text.splitlines(), [*text.splitlines()[1:], ""], strict=True)
    ]
    return "\n".join(lines).replace("<", "&lt;") + "\n"


def start() -> str:
    """The README as the site's first page; its links lead to the pages beside it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("](docs/", "](")
    return re.sub(r"\[([^\]]*)\]\((?:CONTRIBUTING\.md|SECURITY\.md|LICENSE)\)", r"\1", text)


def pages(folder: Path) -> None:
    """Write the sources of the site."""
    shutil.copytree(ROOT / "docs", folder)
    (folder / "reference").mkdir()
    (folder / "index.md").write_text(start(), encoding="utf-8")
    (folder / "reference" / "command-line.md").write_text(command_line(), encoding="utf-8")
    (folder / "reference" / "library.md").write_text(library(), encoding="utf-8")
    for page in folder.glob("*.md"):  # links out of docs/ lead nowhere on a site
        text = page.read_text(encoding="utf-8")
        page.write_text(re.sub(r"\[([^\]]*)\]\(\.\./[^)]*\)", r"\1", text), encoding="utf-8")


def players(folder: Path) -> None:
    """Put the tunes that pages ask for into them, each a page of its own in a frame."""
    for page in sorted(folder.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        page.write_text(PLAYER.sub(partial(_player, folder, page), text), encoding="utf-8")


def _player(folder: Path, page: Path, found: re.Match[str]) -> str:
    """Compose a tune for a page; returns the frame that shows it."""
    name = page.relative_to(folder).with_suffix("").as_posix()
    made = folder / "players" / f"{name}-{found.start()}"
    asked = [*shlex.split(found[1]), "--format", "html", "--out", str(made)]
    subprocess.run([sys.executable, "-m", "tunewright", *asked], check=True, stdout=subprocess.DEVNULL)
    (tune,) = made.glob("*.html")
    root = "" if name == "index" else "../" * (name.count("/") + 1)  # a page is a folder on the site
    address = root + quote(tune.relative_to(folder).as_posix())
    return f'<iframe src="{address}" title="A tune: score and player" loading="lazy" {FRAME}></iframe>'


def requests(site: Path) -> list[str]:
    """What pages and styles would load from elsewhere."""
    found = [
        f"{page.relative_to(site)}: {match[0][:120]}"
        for page in site.rglob("*.html")
        for match in OUTSIDE.finditer(page.read_text(encoding="utf-8"))
        if "rel=canonical" not in match[0]
    ]
    return found + [
        f"{style.relative_to(site)}: {match}"
        for style in site.rglob("*.css")
        for match in re.findall(
            r"url\([\"']?https?://[^)]*\)|@import [\"']https?://[^;]*", style.read_text(encoding="utf-8")
        )
    ]


def main(out: Path, zensical: Path) -> int:
    """Build the site; returns the exit status."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    pages(out / "pages")
    players(out / "pages")
    shutil.copyfile(Path(__file__).with_name("zensical.toml"), out / "zensical.toml")
    ended = subprocess.run([zensical.absolute(), "build", "--strict"], cwd=out, check=False)
    outside = requests(out / "site")
    for line in outside:
        print(f"asks elsewhere: {line}", file=sys.stderr)
    return ended.returncode or bool(outside)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
