"""Transposition of single notes, keys and chord symbols by an interval.

An interval is steps along the letters and semitones: a major second up is one step and two semitones. Moved by it, a
key keeps its mode, and the new signature raises each letter by as much more, or less, than the old one did as the
letters' own distances differ from the interval. So a note without accidental stays one, and a written accidental
becomes the one that raises the new letter by the same more or less; neither depends on the bar or the key. Each
function here is one to one: moved back, its result is the argument again, character for character. What cannot be
moved so raises `TranspositionError`, without a place.

Conventions: alterations count semitones, sharps positive; places on the circle of fifths count sharps, C major is 0.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from tunewright.errors import OptionError, TranspositionError
from tunewright.notation.keys import EXPLICIT, parse_key
from tunewright.notation.spec import ACCIDENTALS, CHORD_SYMBOL, LINE_OF_FIFTHS, NATURAL_PITCHES, UNICODE_ACCIDENTALS

MOST_SEMITONES = 127
"""The widest interval, which is that of MIDI."""

MOST_ACCIDENTALS = 7
"""Most sharps or flats in the signature of a transposed key."""

_LETTERS = "".join(NATURAL_PITCHES)
_PITCHES = tuple(NATURAL_PITCHES.values())
_SIGNS = {alteration: sign for sign, alteration in ACCIDENTALS.items()}
_ROOT_SIGNS = {"": 0, "#": 1, "b": -1, "♯": 1, "♭": -1}
_SIGNS_OF_ROOT = {0: "", 1: "#", -1: "b"}

_NOTE = re.compile(rf"([\^_=]?[\^_=\d/]*|[{''.join(UNICODE_ACCIDENTALS)}])([A-Ga-g])([',]*)")
_ROOT = re.compile(r"(?:^|(?<=[(/]))\s*(?!(?i:add|alt|aug|dim|dom))([A-G]|(?<=/)[a-g])([#b♯♭]?)")
_CHORD = re.compile(rf"\s*(?:{CHORD_SYMBOL})\s*")
_TONIC = re.compile(r"([A-G])([#b]?)")
_PIPES = re.compile(r"H[Pp](?!\w)")
_OPEN = re.compile(r"(?:none|(?:[A-G][#b]?[ \t]*)?exp)(?![A-Za-z])", re.IGNORECASE)
_LIST = re.compile(r"(?:[ \t]*(?:\^\^?|__?|=)[A-Ga-g](?![A-Za-z]))*")
_LAST_NATURALS = re.compile(r"(?:[ \t]*=[A-Ga-g])+$")


@dataclass(frozen=True, slots=True)
class Interval:
    """A distance and its spelling."""

    steps: int
    """Letters up; a fifth has 4, an octave 7."""
    semitones: int
    """Semitones up, -127 to 127; a perfect fifth has 7, an octave 12."""

    def __post_init__(self) -> None:
        if abs(self.semitones) > MOST_SEMITONES:
            raise OptionError(f"{self.semitones} semitones; allowed: -{MOST_SEMITONES} to {MOST_SEMITONES}")

    def __neg__(self) -> "Interval":
        return Interval(-self.steps, -self.semitones)

    @property
    def fifths(self) -> int:
        """Places on the circle of fifths by which it moves a key; 0 for an octave."""
        return 7 * self.semitones - 12 * self.steps


def interval_of(semitones: int, fifths: int) -> Interval:
    """Return the interval of `semitones` that moves keys by `fifths` places; 7 * semitones = fifths modulo 12."""
    return Interval((7 * semitones - fifths) // 12, semitones)


def move_note(note: str, interval: Interval) -> str:
    """Move a note such as ``^c'``: accidental, letter and octave marks, without length."""
    match = _NOTE.fullmatch(note)
    assert match  # noqa: S101 - the lexer takes nothing else for a note
    sign, letter, marks = match.groups()
    moved, octaves, raised = _move_letter(letter, interval)
    return _move_sign(sign, raised) + _in_octave(moved, letter, marks, octaves)


