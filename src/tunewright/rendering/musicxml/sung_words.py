"""Words under the notes: the syllables of a ``w:`` line, one for each note.

As in section 5.1 of the ABC standard: a hyphen divides syllables, ``_`` holds the last one for another note, ``*``
leaves a note out, ``|`` goes on to the next bar, ``~`` is a blank within a syllable and ``\\-`` a hyphen.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_PART = re.compile(r"\*|_|\||-|(?:[^\s*_|\\-]|\\.|\\)+")


class Syllable(NamedTuple):
    """What is sung to one note."""

    text: str
    begins: bool
    """True if it begins a word."""
    ends: bool
    """True if it ends a word."""
    held: bool = False
    """True if the next note is sung to it too."""


def syllables(words: str, bars: Sequence[int]) -> list[Syllable | None]:
    """Return the syllable of each note in the order of the notes; None where a note has none of its own.

    Parameters
    ----------
    words
        The value of a ``w:`` field.
    bars
        The number of the bar in which each note is.
    """
    found: list[Syllable | None] = []
    for text, begins, ends in _parts(words):
        if len(found) >= len(bars):
            break
        if text == "|":
            bar = bars[len(found) - 1] if found else bars[0] - 1
            while len(found) < len(bars) and found and bars[len(found)] == bar:
                found.append(None)
        elif text == "_":
            if found and (last := _last(found)) is not None and (syllable := found[last]):
                found[last] = syllable._replace(held=True)
            found.append(None)
        elif text == "*":
            found.append(None)
        else:
            found.append(Syllable(re.sub(r"\\(.)", r"\1", text).replace("~", " "), begins, ends))
    return found


def syllable_count(words: str) -> int:
    """Return the number of notes that `words` take at least."""
    return sum(text != "|" for text, _, _ in _parts(words))


def _last(found: Sequence[Syllable | None]) -> int | None:
    return next((place for place in range(len(found) - 1, -1, -1) if found[place]), None)


def _parts(words: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield each syllable or sign, whether it begins a word, and whether it ends one."""
    parts = [(match[0], match.start(), match.end()) for match in _PART.finditer(words)]
    begins = True
    for place, (text, _, _) in enumerate(parts):
        following = parts[place + 1][0] if place + 1 < len(parts) else ""
        if text == "-":
            if following == "-":  # a second hyphen holds the syllable before it
                yield "_", False, False
            continue
        sign = text in ("|", "_", "*")
        ends = following != "-"
        yield text, begins, ends
        begins = begins if sign else ends
