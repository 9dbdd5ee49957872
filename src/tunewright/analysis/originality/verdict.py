"""Originality of a tune: its figures with their places in the corpus, and the verdict.

The figures, and the scale that they are compared with, are those of `nearness`. The verdict follows by the rules of
`VERDICTS` alone.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from tunewright.analysis.originality.nearness import (
    COPIED_SHARE,
    COPIED_SIMILARITY,
    FEWEST_HUMAN_TUNES,
    FEWEST_NOTES,
    Nearness,
    Scale,
)

CLOSE_STANDING = 0.98
"""A tune with more than this share of the human tunes in any figure is called close."""

VERDICTS = {
    "copied": f"at least {COPIED_SHARE:.0%} of its music, bars or melody stand in one corpus tune, "
    f"or its similarity to one is at least {COPIED_SIMILARITY:.2f}",
    "close": f"some figure is greater than in {CLOSE_STANDING:.0%} of human tunes new to this corpus",
    "new": f"no figure is greater than in {CLOSE_STANDING:.0%} of human tunes new to this corpus",
    "unrated": f"fewer than {FEWEST_HUMAN_TUNES} human tunes to set it against",
    "too short": f"fewer than {FEWEST_NOTES} notes to compare",
}
"""Every verdict and its rule."""


@dataclass(frozen=True)
class TuneSource:
    """A tune of the corpus."""

    title: str
    """Empty if it has none."""
    path: str
    line: int
    """Line of its file where it begins, from 1."""

    def __str__(self) -> str:
        return f"“{self.title or 'untitled'}” ({Path(self.path).name}:{self.line})"


@dataclass(frozen=True)
class CopiedSpan:
    """The longest substring of the music that is in a corpus tune; fields and comments do not count."""

    characters: int
    of: int
    """Characters of its music."""
    start: int
    """It is in ``text[start:end]``, perhaps with fields and comments between its lines."""
    end: int
    tunes: int
    """Number of corpus tunes that have it."""
    source: TuneSource
    """The first of them."""


@dataclass(frozen=True)
class CopiedBars:
    """The longest run of bars whose notes and lengths a corpus tune has."""

    bars: int
    of: int
    first: int
    """Number of its first bar, as musicians count."""
    last: int
    source: TuneSource
    source_first: int
    source_last: int
    semitones: int
    """How much higher it is than in the corpus tune."""


@dataclass(frozen=True)
class NearTune:
    """A corpus tune with a melody like this one's."""

    similarity: float
    source: TuneSource


@dataclass(frozen=True)
class SharedPassage:
    """The passage of a corpus melody that explains most of this one."""

    explained: float
    """Score of the local alignment, in moves from note to note: see `melodic_similarity`."""
    share: float
    """The same as a share of all moves of this melody, 0 to 1."""
    notes: int
    """Notes of this tune that it covers."""
    first: int
    """Number of the bar where it begins."""
    last: int
    source: TuneSource


@dataclass(frozen=True)
class Originality:
    """How near a tune is to a corpus."""

    span: CopiedSpan | None
    """None if no character is found."""
    bars: CopiedBars | None
    """None if no bar is found."""
    nearest: tuple[NearTune, ...]
    """The nearest first; found among the candidates of `nearest_tunes`."""
    passage: SharedPassage | None
    notes: int
    standings: Mapping[str, float | None] = field(default_factory=dict)
    """For each figure, the share of human tunes new to the corpus that have less; None if there are too few."""
    human_tunes: int = 0
    """Number of human tunes behind the standings."""

    def beside(self, scale: Scale) -> "Originality":
        """Return a copy with its standings on `scale`."""
        standings = {name: scale.standing(name, value) for name, value in self.figures().items()}
        return replace(self, standings=standings, human_tunes=scale.tunes)

    @property
    def nearness(self) -> Nearness:
        """The figures and shares as numbers."""
        return Nearness(
            characters=self.span.characters if self.span else 0,
            characters_share=self.span.characters / self.span.of if self.span else 0.0,
            bars=self.bars.bars if self.bars else 0,
            bars_share=self.bars.bars / self.bars.of if self.bars else 0.0,
            similarity=self.nearest[0].similarity if self.nearest else 0.0,
            passage=self.passage.explained if self.passage else 0.0,
            passage_share=self.passage.share if self.passage else 0.0,
            notes=self.notes,
        )

    def figures(self) -> dict[str, float]:
        """The values of `nearness.FIGURES`, 0 where nothing was found."""
        return self.nearness.figures()

    @property
    def copied_share(self) -> float:
        """The greatest share of its music, bars (if four or more) or melody that is in one corpus tune, 0 to 1."""
        return self.nearness.copied_share

    @property
    def is_copied(self) -> bool:
        """Whether it is called copied, if it is long enough."""
        return self.nearness.is_copied

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`."""
        if self.notes < FEWEST_NOTES:
            return "too short"
        if self.is_copied:
            return "copied"
        known = [standing for standing in self.standings.values() if standing is not None]
        if not known:
            return "unrated"
        return "close" if max(known) > CLOSE_STANDING else "new"

    @property
    def summary(self) -> str:
        """Verdict and nearest melody in one line."""
        near = self.nearest[0] if self.nearest else None
        return (
            f"{self.verdict}; nearest melody {near.source}, similarity {near.similarity:.2f}" if near else self.verdict
        )

    def to_mapping(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"verdict": self.verdict, "figures": self.figures(), "copied_share": self.copied_share, **asdict(self)}

    def sentences(self) -> tuple[str, ...]:
        """A line of text for each figure, and one for the verdict."""
        lines = []
        if self.span:
            span = self.span
            more = f" and {span.tunes - 1} more" if span.tunes > 1 else ""
            found = f"{span.characters} of {span.of} characters of its music in {span.source}{more}"
            lines.append(f"longest copied span: {found}{self._beside('characters')}")
        if self.bars:
            bars = self.bars
            here, there = _bar_range(bars.first, bars.last), _bar_range(bars.source_first, bars.source_last)
            found = f"{bars.bars} of {bars.of} ({here}) = {there} of {bars.source}{_shifted(bars.semitones)}"
            lines.append(f"longest copied run of bars: {found}{self._beside('bars')}")
        for rank, near in enumerate(self.nearest):
            label = "nearest melody" if rank == 0 else "next"
            beside = self._beside("similarity") if rank == 0 else ""
            lines.append(f"{label}: similarity {near.similarity:.2f}, {near.source}{beside}")
        if self.passage:
            passage = self.passage
            found = f"{passage.notes} of {self.notes} notes ({_bar_range(passage.first, passage.last)})"
            where = f"{found}, explaining {passage.share:.0%} of the melody, like {passage.source}"
            lines.append(f"longest passage alike: {where}{self._beside('passage')}")
        return (*lines, f"verdict: {self.verdict}: {VERDICTS[self.verdict]}")

    def _beside(self, figure: str) -> str:
        standing = self.standings.get(figure)
        return "" if standing is None else f"; more than {standing:.0%} of {self.human_tunes} human tunes new to it"


def _bar_range(first: int, last: int) -> str:
    return f"bar {first}" if first == last else f"bars {first} to {last}"


def _shifted(semitones: int) -> str:
    if not semitones:
        return ""
    unit = "semitone" if abs(semitones) == 1 else "semitones"
    return f", {abs(semitones)} {unit} {'higher' if semitones > 0 else 'lower'}"