def move_chord_symbol(symbol: str, interval: Interval) -> str:
    """Move the roots and bass notes of a chord symbol; a text that is not a chord symbol is returned unchanged."""
    if not interval.fifths or not _CHORD.fullmatch(symbol):
        return symbol
    moved = _with_moved_roots(symbol, interval)
    if not _CHORD.fullmatch(moved) or not _leads_back(_with_moved_roots, symbol, moved, interval):
        raise TranspositionError(
            f'the chord symbol "{symbol}" would become "{moved}", and could not be moved back exactly'
        )
    return moved


def is_chord_symbol(text: str) -> bool:
    """Return true if `text`, which stands over the music, is read as a chord symbol."""
    return _CHORD.fullmatch(text) is not None


def move_key(value: str, interval: Interval) -> str:
    """Move the value of a ``K:`` field; mode, clef and everything else in it stay."""
    if not interval.fifths:
        return value
    moved = _moved_key(value, interval)
    if not _leads_back(_moved_key, value, moved, interval):
        raise TranspositionError(f"K:{value} would become K:{moved}, and could not be moved back exactly")
    return moved


@lru_cache(maxsize=4096)
def place_of(value: str) -> int | None:
    """Return the place on the circle of fifths of the key in a ``K:`` field; None if only octaves can move it.

    These are Highland pipes (``HP``, ``Hp``), an unknown key, and a field without a key (empty, or only a clef).
    ``none`` and ``exp`` have the place that their accidentals add up to.
    """
    key = parse_key(value)
    if key is None or _PIPES.match(value):
        return None
    if _OPEN.match(value):
        return sum(key.signature)
    base = parse_key(EXPLICIT.sub(lambda match: match[0] if match["letter"] is None else "", value))
    return sum(base.signature) if base and base.tonic is not None else None


def tonic_place(name: str) -> int | None:
    """Return the place on the circle of fifths of the major key on the tonic with which `name` begins, if any."""
    match = _TONIC.match(name)
    return LINE_OF_FIFTHS.index(match[1]) - 1 + 7 * _ROOT_SIGNS[match[2]] if match else None


def height_of(note: str) -> int:
    """Return the number of letters by which a note such as ``^c'`` lies above ``C``; accidentals do not count."""
    match = _NOTE.fullmatch(note)
    if match is None:
        raise OptionError(f"{note!r} is not a note; allowed: a letter with octave marks, such as G, or c'")
    _, letter, marks = match.groups()
    return _LETTERS.index(letter.upper()) + 7 * (letter.islower() + marks.count("'") - marks.count(","))


def _move_letter(letter: str, interval: Interval) -> tuple[str, int, int]:
    """Return the new letter in the same case, octaves gained, and by how much more the new letter must be raised."""
    index = _LETTERS.index(letter.upper())
    octaves, place = divmod(index + interval.steps, 7)
    raised = interval.semitones - (12 * octaves + _PITCHES[place] - _PITCHES[index])
    moved = _LETTERS[place]
    return (moved.lower() if letter.islower() else moved), octaves, raised


def _move_sign(sign: str, raised: int) -> str:
    if not sign or not raised:
        return sign
    if sign in UNICODE_ACCIDENTALS:
        raise TranspositionError(f"the accidental {sign} is not ABC; write {UNICODE_ACCIDENTALS[sign]}")
    if sign not in ACCIDENTALS:
        raise TranspositionError(f"the accidental {sign} is a microtone; only whole semitones can be transposed")
    alteration = ACCIDENTALS[sign] + raised
    if alteration not in _SIGNS:
        name = "sharps" if alteration > 0 else "flats"
        raise TranspositionError(f"a note would need {abs(alteration)} {name}; allowed: 2")
    return _SIGNS[alteration]


def _in_octave(moved: str, letter: str, marks: str, octaves: int) -> str:
    """Write the letter `moved` higher by `octaves` than `letter` with its `marks`.

    There are two spellings of each octave: ``C, C c c'``, and the unusual ``c,, c, C' C''``. Each is kept.
    """
    if not octaves:
        return moved + marks
    up, down = marks.count("'"), marks.count(",")
    if up and down:
        raise TranspositionError("a note has marks for higher and for lower octaves; allowed: one kind")
    lower = letter.islower()
    usual = not (down if lower else up)
    octave = lower + up - down + octaves
    lower = (octave >= 1) is usual
    count = octave - lower
    return (moved.lower() if lower else moved.upper()) + ("'" * count if count > 0 else "," * -count)


