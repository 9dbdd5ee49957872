"""Which tunes does a network learn from, and on which is it measured?"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import Ids, Vocabulary
from tunewright.training.evaluate import EvaluationSet

SAMPLE_TUNES = 50
"""Training tunes on which losses are measured after every epoch."""
SAMPLE_SEED = 805


@dataclass(frozen=True)
class TrainingData:
    """What a network learns from, and what it is measured on."""

    vocabulary: Vocabulary
    """The characters of the training tunes."""
    tunes: tuple[Ids, ...]
    """Framed tunes to learn from."""
    sample: EvaluationSet
    """A fixed part of the same tunes, to measure on."""
    validation: EvaluationSet
    """Tunes that are never learned from."""

    @classmethod
    def of(cls, training: Sequence[Tune], validation: Sequence[Tune] = ()) -> "TrainingData":
        """Encode the tunes; without `validation` tunes, keep a tenth back, near-duplicates together."""
        if not validation:
            training, validation = split_tunes(training)
        vocabulary = Vocabulary.of(training)
        chosen = np.random.default_rng(SAMPLE_SEED).permutation(len(training))[:SAMPLE_TUNES]
        return cls(
            vocabulary,
            tuple(vocabulary.encode(tune.framed) for tune in training),
            EvaluationSet.of([training[number] for number in sorted(chosen)], vocabulary),
            EvaluationSet.of(validation, vocabulary),
        )

    @property
    def characters(self) -> int:
        """Characters in one epoch."""
        return sum(len(ids) for ids in self.tunes)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything that is learned from or validated on."""
        digest = hashlib.sha256(self.vocabulary.symbols.encode())
        for ids in (*self.tunes, *self.validation.tunes):
            digest.update(ids.tobytes())
        return digest.hexdigest()

    def describe(self) -> dict[str, int | str]:
        """Counts and fingerprint, for the record."""
        return {
            "training_tunes": len(self.tunes),
            "training_characters": self.characters,
            "validation_tunes": len(self.validation.tunes),
            "validation_characters": self.validation.source_characters,
            "unknown_characters": len(self.validation.unknown),
            "fingerprint": self.fingerprint,
        }
