"""Markdown of a paper: named text fragments with values, and tables, pictures, references and lists.

The fragments are in ``assets/*.md``: a line ``%%% name`` begins one. ``%{name}`` in a fragment stands for a value. No
number of a result is typed there: each is measured, or an option that was in use.

Values are Markdown. What users typed, a title for instance, goes through `plain` first.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, ClassVar

_BEGINNING = re.compile(r"^%%% ([a-z_]+)\n", re.MULTILINE)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

NOTES: Mapping[str, str] = {
    "abstract": "the abstract",
    "introduction": "the introduction",
    "related-work": "related work",
    "methods": "the methods",
    "results": "the results",
    "discussion": "the discussion",
    "contributions": "who did what: a paragraph for each author",
}
"""Parts that the authors may add to: file names without ``.md``, and their subjects."""


class _Fragment(Template):
    delimiter = "%"
    pattern: ClassVar[Any] = r"%(?:(?P<escaped>%%)|\{(?P<braced>[a-z_]+)\}|(?P<named>(?!))|(?P<invalid>(?!)))"


def fill(asset: str, name: str, values: Mapping[str, object]) -> str:
    """Return the fragment `name` of ``assets/ASSET.md`` with `values` inserted.

    Raises
    ------
    KeyError
        If there is no such fragment, or a value is missing.
    """
    return _Fragment(fragments(asset)[name]).substitute(values)


@cache
def fragments(asset: str) -> Mapping[str, str]:
    """Every fragment of ``assets/ASSET.md`` by its name, without blank lines around it."""
    text = asset_text(f"{asset}.md")
    parts = _BEGINNING.split(text)[1:]
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


@cache
def asset_text(name: str) -> str:
    """The content of a file in ``assets``."""
    return (files("tunewright.report") / "assets" / name).read_text(encoding="utf-8")


def plain(text: str) -> str:
    """Escape `text` so that Markdown shows it literally, on one line."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Markdown that shows `text`, of one line, as code."""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{ticks} {text} {ticks}"


def code_block(text: str, kind: str = "") -> str:
    """Markdown that shows `text` as a code block."""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{ticks}{kind}\n{text.rstrip()}\n{ticks}"


def table(name: str, caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown with the label ``tbl-NAME``; its cells are Markdown without a bare ``|``.

    Parameters
    ----------
    columns
        Heads; one that begins with ``>`` aligns its column to the right.
    """
    heads = [column.removeprefix(">") for column in columns]
    marks = ["---:" if column.startswith(">") else ":---" for column in columns]
    body = "\n".join(f"| {' | '.join(line)} |" for line in (heads, marks, *rows))
    return f"::: {{#tbl-{name} .table}}\n{body}\n\n: {caption}\n:::"


def picture(name: str, caption: str, width: int) -> str:
    """The picture ``figures/NAME`` in Markdown, `width` hundredths of a line wide; its label is ``fig-NAME``."""
    return f"![{caption}](figures/{name}){{#fig-{name} width={width}%}}"


def refer(name: str) -> str:
    """A reference to a figure or table by its label, such as ``fig-sizes``; its number replaces it."""
    return f"[](#{name})"


def paragraphs(*parts: str) -> str:
    """Join the parts that are not empty with blank lines."""
    return "\n\n".join(part for part in parts if part.strip())


def listed(items: Sequence[str]) -> str:
    """``a``, ``a and b``, or ``a, b, and c``."""
    if len(items) < 3:
        return " and ".join(items)
    return f"{', '.join(items[:-1])}, and {items[-1]}"


def items(lines: Sequence[str]) -> str:
    """A bulleted list."""
    return "\n".join(f"- {line}" for line in lines)


def count(number: int, one: str, many: str = "") -> str:
    """``1 seed``, ``1,200 seeds``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def stub(name: str) -> str:
    """The initial content of a file for the authors' own words."""
    return (
        f"<!-- Your own words for {NOTES[name]}, in Markdown. They stand at the end of that part of the paper;\n"
        "     tunewright report puts them there and never changes this file. -->\n"
    )


def own_words(folder: Path, name: str) -> str:
    """The authors' text in ``FOLDER/NAME.md`` without comments; empty if there is none."""
    path = folder / f"{name}.md"
    return _COMMENT.sub("", path.read_text(encoding="utf-8-sig")).strip() if path.is_file() else ""
