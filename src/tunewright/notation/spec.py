"""Tables of the ABC standard 2.1: fields, keys and modes, bar lines, decorations, tuplets.

A new fact is a new row. Readers, checkers and writers of ABC look facts up here and state none themselves.

Conventions: an information field is named by its one letter; ``m`` and ``M`` are different fields.
"""

from dataclasses import dataclass
from typing import Literal

HeaderPlace = Literal["no", "first", "second", "any", "last"]
"""Where in a tune header a field may stand."""


@dataclass(frozen=True)
class Field:
    """One information field, as section 3 of the standard defines it."""

    letter: str
    name: str
    """Name of the field in the standard."""
    file_header: bool
    """May stand before the first tune, as a default for all of them."""
    tune_header: HeaderPlace
    body: bool
    """May stand on a line of its own among the music."""
    inline: bool
    """May stand within a line of music, as ``[letter:value]``."""
    kind: Literal["string", "instruction", "none"]
    """A string is for people; an instruction changes what is played or printed; all programs ignore ``none``."""


_FIELDS = (
    #     letter name           file   header    body   inline kind
    Field("A", "area", True, "any", False, False, "string"),
    Field("B", "book", True, "any", False, False, "string"),
    Field("C", "composer", True, "any", False, False, "string"),
    Field("D", "discography", True, "any", False, False, "string"),
    Field("F", "file url", True, "any", False, False, "string"),
    Field("G", "group", True, "any", False, False, "string"),
    Field("H", "history", True, "any", False, False, "string"),
    Field("I", "instruction", True, "any", True, True, "instruction"),
    Field("K", "key", False, "last", True, True, "instruction"),
    Field("L", "unit note length", True, "any", True, True, "instruction"),
    Field("M", "meter", True, "any", True, True, "instruction"),
    Field("m", "macro", True, "any", True, True, "instruction"),
    Field("N", "notes", True, "any", True, True, "string"),
    Field("O", "origin", True, "any", False, False, "string"),
    Field("P", "parts", False, "any", True, True, "instruction"),
    Field("Q", "tempo", False, "any", True, True, "instruction"),
    Field("R", "rhythm", True, "any", True, True, "string"),
    Field("r", "remark", True, "any", True, True, "none"),
    Field("S", "source", True, "any", False, False, "string"),
    Field("s", "symbol line", False, "no", True, False, "instruction"),
    Field("T", "tune title", False, "second", True, False, "string"),
    Field("U", "user defined", True, "any", True, True, "instruction"),
    Field("V", "voice", False, "any", True, True, "instruction"),
    Field("W", "words after the tune", False, "any", True, False, "string"),
    Field("w", "words under the notes", False, "no", True, False, "string"),
    Field("X", "reference number", False, "first", False, False, "instruction"),
    Field("Z", "transcription", True, "any", False, False, "string"),
)

FIELDS = {field.letter: field for field in _FIELDS}
"""Every information field of the standard, by its letter."""

LONGEST_TUNE = 1_000_000
"""Most characters of a tune (the longest in large public collections have about 30,000)."""

NATURAL_PITCHES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
"""Semitones above C of the notes without accidental."""

LINE_OF_FIFTHS = "FCGDAEB"
"""The order in which a key signature gains sharps; flats come from its end. C has place 0, F -1, G 1."""

ACCIDENTALS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}
"""Semitones by which a sign raises a note."""

UNICODE_ACCIDENTALS = {"♯": "^", "♭": "_", "♮": "=", "𝄪": "^^", "𝄫": "__"}
"""Signs of Unicode that people write for the accidentals of ABC, and what they stand for."""

MODES = {
    "": ("major", 0),
    "maj": ("major", 0),
    "ion": ("major", 0),
    "lyd": ("lydian", 1),
    "mix": ("mixolydian", -1),
    "dor": ("dorian", -2),
    "m": ("minor", -3),
    "min": ("minor", -3),
    "aeo": ("minor", -3),
    "phr": ("phrygian", -4),
    "loc": ("locrian", -5),
}
"""Name of a mode, and fifths from the signature of major on the same tonic to its own; by the first letters of its
name in ``K:``, in lower case."""

CLEFS = ("treble", "bass", "alto", "tenor", "perc", "soprano", "mezzosoprano", "baritone")
"""Names of clefs in ``K:`` and ``V:``; a line number and ``+8`` or ``-8`` may follow."""

KEY_OPTIONS = (
    "clef", *CLEFS, "transpose", "octave", "middle", "stafflines", "staffscale", "style", "score", "sound", "shift",
    "instrument",
)  # fmt: skip
"""Words after, or instead of, the key in ``K:`` that set how it is printed and at which height it sounds."""

