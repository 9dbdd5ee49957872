"""Descriptions of tunes for the tunebook: title, rhythm, metre and key for lists, words and notes to find them by.

A melody is stored as a byte for each note (its MIDI number) and as a character for each interval between two notes, in
semitones upwards, without octaves.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tunewright.corpus.readers import comparable
from tunewright.notation.fields import header_fields
from tunewright.notation.keys import parse_key
from tunewright.notation.melody import read_melody

INDEX_VERSION = 1
"""The way of indexing that is below; a tune indexed in another way is indexed anew."""

UNTITLED = "Untitled"

_FIELDS_FOR_WORDS = "TCORSNZBDHAGP"
_ARTICLE = re.compile(r"(?:the|an?|le|la|les|der|die|das)\s+(?=\S)|l'(?=\w)")
_NUMBER = re.compile(r"\d+")
_TITLE_LINE = re.compile(r"^T:(?![|:]).*$", re.MULTILINE)
_NUMBER_LINE = re.compile(r"^X:.*$", re.MULTILINE)
_MODE_NAMES = {"major": "", "": ""}
_WORDS_LINE = re.compile(r"^[Ww]:(?![|:])(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Described:
    """The fields of a tune that lists show and sort by."""

    title: str
    sort_title: str
    rhythm: str
    meter: str
    key: str
    digest: bytes
    """Equal for tunes with one text, whatever their ``X:`` and blanks at line ends."""


@dataclass(frozen=True)
class Searchable:
    """What a tune is found by."""

    others: str
    """See `words_of`."""
    pitches: bytes
    intervals: str


def tidy(text: str) -> str:
    """`text` with one form of line ends, without blank lines around it, and with one line end at its end."""
    return "\n".join(line.rstrip() for line in text.strip("\ufeff \t\r\n").splitlines()) + "\n"


def describe(text: str) -> Described:
    """Read the header of a tune."""
    found: dict[str, str] = {}
    for letter, value in header_fields(text):
        found.setdefault(letter, value if letter == "T" else value.partition("%")[0].strip())
    title = " ".join(found.get("T", "").split()) or UNTITLED
    digest = hashlib.blake2b(comparable(text).encode("utf-8", "replace"), digest_size=16).digest()
    rhythm = " ".join(found.get("R", "").casefold().split())
    return Described(title, sort_title(title), rhythm, found.get("M", ""), key_name(found.get("K", "")), digest)


def searchable(text: str) -> Searchable:
    """Read the words and notes of a tune."""
    pitches = [note.pitch for note in read_melody(text).notes]
    heard = bytes(min(max(pitch, 0), 127) for pitch in pitches)
    return Searchable(words_of(text), heard, interval_characters(heard))


def words_of(text: str) -> str:
    """The words of the header and of the lyrics, without hyphens between syllables."""
    fields = [value for letter, value in header_fields(text) if letter in _FIELDS_FOR_WORDS]
    return "\n".join([*fields, *(line.replace("-", "") for line in _WORDS_LINE.findall(text))])


def interval_characters(pitches: Sequence[int]) -> str:
    """A character for each interval between neighbours: A for a repeated note, B for a semitone up, L for one down."""
    return "".join(chr(ord("A") + (after - before) % 12) for before, after in pairwise(pitches))


def has_music(text: str) -> bool:
    """Whether there is a note in the tune."""
    return bool(read_melody(text).notes)


def renamed(text: str, title: str) -> str:
    """The tune with another first title."""
    line = f"T: {title}" if title[:1] in (":", "|") else f"T:{title}"  # T:| could be a note and a bar line
    if _TITLE_LINE.search(text):
        return _TITLE_LINE.sub(lambda _: line, text, count=1)
    if _NUMBER_LINE.search(text):
        return _NUMBER_LINE.sub(lambda found: f"{found[0]}\n{line}", text, count=1)
    return f"{line}\n{text}"


def sort_title(title: str) -> str:
    """A title as it is sorted: without article, accents and case; numbers by their value."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", title.casefold()) if not unicodedata.combining(letter)
    )
    plain = re.sub(r"^[^\w]+", "", plain)
    plain = _ARTICLE.sub("", plain, count=1) if _ARTICLE.match(plain) else plain
    return _NUMBER.sub(lambda number: number[0].zfill(6), plain)


def key_name(value: str) -> str:
    """``D``, ``E minor``, ``A dorian`` for the value of a ``K:`` field; "" where no key is named."""
    key = parse_key(value)
    if key is None or key.tonic is None:
        return ""
    tonic = re.match(r"[A-G][#b]?", value.strip())
    if tonic is None:
        return "Highland pipes"
    return f"{tonic[0]} {_MODE_NAMES.get(key.mode, key.mode)}".strip()
