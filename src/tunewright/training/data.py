"""Which tunes does a network learn from, and on which is it measured?"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tunewright.corpus.built_corpus import BuiltCorpus
from tunewright.corpus.shards import count_characters
from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import Ids, Vocabulary
from tunewright.training.evaluate import BuiltEvaluationSet, EvaluationSet, Measurable

SAMPLE_TUNES = 50
"""Training tunes on which losses are measured after every epoch."""
SAMPLE_SEED = 805


@dataclass(frozen=True)
class TrainingData:
    """What a network learns from, and what it is measured on."""

    vocabulary: Vocabulary
    """The characters of the training tunes."""
    tunes: Sequence[Ids]
    """Framed tunes to learn from."""
    sample: EvaluationSet
    """A fixed part of the same tunes, to measure on."""
    validation: Measurable
    """Tunes that are never learned from."""
    known_fingerprint: str = ""
    """Of tunes that need not be read to know it."""

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

    @classmethod
    def built(cls, corpus: BuiltCorpus) -> "TrainingData":
        """Take the tunes of a built corpus, which stay on disk."""
        chosen = np.random.default_rng(SAMPLE_SEED).permutation(len(corpus.training))[:SAMPLE_TUNES]
        return cls(
            corpus.vocabulary,
            corpus.training.ids,
            EvaluationSet.of(corpus.training.read(sorted(chosen.tolist())), corpus.vocabulary),
            BuiltEvaluationSet(corpus.validation, corpus.vocabulary, corpus.unknown),
            corpus.fingerprint,
        )

    @property
    def characters(self) -> int:
        """Characters in one epoch."""
        return count_characters(self.tunes)

    def text_of(self, tune: Ids) -> str:
        """A framed tune as ABC, without its boundary characters."""
        return self.vocabulary.decode(tune[1:-1].tolist())

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything that is learned from or validated on."""
        if self.known_fingerprint:
            return self.known_fingerprint
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
            "unknown_characters": sum(self.validation.unknown_counts.values()),
            "fingerprint": self.fingerprint,
        }
