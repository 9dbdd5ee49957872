"""Which words may stand in the fields and the notes of a tune that every player understands?

Each table holds what abc2midi 4.84 reads without a complaint and human tunes use; the acceptor (`grammar`) knows no
other words. Lengths of metres and units are counted in ticks, 256 to a whole note; note lengths in grains, 4 to the
unit length (``L:``).
"""

from dataclasses import dataclass
from itertools import product

WHOLE = 256
"""Ticks in a whole note."""
GRAINS = 4
"""Grains in one unit of length."""

CLAIMS = "ABCDFGHNOSZ%"
"""Header fields, and comments, that claim a person, a place or a source; a composed tune has none."""
ASTRAY = "W!\\"
"""Words after the tune, and signs that collections use in several senses: a network that writes them is soon lost."""
HEADER_TEXTS = "ABCDFGHNORSTWZ"
"""Header fields whose value is text for people."""
BODY_TEXTS = "PTW"
"""Fields that are text and may stand on a line among the music."""
INSTRUCTIONS = "MLQK"
"""Fields whose value is one of a list of words."""
NOTE_LETTERS = "CDEFGABcdefgab"
RESTS = "zx"
ACCIDENTALS = "^_="
SPLIT_MARKS = ".~"
"""Marks of a note for which abc2midi stores more than one note."""
TRILL_MARKS = "TR"
PLAIN_MARKS = "uvMLOPS"


@dataclass(frozen=True)
class Metre:
    """One value of the field ``M:``."""

    word: str
    beats: int
    """0 where bars are not counted."""
    ticks: int
    """Of a bar; 0 where bars are not counted."""
    accompanied: bool
    """True if chord symbols can be played under it."""
    hornpipe: bool
    """True if abc2midi allows it in a tune with ``R:hornpipe``."""


def _metre(word: str) -> Metre:
    names = {"C": (4, 4), "C|": (2, 2), "none": (0, 4)}
    beats, unit = names[word] if word in names else map(int, word.split("/"))
    accompanied = word in _ACCOMPANIED
    return Metre(word, beats, beats * WHOLE // unit, accompanied, unit == 4 and beats in (2, 4))


_ACCOMPANIED = (
    "C", "C|", "none", "2/4", "3/4", "4/4", "2/2", "6/8", "9/8", "12/8", "3/8", "6/4", "5/4", "7/8", "5/8", "7/4",
)  # fmt: skip
METRES = tuple(
    map(
        _metre,
        [
            *_ACCOMPANIED,
            "3/2",
            "4/2",
            "8/4",
            "4/8",
            "2/8",
            "8/8",
            "10/8",
            "9/4",
            "11/8",
            "15/8",
            "6/16",
            "9/16",
            "12/16",
        ],
    )
)
UNITS = {f"1/{part}": WHOLE // part for part in (1, 2, 4, 8, 16, 32)}
"""Ticks of each value of the field ``L:``."""

LENGTHS = {
    "": 4, "2": 8, "3": 12, "4": 16, "5": 20, "6": 24, "7": 28, "8": 32, "9": 36, "10": 40, "12": 48, "16": 64,
    "/": 2, "/2": 2, "/4": 1, "//": 1, "1/2": 2, "1/4": 1, "1": 4,
    "3/2": 6, "3/": 6, "5/2": 10, "7/2": 14, "9/2": 18, "3/4": 3, "5/4": 5, "7/4": 7, "15/4": 15,
}  # fmt: skip
"""Grains of each length that may follow a note."""

TUPLETS = {
    "2": (2, 3, 3), "3": (3, 2, 2), "4": (4, 3, 3), "5": (5, 2, 3), "6": (6, 2, 2), "7": (7, 2, 3), "8": (8, 3, 3),
    "9": (9, 2, 3), "3:2": (3, 2, 2), "3:2:3": (3, 2, 2), "3::": (3, 2, 2), "3::3": (3, 2, 2),
}  # fmt: skip
"""Notes, then how many lengths they fill in simple and in compound metre, of each word that may follow ``(``."""

_SIGNATURES = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_MODES = {
    "": 0, "maj": 0, "major": 0, "ion": 0, "ionian": 0, "m": -3, "min": -3, "minor": -3, "aeo": -3, "aeol": -3,
    "aeolian": -3, "aeolisch": -3, "dor": -2, "dorian": -2, "dorisch": -2, "phr": -4, "phryg": -4, "phrygian": -4,
    "lyd": 1, "lydian": 1, "mix": -1, "mixo": -1, "mixolyd": -1, "mixolydian": -1, "mixolydisch": -1, "loc": -5,
    "locrian": -5,
}  # fmt: skip
_FLATS_AND_SHARPS = {"": 0, "#": 7, "b": -7}


def _keys() -> dict[str, int]:
    found = dict.fromkeys(("Hp", "HP"), 5) | {"none": 0}
    for tonic, sign, mode in product(_SIGNATURES, _FLATS_AND_SHARPS, _MODES):
        if -7 <= _SIGNATURES[tonic] + _FLATS_AND_SHARPS[sign] + _MODES[mode] <= 7:
            for spelled in {mode, mode.title(), mode.upper()} - ({"M"} if mode == "m" else set()):
                for space in {"", " "} if mode else {""}:
                    found[tonic + sign + space + spelled] = "CDEFGAB".index(tonic)
    return found


KEYS = _keys()
"""Tonic, as a letter counted from C, of each value of the field ``K:``."""

_BEATS = ["", "1/4=", "1/8=", "1/2=", "3/8=", "3/4=", "1/16=", "C=", "C2=", "C3=", "C4=", "c=", "c/2=", "c/4=", "c2="]
TEMPO_BEATS = tuple(_BEATS)
TEMPO_NAMES = ('"Andante"', '"Moderato"', '"Lento"', '"Allegro"', '"Largo"', '"Adagio"', '"Presto"', '"Vivace"')
FEWEST_BEATS, MOST_BEATS = 20, 399

CHORD_ROOTS = tuple(letter + sign for letter in "ABCDEFG" for sign in ("", "#", "b"))
CHORD_NAMES = (
    "", "m", "+", "7", "m7", "maj7", "M7", "6", "m6", "9", "m9", "maj9", "M9", "11", "sus", "sus2", "sus4", "sus9",
    "7sus4", "7sus2", "dim", "dim7", "aug", "aug7", "m7b5", "5", "dim9",
)  # fmt: skip
"""Chords by the names that abc2midi knows."""
ANNOTATION_STARTS = "^_<>@012345"
"""What text in quotes begins with so that it is not taken for a chord."""

SIGNS = {"ppp": 0, "pp": 0, "p": 0, "mp": 0, "mf": 0, "f": 0, "ff": 0, "fff": 0, "trill": 1, "breath": 2}
"""Words between exclamation marks: 0 stands alone, 1 needs a note, 2 needs one and stores it as two."""
