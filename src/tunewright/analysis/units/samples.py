"""Tunes of a study of units, divided into two sides, with the activations and labels of their characters.

Tunes to choose by and tunes to confirm on are different tunes; no tune is on both sides in two settings. From a large
corpus a side takes at most a given number of characters, in tunes spread evenly over it, so that memory does not grow
with the data. A side holds its texts, and one number for each unit and for each label at each character.

Characters that the network does not know are left out of what it reads, and have no row.

Shapes: U units of all layers, K labels, N characters.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunewright.analysis.activations import stream_activations
from tunewright.analysis.units.labels import LABELS, label_values
from tunewright.analysis.units.selectivity import Floats, Sample
from tunewright.corpus.split import group_tunes, split_tunes
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import Vocabulary
from tunewright.errors import CorpusError, OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.model.network import CharNetwork
from tunewright.options import require_whole

CHARACTERS, MOST_CHARACTERS = 100_000, 1_000_000_000
"""Default for the most characters of a side."""

LabelText = Callable[[str], Floats]
"""Computes the labels of a text, shape=(K, characters)."""


@dataclass(frozen=True)
class Side:
    """Some tunes as a network reads them, with their labels."""

    tunes: tuple[Tune, ...]
    """Those with at least one character that the network knows."""
    texts: tuple[str, ...]
    """Texts of the tunes, without the characters that the network does not know."""
    starts: NDArray[np.int64]
    """Start of each text among the N characters, and N itself at the end."""
    labels: Floats
    """Shape=(K, N)."""
    unknown: int
    """Number of characters that were left out."""

    @property
    def tune_numbers(self) -> NDArray[np.int32]:
        """Number of the tune of each character, shape=(N,)."""
        return np.repeat(np.arange(len(self.texts), dtype=np.int32), np.diff(self.starts))

    def read(self, network: CharNetwork, vocabulary: Vocabulary, quantity: str) -> Sample:
        """Return the activations of all units of `network` on this side, with its labels.

        Raises
        ------
        VocabularyError
            If it does not know a character that the tunes were labelled for.
        """
        layers, width = network.config.layers, network.config.units
        units = np.empty((layers * width, int(self.starts[-1])), np.float32)  # (U, N)
        ids = (vocabulary.encode(text) for text in self.texts)
        for start, found in zip(self.starts, stream_activations(network, ids, [quantity]), strict=False):
            values = found[quantity]  # (L, T, H)
            units[:, start : start + values.shape[1]] = values.transpose(0, 2, 1).reshape(len(units), -1)
        return Sample(units, self.labels, GRADED, self.tune_numbers)


GRADED = np.array([label.kind == "graded" for label in LABELS])
"""Whether each label is graded, shape=(K,)."""


def make_side(tunes: Sequence[Tune], vocabulary: Vocabulary, label: LabelText) -> Side:
    """Label `tunes` for a network with this vocabulary.

    Raises
    ------
    CorpusError
        If no tune has a character that the network knows.
    """
    kept: list[Tune] = []
    texts, rows, unknown = [], [], 0
    for tune in tunes:
        known = np.fromiter((character in vocabulary.symbols for character in tune.text), bool, len(tune.text))
        unknown += len(known) - int(known.sum())
        if known.any():
            kept.append(tune)
            texts.append("".join(character for character, is_known in zip(tune.text, known, strict=True) if is_known))
            rows.append(label(tune.text)[:, known])
    if not kept:
        raise CorpusError("there is nothing to read: no tune has a character that the network knows; give other tunes")
    starts = np.cumsum([0, *map(len, texts)])
    return Side(tuple(kept), tuple(texts), starts, np.concatenate(rows, axis=1), unknown)


def choose_tunes(
    tunes: Sequence[Tune], held_out: Sequence[Tune] | None, characters: int
) -> tuple[list[Tune], list[Tune]]:
    """Return the tunes to choose by, and those to confirm on: `held_out`, or half of `tunes` if it is None.

    Tunes of which `held_out` has a setting are left out of `tunes`.

    Raises
    ------
    OptionError
        If `tunes` cannot be halved, because they are settings of one tune; if `held_out` has all of them.
    """
    if held_out is None:
        # Twice the characters of a side are enough to split; the rest of a large corpus need not be compared.
        choosing, confirming = split_tunes(_spread(tunes, 2 * characters), validation_fraction=0.5)
        return _spread(choosing, characters), _spread(confirming, characters)
    held_back = _spread(held_out, characters)
    return _others(_spread(tunes, characters), held_back), held_back


def _others(tunes: list[Tune], held_out: list[Tune]) -> list[Tune]:
    """Those of `tunes` of which `held_out` has no setting."""
    groups = group_tunes([*tunes, *held_out])
    shared = {number for group in groups if max(group) >= len(tunes) for number in group}
    others = [tune for number, tune in enumerate(tunes) if number not in shared]
    if not others:
        raise OptionError("every tune to choose by is among those to confirm on, or is a setting of one; give others")
    return others


def _spread(tunes: Sequence[Tune], characters: int) -> list[Tune]:
    """All tunes, or some spread evenly over them, with at most `characters` in all; at least one."""
    sizes = np.array([len(tune.text) for tune in tunes])
    step = max(1.0, float(sizes.sum()) / characters)
    places = np.unique(np.arange(0, len(tunes), step).astype(int))
    fitting = int((np.cumsum(sizes[places]) <= characters).sum()) if step > 1 else len(places)
    return [tunes[place] for place in places[: max(1, fitting)]]


@dataclass(frozen=True)
class Sides:
    """The tunes of a study, labelled for networks of one vocabulary."""

    choosing: Side
    confirming: Side

    @classmethod
    def of(
        cls,
        model: Checkpoint,
        tunes: Sequence[Tune],
        held_out: Sequence[Tune] | None = None,
        characters: int = CHARACTERS,
        label: LabelText = label_values,
    ) -> "Sides":
        """Divide and label `tunes`; `held_out`, if given, are those to confirm on. See `choose_tunes`.

        `characters` is the most characters of each side, 1,000 or more.
        """
        require_whole("characters", characters, 1000, MOST_CHARACTERS)
        pair = choose_tunes(tunes, held_out, characters)
        return cls(*(make_side(part, model.vocabulary, label) for part in pair))
