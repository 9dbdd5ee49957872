"""Selection of the best of many composed tunes, by ranks in likelihood, form, originality and variety.

Each criterion counts by a tune's rank among all that were composed, so that its unit does not matter:

- likelihood: nats per composed character under the network alone; fewer is better;
- form: the share of its sections that are whole phrases of four bars; more is better;
- likeness to the corpus, if the network has a discriminator: its logit (see `sampling.choosing`); more is better;
- originality: the share of the tune that one corpus tune holds or the similarity to the nearest, whichever is greater;
  less is better;
- variety: the number of different bars, up to eight (bars and phrases of a good tune recur), times the distance of its
  melody from the most similar one among those kept before; more is better.

Selection is greedy: the tune with the best mean rank is kept, again and again. Tunes that did not end, that are shorter
than eight bars or that are called copied are kept only when no others are left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.originality.melodic_similarity import Moves, compare, moves_of
from tunewright.analysis.originality.verdict import Originality
from tunewright.errors import OptionError
from tunewright.notation.melody import Melody, read_melody
from tunewright.sampling.composition import Composition

FEWEST_BARS = 8
"""Full bars, as written, that a tune must have, unless no longer one is left."""
ENOUGH_BARS = 8
"""Different bars; more count no more."""
PHRASE_BARS = 4


@dataclass(frozen=True)
class Kept:
    """A tune that was kept, and its ranks among all."""

    composition: Composition
    originality: Originality | None
    """None without a corpus to compare with."""
    nats_per_character: float
    likelihood_place: int
    """1 is the most likely."""
    closeness: float
    """To the corpus, 0 to 1; 0 without one."""
    originality_place: int
    """1 is the most original."""
    bars: int
    """Full ones, as written."""
    different_bars: int
    """Number of different ones among them."""
    form: float
    """Share of its sections that are whole phrases of four bars."""
    log_ratio: float | None
    """Logit of the discriminator; None without one."""
    log_ratio_place: int
    """1 is the most like the corpus."""
    likeness: float
    """Similarity to the most similar tune kept before it, 0 to 1."""
    candidates: int
    """Number of tunes that it was chosen from."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it was kept: a line for each criterion."""
        of = f"of {self.candidates}"
        original = f"originality: {self.originality_place}. {of} (closeness to the corpus {self.closeness:.2f})"
        like = f"likeness to the corpus: {self.log_ratio_place}. {of} (log-ratio {self.log_ratio or 0:+.2f} nats)"
        return (
            f"likelihood: {self.likelihood_place}. {of} ({self.nats_per_character:.3f} nats per character)",
            f"form: {self.bars} bars; {self.form:.0%} of its sections are whole phrases of {PHRASE_BARS} bars",
            *((like,) if self.log_ratio is not None else ()),
            original if self.originality else "originality: not known without a corpus",
            f"variety: {self.different_bars} of its bars differ; likeness to those kept before {self.likeness:.2f}",
        )


def keep_best(
    compositions: Sequence[Composition],
    count: int,
    measure: Callable[[str], Originality] | None = None,
    judge: Callable[[str], float] | None = None,
) -> tuple[Kept, ...]:
    """Return the best `count` of `compositions`, the best first.

    Parameters
    ----------
    measure
        Measures how near a text is to the corpus, such as `OriginalityIndex.query`; None ignores originality.
    judge
        Log-ratio of the probabilities of a text in the corpus and from the network, in nats, such as
        `Discriminator.logit`; None ignores it.

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
    bars = [_full_bars(melody) for melody in melodies]
    different = np.array([len(set(each)) for each in bars])
    enough = np.minimum(different, ENOUGH_BARS)
    form = np.array([_form(melody) for melody in melodies])
    ratios = np.array([judge(composition.text) if judge else 0.0 for composition in compositions])
    moves = [moves_of(melody) for melody in melodies]
    sound = np.array([one.ended and len(way) > 0 for one, way in zip(compositions, moves, strict=True)])
    sound &= np.array([len(each) >= FEWEST_BARS for each in bars])
    sound &= np.array([one is None or not one.is_copied for one in found])
    likeness = np.zeros(len(compositions))
    kept: list[Kept] = []
    left = np.ones(len(compositions), dtype=bool)
    while len(kept) < count:
        ranks = _ranks(nats) + _ranks(-form) + _ranks(-enough * (1 - likeness))
        ranks += (_ranks(closeness) if measure else 0) + (_ranks(-ratios) if judge else 0)
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
                bars=len(bars[best]),
                different_bars=int(different[best]),
                form=float(form[best]),
                log_ratio=float(ratios[best]) if judge else None,
                log_ratio_place=_place(-ratios, best),
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


def _full_bars(melody: Melody) -> list[tuple[tuple[int, int], ...]]:
    """Pitches and lengths of the notes of each full bar."""
    bars: list[list[tuple[int, int]]] = [[] for _ in melody.bars]
    for note in melody.notes:
        bars[note.bar].append((note.pitch, note.ticks))
    full = (bar.expected_ticks is None or bar.ticks >= bar.expected_ticks for bar in melody.bars)
    return [tuple(notes) for notes, is_full in zip(bars, full, strict=True) if notes and is_full]


def _form(melody: Melody) -> float:
    """Share of the sections that last whole phrases; a pick-up and the incomplete last bar count as one bar."""
    sections = [list(bars) for _, bars in groupby(melody.bars, key=lambda bar: bar.section)]
    phrases = [PHRASE_BARS * (section[-1].expected_ticks or 0) for section in sections]
    spans = [sum(bar.ticks for bar in section) for section in sections]
    whole = [span % phrase == 0 for span, phrase in zip(spans, phrases, strict=True) if phrase]
    return sum(whole) / len(whole) if whole else 0.0


def _likeness(moves: Sequence[Moves], to: int) -> NDArray[np.float64]:
    return compare(moves[to], moves).similarities


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the others with a smaller value, shape=(N,); equal values have equal ranks."""
    ranks: NDArray[np.float64] = np.searchsorted(np.sort(values), values) / max(len(values) - 1, 1)
    return ranks


def _place(values: NDArray[np.float64], one: int) -> int:
    return 1 + int((values < values[one]).sum())
