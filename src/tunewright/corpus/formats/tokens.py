"""Reader of token files, the training data of folk-rnn.

A tune is its fields (``M:6/8``, ``K:Cmaj``), each a token, then its music, one token for each note, duration, bar line
(``G 2 A B | c /2 d /2 (3 e f g``), separated by blanks. Blank lines separate tunes, and so does a field after music.
The result is ABC: an ``X:`` number, the fields on lines of their own, ``L:1/8`` (folk-rnn's unit), the music in one
line.

A tune's `source_characters` are counted as if its joined text were part of a tunebook.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from tunewright.corpus.cleaning import SourceLine, make_tune
from tunewright.corpus.tune import Failure, Tune

UNIT_LENGTH = "L:1/8"

_FIELD_TOKEN = re.compile(r"[A-Z]:\S+")
_MUSIC_TOKEN = re.compile(
    r"(?:\^{1,2}|_{1,2}|=)?[A-Ga-gxz][,']{0,3}"  # a note without its duration, or a rest
    r"|\d*/?\d*[<>]{0,2}"  # a duration, a broken rhythm, or both
    r"|[\[|:\]]+\d?|\(\d?|[)~.-]"  # bar lines, endings, chords, tuplets, slurs, marks, ties
)
_FRAMES = frozenset(("<s>", "</s>"))
_SAMPLE_TOKENS = 2000
_LEAST_TOKENS = 8
_BAR_CHARACTERS = "|:"


def is_tokens(text: str) -> bool:
    """Return true if `text` begins with a ``K:`` or ``M:`` token and nearly all of its tokens are folk-rnn's."""
    tokens = [token for token in text[: _SAMPLE_TOKENS * 4].split() if token not in _FRAMES]
    music = [token for token in tokens if not _FIELD_TOKEN.fullmatch(token)]
    if len(music) < _LEAST_TOKENS or tokens[0][:2] not in ("M:", "K:") or any(token[:2] == "X:" for token in tokens):
        return False
    # the last one may be cut in two
    return sum(_MUSIC_TOKEN.fullmatch(token) is not None for token in music[:-1]) >= 0.98 * (len(music) - 1)


def read_tokens(text: str, path: Path) -> Iterator[Tune | Failure]:
    """Yield the tunes of `text`, numbered in their order."""
    for number, (line, fields, music) in enumerate(_groups(text), 1):
        if not any(field.startswith("K:") for field in fields):
            yield Failure(path, line, "a tune without a K: field")
        elif not music:
            yield Failure(path, line, "a tune without music")
        else:
            lines = [f"X:{number}", *_ordered(fields), _join(music)]
            yield make_tune([SourceLine(line, part, 0) for part in lines], path)


def _groups(text: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """Yield (first line, field tokens, music tokens) of each tune."""
    first, fields, music = 1, list[str](), list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        tokens = [token for token in line.split() if token not in _FRAMES]
        if (fields or music) and (not tokens or (music and _FIELD_TOKEN.fullmatch(tokens[0]))):
            yield first, fields, music
            fields, music = [], []
        for token in tokens:
            if not fields and not music:
                first = number
            (fields if _FIELD_TOKEN.fullmatch(token) and not music else music).append(token)
    if fields or music:
        yield first, fields, music


def _ordered(fields: Sequence[str]) -> list[str]:
    key = [field for field in fields if field.startswith("K:")]
    others = [field for field in fields if not field.startswith(("K:", "X:"))]
    unit = [] if any(field.startswith("L:") for field in others) else [UNIT_LENGTH]
    return [*others, *unit, *key]


def _join(tokens: Sequence[str]) -> str:
    """Join tokens; two bar lines keep a blank between them, since ``:|`` and ``|2`` joined would be another sign."""
    parts = [tokens[0]]
    for before, token in pairwise(tokens):
        if before[-1] in _BAR_CHARACTERS and token[0] in _BAR_CHARACTERS + "[":
            parts.append(" ")
        parts.append(token)
    return "".join(parts)
