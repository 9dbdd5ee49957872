"""The human tunes nearest to a tune, with their text in its key, and which bars of the two are alike.

A corpus is one of those that the library knows by name. Its index is built at the first question, which takes a while,
and is kept in the user's cache; the tunes stay in memory.
"""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from pathlib import Path
from threading import Lock

from tunewright.analysis.originality.corpus_index import OriginalityIndex, originality_index
from tunewright.analysis.originality.verdict import Originality, TuneSource
from tunewright.corpus.library import LIBRARY
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError, TranspositionError
from tunewright.notation.melody import Melody, read_melody
from tunewright.notation.meter import WHOLE
from tunewright.notation.transpose import transpose
from tunewright.studio.settings import Settings

ALIKE = 0.6
"""Two bars are alike if this share of the notes of each stands in the other, in the same order."""

MOST_ALIGNED = 500
"""Notes from the beginning of each tune that are set beside one another."""

LITTLE_MORE = 1.25
"""Factor of notes in common that a shift needs to be taken in place of the usual one."""

WIDEST_SHIFT = 11
"""Semitones by which a human tune is moved to be set beside another, up or down."""


@dataclass(frozen=True)
class AlikeBars:
    """A bar of the tune, and a bar of the human tune that is like it."""

    bar: int
    other: int


@dataclass(frozen=True)
class HumanTune:
    """A human tune beside which a tune can be set."""

    title: str
    source: str
    """File and line where it stands."""
    similarity: float
    """Of the melodies, 0 to 1."""
    text: str
    """In the other tune's key where it can be moved there, else as it stands."""
    semitones: int
    """How far it was moved."""
    alike: tuple[AlikeBars, ...]


class HumanCorpora:
    """Corpora that tunes are compared with, read when they are first asked for."""

    def __init__(self, _: Settings) -> None:
        self._lock = Lock()
        self._known: dict[str, tuple[OriginalityIndex, dict[tuple[str, int], Tune]]] = {}

    def close(self) -> None:
        """Forget them."""
        self._known.clear()

    def compare(self, text: str, corpus: str) -> tuple[Originality, tuple[HumanTune, ...]]:
        """Return how near a tune is to a corpus, and its nearest tunes, the nearest first.

        Raises
        ------
        OptionError
            If no corpus has this name.
        MissingExtraError
            If the package that holds it is not installed.
        """
        index, tunes = self._corpus(corpus)
        figures = index.query(text)
        melody = read_melody(text)
        return figures, tuple(
            _beside(melody, near.source, near.similarity, tunes[near.source.path, near.source.line].text)
            for near in figures.nearest
            if (near.source.path, near.source.line) in tunes
        )

    def _corpus(self, name: str) -> tuple[OriginalityIndex, dict[tuple[str, int], Tune]]:
        if name not in LIBRARY:
            raise OptionError(f"no corpus is called {name[:50]!r}; there are: {', '.join(LIBRARY)}")
        with self._lock:
            if name not in self._known:
                tunes = read_tunes(name)
                places = {(str(tune.path), tune.line): tune for tune in tunes}
                self._known[name] = originality_index(list(tunes)), places
            return self._known[name]


def _beside(melody: Melody, source: TuneSource, similarity: float, text: str) -> HumanTune:
    other = read_melody(text)
    shift = semitones = best_shift(melody, other)
    try:
        moved = transpose(text, shift) if shift else text
    except TranspositionError:
        semitones, moved = 0, text
    place = f"{Path(source.path).name}:{source.line}"
    return HumanTune(source.title or "Untitled", place, similarity, moved, semitones, alike_bars(melody, other, shift))


def best_shift(melody: Melody, other: Melody) -> int:
    """Return by how many semitones `other` must be moved to have most notes in common with `melody`, in their order.

    The shift that makes their last notes (most often the tonic) equal is preferred where another has little more.
    """

    def common(shift: int) -> int:
        return sum(block.size for block in _matcher(melody, other, shift).get_matching_blocks())

    if not melody.notes or not other.notes:
        return 0
    usual = (melody.notes[-1].pitch - other.notes[-1].pitch + 6) % 12 - 6
    best = max(range(-WIDEST_SHIFT, WIDEST_SHIFT + 1), key=lambda shift: (common(shift), -abs(shift)))
    return best if common(best) > LITTLE_MORE * common(usual) else usual


def alike_bars(melody: Melody, other: Melody, shift: int) -> tuple[AlikeBars, ...]:
    """Return the pairs of bars that are alike when `other` is moved by `shift` semitones."""
    shared: Counter[tuple[int, int]] = Counter()
    for block in _matcher(melody, other, shift).get_matching_blocks():
        for step in range(block.size):
            shared[melody.notes[block.a + step].bar, other.notes[block.b + step].bar] += 1
    here = Counter(note.bar for note in melody.notes)
    there = Counter(note.bar for note in other.notes)
    pairs = sorted(
        (melody.bars[bar].number, other.bars[bar_there].number)
        for (bar, bar_there), count in shared.items()
        if count >= ALIKE * here[bar] and count >= ALIKE * there[bar_there]
    )
    return tuple(AlikeBars(*pair) for pair in dict.fromkeys(pairs))


def _matcher(melody: Melody, other: Melody, shift: int) -> SequenceMatcher[tuple[int, Fraction]]:
    return SequenceMatcher(None, _signs(melody, 0), _signs(other, shift), autojunk=False)


def _signs(melody: Melody, shift: int) -> list[tuple[int, Fraction]]:
    """Pitch, and the part of its bar that each note fills: so 2/4 in sixteenths is like 4/4 in eighths."""
    return [
        (note.pitch + shift, Fraction(note.ticks, melody.bars[note.bar].expected_ticks or WHOLE))
        for note in melody.notes[:MOST_ALIGNED]
    ]
