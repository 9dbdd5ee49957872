"""Evaluation: the loss of a network on tunes, under two protocols.

The protocols rank networks differently, so their losses are never compared with each other:

full_tune
    Every character of every tune once, the state zero at the tune's start and carried through it.
cold_window
    Windows of 30 characters, the state zero at each window's start: a fixed, seeded set of 20 per tune. The mean over
    tunes of the mean over their windows.

Losses are in nats per character. A tune is framed by two boundary characters where its file may have longer tags or
blank lines; so that figures can be compared whatever the boundaries look like, `full_tune` divides by the number of
characters in the source file, tags included. `cold_window` divides by the characters that the windows predict.

A character outside the vocabulary cannot be predicted. It is left out of text and losses, and reported.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tunewright.corpus.batches import END_ID
from tunewright.corpus.large.built_corpus import BuiltSide
from tunewright.corpus.readers import Tunes, measured_tunes
from tunewright.corpus.tune import Tune
from tunewright.corpus.vocabulary import Ids, UnknownCharacter, Vocabulary
from tunewright.errors import CorpusError
from tunewright.model.checkpoint import Checkpoint, Model, checkpoint_of
from tunewright.model.network import IGNORED, CharNetwork, State, load_network
from tunewright.model.threads import side_by_side

WINDOW_LENGTH = 30
WINDOWS_PER_TUNE = 20
WINDOW_SEED = 151

LANES = {"cpu": 32, "cuda": 256}
"""Number of sequences in a batch, by the kind of device: on a processor enough to fill one core, because each core
reads batches of its own."""
CHUNK = 64
"""Time steps per call; a Transformer, which reads the whole tune in each call, has all in one."""

TUNES_AT_ONCE = 2048
"""Number of tunes of a built corpus that are in memory at once, with their windows."""


Predict = Callable[[Sequence[Ids]], NDArray[np.float64]]
"""Returns the nats of each sequence after its first character, as `nats_per_sequence` does."""


@dataclass(frozen=True)
class EvaluationSet:
    """Tunes prepared for both protocols."""

    tunes: tuple[Ids, ...]
    """Framed tunes as ids."""
    source_characters: int
    """Number of characters of the tunes in their files, without the unknown ones."""
    windows: tuple[Ids, ...]
    """For `cold_window`, tune by tune: WINDOW_LENGTH + 1 ids each, or a whole shorter tune."""
    unknown: tuple[UnknownCharacter, ...]
    """Characters that were left out, each with its place."""

    @classmethod
    def of(
        cls, tunes: Sequence[Tune], vocabulary: Vocabulary, generator: np.random.Generator | None = None
    ) -> "EvaluationSet":
        """Encode `tunes` and draw the fixed set of windows; with `generator`, as a later part of a larger set."""
        unknown = tuple(
            found for tune in tunes for found in vocabulary.unknown(tune.text, path=tune.path, line=tune.line)
        )
        encoded = tuple(vocabulary.encode_known(tune.framed) for tune in tunes)
        generator = generator or np.random.default_rng(WINDOW_SEED)
        windows = []
        for ids in encoded:
            starts = generator.integers(max(1, len(ids) - WINDOW_LENGTH), size=WINDOWS_PER_TUNE)
            windows += [ids[start : start + WINDOW_LENGTH + 1] for start in starts]
        characters = sum(tune.source_characters for tune in tunes) - len(unknown)
        return cls(encoded, characters, tuple(windows), unknown)

    @cached_property
    def unknown_counts(self) -> dict[str, int]:
        """Characters that were left out, with their counts."""
        return dict(Counter(found.character for found in self.unknown))

    def parts(self) -> Iterator["EvaluationSet"]:
        """Yield the parts that are measured one at a time: here one, the whole."""
        yield self


@dataclass(frozen=True)
class BuiltEvaluationSet:
    """Tunes of a built corpus, prepared for both protocols a part at a time, in constant memory."""

    side: BuiltSide
    vocabulary: Vocabulary
    """Of the network."""
    unknown: tuple[UnknownCharacter, ...] = ()
    """Characters that are left out, each with its place, if the places are known."""

    @property
    def tunes(self) -> Sequence[Ids]:
        """Framed tunes as ids of the corpus."""
        return self.side.ids

    @cached_property
    def unknown_counts(self) -> dict[str, int]:
        """Characters that are left out, with their counts."""
        return {
            symbol: count
            for symbol, count in self.side.counts.items()
            if count and symbol not in self.vocabulary.symbols
        }

    @property
    def source_characters(self) -> int:
        """Number of characters of the tunes in their files, without the unknown ones."""
        return self.side.source_characters - sum(self.unknown_counts.values())

    def parts(self) -> Iterator[EvaluationSet]:
        """Yield the parts that are measured one at a time; their windows are those of an undivided set."""
        generator = np.random.default_rng(WINDOW_SEED)
        for first in range(0, len(self.side), TUNES_AT_ONCE):
            tunes = self.side.read(range(first, min(first + TUNES_AT_ONCE, len(self.side))))
            yield EvaluationSet.of(tunes, self.vocabulary, generator)

    def spread(self) -> EvaluationSet:
        """Return a sample: every second, third ... tune, `TUNES_AT_ONCE` at most."""
        tunes = self.side.read(range(0, len(self.side), -(-len(self.side) // TUNES_AT_ONCE)))
        return EvaluationSet.of(tunes, self.vocabulary)


Measurable = EvaluationSet | BuiltEvaluationSet


@dataclass(frozen=True)
class Loss:
    """A loss under one protocol."""

    nats_per_char: float
    standard_error: float | None = None
    """Of `cold_window`: standard deviation over other draws of windows from the same tunes."""

    @property
    def bits_per_char(self) -> float:
        """The loss in bits."""
        return self.nats_per_char / math.log(2)

    def as_json(self) -> dict[str, float]:
        """Return the numbers by name; the standard error only if there is one."""
        losses = {"nats_per_char": self.nats_per_char, "bits_per_char": self.bits_per_char}
        return losses if self.standard_error is None else {**losses, "standard_error": self.standard_error}


@dataclass(frozen=True)
class Evaluation:
    """Losses under both protocols on the same tunes."""

    full_tune: Loss
    cold_window: Loss
    characters: int
    """Number of characters of the tunes in their files, unknown ones included."""
    tunes: int
    unknown: tuple[UnknownCharacter, ...]
    """Characters that were left out, each with its place; of a built corpus the places may not be known."""
    unknown_counts: Mapping[str, int]
    """Their counts."""

    def as_json(self) -> dict[str, Any]:
        """Return what ``tunewright evaluate --json`` prints."""
        return {
            "full_tune": self.full_tune.as_json(),
            "cold_window": self.cold_window.as_json(),
            "characters": self.characters,
            "tunes": self.tunes,
            "unknown_characters": sum(self.unknown_counts.values()),
        }


def evaluate(model: Model, tunes: Tunes) -> Evaluation:
    """Measure a network on tunes under both protocols.

    Parameters
    ----------
    model
        The network, the folder of one, or the name of one that comes along.
    tunes
        Tunes, or the file, folder or name of a corpus to read them from.

    Raises
    ------
    CorpusError
        If there is no tune, or the network knows none of their characters.
    """
    checkpoint = checkpoint_of(model)
    return measure(checkpoint, EvaluationSet.of(measured_tunes(tunes), checkpoint.vocabulary))


def measure(model: Checkpoint, data: Measurable) -> Evaluation:
    """Measure a network on tunes that are prepared for its vocabulary; see `evaluate`."""
    if data.source_characters <= 0:
        raise CorpusError("no tune has a character that the network knows; nothing can be measured")
    network = load_network(model)
    return Evaluation(
        full_tune(network, data),
        cold_window(network, data),
        data.source_characters + sum(data.unknown_counts.values()),
        len(data.tunes),
        data.unknown,
        data.unknown_counts,
    )


def full_tune(network: CharNetwork, data: Measurable) -> Loss:
    """Return the loss under the `full_tune` protocol."""
    return full_tune_of(partial(nats_per_sequence, network), data)


def cold_window(network: CharNetwork, data: Measurable) -> Loss:
    """Return the loss under the `cold_window` protocol."""
    return cold_window_of(partial(nats_per_sequence, network), data)


def full_tune_of(predict: Predict, data: Measurable) -> Loss:
    """Return the `full_tune` loss of a predictor."""
    nats = sum(float(predict(part.tunes).sum()) for part in data.parts())
    return Loss(nats / data.source_characters)


def cold_window_of(predict: Predict, data: Measurable) -> Loss:
    """Return the `cold_window` loss of a predictor."""
    mean = variance = 0.0
    for part in data.parts():
        share = len(part.tunes) / len(data.tunes)
        loss = cold_window_loss(predict(part.windows), part)
        mean += share * loss.nats_per_char
        variance += (share * (loss.standard_error or 0.0)) ** 2
    return Loss(mean, math.sqrt(variance))


def full_tune_loss(nats: NDArray[np.float64], data: EvaluationSet) -> Loss:
    """Return the `full_tune` loss from the `nats` of each tune of `data`."""
    return Loss(float(nats.sum() / data.source_characters))


def cold_window_loss(nats: NDArray[np.float64], data: EvaluationSet) -> Loss:
    """Return the `cold_window` loss from the `nats` of each window of `data`."""
    lengths = np.array([len(window) - 1 for window in data.windows])
    per_window = (nats / lengths).reshape(-1, WINDOWS_PER_TUNE)
    # Windows are drawn within each tune, so only the spread inside tunes makes the estimate vary.
    variance = per_window.var(axis=1, ddof=1).sum() / WINDOWS_PER_TUNE / len(per_window) ** 2
    return Loss(float(per_window.mean()), float(np.sqrt(variance)))


def nats_per_sequence(network: CharNetwork, sequences: Sequence[Ids], *, threads: int = 0) -> NDArray[np.float64]:
    """Return the negative log-probability of each sequence after its first character, from the zero state.

    Parameters
    ----------
    threads
        Number of threads on a processor, each of which reads some of the sequences; 0 takes one for each core.

    Returns
    -------
    nats
        Sum over the characters of each sequence, shape=(len(sequences),), in the order given.
    """
    device = network.device.type
    lanes = LANES.get(device, LANES["cuda"])
    longest_first = sorted(range(len(sequences)), key=lambda number: -len(sequences[number]))
    batches = [longest_first[first : first + lanes] for first in range(0, len(sequences), lanes)]

    def read(numbers: Sequence[int]) -> NDArray[np.float64]:
        with torch.inference_mode():
            return _nats_of_lanes(network, [sequences[number] for number in numbers])

    was_training = network.training
    network.eval()
    nats = np.zeros(len(sequences))
    results = side_by_side(read, batches, threads) if device == "cpu" else map(read, batches)
    for numbers, result in zip(batches, results, strict=True):
        nats[numbers] = result
    network.train(was_training)
    return nats


def _nats_of_lanes(network: CharNetwork, lanes: list[Ids]) -> NDArray[np.float64]:
    """Return the nats of some sequences, longest first; lanes that have ended leave the batch."""
    device = network.device
    lengths = np.array([len(lane) for lane in lanes])
    padded = np.full((lengths[0], len(lanes)), IGNORED, dtype=np.int64)  # (time, B)
    for number, lane in enumerate(lanes):
        padded[: len(lane), number] = lane
    ids = torch.from_numpy(padded).to(device)
    chunk = CHUNK if network.config.is_recurrent else len(padded)
    nats = torch.zeros(len(lanes), dtype=torch.float64, device=device)
    state: State | None = None
    for start in range(0, len(padded) - 1, chunk):
        active = int((lengths > start + 1).sum())
        targets = ids[start + 1 : start + chunk + 1, :active]
        inputs = ids[start : start + len(targets), :active]
        inputs = inputs.where(inputs != IGNORED, END_ID)  # not START: a lane that has ended begins no other tune
        if state is not None:
            state = tuple(part[:, :active].contiguous() for part in state)
        losses, state = network.losses(inputs, targets, state)
        nats[:active] += losses.sum(dim=0, dtype=torch.float64)
    result: NDArray[np.float64] = nats.cpu().numpy()
    return result
