"""Labels of characters: a table of the properties that units are tested against.

A label is yes/no (1 or 0) or graded (any number), and nan where it is not defined, such as a pitch where there is no
note. Labels are computed by a reader of ABC, never assigned by hand. Each has a phrase that completes a sentence: "the
unit is on ..." where it is yes/no, "the unit rises with ..." where it is graded.

Conventions: row i is about the character just read. "Within" brackets or quotes of any kind means after the opening and
before the closing one was read; the header is over as soon as the end of its last line was read.

Shapes: N labels, T characters.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.units.label_places import Floats, Places, read_places
from tunewright.notation.lexer import Sign
from tunewright.notation.spec import FIELDS

LabelKind = Literal["yes/no", "graded"]


@dataclass(frozen=True)
class Label:
    """One property of a character."""

    name: str
    """Unique and short."""
    kind: LabelKind
    phrase: str
    """The rest of a sentence after "is on" (yes/no) or "rises with" (graded)."""
    values: Callable[[Places], NDArray[np.generic]]
    """Computes the label from the places of a text, shape=(T,); nan where it is not defined."""
    defined: str = "everywhere"
    """Where it is defined, in words."""


def label_values(text: str) -> Floats:
    """Return the value of every label of `LABELS` at each character of `text`, shape=(N, T).

    `text` is one tune without its boundaries; any text is allowed, the empty text too.
    """
    places = read_places(text)
    return np.stack([label.values(places).astype(np.float32) for label in LABELS])


def label_named(name: str) -> Label:
    """Return the label of this name; KeyError if there is none."""
    return _BY_NAME[name]


def label_number(name: str) -> int:
    """Return the row that the label of this name has in `label_values`; KeyError if there is none."""
    return LABELS.index(_BY_NAME[name])


MUSIC, NOTES, SOUNDS = "among the music", "at notes, from their letter on", "at notes and rests"


def _yes_no(name: str, phrase: str, values: Callable[[Places], NDArray[np.generic]], defined: str = "") -> Label:
    return Label(name, "yes/no", phrase, values, defined or "everywhere")


def _graded(name: str, phrase: str, values: Callable[[Places], NDArray[np.generic]], defined: str) -> Label:
    return Label(name, "graded", phrase, values, defined)


def _moment(name: str) -> Callable[[Places], Floats]:
    return lambda places: places.moments[name]


def _known(values: Floats, holds: NDArray[np.bool_]) -> Floats:
    """1 where `holds`, 0 where not, nan where `values` is nan."""
    return np.where(np.isnan(values), np.float32(np.nan), holds)


# tokens


def _within(*kinds: Sign) -> Callable[[Places], NDArray[np.bool_]]:
    """Whether a character is inside such a token: all but its last character."""
    return lambda places: places.is_kind(*kinds) & ~places.token_last


def _between(opening: Sign, closing: Sign) -> Callable[[Places], NDArray[np.bool_]]:
    """Whether a character is between the last of an opening token and the closing one, or the end of the line."""

    def values(places: Places) -> NDArray[np.bool_]:
        opens = places.is_kind(opening) & places.token_last
        closes = places.is_kind(closing, Sign.LINE_END)
        size = np.arange(1, len(opens) + 1)
        return np.maximum.accumulate(opens * size) > np.maximum.accumulate(closes * size)

    return values


def _signs() -> Iterator[Label]:
    """Labels of the kind of token that a character belongs to."""
    yield _yes_no("header", "in the header", lambda places: np.arange(len(places.characters)) < places.body - 1)
    for letter, field in FIELDS.items():
        phrase = f"in the field {letter}: ({field.name})"
        yield _yes_no(f"field {letter}", phrase, _in_field(letter))
    yield _yes_no("lyrics", "in the words of a song", lambda places: places.is_kind(Sign.LYRICS))
    yield _yes_no("comment", "inside a comment", lambda places: places.is_kind(Sign.COMMENT, Sign.DIRECTIVE))
    yield _yes_no("chord symbol", "inside a chord symbol", _within(Sign.CHORD_SYMBOL))
    yield _yes_no("annotation", "inside an annotation", _within(Sign.ANNOTATION))
    yield _yes_no("grace notes", "inside grace notes", _between(Sign.GRACE_OPEN, Sign.GRACE_CLOSE))
    yield _yes_no("chord", "inside the brackets of a chord", _between(Sign.CHORD_OPEN, Sign.CHORD_CLOSE))
    yield _yes_no("inline field", "inside a field within a line", _within_inline)
    for name, phrase, kind in _SIGNS:
        yield _yes_no(name, phrase, _of_kind(kind))


def _of_kind(kind: Sign) -> Callable[[Places], NDArray[np.bool_]]:
    return lambda places: places.is_kind(kind)


def _in_field(letter: str) -> Callable[[Places], NDArray[np.bool_]]:
    return lambda places: places.fields == letter


def _within_inline(places: Places) -> NDArray[np.bool_]:
    return places.is_kind(Sign.INLINE_FIELD, Sign.INLINE_VALUE)


_SIGNS = (
    ("decoration", "at a decoration", Sign.DECORATION),
    ("accidental", "at an accidental", Sign.ACCIDENTAL),
    ("note", "at the letter of a note", Sign.NOTE),
    ("octave mark", "at an octave mark", Sign.OCTAVE),
    ("length", "in the length of a note", Sign.LENGTH),
    ("rest", "at a rest", Sign.REST),
    ("broken rhythm", "at a sign of broken rhythm", Sign.BROKEN),
    ("tuplet", "at the sign of a tuplet", Sign.TUPLET),
    ("tie", "at a tie", Sign.TIE),
    ("slur start", "at the start of a slur", Sign.SLUR_OPEN),
    ("slur end", "at the end of a slur", Sign.SLUR_CLOSE),
    ("bar line", "at a bar line", Sign.BAR),
    ("line end", "at the end of a line", Sign.LINE_END),
)


def _marks() -> Iterator[Label]:
    """Labels of the note, length or bar line that a character writes."""
    for letter in "CDEFGAB":
        phrase = f"at the note {letter} of any octave"
        yield _yes_no(f"note {letter}", phrase, _is_note(letter))
    yield _yes_no("high letter", "at notes from c up, written in small letters", _is_high, "at the letters of notes")
    for digit in "234/":
        phrase = f"at the '{digit}' of a length"
        yield _yes_no(f"length {digit}", phrase, _is_digit(digit))
    yield _yes_no("gap between notes", "at the gap between groups of notes", _is_gap)
    yield _yes_no("repeat sign", "at a repeat sign", _is_repeat_sign)


def _is_note(letter: str) -> Callable[[Places], NDArray[np.bool_]]:
    return lambda places: places.is_kind(Sign.NOTE) & np.isin(places.characters, [letter, letter.lower()])


def _is_digit(digit: str) -> Callable[[Places], NDArray[np.bool_]]:
    return lambda places: places.is_kind(Sign.LENGTH) & (places.characters == digit)


def _is_high(places: Places) -> Floats:
    return np.where(places.is_kind(Sign.NOTE), places.characters >= "a", np.float32(np.nan))


def _is_gap(places: Places) -> NDArray[np.bool_]:
    return places.is_kind(Sign.SPACE) & (np.arange(len(places.characters)) >= places.body)


def _is_repeat_sign(places: Places) -> NDArray[np.bool_]:
    dots: NDArray[np.bool_] = places.characters == ":"
    return places.is_kind(Sign.BAR) & dots


# sound

PITCH_NAMES = ("C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B")


def _sounds() -> Iterator[Label]:
    for number, name in enumerate(PITCH_NAMES):
        phrase = f"at notes that sound {name}, of all notes"
        yield _yes_no(f"pitch class {name}", phrase, _is_class(number), NOTES)
    yield _graded("pitch height", "the height of the note", lambda places: places.pitch, NOTES)
    yield _graded("last pitch", "the height of the last note", _last_pitch, "from the first note on")
    yield _graded("step", "the step up from the note before", lambda places: places.pitch - places.pitch_before, NOTES)
    yield _graded("note length", "the length of the note or rest", lambda places: places.length, SOUNDS)


def _is_class(number: int) -> Callable[[Places], Floats]:
    return lambda places: _known(places.pitch, places.pitch % 12 == number)


def _last_pitch(places: Places) -> Floats:
    known = ~np.isnan(places.pitch)
    last = np.maximum.accumulate(np.where(known, np.arange(len(known)), -1))
    return np.where(last >= 0, places.pitch[last], np.float32(np.nan))


# place in the bar


def _bars() -> Iterator[Label]:
    metre = "among the music, where there is a metre"
    yield _graded("position in the bar", "the share of the bar that is played", _moment("played"), metre)
    yield _yes_no("full bar", "when all of the bar is played", _when("played", lambda played: played >= 1), metre)
    yield _yes_no("first beat", "in the first beat of the bar", _when("beats", lambda beats: beats < 1), metre)
    yield _yes_no("last beat", "in the last beat of the bar", _when("beats_left", lambda left: left <= 1), metre)
    yield _yes_no("on the beat", "where a beat has just ended", _when("beats", lambda beats: beats % 1 == 0), metre)
    before = "among the music, before the last bar line"
    yield _graded("distance to the bar line", "the characters up to the next bar line", _to_bar_line, before)
    yield _yes_no("end of bar", "at the end of a bar, before its line", _is_bar_end, before)


def _when(name: str, holds: Callable[[Floats], NDArray[np.bool_]]) -> Callable[[Places], Floats]:
    return lambda places: _known(places.moments[name], holds(places.moments[name]))


def _to_bar_line(places: Places) -> Floats:
    """Distance in characters from each one to the next bar line: 1 at the last character of a bar."""
    bar_lines = places.is_kind(Sign.BAR)
    begins = np.flatnonzero(bar_lines & ~np.concatenate([[False], bar_lines[:-1] & ~places.token_last[:-1]]))
    here = np.arange(len(bar_lines))
    after = np.searchsorted(begins, here, side="right")
    distance = np.append(begins, 0)[after] - here
    known = (after < len(begins)) & (here >= places.body)
    return np.where(known, distance, np.nan).astype(np.float32)


def _is_bar_end(places: Places) -> Floats:
    distance = _to_bar_line(places)
    return _known(distance, (distance == 1) & ~places.is_kind(Sign.BAR, Sign.LINE_END))


# place in the tune


def _forms() -> Iterator[Label]:
    yield _graded("bar of four", "the number of the bar in its phrase of four", _modulo("bar", 4), MUSIC)
    yield _graded("bar of eight", "the number of the bar in its phrase of eight", _modulo("bar", 8), MUSIC)
    yield _graded("bar of the section", "the number of the bar in its section", _moment("bar"), MUSIC)
    yield _yes_no("fourth bar", "in each fourth bar", _when("bar", lambda bar: bar % 4 == 3), MUSIC)
    yield _graded("section", "the number of the section", _moment("section"), MUSIC)
    yield _yes_no("repeat", "between the start and the end of a repeat", _moment("in_repeat"), MUSIC)
    yield _yes_no("first ending", "in a first ending", _when("ending", lambda ending: ending == 1), MUSIC)
    yield _yes_no("second ending", "in a second ending", _when("ending", lambda ending: ending == 2), MUSIC)
    yield _yes_no("last bar", "in the last bar", _moment("last_bar"), MUSIC)
    yield _graded("column", "the characters since the line began", _column, "everywhere")
    yield _graded("characters read", "the characters since the tune began", _read, "everywhere")
    yield _graded("nearness to the end", "the share of the tune that was read", _share, "everywhere")


def _modulo(name: str, size: int) -> Callable[[Places], Floats]:
    return lambda places: places.moments[name] % size


def _column(places: Places) -> NDArray[np.int64]:
    here = np.arange(1, len(places.characters) + 1)
    return here - np.maximum.accumulate(places.is_kind(Sign.LINE_END) * here)


def _read(places: Places) -> NDArray[np.int64]:
    return np.arange(1, len(places.characters) + 1)


def _share(places: Places) -> NDArray[np.float64]:
    return _read(places) / max(len(places.characters), 1)


LABELS: tuple[Label, ...] = (*_signs(), *_marks(), *_sounds(), *_bars(), *_forms())
"""Every label, in the order of the rows of `label_values`."""

_BY_NAME = {label.name: label for label in LABELS}