def _leads_back(move: Callable[[str, Interval], str], original: str, moved: str, interval: Interval) -> bool:
    try:
        return move(moved, -interval) == original
    except TranspositionError:
        return False


def _with_moved_roots(symbol: str, interval: Interval) -> str:
    def move(match: re.Match[str]) -> str:
        moved, _, raised = _move_letter(match[1], interval)
        alteration = _ROOT_SIGNS[match[2]] + raised
        if alteration not in _SIGNS_OF_ROOT:
            raise TranspositionError(f'the chord symbol "{symbol}" would need a double sharp or flat; allowed: 1')
        return match[0][: match.start(1) - match.start()] + moved + _SIGNS_OF_ROOT[alteration]

    return _ROOT.sub(move, symbol)


@lru_cache(maxsize=1 << 14)
def _moved_key(value: str, interval: Interval) -> str:
    for sign in UNICODE_ACCIDENTALS:
        if sign in value:
            raise TranspositionError(f"K:{value} holds the sign {sign}; write # or b in a key, ^, _ or = in its list")
    place = place_of(value)
    if place is None:
        raise TranspositionError(
            f"K:{value} can be moved by octaves only; a tonic and a mode, or none, by any interval"
        )
    place += interval.fifths
    if abs(place) > MOST_ACCIDENTALS:
        kind = "sharps" if place > 0 else "flats"
        raise TranspositionError(f"K:{value} would need {abs(place)} {kind}; allowed: {MOST_ACCIDENTALS}")
    moved = _TONIC.sub(lambda match: _move_tonic(match, interval), value, count=1) if _TONIC.match(value) else value
    if head := _OPEN.match(moved):
        entries = _LIST.match(moved, head.end())
        assert entries  # noqa: S101 - the pattern takes an empty list too
        moved = head[0] + _move_list(entries[0], interval) + moved[entries.end() :]
    else:
        moved = _move_entries(moved, interval)
    if not _sounds_moved(value, moved, interval):
        raise TranspositionError(f"K:{value} cannot be moved: K:{moved} would be another mode")
    return moved


def _move_tonic(match: re.Match[str], interval: Interval) -> str:
    moved, _, raised = _move_letter(match[1], interval)
    alteration = _ROOT_SIGNS[match[2]] + raised
    if alteration not in _SIGNS_OF_ROOT:
        raise TranspositionError("a tonic would need a double sharp or flat; allowed: 1")
    return moved + _SIGNS_OF_ROOT[alteration]


def _move_entries(entries: str, interval: Interval) -> str:
    """Move the accidentals that a ``K:`` field lists; leave its options alone."""

    def move(match: re.Match[str]) -> str:
        if match["letter"] is None:
            return match[0]
        moved, _, raised = _move_letter(match["letter"], interval)
        return _move_sign(match["sign"], raised) + moved

    return EXPLICIT.sub(move, entries)


def _move_list(entries: str, interval: Interval) -> str:
    """Move the list after ``none`` or ``exp``, where a letter that is not listed is natural.

    Letters that are raised or lowered now are added in the order of signatures; naturals at the end are left out.
    """
    all_moved = _move_entries(entries, interval)
    named = {match["letter"].upper() for match in EXPLICIT.finditer(all_moved)}
    moved = _LAST_NATURALS.sub("", all_moved)
    for letter in LINE_OF_FIFTHS if interval.fifths > 0 else reversed(LINE_OF_FIFTHS):
        before, _, _ = _move_letter(letter, -interval)
        _, _, raised = _move_letter(before, interval)
        if letter not in named and raised:
            moved += f" {_SIGNS[raised]}{letter.lower()}"
    return moved


def _sounds_moved(value: str, moved: str, interval: Interval) -> bool:
    """Return true if the key `moved` is the key `value` moved by the interval, letter by letter."""
    before, after = parse_key(value), parse_key(moved)
    if before is None or after is None:
        return False
    for letter, alteration in zip(_LETTERS, before.signature, strict=True):
        new, _, raised = _move_letter(letter, interval)
        if after.signature[_LETTERS.index(new)] != alteration + raised:
            return False
    return True
