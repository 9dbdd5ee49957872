"""Normalised forms of a tune for exact matching: its music as characters, and its bars as hashes that ignore the key.

Characters: those of the music only. The header, fields and comments among the music are left out, because an equal
title or key line is no copied music. Everything else counts as it is written, blanks and line ends too.

Bars: each becomes one number of 64 bits. The upper 48 bits are a hash of its content: for each note its distance in
semitones from the first one, and its onset and length as a share of a full bar. The lower 16 are the step in semitones
from its first note to that of the next bar. So equal runs of bars match whatever the key, the octave and the unit note
length of either tune. Bars shorter than half of the metre's length (pick-ups, and the bars before a repeat that
complete them) are left out; a bar without notes matches no other.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby
from math import gcd
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from tunewright.notation.fields import field_of, header_length, is_remark
from tunewright.notation.melody import Bar, Melody, Note
from tunewright.notation.meter import WHOLE

BETWEEN_TUNES = 0
"""Separator between two tunes of a body, as a character or as a bar; no tune contains it."""

NOWHERE = (1 << 64) - 1
"""A bar that matches no bar of a body."""

LINK_BYTES = 2
"""Bytes of a bar's number that hold the step to the next bar."""

_PARTS_OF_A_BAR = 10_080  # 2^5 * 3^2 * 5 * 7: usual divisions of a bar are whole numbers
_OTHER_IN_BODY, _OTHER_IN_TUNE = 254, 255
_LINK_BITS = 8 * LINK_BYTES
_NO_STEP = (1 << _LINK_BITS) - 1


@dataclass(frozen=True)
class Music:
    """The music lines of a tune, and the offset of each of their characters in its text."""

    characters: str
    offsets: NDArray[np.int64]
    """Shape=(len(characters),)."""


def music_of(text: str) -> Music:
    """Return the music of `text`: no header, fields, remarks, blank lines or final line end."""
    lines = list(_music_lines(text))
    if not lines:
        return Music("", np.empty(0, np.int64))
    offsets = [np.arange(begin, begin + len(line) + 1) for begin, line in lines]
    return Music("\n".join(line for _, line in lines), np.concatenate(offsets)[:-1])


def music_characters(text: str) -> str:
    """Return the characters of `music_of` alone."""
    return "\n".join(line for _, line in _music_lines(text))


def _music_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of music, each with its offset."""
    lines = text.split("\n")
    first = header_length(lines)
    begin = sum(len(line) + 1 for line in lines[:first])
    for line in lines[first:]:
        if line.strip() and not field_of(line) and not is_remark(line):
            yield begin, line
        begin += len(line) + 1


class Alphabet:
    """One byte for each character of a corpus.

    Parameters
    ----------
    symbols
        The characters that get a byte of their own, at most the first 253. Other characters match nothing.
    """

    def __init__(self, symbols: str) -> None:
        self.symbols = symbols[: _OTHER_IN_BODY - 1]
        codes = {ord(symbol): code for code, symbol in enumerate(self.symbols, start=1)}
        self._body, self._tune = _Codes(codes), _Codes(codes)
        self._body.other, self._tune.other = _OTHER_IN_BODY, _OTHER_IN_TUNE

    def of_body(self, characters: str) -> bytes:
        """Encode `characters` of a body, one byte each."""
        return characters.translate(self._body).encode("latin-1")

    def of_tune(self, characters: str) -> bytes:
        """Encode `characters` of a query, one byte each."""
        return characters.translate(self._tune).encode("latin-1")


def as_looked_for(body: bytes) -> bytes:
    """Turn the encoding of `Alphabet.of_body` into that of `Alphabet.of_tune`."""
    return body.replace(bytes([_OTHER_IN_BODY]), bytes([_OTHER_IN_TUNE]))


class _Codes(dict[int, int]):
    other: int

    def __missing__(self, _key: int) -> int:
        return self.other


@dataclass(frozen=True)
class Bars:
    """The bars of a melody that take part in matching."""

    codes: NDArray[np.uint64]
    """Shape=(B,); `BETWEEN_TUNES` for a bar without notes."""
    numbers: NDArray[np.int64]
    """Each bar's number, as musicians count, shape=(B,)."""
    indices: NDArray[np.int64]
    """Each bar's index in the melody, shape=(B,)."""
    pitches: NDArray[np.int64]
    """The MIDI number of the first note of each, -1 in a bar without notes, shape=(B,)."""


def bars_of(melody: Melody) -> Bars:
    """Return the bars of `melody` as numbers (see the module's docstring)."""
    starts = list(accumulate((bar.ticks for bar in melody.bars), initial=0))
    notes = {index: list(group) for index, group in groupby(melody.notes, key=attrgetter("bar"))}
    kept = [index for index, bar in enumerate(melody.bars) if bar.ticks and 2 * bar.ticks >= (bar.expected_ticks or 0)]
    firsts = [notes[index][0].pitch if index in notes else -1 for index in kept]
    codes = []
    for order, index in enumerate(kept):
        if index not in notes:
            codes.append(BETWEEN_TUNES)
            continue
        follows = order + 1 < len(kept) and firsts[order + 1] >= 0
        step = (firsts[order + 1] - firsts[order]) % _NO_STEP if follows else _NO_STEP
        codes.append(_content(notes[index], melody.bars[index], starts[index]) << _LINK_BITS | step)
    return Bars(
        np.array(codes, np.uint64),
        np.array([melody.bars[index].number for index in kept], np.int64),
        np.array(kept, np.int64),
        np.array(firsts, np.int64),
    )


def _content(notes: Sequence[Note], bar: Bar, start: int) -> int:
    """Return a 48-bit hash of a bar's content, neither all 0 nor all 1; the bar starts at tick `start`."""
    whole, first = bar.expected_ticks or WHOLE, notes[0].pitch
    common = gcd(whole, _PARTS_OF_A_BAR)  # smaller numbers are faster
    parts, whole = _PARTS_OF_A_BAR // common, whole // common
    values = [bar.ticks * parts // whole]
    for pitch, onset, ticks, _, _, _ in notes:
        values += (pitch - first, (onset - start) * parts // whole, ticks * parts // whole)
    return _hash_of(tuple(values))


@lru_cache(maxsize=1 << 16)
def _hash_of(values: tuple[int, ...]) -> int:
    digest = hashlib.blake2b(repr(list(values)).encode(), digest_size=6).digest()
    return min(max(1, int.from_bytes(digest, "big")), (1 << 48) - 2)


def as_bytes(codes: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return the bytes of bars, big-endian, so that they sort like the numbers."""
    return codes.astype(">u8").view(np.uint8)


def packed_characters(characters: NDArray[np.uint8], reach: int = 8) -> NDArray[np.uint64]:
    """Return the `reach` bytes from each place on as one number, zeros after the end, shape=(N,)."""
    padded = np.append(characters, np.zeros(reach, np.uint8))
    keys = np.zeros(len(characters), np.uint64)
    for ahead in range(reach):
        np.left_shift(keys, np.uint64(8), out=keys)
        np.bitwise_or(keys, padded[ahead : ahead + len(characters)], out=keys)
    return keys
