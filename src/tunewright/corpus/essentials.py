"""Tunes reduced to what a composed tune may have: no claims of persons or sources, no comments, no runs of spaces.

A network that learned to write such things goes astray where it is kept from them (see `sampling.playable`).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from tunewright.corpus.tune import Tune
from tunewright.notation.words import CLAIMS

_CLAIM = re.compile(rf"[{CLAIMS.strip('%')}]:")
"""Begins a line that is left out."""
_BLANKS = re.compile("[ \t]+")


def essentials(text: str) -> str:
    """Return the text of a tune without them, each line ended by a line feed."""
    lines = (line.split("%")[0].rstrip() for line in text.splitlines() if not _CLAIM.match(line))
    return "".join(_BLANKS.sub(" ", line) + "\n" for line in lines if line)


def essential_tunes(tunes: Sequence[Tune]) -> list[Tune]:
    """Return the tunes without them; one of which nothing is left is left out."""
    reduced = (replace(tune, text=essentials(tune.text)) for tune in tunes)
    # A blank line parts them from the next one in a book.
    return [replace(tune, source_characters=len(tune.text) + 1) for tune in reduced if tune.text]
