"""Plain text of any kind, cut into passages, which stand where tunes stand elsewhere.

A passage has `LONGEST` characters at most. It ends after an empty line where there is one in its second half, else
after a line, else after a space, else at the limit. Nothing is left out but the two characters that frame a passage.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tunewright.corpus.tune import END, START, Tune

LONGEST = 1000
"""Most characters of a passage."""
_ENDS = (re.compile(r"\n[ \t]*\n+"), re.compile(r"\n"), re.compile(r"\s"))
_FRAMES = str.maketrans({START: None, END: None})


def read_plain(text: str, path: Path) -> Iterator[Tune]:
    """Yield the passages of the text of a file; those of spaces alone belong to no passage."""
    place, line = 0, 1
    while place < len(text):
        end = _end_of_passage(text, place)
        passage = text[place:end]
        if passage.strip():
            whole = passage.translate(_FRAMES)
            yield Tune(whole if whole.endswith("\n") else whole + "\n", path, line, len(passage))
        line += passage.count("\n")
        place = end


def _end_of_passage(text: str, place: int) -> int:
    limit = place + LONGEST
    if limit >= len(text):
        return len(text)
    for end in _ENDS:
        found = [match.end() for match in end.finditer(text, place + LONGEST // 2, limit)]
        if found:
            return found[-1]
    return limit
