"""Keys: the tonic, mode and signature that a ``K:`` field names.

Conventions: pitch classes count semitones from C, 0 to 11; alterations count semitones, sharps positive. ``HP`` and
``Hp``, the Highland pipes, sound with two sharps on A; they differ only in what is printed.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from tunewright.notation.spec import ACCIDENTALS, KEY_OPTIONS, LINE_OF_FIFTHS, MODES, NATURAL_PITCHES


@dataclass(frozen=True, slots=True)
class Key:
    """A key."""

    tonic: int | None
    """Pitch class; None where ``K:`` names none."""
    mode: str
    """Full name in small letters (``dorian``); "" without tonic, or where ``exp`` leaves it open."""
    signature: tuple[int, ...]
    """Alteration of each of C D E F G A B, shape=(7,)."""


NO_KEY = Key(None, "", (0,) * 7)
"""``K:none``, and the key of a tune without ``K:``."""

_TONIC = re.compile(r"([A-G])([#b]?)[ \t]*([A-Za-z]*)")
_SIGNS = {"": 0, "#": 1, "b": -1}
_WITHOUT_TONIC = re.compile(rf"(?:none|exp|{'|'.join(KEY_OPTIONS)})(?![a-z])|[\^_=]", re.IGNORECASE)
_PIPES = re.compile(r"H[Pp](?!\w)")
EXPLICIT = re.compile(
    rf"(?:{'|'.join(KEY_OPTIONS)})=\S*|(?P<sign>\^\^?|__?|=)(?P<letter>[A-Ga-g])(?![A-Za-z])", re.IGNORECASE
)
"""An accidental in a ``K:`` field, with its letter; or an option such as ``clef=G``, which has none."""


@lru_cache(maxsize=4096)
def parse_key(value: str) -> Key | None:
    """Return the key that the value of a ``K:`` field names; None if the standard does not know it.

    An empty value, and one with only a clef and its options, is `NO_KEY`.
    """
    value = value.strip()
    if _PIPES.match(value):
        return Key(9, "mixolydian", _signature(2))
    if not value or _WITHOUT_TONIC.match(value):
        return _with_explicit(NO_KEY, value)
    match = _TONIC.match(value)
    if match is None:
        return None
    letter, sign, word = match.groups()
    tonic = (NATURAL_PITCHES[letter] + _SIGNS[sign]) % 12
    if word.lower() == "exp":
        return _with_explicit(Key(tonic, "", NO_KEY.signature), value[match.end(2) :])
    mode = MODES.get("" if word.lower() in KEY_OPTIONS else word.lower()[:3])
    if mode is None:
        return None
    fifths = LINE_OF_FIFTHS.index(letter) - 1 + 7 * _SIGNS[sign] + mode[1]
    return _with_explicit(Key(tonic, mode[0], _signature(fifths)), value[match.end(2) :])


def _signature(fifths: int) -> tuple[int, ...]:
    """Return the alterations in a signature of `fifths` sharps (flats where negative)."""
    return tuple((fifths + 6 - LINE_OF_FIFTHS.index(letter)) // 7 for letter in NATURAL_PITCHES)


def _with_explicit(key: Key, rest: str) -> Key:
    explicit = [match for match in EXPLICIT.finditer(rest) if match["letter"]]
    if not explicit:
        return key
    signature = dict(zip(NATURAL_PITCHES, key.signature, strict=True))
    signature.update((match["letter"].upper(), ACCIDENTALS[match["sign"]]) for match in explicit)
    return Key(key.tonic, key.mode, tuple(signature.values()))
