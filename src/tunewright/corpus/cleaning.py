"""Cleaning of text with tunes: residues of web pages, control characters, and claims of persons and sources.

`clean_lines` removes control characters (among them those that frame tunes for a network) and what is left of a web
page: tags and entities. Everything else stays, blanks at line ends too. Angle brackets are music as well: ``A<b>c`` is
broken rhythm, not bold type. So among the notes only tags are removed that cannot be music; ``<b>`` and ``<a>`` are
removed from information fields only, unless they close or have attributes.

`essentials` reduces a tune to what a composed tune may have: no claims of persons or sources, no comments, no runs of
spaces. A network that has learned to write such things composes badly where they are forbidden (see
`tunewright.sampling.playable`).
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tunewright.acceptor.words import CLAIMS
from tunewright.corpus.tune import Failure, Tune
from tunewright.notation.spec import LONGEST_TUNE

_CONTROL = "\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff"
_CONTROL_IN_LINES = _CONTROL.replace("\x0a-", "\x0b-")
_CONTROLS = re.compile(f"[{_CONTROL}]")
_SUSPECT = re.compile(rf"[{_CONTROL}]|<[a-z/!]|&[a-z#]", re.IGNORECASE)
# attributes are bounded so that a long line of opening brackets costs linear time
_ATTRIBUTES = r"(?:\s+[\w-]{1,30}\s*=[^<>]{0,500})?\s*/?>"
_NEVER_MUSIC = (
    "html|head|body|title|meta|link|script|style|pre|code|p|hr|div|span|font|center|table|tbody|tr|ul|ol|li|"
    "strong|em|img|blockquote|h[1-6]|tt|i|u|s|sup|sub|small|big"
)
_TAG_IN_MUSIC = re.compile(
    rf"</?(?:{_NEVER_MUSIC}){_ATTRIBUTES}|</(?:a|b|td|th|dd|dt|dl)>|<(?:a|td|th)\s+[\w-]{{1,30}}\s*=[^<>]{{0,500}}>"
    r"|<!--[^<>]{0,500}-->|<!doctype[^<>]{0,200}>",
    re.IGNORECASE,
)
_TAG_IN_FIELD = re.compile(rf"</?(?:a|b|td|th|dd|dt|dl){_ATTRIBUTES}", re.IGNORECASE)
_LINE_BREAK_TAG = re.compile(r"<br\s{0,5}/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,31}\d{0,2});", re.IGNORECASE)
# a search for all of these can skip to the first match of this
_BEGINS_RESIDUE = re.compile(f"[{_CONTROL_IN_LINES}<&]")
_RESIDUE = (re.compile(f"[{_CONTROL_IN_LINES}]"), _TAG_IN_MUSIC, _TAG_IN_FIELD, _LINE_BREAK_TAG, _ENTITY)
_FIELD = re.compile(r"[A-Za-z]:(?![|:])")
_CLAIM = re.compile(rf"[{CLAIMS.strip('%')}]:")
"""Start of a line that `essentials` leaves out."""
_BLANKS = re.compile("[ \t]+")


class SourceLine(NamedTuple):
    """One line of a source, cleaned."""

    number: int
    """From 1, in its file."""
    text: str
    """Without its line end."""
    size: int
    """Number of its characters in the file, line end included."""

    @property
    def blank(self) -> bool:
        """True if it holds only blanks."""
        return not self.text.strip()


def may_need_cleaning(text: str, begin: int, end: int) -> bool:
    """Return true if `text[begin:end]` may hold something to remove."""
    found = _BEGINS_RESIDUE.search(text, begin, end)
    return found is not None and any(residue.search(text, found.start(), end) for residue in _RESIDUE)


def clean_lines(text: str, first: int = 1) -> Iterator[SourceLine]:
    """Yield the lines of `text`, numbered from `first`; one with ``<br>`` tags in it yields one for each part."""
    lines = text.split("\n")
    last = len(lines) - 1
    for index, line in enumerate(lines):
        size = len(line) + (index < last)
        if not _SUSPECT.search(line):
            yield SourceLine(first + index, line, size)
            continue
        for part in _parts(line):
            yield SourceLine(first + index, _clean(part), size)
            size = 0


def make_tune(
    lines: Sequence[SourceLine], path: Path, source_characters: int | None = None, identity: str | None = None
) -> Tune | Failure:
    """Return the tune in `lines` without the blank lines around it, or the reason why there is none.

    Parameters
    ----------
    source_characters
        Number of the tune's characters in its file; None for one that was assembled here, which counts as in a
        tunebook: its text and one blank line.
    """
    kept = [index for index, line in enumerate(lines) if not line.blank]
    if not kept:
        return Failure(path, lines[0].number if lines else 1, "an empty tune")
    lines = lines[kept[0] : kept[-1] + 1]
    text = "\n".join(line.text for line in lines) + "\n"
    if len(text) > LONGEST_TUNE:
        return Failure(path, lines[0].number, f"longer than {LONGEST_TUNE:,} characters, so not a tune")
    return Tune(text, path, lines[0].number, source_characters or len(text) + 1, identity)


def essentials(text: str) -> str:
    """Return the text of a tune without claims, comments and runs of blanks, each line ended by a line feed."""
    lines = (line.split("%")[0].rstrip() for line in text.splitlines() if not _CLAIM.match(line))
    return "".join(_BLANKS.sub(" ", line) + "\n" for line in lines if line)


def essential_tunes(tunes: Sequence[Tune]) -> list[Tune]:
    """Return the `essentials` of the tunes; tunes of which nothing is left are left out."""
    reduced = (replace(tune, text=essentials(tune.text)) for tune in tunes)
    # one blank line separates it from the next tune of a book
    return [replace(tune, source_characters=len(tune.text) + 1) for tune in reduced if tune.text]


def _parts(line: str) -> list[str]:
    parts = _LINE_BREAK_TAG.split(line)
    # usually the line ended at the tag anyway: then no blank line is left
    return parts if len(parts) == 1 else [part for part in parts if part.strip()]


def _clean(line: str) -> str:
    line = _TAG_IN_MUSIC.sub("", line)
    if _FIELD.match(line):
        line = _TAG_IN_FIELD.sub("", line)
    line = _ENTITY.sub(lambda entity: html.unescape(entity[0]).replace("\xa0", " "), line)
    return _CONTROLS.sub("", line)
