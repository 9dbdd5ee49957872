"""Keys: the tonic, mode and signature that a ``K:`` field names.

Conventions: pitch classes count semitones from C, 0 to 11; alterations count semitones, sharps positive. ``HP`` and
``Hp``, the Highland pipes, sound with two sharps on A; they differ only in what is printed.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from tunewright.notation.spec import (
    ACCIDENTALS,
    CLEFS,
    KEY_OPTIONS,
    LINE_OF_FIFTHS,
    MODES,
    NATURAL_PITCHES,
    OPTIONS_WITHOUT_EFFECT,
    UNICODE_ACCIDENTALS,
)


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

_TONIC = re.compile(r"([A-G])([#b♯♭]?)[ \t]*((?:(?!t=)[A-Za-z]+)?)")
_SIGNS = {"": 0, "#": 1, "b": -1, "♯": 1, "♭": -1}
_UNICODE = "".join(UNICODE_ACCIDENTALS)
_WITHOUT_TONIC = re.compile(rf"(?:none|exp|{'|'.join(KEY_OPTIONS)})(?![a-z])|[\^_={_UNICODE}]", re.IGNORECASE)
_PIPES = re.compile(r"H[Pp](?!\w)")
EXPLICIT = re.compile(
    rf"(?:{'|'.join(KEY_OPTIONS)})=(?:\"[^\"]*\"|\S*)|(?P<sign>\^\^?|__?|=|[{_UNICODE}])(?P<letter>[A-Ga-g])(?![A-Za-z])",
    re.IGNORECASE,
)
"""An accidental in a ``K:`` field, with its letter; or an option such as ``clef=G``, which has none."""

_CLEF = rf"(?:{'|'.join(CLEFS)}|none|[GCFP])(?:[1-5])?"
_SHIFT = re.compile(
    rf"(?<![\w=])(?:clef[ \t]*=[ \t]*\"?(?P<named>{_CLEF})|(?P<bare>{'|'.join(CLEFS)})[1-5]?)(?P<eight>[+-]8)?(?!\w)"
    r"|(?<![\w=])octave[ \t]*=[ \t]*(?P<octave>[+-]?\d{1,2})(?!\d)"
    r"|(?<![\w=])t(?:ranspose)?[ \t]*=[ \t]*(?P<semitones>[+-]?\d{1,2})(?!\d)",
    re.IGNORECASE,
)
_KNOWN_REST = re.compile(
    rf"(?:{'|'.join(KEY_OPTIONS)})(?:[1-5]?[+-]?8?(?![\w=])|[ \t]*=[ \t]*(?:\"[^\"]*\"|\S+))|exp(?!\w)|none(?!\w)"
    rf"|(?:\^\^?|__?|=|[{_UNICODE}])[A-Ga-g](?![A-Za-z])|[\s,]+",
    re.IGNORECASE,
)
OPTION = re.compile(
    rf"(?:{'|'.join(KEY_OPTIONS)})(?:[ \t]*=[ \t]*(?:\"[^\"]*\"|\S+)|[1-5]?[+-]?8?(?![\w=]))", re.IGNORECASE
)
"""An option in a ``K:`` field, with its value."""

_WITHOUT_EFFECT = re.compile(rf"(?<![\w=])(?:{'|'.join(OPTIONS_WITHOUT_EFFECT)})[ \t]*=", re.IGNORECASE)


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


def assumed_key(value: str) -> Key | None:
    """Return the key of `parse_key`, or, as other programs do, major on the tonic if only the mode is unknown."""
    found = parse_key(value)
    if found is None and (tonic := _TONIC.match(value.strip())):
        return parse_key(tonic[1] + tonic[2])
    return found


def _signature(fifths: int) -> tuple[int, ...]:
    """Return the alterations in a signature of `fifths` sharps (flats where negative)."""
    return tuple((fifths + 6 - LINE_OF_FIFTHS.index(letter)) // 7 for letter in NATURAL_PITCHES)


def _with_explicit(key: Key, rest: str) -> Key:
    explicit = [match for match in EXPLICIT.finditer(rest) if match["letter"]]
    if not explicit:
        return key
    signature = dict(zip(NATURAL_PITCHES, key.signature, strict=True))
    signature.update((match["letter"].upper(), _semitones(match["sign"])) for match in explicit)
    return Key(key.tonic, key.mode, tuple(signature.values()))


def _semitones(sign: str) -> int:
    return ACCIDENTALS[UNICODE_ACCIDENTALS.get(sign, sign)]


@lru_cache(maxsize=4096)
def unread_part(value: str) -> str:
    """Return what the value of a ``K:`` field holds beyond key, clef and options that have an effect; "" if nothing."""
    value = value.strip()
    if without_effect := _WITHOUT_EFFECT.search(value):
        return value[without_effect.start() :].split()[0]
    place = _place_after_key(value)
    while place < len(value):
        known = _KNOWN_REST.match(value, place)
        if known is None:
            return value[place:].split()[0]
        place = known.end()
    return ""


def _place_after_key(value: str) -> int:
    if pipes := _PIPES.match(value):
        return pipes.end()
    match = _TONIC.match(value)
    if match is None:
        return 0
    word = match[3].lower()
    options = next((option for option in KEY_OPTIONS if word.startswith(option)), None)
    return match.start(3) if word == "exp" or options else match.end()


@lru_cache(maxsize=4096)
def parse_shifts(value: str) -> tuple[tuple[str, int], ...]:
    """Return the semitones by which the value of a ``K:`` or ``V:`` field moves the sound, by what moves it.

    ``octave=-1``, ``transpose=-2`` (or ``t=``) and the ``-8`` of ``clef=treble-8``; the print stays as it is.
    """
    shifts: dict[str, int] = {}
    for match in _SHIFT.finditer(value):
        if match["octave"]:
            shifts["octave"] = 12 * int(match["octave"])
        elif match["semitones"]:
            shifts["transpose"] = int(match["semitones"])
        else:
            shifts["clef"] = 12 * int(match["eight"]) // 8 if match["eight"] else 0
    return tuple(shifts.items())
