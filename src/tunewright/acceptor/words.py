"""Words of playable ABC: the values of fields, note lengths, tuplets, chord names and signs that the acceptor knows.

Which words there are is chosen here: those that abc2midi 4.84 reads without a complaint and human tunes use. What they
mean is computed by `notation`. Lengths of metres and units are counted in ticks, 256 to a whole note; note lengths in
grains, 4 to the unit length (``L:``).
"""

from dataclasses import dataclass
from itertools import product

from tunewright.notation import meter as lengths
from tunewright.notation.keys import parse_key
from tunewright.notation.meter import Meter, parse_length, parse_meter, parse_tuplet, parse_unit_length
from tunewright.notation.spec import FIELDS, NATURAL_PITCHES

WHOLE = 256
"""Ticks in a whole note."""
GRAINS = 4
"""Grains in one unit of length."""

CLAIMS = "ABCDFGHNOSZ%"
"""Header fields, and comments, that claim a person, a place or a source; a composed tune has none."""
ASTRAY = "W!\\"
"""Words after the tune, and signs that collections use in several senses: a network that writes them is soon lost."""
HEADER_TEXTS = "".join(
    letter for letter, field in FIELDS.items() if field.kind == "string" and field.tune_header != "no"
)
"""Header fields whose value is text for people."""
BODY_TEXTS = "PTW"
"""Fields that are text and may stand on a line among the music."""
INSTRUCTIONS = "MLQK"
"""Fields whose value is one of a list of words."""
NOTE_LETTERS = "CDEFGABcdefgab"
RESTS = "zx"
ACCIDENTALS = "^_="
MARKS = ".~TRHuvMLOPS"
"""Marks of a note: a dot, a roll, two that are trilled, a fermata, and such as are not played."""


def _ticks(length: int) -> int:
    """A length in ticks of `notation`, in those of the acceptor."""
    return length * WHOLE // lengths.WHOLE


@dataclass(frozen=True)
class PlayableMeter:
    """One value of the field ``M:``."""

    word: str
    meter: Meter
    accompanied: bool
    """True if chord symbols can be played under it."""

    @property
    def ticks(self) -> int:
        """Of a bar; 0 where bars are not counted."""
        return _ticks(self.meter.bar or 0)

    @property
    def default_unit(self) -> int:
        """Ticks of the unit length where no field sets one."""
        return _ticks(lengths.default_unit_length(self.meter))

    @property
    def hornpipe(self) -> bool:
        """True if abc2midi allows it in a tune with ``R:hornpipe``."""
        return self.meter.unit == 4 and self.meter.beats in (2, 4)


_ACCOMPANIED = (
    "C", "C|", "none", "2/4", "3/4", "4/4", "2/2", "6/8", "9/8", "12/8", "3/8", "6/4", "5/4", "7/8", "5/8", "7/4",
)  # fmt: skip
_UNACCOMPANIED = (
    "3/2", "4/2", "8/4", "4/8", "2/8", "8/8", "10/8", "9/4", "11/8", "15/8", "6/16", "9/16", "12/16",
)  # fmt: skip
METERS = tuple(
    PlayableMeter(word, parse_meter(word) or lengths.FREE, word in _ACCOMPANIED)
    for word in (*_ACCOMPANIED, *_UNACCOMPANIED)
)
UNITS = {word: _ticks(parse_unit_length(word) or 0) for word in ("1/1", "1/2", "1/4", "1/8", "1/16", "1/32")}
"""Ticks of each value of the field ``L:``."""

_LENGTHS = (
    "", "2", "3", "4", "5", "6", "7", "8", "9", "10", "12", "16", "/", "/2", "/4", "//", "1/2", "1/4", "1",
    "3/2", "3/", "5/2", "7/2", "9/2", "3/4", "5/4", "7/4", "15/4",
)  # fmt: skip


def _grains(word: str) -> int:
    count, parts = parse_length(word)
    return count * GRAINS // parts


LENGTHS = {word: _grains(word) for word in _LENGTHS}
"""Grains of each length that may follow a note."""


def _tuplets() -> dict[str, tuple[int, int, int]]:
    """Tuplets of at most nine notes that fill a whole number of lengths."""
    found: dict[str, tuple[int, int, int]] = {}
    for notes, time, reach in product("23456789", ("", *"23456789"), ("", *"23456789")):
        for word in (notes, f"{notes}::{reach}", f"{notes}:{time or 2}", f"{notes}:{time or 2}:{reach or notes}"):
            simple, compound = (parse_tuplet("(" + word, compound=three) for three in (False, True))
            if simple and compound and simple.time * simple.reach % simple.notes == 0:
                lengths_of_two = simple.time * simple.reach // simple.notes
                found[word] = (simple.reach, lengths_of_two, compound.time * compound.reach // compound.notes)
    return found


TUPLETS = _tuplets()
"""Notes, then how many lengths they fill where odd tuplets take two and where they take three, of each word that may
follow ``(``."""

_MODES = (
    "", "maj", "major", "ion", "ionian", "m", "min", "minor", "aeo", "aeol", "aeolian", "aeolisch", "dor", "dorian",
    "dorisch", "phr", "phryg", "phrygian", "lyd", "lydian", "mix", "mixo", "mixolyd", "mixolydian", "mixolydisch",
    "loc", "locrian",
)  # fmt: skip


def _keys() -> dict[str, int]:
    """Keys of at most seven sharps or flats, in all spellings that abc2midi knows."""
    found = dict.fromkeys(("Hp", "HP"), list(NATURAL_PITCHES).index("A")) | {"none": 0}
    for letter, sign, mode in product(NATURAL_PITCHES, ("", "#", "b"), _MODES):
        key = parse_key(letter + sign + mode)
        if key and all(abs(alteration) <= 1 for alteration in key.signature):
            for spelled in dict.fromkeys((mode, *(() if mode == "m" else (mode.title(), mode.upper())))):
                for space in ("", " ") if mode else ("",):
                    found[letter + sign + space + spelled] = list(NATURAL_PITCHES).index(letter)
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

DIRECTIVES = tuple(
    f"{name} {number}" for name in ("slurgraces", "staffsep", "indent", "scale") for number in range(100)
)
"""What may stand behind ``%%``: instructions for engravers, which abc2midi passes over."""

SIGNS = {"ppp": 0, "pp": 0, "p": 0, "mp": 0, "mf": 0, "f": 0, "ff": 0, "fff": 0, "trill": 1, "breath": 2}
"""Words between exclamation marks: 0 stands alone, 1 needs a note, 2 needs one and stores it as two."""
