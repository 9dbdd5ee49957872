"""Reader of tunes between ``<start>`` and ``<end>`` tags.

Every tune is read, whatever it holds; only an empty one is a failure. The next ``<start>`` or the end of the file
stands for a missing ``<end>``. A tune's `source_characters` run from its ``<start>`` to the next one, so that those of
all tunes add up to the characters of the file.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from tunewright.corpus.cleaning import clean_lines, make_tune
from tunewright.corpus.tune import Failure, Tune

_FIRST_START = re.compile(r"^[ \t]*<start>", re.IGNORECASE | re.MULTILINE)
_START = re.compile(r"<start>[ \t]*\n?", re.IGNORECASE)
_END = re.compile(r"<end>[ \t]*\n?", re.IGNORECASE)


def is_tagged(text: str) -> bool:
    """Return true if a line of `text` begins with ``<start>``."""
    return _FIRST_START.search(text) is not None


def read_tagged(text: str, path: Path) -> Iterator[Tune | Failure]:
    """Yield the tunes of `text`, and a failure for each stretch of text outside the tags."""
    starts = [tag.start() for tag in _START.finditer(text)]
    line = 1
    for begin, end in pairwise([0, *starts, len(text)]):
        yield from _stretch(text[begin:end], path, line)
        line += text.count("\n", begin, end)


def _stretch(text: str, path: Path, line: int) -> Iterator[Tune | Failure]:
    """Yield the tune and failures of `text`, which begins on `line` with its only ``<start>``, or has none."""
    start = _START.match(text)
    if start is None:
        yield from _outside(text, path, line)
        return
    end = _END.search(text, start.end())
    content = text[start.end() : end.start() if end else len(text)]
    after = text[end.end() :] if end else ""
    size = len(text) - (len(after) if after.strip() else 0)
    yield make_tune(list(clean_lines(content, line + start[0].count("\n"))), path, size)
    yield from _outside(after, path, line + text.count("\n") - after.count("\n"))


def _outside(text: str, path: Path, line: int) -> Iterator[Failure]:
    if text.strip():
        yield Failure(path, line, "text outside <start> and <end>, left out")