OPTIONS_WITHOUT_EFFECT = ("score", "sound", "shift", "instrument")
"""Options of the draft of ABC 2.2 that would transpose, and that no note is moved by here."""

METER_SIGNS = {"C": "4/4", "C|": "2/2"}
"""Signs of ``M:`` and what they stand for."""

LONGEST_BROKEN = 3
"""Most signs of broken rhythm in a row."""

TUPLETS = range(2, 10)
"""Tuplets that may be written without the number of notes whose time they take."""

TUPLET_TIMES = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""Number of notes whose time a tuplet takes, by its own number; for any other: 3 in compound metre, else 2."""

BAR_LINES = frozenset((
    "|", "||", "|]", "[|", "|:", ":|", "::", ":|:", ":||:", "[|:", ":|]", "||:", ":||", "|::", "::|", "[|]", ".|",
))  # fmt: skip
"""Bar lines of the standard, and some with one line more."""

DECORATION_SIGNS = {
    ".": "staccato",
    "~": "roll",
    "H": "fermata",
    "L": "accent",
    "M": "lowermordent",
    "O": "coda",
    "P": "uppermordent",
    "R": "roll",
    "S": "segno",
    "T": "trill",
    "u": "upbow",
    "v": "downbow",
}
"""Meanings of the one-letter decorations; ``U:`` fields may add to them. ``R`` is not in the standard but usual."""

TIMELESS = frozenset((
    ".", "u", "v", "H", "L", "S", "O", "staccato", "tenuto", "accent", ">", "emphasis", "fermata", "invertedfermata",
    "upbow", "downbow", "segno", "coda", "fine", "0", "1", "2", "3", "4", "5", "plus", "open", "thumb", "wedge",
    "pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff", "sfz", "breath", "D.C.", "D.S.", "dacapo", "dacoda",
    "crescendo(", "crescendo)", "diminuendo(", "diminuendo)", "<(", "<)", ">(", ">)",
))  # fmt: skip
"""Decorations that are played, if at all, without further notes: the note begins at its time, at its pitch."""

FERMATAS = frozenset(("H", "!fermata!", "+fermata+", "!invertedfermata!"))
"""Decorations for a note that is held."""

DIRECTIONS = {
    "segno": "segno", "S": "segno", "coda": "coda", "O": "coda", "fine": "fine", "dacapo": "D.C.", "D.C.": "D.C.",
    "D.C.alfine": "D.C.", "D.C.alcoda": "D.C.", "D.S.": "D.S.", "D.S.alfine": "D.S.", "D.S.alcoda": "D.S.",
    "dacoda": "coda",
}  # fmt: skip
"""Decorations that lead the player, and what each stands for."""

DECORATIONS = frozenset((
    "trill", "trill(", "trill)", "lowermordent", "uppermordent", "mordent", "pralltriller", "roll", "turn", "turnx",
    "invertedturn", "invertedturnx", "arpeggio", ">", "accent", "emphasis", "fermata", "invertedfermata", "tenuto",
    "0", "1", "2", "3", "4", "5", "+", "plus", "snap", "slide", "wedge", "upbow", "downbow", "open", "thumb", "breath",
    "pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff", "sfz", "crescendo(", "<(", "crescendo)", "<)",
    "diminuendo(", ">(", "diminuendo)", ">)", "segno", "coda", "D.S.", "D.C.", "dacoda", "dacapo", "fine",
    "shortphrase", "mediumphrase", "longphrase", "editorial", "courtesy", "staccato", "D.S.alcoda", "D.S.alfine",
    "D.C.alcoda", "D.C.alfine", "-(", "-)", "/", "//", "///", "~(", "~)", "ped", "ped-up", "^",
))  # fmt: skip
"""Names between exclamation marks that the standard allows, and a few that all programs know."""

_QUALITY = (
    r"(?:[ ]?(?i:major|minor|maj|min|mi|ma|dim|aug|sus|add|alt|dom|no|omit)(?![a-z]{3})"
    r"|[Mm+°ø∆Δ△−#b♯♭,()-]|[0-9]|/(?=[0-9]))*"
)
_CHORD = (
    rf"[A-G][#b♯♭]?{_QUALITY}"  # root and kind
    r"(?:/[A-Ga-g][#b♯♭]?)?"  # lowest note
)
CHORD_SYMBOL = rf"{_CHORD}(?:[ ]?\({_CHORD}\))?|\({_CHORD}\)|\(?N\.?C\.?\)?"
"""Regular expression of a chord symbol, of which another may stand in parentheses; other texts over the music are
annotations, which begin with a sign."""
