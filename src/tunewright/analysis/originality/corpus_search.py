"""Search of a corpus for what a tune copies from it, and for the melodies nearest to it.

The corpus is given as the arrays of `corpus_arrays`. The copied span and the copied run of bars are exact; the nearest
melody is the nearest of the `CANDIDATES` that `nearest_tunes` proposes.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.originality.copied_spans import (
    BETWEEN_TUNES,
    LINK_BYTES,
    NOWHERE,
    Alphabet,
    Bars,
    Music,
    as_bytes,
    as_looked_for,
    bars_of,
    music_of,
)
from tunewright.analysis.originality.corpus_arrays import decode_source
from tunewright.analysis.originality.melodic_similarity import (
    MelodicComparison,
    Moves,
    compare,
    locate_passage,
    moves_of,
)
from tunewright.analysis.originality.nearest_tunes import GramIndex
from tunewright.analysis.originality.nearness import Nearness
from tunewright.analysis.originality.suffix_array import SharedPiece, SortedBody
from tunewright.analysis.originality.verdict import (
    CopiedBars,
    CopiedSpan,
    NearTune,
    Originality,
    SharedPassage,
    TuneSource,
)
from tunewright.notation.melody import Melody, read_melody

CANDIDATES = 64
"""Corpus tunes whose melodies are compared in full with a query of up to `USUAL_MOVES` moves. A longer query has
proportionally fewer, down to a quarter, because its many n-grams select better."""

USUAL_MOVES = 150

NEAREST = 3
"""Corpus tunes that are named."""


@dataclass(frozen=True)
class _Query:
    """A query tune, encoded for the search."""

    characters: bytes
    bars: bytes
    moves: Moves


@dataclass(frozen=True)
class _Found:
    """Results of a query."""

    span: SharedPiece
    bars: SharedPiece
    candidates: NDArray[np.int64]
    """Numbers of C corpus tunes, shape=(C,)."""
    comparison: MelodicComparison
    """Comparison of the query's melody with theirs."""


def _looked_for(bars: NDArray[np.uint64]) -> bytes:
    return as_bytes(np.where(bars == BETWEEN_TUNES, np.uint64(NOWHERE), bars)).tobytes()


class CorpusSearch:
    """A corpus, ready to be searched.

    Parameters
    ----------
    symbols
        The characters of its alphabet.
    arrays
        See `corpus_arrays.corpus_arrays`.
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
            Numbers of corpus tunes to ignore.
        """
        melody, music = read_melody(text), music_of(text)
        bars = bars_of(melody)
        query = _Query(self._alphabet.of_tune(music.characters), _looked_for(bars.codes), moves_of(melody))
        found = self._find(query, left_out)
        return Originality(
            span=self._copied_span(music, query.characters, found.span, left_out),
            bars=self._copied_bars(bars, found.bars),
            nearest=self._nearest(found.comparison, found.candidates),
            passage=self._passage(melody, query.moves, found.comparison, found.candidates),
            notes=len(melody.notes),
        )

    def nearness(self, number: int, left_out: Sequence[int] = ()) -> Nearness:
        """Return only the numbers of a tune of the corpus, which is faster than `measure`.

        Parameters
        ----------
        number
            Number of the tune.
        left_out
            Numbers of corpus tunes to ignore.
        """
        characters = self._part("characters", "character_starts", number)[:-1]
        bars = self._part("bars", "bar_starts", number)[:-1]
        query = _Query(as_looked_for(characters.tobytes()), _looked_for(bars), self._moves(number))
        found = self._find(query, left_out)
        explained = float(found.comparison.explained.max(initial=0.0))
        return Nearness(
            characters=found.span.length,
            characters_share=found.span.length / max(1, len(query.characters)),
            bars=found.bars.length,
            bars_share=found.bars.length / max(1, len(bars)),
            similarity=float(found.comparison.similarities.max(initial=0.0)),
            passage=explained,
            passage_share=explained / max(1, len(query.moves)),
            notes=len(query.moves) + 1 if len(query.moves) else 0,
        )

    def _find(self, query: _Query, left_out: Sequence[int]) -> _Found:
        wanted = max(CANDIDATES * USUAL_MOVES // max(USUAL_MOVES, len(query.moves)), CANDIDATES // 4)
        numbers = self._grams.candidates(query.moves, wanted, left_out)
        return _Found(
            span=self._characters.longest(query.characters, self._allowed("character_starts", left_out)),
            bars=self._bars.longest(query.bars, self._allowed("bar_starts", left_out)),
            candidates=numbers,
            comparison=compare(query.moves, [self._moves(int(number)) for number in numbers]),
        )

    def _copied_span(
        self, music: Music, codes: bytes, found: SharedPiece, left_out: Sequence[int]
    ) -> CopiedSpan | None:
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

    def _copied_bars(self, bars: Bars, found: SharedPiece) -> CopiedBars | None:
        if not found.length:
            return None
        first, last = found.start, found.start + found.length - 1
        there, numbers = found.place, self._arrays["bar_numbers"]
        return CopiedBars(
            bars=found.length,
            of=len(bars.codes),
            first=int(bars.numbers[first]),
            last=int(bars.numbers[last]),
            source=self._source(bisect_right(self._arrays["bar_starts"], there) - 1),
            source_first=int(numbers[there]),
            source_last=int(numbers[there + found.length - 1]),
            semitones=int(bars.pitches[first]) - int(self._arrays["bar_pitches"][there]),
        )

    def _nearest(self, comparison: MelodicComparison, numbers: NDArray[np.int64]) -> tuple[NearTune, ...]:
        values = comparison.similarities
        best = [index for index in np.argsort(-values, kind="stable")[:NEAREST] if values[index] > 0]
        return tuple(NearTune(float(values[index]), self._source(int(numbers[index]))) for index in best)

    def _passage(
        self, melody: Melody, moves: Moves, comparison: MelodicComparison, numbers: NDArray[np.int64]
    ) -> SharedPassage | None:
        if not comparison.explained.any():
            return None
        best = int(np.argmax(comparison.explained))
        explained = float(comparison.explained[best])
        other = self._moves(int(numbers[best]))
        place = locate_passage(moves, other, explained)
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
        ranges = [(int(starts[number]), int(starts[number + 1])) for number in left_out]
        if len(ranges) == 1:  # the usual case
            ((begin, end),) = ranges
            return lambda place: not begin <= place < end
        return lambda place: not any(first <= place < last for first, last in ranges)

    def _moves(self, number: int) -> Moves:
        return self._part("moves", "move_starts", number)

    def _part(self, name: str, starts_name: str, number: int) -> NDArray[Any]:
        first, last = self._arrays[starts_name][number : number + 2]
        return self._arrays[name][int(first) : int(last)]

    def _source(self, number: int) -> TuneSource:
        return decode_source(self._part("sources", "source_starts", number))
