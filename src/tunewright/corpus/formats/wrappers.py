"""Tunes within other text: fences, tags, song sheets, HTML, mail; their marks are taken away, line by line.

Every line of the text stays one line, so that line numbers hold: a line that is only a mark becomes blank, and ends the
tune before it. Known are fences of Markdown (three or more backquotes or tildes), ``[abc]`` and ``[/abc]`` of forums,
``{start_of_abc}`` and ``{end_of_abc}`` of ChordPro, tags of HTML and wikis, ``\\begin{abc}`` of LaTeX and
``#+BEGIN_SRC`` of Org; and tunes whose lines are indented or quoted (``> ``), from an ``X:`` line on.

A tune in quoted-printable, as mail programs write it, is decoded as a whole before.
"""

import quopri
import re
from collections.abc import Iterator
from typing import NamedTuple

_TAGS = r"abc|abcjs|abc-?notation|textarea|pre|code|score|music|notation|source|syntaxhighlight|script|xmp"
_BRACKETS = r"abc|abcjs|abcjs-[\w-]{1,20}|abc-notation|music|code|score|pre|notation"
_MARK = re.compile(
    r"[ \t>]*(?:"
    r"(?:`{3,}|~{3,})[ \t]*[\w{.#=\"'}-]{0,40}[ \t]*"
    rf"|\[/?(?:{_BRACKETS})(?:[ \t=][^\]\n]{{0,200}})?\]"
    r"|\{[ \t]*(?:start_of_abc|end_of_abc|soabc|eoabc|start_of_abc2|soa|eoa)(?:[ \t]*:?[^}\n]{0,200})?\}"
    rf"|</?(?:{_TAGS})(?:[ \t][^<>\n]{{0,500}})?/?>"
    r"|\\(?:begin|end)\{(?:abc|music|verbatim)\}(?:\[[^\]\n]{0,200}\])?"
    r"|\#\+(?:BEGIN|END)_(?:SRC|EXAMPLE)(?:[ \t][^\n]{0,200})?"
    r")[ \t]*",
    re.IGNORECASE,
)
_MARK_BEFORE = re.compile(
    rf"[ \t>]*(?:\[(?:{_BRACKETS})(?:[ \t=][^\]\n]{{0,200}})?\]|<(?:{_TAGS})(?:[ \t][^<>\n]{{0,500}})?>)(?=[ \t]*X:)",
    re.IGNORECASE,
)
_MARK_BEHIND = re.compile(rf"(?:\[/(?:{_BRACKETS})\]|</(?:{_TAGS})>)[ \t]*$", re.IGNORECASE)
_ANY = re.compile(
    rf"^[ \t>]+X:|^[ \t>]*(?:`{{3,}}|~{{3,}}|\[/?(?:{_BRACKETS})\b|\{{[ \t]*(?:start_of|end_of|so|eo)|</?(?:{_TAGS})\b"
    rf"|\\(?:begin|end)\{{|\#\+(?:BEGIN|END))|\[/(?:{_BRACKETS})\]|</(?:{_TAGS})>",
    re.IGNORECASE | re.MULTILINE,
)
"""Whether there may be anything to take away."""

_INDENTED = re.compile(r"([ \t]*(?:>[ \t]?)*[ \t]*)X:[ \t]*\d")

_NUMBER_LINE = re.compile(r"^(?=X:)", re.MULTILINE)
_QUOTED = re.compile(r"=3D|=20$|=0[9AD]", re.MULTILINE)
_NOT_QUOTED = re.compile(r"=(?![0-9A-F]{2}|[ \t]*$)", re.MULTILINE)


class Unwrapped(NamedTuple):
    """A text without the marks around its tunes."""

    text: str
    around: tuple[tuple[str, str], ...]
    """For each line, what was taken away before and behind it; empty if nothing was taken away at all."""

    def wrapped(self, text: str) -> str:
        """Put what was taken away around the lines of `text`, which has as many."""
        if not self.around:
            return text
        lines = _LINES.findall(text)
        pairs = zip(lines, self.around, strict=True)
        return "".join(f"{before}{line}{behind}{end}" for (line, end), (before, behind) in pairs)

    def column(self, line: int, column: int) -> int:
        """Return the column in the original text of a column of line number `line`, both from 1."""
        return column + len(self.around[line - 1][0]) if line <= len(self.around) else column


_LINES = re.compile(r"([^\n\r]*)(\r\n|\n|\r|\Z)")


def unwrap(text: str) -> Unwrapped:
    """Take the marks around the tunes in `text` away."""
    if not _ANY.search(text):
        return Unwrapped(text, ())
    lines = _LINES.findall(text)
    around = tuple(_around(line for line, _ in lines))
    kept = (
        line[len(before) : len(line) - len(behind)] + end
        for (line, end), (before, behind) in zip(lines, around, strict=True)
    )
    return Unwrapped("".join(kept), around)


def _around(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield what is to be taken away before and behind each line."""
    prefix = ""
    for line in lines:
        if prefix and not line.startswith(prefix):
            if not line.strip() or line.strip() == prefix.strip():
                yield line, ""
                continue
            prefix = ""
        if indented := _INDENTED.match(line):
            prefix = indented[1]
        content = line[len(prefix) :]
        if _MARK.fullmatch(content):
            yield line, ""
            continue
        before = _MARK_BEFORE.match(content)
        behind = _MARK_BEHIND.search(content)
        yield prefix + (before[0] if before else ""), behind[0] if behind else ""


def from_quoted_printable(text: str) -> str:
    """Decode each tune of `text` that is in quoted-printable: it has ``=3D`` or ``=20``, and no ``=`` that is music."""
    if not _QUOTED.search(text):
        return text
    return "".join(map(_decoded, _NUMBER_LINE.split(text)))


def _decoded(stretch: str) -> str:
    if not _QUOTED.search(stretch) or _NOT_QUOTED.search(stretch):
        return stretch
    data = quopri.decodestring(stretch.encode("utf-8", "surrogateescape"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
