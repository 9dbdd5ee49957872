"""The tunes that a network learned from: a checkpoint does not hold them, but records where they were read."""

from collections.abc import Sequence
from typing import Any

from tunewright.corpus.cleaning import essential_tunes
from tunewright.corpus.large.built_corpus import built_corpus
from tunewright.corpus.readers import read_tunes
from tunewright.corpus.split import split_tunes
from tunewright.corpus.tune import Tune
from tunewright.errors import OptionError
from tunewright.model.checkpoint import Checkpoint
from tunewright.training.data import TrainingData
from tunewright.training.evaluate import EvaluationSet


def recorded_data(model: Checkpoint) -> TrainingData:
    """Training and validation tunes of `model`, the same as then; of an adapted network, those of its first training.

    Raises
    ------
    InputError
        If the model does not record them, or if the tunes have gone or changed.
    """
    record = first_training(model).get("data", {})
    training, validation = record.get("training_sources"), record.get("validation_sources")
    if not training:
        raise OptionError("the network does not say what it learned from")
    if corpus := built_corpus(training):
        data = TrainingData.built(corpus)
    else:
        read = essential_tunes if record.get("essentials") else list[Tune]
        data = TrainingData.of(
            read(read_tunes(*training)),
            read(read_tunes(*validation, keep_duplicates=True)) if validation else (),
        )
    if data.fingerprint != record.get("fingerprint"):
        raise OptionError(f"the tunes have changed since the network learned from them: {', '.join(training)}")
    return data


def data_in_vocabulary(model: Checkpoint, tunes: Sequence[Tune]) -> TrainingData:
    """`tunes` in the vocabulary of `model`, a tenth kept back for validation as in a training."""
    training, validation = split_tunes(tunes)
    vocabulary = model.vocabulary
    return TrainingData(
        vocabulary,
        tuple(vocabulary.encode_known(tune.framed) for tune in training),
        EvaluationSet.of(training, vocabulary),
        EvaluationSet.of(validation, vocabulary),
    )


def first_training(model: Checkpoint) -> dict[str, Any]:
    """The record of the first training of `model`, before any adaptation."""
    record = dict(model.training)
    while "adapted_from" in record:
        record = record["adapted_from"]["training"]
    return record
