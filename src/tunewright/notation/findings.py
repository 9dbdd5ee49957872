"""Kinds of findings of the checker, and `Finding`, one of them at its place.

A finding of severity ``error`` is something that programs read differently, or not at all. A ``note`` is something that
is better written otherwise, or that only some programs have trouble with.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

Severity = Literal["error", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One error or note: its place, what is wrong and what would be right."""

    path: Path | str | None
    """File name as the caller gave it."""
    line: int
    """From 1."""
    column: int
    """From 1."""
    bar: int | None
    """Bar number as musicians count: 0 is a pick-up; None outside the music."""
    code: str
    """Key of `KINDS`, for programs."""
    severity: Severity
    what: str
    """What is wrong."""
    right: str
    """What would be right."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        bar = "" if self.bar is None else f"bar {self.bar}: " if self.bar else "pick-up: "
        note = "note: " if self.severity == "note" else ""
        return f"{place}: {note}{bar}{self.what} ({self.right})"


class Kind(NamedTuple):
    """Severity and texts of the findings of one code; braces stand for the text that was found."""

    severity: Severity
    what: str
    right: str


KINDS = {
    "no-tune": Kind("error", "there is no tune", "a tune begins with X: and has its music after a K: line"),
    "tune-too-long": Kind("error", "the tune has {} characters, too long to be checked", "{right}"),
    "number-missing": Kind("error", "the tune has no number", "X: and a number on its first line"),
    "number-unknown": Kind("error", "X:{} is not a number", "digits only"),
    "title-missing": Kind("note", "the tune has no title", "a T: line after X:"),
    "meter-missing": Kind("note", "the tune has no metre to check its bars by", "an M: line; M:none if it is free"),
    "key-missing": Kind("error", "the tune has no key", "a K: line as the last of the header; K:none if there is none"),
    "music-missing": Kind("error", "the tune has no music", "at least one note after the K: line"),
    "field-order": Kind("note", "{}: is not in its place", "X: first, T: second, K: last"),
    "field-unknown": Kind("note", "{}: is not a field of the standard", "one of the fields of ABC 2.1"),
    "field-not-allowed": Kind("error", "{} may not stand here", "{right}"),
    "meter-unknown": Kind("error", "M:{} is not a metre", "C, C|, none, or a fraction such as 6/8"),
    "unit-length-unknown": Kind("error", "L:{} is not a length", "a fraction such as 1/8"),
    "key-unknown": Kind("error", "K:{} is not a key", "a tonic and a mode, such as Ebmin; or none, HP, Hp"),
    "key-in-part": Kind("note", "{} in K: has no effect", "a key, its accidentals, a clef, octave= or transpose="),
    "key-foreign": Kind("note", "{} in K: is read by few programs", "# or b in a key, ^ _ or = in its list"),
    "macro-unread": Kind("error", "the macro {} is not read", "the notes for which it stands"),
    "symbols-unread": Kind("note", "s: is neither engraved nor played", "decorations before the notes"),
    "part-missing": Kind("note", "P: calls parts that begin nowhere: {}", "P: and a letter where each begins"),
    "block-unclosed": Kind("error", "a block begins here without an end", "%%end with the same name behind it"),
    "tempo-unknown": Kind("note", "Q:{} is not a tempo", "a number of beats in a minute, such as 1/4=120"),
    "line-ignored": Kind("error", "this line is not a field, and music begins after K:", "a field, or a comment: %"),
    "blank-line-in-header": Kind("error", "a blank line, which ends a tune, within the header", "no blank line"),
    "music-after-blank-line": Kind("error", "music after a blank line, which ends a tune", "no blank line before it"),
    "bar-too-long": Kind("error", "the bar holds {}, too long", "{right}"),
    "bar-too-short": Kind("error", "the bar holds {}, too short", "{right}"),
    "bar-held": Kind("note", "with its fermata played at double length, as abc2midi does, the bar holds {}", "{right}"),
    "bar-line-unknown": Kind("note", "{} is not a bar line of the standard", "|, ||, |], |:, :|, :: or the like"),
    "repeat-not-opened": Kind("error", "a repeat ends here without a beginning", "|: where it begins"),
    "repeat-opened-twice": Kind("error", "a repeat begins here within another", ":| or :: where the one before ends"),
    "repeat-counts-differ": Kind("error", "a repeat ends with another number of colons than it began", "as many"),
    "repeat-not-closed": Kind("error", "a repeat begins here without an end", ":| where it ends"),
    "ending-without-repeat": Kind("error", "an ending stands outside a repeat", "|: where the repeat begins"),
    "ending-alone": Kind("error", "a first ending without a second", "[2 after the repeat sign"),
    "tie-without-note": Kind("error", "the note after a tie has another pitch", "the same note; ( ) to slur"),
    "broken-rhythm-unequal": Kind("error", "{} stands between notes of different lengths", "notes of one length"),
    "broken-rhythm-without-note": Kind("error", "{} stands where it cannot lengthen a note", "> to >>> between notes"),
    "tuplet-unknown": Kind("error", "{} is not a tuplet", "(2 to (9, or (p:q:r"),
    "tuplet-unfinished": Kind("error", "the tuplet has too few notes", "as many notes as it says, within one bar"),
    "bars-rest-in-parts": Kind("error", "{} is not a whole number of bars", "Z or X and a whole number"),
    "chord-unclosed": Kind("error", "a chord is not closed", "a ] after its notes"),
    "chord-not-opened": Kind("error", "] without a chord", "a [ before the notes"),
    "chord-empty": Kind("error", "a chord without notes", "notes between [ and ]"),
    "chord-lengths-differ": Kind("error", "the notes of a chord have different lengths", "one length for all"),
    "grace-unclosed": Kind("error", "grace notes are not closed", "a } after them"),
    "grace-not-opened": Kind("error", "} without grace notes", "a { before them"),
    "slur-unclosed": Kind("note", "a slur is not closed", "a ) after its last note"),
    "slur-not-opened": Kind("note", ") without a slur", "a ( before its first note"),
    "quote-unclosed": Kind("error", "a text over the music is not closed", 'a " at its end'),
    "chord-symbol-unknown": Kind("note", '{} is not a chord symbol', 'a chord such as "Am7"; "^text" for a text'),
    "decoration-unknown": Kind("note", "{} is not a decoration", "one that the standard or a U: field names"),
    "decoration-without-note": Kind("note", "the decoration {} has no note", "a note, rest or chord right after it"),
    "decoration-unclosed": Kind("error", "! stands alone", "! on both sides of a name, or at the end of a line"),
    "accidental-without-note": Kind("error", "{} without a note", "a letter A to G after it"),
    "accidental-foreign": Kind("note", "{} is read by few programs", "{right}"),
    "microtone": Kind("note", "{} is a microtone; the note is played as a natural", "^, _, =, ^^ or __"),
    "length-unknown": Kind("error", "the length {} cannot be written as a note", "a power of two after /"),
    "unknown-character": Kind("error", "{} has no meaning in music", "a note, rest, bar line or other sign of ABC"),
    "overlay-too-far": Kind("error", "{} goes back further than the music", "one & for each bar before it"),
    "lyrics-too-long": Kind("error", "{}", "a syllable, * or _ for each note of the line"),
    "lyrics-without-notes": Kind("error", "words before any note", "w: after the line of music that they belong to"),
}  # fmt: skip
"""All kinds of findings, by their code."""
