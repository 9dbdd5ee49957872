"""Training data: the tunes that a network learns from and is measured on, in which keys, and the batches of an epoch.

Batches depend on the options and on a generator that is made from the seed and the number of the epoch, so that an
interrupted epoch can be continued without any saved state of the generator.

Transposition (`KeyedTunes`) is data augmentation: a tune in another key is another text and the same music. The keys
of a corpus, and how common each of them is, are facts that a network must learn too; so a tune moves to a key of its
own mode that other tunes have, drawn in proportion to how many have it. A tune that cannot be moved exactly, or would
need a character outside the vocabulary, stays as it is.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tunewright.corpus.batches import Batch, WholeTunes, count_streams, count_windows, streams, windows
from tunewright.corpus.large.built_corpus import BuiltCorpus
from tunewright.corpus.large.shards import count_characters
from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import END, START, Tune
from tunewright.corpus.vocabulary import Ids, Vocabulary
from tunewright.errors import TranspositionError
from tunewright.notation.keys import parse_key
from tunewright.notation.transpose import transpose
from tunewright.training.config import TrainingConfig
from tunewright.training.evaluate import BuiltEvaluationSet, EvaluationSet, Measurable

SAMPLE_TUNES = 50
"""Number of training tunes on which losses are measured after every epoch."""
SAMPLE_SEED = 805
_FIRST_KEY = re.compile(r"^K:[ \t]*(([A-G][#b]?).*)$", re.MULTILINE)


@dataclass(frozen=True)
class TrainingData:
    """The tunes that a network learns from, and those that it is measured on."""

    vocabulary: Vocabulary
    """The characters of the training tunes."""
    tunes: Sequence[Ids]
    """Framed training tunes."""
    sample: EvaluationSet
    """A fixed sample of the training tunes, to measure on."""
    validation: Measurable
    """Validation tunes, which are never learned from."""
    known_fingerprint: str = ""
    """Fingerprint of a built corpus; empty if it must be computed from the tunes."""

    @classmethod
    def of(cls, training: Sequence[Tune], validation: Sequence[Tune] = ()) -> "TrainingData":
        """Encode the tunes; without `validation` tunes, hold back a tenth, near-duplicates together."""
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
        """Use the tunes of a built corpus, which stay on disk; raises CorpusError if a file is damaged."""
        corpus.verify()
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
        """Number of characters in one epoch."""
        return count_characters(self.tunes)

    def text_of(self, tune: Ids) -> str:
        """Return a framed tune as ABC, without its boundary characters."""
        return self.vocabulary.decode(tune[1:-1].tolist())

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the vocabulary, the training tunes and the validation tunes."""
        if self.known_fingerprint:
            return self.known_fingerprint
        digest = hashlib.sha256(self.vocabulary.symbols.encode())
        for ids in (*self.tunes, *self.validation.tunes):
            digest.update(ids.tobytes())
        return digest.hexdigest()

    def describe(self) -> dict[str, int | str]:
        """Return counts and fingerprint, for the record of a training."""
        return {
            "training_tunes": len(self.tunes),
            "training_characters": self.characters,
            "validation_tunes": len(self.validation.tunes),
            "validation_characters": self.validation.source_characters,
            "unknown_characters": sum(self.validation.unknown_counts.values()),
            "fingerprint": self.fingerprint,
        }


class KeyedTunes:
    """Tunes and the keys that they can be moved to.

    Parameters
    ----------
    tunes
        Framed tunes as ids.
    vocabulary
        Vocabulary of the ids.
    """

    def __init__(self, tunes: Sequence[Ids], vocabulary: Vocabulary) -> None:
        self.tunes, self.vocabulary = tunes, vocabulary
        self._keys = [_tonic_and_mode(vocabulary.decode(ids)) for ids in tunes]
        counts = Counter(key for key in self._keys if key)
        modes: dict[str, Counter[str]] = {}
        for (tonic, mode), count in counts.items():
            modes.setdefault(mode, Counter())[tonic] = count
        self._tonics = {
            mode: (list(tonics), np.array(list(tonics.values())) / tonics.total()) for mode, tonics in modes.items()
        }

    def epoch(self, share: float, generator: np.random.Generator) -> list[Ids]:
        """Return all tunes in order, about `share` of them in a key that `generator` draws, maybe their own."""
        return [
            self._in_another_key(ids, key, generator) if key and generator.random() < share else ids
            for ids, key in zip(self.tunes, self._keys, strict=True)
        ]

    def _in_another_key(self, ids: Ids, key: tuple[str, str], generator: np.random.Generator) -> Ids:
        tonic, mode = key
        tonics, shares = self._tonics[mode]
        wanted = tonics[generator.choice(len(tonics), p=shares)]
        if wanted == tonic:
            return ids
        text = self.vocabulary.decode(ids).removeprefix(START).removesuffix(END)
        try:
            moved = transpose(text, wanted)
        except TranspositionError:
            return ids
        return ids if self.vocabulary.unknown(moved) else self.vocabulary.encode(START + moved + END)


def batches_of(
    tunes: Sequence[Ids], config: TrainingConfig, generator: np.random.Generator
) -> tuple[int, Iterator[Batch]]:
    """Return the number of batches in an epoch of `tunes`, and the batches."""
    size = {"sequence_length": config.sequence_length, "batch_size": config.batch_size}
    match config.feed:
        case "windows":
            return count_windows(count_characters(tunes), **size), windows(tunes, **size, generator=generator)
        case "streams":
            resets = config.state_reset_probability
            batches = streams(tunes, **size, state_reset_probability=resets, generator=generator)
            return count_streams(count_characters(tunes), **size), batches
        case "tunes":
            whole = WholeTunes(tunes, **size, generator=generator)
            return len(whole), iter(whole)


def generator_of(config: TrainingConfig, epoch: int) -> np.random.Generator:
    """Return the random generator of an epoch, which counts from 0."""
    return np.random.default_rng([config.seed, epoch])


def _tonic_and_mode(text: str) -> tuple[str, str] | None:
    """Return a pair such as ``("Bb", "major")``; None if the first ``K:`` names no key with a tonic."""
    match = _FIRST_KEY.search(text)
    key = parse_key(match[1]) if match else None
    return (match[2], key.mode) if match and key and key.mode else None
