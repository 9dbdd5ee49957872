"""Which of many composed tunes are worth keeping, and why?

Three things count, each by a tune's rank among all that were composed, so that none outweighs the others by its unit:

- likelihood: nats per composed character under the network alone; fewer is better;
- originality: the greater of the share that one corpus tune holds and the similarity to the nearest; less is better;
- variety: the share of a tune's bars that differ from each other, times what its melody has apart from the one most
  like it among those kept before; more is better.

Tunes are taken one after the other, always the one with the best mean rank. What did not come to its end, holds no
melody or is called copied comes in only when nothing else is left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.melodic_similarity import Moves, compare, moves_of
from tunewright.analysis.originality_figures import Originality
from tunewright.errors import OptionError
from tunewright.notation.melody import Melody, read_melody
from tunewright.sampling.compose import Composition


@dataclass(frozen=True)
class Kept:
    """A tune that was kept, and its places among all."""

    composition: Composition
    originality: Originality | None
    """None without a corpus to compare with."""
    nats_per_character: float
    likelihood_place: int
    """1 is the likeliest."""
    closeness: float
    """To the corpus, 0 to 1; 0 without one."""
    originality_place: int
    """1 is the most original."""
    different_bars: float
    """Share of its bars that differ from each other."""
    likeness: float
    """Similarity to the most similar tune that was kept before it, 0 to 1."""
    candidates: int
    """Among so many tunes."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it was kept, in words."""
        of = f"of {self.candidates}"
        original = f"originality: {self.originality_place}. {of} (closeness to the corpus {self.closeness:.2f})"
        return (
            f"likelihood: {self.likelihood_place}. {of} ({self.nats_per_character:.3f} nats per character)",
            original if self.originality else "originality: not known without a corpus",
            f"variety: {self.different_bars:.0%} of its bars differ; likeness to those kept before {self.likeness:.2f}",
        )


def keep_best(
    compositions: Sequence[Composition], count: int, measure: Callable[[str], Originality] | None = None
) -> tuple[Kept, ...]:
    """Return the best `count` of `compositions`, the best first.

    Parameters
    ----------
    measure
        Says how near a text is to the corpus, such as `OriginalityIndex.query`; without it originality does not count.

    Raises
    ------
    OptionError
        If there are fewer than `count`.
    """
    if not 1 <= count <= len(compositions):
        raise OptionError(f"keep is {count}; allowed: 1 up to the {len(compositions)} tunes that are composed")
    melodies = [read_melody(composition.text) for composition in compositions]
    found = [measure(composition.text) if measure else None for composition in compositions]
    nats = np.array([-one.likelihood / max(one.composed, 1) for one in compositions])
    closeness = np.array([_closeness(one) for one in found])
    different = np.array([_different_bars(melody) for melody in melodies])
    moves = [moves_of(melody) for melody in melodies]
    sound = np.array([one.ended and len(way) > 0 for one, way in zip(compositions, moves, strict=True)])
    sound &= np.array([one is None or not one.is_copied for one in found])
    likeness = np.zeros(len(compositions))
    kept: list[Kept] = []
    left = np.ones(len(compositions), dtype=bool)
    while len(kept) < count:
        ranks = _ranks(nats) + _ranks(-different * (1 - likeness)) + (_ranks(closeness) if measure else 0)
        best = int(np.lexsort((ranks, ~sound, ~left))[0])
        left[best] = False
        kept.append(
            Kept(
                composition=compositions[best],
                originality=found[best],
                nats_per_character=float(nats[best]),
                likelihood_place=_place(nats, best),
                closeness=float(closeness[best]),
                originality_place=_place(closeness, best),
                different_bars=float(different[best]),
                likeness=float(likeness[best]),
                candidates=len(compositions),
            )
        )
        likeness = np.maximum(likeness, _likeness(moves, best))
    return tuple(kept)


def _closeness(originality: Originality | None) -> float:
    if originality is None:
        return 0.0
    return max(originality.copied_share, originality.figures()["similarity"])


def _different_bars(melody: Melody) -> float:
    bars: dict[int, list[object]] = {number: [] for number in range(len(melody.bars))}
    for note in melody.notes:
        bars[note.bar].append((note.pitch, note.length))
    written = [tuple(bar) for bar in bars.values() if bar]
    return len(set(written)) / len(written) if written else 0.0


def _likeness(moves: Sequence[Moves], to: int) -> NDArray[np.float64]:
    return compare(moves[to], moves).similarities


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the others that have less, shape=(N,); equal values have equal ranks."""
    ranks: NDArray[np.float64] = np.searchsorted(np.sort(values), values) / max(len(values) - 1, 1)
    return ranks


def _place(values: NDArray[np.float64], one: int) -> int:
    return 1 + int((values < values[one]).sum())
