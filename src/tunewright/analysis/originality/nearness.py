"""Nearness of a tune to a corpus in four figures, and the scale of human tunes that they are compared with.

The four figures, each greater the nearer the tune is to the corpus:

- `characters`: the longest piece of its music that a corpus tune has, character by character;
- `bars`: the longest run of its bars whose notes and lengths a corpus tune has, in any key;
- `similarity`: the edit similarity to the nearest corpus melody, 0 to 1;
- `passage`: how many of its moves from note to note one passage of a corpus melody explains.

A figure is judged against human tunes that are new to the corpus: its standing is the share of them that have less. A
human tune that would itself be called copied is another setting of a corpus tune, not new to the corpus; it is left out
of the scale and counted.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FIGURES = ("characters", "bars", "similarity", "passage")

FEWEST_HUMAN_TUNES = 20
"""Human tunes that a scale needs to give a standing."""

FEWEST_NOTES = 16
"""Notes that a tune needs to get a verdict, or a place on a scale."""

COPIED_SHARE = 0.5
"""A tune is called copied if at least this share of its music, bars or melody is in one corpus tune ..."""

FEWEST_COPIED_BARS = 4
"""A shorter run of bars does not count as copied, whatever its share."""

COPIED_SIMILARITY = 0.6
"""... or if its edit similarity is at least this; unrelated tunes rarely exceed 0.45, settings of one have 0.9."""


@dataclass(frozen=True)
class Nearness:
    """The four figures of a tune; 0 where nothing was found."""

    characters: int
    characters_share: float
    """Of its music, 0 to 1."""
    bars: int
    bars_share: float
    """Of its bars, 0 to 1."""
    similarity: float
    passage: float
    passage_share: float
    """Of its moves, 0 to 1."""
    notes: int
    """Number of notes; may be 0 where there are fewer than two."""

    def figures(self) -> dict[str, float]:
        """The values of `FIGURES`."""
        return {name: getattr(self, name) for name in FIGURES}

    @property
    def copied_share(self) -> float:
        """The greatest share of its music, bars (if four or more) or melody that is in one corpus tune, 0 to 1."""
        bars_share = self.bars_share if self.bars >= FEWEST_COPIED_BARS else 0.0
        return max(self.characters_share, bars_share, self.passage_share)

    @property
    def is_copied(self) -> bool:
        """Whether it is called copied, if it is long enough."""
        return self.copied_share >= COPIED_SHARE or self.similarity >= COPIED_SIMILARITY


@dataclass(frozen=True)
class Scale:
    """The figures of human tunes that are new to a corpus."""

    description: str
    figures: Mapping[str, tuple[float, ...]]
    """For each of `FIGURES`, those of all tunes in ascending order."""
    settings: int = 0
    """Human tunes that were left out because they would be called copied themselves."""

    @classmethod
    def of(cls, description: str, measured: Iterable[Nearness]) -> "Scale":
        """The scale of human tunes that were measured."""
        long_enough = [one for one in measured if one.notes >= FEWEST_NOTES]
        new = [one.figures() for one in long_enough if not one.is_copied]
        figures = {name: tuple(sorted(values[name] for values in new)) for name in FIGURES}
        return cls(description, figures, len(long_enough) - len(new))

    @property
    def tunes(self) -> int:
        """Number of human tunes."""
        return len(self.figures[FIGURES[0]])

    def standing(self, figure: str, value: float) -> float | None:
        """Return the share of the human tunes with less than `value`; None if there are too few of them."""
        values = self.figures[figure]
        return bisect_left(values, value) / len(values) if self.tunes >= FEWEST_HUMAN_TUNES else None

    def to_mapping(self) -> dict[str, Any]:
        """Plain values for JSON."""
        figures = {name: list(self.figures[name]) for name in FIGURES}
        return {"description": self.description, "figures": figures, "settings": self.settings}

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> "Scale":
        """The scale that `to_mapping` wrote."""
        figures = {name: tuple(values["figures"][name]) for name in FIGURES}
        return cls(values["description"], figures, values["settings"])
