"""Notes as somebody types them to find a tune: as ABC, or as letters with sharps and flats.

    "G A B c d"    "gabcd"    "D F# A d"    "Bb Eb F"    "^F G A2 | B c d"    "K:D fgaf"

Small letters are an octave above capital ones, as in ABC, though octaves do not count in searching. Notes without any
sharp or flat, and without a key, are read in the usual keys, because those who type ``f`` in a tune in G often mean F
sharp. Everything that is not a note (bar lines, lengths, decorations, chord symbols) is passed over.

Conventions: pitches are MIDI numbers.
"""

import re

from tunewright.notation.melody import read_melody
from tunewright.studio.route import Refused

MOST_NOTES = 64
"""Notes of a query that are used."""

USUAL_KEYS = ("C", "G", "D", "A", "F", "Bb")
"""Keys in which notes without a key are read."""

_SIGNED_LETTER = re.compile(r"([A-Ga-g])\s?(#|♯|♭|b(?![A-Ga-g0-9,'/|]))")
_ACCIDENTALS = {"#": "^", "♯": "^", "♭": "_", "b": "_"}
_KEY = re.compile(r"\[?K:\s*([^\]\n]*?)\]?(?:\s*\n|\s+(?=[\^_=|\[(]*[A-Ga-gzx])|$)")
_LETTER_NAMES = re.compile(r"(?i)\b([A-G])[ -]?(sharp|flat)\b")


def readings(typed: str) -> tuple[tuple[int, ...], ...]:
    """The melodies that `typed` can mean, each once; the likeliest first.

    Raises
    ------
    Refused
        If there are fewer than three notes.
    """
    key, music = _without_key(typed)
    if _LETTER_NAMES.search(music):
        music = music.replace(",", " ")
    music = _LETTER_NAMES.sub(lambda found: f"{'^' if found[2].lower() == 'sharp' else '_'}{found[1]}", music)
    music = _with_signs(music)
    keys = [key] if key else ["C"] if re.search(r"[\^_=]", music) else USUAL_KEYS
    found = dict.fromkeys(_pitches(music, each) for each in keys)
    longest = max(map(len, found))
    if longest < 3:
        raise Refused(400, f"{longest} notes were found in {typed[:40]!r}; type at least three, such as: G A B d")
    return tuple(each for each in found if len(each) >= 3)


def _without_key(typed: str) -> tuple[str, str]:
    """The key that was typed, or "", and the rest."""
    found = _KEY.search(typed)
    if found is None:
        return "", typed
    return found[1].strip() or "C", typed[: found.start()] + " " + typed[found.end() :]


def _with_signs(music: str) -> str:
    """Letters followed by a sharp or flat, as ABC writes them; a ``b`` alone is the note B."""
    return _SIGNED_LETTER.sub(lambda found: f"{_ACCIDENTALS[found[2]]}{found[1]}", music)


def _pitches(music: str, key: str) -> tuple[int, ...]:
    lines = " ".join(music.split())
    notes = read_melody(f"X:1\nM:none\nL:1/8\nK:{key}\n {lines}\n").notes
    return tuple(note.pitch for note in notes[:MOST_NOTES])
