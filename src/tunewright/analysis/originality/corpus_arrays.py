"""Arrays of an originality index: a corpus as characters, bars and moves, with suffix arrays and n-gram buckets.

The arrays hold the tunes one after another, in the order of the corpus: the music as characters and as bars, each with
its suffix array; the melodies as moves, with the n-grams of intervals that point to them; and where the tunes are in
their files. ``X_starts[t]`` is where tune number t begins in X.

Shapes: T tunes, N characters, B bars, M moves.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.originality.copied_spans import (
    BETWEEN_TUNES,
    Alphabet,
    bars_of,
    music_characters,
    packed_characters,
)
from tunewright.analysis.originality.melodic_similarity import moves_of
from tunewright.analysis.originality.nearest_tunes import GramIndex
from tunewright.analysis.originality.suffix_array import suffix_array
from tunewright.analysis.originality.verdict import TuneSource
from tunewright.corpus.tune import Tune
from tunewright.notation.fields import header_fields
from tunewright.notation.melody import read_melody
from tunewright.progress import Progress

_STEPS_TOLD = 200
_PACKED = 8
_BETWEEN_BARS, _NOTHING = np.array([BETWEEN_TUNES], np.uint64), np.zeros(1, np.int64)


def corpus_arrays(tunes: Sequence[Tune], progress: Progress) -> tuple[str, dict[str, NDArray[Any]]]:
    """Return the symbols of the corpus' alphabet, and:

    characters, shape=(N,); character_order, shape=(N,); character_starts, shape=(T + 1,)
    bars, bar_order, bar_numbers, bar_pitches, shape=(B,); bar_starts, shape=(T + 1,)
    moves, shape=(M,); move_starts, shape=(T + 1,); bucket_starts, gram_tunes, own_weights: see `GramIndex`
    sources: a line of UTF-8 for each tune; source_starts, shape=(T + 1,)
    """
    symbols: set[str] = set()
    for tune in tunes:
        symbols.update(tune.text)
    alphabet = Alphabet("".join(sorted(symbols)))
    arrays = _tune_by_tune(tunes, alphabet, progress)
    progress("sorting", 0.0)
    arrays["character_order"] = suffix_array(packed_characters(arrays["characters"], _PACKED), _PACKED)
    progress("sorting", 0.8)
    arrays["bar_order"] = suffix_array(arrays["bars"])
    grams = GramIndex.build(arrays["moves"], arrays["move_starts"])
    progress("sorting", 1.0)
    return alphabet.symbols, {**arrays, **grams.arrays()}


_TYPES: dict[str, type[np.integer[Any]]] = {
    "characters": np.uint8,
    "bars": np.uint64,
    "bar_numbers": np.int32,
    "bar_pitches": np.int16,
    "moves": np.uint16,
    "sources": np.uint8,
}
_STARTS = {
    "character_starts": "characters",
    "bar_starts": "bars",
    "move_starts": "moves",
    "source_starts": "sources",
}


def _tune_by_tune(tunes: Sequence[Tune], alphabet: Alphabet, progress: Progress) -> dict[str, NDArray[Any]]:
    """Return the arrays of `_TYPES`, tune after tune, and the start of each tune in them."""
    parts: dict[str, list[NDArray[Any]]] = {name: [np.empty(0, kind)] for name, kind in _TYPES.items()}
    every = max(1, len(tunes) // _STEPS_TOLD)
    for number, tune in enumerate(tunes):
        if number % every == 0:
            progress("reading tunes", number / len(tunes))
        for name, values in _forms(tune, alphabet).items():
            parts[name].append(values.astype(_TYPES[name], copy=False))
    starts = {name: np.cumsum([len(part) for part in parts[of]]) for name, of in _STARTS.items()}
    return {name: np.concatenate(values) for name, values in parts.items()} | starts


def _forms(tune: Tune, alphabet: Alphabet) -> dict[str, NDArray[Any]]:
    melody = read_melody(tune.text)
    bars = bars_of(melody)
    characters = alphabet.of_body(music_characters(tune.text))
    return {
        "characters": np.frombuffer(characters + bytes([BETWEEN_TUNES]), np.uint8),
        "bars": np.concatenate([bars.codes, _BETWEEN_BARS]),
        "bar_numbers": np.concatenate([bars.numbers, _NOTHING]),
        "bar_pitches": np.concatenate([bars.pitches, _NOTHING]),
        "moves": moves_of(melody),
        "sources": _encode_source(tune),
    }


def _encode_source(tune: Tune) -> NDArray[np.uint8]:
    title = next((value for letter, value in header_fields(tune.text) if letter == "T"), "")
    line = json.dumps([title, str(tune.path), tune.line], ensure_ascii=False)
    return np.frombuffer(line.encode("utf-8", "replace"), np.uint8)


def decode_source(data: NDArray[np.uint8]) -> TuneSource:
    """Return the title, file and line of a tune, as `corpus_arrays` wrote them."""
    return TuneSource(*json.loads(data.tobytes().decode("utf-8")))
