"""What of a tune stands in a corpus, and what is like it there?

The corpus is given as the arrays of `corpus_forms`. The two copied pieces are exact; the nearest melody is the nearest
of the `CANDIDATES` that `nearest_tunes` proposes.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.copied_spans import BETWEEN_TUNES, LINK_BYTES, NOWHERE, Alphabet, as_bytes, bars_of, music_of
from tunewright.analysis.corpus_forms import decode_source
from tunewright.analysis.melodic_similarity import Comparison, Moves, compare, locate_passage, moves_of
from tunewright.analysis.nearest_tunes import GramIndex
from tunewright.analysis.originality_figures import (
    CopiedBars,
    CopiedSpan,
    NearTune,
    Originality,
    SharedPassage,
    Source,
)
from tunewright.analysis.suffixes import SortedBody
from tunewright.notation.melody import Melody, read_melody

CANDIDATES = 64
"""Corpus tunes whose melodies are compared in full with one of up to `USUAL_MOVES` moves; with a longer one fewer in
proportion, down to a quarter, because its many runs of intervals tell better which they are."""

USUAL_MOVES = 150

NEAREST = 3
"""Corpus tunes that are named."""


class CorpusSearch:
    """A corpus, ready to be searched.

    Parameters
    ----------
    symbols
        Of its alphabet.
    arrays
        See `corpus_forms.corpus_arrays`.
    """

    def __init__(self, symbols: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays, self._alphabet = arrays, Alphabet(symbols)
        self._characters = SortedBody(arrays["characters"], arrays["character_order"])
        self._bars = SortedBody(as_bytes(arrays["bars"]), arrays["bar_order"], stride=8, slack=LINK_BYTES)
        self._grams = GramIndex(arrays["bucket_starts"], arrays["gram_tunes"], arrays["own_weights"])

    def measure(self, text: str, left_out: Sequence[int] = ()) -> Originality:
        """Return the figures of the tune `text`, without standings.

        Parameters
        ----------
        left_out
            Numbers of the corpus tunes that do not count.
        """
        melody = read_melody(text)
        moves = moves_of(melody)
        wanted = max(CANDIDATES * USUAL_MOVES // max(USUAL_MOVES, len(moves)), CANDIDATES // 4)
        numbers = self._grams.candidates(moves, wanted, left_out)
        candidates = [self._part("moves", "move_starts", int(number)) for number in numbers]
        comparison = compare(moves, candidates)
        return Originality(
            span=self._copied_span(text, left_out),
            bars=self._copied_bars(melody, left_out),
            nearest=self._nearest(comparison, numbers),
            passage=self._passage(melody, moves, comparison, numbers),
            notes=len(melody.notes),
        )

    def _copied_span(self, text: str, left_out: Sequence[int]) -> CopiedSpan | None:
        music = music_of(text)
        codes = self._alphabet.of_tune(music.characters)
        found = self._characters.longest(codes, self._allowed("character_starts", left_out))
        if not found.length:
            return None
        places = self._characters.places_of(codes[found.start : found.start + found.length])
        holders = np.searchsorted(self._arrays["character_starts"], places, side="right") - 1
        holders = np.setdiff1d(holders, np.asarray(left_out, np.int64))
        return CopiedSpan(
            characters=found.length,
            of=len(codes),
            start=int(music.offsets[found.start]),
            end=int(music.offsets[found.start + found.length - 1]) + 1,
            tunes=len(holders),
            source=self._source(int(holders[0])),
        )

    def _copied_bars(self, melody: Melody, left_out: Sequence[int]) -> CopiedBars | None:
        bars = bars_of(melody)
        codes = np.where(bars.codes == BETWEEN_TUNES, np.uint64(NOWHERE), bars.codes)
        found = self._bars.longest(as_bytes(codes).tobytes(), self._allowed("bar_starts", left_out))
        if not found.length:
            return None
        first, last = found.start, found.start + found.length - 1
        there, numbers = found.place, self._arrays["bar_numbers"]
        return CopiedBars(
            bars=found.length,
            of=len(codes),
            first=int(bars.numbers[first]),
            last=int(bars.numbers[last]),
            source=self._source(bisect_right(self._arrays["bar_starts"], there) - 1),
            source_first=int(numbers[there]),
            source_last=int(numbers[there + found.length - 1]),
            semitones=int(bars.pitches[first]) - int(self._arrays["bar_pitches"][there]),
        )

    def _nearest(self, comparison: Comparison, numbers: NDArray[np.int64]) -> tuple[NearTune, ...]:
        values = comparison.similarities
        best = [index for index in np.argsort(-values, kind="stable")[:NEAREST] if values[index] > 0]
        return tuple(NearTune(float(values[index]), self._source(int(numbers[index]))) for index in best)

    def _passage(
        self, melody: Melody, moves: Moves, comparison: Comparison, numbers: NDArray[np.int64]
    ) -> SharedPassage | None:
        if not comparison.explained.any():
            return None
        best = int(np.argmax(comparison.explained))
        explained = float(comparison.explained[best])
        other = self._part("moves", "move_starts", int(numbers[best]))
        place = locate_passage(moves, other, explained, comparison.ends[best])
        # moves first .. last - 1 join notes first .. last
        covered = melody.notes[place.first : place.last + 1]
        return SharedPassage(
            explained=explained,
            share=explained / len(moves),
            notes=len(covered),
            first=melody.bars[covered[0].bar].number,
            last=melody.bars[covered[-1].bar].number,
            source=self._source(int(numbers[best])),
        )

    def _allowed(self, starts_name: str, left_out: Sequence[int]) -> Callable[[int], bool] | None:
        if not left_out:
            return None
        starts = self._arrays[starts_name]
        barred = [(int(starts[number]), int(starts[number + 1])) for number in left_out]
        return lambda place: not any(first <= place < last for first, last in barred)

    def _part(self, name: str, starts_name: str, number: int) -> NDArray[Any]:
        first, last = self._arrays[starts_name][number : number + 2]
        return self._arrays[name][int(first) : int(last)]

    def _source(self, number: int) -> Source:
        return decode_source(self._part("sources", "source_starts", number))
