"""Reader of ABC tunebooks.

As in section 2.2 of the ABC standard 2.1, an ``X:`` line begins a tune and a blank line ends it. Beyond that: ``X:``
ends the tune before it too; a block of lines without ``X:`` is a tune if it has a ``K:`` field; a blank line before the
music does not end a tune, nor does any in a file that is double-spaced throughout.

Fields before the first tune are defaults: they are put before the ``K:`` line of each tune whose header lacks them.
Text between tunes is left out and reported; comments and directives between tunes are left out.

A tune's `source_characters` are those of its lines and of the blank lines that follow.

The text from one ``X:`` line to the next can be read by itself. Nearly always it is one tune with nothing to clean, to
split or to join (`_PLAIN`), and is taken as it is; only the rest is read line by line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tunewright.corpus.cleaning import SourceLine, clean_lines, make_tune, may_need_cleaning
from tunewright.corpus.tune import Failure, Tune
from tunewright.errors import CorpusError
from tunewright.notation.fields import field_of, header_length, is_remark
from tunewright.notation.spec import FIELDS, LONGEST_TUNE

_NUMBER_LINE = re.compile(r"^X:", re.MULTILINE)
_NO_MUSIC = rf"(?:[{''.join(FIELDS)}]:(?![|:])|%|\+:)"
_FILLED = r"[^\S\n]*\S[^\n]*(?:\n|\Z)"
# an X: line, lines down to the first K:, lines without music, a line of music, lines; then blank ones
_PLAIN = re.compile(
    rf"(X:[^\n]*\n(?:(?!K:){_FILLED})*K:[^\n]*\n(?:{_NO_MUSIC}[^\n]*\n)*(?!{_NO_MUSIC}){_FILLED}(?:{_FILLED})*)\s*"
)


@dataclass
class _Block:
    """Consecutive lines without a blank one; `size` counts their characters and those of the blank lines after them."""

    lines: list[SourceLine] = field(default_factory=list)
    size: int = 0
    closed: bool = False
    """True once a blank line follows."""
    has_key: bool = False
    has_music: bool = False
    """True once music follows a ``K:`` line."""

    def add(self, line: SourceLine) -> None:
        self.lines.append(line)
        self.size += line.size
        if self.has_key and not self.has_music:
            self.has_music = field_of(line.text) is None and not is_remark(line.text)
        self.has_key |= line.text.startswith("K:")

    @property
    def numbered(self) -> bool:
        return self.lines[0].text.startswith("X:")

    @property
    def is_tune(self) -> bool:
        return self.numbered or self.has_key


def read_tunebook(text: str, path: Path) -> Iterator[Tune | Failure]:
    """Yield the tunes and failures of `text`.

    Raises
    ------
    CorpusError
        If nothing in `text` looks like a tune.
    """
    edges = [0, *(match.start() for match in _NUMBER_LINE.finditer(text)), len(text)]
    plain = [_plain(text, begin, end) for begin, end in pairwise(edges)]
    if not any(plain):
        edges, plain = [0, len(text)], [None]
        if not any(block.is_tune for block in _blocks(text)):
            raise CorpusError("holds no tune: it has no <start> line, no X: and no K: field", path=path)
    defaults: list[SourceLine] = []
    line = 1
    for (begin, end), tune in zip(pairwise(edges), plain, strict=True):
        if tune is not None and not defaults:
            yield Tune(tune, path, line, end - begin)
        else:
            yield from _line_by_line(text[begin:end], line, defaults, path, double_spaced=not any(plain))
        line += text.count("\n", begin, end)


def file_header(text: str) -> str:
    """Return the part of `text` before the first tune, which holds for all tunes."""
    first = next((block.lines[0].number for block in _join_headers(_blocks(text)) if block.is_tune), 1)
    return "".join(text.splitlines(keepends=True)[: first - 1])


def _plain(text: str, begin: int, end: int) -> str | None:
    """Return `text[begin:end]` if it is one plain tune, else None."""
    tune = _PLAIN.fullmatch(text, begin, end)
    if tune is None or may_need_cleaning(text, begin, end) or end - begin > LONGEST_TUNE:
        return None
    return tune[1] if tune[1].endswith("\n") else tune[1] + "\n"


def _line_by_line(
    text: str, first: int, defaults: list[SourceLine], path: Path, *, double_spaced: bool
) -> Iterator[Tune | Failure]:
    """Yield the tunes and failures of `text`, which begins on line `first`; adds the file header to `defaults`."""
    before_first = not text.startswith("X:")
    for block in _join_headers(_blocks(text, first, double_spaced=double_spaced)):
        if block.is_tune:
            before_first = False
            yield from _tune(block, defaults, path)
        elif before_first and all(field_of(line.text) or is_remark(line.text) for line in block.lines):
            yield from _refused_defaults(block, path)
            defaults += _defaults(block)
        elif not all(is_remark(line.text) for line in block.lines):
            yield Failure(path, block.lines[0].number, _reason_outside(block))


def _blocks(text: str, first: int = 1, *, double_spaced: bool = True) -> list[_Block]:
    """Return the blocks of `text`, whose first line is number `first`; `double_spaced`: whether it may be that."""
    lines = list(clean_lines(text, first))
    # where a blank line follows every line, blank lines end nothing
    double_spaced = double_spaced and all(one.blank or other.blank for one, other in pairwise(lines))
    blocks: list[_Block] = []
    for line in lines:
        if line.blank:
            if blocks:
                blocks[-1].closed = not double_spaced
                blocks[-1].size += line.size
            continue
        if not blocks or blocks[-1].closed or line.text.startswith("X:"):
            blocks.append(_Block())
        blocks[-1].add(line)
    return blocks


def _join_headers(blocks: Sequence[_Block]) -> list[_Block]:
    """Join each block that begins with ``X:`` and has no music with the next one, if that continues it."""
    joined: list[_Block] = []
    for block in blocks:
        before = joined[-1] if joined else None
        if before and before.numbered and not before.has_music and not block.numbered and _continues(before, block):
            size = before.size + block.size
            for line in block.lines:
                before.add(line)
            before.size = size
        else:
            joined.append(block)
    return joined


def _continues(before: _Block, block: _Block) -> bool:
    if before.has_key:
        return not block.has_key and _reason_outside(block) == _MUSIC_OUTSIDE
    return field_of(block.lines[0].text) is not None


def _tune(block: _Block, defaults: Sequence[SourceLine], path: Path) -> Iterator[Tune | Failure]:
    lines = block.lines
    if not block.numbered:
        start = next(index for index, line in enumerate(lines) if field_of(line.text))
        if not all(is_remark(line.text) for line in lines[:start]):
            yield Failure(path, lines[0].number, "text between tunes, left out")
        lines = lines[start:]
    number = lines[0].number
    if not block.has_key:
        yield Failure(path, number, "a tune without a K: field")
    elif not block.has_music:
        yield Failure(path, number, "a tune without music")
    else:
        yield make_tune(_with_defaults(lines, defaults), path, block.size)


def _with_defaults(lines: Sequence[SourceLine], defaults: Sequence[SourceLine]) -> list[SourceLine]:
    length = header_length([line.text for line in lines])
    present = {line.text[:2] for line in lines[:length]}
    missing, field = [], ""
    for line in defaults:
        field = field if line.text.startswith("+:") else line.text[:2]
        if field not in present:  # a line that continues a field goes with it
            missing.append(SourceLine(lines[0].number, line.text, 0))
    return [*lines[: length - 1], *missing, *lines[length - 1 :]]


def _defaults(block: _Block) -> Iterator[SourceLine]:
    """Yield the fields that hold for every tune; remarks hold for none, ``I:abc-...`` for the file only."""
    holds = False
    for line in block.lines:
        if found := field_of(line.text):
            holds = FIELDS[found[0]].file_header and found[0] != "r" and not line.text.startswith("I:abc-")
        if holds and not line.text.startswith("%"):
            yield line


def _refused_defaults(block: _Block, path: Path) -> Iterator[Failure]:
    for line in block.lines:
        if (found := field_of(line.text)) and not FIELDS[found[0]].file_header:
            yield Failure(path, line.number, "a field that may not stand in a file header, left out")


_MUSIC_OUTSIDE = "music after a blank line, which ends a tune in ABC, left out"
_BAR_LINES = ("|", ":|", "|:", "||", "|]")


def _reason_outside(block: _Block) -> str:
    """Distinguish music that a stray blank line cut off from text of people."""
    first = next((line.text for line in block.lines if not is_remark(line.text)), "")
    if field_of(first) or first.rstrip("\\ ").endswith(_BAR_LINES) or first.startswith(_BAR_LINES):
        return _MUSIC_OUTSIDE
    return "text between tunes, left out"
