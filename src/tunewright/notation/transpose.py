"""Exact transposition of tunes and books of tunes, which can be undone character for character.

Notes, ``K:`` fields and chord symbols move; every other character stays as it is. Every note moves by the same
interval, and moved back by it the tune is the original text again (see `tunewright.notation.intervals`). What cannot be
moved so raises `TranspositionError` with its place; nothing is moved approximately.

A number of semitones leaves two spellings open. The first key of the tune decides: it moves to the signature with the
fewest accidentals, six sharps rather than six flats, or to the other one if only that can be written. So semitones up
and down again restore every tune whose key has at most five flats or six sharps; an `Interval` restores any.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tunewright.errors import OptionError, TranspositionError
from tunewright.notation.check import split
from tunewright.notation.intervals import (
    MOST_ACCIDENTALS,
    Interval,
    height_of,
    interval_of,
    is_chord_symbol,
    move_chord_symbol,
    move_key,
    move_note,
    place_of,
    tonic_place,
)
from tunewright.notation.lexer import FIELD_LINES, Line, LineKind, music_of, read_lines
from tunewright.notation.spec import ACCIDENTALS

By = Interval | int | str
"""Distance: an interval, a number of semitones, or the name of the new tonic (``Bb``), by the shorter way."""

_Mover = Callable[[str, Interval], str]
_Piece = tuple[int, int, _Mover]
"""Start and end of a range of the text, and the function that moves it."""

_WITHIN_AN_OCTAVE = (*range(-11, 0), *range(1, 12))
_TONIC = re.compile(r"[A-G][#b]?")
_CHORD_TEXT = re.compile(r'"([^"\n\r^_<>@][^"\n\r]*)"')
_LIKE_CHORD = re.compile(r"[ \t(\[{/]*[A-Ga-g](?:[#b♯♭]|(?![a-z]{3})(?!\.[CS]\b))", re.IGNORECASE)
"""How a text begins that may be meant as a chord symbol; ``Fine`` and ``D.C.`` are not."""

_SIGNS = frozenset("^_=")
_LIKE_FIELD = re.compile(r"[A-Ga-g][',]++:(?![|:])")
_LIKE_INLINE_FIELD = re.compile(r"\[[A-Ga-g][',]++:[^\[\]\n\r]*+\]")
_LINE_END = re.compile(r"\r\n|\n|\r")
_PERCUSSION = re.compile(r'(?<![\w=])perc\b|clef="?perc', re.IGNORECASE)


def transpose(text: str, by: By) -> str:
    """Return the tune `text`, transposed.

    Parameters
    ----------
    text
        One tune. What stands between tunes is kept as it is.
    by
        An interval; semitones, -127 to 127; or the tonic of the new key, such as ``Bb``: every mode is kept.

    Raises
    ------
    TranspositionError
        If the tune cannot be moved exactly; it names line and column. A tune can be moved by octaves only if it has no
        key before its first note, is for Highland pipes, or has an unknown key; not at all if it has macros (``m:``),
        percussion, or a stray accidental before another; and not by an interval for which a key would need more than
        seven accidentals, a note more than two, or the root of a chord symbol more than one.
    OptionError
        If `by` is out of range or names no tonic.
    """
    tune = _read(text)
    error = None
    for interval in _intervals(tune, by):
        try:
            return tune.moved(interval)
        except TranspositionError as reason:
            error = error or reason
    assert error is not None  # noqa: S101 - there is at least one interval
    raise error


@dataclass(frozen=True)
class MovedBook:
    """A transposed book of tunes."""

    text: str
    """The whole book; tunes that could not be moved are unchanged."""
    moved: int
    """Number of tunes that were moved."""
    left: tuple[TranspositionError, ...]
    """For each tune that was not moved, the reason and its place."""
    kept: tuple[TranspositionError, ...] = ()
    """For each chord symbol in a moved tune that could not be read, and so stays, the reason and its place."""


def transpose_book(text: str, by: By, *, path: Path | str | None = None) -> MovedBook:
    """Move each of the tunes in `text` from its own key; everything between them stays.

    Parameters
    ----------
    text, by
        As for `transpose`, but with any number of tunes.
    path
        File name for the reasons in `MovedBook.left`.
    """
    pieces, left, kept, done, moved = [], [], [], 0, 0
    for start, end in split(text):
        pieces.append(text[done:start])
        done = end
        try:
            pieces.append(transpose(text[start:end], by))
            moved += 1
            kept += [_in_book(error, text, start, path) for error in unread_chords(text[start:end], by)]
        except TranspositionError as error:
            pieces.append(text[start:end])
            left.append(_in_book(error, text, start, path))
    return MovedBook("".join(pieces) + text[done:], moved, tuple(left), tuple(kept))


def _in_book(error: TranspositionError, text: str, start: int, path: Path | str | None) -> TranspositionError:
    line = len(_LINE_END.findall(text, 0, start)) + (error.line or 1)
    return TranspositionError(error.message, path=path, line=line, column=error.column)


def unread_chords(text: str, by: By = 1) -> tuple[TranspositionError, ...]:
    """Return the texts over the music of the tune `text` that look like chord symbols but are not read as such.

    `transpose` leaves them as they are, each with its place in an error that is not raised. None is left behind where
    all keys stay, as by an octave.
    """
    if isinstance(by, Interval) and not by.fifths:
        return ()
    if isinstance(by, int) and by % 12 == 0:
        return ()
    found = []
    music = music_of(text)
    for line in read_lines(text):
        if line.kind is LineKind.MUSIC:
            for match in music.finditer(text, line.start, line.stop):
                content = match[0][1:-1]
                if match.lastgroup == "chord_symbol" and _LIKE_CHORD.match(content) and not is_chord_symbol(content):
                    found.append(_at(text, match.start(), f'"{content}" is not read as a chord symbol, and stays'))
    return tuple(found)


def transpositions(
    text: str, *, lowest: str = "G,", highest: str = "e'", accidentals: int = MOST_ACCIDENTALS
) -> tuple[Interval, ...]:
    """Return the intervals by which the tune `text` can be moved exactly, from the lowest to the highest.

    There is at most one for each number of semitones from -11 to 11, 0 left out; none if the tune cannot be moved.

    Parameters
    ----------
    text
        One tune.
    lowest, highest
        The lowest and highest notes allowed, in ABC, without accidental. A tune with a wider range may keep its own
        limits.
    accidentals
        Most sharps or flats in the signature of any key, 0 to 7.
    """
    try:
        tune = _read(text)
    except TranspositionError:
        return ()
    distinct = {(mover, tune.content(piece)) for piece in tune.pieces for mover in piece[2:]}
    heights = [height_of(content) for mover, content in distinct if mover is move_note]
    down = min(0, height_of(lowest) - min(heights, default=0))
    up = max(0, height_of(highest) - max(heights, default=0))
    places = {place_of(content) or 0 for mover, content in distinct if mover is move_key}
    doubtful = [(mover, content) for mover, content in distinct if mover is not move_note or not content.isalpha()]

    def fits(interval: Interval) -> bool:
        if any(abs(place + interval.fifths) > accidentals for place in places):
            return False
        try:
            for mover, content in doubtful:
                mover(content, interval)
        except TranspositionError:
            return False
        return True

    spellings = (_spellings(tune.place, semitones) for semitones in _WITHIN_AN_OCTAVE)
    within = (intervals for intervals in spellings if down <= intervals[0].steps <= up)
    return tuple(interval for intervals in within if (interval := next(filter(fits, intervals), None)))


@dataclass(frozen=True, slots=True)
class _Tune:
    """A tune and the ranges of it that move."""

    text: str
    pieces: tuple[_Piece, ...]
    """In order."""
    first_key: _Piece | None

    @property
    def place(self) -> int:
        """The place of its first key on the circle of fifths; 0 if it has none that moves."""
        return (place_of(self.content(self.first_key)) if self.first_key else 0) or 0

    def content(self, piece: _Piece) -> str:
        """The text of `piece`."""
        return self.text[piece[0] : piece[1]]

    def moved(self, interval: Interval) -> str:
        """The text, transposed."""
        text, done = self.text, 0
        known: dict[tuple[_Mover, str], str] = {}
        parts: list[str] = []
        for start, end, mover in self.pieces:
            content = text[start:end]
            moved = known.get((mover, content))
            if moved is None:
                try:
                    moved = known[mover, content] = mover(content, interval)
                except TranspositionError as error:
                    raise _at(text, start, error.message) from None
            parts += (text[done:start], moved)
            done = end
        return "".join(parts) + text[done:]


def _read(text: str) -> _Tune:
    pieces: list[_Piece] = []
    music = music_of(text)
    for line in read_lines(text):
        if line.kind is LineKind.MUSIC:
            pieces += _music(text, line, music)
        elif line.kind in FIELD_LINES:
            pieces += _field(text, text[line.start], line.start + 2, line.stop)
    first_key = next((piece for piece in pieces if piece[2] is move_key), None)
    first_note = next((piece[0] for piece in pieces if piece[2] is move_note), None)
    if first_note is not None and (first_key is None or first_note < first_key[0]):
        pieces.insert(0, (first_note, first_note, _without_key))
        pieces.sort(key=lambda piece: piece[:2])
    return _Tune(text, tuple(pieces), first_key)


def _music(text: str, line: Line, music: re.Pattern[str]) -> Iterator[_Piece]:
    if field := _LIKE_FIELD.match(text, line.start) or _LIKE_INLINE_FIELD.search(text, line.start, line.stop):
        # would be a field if the note moves to an octave without marks
        raise _at(text, field.start(), f"{field[0]} may be read as a field; remove the colon after the note")
    for match in music.finditer(text, line.start, line.stop):
        element = match.lastgroup
        if element == "note":
            yield match.start(), match.end("octave"), move_note
        elif element == "chord_symbol":
            yield match.start() + 1, match.end() - 1, move_chord_symbol
        elif element == "inline":
            yield from _field(text, match["inline_field"][1], *match.span("inline_value"))
        elif element == "unknown" and match[0] in ACCIDENTALS and text[match.end() : match.end() + 1] in _SIGNS:
            # would be read with the accidental of the note after it, if that moves to another
            raise _at(text, match.start(), f"{match[0]} stands before another accidental; allowed: one before a note")


def _field(text: str, letter: str, start: int, end: int) -> Iterator[_Piece]:
    """Yield the ranges that move in the value of a field."""
    value = text[start:end]
    if letter == "m":
        raise _at(text, start, "macros are not transposed; replace them by the notes that they stand for")
    if letter in "KV" and _PERCUSSION.search(value):
        raise _at(text, start, "percussion is not transposed: its letters are not pitches")
    if letter == "K":
        yield end - len(value.lstrip()), start + len(value.rstrip()) if value.strip() else end, move_key
    elif letter == "s":
        for match in _CHORD_TEXT.finditer(text, start, end):
            yield *match.span(1), move_chord_symbol


def _without_key(_: str, interval: Interval) -> str:
    if interval.fifths:
        raise TranspositionError("music without a key moves by octaves only; write a K: field before it")
    return ""


def _intervals(tune: _Tune, by: By) -> tuple[Interval, ...]:
    """Return the intervals that `by` may mean, the best first."""
    if isinstance(by, Interval):
        return (by,)
    if isinstance(by, int):
        return _spellings(tune.place, by)
    if not _TONIC.fullmatch(by):
        raise OptionError(f"{by!r} is not a tonic; allowed: A to G, with # or b after it; a tune keeps its mode")
    key = tune.content(tune.first_key) if tune.first_key else ""
    if place_of(key) is None or (before := tonic_place(key)) is None:
        start = tune.first_key[0] if tune.first_key else 0
        raise _at(tune.text, start, f"a tune without a tonic cannot be moved to {by}; give a number of semitones")
    fifths = (tonic_place(by) or 0) - before
    semitones = 7 * fifths % 12
    if semitones > 6 or (semitones == 6 and fifths < 0):
        semitones -= 12
    return (interval_of(semitones, fifths),)


def _spellings(place: int, semitones: int) -> tuple[Interval, ...]:
    """Return the two intervals of `semitones` for a key at `place` on the circle of fifths, the better one first."""
    if semitones % 12 == 0:
        return (interval_of(semitones, 0),)
    best = (7 * semitones + place + 5) % 12 - 5 - place
    other = best - 12 if best + place > 0 else best + 12
    return interval_of(semitones, best), interval_of(semitones, other)


def _at(text: str, offset: int, message: str) -> TranspositionError:
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    line = bisect_right(starts, offset)
    return TranspositionError(message, line=line, column=offset - starts[line - 1] + 1)
